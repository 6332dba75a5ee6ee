"""A track's audio before effects and fader: from the files its items play where that is exact, else through REAPER.

An item is plain where REAPER plays its file as it is: at its own speed and pitch, both channels, no effects, envelopes
or stretching, straight fades. Everything else is asked of REAPER's audio accessor, chunk by chunk.
"""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from bridge.reaper.survey import SurveyItem, SurveyTrack

FloatArray = NDArray[np.float32]
# Returns (samples, 2) of a track, by GUID, from a time in s; REAPER's audio accessor.
Accessor = Callable[[str, float, int], FloatArray]

ACCESSOR_S = 5
STRAIGHT = 0
_PIECE_FRAMES = 65_536


def plain(item: SurveyItem) -> bool:
    """Tell whether an item's file can be read in place of asking REAPER for its sound."""
    return (
        bool(item.source_path)
        and item.playrate == 1.0
        and item.pitch_semitones == 0.0
        and item.take_pan == 0.0
        and item.channel_mode == 0
        and item.offset_s >= 0.0
        and not (item.take_effects or item.take_envelopes or item.stretch_markers)
        and not (item.looped and item.offset_s + item.length_s > item.source_length_s)
        and all(
            shape == STRAIGHT or length_s == 0.0
            for shape, length_s in (
                (item.fade_in_shape, item.fade_in_s),
                (item.fade_out_shape, item.fade_out_s),
            )
        )
    )


def readable(item: SurveyItem) -> bool:
    """Tell whether the item's file lies on this machine and is mono or stereo audio that libsndfile decodes."""
    path = Path(item.source_path)
    if not path.is_file():
        return False
    try:
        with sf.SoundFile(path) as file:
            return bool(file.channels <= 2)
    except sf.LibsndfileError:
        return False


def track_blocks(track: SurveyTrack, rate_hz: int, sizes: Sequence[int], accessor: Accessor) -> Generator[FloatArray]:
    """Yield a track's audio in blocks (samples, 2) of these sizes from the start of the project."""
    items = [item for item in track.items if not item.muted]
    if all(plain(item) and readable(item) for item in items) and not _enclosed(items):
        yield from _from_files(items, rate_hz, sizes)
    else:
        yield from _from_accessor(track.guid, rate_hz, sizes, accessor)


def _enclosed(items: Sequence[SurveyItem]) -> bool:
    """Tell whether an item lies within another: which of them plays is a setting of the project that is not told."""
    furthest_s = -math.inf
    for item in sorted(items, key=lambda item: (item.position_s, -item.length_s)):
        end_s = item.position_s + item.length_s
        if end_s <= furthest_s:
            return True
        furthest_s = end_s
    return False


def _from_files(items: Sequence[SurveyItem], rate_hz: int, sizes: Sequence[int]) -> Iterator[FloatArray]:
    players = [_ItemPlayer(item, rate_hz) for item in items]
    start = 0
    try:
        for size in sizes:
            block = np.zeros((size, 2), np.float32)
            for player in players:
                player.add_to(block, start)
            yield block
            start += size
    finally:
        for player in players:
            player.close()


def _from_accessor(guid: str, rate_hz: int, sizes: Sequence[int], accessor: Accessor) -> Iterator[FloatArray]:
    left = sum(sizes)
    at = 0
    held = np.zeros((0, 2), np.float32)
    for size in sizes:
        while len(held) < size:
            wanted = min(left, ACCESSOR_S * rate_hz)
            held = np.concatenate([held, accessor(guid, at / rate_hz, wanted)])
            at, left = at + wanted, left - wanted
        yield held[:size]
        held = held[size:]


class _ItemPlayer:
    """Plays one item from its start to its end, in pieces that follow one another. Owns the open file."""

    def __init__(self, item: SurveyItem, rate_hz: int) -> None:
        self._item, self._rate_hz = item, rate_hz
        self._first = round(item.position_s * rate_hz)
        self._samples = round(item.length_s * rate_hz)
        self._gain = np.float32(item.gain_linear * item.take_gain_linear)
        self._pieces: Generator[FloatArray] | None = None
        self._held = np.zeros((0, 2), np.float32)

    def add_to(self, block: FloatArray, start: int) -> None:
        """Add what of the item falls into a block that starts at a sample of the project."""
        begin, end = max(self._first, start, 0), min(self._first + self._samples, start + len(block))
        if begin >= end:
            return
        if self._pieces is None:
            self._pieces = _decoded(Path(self._item.source_path), self._rate_hz, self._item.offset_s)
            self._next(begin - self._first)  # an item that starts before the project
        audio = self._next(end - begin)
        gains = self._gain * self._fades(np.arange(begin - self._first, end - self._first))
        block[begin - start : begin - start + len(audio)] += audio * gains[: len(audio), None]
        if end == self._first + self._samples:
            self.close()  # a song cut to a thousand items would run out of open files

    def close(self) -> None:
        """Close the file."""
        if self._pieces is not None:
            self._pieces.close()
            self._held = self._held[:0].copy()

    def _next(self, samples: int) -> FloatArray:
        assert self._pieces is not None
        pieces = [self._held]
        have = len(self._held)
        while have < samples:
            piece = next(self._pieces, None)
            if piece is None:
                break
            pieces.append(piece)
            have += len(piece)
        whole = np.concatenate(pieces)
        self._held = whole[samples:]
        return whole[:samples]

    def _fades(self, at: NDArray[np.int64]) -> FloatArray:
        gains = np.ones(len(at), np.float32)
        time_s = at / self._rate_hz
        if self._item.fade_in_s > 0.0:
            gains *= np.clip(time_s / self._item.fade_in_s, 0.0, 1.0).astype(np.float32)
        if self._item.fade_out_s > 0.0:
            gains *= np.clip((self._item.length_s - time_s) / self._item.fade_out_s, 0.0, 1.0).astype(np.float32)
        return gains


def _decoded(path: Path, rate_hz: int, offset_s: float) -> Generator[FloatArray]:
    """Yield a file's audio as stereo at a rate, from an offset on."""
    with sf.SoundFile(path) as file:
        file.seek(min(round(offset_s * file.samplerate), file.frames))
        same = file.samplerate == rate_hz
        resampler = None if same else soxr.ResampleStream(file.samplerate, rate_hz, file.channels, quality="HQ")
        while len(piece := file.read(_PIECE_FRAMES, dtype="float32", always_2d=True)):
            yield _stereo(piece if resampler is None else resampler.resample_chunk(piece))
        if resampler is not None:
            yield _stereo(resampler.resample_chunk(np.zeros((0, file.channels), np.float32), last=True))


def _stereo(audio: FloatArray) -> FloatArray:
    return audio if audio.shape[1] == 2 else np.repeat(audio, 2, axis=1)
