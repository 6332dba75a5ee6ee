"""The code that runs inside REAPER: what it may need, how long it may take, and what it does when REAPER fails."""

import ast
import inspect
import json
import sys
from types import SimpleNamespace

import pytest

from bridge.reaper import reapy_inside
from bridge.reaper.reapy_inside import BEGIN, read, told
from bridge.reaper.reapy_reading import survey
from bridge.reaper.reascript import INSIDE, Reascript, ReascriptError, sent
from bridge.reaper.survey import EQ_ALIAS
from tests.fake_reascript import Effect, Envelope, FakeReaper, Item, Send, Take, Track

TEXT = inspect.getsource(reapy_inside)
STANDARD = {"__future__", "hashlib", "itertools", "time", "traceback", "typing"}
WHOLE = {"moment": None, "known": {}, "eq": EQ_ALIAS}
NULL = "(MediaItem*)0x0000000000000000"


def kit():
    """Return a project with something of everything."""
    midi = Take(kind="MIDI", path="", length_s=16.0, in_beats=True)
    section = Take(kind="SECTION", path="", parent_path="/songs/whole.wav")
    items = [Item(), Item(take=midi), Item(take=section), Item(take=None)]
    ours = Effect(alias=EQ_ALIAS)
    return FakeReaper(
        Track("Kick ’); import os", items=items, sends=[Send(1)], effects=[Effect(), ours]),
        Track("Snare", items=[Item()], envelopes=[Envelope()], locked=True),
    )


class Clock:
    """Stands in for the module ``time``: goes on only when it is told to."""

    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        return self.now_s


@pytest.fixture
def inside(monkeypatch):
    """Return how requests are answered by a Python that has reapy and the text, and what those requests were."""
    requests = []

    def at(reaper):
        monkeypatch.setitem(sys.modules, "reapy", SimpleNamespace(reascript_api=reaper))

        def request(function, asked):
            requests.append((function, json.loads(json.dumps(asked))))
            return json.loads(json.dumps(function(*json.loads(json.dumps(asked["args"])), **asked["kwargs"])))

        return Reascript(object(), (RuntimeError, SyntaxError), sent(request))

    return SimpleNamespace(at=at, requests=requests)


def test_the_text_needs_nothing_but_python_3_7_and_its_standard_library():
    tree = ast.parse(TEXT, feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= STANDARD
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


def test_where_only_the_text_is_the_same_survey_comes_out(inside):
    assert survey(inside.at(kit()), lambda: None) == survey(Reascript(kit(), ()), lambda: None)


def test_the_code_that_is_sent_never_changes_and_all_else_goes_as_values(inside):
    known = {"'); import os; ('": ("__import__('os')", ())}
    survey(inside.at(kit()), lambda: None, known)
    survey(inside.at(FakeReaper()), lambda: None, items=False)
    for function, asked in inside.requests:
        (expression, values), kwargs = asked["args"], asked["kwargs"]
        assert (function, expression, values["source"], values["name"]) == (eval, INSIDE, TEXT, "read")
        assert (values["scope"], kwargs) == ({"__name__": "faderbot"}, {})
    assert inside.requests[0][1]["args"][1]["args"][2]["known"] == {"'); import os; ('": "__import__('os')"}


def test_reapers_python_keeps_nothing_of_it(inside):
    reaper = inside.at(kit())
    before = set(sys.modules)
    survey(reaper, lambda: None)
    assert set(sys.modules) == before


def test_code_that_reapers_python_refuses_is_an_error_in_words():
    def refuses(*_):
        raise RuntimeError("\n\nTraceback was :\n\n  File …\nSyntaxError: future feature annotations is not defined\n")

    with pytest.raises(ReascriptError, match="reading inside REAPER failed: SyntaxError: future feature"):
        survey(Reascript(object(), (RuntimeError,), sent(refuses)), lambda: None)


def test_a_request_ends_after_the_row_in_which_its_time_is_over(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(reapy_inside, "time", clock)
    reaper = FakeReaper(Track("Kick", items=[Item() for _ in range(30)]))

    def slow(_):
        clock.now_s += 0.003
        return NULL.replace("MediaItem", "MediaItem_Take")

    reaper.broken["GetActiveTake"] = slow
    rows = read(reaper, [0, 0], 0.02, WHOLE)["rows"]
    assert [kind for kind, _, _ in rows] == ["item"] * 7
    assert rows[-1][2] == [0, 7]


def test_a_request_gives_one_row_at_least_so_that_reading_comes_to_an_end():
    begin, kinds = list(BEGIN), []
    while begin is not None:
        ((kind, _, begin),) = read(FakeReaper(Track("Kick", items=[Item()])), begin, -1.0, WHOLE)["rows"]
        kinds.append(kind)
    assert kinds == ["master", "track", "item", "project"]


def test_nothing_is_read_of_a_project_that_is_not_of_that_moment():
    reaper = FakeReaper(Track("Kick", items=[Item()]))
    assert read(reaper, [0, 0], 1.0, {**WHOLE, "moment": ["(ReaProject*)0x00000000046C1C00", 7]}) == {"moved": True}
    assert set(reaper.called) == {"EnumProjects", "GetProjectStateChangeCount"}


def test_another_project_in_front_is_another_moment():
    reaper = FakeReaper()
    moment = read(reaper, list(BEGIN), 1.0, WHOLE)["moment"]
    reaper.broken["EnumProjects"] = lambda *_: ("(ReaProject*)0x0000000000000010", -1, "", 4096)
    assert read(reaper, [0, -1], 1.0, {**WHOLE, "moment": moment}) == {"moved": True}


def test_without_a_project_there_is_nothing_to_read():
    reaper = FakeReaper()
    reaper.broken["EnumProjects"] = lambda *_: ("(ReaProject*)0x0000000000000000", -1, "", 4096)
    assert read(reaper, list(BEGIN), 1.0, WHOLE) == {"failed": "no project is open in REAPER"}


def test_nothing_is_asked_of_an_item_that_reaper_counts_and_does_not_give():
    reaper = FakeReaper(Track("Kick", items=[Item()]))
    reaper.broken["GetTrackMediaItem"] = lambda *_: NULL
    assert read(reaper, list(BEGIN), 1.0, WHOLE) == {
        "failed": "GetTrackMediaItem gives nothing where there was something: read the project again"
    }
    assert "GetMediaItemInfo_Value" not in reaper.called


def test_a_function_that_this_reaper_has_not_is_named():
    found = read(SimpleNamespace(EnumProjects=FakeReaper().EnumProjects), list(BEGIN), 1.0, WHOLE)
    assert found == {"failed": "this REAPER has no GetProjectStateChangeCount: update REAPER"}


def test_a_function_that_fails_is_named_with_its_own_words():
    reaper = FakeReaper(Track("Kick", items=[Item()]))

    def fails(*_):
        raise RuntimeError("not\ntoday")

    reaper.broken["GetMediaItemInfo_Value"] = fails
    failed = read(reaper, list(BEGIN), 1.0, WHOLE)["failed"]
    assert failed.startswith("GetMediaItemInfo_Value failed: RuntimeError: not")


def test_what_an_older_reaper_can_not_count_is_none(monkeypatch):
    reaper = FakeReaper(Track("Kick", items=[Item(take=Take(effects=2, stretch_markers=3))]))
    newer = {"TakeFX_GetCount", "GetTakeNumStretchMarkers", "CountTakeEnvelopes", "GetMediaSourceParent"}

    class Older:
        def __getattr__(self, name):
            if name in newer:
                raise AttributeError(name)
            return getattr(reaper, name)

    (found,) = survey(Reascript(Older(), ()), lambda: None).tracks[0].items
    assert (found.take_effects, found.take_envelopes, found.stretch_markers) == (0, 0, 0)


def test_a_long_chunk_is_asked_for_again_with_more_room():
    reaper = FakeReaper(Track("Kick", items=[Item()]))
    rooms = []

    def cut_off(track, _, room, is_undo):
        rooms.append(room)
        whole = "<TRACK\n  LOCK 1\n  <ITEM\n    POSITION 1\n  >\n>\n"
        return (True, track, whole if room > 65_536 else whole[:20], room, is_undo)

    reaper.broken["GetTrackStateChunk"] = cut_off
    assert survey(Reascript(reaper, ()), lambda: None).tracks[0].locked
    assert rooms == [65_536, 4_000_000]


@pytest.mark.parametrize(
    ("chunk", "whole", "locked", "has_digest"),
    [
        ("<TRACK\n  LOCK 1\n  <ITEM\n    POSITION 1\n  >\n>\n", True, True, True),
        ("<TRACK\n  LOCK 0\n  <ITEM\n    POSITION 1\n  >\n>\n", True, False, True),
        ("<TRACK\n\n  NAME x\n  <VOLENV\n    LOCK 1\n  >\n  LOCK 1\n>\n", True, False, False),
        ("<TRACK\n  LOCK 1\n  <ITEM\n    POSITION 1\n", False, True, False),
        ("<TRACK\n  LOCK\n>\n", True, False, False),
        ("", False, False, False),
    ],
)
def test_what_a_chunk_tells(chunk, whole, locked, has_digest):
    ended, found, digest = told(chunk)
    assert (ended, found, bool(digest)) == (whole, locked, has_digest)


def test_a_digest_is_of_the_items_alone():
    before, moved, renamed = (
        told(f"<TRACK\n  NAME {name}\n  <ITEM\n    POSITION {position}\n  >\n>\n")[2]
        for name, position in (("a", 1), ("a", 2), ("b", 1))
    )
    assert before == renamed != moved
