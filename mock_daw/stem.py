"""One stem: an audio file, or an array, streamed as stereo at the session's rate.

A file is decoded anew for every reader and never held whole in memory. Mono plays on both sides at unity; five and six
channels are folded down with the gains of ITU-R BS.775-3, Annex 4 (left + 0.707 centre + 0.707 left surround).
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import gcd, sqrt
from pathlib import Path
from typing import Self

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from mock_daw.containers import missing_bytes, mp3_states_length
from mock_daw.errors import ProjectError
from mock_daw.held_media import HeldFile
from mock_daw.stretch import Reader, StretchedReader, stretched_length

FloatArray = NDArray[np.float32]

SURROUND_GAIN = sqrt(0.5)
LONGEST_FRAMES = 2**48  # libsndfile says 2^63 - 1 where a header does not tell the length
PRE_ROLL_PER_S = 10  # a resampled stream is started a tenth of a second early, so that the resampler has settled
EXPORT_AGAIN = "export it again or take it out of the folder"

# Rows of a fold-down: how much of each source channel goes to the left and to the right.
LEFT, RIGHT, BOTH, NEITHER = (1.0, 0.0), (0.0, 1.0), (SURROUND_GAIN, SURROUND_GAIN), (0.0, 0.0)
LEFT_SURROUND, RIGHT_SURROUND = (SURROUND_GAIN, 0.0), (0.0, SURROUND_GAIN)
FOLD_DOWN = {
    5: (LEFT, RIGHT, BOTH, LEFT_SURROUND, RIGHT_SURROUND),
    6: (LEFT, RIGHT, BOTH, NEITHER, LEFT_SURROUND, RIGHT_SURROUND),
}
# Ogg keeps the channel order of the Vorbis I specification, section 4.3.9, and libsndfile leaves it so.
FOLD_DOWN_OGG = {
    5: (LEFT, BOTH, RIGHT, LEFT_SURROUND, RIGHT_SURROUND),
    6: (LEFT, BOTH, RIGHT, LEFT_SURROUND, RIGHT_SURROUND, NEITHER),
}


@dataclass(frozen=True, slots=True)
class Stem:
    """A track's audio. ``path`` is None for a stem made from an array; ``held`` is read where it has lost its name.

    It plays at ``speed`` times the tempo it was recorded at, at its own pitch.
    """

    name: str
    path: Path | None
    source_rate_hz: int
    source_channels: int
    source_frames: int
    session_rate_hz: int
    fold_down: tuple[tuple[float, float], ...] = ()
    audio: FloatArray | None = field(default=None, repr=False, compare=False)
    held: HeldFile | None = field(default=None, repr=False, compare=False)
    speed: float = 1.0

    @classmethod
    def from_file(cls, path: Path, held: HeldFile | None = None) -> Self:
        """Open and check an audio file; its session rate is its own until ``at_rate``. Raises ``ProjectError``."""
        with _opened(path, held) as source:
            channels = source.channels
            folds = FOLD_DOWN_OGG if source.format == "OGG" else FOLD_DOWN
            if channels > 2 and channels not in folds:
                remedy = "export it as mono, stereo or 5.1"
                raise ProjectError(path, f"has {channels} channels, which can not be folded down to stereo", remedy)
            is_there = held is None or held.is_at(path)
            frames = _checked_length(path, source) if is_there else int(source.frames)
        fold_down = folds.get(channels, ())
        rate_hz = source.samplerate
        return cls(path.stem, path, rate_hz, channels, frames, rate_hz, fold_down, held=held)

    @classmethod
    def from_array(cls, name: str, audio: NDArray[np.floating], rate_hz: int) -> Self:
        """Make a stem from samples of shape (samples, 2) at the session's rate. Raises ``ProjectError``."""
        if audio.ndim != 2 or audio.shape[1] != 2 or not len(audio):
            raise ProjectError(Path(name), f"is an array of shape {audio.shape}", "pass one of shape (samples, 2)")
        return cls(name, None, rate_hz, 2, len(audio), rate_hz, audio=np.array(audio, np.float32))

    def at_rate(self, session_rate_hz: int) -> Self:
        """Return the stem as it plays in a session of another rate in Hz."""
        return replace(self, session_rate_hz=session_rate_hz)

    def at_speed(self, speed: float) -> Self:
        """Return the stem as it plays at another speed: 2.0 is twice as fast."""
        return replace(self, speed=speed)

    @property
    def length_samples(self) -> int:
        """The length at the session's rate and speed, rounded to the nearest sample and at least one."""
        doubled = 2 * self.source_frames * self.session_rate_hz + self.source_rate_hz
        own = max(1, doubled // (2 * self.source_rate_hz))
        return own if self.speed == 1.0 else stretched_length(own, self.speed)

    def blocks(self, block_samples: int, start_sample: int = 0) -> Iterator[FloatArray]:
        """Yield float32 blocks (samples, 2) at the session's rate; the last may be shorter. Raises ``ProjectError``."""
        reader = self.reader(start_sample)
        try:
            while len(block := reader.read(block_samples)):
                yield block
        finally:
            reader.close()

    def reader(self, start_sample: int = 0) -> Reader:
        """Return a reader that starts at a sample of the session, stretched where the speed is not 1."""
        if self.speed == 1.0:
            return self.plain_reader(start_sample)
        return StretchedReader(self.at_speed(1.0), self.speed, start_sample)

    def plain_reader(self, start_sample: int = 0) -> "StemReader":
        """Return a reader of the stem at its own speed that starts at a sample of the session.

        Without resampling that is a seek. With it, decoding starts at least a tenth of a second earlier, at a source
        frame that falls on a whole session sample, and what comes before the start is thrown away.
        """
        if self.session_rate_hz == self.source_rate_hz:
            return StemReader(self._stereo(start_sample))
        divisor = gcd(self.session_rate_hz, self.source_rate_hz)
        step_samples, step_frames = self.session_rate_hz // divisor, self.source_rate_hz // divisor
        steps = max(0, start_sample - self.session_rate_hz // PRE_ROLL_PER_S) // step_samples
        reader = StemReader(self._stereo(steps * step_frames))
        reader.skip(start_sample - steps * step_samples)
        return reader

    def _stereo(self, first_frame: int) -> Generator[FloatArray]:
        """Yield chunks (samples, 2) at the session's rate from a source frame on."""
        folded = (self._folded(chunk) for chunk in self._source_chunks(first_frame))
        for chunk in folded if self.session_rate_hz == self.source_rate_hz else self._resampled(folded):
            yield chunk if chunk.shape[1] == 2 else np.repeat(chunk, 2, axis=1)

    def _resampled(self, chunks: Iterator[FloatArray]) -> Iterator[FloatArray]:
        channels = min(2, self.source_channels)
        resampler = soxr.ResampleStream(self.source_rate_hz, self.session_rate_hz, channels, quality="HQ")
        for chunk in chunks:
            yield resampler.resample_chunk(chunk)
        yield resampler.resample_chunk(np.zeros((0, channels), np.float32), last=True)

    def _folded(self, chunk: FloatArray) -> FloatArray:
        return chunk @ np.array(self.fold_down, np.float32) if self.fold_down else chunk

    def _source_chunks(self, first_frame: int) -> Iterator[FloatArray]:
        """Yield chunks (frames, source channels) of about a second, each checked."""
        done = first_frame
        for chunk in self._array_chunks(done) if self.path is None else self._file_chunks(self.path, done):
            finite = np.isfinite(chunk)
            if not finite.all():
                time_s = (done + int(np.argmin(finite.all(axis=1)))) / self.source_rate_hz
                raise ProjectError(self._place, f"has a sample that is not a number at {time_s:.3f} s", EXPORT_AGAIN)
            yield chunk
            done += len(chunk)

    @property
    def _place(self) -> Path:
        return self.path or Path(self.name)

    def _array_chunks(self, done: int) -> Iterator[FloatArray]:
        assert self.audio is not None
        for start in range(done, self.source_frames, self.source_rate_hz):
            yield self.audio[start : start + self.source_rate_hz]

    def _file_chunks(self, path: Path, done: int) -> Iterator[FloatArray]:
        with _opened(path, self.held) as source:
            if (source.samplerate, source.channels) != (self.source_rate_hz, self.source_channels):
                raise ProjectError(path, "has changed since the session was opened", "open the session again")
            source.seek(min(done, self.source_frames))
            while done < self.source_frames:
                wanted = min(self.source_rate_hz, self.source_frames - done)
                chunk = source.read(wanted, dtype="float32", always_2d=True)
                if not len(chunk):
                    raise _truncated(path, f"it ends after {done} of {self.source_frames} frames")
                yield chunk
                done += len(chunk)


class StemReader:
    """Hands out a stem in pieces of any length. Owns the open file and what is decoded but not asked for yet."""

    def __init__(self, chunks: Generator[FloatArray]) -> None:
        self._chunks = chunks
        self._rest: FloatArray = np.zeros((0, 2), np.float32)

    def read(self, samples: int) -> FloatArray:
        """Return the next samples (at most ``samples``, 2); fewer at the end, then none. Raises ``ProjectError``."""
        pieces = []
        missing = samples
        while missing and self._filled():
            piece, self._rest = self._rest[:missing], self._rest[missing:]
            pieces.append(piece)
            missing -= len(piece)
        return pieces[0] if len(pieces) == 1 else np.concatenate([self._rest[:0], *pieces])

    def skip(self, samples: int) -> None:
        """Decode and throw away."""
        while samples and self._filled():
            skipped = min(samples, len(self._rest))
            self._rest = self._rest[skipped:]
            samples -= skipped

    def close(self) -> None:
        """Close the file."""
        self._chunks.close()

    def _filled(self) -> bool:
        while not len(self._rest):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._rest = chunk
        return True


@contextmanager
def _opened(path: Path, held: HeldFile | None = None) -> Iterator[sf.SoundFile]:
    """Open an audio file; what goes wrong, then or while it is read, becomes a ``ProjectError``.

    A file that is held and no longer has its name is read all the same.
    """
    kept = held.reader() if held is not None and not held.is_at(path) else None
    if kept is None:
        _check_readable(path)
    # Bytes, since soundfile can not encode names that are not valid UTF-8; Windows has no such names.
    name = os.fspath(path) if os.name == "nt" else os.fsencode(path)
    try:
        source = sf.SoundFile(name if kept is None else kept)
    except sf.LibsndfileError as error:
        remedy = "export it again as WAV or FLAC, or take it out of the folder"
        raise ProjectError(path, f"is not audio that can be read ({_reason(error)})", remedy) from error
    with source:
        try:
            yield source
        except sf.LibsndfileError as error:
            raise _truncated(path, f"reading it fails: {_reason(error)}") from error


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise ProjectError(path, "is empty (0 bytes)", EXPORT_AGAIN)
    except OSError as error:
        remedy = "check the file and its permissions, or take it out of the folder"
        raise ProjectError(path, f"can not be read ({error.strerror})", remedy) from error


def _checked_length(path: Path, source: sf.SoundFile) -> int:
    """Return the number of frames, having made sure that the last of them is there."""
    if missing := missing_bytes(path):
        raise _truncated(path, f"its last {missing} bytes are missing")
    frames = int(source.frames)
    known = frames <= LONGEST_FRAMES
    if source.format == "MP3" and not mp3_states_length(path):
        # libsndfile guesses, and stops at its guess: one that is too long shows where the end is, no other does.
        frames = sum(iter(lambda: len(source.read(source.samplerate, dtype="float32")), 0))
        known = frames < source.frames
    if not known:
        raise ProjectError(path, "does not say how long it is", EXPORT_AGAIN)
    if not frames:
        raise ProjectError(path, "has no audio in it (0 samples)", EXPORT_AGAIN)
    source.seek(frames - 1)
    if not len(source.read(1)):
        raise _truncated(path, f"its header promises {frames} frames, and the last is not there")
    return frames


def _truncated(path: Path, detail: str) -> ProjectError:
    return ProjectError(path, f"is truncated ({detail})", "copy or export it again")


def _reason(error: sf.LibsndfileError) -> str:
    return str(error.error_string).rstrip(".")
