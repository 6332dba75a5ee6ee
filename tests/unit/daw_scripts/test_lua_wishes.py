"""``wishes.lua``: the settings of a project, and the names that go to the program."""

import json
from dataclasses import replace

import pytest

from tests.lua_reaper import LuaReaper, text

USUAL = {
    "target": "streaming",
    "custom_lufs": -16,
    "style": "balanced",
    "strength_percent": 100,
    "is_eq": True,
    "is_selected_only": False,
    "tempo": "keep",
    "tempo_bpm": 120,
    "may_stretch": False,
    "focus": {},
    "lock": {},
}


class Settings:
    def __init__(self, lua):
        self.lua, self.wishes = lua, lua.require("wishes")
        self.project = lua.lua.eval(b"function() return (reaper.EnumProjects(-1)) end")()

    def read(self):
        return python(self.wishes[b"read"](self.project))

    def change(self, **values):
        wanted = self.wishes[b"read"](self.project)
        for name, value in values.items():
            wanted[name.encode()] = self.lua.lua.table_from(value) if isinstance(value, dict) else value
        self.wishes[b"keep"](self.project, wanted)

    def words(self, **values):
        wanted = self.wishes[b"read"](self.project)
        for name, value in values.items():
            wanted[name.encode()] = self.lua.lua.table_from(value) if isinstance(value, dict) else value
        found = self.wishes[b"words"](self.project, wanted)
        if isinstance(found, tuple):
            return text(found[1])
        wish = {text(name): [text(one) for one in names.values()] for name, names in found[b"wish"].items()}
        return [text(found[place]) for place in range(1, len(found) + 1)], wish


def python(value):
    if hasattr(value, "items"):
        return {text(key): python(one) for key, one in value.items()}
    return text(value)


@pytest.fixture
def settings(lua):
    return Settings(lua)


def guids(lua, *names):
    return {track.guid.encode(): True for track in lua.live.session.tracks if track.name in names}


def test_a_project_of_its_own_begins_as_usual(settings):
    assert settings.read() == USUAL


def test_what_is_kept_is_read_again(settings, lua):
    locked = guids(lua, "Kick", "Bass")
    settings.change(target=b"custom", custom_lufs=-18.5, style=b"rock", strength_percent=50, is_eq=False, lock=locked)
    assert settings.read() == {
        **USUAL,
        "target": "custom",
        "custom_lufs": -18.5,
        "style": "rock",
        "strength_percent": 50,
        "is_eq": False,
        "lock": {guid.decode(): True for guid in locked},
    }
    assert json.loads(lua.kept["Faderbot", "wishes"])["version"] == 1


@pytest.mark.parametrize("kept", ["streaming|balanced|100|yes|all", "{", "7", '{"version":2,"target":"aes"}'])
def test_what_is_not_understood_is_as_usual(settings, lua, kept):
    lua.kept["Faderbot", "wishes"] = kept
    assert settings.read() == USUAL


def test_single_values_that_are_none_are_as_usual(settings, lua):
    kept = {"version": 1, "target": "loud", "custom_lufs": "x", "style": "polka", "strength_percent": 101, "lock": 7}
    lua.kept["Faderbot", "wishes"] = json.dumps({**kept, "is_eq": False, "focus": ["{a}", 8]})
    assert settings.read() == {**USUAL, "is_eq": False, "focus": {"{a}": True}}


def test_the_words_are_the_programs_options(settings):
    head = ["mix", "--target", "streaming", "--style", "balanced", "--strength", "1"]
    assert settings.words() == (head, {"focus": [], "lock": []})
    words, _ = settings.words(target=b"custom", custom_lufs=-17.25, strength_percent=33, is_eq=False)
    assert words == ["mix", "--target", "-17.25", "--style", "balanced", "--strength", "0.33", "--no-eq"]
    assert settings.words(is_selected_only=True)[0] == [*head, "--only-selected"]
    assert settings.words(tempo=b"match")[0] == [*head, "--tempo", "match"]
    assert settings.words(tempo=b"set", tempo_bpm=92.5)[0] == [*head, "--tempo", "92.5"]
    assert settings.words(tempo=b"match", may_stretch=True)[0] == [*head, "--tempo", "match", "--stretch-items"]
    assert settings.words(may_stretch=True)[0] == head


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"target": b"custom", "custom_lufs": -41}, "the target is a loudness from -40 to -5 LUFS"),
        ({"target": b"custom", "custom_lufs": float("nan")}, "the target is a loudness from -40 to -5 LUFS"),
        ({"strength_percent": 101}, "the strength is a number from 0 to 100"),
    ],
)
def test_what_the_program_would_refuse_is_told(settings, values, said):
    assert settings.words(**values) == said


def test_tracks_go_by_their_names_of_now_and_those_that_are_gone_do_not(settings, lua):
    wanted = {**guids(lua, "Kick"), b"{gone}": True}
    renamed = tuple(
        replace(track, name='Kick "in"') if track.name == "Kick" else track for track in lua.live.session.tracks
    )
    lua.live.edit(lambda session: replace(session, tracks=renamed), "rename")
    assert settings.words(lock=wanted, focus=guids(lua, "Bass"))[1] == {"focus": ["Bass"], "lock": ['Kick "in"']}


@pytest.fixture
def twins(live, tmp_path):
    """Two tracks of the same name, the first of them selected."""
    bass, kick, vocal = live.session.tracks
    named = (replace(bass, name="Kick", selected=True), kick, vocal)
    live.edit(lambda session: replace(session, tracks=named), "twins")
    made = LuaReaper(live, tmp_path)
    yield made
    made.end()


def test_of_two_tracks_of_one_name_both_are_meant_and_named_once(twins):
    settings = Settings(twins)
    one = {twins.live.session.tracks[0].guid.encode(): True}
    assert settings.words(lock=one)[1]["lock"] == ["Kick"]
    assert settings.words(lock=guids(twins, "Kick"))[1]["lock"] == ["Kick"]
    shared = settings.wishes[b"shared_names"](settings.project, twins.lua.table_from(one))
    assert [text(name) for name in shared.values()] == ["Kick"]


# The actions that change them


LOCK, FOCUS, CLEAR = (
    f"Faderbot_{name}.lua"
    for name in ("Lock or unlock selected tracks", "Focus selected tracks on or off", "Clear locks and focus")
)


def select(lua, *names):
    chosen = tuple(replace(track, selected=track.name in names) for track in lua.live.session.tracks)
    lua.live.edit(lambda session: replace(session, tracks=chosen), None)


@pytest.mark.parametrize(
    ("script", "name", "on", "off"),
    [(LOCK, "lock", "locked", "no longer locked"), (FOCUS, "focus", "in focus", "no longer in focus")],
)
def test_selected_tracks_are_marked_and_freed_again(settings, lua, script, name, on, off):
    select(lua, "Bass")
    lua.run(script)
    select(lua, "Bass", "Kick")
    lua.run(script)
    assert set(settings.read()[name]) == {guid.decode() for guid in guids(lua, "Bass", "Kick")}
    lua.run(script)
    assert settings.read()[name] == {}
    said = [f"{on}: Bass", f"{on}: Bass, Kick", f"{off}: Bass, Kick"]
    assert lua.console == [f"Faderbot: {line}\n" for line in said]
    assert len(lua.deferred) == 3  # so that REAPER makes no undo step of it


def test_without_a_selection_it_says_so(lua):
    select(lua)
    lua.run(LOCK)
    assert lua.console == ["Faderbot: no track is selected\n"]
    assert lua.kept == {}


def test_that_more_tracks_are_meant_is_said(twins):
    twins.run(LOCK)
    assert twins.console[-1] == (
        "Faderbot: tracks are known by their names, so all that are named so are meant: Kick\n"
    )


def test_all_are_freed_at_once(settings, lua):
    settings.change(lock=guids(lua, "Bass"), focus=guids(lua, "Kick"), style=b"pop")
    lua.run(CLEAR)
    assert settings.read() == {**USUAL, "style": "pop"}
    assert lua.console == ["Faderbot: no track is locked or in focus\n"]


def test_every_mixing_action_keeps_to_the_locks(settings, lua, program):
    settings.change(lock=guids(lua, "Bass"))
    for script in ("Auto-mix (ask, no window)", "Auto-mix selected tracks", "Auto-mix with last settings"):
        lua.answers.append("streaming|balanced|100|yes|all")
        lua.run(f"Faderbot_{script}.lua")
        (wish,) = (lua.folder / "Faderbot").glob("*/wish.json")
        assert json.loads(wish.read_text())["lock"] == ["Bass"]
        lua.stop()
        wish.unlink()
        lua.at_exit = []


def test_status_tells_of_locks_focus_and_what_is_heard(settings, lua, program):
    settings.change(lock=guids(lua, "Bass", "Kick"), focus=guids(lua, "Lead Vocal"))
    lua.run("Faderbot_Say status.lua")
    lua.step(0.1)
    folder = next((lua.folder / "Faderbot").iterdir())
    (folder / "result.json").write_text(json.dumps({"version": 1, "ok": {"lines": ["song, 3 tracks"]}}))
    lua.step(0.3)
    assert lua.console == [
        f"Faderbot: {line}\n" for line in ("song, 3 tracks", "locked: Bass, Kick", "in focus: Lead Vocal")
    ]
