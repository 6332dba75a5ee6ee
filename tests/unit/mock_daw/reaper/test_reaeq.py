import math

import pytest

from mock_daw.reaper import reaeq
from mock_daw.reaper.reaeq import BandParam, BandType
from mock_daw.session import EqBand, EqKind, Equaliser

FRESH = Equaliser()


def flat(name, eq=FRESH):
    return next(parameter for parameter in reaeq.parameters(eq) if parameter.name == name)


# A fresh ReaEQ as scripts listed it from REAPER 7: TrackFX_GetParamName and TrackFX_GetParam, to four digits.
LISTED = [
    ("Freq-Low Shelf", 0.1414),
    ("Gain-Low Shelf", 0.25),
    ("BW-Low Shelf", 0.2),
    ("Freq-Band 2", 0.2895),
    ("Gain-Band 2", 0.25),
    ("BW-Band 2", 0.5),
    ("Freq-Band 3", 0.4760),
    ("Gain-Band 3", 0.25),
    ("BW-Band 3", 0.5),
    ("Freq-High Shelf 4", 0.7394),
    ("Gain-High Shelf 4", 0.25),
    ("BW-High Shelf 4", 0.2),
    ("Freq-High Pass 5", 0.1414),
    ("Gain-High Pass 5", 0.25),
    ("BW-High Pass 5", 0.5),
    ("Global Gain", 1.0),
]


def test_a_fresh_equaliser_lists_the_parameters_that_reaper_lists():
    listed = reaeq.parameters(FRESH)
    assert [parameter.name for parameter in listed] == [name for name, _ in LISTED]
    assert [parameter.value for parameter in listed] == pytest.approx([value for _, value in LISTED], abs=6e-5)
    assert (listed[-1].low, listed[-1].high) == (0.0, 4.0)
    assert {(p.low, p.high) for p in listed[:-1]} == {(0.0, 1.0)}


# Normalised gains and the dB that TrackFX_GetFormattedParamValue gave for them, as a script's notes tabulate.
@pytest.mark.parametrize(
    ("normal", "db"),
    [(0.125, -12.0), (0.25, -6.0), (0.3555, -3.0), (0.5, 0.0), (0.5684, 3.0), (0.6641, 6.0), (0.9961, 12.0)],
)
def test_the_gain_law_is_reapers(normal, db):
    eq = reaeq.with_value(FRESH, BandType.BAND, 0, BandParam.GAIN, normal, is_normalised=True)
    assert 20 * math.log10(reaeq.value(eq, BandType.BAND, 0, BandParam.GAIN)) == pytest.approx(db, abs=0.05)


@pytest.mark.parametrize(
    ("normal", "freq_hz"),
    [(0.0, 20.0), (0.1, 69.0), (0.2, 159.0), (0.3, 322.0), (0.5, 1160.0), (0.7026, 4000.0), (1.0, 24000.0)],
)
def test_the_frequency_law_is_reapers(normal, freq_hz):
    eq = reaeq.with_value(FRESH, BandType.BAND, 0, BandParam.FREQ, normal, is_normalised=True)
    assert reaeq.value(eq, BandType.BAND, 0, BandParam.FREQ) == pytest.approx(freq_hz, rel=0.01)


def test_the_width_is_a_quarter_of_its_octaves():
    assert reaeq.normalised(FRESH, BandType.LOW_SHELF, 0, BandParam.Q) == pytest.approx(0.2)
    eq = reaeq.with_value(FRESH, BandType.LOW_SHELF, 0, BandParam.Q, 0.295, is_normalised=True)
    assert reaeq.text(eq, BandType.LOW_SHELF, 0, BandParam.Q) == "1.18"


def test_bands_are_counted_among_their_type():
    assert reaeq.find(FRESH, BandType.BAND, 0) == 1
    assert reaeq.find(FRESH, BandType.BAND, 1) == 2
    assert reaeq.find(FRESH, BandType.BAND, 2) is None
    assert reaeq.find(FRESH, BandType.BAND, -1) is None
    assert reaeq.find(FRESH, BandType.NOTCH, 0) is None
    assert reaeq.find(FRESH, BandType.MASTER_GAIN, 0) is None


def test_a_missing_band_or_parameter_has_no_value_and_takes_none():
    for bandtype, param in ((BandType.NOTCH, BandParam.GAIN), (BandType.BAND, 3), (7, BandParam.FREQ)):
        assert reaeq.value(FRESH, bandtype, 0, param) is None
        assert reaeq.normalised(FRESH, bandtype, 0, param) is None
        assert reaeq.text(FRESH, bandtype, 0, param) == ""
        assert reaeq.with_value(FRESH, bandtype, 0, param, 1.0, is_normalised=False) is None
    assert reaeq.with_enabled(FRESH, BandType.NOTCH, 0, on=True) is None
    assert not reaeq.enabled(FRESH, BandType.NOTCH, 0)


def test_raw_values_are_hz_gain_and_octaves_and_are_held_in_their_range():
    def written(param, value):
        eq = reaeq.with_value(FRESH, BandType.BAND, 1, param, value, is_normalised=False)
        return reaeq.value(eq, BandType.BAND, 1, param)

    assert written(BandParam.FREQ, 250.0) == 250.0
    assert written(BandParam.FREQ, 1.0) == 20.0
    assert written(BandParam.FREQ, 1e9) == 24000.0
    assert written(BandParam.GAIN, 8.0) == 8.0
    assert written(BandParam.GAIN, -1.0) == 0.0
    assert written(BandParam.GAIN, math.inf) == 16.0
    assert written(BandParam.Q, 0.0) == 0.01
    assert written(BandParam.Q, 9.0) == 4.0


def test_only_the_named_band_changes():
    eq = reaeq.with_value(FRESH, BandType.BAND, 1, BandParam.GAIN, 2.0, is_normalised=False)
    assert [band.gain_linear for band in eq.bands] == [1.0, 1.0, 2.0, 1.0, 1.0]
    assert eq.gain_linear == 1.0


def test_the_global_gain_is_band_type_minus_one():
    eq = reaeq.with_value(FRESH, BandType.MASTER_GAIN, 0, BandParam.GAIN, 0.5, is_normalised=False)
    assert eq.gain_linear == 0.5
    assert eq.bands == FRESH.bands
    assert reaeq.normalised(eq, BandType.MASTER_GAIN, 0, BandParam.GAIN) == 0.25


def test_a_band_is_switched():
    assert not reaeq.enabled(FRESH, BandType.HIGH_PASS, 0)
    eq = reaeq.with_enabled(FRESH, BandType.HIGH_PASS, 0, on=True)
    assert reaeq.enabled(eq, BandType.HIGH_PASS, 0)


def test_texts_are_plain_numbers():
    eq = Equaliser((EqBand(EqKind.BELL, 250.0, 0.5, 1.0),), gain_linear=0.0)
    assert [parameter.text for parameter in reaeq.parameters(eq)] == ["250.0", "-6.0", "1.00", "-inf"]


def test_every_flat_parameter_knows_its_band():
    located = [reaeq.locate(FRESH, index) for index in range(16)]
    assert located[3:6] == [(BandType.BAND, 0, 0), (BandType.BAND, 0, 1), (BandType.BAND, 0, 2)]
    assert located[6] == (BandType.BAND, 1, BandParam.FREQ)
    assert located[14] == (BandType.HIGH_PASS, 0, BandParam.Q)
    assert located[15] == (BandType.MASTER_GAIN, 0, BandParam.GAIN)
    assert reaeq.locate(FRESH, 16) is None
    assert reaeq.locate(FRESH, -1) is None
    assert reaeq.locate(Equaliser((EqBand(EqKind.ALL_PASS, 100.0),)), 0) is None


def test_flat_parameters_are_set_in_their_normal_form_or_their_range():
    assert flat("Gain-Band 2", reaeq.with_parameter(FRESH, 4, 1.0)).text == "12.0"
    assert flat("Gain-Band 2", reaeq.with_parameter_value(FRESH, 4, 0.25 * 10 ** (-3 / 20))).text == "-3.0"
    assert flat("Global Gain", reaeq.with_parameter_value(FRESH, 15, 2.0)).text == "6.0"
    for index in (-1, 16):
        with pytest.raises(IndexError):
            reaeq.with_parameter(FRESH, index, 0.5)


def test_a_band_that_is_no_low_shelf_is_numbered_from_the_first():
    assert reaeq.parameters(Equaliser((EqBand(EqKind.NOTCH, 100.0),)))[0].name == "Freq-Notch 1"
