"""From a render to the finished file: to the wanted loudness, under the true-peak ceiling, and measured again.

The render is kept once, as float32 in a temporary file, for its level is all that changes afterwards. The master fader
takes it to the target; the file alone gets a limiter where the peaks then stand too high, and as much gain as that
limiter cost. Nothing is ever whole in memory.
"""

import errno
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from agent.hearing.loudness import LoudnessMeter, Measurement
from agent.targets import TRUE_PEAK_CEILING_DBTP
from bridge.limiter import MARGIN_DB, TruePeakLimiter
from bridge.progress import Progress, Stage

FloatArray = NDArray[np.float32]

MOST_LIMITING_DB = 12.0
CLOSE_LU = 0.05
PASSES = 4
BYTES_A_FRAME = 8 + 6  # the float32 render and the 24-bit file
_LARGEST_WAV_BYTES = 2**32 - 2**16
_BLOCK = 48_000
_FULL_BYTES = 8 * _BLOCK
_NO_CHANGE_DB = 0.005
_LEAST_SLOPE = 0.2


@dataclass(frozen=True, slots=True)
class LimiterReport:
    """What the limiter did: most reduction in dB, and the share of the time (0 to 1) with more than 0.1 dB of it."""

    ceiling_dbtp: float
    max_reduction_db: float
    active_share: float


@dataclass(frozen=True, slots=True)
class Finish:
    """The finished file as measured from itself, the gain in dB it got beyond the DAW's render, and the limiter."""

    measured: Measurement
    file_gain_db: float
    limiter: LimiterReport | None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A render kept as raw float32 (samples, 2) in a file, and what it measures."""

    path: Path
    rate_hz: int
    frames: int
    measured: Measurement

    def blocks(self, gain_db: float) -> Iterator[FloatArray]:
        """Yield it in float32 blocks (samples, 2) with a gain in dB."""
        gain = np.float32(10.0 ** (gain_db / 20.0))
        with self.path.open("rb") as file:
            while raw := file.read(8 * _BLOCK):
                yield np.frombuffer(raw, np.float32).reshape(-1, 2) * gain


def bounce(blocks: Iterable[FloatArray], rate_hz: int, path: Path, progress: Progress) -> Bounce:
    """Write a render down and measure it as it comes. Raises ``OSError``."""
    meter, frames = LoudnessMeter(rate_hz), 0
    with path.open("wb") as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block, np.float32).data)
            meter.feed(block)
            frames += len(block)
            progress.advance(len(block))
    return Bounce(path, rate_hz, frames, meter.measurement())


def finish(made: Bounce, fader_gain_db: float, target_lufs: float | None, path: Path, progress: Progress) -> Finish:
    """Write the mix as a 24-bit WAV file and measure what was written.

    ``fader_gain_db`` is what the master fader was turned by since the bounce. ``target_lufs`` is None where the
    settings alone decide the loudness; the ceiling holds in any case. Not dithered: near full scale float32 itself
    resolves 24 bits, and what is cut off lies at -144 dBFS. Raises ``OSError``.
    """
    peak_dbtp = made.measured.true_peak_dbtp + fader_gain_db
    most_db = MOST_LIMITING_DB + TRUE_PEAK_CEILING_DBTP - MARGIN_DB - peak_dbtp
    error_lu = _error(made.measured.integrated_lufs + fader_gain_db, target_lufs)
    gain_db = min(-error_lu if abs(error_lu) > CLOSE_LU else 0.0, most_db)
    tried: list[tuple[float, float]] = []
    while True:
        limiter = _written(made, fader_gain_db + gain_db, 0.0, path)
        measured = measure_file(path, progress)
        error_lu = _error(measured.integrated_lufs, target_lufs)
        tried.append((gain_db, error_lu))
        following_db = min(_next_gain(tried), most_db)
        if abs(error_lu) <= CLOSE_LU or len(tried) == PASSES or abs(following_db - gain_db) < _NO_CHANGE_DB:
            break
        gain_db = following_db
    over_db = measured.true_peak_dbtp - TRUE_PEAK_CEILING_DBTP
    if over_db > 0.0:
        # What was clipped to square waves before it came here rings beyond what the limiter foresees.
        limiter = _written(made, fader_gain_db + gain_db, -over_db - MARGIN_DB, path)
        measured, gain_db = measure_file(path, progress), gain_db - over_db - MARGIN_DB
    return Finish(measured, gain_db, None if limiter is None else _reported(limiter))


def _written(made: Bounce, gain_db: float, trim_db: float, path: Path) -> TruePeakLimiter | None:
    """Write the render with a gain, through a limiter where its peaks need one, then with a trim in dB."""
    limiter = None
    if made.measured.true_peak_dbtp + gain_db > TRUE_PEAK_CEILING_DBTP:
        limiter = TruePeakLimiter(made.rate_hz)
    blocks = made.blocks(gain_db)
    limited = blocks if limiter is None else limiter.stream(blocks)
    trim = np.float32(10.0 ** (trim_db / 20.0))
    write_wav(path, (block * trim for block in limited) if trim_db else limited, made.rate_hz, made.frames)
    return limiter


def _reported(limiter: TruePeakLimiter) -> LimiterReport:
    return LimiterReport(TRUE_PEAK_CEILING_DBTP, limiter.max_reduction_db, limiter.limited_share)


def _error(loudness_lufs: float, target_lufs: float | None) -> float:
    """Return by how many LU too loud it is; 0 where there is no target or no loudness."""
    return 0.0 if target_lufs is None or math.isinf(loudness_lufs) else loudness_lufs - target_lufs


def _next_gain(tried: list[tuple[float, float]]) -> float:
    """Return the gain in dB to try next: by the secant, for through a limiter a dB gives less than a LU."""
    gain_db, error_lu = tried[-1]
    slope = 1.0
    if len(tried) > 1 and gain_db != tried[-2][0]:
        before_db, before_lu = tried[-2]
        slope = min(1.0, max(_LEAST_SLOPE, (error_lu - before_lu) / (gain_db - before_db)))
    return gain_db - error_lu / slope


def measure_file(path: Path, progress: Progress) -> Measurement:
    """Measure a stereo audio file."""
    with soundfile.SoundFile(path) as file:
        progress.begin(Stage.VERIFY, file.frames)
        meter = LoudnessMeter(file.samplerate)
        while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
            meter.feed(block)
            progress.advance(len(block))
    return meter.measurement()


def write_wav(path: Path, blocks: Iterable[FloatArray], rate_hz: int, frames: int) -> None:
    """Write float32 blocks (samples, 2) as 24-bit WAV, or RF64 where that can not hold so much. Raises ``OSError``."""
    with _disk_errors(path), soundfile.SoundFile(path, "w", rate_hz, 2, "PCM_24", format=container(frames)) as file:
        for block in blocks:
            file.write(block)


def container(frames: int) -> str:
    """Return the format for so many frames of 24-bit stereo: the sizes in a WAV file end at 4 GiB."""
    return "WAV" if frames * 6 <= _LARGEST_WAV_BYTES else "RF64"


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Say why a write failed: libsndfile keeps it to itself, but the disk tells whether it is full."""
    try:
        yield
    except (soundfile.LibsndfileError, AssertionError) as error:
        full = path.parent.is_dir() and shutil.disk_usage(path.parent).free < _FULL_BYTES
        code = errno.ENOSPC if full else errno.EIO
        raise OSError(code, os.strerror(code), str(path)) from error
