"""The mixer: what a DAW does to stems, as fast as the machine can or in steps of a clock that a test turns."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mock_daw.channel import Channel, Source, channels, in_parallel
from mock_daw.equalizer import Band
from mock_daw.errors import EngineError
from mock_daw.project import Project
from mock_daw.strip import Mix, Strip
from mock_daw.transport import Master, Meters, Transport

__all__ = ["Engine", "EngineError", "Meters", "Mix", "Strip"]

FloatArray = NDArray[np.float32]


class Engine:
    """Plays a project. Owns the mixer's settings with their undo history, and the transport with its meters.

    One thread at a time may turn knobs or the clock. Renders keep to the settings of the moment they are asked for.
    At another tempo than the project was opened at, the audio is stretched to that tempo, and the project is as much
    shorter or longer, at the same pitch. Where it is not ``stretching``, a tempo is a value that is kept, undone and
    reported: that of the grid, as in a DAW whose items keep to the time.
    """

    def __init__(self, project: Project, *, stretching: bool = True) -> None:
        self.project = self._played = project
        self._stretching = stretching
        self._mix = Mix(tuple(Strip() for _ in project.tracks), 0.0, project.tempo_bpm)
        self._undo: list[tuple[str, Mix]] = []  # the name of a step and the mix before it
        self._redo: list[tuple[str, Mix]] = []  # the name of a step and the mix after it
        self._transport = Transport(project)

    @property
    def played(self) -> Project:
        """The project as it plays at the present tempo."""
        return self._played

    # The mixer

    @property
    def tracks(self) -> tuple[str, ...]:
        """The names of the tracks."""
        return tuple(stem.name for stem in self.project.tracks)

    @property
    def mix(self) -> Mix:
        """All settings as they are now."""
        return self._mix

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The channel strips as they are now, one a track."""
        return self._mix.strips

    @property
    def master_gain_db(self) -> float:
        """The master fader in dB."""
        return self._mix.master_gain_db

    @property
    def tempo_bpm(self) -> float:
        """The tempo in BPM."""
        return self._mix.tempo_bpm

    def set_all(
        self,
        strips: Sequence[Strip],
        master_gain_db: float,
        tempo_bpm: float,
        undo_name: str,
        *,
        master_eq: tuple[Band, ...] | None = None,
    ) -> None:
        """Set everything in one undo step; without ``master_eq`` the master's EQ stays as it is.

        Raises ``EngineError``, and then nothing has changed.
        """
        if len(strips) != len(self.project.tracks):
            raise EngineError(f"{len(strips)} strips for {len(self.project.tracks)} tracks")
        eq = self._mix.master_eq if master_eq is None else master_eq
        after = Mix(tuple(strips), master_gain_db, tempo_bpm, eq)
        self._undo.append((undo_name, self._mix))
        self._redo.clear()
        self._set(after)

    @property
    def undo_names(self) -> tuple[str, ...]:
        """The names of the steps that can be undone, the oldest first."""
        return tuple(name for name, _ in self._undo)

    def undo(self) -> str:
        """Take back the last step and return its name. Raises ``EngineError`` if there is none."""
        if not self._undo:
            raise EngineError("there is nothing to undo")
        name, before = self._undo.pop()
        self._redo.append((name, self._mix))
        self._set(before)
        return name

    def redo(self) -> str:
        """Do the step again that was undone last and return its name. Raises ``EngineError`` if there is none."""
        if not self._redo:
            raise EngineError("there is nothing to redo")
        name, after = self._redo.pop()
        self._undo.append((name, self._mix))
        self._set(after)
        return name

    def _set(self, mix: Mix) -> None:
        before, self._mix = self._mix, mix
        if self._stretching and mix.tempo_bpm != before.tempo_bpm:
            speed = mix.tempo_bpm / self.project.tempo_bpm
            self._played = self.project if speed == 1.0 else self.project.at_speed(speed)
            self._transport.follow(self._played)

    # Faster than real time

    def audio_blocks(self, block_samples: int | None = None) -> Iterator[FloatArray]:
        """Yield the tracks before EQ, fader and pan: float32 (tracks, samples, 2), padded to the length played.

        A block is a second (ten hops of 100 ms) unless told; the last may be shorter. Raises ``ProjectError``.
        """
        return self._audio_blocks(self._played, self._block_sizes(block_samples))

    def strip_outputs(self, block_samples: int | None = None) -> Iterator[FloatArray]:
        """Yield the tracks after EQ, fader and pan: float32 (tracks, samples, 2). Raises ``ProjectError``."""
        return self._strip_outputs(self._played, self._mix, self._block_sizes(block_samples))

    def render(self, block_samples: int | None = None) -> Iterator[FloatArray]:
        """Yield what leaves the master bus: float32 (samples, 2), the length played. Raises ``ProjectError``."""
        return self._render(self._played, self._mix, self._block_sizes(block_samples))

    # Real time, or whatever clock the caller turns

    @property
    def playing(self) -> bool:
        """Whether the transport plays."""
        return self._transport.playing

    @property
    def position_s(self) -> float:
        """The play position in seconds."""
        return self._transport.position_s

    def play(self) -> None:
        """Start playing from the play position."""
        self._transport.play()

    def stop(self) -> None:
        """Stop playing; the position stays, and the files that playing held open are closed."""
        self._transport.stop()

    def seek(self, position_s: float) -> None:
        """Move the play position, in seconds from the start. Raises ``EngineError`` outside the project."""
        self._transport.seek(position_s)

    def advance(self, seconds: float) -> None:
        """Let time pass: play that stretch at the present settings and meter it. Raises ``ProjectError``."""
        self._transport.advance(seconds, self._mix)

    def meters(self) -> Meters:
        """Return the peak meters of the last stretch that ``advance`` played."""
        return self._transport.meters()

    # Each of these is given the settings when it is asked for, though a generator's body runs later

    def _block_sizes(self, block_samples: int | None) -> list[int]:
        block = self.project.sample_rate_hz if block_samples is None else block_samples
        if block < 1:
            raise EngineError(f"a block of {block} samples holds nothing")
        whole, rest = divmod(self._played.length_samples, block)
        return [block] * whole + [rest] * bool(rest)

    def _audio_blocks(self, played: Project, sizes: list[int]) -> Iterator[FloatArray]:
        with channels(played) as opened, closing(in_parallel([c.dry for c in opened], sizes)) as rounds:
            for blocks in rounds:
                yield np.stack(blocks)

    def _strip_outputs(self, played: Project, mix: Mix, sizes: list[int]) -> Iterator[FloatArray]:
        with channels(played) as opened, closing(in_parallel(_outputs(opened, mix), sizes)) as rounds:
            for blocks in rounds:
                yield np.stack(blocks)

    def _render(self, played: Project, mix: Mix, sizes: list[int]) -> Iterator[FloatArray]:
        master = Master(self.project.sample_rate_hz)
        with channels(played) as opened, closing(in_parallel(_outputs(opened, mix), sizes)) as rounds:
            for blocks in rounds:
                yield master.output(blocks, len(blocks[0]), mix)


def _outputs(opened: tuple[Channel, ...], mix: Mix) -> list[Source]:
    """Return what gives each strip's next block; a closed strip is not even decoded."""
    return [
        _silence if strip.closed else partial(channel.wet, strip=strip)
        for channel, strip in zip(opened, mix.strips, strict=True)
    ]


def _silence(samples: int) -> FloatArray:
    return np.zeros((samples, 2), np.float32)
