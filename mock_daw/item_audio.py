"""What a track's items sound like, before effects and fader: REAPER's track audio accessor.

An item plays the active take's source from ``offset_s`` on. Sources are decoded, checked and brought to stereo as in
``stem.py``; a file that is held plays on where it has lost its name. Media that can not be read is silent, as REAPER
plays offline media, and is named in ``notes``.

Simplified: a playrate other than 1 is always a change of speed with its change of pitch, as of a tape; what keeps the
pitch or shifts it, a take's own effects and envelopes have no sound of their own here. MIDI has none in an accessor, as
in REAPER; where a mixer gives a tempo, notes on the drum channel are played (``drum_items``). Positions are rounded to
whole samples, the offset into the source too. Take pan is a balance, like a track's.
"""

from collections.abc import Generator, Iterable
from contextlib import closing
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from mock_daw.curves import fades
from mock_daw.drum_items import DrumVoice, drums_of
from mock_daw.errors import ProjectError
from mock_daw.held_media import HeldFile
from mock_daw.routing import balance
from mock_daw.session import Item, Take, Track
from mock_daw.stem import PRE_ROLL_PER_S, Stem, StemReader

FloatArray = NDArray[np.float32]
_File = tuple[Path, HeldFile | None]

BLOCK_SAMPLES = 32_768
KEPT_BLOCKS = 2
SOUNDLESS = {"MIDI", "MIDIPOOL", "EMPTY"}
# I_CHANMODE: 0 normal, 1 reverse stereo, 2 downmix, 3 left, 4 right; the rest, for more channels, plays as normal.
CHANNEL_MODES = {
    1: ((0.0, 1.0), (1.0, 0.0)),
    2: ((0.5, 0.5), (0.5, 0.5)),
    3: ((1.0, 0.0), (1.0, 0.0)),
    4: ((0.0, 1.0), (0.0, 1.0)),
}
FINEST_PLAYRATE = 10_000


def track_audio(track: Track, rate_hz: int, start_s: float, samples: int, channels: int = 2) -> FloatArray:
    """Return float32 (samples, channels) of a track's items from a time on: before effects and fader.

    One channel is the left one; channels from the third on are silent.
    """
    audio = np.zeros((channels, samples), np.float32)
    with closing(ItemAudio(rate_hz)) as items:
        heard = items.read(track.guid, track.items, round(start_s * rate_hz), samples)
    if heard is not None:
        audio[:2] = heard[:channels]
    return np.ascontiguousarray(audio.T)


class ItemAudio:
    """Reads the items of many tracks. Owns the open files and the last blocks of each track.

    Audio is made in blocks of a fixed grid, so that it does not depend on how it is asked for, and going back a
    little costs nothing.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._stems: dict[_File, Stem] = {}
        self._offline: dict[Path, str] = {}
        self._voices: dict[str, dict[str, _Player]] = {}
        self._blocks: dict[str, dict[int, tuple[_Heard, FloatArray | None]]] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """A line on each file that is silent since it can not be read."""
        return tuple(f"offline: {reason}" for reason in self._offline.values())

    def read(
        self, owner: str, items: tuple[Item, ...], start: int, samples: int, drum_tempo_bpm: float | None = None
    ) -> FloatArray | None:
        """Return float32 (2, samples) of a track's items, not to be written to; None where they are silent.

        Drums in MIDI items are heard at ``drum_tempo_bpm``, and not at all without one.
        """
        pieces = []
        place, end = start, start + samples
        while place < end:
            number, first = divmod(place, BLOCK_SAMPLES)
            last = min(BLOCK_SAMPLES, first + end - place)
            block = self._block(owner, (items, drum_tempo_bpm), number)
            pieces.append((block, first, last))
            place += last - first
        if all(block is None for block, _, _ in pieces):
            return None
        if len(pieces) == 1 and pieces[0][0] is not None:
            block, first, last = pieces[0]
            return pieces[0][0][:, first:last]
        silence = np.zeros((2, BLOCK_SAMPLES), np.float32)
        return np.concatenate([(silence if b is None else b)[:, first:last] for b, first, last in pieces], axis=1)

    def keep_only(self, owners: Iterable[str]) -> None:
        """Close what belongs to other tracks than these."""
        for owner in set(self._voices).difference(owners):
            _close(self._voices.pop(owner))
        for owner in set(self._blocks).difference(owners):
            del self._blocks[owner]

    def close(self) -> None:
        """Close all files; reading opens them again, and looks anew for those that were offline."""
        self.keep_only(())
        self._offline.clear()

    def _block(self, owner: str, heard: "_Heard", number: int) -> FloatArray | None:
        kept = self._blocks.setdefault(owner, {})
        if number in kept and kept[number][0] == heard:
            return kept[number][1]
        audio = self._summed(owner, heard, number * BLOCK_SAMPLES)
        kept.pop(number, None)
        kept[number] = (heard, audio)
        while len(kept) > KEPT_BLOCKS:
            del kept[next(iter(kept))]
        return audio

    def _summed(self, owner: str, heard: "_Heard", start: int) -> FloatArray | None:
        """Return the sum of all items that lie in a block."""
        items, tempo_bpm = heard
        before = self._voices.get(owner, {})
        voices: dict[str, _Player] = {}
        total: FloatArray | None = None
        for item in items:
            begin, end = round(item.position_s * self._rate_hz), round(item.end_s * self._rate_hz)
            first, last = max(start, begin), min(start + BLOCK_SAMPLES, end)
            if first >= last or item.muted or item.take is None:
                continue
            voice = self._voice(before.pop(item.guid, None), item, item.take, tempo_bpm)
            if voice is None:
                continue
            voices[item.guid] = voice
            audio = self._heard(voice, item, first - begin, last - first, end - begin)
            if total is None:
                total = np.zeros((2, BLOCK_SAMPLES), np.float32)
            total[:, first - start : last - start] += audio
        _close(before)
        self._voices[owner] = voices
        return total

    def _heard(self, voice: "_Player", item: Item, first: int, samples: int, length: int) -> FloatArray:
        """Return (2, samples) of an item from a sample of it on, with its gains and fades."""
        assert item.take is not None
        try:
            audio = voice.read(first, samples).T
        except ProjectError as error:
            self._stems = {file: stem for file, stem in self._stems.items() if file[0] != error.path}
            self._offline[error.path] = str(error)
            return np.zeros((2, samples), np.float32)
        if item.take.channel_mode in CHANNEL_MODES:
            audio = np.array(CHANNEL_MODES[item.take.channel_mode], np.float32) @ audio
        gains = item.gain_linear * item.take.gain_linear * np.array(balance(item.take.pan))
        if (gains != 1.0).any():
            audio = audio * gains.astype(np.float32)[:, None]
        shape = fades(item.fade_in, item.fade_out, first, samples, length, self._rate_hz)
        return audio if shape is None else audio * shape.astype(np.float32)

    def _voice(self, voice: "_Player | None", item: Item, take: Take, tempo_bpm: float | None) -> "_Player | None":
        """Return what plays a take: the one from before if it still fits, else another; None without a sound."""
        if tempo_bpm is not None and (drums := drums_of(item)) is not None:
            if isinstance(voice, DrumVoice) and voice.key == (take, item.length_s, item.looped, tempo_bpm):
                return voice
            if voice is not None:
                voice.close()
            return DrumVoice(item, drums, tempo_bpm, self._rate_hz)
        path = take.source.path
        if path is None or take.source.kind in SOUNDLESS or path in self._offline or take.playrate <= 0.0:
            if voice is not None:
                voice.close()
            return None
        file = (path, take.source.held)
        key = (file, take.offset_s, take.playrate, item.looped)
        if voice is not None and voice.key == key:
            return voice
        if voice is not None:
            voice.close()
        try:
            stem = self._stems.get(file) or Stem.from_file(*file)
        except ProjectError as error:
            self._offline[path] = str(error)
            return None
        self._stems[file] = stem
        return _Voice(key, stem, self._rate_hz)


class _Voice:
    """Plays one take's source at its playrate from any sample of its item on. Owns the open file."""

    def __init__(self, key: "tuple[_File, float, float, bool]", stem: Stem, rate_hz: int) -> None:
        self.key = key
        _, offset_s, playrate, self._looped = key
        self._stem = stem.at_rate(rate_hz)
        self._step = Fraction(playrate).limit_denominator(FINEST_PLAYRATE) * Fraction(stem.source_rate_hz, rate_hz)
        self._plain = playrate == 1.0
        if not self._plain:
            self._stem = stem
        self._rate_hz = rate_hz
        self._origin = round(offset_s / playrate * rate_hz)
        self._length = self._stem.length_samples if self._plain else max(1, round(stem.source_frames / self._step))
        self._reader: StemReader | None = None
        self._next = 0
        self._whole: FloatArray | None = None

    def read(self, first: int, samples: int) -> FloatArray:
        """Return (samples, 2) from a sample of the item on. Raises ``ProjectError``."""
        place = self._origin + first
        if self._looped and self._length <= self._rate_hz:
            if self._whole is None:
                self._whole = self._piece(0, self._length)
                self.close()
            return self._whole[np.arange(place, place + samples) % self._length]
        if 0 <= place <= self._length - samples:
            return self._piece(place, samples)
        audio = np.zeros((samples, 2), np.float32)
        done = max(0, -place) if not self._looped else 0
        while done < samples:
            here = (place + done) % self._length if self._looped else place + done
            count = min(samples - done, self._length - here)
            if count <= 0:
                break
            audio[done : done + count] = self._piece(here, count)
            done += count
        return audio

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _piece(self, place: int, samples: int) -> FloatArray:
        """Return (samples, 2) from a sample of the source on; silence beyond its end."""
        if self._reader is None or self._next != place:
            self.close()
            self._reader = self._stem.plain_reader(place) if self._plain else _at_speed(self._stem, self._step, place)
        audio = self._reader.read(samples)
        self._next = place + samples
        return audio if len(audio) == samples else np.pad(audio, ((0, samples - len(audio)), (0, 0)))


def _at_speed(stem: Stem, step: Fraction, start: int) -> StemReader:
    """Return a reader of a source at so many frames a sample, from a sample on.

    It starts early enough for the resampler to have settled, at a frame that falls on a whole sample.
    """
    pre_roll = ceil(stem.source_rate_hz / PRE_ROLL_PER_S / step)
    steps = max(0, start - pre_roll) // step.denominator
    reader = StemReader(_resampled(stem.plain_reader(steps * step.numerator), step, stem.source_rate_hz))
    reader.skip(start - steps * step.denominator)
    return reader


def _resampled(reader: StemReader, step: Fraction, chunk_frames: int) -> Generator[FloatArray]:
    with closing(reader):
        resampler = soxr.ResampleStream(float(step), 1.0, 2, quality="HQ")
        while len(chunk := reader.read(chunk_frames)):
            yield resampler.resample_chunk(chunk)
        yield resampler.resample_chunk(np.zeros((0, 2), np.float32), last=True)


_Player = _Voice | DrumVoice
_Heard = tuple[tuple[Item, ...], float | None]
"""What is heard of a track: its items, and the tempo of drums in them."""


def _close(voices: dict[str, _Player]) -> None:
    for voice in voices.values():
        voice.close()
