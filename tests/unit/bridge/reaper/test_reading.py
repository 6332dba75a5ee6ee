import math
from dataclasses import replace

import pytest

from agent.daw import SessionUnreadable
from agent.session import FLAT_EQ, Strip
from bridge.reaper import reading
from bridge.reaper.survey import EQ_ALIAS, MASTER, SurveyBand, SurveyEffect, SurveyEnvelope, SurveySend
from tests.reapers import item, survey, track

REVERB = SurveyEffect(guid="{reverb}", name="VST: ReaVerb (Cockos)")


def ours(gain_db=-3.0, **fields):
    bands = reading.bands(Strip().with_eq_gains((gain_db, 0.0, 0.0, 0.0)))
    return SurveyEffect(
        **{"guid": "{ours}", "name": "VST: ReaEQ (Cockos)", "alias": EQ_ALIAS, "bands": bands, **fields}
    )


def pushed(place, **fields):
    """Return our bands with one of them where the user has pulled it."""
    bands = list(reading.bands(Strip()))
    bands[place] = bands[place].model_copy(update=fields)
    return tuple(bands)


def names(found):
    return [one.name for one in found.session.tracks]


def locked(found):
    return [one.name for one in found.session.tracks if one.locked]


def said(found, words):
    return any(words in note for note in found.notes)


def test_faders_pans_master_and_tempo():
    found = reading.read(survey(track("Bass", gain_linear=0.5, pan=-0.25), tempo_bpm=98.0))
    strip = found.session.settings.strips[0]
    assert (strip.gain_db, strip.pan) == (pytest.approx(-6.0206, abs=1e-4), -0.25)
    assert (found.session.settings.master_gain_db, found.session.settings.tempo_bpm) == (0.0, 98.0)
    assert found.session.name == "song"


def test_a_closed_fader_is_minus_infinity_on_the_master():
    master = track("MASTER", gain_linear=0.0)
    assert reading.read(survey(track("Bass"), master=master)).session.settings.master_gain_db == -math.inf


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (track("X", muted=True), "muted"),
        (track("X", items=(item(source_path="", source_kind="MIDI"),)), "MIDI or no file"),
        (track("X", items=()), "no audio of their own"),
        (track("X", items=(item(muted=True),)), "no file"),
        (track("X", main_send=False), "not routed to the master"),
        (track("X", gain_linear=0.0), "fader closed"),
        (track("X", gain_linear=1e-8), "fader closed"),
        (track("X", items=(item(source_path="/songs/keys.mid", source_kind="MIDI"),)), "MIDI or no file"),
    ],
)
def test_what_is_not_heard_is_left_alone_and_named(left_out, why):
    found = reading.read(survey(track("Bass"), left_out))
    assert names(found) == ["Bass"]
    assert any(note.startswith("left alone") and why in note and note.endswith(": X") for note in found.notes)


def test_a_fader_at_its_end_as_project_files_write_it_is_no_higher():
    found = reading.read(survey(track("Bass", gain_linear=3.98107171), track("Vox", gain_linear=3.981072)))
    assert [strip.gain_db for strip in found.session.settings.strips] == [12.0, 12.0]


def test_a_fader_beyond_the_end_of_a_strips_is_heard_as_loud_as_it_is():
    found = reading.read(survey(track("Bass", gain_linear=8.0), track("Vox")))
    strip_linear = 10 ** (found.session.settings.strips[0].gain_db / 20)
    assert [strip_linear * side for side in found.parts[0].sides] == pytest.approx([8.0, 8.0])


def test_a_tempo_that_no_mix_would_set_keeps_nobody_from_mixing():
    found = reading.read(survey(track("Bass"), tempo_bpm=480.0))
    assert reading.write(found, found.session.settings, "nothing").tempo_bpm is None


def test_a_track_with_its_phase_inverted_is_heard_so():
    bass, vox = reading.read(survey(track("Bass", phase_inverted=True), track("Vox"))).parts
    assert (bass.sides, vox.sides) == ((-1.0, -1.0), (1.0, 1.0))


def test_while_one_is_soloed_the_others_are_left_alone():
    found = reading.read(survey(track("Bass"), track("Vox", solo=1)))
    assert names(found) == ["Vox"]
    assert said(found, "not soloed, while others are): Bass")


def test_a_folder_without_audio_needs_no_word():
    found = reading.read(survey(track("Drums", folder_depth=1, items=()), track("Kick", folder_depth=-1)))
    assert names(found) == ["Kick"]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (track("X", locked=True), "locked in REAPER"),
        (track("X", automation=3), "in an automation mode"),
        (track("X", envelopes=(SurveyEnvelope(name="Volume", active=True, points=4),)), "fader automated"),
        (track("X", folder_depth=1), "carries other tracks"),
        (track("X", effects_enabled=False), "its effects are switched off"),
        (track("X", gain_linear=8.0), "fader above +12 dB"),
    ],
)
def test_what_must_not_be_moved_is_heard_and_locked(held, why):
    found = reading.read(survey(held, track("Bass", folder_depth=-held.folder_depth)))
    assert locked(found) == ["X"]
    assert said(found, f"heard but not moved ({why}")


@pytest.mark.parametrize(
    "envelope",
    [
        SurveyEnvelope(name="Volume", active=False, points=4),
        SurveyEnvelope(name="Volume", active=True, points=0),
        SurveyEnvelope(name="Pan", active=True, points=4),
    ],
)
def test_an_envelope_that_moves_no_fader_locks_nothing(envelope):
    assert locked(reading.read(survey(track("X", envelopes=(envelope,))))) == []


def test_a_bus_with_audio_of_its_own_is_locked():
    kick = track("Kick", sends=(SurveySend(to="{Bus}", gain_linear=1.0),))
    assert locked(reading.read(survey(kick, track("Bus")))) == ["Bus"]


def test_by_meters_whatever_plays_takes_part():
    drums = track("Drums", items=(item(source_kind="MIDI", source_path=""),))
    switched_off = track("Vox", effects=(REVERB,), effects_enabled=False)
    silent = track("Old", items=(item(muted=True),))
    found = reading.read(survey(drums, switched_off, silent, track("Bus", items=())), by_meters=True)
    assert names(found) == ["Drums", "Vox"]
    assert locked(found) == []
    assert said(found, "left alone (no item that plays): Old")
    assert not [note for note in found.notes if "effects" in note]  # a meter shows what they do


def test_only_selected():
    found = reading.read(survey(track("Bass"), track("Vox", selected=True)), only_selected=True)
    assert locked(found) == ["Bass"]


def test_only_selected_where_nothing_is_selected():
    with pytest.raises(SessionUnreadable, match="no track to mix is selected"):
        reading.read(survey(track("Bass"), track("Muted", selected=True, muted=True)), only_selected=True)


def test_an_automated_master_is_said():
    master = track("MASTER", envelopes=(SurveyEnvelope(name="Volume", active=True, points=2),))
    assert said(reading.read(survey(track("Bass"), master=master)), "the master's fader is automated")


def test_the_users_effects_are_said_to_be_unheard_and_ours_are_not():
    found = reading.read(survey(track("Bass", effects=(REVERB,)), track("Vox", effects=(ours(),))))
    assert said(found, "heard before their own effects, which are not touched: Bass")
    assert not said(found, "Vox")


def test_effects_on_the_master_are_said():
    assert said(
        reading.read(survey(track("Bass"), master=track("MASTER", effects=(REVERB,)))), "the master has effects"
    )


def test_our_eq_is_read_back():
    strip = reading.read(survey(track("Bass", effects=(REVERB, ours(-3.0))))).session.settings.strips[0]
    assert strip.eq_gains_db == (-3.0, 0.0, 0.0, 0.0)
    assert strip.high_pass_hz is None


def test_a_high_pass_of_ours_is_read_back():
    bands = reading.bands(Strip(high_pass_hz=80.0))
    strip = reading.read(survey(track("Bass", effects=(ours(bands=bands),)))).session.settings.strips[0]
    assert strip.high_pass_hz == 80.0


@pytest.mark.parametrize(
    "effect",
    [
        ours(alias=""),
        ours(enabled=False),
        ours(offline=True),
        ours(bands=(SurveyBand(kind=3, freq_hz=100.0, gain_db=-9.0, bandwidth_oct=1.0),)),
        ours(bands=pushed(0, gain_db=-150.0)),
        ours(bands=pushed(4, freq_hz=3000.0, enabled=True)),
    ],
)
def test_an_eq_that_is_the_users_is_not_ours(effect):
    one = track("Bass", effects=(effect,))
    assert reading.own_eq(one) is None
    assert reading.read(survey(one)).session.settings.strips[0].eq == FLAT_EQ


def test_what_stays_is_not_written():
    found = reading.read(survey(track("Bass"), track("Vox")))
    write = reading.write(found, found.session.settings, "nothing")
    assert (write.tracks, write.tempo_bpm) == ((), None)


def test_a_write_has_the_change_alone():
    found = reading.read(survey(track("Bass"), track("Vox")))
    strips = (Strip(-6.0), Strip().with_eq_gains((0.0, 2.0, 0.0, 0.0)))
    settings = type(found.session.settings)(strips, 1.0, 121.0)
    bass, vox, master = reading.write(found, settings, "mix").tracks
    assert (bass.guid, bass.eq, bass.pan) == ("{Bass}", None, None)
    assert bass.gain_linear == pytest.approx(0.501187, abs=1e-6)
    assert (vox.gain_linear, [band.gain_db for band in vox.eq.bands]) == (None, [0.0, 2.0, 0.0, 0.0, 0.0])
    assert [band.kind for band in vox.eq.bands] == [1, 2, 2, 4, 0]
    assert not vox.eq.bands[-1].enabled
    assert (master.guid, master.gain_linear) == (MASTER, pytest.approx(1.122018, abs=1e-6))


def test_what_reaeq_would_not_show_is_rounded_so_that_it_reads_back():
    swept = tuple(replace(band, freq_hz=band.freq_hz * 1.02345, bandwidth_oct=0.79370) for band in FLAT_EQ)
    written = reading.bands(Strip(eq=swept))[:4]
    assert [band.freq_hz for band in written] == [102.3, 358.2, 2558.6, 8187.6]
    assert {band.bandwidth_oct for band in written} == {0.79}


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (survey(track("Keys", items=(item(source_path=""),))), "Keys: MIDI or no file"),
        (survey(track("Bass", muted=True)), "Bass: muted"),
        (survey().model_copy(update={"tracks": ()}), "song has no tracks"),
        (survey(track("Bass"), master=track("MASTER", gain_linear=20.0)), "out of reach"),
    ],
)
def test_a_project_that_can_not_be_mixed_says_why(whole, words):
    with pytest.raises(SessionUnreadable, match=words):
        reading.read(whole)


def test_a_track_without_a_name_has_its_number():
    assert names(reading.read(survey(track("Bass"), track("")))) == ["Bass", "Track 2"]
