import pytest

from mock_daw.session import Effect, EqBand, EqKind, Equaliser, Item, Parameter, Take
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

COMP = Effect("{comp}", "VST: ReaComp (Cockos)", parameters=(Parameter("Thresh", 0.5, 0.0, 2.0), Parameter("Ratio")))
BELL, GAIN, FREQ = 2, 1, 0


def equalised():
    script = script_on(track("A"), track("B", effects=(COMP,)))
    assert script.TrackFX_GetEQ(script.track(1), True) == 0
    return script


def bands(script):
    return script.live.session.tracks[0].effects[0].equaliser.bands


def test_a_reaeq_is_found_or_inserted():
    script = script_on(track("A", effects=(COMP,)))
    assert script.TrackFX_GetEQ(script.track(1), False) == -1
    assert script.TrackFX_GetEQ(script.track(1), True) == 1
    assert script.TrackFX_GetEQ(script.track(1), True) == 1
    assert script.TrackFX_GetFXName(script.track(1), 1, "", 64)[3] == "VST: ReaEQ (Cockos)"
    assert script.live.session.tracks[0].effects[1].equaliser == Equaliser()


def test_a_band_is_set_raw_and_normalised():
    script = equalised()
    assert script.TrackFX_SetEQParam(script.track(1), 0, BELL, 1, FREQ, 2500.0, False) == 1
    assert script.TrackFX_SetEQParam(script.track(1), 0, BELL, 1, GAIN, 0.25, True) == 1
    assert bands(script)[2] == EqBand(EqKind.BELL, 2500.0, 0.5)
    assert script.TrackFX_GetEQParam(script.track(1), 0, 7, 0, 0, 0, 0)[4:] == (BELL, 1, GAIN, pytest.approx(0.25))


def test_a_band_that_is_not_there_can_not_be_set():
    script = equalised()
    assert script.TrackFX_SetEQParam(script.track(1), 0, 3, 0, FREQ, 2500.0, False) == 0
    assert script.TrackFX_SetEQParam(script.track(2), 0, BELL, 0, FREQ, 2500.0, False) == 0
    assert script.TrackFX_SetEQParam(script.track(1), 5, BELL, 0, FREQ, 2500.0, False) == 0


def test_a_band_is_switched():
    script = equalised()
    assert script.TrackFX_GetEQBandEnabled(script.track(1), 0, 0, 0) == 0
    assert script.TrackFX_SetEQBandEnabled(script.track(1), 0, 0, 0, True) == 1
    assert script.TrackFX_GetEQBandEnabled(script.track(1), 0, 0, 0) == 1


def test_parameters_of_any_effect_have_name_value_range_and_text():
    script = equalised()
    two = script.track(2)
    assert script.TrackFX_GetNumParams(two, 0) == 4
    assert script.TrackFX_GetParam(two, 0, 0, 0, 0) == (0.5, two, 0, 0, 0.0, 2.0)
    assert script.TrackFX_GetParamEx(two, 0, 0, 0, 0, 0)[4:] == (0.0, 2.0, 1.0)
    assert script.TrackFX_GetParamName(two, 0, 0, "", 64)[4] == "Thresh"
    assert script.TrackFX_GetFormattedParamValue(two, 0, 0, "", 64)[4] == "-6.0"
    assert script.TrackFX_SetParamNormalized(two, 0, 0, 0.75) == 1
    assert script.TrackFX_GetParamNormalized(two, 0, 0) == 0.75
    assert script.TrackFX_SetParam(two, 0, 0, 9.0) == 1
    assert script.TrackFX_GetParam(two, 0, 0, 0, 0)[0] == 2.0
    assert script.GetLastTouchedFX(0, 0, 0) == (1, 2, 0, 0)
    assert script.TrackFX_SetParam(two, 0, 9, 1.0) == 0


def test_reapers_own_parameters_come_last():
    script = equalised()
    two = script.track(2)
    assert [script.TrackFX_GetParamName(two, 0, k, "", 64)[4] for k in (2, 3)] == ["Bypass", "Wet"]
    script.TrackFX_SetParam(two, 0, 2, 1.0)
    assert script.TrackFX_GetEnabled(two, 0) == 0


def test_a_value_is_formatted_without_being_set():
    script = equalised()
    before = script.live.session
    assert script.TrackFX_FormatParamValueNormalized(script.track(1), 0, 1, 0.25, "", 64)[5] == "-6.0"
    assert script.live.session is before


@pytest.mark.parametrize("name", ["ReaEQ", "ReaEQ (Cockos)", "VST: ReaEQ (Cockos)", "reaeq"])
def test_an_effect_is_added_by_name(name):
    script = script_on()
    one = script.track(1)
    assert script.TrackFX_AddByName(one, name, False, 0) == -1
    assert script.TrackFX_AddByName(one, name, False, 1) == 0
    assert script.TrackFX_AddByName(one, name, False, 1) == 0
    assert script.TrackFX_AddByName(one, name, False, -1) == 1
    assert script.TrackFX_GetCount(one) == 2
    assert script.TrackFX_GetFXGUID(one, 0) != script.TrackFX_GetFXGUID(one, 1)


def test_an_effect_is_added_at_a_place():
    script = script_on(track("A", effects=(COMP,)))
    assert script.TrackFX_AddByName(script.track(1), "ReaEQ", False, -1000) == 0
    assert script.TrackFX_GetFXName(script.track(1), 1, "", 64)[3] == COMP.name


def test_a_plug_in_that_is_not_installed_is_not_added():
    script = script_on()
    assert script.TrackFX_AddByName(script.track(1), "Pro-Q 3", False, -1) == -1
    assert script.TrackFX_AddByName(script.track(1), "ReaEQ", True, -1) == -1


def test_effects_are_switched_moved_and_deleted():
    script = equalised()
    one, two = script.track(1), script.track(2)
    script.TrackFX_SetEnabled(two, 0, False)
    script.TrackFX_SetOffline(two, 0, True)
    assert (script.TrackFX_GetEnabled(two, 0), script.TrackFX_GetOffline(two, 0)) == (0, 1)
    script.TrackFX_CopyToTrack(one, 0, two, 0, False)
    assert [script.TrackFX_GetCount(t) for t in (one, two)] == [1, 2]
    script.TrackFX_CopyToTrack(one, 0, two, 2, True)
    assert [script.TrackFX_GetCount(t) for t in (one, two)] == [0, 3]
    assert script.TrackFX_Delete(two, 1) == 1
    assert script.TrackFX_Delete(two, 2) == 0


def test_takes_have_effects_of_their_own():
    script = script_on(track("A", items=(Item("{i}", 0.0, 1.0, Take("{t}")),)))
    take = script.GetActiveTake(script.GetMediaItem(0, 0))
    assert script.TakeFX_AddByName(take, "ReaEQ", 1) == 0
    assert script.TakeFX_GetCount(take) == 1
    assert script.TrackFX_GetCount(script.track(1)) == 0
    script.TakeFX_CopyToTrack(take, 0, script.track(1), 0, True)
    assert (script.TakeFX_GetCount(take), script.TrackFX_GetCount(script.track(1))) == (0, 1)


def test_the_instrument_is_found_by_its_kind():
    script = script_on(track("A", effects=(COMP, Effect("{s}", "VSTi: ReaSynth (Cockos)"))), track("B"))
    assert script.TrackFX_GetInstrument(script.track(1)) == 1
    assert script.TrackFX_GetInstrument(script.track(2)) == -1


def test_reapers_own_plugins_are_added_by_name():
    script = script_on(track("A"))
    one = script.track(1)
    assert [script.TrackFX_AddByName(one, name, False, -1) for name in ("ReaEQ", "ReaComp", "No Such Plugin")] == [
        0,
        1,
        -1,
    ]
    assert script.TrackFX_GetFXName(one, 1, "", 64)[3] == "VST: ReaComp (Cockos)"
    assert script.TrackFX_AddByName(one, "reacomp", False, 1) == 1
    assert script.TrackFX_GetFormattedParamValue(one, 1, 1, "", 64)[4] == "4.0"
    assert script.TrackFX_FormatParamValueNormalized(one, 1, 0, 0.5, "", 64)[5] == "0.0"
    assert script.TrackFX_GetNumParams(one, 1) == 19 + 2


def test_presets_are_chosen_by_name_by_number_and_one_further():
    script = script_on(track("A"))
    one = script.track(1)
    script.TrackFX_AddByName(one, "ReaEQ", False, -1)
    assert script.TrackFX_GetPreset(one, 0, "", 64)[0] == 0
    assert script.TrackFX_GetPresetIndex(one, 0, 0) == (-1, one, 0, 4)
    assert script.TrackFX_NavigatePresets(one, 0, 1) == 1
    assert script.TrackFX_GetPreset(one, 0, "", 64) == (1, one, 0, "stock - Basic 11 band", 64)
    assert script.TrackFX_SetPreset(one, 0, "stock - Basic 230 HPF") == 1
    assert script.TrackFX_GetPresetIndex(one, 0, 0) == (3, one, 0, 4)
    assert script.TrackFX_SetPreset(one, 0, "No Such Preset") == 0
    script.TrackFX_SetParamNormalized(one, 0, 1, 0.75)
    assert script.TrackFX_GetPreset(one, 0, "", 64) == (0, one, 0, "stock - Basic 230 HPF", 64)
    assert script.TrackFX_SetPresetByIndex(one, 0, -2) == 1
    assert bands(script) == Equaliser().bands
    assert script.TrackFX_SetPresetByIndex(one, 0, 4) == 0
    assert script.TrackFX_SetPreset(one, 5, "stock - Basic 230 HPF") == 0
    assert script.TrackFX_GetPresetIndex(one, 5, 0) == (-1, one, 5, 0)


def test_a_plugin_is_not_taken_for_another_whose_name_begins_the_same():
    script = script_on(track("A"))
    one = script.track(1)
    assert script.TrackFX_AddByName(one, "ReaVerbate", False, -1) == 0
    assert script.TrackFX_AddByName(one, "ReaVerb", False, 1) == 1
    assert script.TrackFX_AddByName(one, "ReaVerb", False, 0) == 1
    assert script.TrackFX_AddByName(one, "", False, 1) == -1
