from contextlib import nullcontext

import pytest

from bridge.reaper.reapy_reading import Gone
from bridge.reaper.reapy_writing import undo, write
from bridge.reaper.reascript import Reascript, ReascriptError
from bridge.reaper.survey import EQ_ALIAS, MASTER, EqWrite, SurveyBand, TrackWrite, Write
from tests.fake_reascript import Band, Effect, FakeReaper, Item, Track

BANDS = (
    SurveyBand(kind=1, freq_hz=100.0, gain_db=-3.0, bandwidth_oct=2.0),
    SurveyBand(kind=2, freq_hz=350.0, gain_db=2.25, bandwidth_oct=1.0),
    SurveyBand(kind=2, freq_hz=2500.0, gain_db=0.0, bandwidth_oct=2.0),
    SurveyBand(kind=4, freq_hz=8000.0, gain_db=6.0, bandwidth_oct=2.0),
    SurveyBand(kind=0, freq_hz=80.0, gain_db=0.0, bandwidth_oct=1.9),
)


def put(reaper, *tracks, tempo_bpm=None, items_stay=False):
    wanted = Write(undo_name="Faderbot mix", tracks=tracks, tempo_bpm=tempo_bpm, items_stay=items_stay)
    write(Reascript(reaper, (RuntimeError, AttributeError)), nullcontext, wanted, lambda: None)


def eq(guid, bands=BANDS, effect=""):
    return TrackWrite(guid=guid, eq=EqWrite(bands=bands, effect=effect))


def values(effect):
    return [(band.kind, band.freq_hz, band.gain, band.bandwidth_oct, band.enabled) for band in effect.bands]


def test_faders_pans_and_tempo_are_one_undo_step():
    reaper = FakeReaper(Track("Kick"), Track("Snare"))
    put(
        reaper,
        TrackWrite(guid="{TRACK-Snare}", gain_linear=0.5, pan=-0.25),
        TrackWrite(guid=MASTER, gain_linear=0.9),
        tempo_bpm=98.0,
    )
    assert reaper.tracks[0].values["D_VOL"] == 1.0
    assert (reaper.tracks[1].values["D_VOL"], reaper.tracks[1].values["D_PAN"]) == (0.5, -0.25)
    assert (reaper.master.values["D_VOL"], reaper.tempo_bpm) == (0.9, 98.0)
    assert reaper.undo_names == ["Faderbot mix"]


def test_our_equaliser_comes_last_in_the_chain_under_its_own_name_and_the_users_stays_as_it_is():
    reaper = FakeReaper(Track("Vocal", effects=[Effect(), Effect(name="VST: ReaComp (Cockos)")]))
    before = values(reaper.tracks[0].effects[0])
    put(reaper, eq("{TRACK-Vocal}"))
    users, _, ours = reaper.tracks[0].effects
    assert values(users) == before
    assert ours.alias == EQ_ALIAS
    assert values(ours) == [
        (band.kind, band.freq_hz, pytest.approx(10 ** (band.gain_db / 20)), band.bandwidth_oct, True) for band in BANDS
    ]
    assert "TrackFX_GetEQ" not in reaper.called


def test_on_the_master_it_comes_first_so_that_a_limiter_keeps_the_last_word():
    reaper = FakeReaper(Track("Vocal"))
    reaper.master.effects.append(Effect(name="JS: Limiter"))
    put(reaper, eq("{TRACK-Vocal}"), eq(MASTER))
    ours, limiter = reaper.master.effects
    assert (ours.alias, limiter.name) == (EQ_ALIAS, "JS: Limiter")
    assert [gain for _, _, gain, _, _ in values(ours)] == pytest.approx([10 ** (b.gain_db / 20) for b in BANDS])
    assert reaper.undo_names == ["Faderbot mix"]
    reaper.Undo_DoUndo2("")
    assert [effect.name for effect in reaper.master.effects] == ["JS: Limiter"]


def test_the_equaliser_that_is_named_is_set_and_switched_on():
    reaper = FakeReaper(Track("Vocal", effects=[Effect(alias=EQ_ALIAS, enabled=False), Effect()]))
    put(reaper, eq("{TRACK-Vocal}", effect="{FX-1}"))
    assert [effect.alias for effect in reaper.tracks[0].effects] == [EQ_ALIAS, ""]
    assert reaper.tracks[0].effects[0].enabled
    assert reaper.tracks[0].effects[0].bands[3].freq_hz == 8000.0


def test_one_of_our_name_that_is_not_named_is_the_users():
    reaper = FakeReaper(Track("Vocal", effects=[Effect(alias=EQ_ALIAS, enabled=False)]))
    before = values(reaper.tracks[0].effects[0])
    put(reaper, eq("{TRACK-Vocal}"))
    users, _ours = reaper.tracks[0].effects
    assert (values(users), users.enabled) == (before, False)


def test_bands_that_are_not_wanted_are_switched_off():
    reaper = FakeReaper(Track("Vocal"))
    put(reaper, eq("{TRACK-Vocal}", BANDS[:2]))
    assert [band.enabled for band in reaper.tracks[0].effects[0].bands] == [True, True, False, False, False]


def test_the_equaliser_that_is_named_is_taken_away_without_bands():
    reaper = FakeReaper(Track("Vocal", effects=[Effect(), Effect(alias=EQ_ALIAS)]))
    put(reaper, eq("{TRACK-Vocal}", (), effect="{FX-2}"))
    assert [effect.alias for effect in reaper.tracks[0].effects] == [""]
    put(reaper, eq("{TRACK-Vocal}", (), effect="{FX-2}"))
    assert len(reaper.tracks[0].effects) == 1


def test_our_equaliser_is_made_anew_where_its_bands_were_deleted():
    bare = Effect(alias=EQ_ALIAS, bands=[Band(1, 0, 100.0, 2.0)])
    reaper = FakeReaper(Track("Vocal", effects=[bare]))
    put(reaper, eq("{TRACK-Vocal}", effect="{FX-1}"))
    assert len(reaper.tracks[0].effects) == 1
    assert len(reaper.tracks[0].effects[0].bands) == 5


def test_a_gain_comes_out_right_even_where_raw_gains_are_in_another_unit():
    reaper = FakeReaper(Track("Vocal"))
    reaper.raw_gain_is_linear = False
    put(reaper, eq("{TRACK-Vocal}"))
    gains = [band.gain for band in reaper.tracks[0].effects[0].bands[:4]]
    assert gains == pytest.approx([10 ** (band.gain_db / 20) for band in BANDS[:4]], rel=0.015)


def fails(*_):
    raise RuntimeError("not today")


@pytest.mark.parametrize("name", ["TrackFX_AddByName", "SetCurrentBPM", "TrackFX_SetEQParam", "TrackFX_SetEnabled"])
def test_what_fails_in_the_middle_is_taken_back(name):
    reaper = FakeReaper(Track("Kick"), Track("Vocal"))
    reaper.broken[name] = fails
    with pytest.raises(ReascriptError, match=f"{name} failed: not today"):
        put(reaper, TrackWrite(guid="{TRACK-Kick}", gain_linear=0.5), eq("{TRACK-Vocal}"), tempo_bpm=98.0)
    assert reaper.tracks[0].values["D_VOL"] == 1.0
    assert reaper.tracks[1].effects == []
    assert reaper.tempo_bpm == 120.0
    assert reaper.undo_names == []


def test_an_earlier_step_of_the_same_name_is_not_undone_with_a_failure_that_made_none():
    reaper = FakeReaper(Track("Kick"))
    put(reaper, TrackWrite(guid="{TRACK-Kick}", gain_linear=0.5))
    reaper.broken["SetMediaTrackInfo_Value"] = fails
    reaper.broken["Undo_EndBlock2"] = lambda *_: None  # nothing changed: no step
    with pytest.raises(ReascriptError):
        put(reaper, TrackWrite(guid="{TRACK-Kick}", gain_linear=0.25))
    assert reaper.tracks[0].values["D_VOL"] == 0.5
    assert reaper.undo_names == ["Faderbot mix"]


@pytest.mark.parametrize(
    ("name", "does", "words"),
    [
        ("SetMediaTrackInfo_Value", lambda *_: True, "D_VOL of a track is 1 where 0.5 was set"),
        ("TrackFX_AddByName", lambda *_: -1, "adds no ReaEQ"),
        ("TrackFX_SetNamedConfigParm", lambda *_: False, "can not name an effect"),
        ("TrackFX_SetEQParam", lambda *_: True, "ReaEQ shows"),
        ("SetCurrentBPM", lambda *_: None, "the tempo is 120 BPM where 98 was set"),
    ],
)
def test_what_reaper_does_not_take_is_refused(name, does, words):
    reaper = FakeReaper(Track("Kick"))
    reaper.broken[name] = does
    wanted = TrackWrite(guid="{TRACK-Kick}", gain_linear=0.5, eq=EqWrite(bands=BANDS))
    with pytest.raises(ReascriptError, match=words):
        put(reaper, wanted, tempo_bpm=98.0)


def test_nothing_is_written_where_one_of_the_tracks_is_gone():
    reaper = FakeReaper(Track("Kick"))
    with pytest.raises(Gone):
        put(reaper, TrackWrite(guid="{TRACK-Kick}", gain_linear=0.5), TrackWrite(guid="{TRACK-Snare}", gain_linear=0.5))
    assert reaper.tracks[0].values["D_VOL"] == 1.0
    assert "Undo_BeginBlock2" not in reaper.called


def test_undo_takes_back_the_last_step_and_names_it():
    reaper = FakeReaper(Track("Kick"))
    reascript = Reascript(reaper, (AttributeError,))
    put(reaper, TrackWrite(guid="{TRACK-Kick}", gain_linear=0.5))
    assert undo(reascript, nullcontext) == "Faderbot mix"
    assert reaper.tracks[0].values["D_VOL"] == 1.0
    assert undo(reascript, nullcontext) == ""


def following(reaper, speed=0.8):
    """Let items follow the tempo, as REAPER does where their timebase is beats."""
    set_tempo = reaper.SetCurrentBPM

    def set_and_move(project, bpm, want_undo):
        for one in reaper.tracks[0].items:
            one.values["D_POSITION"] = one.values.get("D_POSITION", 0.0) / speed
            one.values["D_LENGTH"] = one.values.get("D_LENGTH", 0.0) / speed
        return set_tempo(project, bpm, want_undo)

    reaper.broken["SetCurrentBPM"] = set_and_move


def test_items_that_are_to_stay_and_do_not_take_everything_back():
    reaper = FakeReaper(Track("Drums", items=[Item({"D_POSITION": 2.0, "D_LENGTH": 4.0})]))
    following(reaper)
    with pytest.raises(ReascriptError, match="--stretch-items"):
        put(reaper, TrackWrite(guid="{TRACK-Drums}", gain_linear=0.5), tempo_bpm=96.0, items_stay=True)
    assert reaper.tempo_bpm == 120.0
    assert reaper.tracks[0].values["D_VOL"] == 1.0
    assert reaper.tracks[0].items[0].values["D_POSITION"] == 2.0


@pytest.mark.parametrize(("moves", "items_stay"), [(True, False), (False, True)])
def test_items_that_may_move_or_stay_by_themselves_are_no_reason_to_refuse(moves, items_stay):
    reaper = FakeReaper(Track("Drums", items=[Item({"D_POSITION": 2.0, "D_LENGTH": 4.0})]))
    if moves:
        following(reaper)
    put(reaper, tempo_bpm=96.0, items_stay=items_stay)
    assert reaper.tempo_bpm == 96.0


def test_a_tempo_in_eighths_is_set_in_quarters():
    reaper = FakeReaper(Track("Drums"))
    reaper.broken["GetProjectTimeSignature2"] = lambda project, _bpm, _bpi: (project, 2.0 * reaper.tempo_bpm, 6.0)
    put(reaper, tempo_bpm=230.0)
    assert reaper.tempo_bpm == 115.0
