"""Learning from the user: what was changed by hand after a mix, in a DAW or in the project that a mix wrote.

Nothing is written to the DAW. What a mix set is in the journal, or in its mix.json; how it stands is read; the rest is
``agent.taste``'s.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from agent.roles import Role
from agent.taste import KNOBS, MOVED_DB, Knob, Preference, Taste, Turned, differences, taste
from bridge.changes import BandValue, Change, Value, same
from bridge.embedded import project_strips
from bridge.gains import gain_db, within_fader
from bridge.journal import Entry, Journal
from bridge.last_job import last_job
from bridge.live import LiveDaw
from bridge.mixed import Mixed
from bridge.notes import listed
from bridge.schema import MixDocument, TrackPart
from bridge.taste_file import Lessons, TasteError

_BANDS = len(KNOBS) - 1


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one mix and the user's changes after it teach, and in words what could not be compared."""

    preferences: tuple[Preference, ...]
    left: tuple[str, ...] = ()

    @property
    def style(self) -> str:
        """The style that it is of."""
        return self.preferences[0].style

    @property
    def session(self) -> str:
        """The song."""
        return self.preferences[0].session

    def added_to(self, known: Lessons) -> Taste:
        """Return the taste in its style once it is learned, in place of what the same mix taught before."""
        ours = self.preferences[0].lesson
        return taste([*(one for one in known.preferences if one.lesson != ours), *self.preferences], self.style)


def lesson_in_daw(daw: LiveDaw, journal: Journal, at: str, *, others: Sequence[LiveDaw] = ()) -> Lesson:
    """Compare the last mix of the open project with how it stands; ``at`` is the time now, in words.

    Rhythms that were written since are passed over. Raises ``TasteError``, ``DawError`` and ``JournalError``.
    """
    job = last_job(daw, journal, others, counts=lambda entry: entry.made is None, to="to learn from")
    daw, entry = job.daw, job.entry
    if entry.state.unfinished:
        raise TasteError(f"the last job ({entry.title}) was cut off in the middle: run faderbot undo first")
    if entry.mixed is None:
        raise TasteError(
            f"the last job ({entry.title}) was no mix, or one by an older Faderbot: mix, change what you do not like, "
            "then learn"
        )
    _whole(entry.mixed.strength, entry.title)
    _still_up(daw, entry)
    tracks, left = _in_daw(daw, entry.mixed)
    return _lesson(tracks, left, entry.mixed.style, lesson=entry.at, session=Path(entry.project).stem, at=at)


def lesson_in_files(mix_json: Path, project: Path, at: str) -> Lesson:
    """Compare a mix of a folder of stems, by its mix.json, with a REAPER project made of its mix.RPP.

    Raises ``TasteError``, and ``DawError`` for what is no project.
    """
    try:
        text = mix_json.read_bytes()
        document = MixDocument.model_validate_json(text)
    except OSError as error:
        raise TasteError(f"{mix_json} can not be read ({error.strerror or error}): name a mix.json") from error
    except ValidationError as error:
        raise TasteError(f"{mix_json} is no mix.json of this version of Faderbot: mix again, then learn") from error
    _whole(document.strength, str(mix_json))
    strips = project_strips(project)
    tracks: list[Turned] = []
    left: list[str] = []
    for part in document.tracks:
        if part.locked or part.silent or part.after.gain_db is None:
            continue
        strip = strips.get(part.name)
        if strip is None or strip.gain_db == -math.inf:
            left.append(part.name)
            continue
        is_seen = document.eq_allowed and strip.eq_gains_db is not None
        now_db = (strip.gain_db, *(strip.eq_gains_db or ())) if is_seen else (strip.gain_db,)
        tracks.append(Turned(Role(part.role), _by_knob(_set_db(part)), _by_knob(now_db), part.taste_db or {}))
    if not tracks:
        raise TasteError(f"no track of {mix_json} is in {project}: name the project that the mix wrote, with changes")
    lesson = f"mix.json {hashlib.sha256(text).hexdigest()[:16]}"
    return _lesson(tracks, left, document.style, lesson=lesson, session=document.session, at=at)


def _lesson(tracks: Sequence[Turned], left: Sequence[str], style: str, *, lesson: str, session: str, at: str) -> Lesson:
    moved = differences(tracks, style)
    if not moved:
        raise TasteError(
            f"nothing was moved by {MOVED_DB:g} dB or more against the other tracks since the mix of {session}, on a "
            "track whose role is known: nothing to learn"
        )
    named = tuple(replace(one, lesson=lesson, session=session, at=at) for one in moved)
    return Lesson(named, (f"not compared, since gone, closed or laid out otherwise: {listed(left)}",) if left else ())


def _whole(strength: float, mix: str) -> None:
    if strength != 1.0:
        raise TasteError(f"{mix} went only {strength:g} of its way (--strength), so it tells nothing of its targets")


def _still_up(daw: LiveDaw, entry: Entry) -> None:
    """Raise ``TasteError`` where it is not the mix that stands, but what was there before it, or another project."""
    moved = [change for change in entry.changes if not same(change.found, change.wanted)]
    pairs = list(zip(moved, daw.standing(moved), strict=True))
    before, after = (sum(same(value, end) for end, value in ends) for ends in _ends(pairs))
    if before > after:
        raise TasteError(
            f"the mix ({entry.title}) is not up: it was undone or is being compared. Bring it back up "
            "(faderbot compare, or redo), then learn"
        )


def _ends(pairs: Sequence[tuple[Change, Value | None]]) -> tuple[list[tuple[Value, Value | None]], ...]:
    return [(c.found, value) for c, value in pairs], [(c.wanted, value) for c, value in pairs]


def _in_daw(daw: LiveDaw, mixed: Mixed) -> tuple[list[Turned], list[str]]:
    """Return the tracks of a mix as they were set and stand, and the names of those that can not be compared."""
    faders = [Change(track=t.key, name=t.name, what="fader", found=t.fader, wanted=t.fader) for t in mixed.tracks]
    with_eq = [track for track in mixed.tracks if track.eq is not None]
    eqs = [Change(track=t.key, name=t.name, what="eq", found=t.eq or (), wanted=t.eq or ()) for t in with_eq]
    values = daw.standing([*faders, *eqs])
    eq_now = {track.key: value for track, value in zip(with_eq, values[len(faders) :], strict=True)}
    tracks: list[Turned] = []
    left: list[str] = []
    for track, value in zip(mixed.tracks, values, strict=False):
        now_db = within_fader(gain_db(value)) if isinstance(value, float) else -math.inf
        if now_db == -math.inf:
            left.append(track.name)
            continue
        was, now = _eq_db(track.eq), _eq_db(eq_now.get(track.key))
        if track.eq and eq_now.get(track.key) == ():  # gone, or no longer as we lay it out: it is the user's now
            now = None
        if was is not None and now is None:
            left.append(f"the EQ of {track.name}")
        eq = was is not None and now is not None
        tracks.append(
            Turned(
                Role(track.role),
                _by_knob((gain_db(track.fader), *(was or ()))),
                _by_knob((now_db, *((now or ()) if eq else ()))),
                track.taste_db,
            )
        )
    if len(tracks) < len(mixed.tracks) / 2:
        raise TasteError(
            f"the project changed since the mix: {listed(left)} can not be compared any more. Mix again, then learn"
        )
    return tracks, left


def _eq_db(value: Value | None) -> tuple[float, ...] | None:
    """Return the gains of the first four bands, all flat where there is no EQ; None where they are not known."""
    if not isinstance(value, tuple):
        return None
    bands: tuple[BandValue, ...] = value[:_BANDS]
    return tuple(band.gain_db if band.enabled else 0.0 for band in bands) if bands else (0.0,) * _BANDS


def _set_db(part: TrackPart) -> tuple[float, ...]:
    return (part.after.gain_db or 0.0, *(band.gain_db for band in part.after.eq))


def _by_knob(values_db: Sequence[float]) -> dict[Knob, float]:
    return dict(zip(KNOBS, values_db, strict=False))
