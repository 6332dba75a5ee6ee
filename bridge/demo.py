"""A short song to try Faderbot on: eight synthesised stems, their faders set badly and the keys muddy.

Everything is made of sines, sawtooths and noise, so nothing is downloaded and nobody's rights are touched. The music is
eight bars at 100 BPM, Am F C G twice, repeated as long as asked. What is wrong with the mix stands in ``STEMS``.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray
from scipy.signal import butter, lfilter, sosfilt

Wave = NDArray[np.float64]

TEMPO_BPM = 100.0
BEAT_S = 60.0 / TEMPO_BPM
BAR_S = 4.0 * BEAT_S
BARS = 8
ROOTS = (33, 29, 36, 31) * 2  # A1 F1 C2 G1, MIDI notes, one a bar
CHORDS = ((57, 60, 64, 67), (57, 60, 65, 69), (55, 60, 64, 67), (55, 59, 62, 67)) * 2
# Beat in the eight bars, length in beats, MIDI note and vowel of each sung note.
MELODY = (
    (0.0, 1.0, 64, "a"), (1.0, 0.5, 67, "e"), (1.5, 1.5, 69, "o"), (3.0, 0.5, 67, "e"), (3.5, 2.0, 65, "a"),
    (8.0, 0.5, 64, "i"), (8.5, 0.5, 67, "e"), (9.0, 1.5, 72, "a"), (10.5, 0.5, 71, "o"), (11.0, 1.0, 69, "u"),
    (12.0, 2.5, 67, "a"),
    (16.0, 1.0, 69, "o"), (17.0, 0.5, 71, "e"), (17.5, 1.5, 72, "a"), (19.0, 0.5, 71, "i"), (19.5, 2.0, 69, "a"),
    (24.0, 0.5, 67, "u"), (24.5, 1.0, 72, "a"), (25.5, 0.5, 71, "e"), (26.0, 1.5, 67, "o"), (28.0, 2.5, 62, "a"),
)  # fmt: skip
# The Csound manual's table of formants, alto: frequency in Hz, level in dB and bandwidth in Hz of five formants.
FORMANTS = {
    "a": ((800, 0, 80), (1150, -4, 90), (2800, -20, 120), (3500, -36, 130), (4950, -60, 140)),
    "e": ((400, 0, 60), (1600, -24, 80), (2700, -30, 120), (3300, -35, 150), (4950, -60, 200)),
    "i": ((350, 0, 50), (1700, -20, 100), (2700, -30, 120), (3700, -36, 150), (4950, -60, 200)),
    "o": ((450, 0, 70), (800, -9, 80), (2830, -16, 100), (3500, -28, 130), (4950, -55, 135)),
    "u": ((325, 0, 50), (700, -12, 60), (2530, -30, 170), (3500, -40, 180), (4950, -64, 200)),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What a stem is played from: the length, the rate and the chance that makes players and noise uneven."""

    samples: int
    rate_hz: int
    rng: np.random.Generator

    def times_s(self, length_s: float) -> Wave:
        """Return the times in s of the samples of a sound of that length, from 0."""
        return np.arange(round(length_s * self.rate_hz)) / self.rate_hz

    def silence(self, channels: int = 1) -> Wave:
        """Return a stem with nothing on it, shape (samples, channels)."""
        return np.zeros((self.samples, channels))

    def noise(self, length_s: float, low_hz: float, high_hz: float) -> Wave:
        """Return Gaussian noise between two frequencies in Hz, of unit power before it was filtered."""
        white = self.rng.normal(size=round(length_s * self.rate_hz))
        top_hz = min(high_hz, 0.45 * self.rate_hz)
        return np.asarray(sosfilt(butter(2, (low_hz, top_hz), "band", fs=self.rate_hz, output="sos"), white))

    def low_passed(self, wave: Wave, freq_hz: float) -> Wave:
        """Return a wave of shape (n,) or (n, channels) below a corner in Hz, 12 dB an octave."""
        return np.asarray(sosfilt(butter(2, freq_hz, fs=self.rate_hz, output="sos"), wave, axis=0))

    def place(
        self, stem: Wave, beat: float, sound: Wave, gains: tuple[float, ...] = (1.0,), late_s: float = 0.0
    ) -> None:
        """Add a sound of shape (n,) to the stem at a beat of every repeat, with a gain a channel, cut at the end."""
        period = BARS * BAR_S * self.rate_hz
        for repeat in range(1 + int(self.samples / period)):
            start = max(0, round(repeat * period + (beat * BEAT_S + late_s) * self.rate_hz))
            part = sound[: max(0, self.samples - start)]
            stem[start : start + len(part)] += part[:, np.newaxis] * np.array(gains)


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem: its name, who plays it, its level in a sensible mix and what is wrong with it.

    The level is the RMS in dBFS that gives the loudness wanted; the fault is in dB, and ``mud_db`` a bell at 300 Hz.
    """

    name: str
    play: Callable[[Score], Wave]
    rms_dbfs: float
    fault_db: float
    mud_db: float = 0.0


def write_demo(folder: Path, *, seconds: float = 20.0, seed: int = 7, rate_hz: int = 48_000) -> None:
    """Write the stems as 24-bit WAV files into a new folder; the same arguments give the same bytes.

    The seed moves each fault by 1 dB at most and the players by a few ms. The folder appears when it is complete.
    Raises ``FileExistsError`` where something is there already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already: name a new folder for the demo")
    if seconds <= 0.0 or rate_hz < 16_000:
        raise ValueError("the demo needs a length above 0 s and a sample rate of 16 kHz or more")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made inside a temporary folder rather than as one: those are closed to other users, and a rename keeps that.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        unfinished = Path(temporary) / folder.name
        unfinished.mkdir()
        for number, stem in enumerate(STEMS):
            score = Score(round(seconds * rate_hz), rate_hz, np.random.default_rng((seed, number)))
            soundfile.write(unfinished / f"{stem.name}.wav", render(stem, score), rate_hz, "PCM_24")
        unfinished.rename(folder)


def render(stem: Stem, score: Score) -> Wave:
    """Return a stem of shape (samples, channels) at its faulty level, faded out over the last tenths of a second."""
    wave = stem.play(score)
    wave *= 10.0 ** (stem.rms_dbfs / 20.0) / max(np.sqrt(np.mean(wave**2)), 1e-12)
    if stem.mud_db:
        wave = _bell(wave, 300.0, stem.mud_db, score.rate_hz)
    wave *= 10.0 ** ((stem.fault_db + score.rng.uniform(-1.0, 1.0)) / 20.0)
    fade = min(score.samples, round(0.3 * score.rate_hz))
    wave[score.samples - fade :] *= np.linspace(1.0, 0.0, fade)[:, np.newaxis]
    return np.clip(wave, -0.98, 0.98)


def kick(score: Score) -> Wave:
    """Play a drum head that falls from 180 to 48 Hz, with the click of the beater."""
    stem, times_s = score.silence(), score.times_s(0.4)
    phase = 2.0 * np.pi * (48.0 * times_s + 132.0 * 0.03 * (1.0 - np.exp(-times_s / 0.03)))
    body = np.sin(phase) * np.exp(-times_s / 0.11) * _shape(times_s, 0.001, 0.05)
    click = 0.15 * score.noise(0.4, 1500.0, 6000.0) * np.exp(-times_s / 0.004)
    for bar in range(BARS):
        for beat, accent in ((0.0, 1.0), (1.5, 0.7), (2.0, 0.95)) if bar % 2 else ((0.0, 1.0), (2.0, 0.95)):
            score.place(stem, 4 * bar + beat, (body + click) * accent)
    return stem


def snare(score: Score) -> Wave:
    """Play the snare on two and four, two tones of the shell under the rattle, and softly before some of them."""
    stem, times_s = score.silence(), score.times_s(0.35)
    for beat in range(BARS * 4):
        shell = np.sin(2 * np.pi * 185.0 * times_s) + 0.6 * np.sin(2 * np.pi * 331.0 * times_s)
        rattle = score.noise(0.35, 900.0, 9000.0) * np.exp(-times_s / 0.075)
        hit = (0.5 * shell * np.exp(-times_s / 0.05) + 0.8 * rattle) * _shape(times_s, 0.001, 0.05)
        if beat % 2:
            score.place(stem, beat, hit * score.rng.uniform(0.9, 1.0), late_s=0.002)
        if beat % 8 == 7:
            score.place(stem, beat - 0.25, 0.15 * hit)
    return stem


def hats(score: Score) -> Wave:
    """Play quavers on a closed hi-hat, open before the bar ends, a little to the right."""
    stem = score.silence(2)
    for step in range(BARS * 8):
        is_open = step % 8 == 7
        times_s = score.times_s(0.3)
        hit = score.noise(0.3, 6500.0, 15_000.0) * np.exp(-times_s / (0.12 if is_open else 0.028))
        accent = (0.9, 0.55)[step % 2] * score.rng.uniform(0.85, 1.0)
        score.place(stem, step / 2, hit * accent, (0.75, 1.0), late_s=score.rng.uniform(0.0, 0.006))
    return stem


def bass(score: Score) -> Wave:
    """Play the roots on a synth bass, sawtooth and sine, its filter closing on each note."""
    stem = score.silence()
    for bar, root in enumerate(ROOTS):
        for beat, beats, step in ((0.0, 1.4, 0), (1.5, 0.45, 0), (2.0, 0.9, 0), (3.0, 0.45, 7), (3.5, 0.45, 12)):
            times_s = score.times_s(beats * BEAT_S)
            phase = _hz(root + step) * times_s
            saw = score.low_passed(2.0 * (phase % 1.0) - 1.0, 420.0) + 0.5 * np.exp(-times_s / 0.08) * (
                score.low_passed(2.0 * (phase % 1.0) - 1.0, 1600.0)
            )
            score.place(stem, 4 * bar + beat, (0.6 * saw + 0.7 * np.sin(2 * np.pi * phase)) * _shape(times_s, 0.005))
    return stem


def keys(score: Score) -> Wave:
    """Play chords on an FM electric piano (carrier and modulator at one pitch, and a tine at 14 times it), swaying."""
    stem = score.silence(2)
    for bar, chord in enumerate(CHORDS):
        for beat, beats, accent in ((0.0, 1.9, 1.0), (1.5, 1.0, 0.7), (2.5, 1.4, 0.85)):
            for note in chord:
                times_s = score.times_s(beats * BEAT_S)
                phase = 2.0 * np.pi * _hz(note) * times_s
                tine = 0.25 * np.exp(-times_s / 0.12) * np.sin(14.0 * phase)
                tone = np.sin(phase + 1.4 * np.exp(-times_s / 0.35) * np.sin(phase)) + 0.3 * np.sin(phase + tine)
                sound = tone * np.exp(-times_s / 0.9) * _shape(times_s, 0.004)
                score.place(stem, 4 * bar + beat, sound * accent, late_s=score.rng.uniform(0.0, 0.008))
    sway = 0.25 * np.sin(2.0 * np.pi * 4.5 * np.arange(score.samples) / score.rate_hz)
    return stem * np.stack((1.0 + sway, 1.0 - sway), axis=1)


def lead(score: Score) -> Wave:
    """Play broken chords on plucked strings: the higher a partial, the faster it dies."""
    stem, times_s = score.silence(), score.times_s(0.8)
    strings: dict[int, Wave] = {}
    for note in {note + 12 for chord in CHORDS for note in chord}:
        partials = np.arange(1, int(min(8000.0, 0.4 * score.rate_hz) / _hz(note)) + 1)
        # Plucked at an eighth of its length, a string lacks every eighth partial.
        levels = np.abs(np.sin(np.pi * partials / 8.0)) / partials
        turns = np.outer(times_s, _hz(note) * partials)
        decay = np.exp(np.outer(-times_s, 2.5 + 1.2 * partials))
        strings[note] = (np.sin(2.0 * np.pi * turns) * decay) @ levels * _shape(times_s, 0.001)
    for bar, chord in enumerate(CHORDS):
        for step, voice in enumerate((0, 2, 1, 3, 2, 1, 3, 2)):
            if bar % 2 or step not in {1, 2}:  # leaves room where the voice enters
                score.place(stem, 4 * bar + step / 2, strings[chord[voice] + 12] * score.rng.uniform(0.75, 1.0))
    return stem


def pad(score: Score) -> Wave:
    """Play the chords on detuned sawtooths, dark and slow, other ones left and right."""
    stem = score.silence(2)
    for bar, chord in enumerate(CHORDS):
        times_s = score.times_s(BAR_S + 0.5)
        for note in chord:
            for cents, gains in ((-9.0, (1.0, 0.2)), (8.0, (0.2, 1.0))):
                phase = _hz(note + cents / 100.0) * times_s + score.rng.uniform()
                score.place(stem, 4 * bar, (2.0 * (phase % 1.0) - 1.0) * _shape(times_s, 0.4, 0.5), gains)
    return score.low_passed(stem, 1100.0)


def vocal(score: Score) -> Wave:
    """Sing the melody: a glottal pulse with glides and vibrato through the formants of its vowels, and the breaths."""
    length_s = min(BARS * BAR_S, score.samples / score.rate_hz)
    times_s = score.times_s(length_s)
    note, level = np.full(len(times_s), float(MELODY[0][2])), np.zeros(len(times_s))
    vowels = {vowel: np.zeros(len(times_s)) for vowel in FORMANTS}
    sung = np.zeros(len(times_s))
    for beat, beats, pitch, vowel in MELODY:
        start, end = (round(at * BEAT_S * score.rate_hz) for at in (beat, beat + beats))
        note[start:] = pitch
        level[start : round(end - 0.04 * score.rate_hz)] = 1.0
        for name, weight in vowels.items():
            weight[start:] = name == vowel
    level[0] = 0.0
    # A voice needs some 30 ms to reach a pitch or a vowel; the vibrato comes in once the note stands.
    note, level = _smoothed(note, 0.02, score), _smoothed(_smoothed(level, 0.02, score), 0.02, score)
    vibrato = 0.35 * np.sin(2.0 * np.pi * 5.4 * times_s) * _smoothed(level, 0.25, score) ** 2
    drift = _smoothed(score.rng.normal(size=len(times_s)), 0.05, score)
    freq_hz = _hz(note + vibrato + 0.1 * drift / np.std(drift))
    source = _glottal(np.cumsum(freq_hz) / score.rate_hz, freq_hz, score.rate_hz)
    source = source * level + 0.01 * level * score.noise(length_s, 800.0, 9000.0)
    for name, weight in vowels.items():
        # As loud in one vowel as in the other, as a singer keeps it.
        mouth = _through_formants(source, name, score.rate_hz)
        sung += _smoothed(weight, 0.02, score) * mouth / np.sqrt(np.mean(mouth**2))
    stem, breath_s = score.silence(), score.times_s(0.4)
    score.place(stem, 0.0, sung)
    for beat in (8, 16, 24, 32):
        breath = 0.2 * score.noise(0.4, 700.0, 5000.0) * np.sin(np.pi * breath_s / 0.4) ** 2
        score.place(stem, beat - 0.75, breath)
    return stem


def _glottal(phase: Wave, freq_hz: Wave, rate_hz: int) -> Wave:
    """Return a pulse train whose partials fall 2 dB an octave up to 6 kHz, of a phase in turns and its rate in Hz."""
    pulses = np.zeros(len(phase))
    top_hz = min(6000.0, 0.4 * rate_hz)
    for partial in range(1, int(top_hz / float(np.min(freq_hz))) + 1):
        audible = np.clip((top_hz - partial * freq_hz) / 500.0, 0.0, 1.0)
        pulses += audible * np.sin(2.0 * np.pi * partial * phase) / partial**0.4
    return pulses


def _through_formants(source: Wave, vowel: str, rate_hz: int) -> Wave:
    """Return the source through five parallel two-pole resonators of unit gain at their centres."""
    mouth = np.zeros(len(source))
    for freq_hz, level_db, width_hz in FORMANTS[vowel]:
        radius = np.exp(-np.pi * width_hz / rate_hz)
        angle = 2.0 * np.pi * freq_hz / rate_hz
        poles = (1.0, -2.0 * radius * np.cos(angle), radius**2)
        gain = (1.0 - radius**2) / 2.0
        # The skirts of such resonators are wider than those of the grains the table was made for.
        lift_db = 9.0 if freq_hz > 2000 else 0.0
        mouth += 10.0 ** ((level_db + lift_db) / 20.0) * lfilter((gain, 0.0, -gain), poles, source)
    return mouth


def _smoothed(steps: Wave, time_s: float, score: Score) -> Wave:
    pole = np.exp(-1.0 / (time_s * score.rate_hz))
    return np.asarray(lfilter((1.0 - pole,), (1.0, -pole), steps, zi=(pole * steps[0],))[0])


def _bell(wave: Wave, freq_hz: float, gain_db: float, rate_hz: int) -> Wave:
    """Return a wave of shape (n, channels) through the peaking filter of the Audio EQ Cookbook, 1.5 octaves wide."""
    omega = 2.0 * np.pi * freq_hz / rate_hz
    alpha = np.sin(omega) * np.sinh(np.log(2.0) / 2.0 * 1.5 * omega / np.sin(omega))
    amplitude, middle = 10.0 ** (gain_db / 40.0), -2.0 * np.cos(omega)
    zeros = (1.0 + alpha * amplitude, middle, 1.0 - alpha * amplitude)
    poles = (1.0 + alpha / amplitude, middle, 1.0 - alpha / amplitude)
    return np.asarray(lfilter(zeros, poles, wave, axis=0))


def _shape(times_s: Wave, attack_s: float, release_s: float = 0.02) -> Wave:
    """Return a gain that comes in and goes out without a click."""
    left_s = len(times_s) * (times_s[1] if len(times_s) > 1 else 1.0) - times_s
    return np.minimum(1.0, times_s / attack_s) * np.minimum(1.0, left_s / release_s)


def _hz(note: ArrayLike) -> Wave:
    return np.asarray(440.0 * 2.0 ** ((np.asarray(note) - 69.0) / 12.0))


STEMS = (
    Stem("Kick", kick, -30.0, 9.0),
    Stem("Snare", snare, -36.0, -5.0),
    Stem("Hats", hats, -42.5, 7.0),
    Stem("Bass", bass, -28.0, -7.0),
    Stem("Keys", keys, -35.0, 5.0, mud_db=5.0),
    Stem("Synth Lead", lead, -36.0, -3.0),
    Stem("Pad", pad, -35.0, 6.0),
    Stem("Vocal", vocal, -28.0, -9.0),
)
