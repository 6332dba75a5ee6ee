import numpy as np
import pytest

from agent.session import FLAT_EQ, Strip
from bridge.changes import BandValue, same
from bridge.desk import DeskWrite
from bridge.osc.bitwig_eq import TYPES, EqPlus, Spread
from bridge.osc.bitwig_line import BitwigLine
from tests import bitwig_studios
from tests.bitwig_studios import Bitwig, Track

LAW = EqPlus()
WANTED = LAW.bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)
OFF = BandValue(kind=0, freq_hz=0.0, gain_db=0.0, bandwidth_oct=0.0, enabled=False)


def band(*, size=8, **how):
    return Bitwig(
        Track("Kick", eq=bitwig_studios.EqPlus()),
        Track("Bass", selected=True),
        Track("Vocal", eq=bitwig_studios.EqPlus()),
        size=size,
        resolution=16_384,
        **how,
    )


def line_of(daw):
    return BitwigLine(daw, "127.0.0.1:8000", with_eq=True, clock=daw.clock)


def named(kind, gain_db=0.0):
    return BandValue(kind=TYPES.index(kind), freq_hz=100.0, gain_db=gain_db, bandwidth_oct=0.7)


# The law


def test_a_strip_is_laid_out_as_texts_can_say_it():
    low, first, second, high, *others = LAW.bands(Strip().with_eq_gains((3.04, -1.5, 2.0, -4.55)), 48_000)
    assert [TYPES[band.kind] for band in (low, first, second, high)] == ["lowshelf", "bell", "bell", "highshelf"]
    assert [band.freq_hz for band in (low, first, second, high)] == [band.freq_hz for band in FLAT_EQ]
    assert [band.gain_db for band in (low, first, second, high)] == pytest.approx([3.0, -1.5, 2.0, -4.5], abs=0.11)
    assert low.bandwidth_oct == 0.67
    assert others == [OFF] * 4


def test_a_strip_is_read_back_from_its_bands():
    assert [band.gain_db for band in LAW.eq(WANTED, 48_000)] == [3.0, -1.5, 2.0, -4.5]


@pytest.mark.parametrize("bands", [(OFF,) * 8, (named("bell"), named("highshelf"), *(OFF,) * 6)])
def test_what_does_nothing_is_ours(bands):
    assert LAW.eq(bands, 48_000) == FLAT_EQ


@pytest.mark.parametrize(
    "bands",
    [
        (named("bell", 3.0), *(OFF,) * 7),
        (*(OFF,) * 7, named("lowcut")),
        (named("notch"), *(OFF,) * 7),
        (WANTED[0].model_copy(update={"freq_hz": 120.0}), *WANTED[1:]),
        (*WANTED[:7], named("bell")),
    ],
)
def test_what_is_set_otherwise_is_theirs(bands):
    assert LAW.eq(bands, 48_000) is None


@pytest.mark.parametrize(("parameter", "low", "high"), [("freq", 10.0, 24_000.0), ("gain", -30.0, 30.0)])
def test_a_spread_is_learned_from_texts(parameter, low, high):
    spread = Spread(parameter, 16_383)

    def shown(value):
        return low + value / 16_383 * (high - low) if parameter == "gain" else low * (high / low) ** (value / 16_383)

    wanted = 7.5 if parameter == "gain" else 350.0
    for _ in range(5):
        value = spread.value(wanted)
        spread.see(value, shown(value))
    assert shown(spread.value(wanted)) == pytest.approx(wanted, rel=1e-3)


# The talk


def test_eqs_are_read_one_track_after_the_other_and_the_selection_is_put_back():
    daw = band()
    kick, bass, vocal = line_of(daw).read().tracks
    assert LAW.eq(kick.eq, 48_000) == LAW.eq(vocal.eq, 48_000) == FLAT_EQ
    assert bass.eq is None
    assert daw.selections[-1] == "Bass"
    assert [track.selected for track in daw.tracks] == [False, True, False]
    assert not [message for message in daw.sent if message.address.startswith("/eq/")]


def test_where_there_was_none_none_is_looked_for_again():
    daw = band()
    line = line_of(daw)
    line.read()
    daw.selections.clear()
    line.read()
    assert daw.selections == ["Kick", "Vocal", "Bass"]


def test_one_that_is_bypassed_is_none():
    daw = band()
    daw.tracks[0].eq.bypassed = True
    assert line_of(daw).read().tracks[0].eq is None


def test_a_coarse_resolution_is_too_coarse_for_an_eq():
    daw = band()
    daw.highest = 1023
    assert [track.eq for track in line_of(daw).read().tracks] == [None, None, None]


def test_eqs_are_set_until_their_texts_say_so():
    daw = band()
    line = line_of(daw)
    line.read()
    line.write(DeskWrite({1: -6.0}, {1: WANTED, 3: WANTED}))
    desk = line.read()
    assert same(desk.tracks[0].eq, WANTED)
    assert same(desk.tracks[2].eq, WANTED)
    for place in (0, 2):
        eq = daw.tracks[place].eq
        assert [eq.number("gain", n) for n in (1, 2, 3, 4)] == pytest.approx([3.0, -1.5, 2.0, -4.5], abs=0.06)
        assert [eq.number("freq", n) for n in (1, 2, 3, 4)] == pytest.approx([100.0, 350.0, 2500.0, 8000.0], rel=5e-3)
    assert daw.tracks[1].selected


def test_an_eq_is_put_back_to_what_was_found():
    daw = band()
    daw.tracks[0].eq.types[2] = "bell"
    line = line_of(daw)
    before = line.read().tracks[0].eq
    line.write(DeskWrite(eqs={1: WANTED}))
    line.write(DeskWrite(eqs={1: before}))
    assert daw.tracks[0].eq.types == {**dict.fromkeys(range(1, 9), "off"), 2: "bell"}
    assert same(line.read().tracks[0].eq, before)


def test_eqs_on_other_pages():
    daw = band(size=1)
    line = line_of(daw)
    line.write(DeskWrite(eqs={1: WANTED, 3: WANTED}))
    assert [same(track.eq, WANTED) for track in line.read().tracks] == [True, False, True]


@pytest.mark.parametrize("seed", range(3))
def test_over_a_line_that_loses_5_per_cent(seed):
    draw = np.random.default_rng(seed)
    daw = band(loses=lambda message: draw.random() < 0.05)
    line = line_of(daw)
    line.write(DeskWrite({1: -6.0}, {1: WANTED, 3: WANTED}))
    daw.loses = lambda message: False
    desk = line.read()
    assert same(desk.tracks[0].eq, WANTED)
    assert same(desk.tracks[2].eq, WANTED)
