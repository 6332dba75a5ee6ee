"""``midi.lua`` writes notes on a track of its own in one undo step, reads them back, and takes nothing else away."""

import json
from dataclasses import replace

import pytest

from mock_daw.session import Effect
from tests.lua_reaper import LuaReaper, as_lua, text
from tests.unit.daw_scripts.songs import rich_song

NAME, UNDO = "Faderbot: rhythm (8 notes)", "Faderbot: undo rhythm"
BEAT_S = 0.5
# A kick on each beat and a snare between, not in order, one of them a hair before its beat.
NOTES = [
    [place * BEAT_S - 0.004 * (place == 3), place * BEAT_S + 0.1, pitch, velocity]
    for pitch, velocity, beats in ((38, 90, (1, 3)), (36, 112, (0, 1, 2, 3)), (42, 1, (2, 3)))
    for place in beats
]
TICK_S = 60.0 / 120.0 / 960
WANTED = {"undo_name": NAME, "name": "Faderbot drums", "start_s": 0.0, "end_s": 2.0, "notes": NOTES, "channel": 9}


@pytest.fixture
def live(tmp_path):
    return rich_song(tmp_path)


@pytest.fixture
def lua(live, tmp_path):
    return LuaReaper(live, tmp_path)


def call(lua, name, *args):
    """Call a function of the module; return what it returned, or kind and message of what it raised."""
    is_done, found = lua.globals[b"pcall"](lua.require("midi")[name.encode()], *(as_lua(lua, arg) for arg in args))
    lua.end()
    if is_done:
        return json.loads(text(lua.require("json")[b"encode"](found)))
    return text(found[b"kind"]), text(found[b"message"])


def added(lua, **more):
    return call(lua, "add", {**WANTED, **more})["guid"]


def test_notes_are_on_a_new_track_after_the_last_in_one_undo_step(live, lua):
    before = live.session
    guid = added(lua)
    *others, drums = live.session.tracks
    assert tuple(others) == before.tracks
    assert (drums.guid, drums.name) == (guid, "Faderbot drums")
    (item,) = drums.items
    assert (item.position_s, item.length_s) == (0.0, 2.0)
    assert {note.channel for note in item.take.source.midi.notes} == {9}
    starts = [note.start for note in item.take.source.midi.notes]
    assert starts == sorted(starts)
    assert live.undo_names == ("Everything", NAME)
    live.undo()
    assert live.session == before


def test_read_back_they_are_what_was_written_to_the_tick_by_start_and_pitch(lua):
    found = call(lua, "notes", added(lua))
    wanted = sorted(NOTES, key=lambda note: (note[0], note[2]))
    assert [note[2:] for note in found] == [note[2:] for note in wanted]
    for is_, was in zip(found, wanted, strict=True):
        assert is_[:2] == pytest.approx(was[:2], abs=0.51 * TICK_S)


def test_a_note_without_a_length_has_a_tick_and_one_before_the_item_begins_with_it(lua):
    guid = added(lua, start_s=1.0, notes=[[0.9, 0.9, 36, 100], [1.5, 1.5, 38, 100]])
    found = call(lua, "notes", guid)
    assert [note[0] for note in found] == [1.0, 1.5]
    assert all(end - start == pytest.approx(TICK_S, abs=1e-9) for start, end, *_ in found)


@pytest.mark.parametrize(
    ("function", "answer", "said"),
    [
        ("InsertTrackAtIndex", None, "REAPER makes no new track"),
        ("CreateNewMIDIItemInProj", None, "REAPER makes no MIDI item"),
        ("TakeIsMIDI", False, "REAPER makes no MIDI item"),
        ("MIDI_InsertNote", True, "the item has 0 notes where 8 were written"),
    ],
)
def test_what_fails_in_the_middle_is_taken_back(live, lua, function, answer, said):
    before = live.session
    lua.broken[function] = lambda *_: answer
    assert call(lua, "add", WANTED) == ("failed", said)
    assert live.session == before
    assert live.undo_names == ("Everything",)


def test_the_track_is_taken_away_in_a_step_of_its_own_and_undo_brings_it_back(live, lua):
    before = live.session.tracks
    guid = added(lua)
    assert call(lua, "delete_track", guid, UNDO) is True
    assert live.session.tracks == before
    assert live.undo_names == ("Everything", NAME, UNDO)
    live.undo()
    assert live.session.tracks[-1].guid == guid


def with_an_instrument(track):
    synth = Effect("{00000000-0000-0000-0000-0000000000E7}", "VSTi: ReaSamplOmatic5000 (Cockos)", "", True, False)
    return replace(track, effects=(synth,))


def with_a_take_more(track):
    return replace(track, items=(*track.items, replace(track.items[0], guid="{more}", position_s=4.0)))


@pytest.mark.parametrize("change", [with_an_instrument, with_a_take_more])
def test_a_track_that_somebody_has_put_more_on_stays(live, lua, change):
    guid = added(lua)
    live.edit(lambda session: replace(session, tracks=(*session.tracks[:-1], change(session.tracks[-1]))), "More")
    said = "more was put on the track “Faderbot drums” since: delete it by hand, if you want it gone"
    assert call(lua, "delete_track", guid, UNDO) == ("failed", said)
    assert live.session.tracks[-1].guid == guid


@pytest.mark.parametrize("name", ["notes", "delete_track"])
def test_a_track_that_is_gone_is_told(live, lua, name):
    before = live.session
    args = ("{gone}", UNDO)[: 2 if name == "delete_track" else 1]
    assert call(lua, name, *args) == ("gone", "{gone}")
    assert live.session is before
