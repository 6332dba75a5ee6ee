"""The DAW that is always there: the mock DAW's engine in this process, opened on a folder of stems."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError, SessionUnreadable, WriteRefused
from agent.session import EqBand, EqShape, Meters, Session, Settings, Strip, Track
from mock_daw.engine import Engine, EngineError
from mock_daw.engine import Strip as EngineStrip
from mock_daw.equalizer import Band, Shape
from mock_daw.project import AUDIO_SUFFIXES, ProjectError, open_stems

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StemFile:
    """The file that a track plays (None for one made from an array) and its length in seconds."""

    path: Path | None
    length_s: float


class EmbeddedDaw:
    """The embedded engine as a ``agent.daw.Daw``. The engine owns all state."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open_stems(cls, folder: Path) -> Self:
        """Open the audio files of a folder as tracks with flat settings. Raises ``SessionUnreadable``."""
        with _readable():
            return cls(Engine(open_stems(folder)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or renamed on opening, a line each."""
        return self.engine.project.notes

    @property
    def stems(self) -> tuple[StemFile, ...]:
        """What each track plays."""
        tracks = self.engine.project.tracks
        return tuple(StemFile(stem.path, stem.length_samples / stem.session_rate_hz) for stem in tracks)

    def read(self) -> Session:
        """Return the session as it is now; the embedded DAW locks no track."""
        project = self.engine.project
        tracks = tuple(Track(name) for name in self.engine.tracks)
        return Session(project.name, project.sample_rate_hz, project.length_s, tracks, self._settings())

    def audio(self) -> Iterator[FloatArray]:
        """Yield the tracks before EQ, fader and pan in blocks of a second, (tracks, samples, 2)."""
        with _readable():
            yield from self.engine.audio_blocks()

    def apply(self, settings: Settings, undo_name: str) -> Settings:
        """Set everything in one undo step of that name and return what was read back. Raises ``WriteRefused``."""
        try:
            strips = [
                _to_engine(strip, muted=old.muted)
                for strip, old in zip(settings.strips, self.engine.strips, strict=True)
            ]
            self.engine.set_all(strips, settings.master_gain_db, settings.tempo_bpm, undo_name)
        except ValueError as error:  # EngineError, or another number of strips
            raise WriteRefused(f"the embedded DAW refuses the settings, nothing was changed: {error}") from error
        return self._settings()

    def undo(self) -> None:
        """Take back the last undo step. Raises ``DawError`` if there is none."""
        with _in_range():
            self.engine.undo()

    def render(self) -> Iterator[FloatArray]:
        """Yield what leaves the master bus in blocks of a second, (samples, 2)."""
        with _readable():
            yield from self.engine.render()

    def play(self) -> None:
        """Start playing from the play position; whoever owns the clock calls ``engine.advance``."""
        self.engine.play()

    def stop(self) -> None:
        """Stop playing."""
        self.engine.stop()

    def seek(self, position_s: float) -> None:
        """Move the play position, in seconds from the start. Raises ``DawError`` outside the session."""
        with _in_range():
            self.engine.seek(position_s)

    def meters(self) -> Meters:
        """Return the peak meters of the last played moment in dBFS."""
        return Meters(*self.engine.meters())

    def _settings(self) -> Settings:
        mix = self.engine.mix
        return Settings(tuple(map(_from_engine, mix.strips)), mix.master_gain_db, mix.tempo_bpm)


def is_audio(path: Path) -> bool:
    """Tell whether a path is a file that ``open_stems`` would take for a stem, by its name."""
    return not path.name.startswith(".") and path.suffix.lower() in AUDIO_SUFFIXES and path.is_file()


def _to_engine(strip: Strip, *, muted: bool) -> EngineStrip:
    bands = tuple(Band(Shape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in strip.eq)
    return EngineStrip(strip.gain_db, strip.pan, bands, strip.high_pass_hz, muted)


def _from_engine(strip: EngineStrip) -> Strip:
    bands = tuple(EqBand(EqShape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in strip.eq)
    return Strip(strip.gain_db, strip.pan, bands, strip.high_pass_hz)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ProjectError as error:
        raise SessionUnreadable(str(error)) from error


@contextmanager
def _in_range() -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise DawError(str(error)) from error
