"""The DAW that is always there: the mock DAW's engine in this process, opened on a folder of stems."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.daw import DawError, SessionUnreadable, WriteRefused
from agent.session import EqBand, EqShape, Meters, Session, Settings, Strip, Track
from bridge.gains import gain_db, within_fader
from bridge.rpp import EQ_NAME
from mock_daw.drum_voices import DrumPart, Stroke
from mock_daw.engine import Engine, EngineError
from mock_daw.engine import Strip as EngineStrip
from mock_daw.equalizer import Band, Shape
from mock_daw.opening import open_session
from mock_daw.project import AUDIO_SUFFIXES, ProjectError, open_file, open_stems
from mock_daw.session import EqKind
from mock_daw.session import Track as ProjectTrack

FloatArray = NDArray[np.float32]
_KINDS = (EqKind.LOW_SHELF, EqKind.BELL, EqKind.BELL, EqKind.HIGH_SHELF)


@dataclass(frozen=True, slots=True)
class StemFile:
    """The file that a track plays (None for one made from an array), its length in seconds, and how fast it plays."""

    path: Path | None
    length_s: float
    speed: float = 1.0


class EmbeddedDaw:
    """The embedded engine as a ``agent.daw.Daw``. The engine owns all state."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open_stems(cls, folder: Path) -> Self:
        """Open the audio files of a folder as tracks with flat settings. Raises ``SessionUnreadable``."""
        with _readable():
            return cls(Engine(open_stems(folder)))

    @classmethod
    def open_file(cls, path: Path) -> Self:
        """Open one audio file as a session of one flat track. Raises ``SessionUnreadable``."""
        with _readable():
            return cls(Engine(open_file(path)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or renamed on opening, a line each."""
        return self.engine.project.notes

    @property
    def stems(self) -> tuple[StemFile, ...]:
        """What each track plays, at the present tempo."""
        tracks = self.engine.played.tracks
        return tuple(StemFile(stem.path, stem.length_samples / stem.session_rate_hz, stem.speed) for stem in tracks)

    def keeping_time(self) -> "EmbeddedDaw":
        """Return the session opened anew, with stems that are not stretched where the tempo changes."""
        return type(self)(Engine(self.engine.project, stretching=False))

    def recorded_at(self, tempo_bpm: float) -> "EmbeddedDaw":
        """Return the session opened anew at the tempo that its stems have in BPM, which they are stretched from."""
        return type(self)(Engine(replace(self.engine.project, tempo_bpm=tempo_bpm)))

    def read(self) -> Session:
        """Return the session as it is now; the embedded DAW locks no track."""
        project = self.engine.project
        tracks = tuple(Track(name) for name in self.engine.tracks)
        return Session(project.name, project.sample_rate_hz, self.engine.played.length_s, tracks, self._settings())

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
            master_eq = _bands(settings.master_eq)
            self.engine.set_all(strips, settings.master_gain_db, settings.tempo_bpm, undo_name, master_eq=master_eq)
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
        strips = tuple(map(_from_engine, mix.strips))
        return Settings(strips, mix.master_gain_db, mix.tempo_bpm, _eq(mix.master_eq))


@dataclass(frozen=True, slots=True)
class ProjectStrip:
    """A track's strip in a project file: fader in dB, and the gains of our EQ, None where that was laid out anew."""

    gain_db: float
    eq_gains_db: tuple[float, ...] | None


def project_strips(path: Path) -> dict[str, ProjectStrip]:
    """Return the strips in a REAPER project by the names of their tracks. Raises ``SessionUnreadable``."""
    with _readable():
        session = open_session(path)
    return {track.name: ProjectStrip(_gain_db(track.gain_linear), _own_gains_db(track)) for track in session.tracks}


def _own_gains_db(track: ProjectTrack) -> tuple[float, ...] | None:
    """Return the gains of the EQ that a mix wrote: flat where there is none, None where its bands are others."""
    mine = [effect for effect in track.effects if effect.alias == EQ_NAME and effect.equaliser is not None]
    if not mine:
        return (0.0,) * len(_KINDS)
    at_work = mine[-1].enabled and not mine[-1].offline and track.effects_enabled
    bands = mine[-1].equaliser.bands[: len(_KINDS)] if at_work and mine[-1].equaliser is not None else ()
    if tuple(band.kind for band in bands) != _KINDS:
        return None
    return tuple(_gain_db(band.gain_linear) if band.enabled else 0.0 for band in bands)


def _gain_db(linear: float) -> float:
    return within_fader(gain_db(linear))


def is_audio(path: Path) -> bool:
    """Tell whether a path is a file that ``open_stems`` would take for a stem, by its name."""
    return not path.name.startswith(".") and path.suffix.lower() in AUDIO_SUFFIXES and path.is_file()


def drum_blocks(strokes: Sequence[tuple[float, int, int]], rate_hz: int, sizes: Sequence[int]) -> Iterator[FloatArray]:
    """Yield drums played by the mock DAW's voices, blocks (samples, 2) of these sizes one after the other.

    A stroke is when in seconds, the key of General MIDI's percussion map, and the velocity.
    """
    part, place = DrumPart([Stroke(*stroke) for stroke in strokes], rate_hz), 0
    for size in sizes:
        yield part.read(place, size)
        place += size


def _to_engine(strip: Strip, *, muted: bool) -> EngineStrip:
    return EngineStrip(strip.gain_db, strip.pan, _bands(strip.eq), strip.high_pass_hz, muted)


def _from_engine(strip: EngineStrip) -> Strip:
    return Strip(strip.gain_db, strip.pan, _eq(strip.eq), strip.high_pass_hz)


def _bands(eq: tuple[EqBand, ...]) -> tuple[Band, ...]:
    return tuple(Band(Shape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in eq)


def _eq(bands: tuple[Band, ...]) -> tuple[EqBand, ...]:
    return tuple(EqBand(EqShape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in bands)


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
