import numpy as np
import pytest

from mock_daw.drum_voices import CHOKE_S, LONGEST_S, OPEN_HAT, VOICES, DrumPart, Stroke, drum_voice

RATE_HZ = 48_000
KICK, SNARE, CLOSED_HAT, LOW_TOM, HIGH_TOM, CRASH, RIDE = 36, 38, 42, 45, 50, 49, 51


def played(*strokes, first=0, samples=RATE_HZ, rate_hz=RATE_HZ):
    return DrumPart([Stroke(*stroke) for stroke in strokes], rate_hz).read(first, samples)


def centre_hz(wave, rate_hz=RATE_HZ):
    """Return where the energy's middle lies."""
    power = np.abs(np.fft.rfft(wave.sum(0))) ** 2
    return float((np.fft.rfftfreq(wave.shape[1], 1 / rate_hz) * power).sum() / power.sum())


def ring_s(wave, rate_hz=RATE_HZ):
    """Return when 99 % of the energy has gone by."""
    energy = np.cumsum((wave**2).sum(0))
    return float(np.searchsorted(energy, 0.99 * energy[-1])) / rate_hz


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 96_000])
def test_every_voice_sounds_and_ends_and_never_clips(rate_hz):
    for pitch in (*VOICES, 75):  # claves have no voice of their own
        wave = drum_voice(pitch, rate_hz)
        assert np.isfinite(wave).all()
        assert 0.05 < np.abs(wave).max() <= 1.0
        assert wave.shape[1] <= LONGEST_S * rate_hz + 1
        assert np.abs(wave[:, [0, -1]]).max() < 1e-3, "it clicks"


def test_drums_are_as_deep_and_as_long_as_drums_are():
    voices = {
        pitch: drum_voice(pitch, RATE_HZ) for pitch in (KICK, SNARE, CLOSED_HAT, OPEN_HAT, LOW_TOM, HIGH_TOM, CRASH)
    }
    centre = {pitch: centre_hz(wave) for pitch, wave in voices.items()}
    assert centre[KICK] < centre[LOW_TOM] < centre[HIGH_TOM] < centre[SNARE] < centre[CLOSED_HAT]
    assert centre[KICK] < 120.0
    assert centre[CLOSED_HAT] > 5000.0
    rings = {pitch: ring_s(wave) for pitch, wave in voices.items()}
    assert rings[CLOSED_HAT] < 0.1 < rings[OPEN_HAT] < rings[CRASH]


def test_a_stroke_begins_to_the_sample_and_its_level_is_the_square_of_its_velocity():
    loud, soft = played((0.25, KICK, 127)), played((0.25, KICK, 64))
    assert not loud[: RATE_HZ // 4].any()
    assert loud[RATE_HZ // 4 :].any()
    assert soft == pytest.approx(loud * (64 / 127) ** 2, abs=1e-6)
    assert not played((0.25, KICK, 0)).any()


def test_strokes_sum_and_come_out_the_same_however_they_are_asked_for():
    strokes = [(0.0, CRASH, 100), (0.1, KICK, 110), (0.1, CLOSED_HAT, 80), (0.62, SNARE, 120), (0.9, OPEN_HAT, 70)]
    whole = played(*strokes, samples=2 * RATE_HZ)
    part = DrumPart([Stroke(*stroke) for stroke in reversed(strokes)], RATE_HZ)
    pieces = [part.read(at, 7001) for at in range(0, 2 * RATE_HZ, 7001)]
    assert np.array_equal(np.concatenate(pieces)[: 2 * RATE_HZ], whole)
    assert np.array_equal(part.read(30_000, 500), whole[30_000:30_500])
    assert whole == pytest.approx(sum(played(stroke, samples=2 * RATE_HZ) for stroke in strokes), abs=1e-6)


def test_a_closed_hi_hat_chokes_one_that_rings_and_nothing_else():
    open_alone = played((0.0, OPEN_HAT, 100))
    both = played((0.0, OPEN_HAT, 100), (0.1, CLOSED_HAT, 100))
    closed_alone = played((0.1, CLOSED_HAT, 100))
    from_s = round((0.1 + CHOKE_S) * RATE_HZ) + 1
    assert np.abs(open_alone[from_s:]).max() > 0.02
    assert both[from_s:] == pytest.approx(closed_alone[from_s:], abs=1e-6)
    ride = played((0.0, RIDE, 100), (0.1, CLOSED_HAT, 100))
    assert ride == pytest.approx(played((0.0, RIDE, 100)) + closed_alone, abs=1e-6)
