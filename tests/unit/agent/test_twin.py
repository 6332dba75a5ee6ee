"""The twin against a real render, by other filters and another loudness meter."""

import math
from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.heard import Heard, hear
from agent.hearing.loudness import measure
from agent.hearing.twin import Twin, gated_power
from agent.session import Settings, Strip
from tests.sessions import (
    Audio,
    Song,
    band_at,
    blocks,
    drawn,
    flat_strips,
    lufs,
    noise,
    power_at,
    random_settings,
    rendered,
    rendered_tracks,
    settings_of,
    song,
)

CASES = [(48_000, 6.0), (44_100, 5.03)]


@pytest.fixture(scope="module", params=CASES, ids=["48k", "44k1"])
def case(request: pytest.FixtureRequest) -> tuple[Song, Heard]:
    rate_hz, seconds = request.param
    made = song(seconds, rate_hz)
    return made, made.heard


def test_loudness_of_any_faders_is_exact(case: tuple[Song, Heard]) -> None:
    made, heard = case
    twin = Twin(heard, made.settings())
    rng = np.random.default_rng(1)
    for _ in range(6):
        there = random_settings(rng, made.settings(), eq=False)
        twin.set(there)
        expected = lufs(rendered(made.audio, there, made.rate_hz), made.rate_hz)
        assert twin.mix_loudness_lufs() == pytest.approx(expected, abs=0.01)


def test_loudness_of_any_eq_is_within_a_tenth(case: tuple[Song, Heard]) -> None:
    made, heard = case
    twin = Twin(heard, made.settings())
    rng = np.random.default_rng(2)
    for _ in range(8):
        there = random_settings(rng, made.settings(), eq=True)
        twin.set(there)
        expected = lufs(rendered(made.audio, there, made.rate_hz), made.rate_hz)
        assert twin.mix_loudness_lufs() == pytest.approx(expected, abs=0.1)


def test_a_high_pass_is_heard(case: tuple[Song, Heard]) -> None:
    made, heard = case
    there = made.settings()
    there = replace(there, strips=tuple(replace(s, high_pass_hz=120.0) for s in there.strips))
    expected = lufs(rendered(made.audio, there, made.rate_hz), made.rate_hz)
    assert Twin(heard, there).mix_loudness_lufs() == pytest.approx(expected, abs=0.1)
    assert Twin(heard, made.settings()).mix_loudness_lufs() > expected + 0.2


@pytest.mark.parametrize(("eq", "within_lu"), [(False, 0.01), (True, 0.15)])
def test_each_tracks_loudness_is_that_after_eq_and_fader_before_the_master(
    case: tuple[Song, Heard], eq: bool, within_lu: float
) -> None:
    made, heard = case
    there = random_settings(np.random.default_rng(3), made.settings(), eq=eq)
    expected = [lufs(track, made.rate_hz) for track in rendered_tracks(made.audio, there, made.rate_hz)]
    np.testing.assert_allclose(Twin(heard, there).track_loudness_lufs(), expected, atol=within_lu)


def test_the_correlation_of_tracks_counts() -> None:
    """A track and its own inverse cancel, a track and itself add up to 6 dB, strangers to 3 dB."""
    samples = 3 * 48_000
    one = noise(samples, 48_000, 100, 5000, 1)
    stranger = noise(samples, 48_000, 100, 5000, 2)
    alone = mix_of(one)
    assert mix_of(one, one) - alone == pytest.approx(6.02, abs=0.01)
    assert mix_of(one, stranger) - alone == pytest.approx(3.01, abs=0.1)
    assert mix_of(one, -one) < alone - 60


def mix_of(*monos: np.ndarray) -> float:
    audio = np.array([np.repeat(0.05 * m[:, None], 2, 1) for m in monos], np.float32)
    heard = hear(blocks(audio, 48_000), 48_000, [0.0] * len(monos))
    return Twin(heard, settings_of(len(monos))).mix_loudness_lufs()


def test_an_eq_on_one_of_two_equal_tracks_is_summed_with_its_phase() -> None:
    """Power sums of correlated tracks would be 3 dB off: the EQ enters as complex gains."""
    samples = 4 * 48_000
    one = np.repeat(0.05 * noise(samples, 48_000, 60, 6000, 1)[:, None], 2, 1)
    audio = np.array([one, one], np.float32)
    there = settings_of(2, eq_db=[[6, -6, 6, -6], [0] * 4])
    twin = Twin(hear(blocks(audio, 48_000), 48_000, [0, 0]), there)
    assert twin.mix_loudness_lufs() == pytest.approx(lufs(rendered(audio, there, 48_000), 48_000), abs=0.05)


def test_coarse_hops_stay_within_a_tenth_over_a_whole_song() -> None:
    made = song(32.0, 44_100)
    coarse = Twin(made.heard.coarse(), made.settings())
    assert len(coarse.heard.gram) == 80
    assert coarse.heard.hop_s == pytest.approx(0.4)
    rng = np.random.default_rng(4)
    for eq in (False, True):
        there = random_settings(rng, made.settings(), eq=eq)
        coarse.set(there)
        expected = lufs(rendered(made.audio, there, made.rate_hz), made.rate_hz)
        assert coarse.mix_loudness_lufs() == pytest.approx(expected, abs=0.1)


def test_coarse_keeps_power_bands_and_the_largest_peak(case: tuple[Song, Heard]) -> None:
    _, heard = case
    kept = len(heard.gram) // 4 * 4
    coarse = heard.coarse()
    np.testing.assert_allclose(coarse.gram.mean(0), heard.gram[:kept].mean(0), rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(
        np.square(coarse.level).sum(2).T, np.einsum("hii->hi", coarse.gram), rtol=1e-3, atol=1e-9
    )
    np.testing.assert_array_equal(coarse.peak.max(0), heard.peak[:kept].max(0))


def test_less_than_one_coarse_hop_stays_as_it_is() -> None:
    heard = drawn(power_at((1000, 1.0))[None], hops=3)
    assert heard.coarse() is heard


def test_thinned_hops_are_spread_over_the_whole_session() -> None:
    made = song(32.0, 44_100)
    coarse = made.heard.coarse()
    thin = coarse.thinned(40)
    assert len(thin.gram) == len(thin.peak) == thin.level.shape[1] == 40
    np.testing.assert_array_equal(thin.gram[[0, -1]], coarse.gram[[0, -1]])
    assert thin.cross is coarse.cross
    assert coarse.thinned(80) is coarse
    expected = Twin(coarse, made.settings()).mix_loudness_lufs()
    assert Twin(thin, made.settings()).mix_loudness_lufs() == pytest.approx(expected, abs=0.5)


def test_the_sides_of_the_mix(case: tuple[Song, Heard]) -> None:
    made, heard = case
    twin = Twin(heard, made.settings())
    for eq in (False, True):
        there = random_settings(np.random.default_rng(5), made.settings(), eq=eq)
        twin.set(there)
        power = np.square(rendered(made.audio, there, made.rate_hz)).sum(0)
        assert twin.imbalance() == pytest.approx((power[1] - power[0]) / power.sum(), abs=0.02)


@pytest.mark.parametrize(("pan", "expected"), [(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0), (0.5, 0.6)])
def test_imbalance_is_positive_to_the_right(pan: float, expected: float) -> None:
    """At +0.5 the left falls to a half, its power to a quarter: (1 − ¼)/(1 + ¼)."""
    mono = np.repeat(0.1 * noise(48_000, 48_000, 100, 5000, 1)[:, None], 2, 1).astype(np.float32)[None]
    heard = hear(blocks(mono, 48_000), 48_000, [pan])
    assert Twin(heard, settings_of(1, pan=[pan])).imbalance() == pytest.approx(expected, abs=1e-4)


def test_third_octaves_of_the_mix_are_those_of_its_spectrum(case: tuple[Song, Heard]) -> None:
    made, heard = case
    there = random_settings(np.random.default_rng(6), made.settings(), eq=True)
    twin = Twin(heard, there)
    unmastered = replace(there, master_gain_db=0.0)
    expected_db = third_octaves_db(rendered(made.audio, unmastered, made.rate_hz), made.rate_hz, heard.bands_hz)
    inside = (heard.bands_hz > 110) & (heard.bands_hz < 8000)  # below, the kick's tone spreads by the window's width
    np.testing.assert_allclose(10 * np.log10(twin.mix_bands())[inside], expected_db[inside], atol=1.0)
    tracks = rendered_tracks(made.audio, unmastered, made.rate_hz)
    for k, own in list(enumerate(twin.track_bands()))[1:]:  # the kick beats in step with the windows: 0.6 dB low
        expected_db = third_octaves_db(tracks[k], made.rate_hz, heard.bands_hz)
        loud = inside & (expected_db > expected_db[inside].max() - 15)
        np.testing.assert_allclose(10 * np.log10(own)[loud], expected_db[loud], atol=1.0)


def third_octaves_db(audio: np.ndarray, rate_hz: int, centres_hz: np.ndarray) -> np.ndarray:
    """Mean power by third octave of one FFT over the whole file, both channels: no window, finer bins than ours."""
    power = 2 * np.square(np.abs(np.fft.rfft(audio, axis=0))).sum(1) / len(audio) ** 2
    freqs = np.fft.rfftfreq(len(audio), 1 / rate_hz)
    edges = centres_hz * 10**-0.05, centres_hz * 10**0.05
    return np.array(
        [10 * np.log10(power[(freqs >= a) & (freqs < b)].sum() + 1e-30) for a, b in zip(*edges, strict=True)]
    )


def test_a_tone_lands_in_its_band_with_its_power() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(3 * 48_000) / 48_000)
    audio = np.repeat(tone[:, None], 2, 1).astype(np.float32)[None]
    bands = Twin(hear(blocks(audio, 48_000), 48_000, [0]), settings_of(1)).mix_bands()
    assert int(bands.argmax()) == band_at(1000)
    # 0.5²/2 in each channel; the windows at the ends are partly empty
    assert 10 * math.log10(bands[band_at(1000)] / 0.25) == pytest.approx(0, abs=0.3)


def test_the_true_peak_estimate_is_within_3_db(case: tuple[Song, Heard]) -> None:
    made, heard = case
    twin = Twin(heard, made.settings())
    rng = np.random.default_rng(7)
    for eq in (False, True, False, True):
        there = random_settings(rng, made.settings(), eq=eq)
        twin.set(there)
        mix = rendered(made.audio, there, made.rate_hz).astype(np.float32)
        assert twin.true_peak_estimate_dbtp() == pytest.approx(measure([mix], made.rate_hz).true_peak_dbtp, abs=3.0)


def test_the_true_peak_estimate_of_the_plain_sum_is_close(case: tuple[Song, Heard]) -> None:
    made, heard = case
    mix = rendered(made.audio, made.settings(), made.rate_hz).astype(np.float32)
    estimate = Twin(heard, made.settings()).true_peak_estimate_dbtp()
    assert estimate == pytest.approx(measure([mix], made.rate_hz).true_peak_dbtp, abs=0.7)


def test_hearing_does_not_depend_on_the_size_of_blocks() -> None:
    made = song(5.03, 44_100)
    whole = hear([made.audio], made.rate_hz, made.pan)
    for hops in (1, 3, 17):
        cut = hear(blocks(made.audio, made.rate_hz, hops), made.rate_hz, made.pan)
        for name in ("gram", "level", "cross", "peak"):
            expected = getattr(whole, name)
            scale = float(np.abs(expected).max())
            np.testing.assert_allclose(getattr(cut, name), expected, atol=2e-6 * scale, err_msg=name)
        assert cut.mix_crest == pytest.approx(whole.mix_crest)


def test_hearing_tells_its_progress() -> None:
    made = song(2.0)
    told: list[int] = []
    hear(blocks(made.audio, made.rate_hz, 5), made.rate_hz, made.pan, told.append)
    assert told == [24_000] * 4


@pytest.mark.parametrize("samples", [1, 100, 4800, 4801])
@pytest.mark.parametrize("rate_hz", [8000, 48_000, 192_000])
def test_very_short_audio_is_heard(samples: int, rate_hz: int) -> None:
    audio = np.full((2, samples, 2), 0.1, np.float32)
    twin = Twin(hear(blocks(audio, rate_hz), rate_hz, [0, 0]), settings_of(2))
    assert len(twin.heard.gram) == max(1, round(samples / (rate_hz / 10)))
    twin.turn_eq(0, (3.0, 0.0, 0.0, 3.0))
    twin.turn_fader(1, -6.0)
    assert not math.isnan(twin.mix_loudness_lufs())
    assert np.isfinite(twin.mix_bands()).all()
    assert math.isfinite(twin.imbalance())
    assert math.isfinite(twin.true_peak_estimate_dbtp())


def test_silence_is_silent_in_every_figure() -> None:
    audio: Audio = np.zeros((2, 48_000, 2), np.float32)
    twin = Twin(hear(blocks(audio, 48_000), 48_000, [0, 0]), settings_of(2, eq_db=[[3] * 4, [0] * 4]))
    assert twin.mix_loudness_lufs() == -math.inf
    assert twin.true_peak_estimate_dbtp() == -math.inf
    assert twin.imbalance() == pytest.approx(0.0, abs=1e-3)
    assert not twin.track_active().any()
    assert (twin.track_loudness_lufs() == -math.inf).all()


def test_no_audio_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no audio"):
        hear([], 48_000, [0.0])


def test_a_closed_fader_takes_a_track_out() -> None:
    made = song(4.0)
    heard = made.heard
    shut = made.settings([0, 0, -math.inf, 0, 0])
    without = made.settings([0, 0, -200, 0, 0])
    turned = Twin(heard, made.settings())
    turned.turn_fader(2, -math.inf)
    expected = lufs(rendered(made.audio, without, made.rate_hz), made.rate_hz)
    for twin in (Twin(heard, shut), turned):
        assert twin.mix_loudness_lufs() == pytest.approx(expected, abs=0.01)
        assert twin.track_loudness_lufs()[2] == -math.inf
        assert (twin.track_bands()[2] == 0).all()
        assert twin.settings.strips[2].gain_db == -math.inf
        assert not twin.track_active()[2]


def test_closed_faders_leave_silence_and_can_be_opened_again() -> None:
    made = song(4.0)
    twin = Twin(made.heard, made.settings())
    before = twin.mix_loudness_lufs()
    twin.set(made.settings([-math.inf] * 5))
    assert twin.mix_loudness_lufs() == -math.inf
    assert twin.true_peak_estimate_dbtp() == -math.inf
    assert twin.imbalance() == 0.0
    for k in range(5):
        twin.turn_fader(k, 0.0)
    assert twin.mix_loudness_lufs() == pytest.approx(before, abs=1e-3)


def test_a_closed_master_is_silent() -> None:
    made = song(2.0)
    twin = Twin(made.heard, made.settings(master_db=-math.inf))
    assert twin.mix_loudness_lufs() == twin.true_peak_estimate_dbtp() == -math.inf


def test_the_gates_move_with_the_master() -> None:
    """Ten hops of 1, ten of 0.001: seven whole blocks, then three that fade, are above the relative gate: mean 0.85015.

    At −69 dB the blocks that fade lie below −70 LUFS: a meter behind the master would drop them.
    """
    heard = drawn(power_at((1000, 1.0))[None], hops=20)
    heard.gram[10:, 0, 0] = 1e-3
    twin = Twin(heard, settings_of(1))
    for master_db, expected in ((0.0, -1.396), (-45.0, -46.396), (-69.0, -69.691), (-70.0, -math.inf)):
        twin.turn_master(master_db)
        assert twin.mix_loudness_lufs() == pytest.approx(expected, abs=1e-3)


def test_gated_power_by_hand() -> None:
    """Blocks of 1 and of 0.09: the mean is 0.545, the gate at 0.0545 keeps all; of 0.05, the gate drops them."""
    assert gated_power(np.array([1.0, 0.09])) == pytest.approx(0.545)
    assert gated_power(np.array([1.0, 0.05])) == pytest.approx(1.0)
    assert gated_power(np.array([1.0, 1.0, 1e-12])) == pytest.approx(1.0), "the absolute gate comes first"
    assert gated_power(np.array([1e-12])) == 0.0


def test_settings_are_given_back_as_they_were_taken() -> None:
    made = song(1.0)
    there = replace(random_settings(np.random.default_rng(8), made.settings(), eq=True), tempo_bpm=97.0)
    assert Twin(made.heard, there).settings == there


def test_another_number_of_tracks_is_refused() -> None:
    with pytest.raises(ValueError, match="2 tracks were heard, but 1 are set"):
        Twin(drawn(np.ones((2, 30))), Settings((Strip(),)))


def test_master_and_fader_add_up() -> None:
    heard = drawn(power_at((1000, 1.0))[None])
    twin = Twin(heard, Settings(flat_strips(1), -3.0))
    assert twin.mix_loudness_lufs() == pytest.approx(-3.691)
    assert twin.true_peak_estimate_dbtp() == pytest.approx(-23.0)
    twin.turn_fader(0, -4.0)
    assert twin.mix_loudness_lufs() == pytest.approx(-7.691, abs=1e-5)
    assert twin.track_loudness_lufs()[0] == pytest.approx(-4.691)
    assert 10 * math.log10(twin.mix_bands().sum()) == pytest.approx(-4.0)
