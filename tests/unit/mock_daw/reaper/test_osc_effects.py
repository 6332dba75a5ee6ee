"""Effects, their parameters and ReaEQ over OSC."""

import pytest

from mock_daw.reaper import reaeq as laws
from mock_daw.reaper.plugins import found, fresh
from mock_daw.session import EqKind
from tests.surfaces import Device, approx, plugin, reaeq, session_of, track_named

ON_THE_TRACK = """
DEVICE_TRACK_COUNT 1
DEVICE_FX_COUNT 2
DEVICE_FX_PARAM_COUNT 2
FX_NAME s/fx/name s/track/@/fx/@/name
FX_NUMBER s/track/@/fx/@/number
FX_BYPASS b/fx/@/bypass b/track/@/fx/@/bypass
FX_OPEN_UI b/track/@/fx/@/openui
FX_PARAM_VALUE n/track/@/fx/@/fxparam/@/value s/track/@/fx/@/fxparam/@/value/str
FX_WETDRY n/track/@/fx/@/wetdry
"""


def with_effects(*effects, pattern=None):
    return Device(session_of(track_named("Drums", effects=effects), track_named("Bass")), pattern)


def equaliser(device, number=1):
    return next(effect.equaliser for effect in device.track(number).effects if effect.equaliser is not None)


# Slots and parameters


def test_slots_and_parameters_are_reported_those_that_are_not_there_as_well():
    device = with_effects(plugin("VST: Comp (Someone)", 0.25), pattern=ON_THE_TRACK)
    said = [m for m in device.run() if m[0].startswith("/track/1/")]
    assert said == [
        ("/track/1/fx/1/name", "Comp (Someone)"),
        ("/track/1/fx/1/number", "1"),
        ("/track/1/fx/1/bypass", 1.0),
        ("/track/1/fx/1/openui", 0.0),
        ("/track/1/fx/1/fxparam/1/value", 0.25),
        ("/track/1/fx/1/fxparam/1/value/str", "0.25"),
        ("/track/1/fx/1/fxparam/2/value", 0.0),
        ("/track/1/fx/1/fxparam/2/value/str", "normal"),
        ("/track/1/fx/2/name", ""),
        ("/track/1/fx/2/number", ""),
        ("/track/1/fx/2/bypass", 0.0),
        ("/track/1/fx/2/openui", 0.0),
        ("/track/1/fx/2/fxparam/1/value", 0.0),
        ("/track/1/fx/2/fxparam/1/value/str", ""),
        ("/track/1/fx/2/fxparam/2/value", 0.0),
        ("/track/1/fx/2/fxparam/2/value/str", ""),
    ]


def test_bypass_1_means_that_the_effect_is_on():
    device = with_effects(plugin(), pattern=ON_THE_TRACK).start()
    said = device.send("/track/1/fx/1/bypass", 0.0)
    assert not device.track(1).effects[0].enabled
    assert ("/track/1/fx/1/bypass", 0.0) in said


def test_parameters_move_by_their_number_in_the_bank():
    device = with_effects(plugin("VST: Comp", 0.25, 0.5), pattern=ON_THE_TRACK).start()
    assert device.send("/track/1/fx/1/fxparam/2/value", 0.75) == [("/track/1/fx/1/fxparam/2/value/str", "0.75")]
    assert [p.value for p in device.track(1).effects[0].parameters] == [0.25, 0.75]


def test_several_parameters_move_with_one_message():
    device = with_effects(plugin("VST: A", 0.0, 0.0), plugin("VST: B", 0.0, 0.0)).start()
    device.send("/track/1/fx/1,2/fxparam/2,1/value", 0.25, 0.5)
    assert [[p.value for p in effect.parameters] for effect in device.track(1).effects] == [[0.0, 0.25], [0.5, 0.0]]


def test_a_parameter_that_is_moved_is_one_step_until_the_device_lets_go():
    device = with_effects(plugin("VST: Comp", 0.0)).start()
    device.send("/track/1/fx/1/fxparam/1/value", 0.1)
    device.send("/track/1/fx/1/fxparam/1/value", 0.2)
    device.send("/track/1/fx/1/fxparam/1/value", -1)
    device.send("/track/1/fx/1/fxparam/1/value", 0.3)
    assert len(device.live.undo_names) == 2


def test_the_wet_share_is_the_last_parameter_and_has_an_address():
    device = with_effects(plugin("VST: Comp", 0.0), pattern=ON_THE_TRACK).start()
    device.send("/track/1/fx/1/wetdry", 0.25)
    assert device.track(1).effects[0].wet == 0.25
    device.live.undo()
    assert ("/track/1/fx/1/wetdry", 1.0) in device.run()


def test_an_effect_that_is_not_there_does_nothing():
    device = with_effects(plugin()).start()
    before = device.session
    for address in ("fx/2/bypass", "fx/2/fxparam/1/value", "fx/1/fxparam/99/value", "fx/0/wetdry", "fxinst/bypass"):
        device.send(f"/track/1/{address}", 0.5)
    assert device.session is before


def test_windows_open_and_close():
    device = with_effects(plugin(), pattern=ON_THE_TRACK).start()
    assert device.send("/track/1/fx/1/openui", 1.0) == [("/track/1/fx/1/openui", 1.0)]
    assert device.send("/track/1/fx/1/openui", 0.0) == [("/track/1/fx/1/openui", 0.0)]


def test_a_preset_is_kept_by_its_name():
    device = with_effects(plugin()).start()
    device.send("/track/1/fx/1/preset", "Warm")
    assert device.track(1).effects[0].preset == "Warm"


def test_stock_presets_are_chosen_by_name_and_gone_through():
    device = with_effects(fresh(found("ReaEQ"), "{eq}")).start()
    device.send("/track/1/fx/1/preset", "No Such Preset")
    assert device.track(1).effects[0].preset == ""
    device.send("/track/1/fx/1/preset", "stock - Basic 230 HPF")
    assert device.track(1).effects[0].preset == "stock - Basic 230 HPF"
    device.send("/track/1/fx/1/preset-", 1.0)
    assert device.track(1).effects[0].preset == "stock - Basic 150 HPF"
    device.send("/track/1/fx/1/preset+", 1.0)
    device.send("/track/1/fx/1/preset+", 1.0)
    assert device.track(1).effects[0].preset == "stock - Basic 11 band"


def test_the_instrument_is_found_wherever_it_is():
    device = with_effects(plugin("VST: Comp", 0.0), plugin("VSTi: Synth", 0.5))
    said = device.run()
    assert ("/track/1/fxinst/name", "Synth") in said
    assert device.send("/track/1/fxinstparam/1/value", 0.75) == [
        ("/track/1/fx/2/fxparam/1/value", 0.75),
        ("/fxparam/last_touched/value", 0.75),
        ("/fxparam/last_touched/value/str", "0.75"),
        ("/fx/last_touched/track/name", "Drums"),
        ("/fx/last_touched/track/number/str", "1"),
        ("/fx/last_touched/name", "Synth"),
        ("/fx/last_touched/number/str", "2"),
        ("/fxparam/last_touched/name", "P1"),
    ]
    assert device.track(1).effects[1].parameters[0].value == 0.75


def test_the_parameter_that_was_touched_last_has_addresses_of_its_own():
    device = with_effects(plugin("VST: Comp", 0.0)).start()
    device.send("/track/1/fx/1/fxparam/1/value", 0.5)
    device.send("/fxparam/last_touched/value", 0.75)
    assert device.track(1).effects[0].parameters[0].value == 0.75


# ReaEQ

EQ = """
DEVICE_TRACK_COUNT 2
DEVICE_EQ INSERT
DEVICE_TRACK_SELECT i/select
FX_EQ_BYPASS b/eq/bypass b/track/@/eq/bypass
FX_EQ_MASTER_GAIN n/track/@/eq/gain
FX_EQ_LOSHELF_NAME s/eq/low/str
FX_EQ_LOSHELF_BYPASS b/eq/low/bypass
FX_EQ_LOSHELF_FREQ f/track/@/eq/low/hz n/track/@/eq/low s/track/@/eq/low/str
FX_EQ_LOSHELF_GAIN f/track/@/eq/low/gain/db n/track/@/eq/low/gain s/track/@/eq/low/gain/str
FX_EQ_BAND_BYPASS b/track/@/eq/band/@/bypass
FX_EQ_BAND_FREQ f/track/@/eq/band/@/hz s/track/@/eq/band/@/str s/eq/band/@/str
FX_EQ_BAND_GAIN n/track/@/eq/band/@/gain s/track/@/eq/band/@/gain/str
FX_EQ_BAND_Q f/track/@/eq/band/@/oct
FX_EQ_NOTCH_FREQ f/track/@/eq/notch/hz
"""


def test_a_message_for_the_equaliser_inserts_one():
    device = with_effects(pattern=EQ).start()
    assert ("/track/1/eq/low/str", "200.0Hz") in device.send("/track/1/eq/low/hz", 200.0)
    assert equaliser(device).bands[0].freq_hz == 200.0
    assert [effect.name for effect in device.track(1).effects] == ["VST: ReaEQ (Cockos)"]
    assert device.live.undo_names[0] == "Add FX: Drums: VST: ReaEQ (Cockos)"


def test_where_the_pattern_does_not_say_insert_nothing_is_inserted():
    device = with_effects(pattern=EQ.replace("DEVICE_EQ INSERT", "")).start()
    device.send("/track/1/eq/low/hz", 200.0)
    assert device.track(1).effects == ()


def test_frequency_and_width_are_raw_and_a_raw_gain_is_a_factor_and_no_decibels():
    device = with_effects(plugin(), reaeq(), pattern=EQ).start()
    device.send("/track/1/eq/band/0/hz", 440.0)
    device.send("/track/1/eq/band/1/oct", 1.5)
    device.send("/track/1/eq/low/gain/db", 2.0)
    bands = equaliser(device).bands
    assert (bands[1].freq_hz, bands[2].bandwidth_oct, bands[0].gain_linear) == (440.0, 1.5, 2.0)


@pytest.mark.parametrize(("gain_db", "position"), [(-6.0206, 0.25), (0.0, 0.5), (6.0206, 0.6667), (12.0412, 1.0)])
def test_the_normal_form_of_a_gain(gain_db, position):
    device = with_effects(reaeq(), pattern=EQ).start()
    device.send("/track/1/eq/band/0/gain", position)
    assert laws.gain_db(equaliser(device).bands[1].gain_linear) == pytest.approx(gain_db, abs=1e-2)


def test_what_moves_is_reported_in_its_normal_form_and_as_text_never_raw():
    device = with_effects(reaeq(), pattern=EQ).start()
    assert approx(device.send("/track/1/eq/low/hz", 200.0)) == [
        ("/track/1/eq/low", 0.2314),
        ("/track/1/eq/low/str", "200.0Hz"),
    ]
    assert approx(device.send("/track/1/eq/band/1/gain", 0.25)) == [("/track/1/eq/band/1/gain/str", "-6.0dB")]


def test_bands_count_from_0_among_their_kind():
    device = with_effects(reaeq(), pattern=EQ).start()
    device.send("/track/1/eq/band/1/hz", 2000.0)
    assert [band.freq_hz for band in equaliser(device).bands if band.kind is EqKind.BELL] == [300.0, 2000.0]


def test_a_band_that_is_not_there_is_not_made():
    device = with_effects(reaeq(), pattern=EQ).start()
    before = device.session
    device.send("/track/1/eq/notch/hz", 1000.0)
    device.send("/track/1/eq/band/7/hz", 1000.0)
    assert device.session is before


def test_bands_without_a_track_are_up_to_luck_in_reaper_and_do_nothing_here():
    device = Device(session_of(track_named("Drums", effects=(reaeq(),)))).start()
    before = device.session
    device.send("/fxeq/band/0/gain", 0.25)
    assert device.session is before
    device.send("/device/track/select", 1)
    device.send("/fxeq/loshelf/gain", 0.25)
    assert equaliser(device).bands[0].gain_linear == 0.5


def test_a_band_and_the_whole_are_switched():
    device = with_effects(reaeq(), pattern=EQ).start()
    device.send("/track/1/eq/band/0/bypass", 0.0)
    assert not equaliser(device).bands[1].enabled
    assert device.send("/track/1/eq/bypass", 0.0) == [("/track/1/eq/bypass", 0.0)]
    assert not device.track(1).effects[0].enabled
    device.send("/track/1/eq/gain", 0.25)
    assert equaliser(device).gain_linear == 0.5


def test_a_choice_reports_every_band_first_as_if_it_were_not_there():
    pattern = "DEVICE_TRACK_SELECT i/select\nFX_EQ_BAND_FREQ s/eq/band/@/str\nFX_EQ_BYPASS b/eq/on"
    device = with_effects(reaeq(), pattern=pattern)
    absent = [(f"/eq/band/{k}/str", "0Hz") for k in range(8)]
    assert device.run() == [("/eq/on", 0.0), *absent]
    assert device.send("/select", 1) == [
        ("/eq/on", 1.0),
        ("/eq/band/0/str", "300.0Hz"),
        ("/eq/band/1/str", "1000.0Hz"),
    ]
