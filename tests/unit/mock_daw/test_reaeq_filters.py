import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import freqz_sos, sosfilt

from mock_daw.equalizer import Band, Shape
from mock_daw.equalizer import band_section as strip_section
from mock_daw.reaeq_filters import Filters, Link, band_section, chain
from mock_daw.session import EqBand, EqKind, Equaliser
from tests.takes import reaeq

RATE_HZ = 48_000
PASS = (EqKind.HIGH_PASS, EqKind.LOW_PASS, EqKind.NOTCH, EqKind.BAND_PASS, EqKind.ALL_PASS)
HP = EqBand(EqKind.HIGH_PASS, 100.0)
BELL = EqBand(EqKind.BELL, 1000.0, 2.0, 1.0)


def response(band, freq_hz):
    _, values = freqz_sos(np.array([band_section(band, RATE_HZ)]), worN=[freq_hz], fs=RATE_HZ)
    return values[0]


def response_db(band, freq_hz):
    return 20 * math.log10(max(abs(response(band, freq_hz)), 1e-12))


def stereo(samples=4000, seed=1):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (2, samples)).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(EqKind.BELL, Shape.BELL), (EqKind.LOW_SHELF, Shape.LOW_SHELF), (EqKind.HIGH_SHELF, Shape.HIGH_SHELF)],
)
def test_bells_and_shelves_are_those_of_the_channel_strip(kind, shape):
    band = EqBand(kind, 700.0, 10 ** (-7.5 / 20), 1.3)
    assert band_section(band, RATE_HZ) == pytest.approx(strip_section(Band(shape, 700.0, -7.5, 1.3), RATE_HZ))


def test_pass_filters_of_1_9_octaves_are_butterworths():
    # At low frequencies a width of 2 asinh(1/sqrt 2) / ln 2 octaves is the cookbook's Q of 0.7071.
    octaves = 2 * math.asinh(math.sqrt(0.5)) / math.log(2)
    for kind, past in ((EqKind.HIGH_PASS, 10.0), (EqKind.LOW_PASS, 1000.0)):
        band = EqBand(kind, 100.0, bandwidth_oct=octaves)
        assert response_db(band, 100.0) == pytest.approx(-3.01, abs=0.01)
        assert response_db(band, past) == pytest.approx(-40.0, abs=0.1)
        assert response_db(band, 100.0**2 / past) == pytest.approx(0.0, abs=0.01)


def test_a_notch_takes_out_its_centre_and_is_3_db_down_at_the_edges_of_its_width():
    band = EqBand(EqKind.NOTCH, 200.0, bandwidth_oct=1.0)
    assert response_db(band, 200.0) < -100
    assert response_db(band, 200 / math.sqrt(2)) == pytest.approx(-3.01, abs=0.02)
    assert response_db(band, 200 * math.sqrt(2)) == pytest.approx(-3.01, abs=0.02)


def test_a_band_pass_leaves_its_centre_and_is_3_db_down_at_the_edges_of_its_width():
    band = EqBand(EqKind.BAND_PASS, 200.0, bandwidth_oct=2.0)
    assert response_db(band, 200.0) == pytest.approx(0.0, abs=1e-9)
    assert response_db(band, 100.0) == pytest.approx(-3.01, abs=0.02)
    assert response_db(band, 400.0) == pytest.approx(-3.01, abs=0.02)


def test_an_all_pass_turns_the_phase_alone():
    band = EqBand(EqKind.ALL_PASS, 1000.0)
    assert all(abs(response(band, f)) == pytest.approx(1.0) for f in (10, 500, 1000, 5000, 20_000))
    assert response(band, 1000.0) == pytest.approx(-1.0, abs=1e-9)


@pytest.mark.parametrize("kind", PASS)
def test_filters_without_a_gain_ignore_it(kind):
    assert band_section(EqBand(kind, 500.0, 4.0), RATE_HZ) == band_section(EqBand(kind, 500.0), RATE_HZ)


@pytest.mark.parametrize("kind", EqKind)
def test_a_band_that_is_off_has_no_section(kind):
    assert band_section(EqBand(kind, 500.0, 2.0, enabled=False), RATE_HZ) is None


@pytest.mark.parametrize("kind", [EqKind.BELL, EqKind.LOW_SHELF, EqKind.HIGH_SHELF])
def test_a_flat_band_has_no_section(kind):
    assert band_section(EqBand(kind, 500.0), RATE_HZ) is None


@pytest.mark.parametrize("kind", EqKind)
@pytest.mark.parametrize("gain_linear", [0.0, 0.5, 16.0])
@pytest.mark.parametrize("bandwidth_oct", [0.0, 0.01, 4.0, 100.0])
@pytest.mark.parametrize("freq_hz", [0.0, 20.0, 24_000.0, 1e6])
def test_the_most_extreme_bands_are_stable(kind, gain_linear, bandwidth_oct, freq_hz):
    section = band_section(EqBand(kind, freq_hz, gain_linear, bandwidth_oct), RATE_HZ)
    assert np.isfinite(section).all()
    assert np.abs(np.roots(section[3:])).max() < 1.0


def test_a_chain_is_made_of_what_is_on():
    on = reaeq(BELL, HP, gain_linear=0.5)
    places = ((on.guid, 0, EqKind.BELL), (on.guid, 1, EqKind.HIGH_PASS))
    sections = (band_section(BELL, RATE_HZ), band_section(HP, RATE_HZ))
    assert chain((on, replace(on, equaliser=None)), RATE_HZ) == (Link(places, sections, 0.5),)
    for changes in ({"enabled": False}, {"offline": True}, {"equaliser": Equaliser(())}):
        assert chain((replace(on, **changes),), RATE_HZ) == ()


def test_effects_in_a_row_are_run_as_one_unless_one_is_partly_dry():
    first, second = reaeq(HP, gain_linear=0.5), reaeq(BELL, gain_linear=0.5, number=2)
    (link,) = chain((first, second), RATE_HZ)
    assert link.gain_linear == 0.25
    assert [place[0] for place in link.places] == [first.guid, second.guid]
    assert [link.wet for link in chain((first, replace(second, wet=0.5)), RATE_HZ)] == [1.0, 0.5]


def test_an_effect_that_is_partly_wet_leaves_the_rest_dry():
    effect = reaeq(BELL, gain_linear=0.5)
    audio = stereo()
    wet = Filters().run("a", chain((effect,), RATE_HZ), audio)
    half = Filters().run("a", chain((replace(effect, wet=0.25),), RATE_HZ), audio)
    assert half == pytest.approx(0.25 * wet + 0.75 * audio)
    assert Filters().run("a", chain((replace(effect, wet=0.0),), RATE_HZ), audio) == pytest.approx(audio)


def test_filters_keep_their_memory_when_an_effect_gets_drier():
    first, second = reaeq(HP), reaeq(BELL, number=2)
    filters, others = Filters(), Filters()
    for each in (filters, others):
        each.run("a", chain((first, second), RATE_HZ), stereo())
    quiet = np.zeros((2, 100), np.float32)
    wet = others.run("a", chain((first, second), RATE_HZ), quiet)
    nearly = filters.run("a", chain((first, replace(second, wet=1 - 1e-9)), RATE_HZ), quiet)
    assert np.abs(wet).max() > 1e-3
    assert nearly == pytest.approx(wet, abs=1e-8)


def test_filters_do_what_scipy_does_and_go_on_from_block_to_block():
    links = chain((reaeq(BELL, HP),), RATE_HZ)
    audio = stereo()
    expected = sosfilt(np.array(links[0].sections), audio.astype(np.float64), axis=1)
    filters = Filters()
    blocks = [filters.run("a", links, audio[:, first : first + 1000]) for first in range(0, 4000, 1000)]
    assert np.abs(np.concatenate(blocks, axis=1) - expected).max() < 1e-12


def test_a_band_that_is_turned_keeps_its_memory_and_a_new_one_starts_at_rest():
    audio = stereo()
    filters, alone = Filters(), Filters()
    filters.run("a", chain((reaeq(HP),), RATE_HZ), audio)
    alone.run("a", chain((reaeq(HP),), RATE_HZ), audio)
    quiet = np.zeros((2, 100), np.float32)
    rung = filters.run("a", chain((reaeq(HP, BELL),), RATE_HZ), quiet)
    hp_alone = alone.run("a", chain((reaeq(HP),), RATE_HZ), quiet)
    bell = sosfilt(np.array([band_section(BELL, RATE_HZ)]), hp_alone, axis=1)
    assert np.abs(hp_alone).max() > 1e-3
    assert np.abs(rung - bell).max() < 1e-12


def test_tracks_do_not_share_memory_and_restore_brings_it_back():
    links = chain((reaeq(HP),), RATE_HZ)
    filters, audio = Filters(), stereo(100)
    filters.run("a", links, audio)
    before = filters.state
    first = filters.run("a", links, audio)
    filters.run("b", links, audio)
    filters.restore(before)
    assert np.array_equal(filters.run("a", links, audio), first)
    assert np.array_equal(filters.run("b", links, audio), Filters().run("b", links, audio))


def test_in_silence_filters_come_to_rest_and_give_exact_silence():
    links = chain((reaeq(HP, BELL),), RATE_HZ)
    filters = Filters()
    filters.run("a", links, stereo())
    for _ in range(100):
        output = filters.run("a", links, np.zeros((2, 4800), np.float32))
    assert not output.any()
    assert filters.resting("a")


def test_the_global_gain_scales_what_leaves():
    audio = stereo()
    assert Filters().run("a", chain((reaeq(gain_linear=0.5),), RATE_HZ), audio) == pytest.approx(audio * 0.5)
    halved = Filters().run("a", chain((reaeq(BELL, gain_linear=0.5),), RATE_HZ), audio)
    assert halved == pytest.approx(0.5 * Filters().run("a", chain((reaeq(BELL),), RATE_HZ), audio))


def test_a_tail_that_ends_within_a_block_is_heard_to_its_end():
    links = chain((reaeq(HP),), RATE_HZ)
    audio = np.zeros((2, 60_000), np.float32)
    audio[:, :100] = stereo(100)
    whole = sosfilt(np.array(links[0].sections), audio, axis=1)
    filters = Filters()
    filters.run("a", links, audio[:, :100])
    tail = filters.run("a", links, audio[:, 100:])
    assert filters.resting("a")
    assert np.abs(tail - whole[:, 100:]).max() < 1e-12
    assert not tail[:, -1].any()
