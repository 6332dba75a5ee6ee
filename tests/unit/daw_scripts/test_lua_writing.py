"""``writing.lua`` does what reapy's side does, and leaves nothing of what fails."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from bridge.reaper import reapy_writing
from bridge.reaper.survey import MASTER, EqWrite, SurveyBand, TrackWrite, Write
from mock_daw.session import Effect
from tests.lua_reaper import LuaReaper, as_lua, text
from tests.unit.daw_scripts.songs import reascript, rich_song, surveyed

NAME = "Faderbot: auto-mix (3 tracks)"
BANDS = (
    SurveyBand(kind=1, freq_hz=100.0, gain_db=-3.0, bandwidth_oct=2.0),
    SurveyBand(kind=2, freq_hz=350.0, gain_db=2.25, bandwidth_oct=1.0),
    SurveyBand(kind=2, freq_hz=2500.0, gain_db=0.0, bandwidth_oct=2.0),
    SurveyBand(kind=4, freq_hz=8000.0, gain_db=6.0, bandwidth_oct=2.0),
    SurveyBand(kind=0, freq_hz=80.0, gain_db=0.0, bandwidth_oct=1.9, enabled=False),
)


@pytest.fixture
def live(tmp_path):
    return rich_song(tmp_path)


@pytest.fixture
def lua(live, tmp_path):
    return LuaReaper(live, tmp_path)


def wanted_of(live, **more):
    bass, kick, vocal = surveyed(live).tracks
    ours = next(effect.guid for effect in kick.effects if effect.bands)
    tracks = (
        TrackWrite(guid=bass.guid, gain_linear=0.1 + 0.2, pan=0.25, eq=EqWrite(bands=BANDS)),
        TrackWrite(guid=kick.guid, gain_linear=1.5, eq=EqWrite(bands=BANDS, effect=ours)),
        TrackWrite(guid=vocal.guid, pan=-1.0),
        TrackWrite(guid=MASTER, gain_linear=0.9),
    )
    return Write(undo_name=NAME, tracks=tracks, **more)


def write(lua, wanted):
    """Write, and return what was raised."""
    given = as_lua(lua, wanted.model_dump(mode="json"))
    done = lua.globals[b"pcall"](lua.require("writing")[b"write"], given)
    lua.end()
    return None if done is True else (text(done[1][b"kind"]), text(done[1][b"message"]))


def without_guids(survey):
    return survey.model_dump(exclude={"tracks": {"__all__": {"effects": {"__all__": {"guid"}}}}})


def test_it_writes_what_reapys_side_writes_in_one_undo_step(live, lua, tmp_path):
    other = rich_song(tmp_path)
    before = surveyed(live)
    assert write(lua, wanted_of(live, tempo_bpm=98.0)) is None
    reapy_writing.write(reascript(other), nullcontext, wanted_of(other, tempo_bpm=98.0), lambda: None)
    assert without_guids(surveyed(live)) == without_guids(surveyed(other))
    assert live.undo_names == ("Everything", NAME)
    live.undo()
    assert surveyed(live).model_copy(update={"change_count": 0}) == before.model_copy(update={"change_count": 0})


def test_no_bands_take_our_equaliser_away_and_leave_theirs(live, lua):
    kick = surveyed(live).tracks[1]
    one = TrackWrite(guid=kick.guid, eq=EqWrite(bands=(), effect=kick.effects[1].guid))
    assert write(lua, Write(undo_name=NAME, tracks=(one,))) is None
    assert surveyed(live).tracks[1].effects == kick.effects[:1]


def test_a_track_that_is_gone_ends_it_before_anything_is_written(live, lua):
    gone = Write(undo_name=NAME, tracks=(*wanted_of(live).tracks, TrackWrite(guid="{gone}", pan=0.5)))
    before = live.session
    assert write(lua, gone) == ("gone", "{gone}")
    assert live.session is before
    assert "Undo_BeginBlock2" not in lua.called


@pytest.mark.parametrize(
    ("function", "answer", "said"),
    [
        ("TrackFX_GetFormattedParamValue", (True, "0.0"), "ReaEQ shows 0.0 where 100 was set"),
        ("TrackFX_AddByName", -1, "REAPER adds no ReaEQ: it comes with REAPER, install it again"),
        ("TrackFX_SetNamedConfigParm", False, "this REAPER can not name an effect: update REAPER"),
        ("TrackFX_GetNumParams", 0, "a fresh ReaEQ has not the bands that are needed: reset its default preset"),
        ("GetProjectTimeSignature2", (90.0, 4.0), "the tempo is 90 BPM where 98 was set"),
    ],
)
def test_what_fails_in_the_middle_is_taken_back(live, lua, function, answer, said):
    before = live.session
    lua.broken[function] = lambda *_: answer
    assert write(lua, wanted_of(live, tempo_bpm=98.0)) == ("failed", said)
    assert live.session == before
    assert live.undo_names == ("Everything",)


def test_a_fader_that_does_not_hold_is_a_failure(live, lua):
    lua.broken["SetMediaTrackInfo_Value"] = lambda *_: True
    assert write(lua, wanted_of(live)) == ("failed", "D_VOL of a track is 1 where 0.3 was set")


def with_a_limiter(live):
    limiter = Effect("{00000000-0000-0000-0000-0000000000E9}", "VST: ReaLimit (Cockos)", "", True, False)
    live.edit(lambda session: replace(session, master=replace(session.master, effects=(limiter,))), "Limiter")


def test_the_masters_equaliser_comes_before_what_is_there_so_that_a_limiter_keeps_the_last_word(live, lua):
    with_a_limiter(live)
    one = TrackWrite(guid=MASTER, eq=EqWrite(bands=BANDS))
    assert write(lua, Write(undo_name=NAME, tracks=(one,))) is None
    ours, limiter = surveyed(live).master.effects
    assert (ours.alias, limiter.name) == ("Faderbot EQ", "VST: ReaLimit (Cockos)")
    assert [band.gain_db for band in ours.bands] == pytest.approx([-3.0, 2.25, 0.0, 6.0, 0.0])


def beats(live):
    bass, *others = live.session.tracks
    items = tuple(replace(item, timebase=1, position_s=1.0) for item in bass.items)
    live.edit(lambda session: replace(session, tracks=(replace(bass, items=items), *others)), "Timebase beats")


def test_a_tempo_that_moves_items_is_taken_back_where_they_are_to_stay(live, lua):
    beats(live)
    before = live.session
    moves = "REAPER moves items with the tempo: set their timebase to time, or say --stretch-items"
    assert write(lua, wanted_of(live, tempo_bpm=98.0, items_stay=True)) == ("failed", moves)
    assert live.session == before
    assert write(lua, wanted_of(live, tempo_bpm=98.0)) is None
    assert live.session.tracks[0].items[0].position_s != 1.0


def test_a_tempo_that_moves_no_items_is_set(live, lua):
    live.edit(lambda session: replace(session, timebase=0), "Timebase time")
    assert write(lua, wanted_of(live, tempo_bpm=98.0, items_stay=True)) is None
    assert live.session.tempo_bpm == 98.0


def test_in_eighths_the_tempo_counts_eighths(live, lua):
    live.edit(lambda session: replace(session, timebase=0, tempo_bpm=120.0, beats=6, beat_unit=8), "6/8")
    assert write(lua, wanted_of(live, tempo_bpm=250.0)) is None
    assert live.session.tempo_bpm == 125.0


def test_undo_takes_back_the_last_step_and_names_it(live, lua):
    undo = lua.require("undo_step")[b"take_back"]
    assert [undo(), undo()] == [b"Everything", b""]
    lua.end()
