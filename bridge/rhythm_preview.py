"""A preview to listen to: the music as it is mixed, and the drums played by simple voices of our own."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.hearing.loudness import LoudnessMeter
from agent.session import Settings
from agent.targets import TRUE_PEAK_CEILING_DBTP
from bridge.embedded import drum_blocks
from bridge.finishing import Bounce, bounce, write_wav
from bridge.limiter import MARGIN_DB
from bridge.progress import Progress, Silent, Stage
from bridge.rhythm_result import RhythmResult

FloatArray = NDArray[np.float32]

DRUMS_BELOW_LU = 1.0
"""How much softer than the music the drums are: about as loud as all of it, as in most mixes."""
TAIL_S = 1.5
_ALONE_LUFS = -18.0


def frames_of(length_s: float, rate_hz: int) -> int:
    """Return how many frames a preview of a session needs room for: twice, since the music alone lies beside it.

    A part may go on for a bar behind the music's end.
    """
    return 2 * round((length_s + 10.0) * rate_hz)


def write_preview(
    path: Path, music: Iterable[FloatArray], rate_hz: int, result: RhythmResult, progress: Progress
) -> None:
    """Write music, float32 blocks (samples, 2), and drums as a WAV file under the true-peak ceiling.

    Two files lie beside it while it is made. Raises ``OSError``.
    """
    progress.begin(Stage.RENDER, max(1, round(result.length_s * rate_hz)))
    heard, raw = path.with_suffix(".music"), path.with_suffix(".render")
    try:
        made = bounce(music, rate_hz, heard, progress)
        gain = 10.0 ** (_drums_gain_db(result, made) / 20.0)
        both = bounce(_summed(made, result, gain), rate_hz, raw, Silent())
        over_db = both.measured.true_peak_dbtp - TRUE_PEAK_CEILING_DBTP + MARGIN_DB
        write_wav(path, both.blocks(-max(0.0, over_db)), rate_hz, both.frames)
    finally:
        for file in (heard, raw):
            file.unlink(missing_ok=True)


def faders(blocks: Iterable[FloatArray], settings: Settings) -> Iterator[FloatArray]:
    """Yield the sum of tracks, blocks of (tracks, samples, 2), behind their faders and pans, without EQ."""
    sides = np.array([_sides(strip.pan) for strip in settings.strips])
    gains = 10.0 ** (np.array([strip.gain_db for strip in settings.strips]) / 20.0)
    whole = (sides * gains[:, None] * 10.0 ** (settings.master_gain_db / 20.0)).astype(np.float32)
    for block in blocks:
        yield np.einsum("tsc,tc->sc", block, whole)


def _sides(pan: float) -> tuple[float, float]:
    """Return the gains of a balance: the side that it leans away from gets softer."""
    return min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)


def _drums_gain_db(result: RhythmResult, music: Bounce) -> float:
    """Return what brings the drums to the music's loudness, or a usual one where neither can be measured."""
    meter = LoudnessMeter(music.rate_hz)
    for block in _drums(result, music.rate_hz, _frames(result, music)):
        meter.feed(block)
    drums_lufs, music_lufs = meter.measurement().integrated_lufs, music.measured.integrated_lufs
    if not np.isfinite(drums_lufs):
        return 0.0
    return float((music_lufs - DRUMS_BELOW_LU if np.isfinite(music_lufs) else _ALONE_LUFS) - drums_lufs)


def _summed(music: Bounce, result: RhythmResult, gain: float) -> Iterator[FloatArray]:
    drums = _drums(result, music.rate_hz, _frames(result, music))
    blocks = _steady(music.blocks(0.0), music.rate_hz)
    for block in drums:
        played = next(blocks, np.zeros((0, 2), np.float32))
        total = block * np.float32(gain)
        total[: len(played)] += played
        yield total


def _steady(blocks: Iterable[FloatArray], size: int) -> Iterator[FloatArray]:
    """Yield audio in blocks of one size; the last may be shorter."""
    kept = np.zeros((0, 2), np.float32)
    for block in blocks:
        kept = np.concatenate([kept, block])
        while len(kept) >= size:
            yield kept[:size]
            kept = kept[size:]
    if len(kept):
        yield kept


def _frames(result: RhythmResult, music: Bounce) -> int:
    last_s = max((hit.time_s for hit in result.plan.hits), default=-TAIL_S)
    return max(music.frames, round((last_s + TAIL_S) * music.rate_hz), 1)


def _drums(result: RhythmResult, rate_hz: int, frames: int) -> Iterator[FloatArray]:
    """Yield the drums in blocks of a second."""
    strokes = [(note.start_s, note.pitch, note.velocity) for note in result.midi]
    whole, rest = divmod(frames, rate_hz)
    return drum_blocks(strokes, rate_hz, [rate_hz] * whole + [rest] * bool(rest))
