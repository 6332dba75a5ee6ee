from dataclasses import replace

import pytest

from agent.session import FLAT_EQ, Strip
from bridge.changes import same
from bridge.osc.ableton_eq import (
    ADAPTIVE,
    BELL,
    GAIN_LIMIT_DB,
    GLOBAL,
    HIGH_SHELF,
    LOW_SHELF,
    OUTPUT,
    EqEight,
    bands,
    freq_hz,
    freq_place,
    is_shown,
    parameters,
    q,
    q_place,
    slots,
)
from tests.ableton_lives import EQ_NAMES, Device, shown

LAW = EqEight()
LOWEST = [Device().range(name)[0] for name in EQ_NAMES]
HIGHEST = [Device().range(name)[1] for name in EQ_NAMES]
SLOTS = slots(EQ_NAMES, LOWEST, HIGHEST)


def values_of(**changed):
    values = {**Device().values, **{name.replace("_", " "): value for name, value in changed.items()}}
    return [values[name] for name in EQ_NAMES]


def laid_out(strip):
    values = values_of()
    for number, value in parameters(SLOTS, LAW.bands(strip, 48_000)):
        values[number] = value
    return values


def strip_of(*gains_db):
    return Strip().with_eq_gains(gains_db)


@pytest.mark.parametrize(("value", "hz"), [(0.0, 10.0), (0.143, 30.0), (0.389, 200.0), (1.0, 22_000.0)])
def test_frequencies_as_live_shows_them(value, hz):
    assert freq_hz(value) == pytest.approx(hz, rel=3e-3)
    assert freq_place(hz) == pytest.approx(value, abs=5e-4)


@pytest.mark.parametrize(("value", "shown_q"), [(0.0, 0.1), (0.3764, 0.71), (1.0, 18.0)])
def test_q_as_live_shows_it(value, shown_q):
    assert q(value) == pytest.approx(shown_q, abs=5e-3)
    assert q_place(shown_q) == pytest.approx(value, abs=2e-3)


def test_a_strip_is_read_back_from_its_bands():
    strip = strip_of(-1.5, 3.0, -4.5, 6.0)
    found = bands(SLOTS, laid_out(strip))
    assert same(found, LAW.bands(strip, 48_000))
    assert [band.gain_db for band in LAW.eq(found, 48_000)] == [-1.5, 3.0, -4.5, 6.0]


def test_its_bands_are_shelves_outside_and_bells_between_them():
    low, first, second, high, *others, whole = LAW.bands(strip_of(1.0, 2.0, 3.0, 4.0), 48_000)
    assert [band.kind for band in (low, first, second, high)] == [LOW_SHELF, BELL, BELL, HIGH_SHELF]
    assert [band.freq_hz for band in (low, first, second, high)] == [band.freq_hz for band in FLAT_EQ]
    assert low.bandwidth_oct == pytest.approx(2.0 / 3.0, abs=1e-3)  # a bandwidth of two octaves as Q
    assert not any(band.enabled for band in others)
    assert (whole.kind, whole.freq_hz, whole.gain_db, whole.bandwidth_oct) == (GLOBAL, 1.0, 0.0, 0.0)


def test_what_does_nothing_is_ours_with_adaptive_q_and_all():
    assert LAW.eq(bands(SLOTS, values_of()), 48_000) == FLAT_EQ
    flat = values_of(**{"1_Filter_On_A": 1.0, "8_Filter_On_A": 1.0, "8_Filter_Type_A": 5.0})
    assert LAW.eq(bands(SLOTS, flat), 48_000) == FLAT_EQ


@pytest.mark.parametrize(
    "other",
    [
        {"1_Filter_On_A": 1.0, "1_Gain_A": 3.0},
        {"8_Filter_On_A": 1.0, "8_Filter_Type_A": 1.0},
        {"5_Filter_On_A": 1.0, "5_Filter_Type_A": 4.0},
        {OUTPUT.replace(" ", "_"): 1.0},
    ],
    ids=["bell", "high pass", "notch", "output"],
)
def test_what_is_set_otherwise_is_theirs(other):
    assert LAW.eq(bands(SLOTS, values_of(**other)), 48_000) is None


@pytest.mark.parametrize(
    ("name", "value"), [("1 Frequency A", 0.5), ("2 Q A", 0.9), ("6 Filter On A", 1.0), (ADAPTIVE, 1.0), ("Scale", 0.5)]
)
def test_what_was_ours_and_was_changed_is_theirs(name, value):
    values = laid_out(strip_of(3.0, -3.0, 1.5, 4.5))
    values[EQ_NAMES.index(name)] = value
    assert LAW.eq(bands(SLOTS, values), 48_000) is None


def test_one_that_is_switched_off_is_none():
    assert bands(SLOTS, values_of(Device_On=0.0)) is None
    assert bands(SLOTS, []) is None


def test_older_lives_call_q_resonance():
    older = [name.replace(" Q ", " Resonance ") for name in EQ_NAMES]
    assert slots(older, LOWEST, HIGHEST) == SLOTS


@pytest.mark.parametrize("missing", ["Adaptive Q", "3 Frequency A", "8 Filter On A"])
def test_one_without_a_parameter_is_not_known(missing):
    assert slots([name for name in EQ_NAMES if name != missing], LOWEST, HIGHEST) is None


def test_one_with_another_range_is_not_known():
    assert slots(EQ_NAMES, [low * 2 for low in LOWEST], HIGHEST) is None
    assert slots(EQ_NAMES, [], []) is None


def test_what_live_shows_is_what_its_values_mean():
    values = laid_out(strip_of(3.0, -3.0, 1.5, -12.3))
    found = bands(SLOTS, values)
    texts = {number: shown(EQ_NAMES[number], values[number]) for number in SLOTS.shown}
    assert is_shown(SLOTS, found, texts)
    for number in SLOTS.shown:
        assert not is_shown(SLOTS, found, {**texts, number: "7.77 kHz"})
        assert not is_shown(SLOTS, found, {n: text for n, text in texts.items() if n != number})


def test_a_gain_beyond_its_end_is_cut_off_there():
    strip = Strip(eq=tuple(replace(band, gain_db=24.0) for band in FLAT_EQ))
    assert max(band.gain_db for band in LAW.bands(strip, 48_000)) == GAIN_LIMIT_DB
