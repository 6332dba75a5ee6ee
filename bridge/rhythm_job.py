"""Hear a session, find its pulse, and write drums to it: the same for a folder of stems and for a running DAW."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from agent.hearing.onsets import Onsets, hear_onsets
from agent.hearing.pulse import Grid, NoPulse, Pulse, find_pulse
from agent.rhythm.music import DRUM_ROLES, LAYER_OF, Music, music_of
from agent.rhythm.styles import style
from agent.rhythm.writing import AUTO, RhythmWish, write_rhythm
from agent.roles import Role, role_from_name
from agent.session import Session
from bridge.live import Ruler
from bridge.notes import listed
from bridge.planned import audio_of
from bridge.progress import Progress, Stage
from bridge.rhythm_result import RhythmResult
from bridge.wishes import WishUnclear

FloatArray = NDArray[np.float32]

# Beats of a bar by its time signature; the two of 6/8 are dotted quarters.
METERS: Mapping[str, int] = MappingProxyType({"4/4": 4, "3/4": 3, "6/8": 2})
TEMPO_RANGE_BPM = (20.0, 400.0)
_UNSURE = 0.25
# Project tempos are counted in the eighths of these time signatures, three to a beat.
_COMPOUND = frozenset({6.0, 9.0, 12.0})


@dataclass(frozen=True, slots=True)
class RhythmOptions:
    """What is wanted of a rhythm, as it was typed. ``tempo_bpm`` and ``meter`` are None where they are to be heard."""

    style: str = AUTO
    bars: int | None = None
    density: float | None = None
    swing: float | None = None
    humanize: float = 0.5
    seed: int = 0
    tempo_bpm: float | None = None
    meter: str | None = None

    def wish(self) -> RhythmWish:
        """Return the wish. Raises ``WishUnclear``, for a style or a meter that is not known too."""
        if self.meter is not None and self.meter not in METERS:
            raise WishUnclear(f"there is no meter {self.meter!r} here: choose from {', '.join(METERS)}")
        name = self.style.strip().casefold()
        try:
            if name != AUTO:
                style(name)
            return RhythmWish(name, self.bars, self.density, self.swing, self.humanize, self.seed)
        except (KeyError, ValueError) as error:
            raise WishUnclear(str(error.args[0])) from error


def write_part(
    session: Session,
    blocks: Iterable[FloatArray],
    options: RhythmOptions,
    progress: Progress,
    *,
    daw: str,
    dry_run: bool = False,
    ruler: Ruler | None = None,
    said: Sequence[str] = (),
) -> RhythmResult:
    """Hear a session's audio, as ``agent.daw.Daw.audio`` yields it, and write drums to it.

    ``ruler`` is the project's own grid, ``said`` what is to be said of the session already. Raises ``WishUnclear``
    before anything is heard, ``SessionUnreadable``, and ``NoPulse``, for a session that is silent too.
    """
    wish = options.wish()
    progress.begin(Stage.HEAR, max(1, round(session.length_s * session.sample_rate_hz)))
    with audio_of(session):
        onsets = hear_onsets(blocks, session.sample_rate_hz, progress.advance)
    if not onsets.strength.any():
        raise NoPulse(f"{session.name} is silent: there is nothing to play along with")
    roles = tuple(role_from_name(track.name) or Role.OTHER for track in session.tracks)
    progress.begin(Stage.PLAN, 1.0)
    pulse = _pulse(onsets, roles, options, ruler)
    music = _music(onsets, pulse, roles)
    plan = write_rhythm(music, wish, _Shares(progress))
    return RhythmResult(
        session.name,
        daw,
        dry_run,
        session.length_s,
        pulse,
        music,
        wish,
        plan,
        (*said, *pulse.notes, *_on_hearing(session, roles, pulse, music, wish), *plan.notes),
    )


def grid_of(ruler: Ruler | None) -> Grid | None:
    """Return a project's grid as hearing takes it; None where its tempo changes, or there is none.

    A DAW counts what its time signature counts: 6/8 has six beats there and two here.
    """
    if ruler is None or not ruler.steady or ruler.beats_per_bar < 1.0:
        return None
    if ruler.beats_per_bar in _COMPOUND:
        return Grid(ruler.tempo_bpm / 3.0, 0.0, round(ruler.beats_per_bar / 3.0))
    return Grid(ruler.tempo_bpm, 0.0, round(ruler.beats_per_bar))


def _pulse(onsets: Onsets, roles: Sequence[Role], options: RhythmOptions, ruler: Ruler | None) -> Pulse:
    beats_per_bar = None if options.meter is None else METERS[options.meter]
    return find_pulse(
        onsets, roles=roles, grid=grid_of(ruler), tempo_bpm=options.tempo_bpm, beats_per_bar=beats_per_bar
    )


def _music(onsets: Onsets, pulse: Pulse, roles: Sequence[Role]) -> Music:
    try:
        return music_of(onsets, pulse, roles)
    except ValueError as error:
        raise NoPulse(f"there is no whole bar to write drums for: {error}") from error


def _on_hearing(
    session: Session, roles: Sequence[Role], pulse: Pulse, music: Music, wish: RhythmWish
) -> tuple[str, ...]:
    said = []
    names = [track.name for track in session.tracks]
    drums = [name for name, role in zip(names, roles, strict=True) if role in DRUM_ROLES]
    if drums:
        alone = "mute them to hear these alone"
        said.append(f"drums that are there were heard for the beat, not copied; {alone}: {listed(drums)}")
    nameless = [track.name for track in session.tracks if role_from_name(track.name) is None]
    if nameless:
        said.append(f"heard as chords, since their names tell nothing else: {listed(nameless)}")
    apart = [n for n, role in zip(names, roles, strict=True) if role not in DRUM_ROLES and role not in LAYER_OF]
    if apart:
        said.append(f"not heard as music: {listed(apart)}")
    if pulse.confidence < _UNSURE:
        said.append("the pulse is not clear: if the drums are off, tell the tempo with --tempo")
    if wish.bars is not None and wish.bars > music.bars:
        said.append(f"the music ends after {music.bars} bars, and the drums with it")
    return tuple(said)


class _Shares:
    """Tells a progress what a share of the whole is more than the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0

    def __call__(self, share: float) -> None:
        self._progress.advance(share - self._share)
        self._share = share
