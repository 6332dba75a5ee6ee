"""The master's EQ, printed EQ and the bounce: the twin against a real render."""

from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.session import FLAT_EQ, EqBand, EqShape, SettingError, Settings, Strip
from tests.sessions import Song, blocks, lufs, random_settings, rendered, rendered_tracks, song

Real = np.ndarray


@pytest.fixture(scope="module")
def made() -> tuple[Song, Heard]:
    a_song = song(5.0)
    return a_song, a_song.heard


def random_master(rng: np.random.Generator, found: Settings, *, eq: bool = False) -> Settings:
    there = random_settings(rng, found, eq=eq)
    master = tuple(
        replace(band, gain_db=float(rng.uniform(-6, 6)), freq_hz=band.freq_hz * float(rng.uniform(0.7, 1.4)))
        for band in FLAT_EQ
    )
    return replace(there, master_eq=master)


def third_octaves(audio: Real, rate_hz: int) -> Real:
    heard = hear(blocks(audio[None].astype(np.float32), rate_hz), rate_hz, [0.0])
    return heard.cross[:, 0, 0].real.sum(0)


@pytest.mark.parametrize(("eq", "within_lu"), [(False, 0.1), (True, 0.2)])
def test_a_masters_eq_is_heard_as_a_render_measures_it(made: tuple[Song, Heard], eq: bool, within_lu: float) -> None:
    """Any faders, EQs and master: loudness by pyloudnorm, what the EQ does to third octaves by rendering without it."""
    a_song, heard = made
    rng = np.random.default_rng(5)
    twin = Twin(heard, a_song.settings())
    for _ in range(5):
        there = random_master(rng, a_song.settings(), eq=eq)
        twin.set(there)
        mix = rendered(a_song.audio, there, a_song.rate_hz)
        assert twin.mix_loudness_lufs() == pytest.approx(lufs(mix, a_song.rate_hz), abs=within_lu)
        flat = replace(there, master_eq=FLAT_EQ)
        plain = third_octaves(rendered(a_song.audio, flat, a_song.rate_hz), a_song.rate_hz)
        expected = 10 * np.log10(third_octaves(mix, a_song.rate_hz) / plain)
        seen = 10 * np.log10(twin.mix_bands() / Twin(heard, flat).mix_bands())
        loud = plain > plain.max() * 1e-4
        np.testing.assert_allclose(seen[loud], expected[loud], atol=0.5)


def test_a_masters_eq_changes_nothing_that_is_said_of_tracks(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    rng = np.random.default_rng(6)
    there = random_master(rng, a_song.settings(), eq=True)
    plain = Twin(heard, replace(there, master_eq=FLAT_EQ))
    twin = Twin(heard, there)
    np.testing.assert_allclose(twin.track_loudness_lufs(), plain.track_loudness_lufs(), atol=1e-4)
    np.testing.assert_allclose(twin.track_bands(), plain.track_bands(), rtol=1e-9)
    expected = [lufs(track, a_song.rate_hz) for track in rendered_tracks(a_song.audio, there, a_song.rate_hz)]
    np.testing.assert_allclose(twin.track_loudness_lufs(), expected, atol=0.15)


def test_a_flat_master_changes_nothing_to_the_byte(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    there = random_settings(np.random.default_rng(7), a_song.settings(), eq=True)
    elsewhere = tuple(replace(band, freq_hz=band.freq_hz / 2, bandwidth_oct=1.0) for band in FLAT_EQ)
    one, other = Twin(heard, there), Twin(heard, replace(there, master_eq=elsewhere))
    assert one.mix_loudness_lufs() == other.mix_loudness_lufs()
    assert one.mix_bands().tobytes() == other.mix_bands().tobytes()
    assert one.true_peak_estimate_dbtp() == other.true_peak_estimate_dbtp()


def test_turning_is_setting(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    there = random_master(np.random.default_rng(8), a_song.settings())
    twin = Twin(heard, a_song.settings())
    for k, strip in enumerate(there.strips):
        twin.turn_fader(k, strip.gain_db)
        twin.turn_bands(k, strip.eq)
    twin.turn_master(there.master_gain_db)
    twin.turn_master_eq(there.master_eq)
    assert twin.settings == there
    assert twin.mix_loudness_lufs() == pytest.approx(Twin(heard, there).mix_loudness_lufs(), abs=1e-4)
    twin.turn_master_eq(FLAT_EQ)
    assert twin.mix_loudness_lufs() == pytest.approx(
        Twin(heard, replace(there, master_eq=FLAT_EQ)).mix_loudness_lufs(), abs=1e-4
    )


def test_a_bounce_is_the_mix_heard_as_one_track(made: tuple[Song, Heard]) -> None:
    """Its EQ is then the master's: against a render of the whole with that master."""
    a_song, heard = made
    rng = np.random.default_rng(9)
    for _ in range(4):
        there = random_master(rng, a_song.settings())
        one = Twin(Twin(heard, replace(there, master_eq=FLAT_EQ)).bounced(), Settings((Strip(eq=there.master_eq),)))
        mix = rendered(a_song.audio, there, a_song.rate_hz)
        expected = lufs(mix, a_song.rate_hz) - there.master_gain_db
        assert one.mix_loudness_lufs() == pytest.approx(expected, abs=0.15)
        whole = Twin(heard, there)
        shown = whole.mix_bands() > whole.mix_bands().max() * 1e-4
        difference = 10 * np.log10(one.mix_bands()[shown] / whole.mix_bands()[shown])
        np.testing.assert_allclose(difference, 0, atol=0.5)


def test_printed_eq_is_what_would_be_heard_of_the_filtered_tracks(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    there = random_settings(np.random.default_rng(10), a_song.settings(), eq=True)
    there = replace(there, strips=tuple(replace(s, gain_db=0.0) for s in there.strips))
    printed = Twin(Twin(heard, there).printed(), a_song.settings())
    np.testing.assert_allclose(printed.track_loudness_lufs(), Twin(heard, there).track_loudness_lufs(), atol=0.02)
    again = tuple(np.random.default_rng(11).uniform(-6, 6, 4).tolist())
    both = replace(there, strips=tuple(s.with_eq_gains(again) for s in a_song.settings().strips))
    printed.set(both)
    first = rendered_tracks(a_song.audio, there, a_song.rate_hz)
    flat_pan = replace(both, strips=tuple(replace(s, pan=0.0) for s in both.strips), master_gain_db=0.0)
    mix = rendered(first.astype(np.float32), flat_pan, a_song.rate_hz)
    printed.turn_master(0.0)
    assert printed.mix_loudness_lufs() == pytest.approx(lufs(mix, a_song.rate_hz), abs=0.2)


def test_a_masters_eq_can_not_be_printed_to_tracks(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    there = random_master(np.random.default_rng(12), a_song.settings())
    with pytest.raises(ValueError, match="master's EQ"):
        Twin(heard, there).printed()


def test_a_peak_follows_the_masters_eq(made: tuple[Song, Heard]) -> None:
    a_song, heard = made
    lifted = tuple(replace(band, gain_db=6.0) for band in FLAT_EQ)
    plain, loud = Twin(heard, a_song.settings()), Twin(heard, replace(a_song.settings(), master_eq=lifted))
    assert loud.true_peak_estimate_dbtp() > plain.true_peak_estimate_dbtp() + 2.0


def test_a_master_has_four_bands() -> None:
    with pytest.raises(SettingError, match="the master has 4 EQ bands, not 1"):
        Settings((Strip(),), master_eq=(EqBand(EqShape.BELL, 100.0),))
