"""A user's taste: what was changed by hand after a mix, by role and style, and the shift of the targets that follows.

A fader says something only against the others: if all went up alike, the mix was too quiet, not its balance wrong. So
the common gain, which is the median of all moves, is taken off first. What is then left for the tracks of a role, their
mean, is one *preference*, kept with the shift that was at work in the mix: what was wanted against the plain target is
the sum of the two. An EQ band is absolute, and nothing is taken off it. A role that was left alone teaches nothing.

A shift follows lesson by lesson. After n lessons it goes to the sum of what they wanted over n + 1: the mean of n
measurements and of one more that says 0, as if the plain target had been a lesson too (the posterior mean of a normal
prior as wide as the scatter of one lesson; Gelman et al., Bayesian Data Analysis, section 2.5). One lesson thus counts
half, the second two thirds, so that one odd song does not turn the targets over, and a taste that is always the same is
reached in the end. On top of that a lesson moves a shift by no more than a step, and no shift leaves a total, whatever
the lessons say; a single one counts for no more than ``MOST_WANTED_DB``, for beyond that a track was all but taken out
of the song, which is arranging. Only the last ten lessons of a role count: tastes change.

Everything is a function of the preferences in their order: the same ones give the same shifts.
"""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from agent.actions import limits_around
from agent.roles import Role
from agent.session import BAND_NAMES, Settings
from agent.targets import Goal

MOVED_DB = 0.5  # less is a DAW's rounding, or a hand that slipped
MOST_WANTED_DB = 6.0
RECENT = 10
_PLAIN_LESSONS = 1  # how many lessons the plain target counts for
_DIGITS = 2


class Knob(StrEnum):
    """What can be turned on a track: its level, and the four bands of its EQ, low to high."""

    LEVEL = "level"
    LOW = BAND_NAMES[0]
    LOW_MID = BAND_NAMES[1]
    HIGH_MID = BAND_NAMES[2]
    HIGH = BAND_NAMES[3]


KNOBS = tuple(Knob)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far one lesson moves a shift, and how far all of them together do, in dB."""

    step_db: float
    total_db: float


# A step that is heard and not much more, a total
# that leaves the balance of the styles recognisable; an EQ is more delicate than a fader.
LEVEL_BOUNDS = Bounds(1.5, 4.0)
EQ_BOUNDS = Bounds(1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Turned:
    """A track as a mix set it and as it stands: gains in dB, by knob.

    A knob that is not in ``now_db`` was not seen. ``taste_db`` are the shifts that the mix had taken into account.
    """

    role: Role
    set_db: Mapping[Knob, float]
    now_db: Mapping[Knob, float]
    taste_db: Mapping[Knob, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preference:
    """What one lesson says of a role in a style: a knob was moved so far from where the mix had set it.

    ``moved_db`` of a level is against the other tracks. ``taste_db`` was at work in that mix. ``lesson`` tells the
    lesson, ``session`` the song, ``at`` when it was learned, in words.
    """

    role: Role
    style: str
    knob: Knob
    moved_db: float
    taste_db: float = 0.0
    lesson: str = ""
    session: str = ""
    at: str = ""

    @property
    def wanted_db(self) -> float:
        """What was wanted against the plain target in dB, as far as one lesson may say."""
        return min(max(self.taste_db + self.moved_db, -MOST_WANTED_DB), MOST_WANTED_DB)


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a target is moved in dB, and by how many lessons."""

    shift_db: float
    lessons: int


@dataclass(frozen=True, slots=True)
class Taste:
    """The shifts of one style, by role and knob; empty for a taste that is not known."""

    shifts: Mapping[Role, Mapping[Knob, Shift]] = field(default_factory=dict)

    @property
    def levels_db(self) -> Mapping[Role, float]:
        """The shifts of the roles' levels in dB."""
        return {role: knobs[Knob.LEVEL].shift_db for role, knobs in self.shifts.items() if Knob.LEVEL in knobs}

    def shift_db(self, role: Role, knob: Knob) -> float:
        """Return a shift in dB; 0 where nothing was learned."""
        shift = self.shifts.get(role, {}).get(knob)
        return 0.0 if shift is None else shift.shift_db

    def without_eq(self) -> "Taste":
        """Return the taste in levels alone."""
        return Taste({role: {k: s for k, s in knobs.items() if k is Knob.LEVEL} for role, knobs in self.shifts.items()})


def taste(preferences: Iterable[Preference], style: str) -> Taste:
    """Return the taste in a style that the preferences come to, the oldest first."""
    wanted: dict[Role, dict[Knob, list[float]]] = {}
    for one in preferences:
        if one.style == style:
            wanted.setdefault(one.role, {}).setdefault(one.knob, []).append(one.wanted_db)
    return Taste(
        {
            role: {
                knob: Shift(shift_db(knobs[knob], bounds(knob)), len(knobs[knob])) for knob in KNOBS if knob in knobs
            }
            for role, knobs in sorted(wanted.items())
        }
    )


def bounds(knob: Knob) -> Bounds:
    """Return how far a knob's target may be shifted."""
    return LEVEL_BOUNDS if knob is Knob.LEVEL else EQ_BOUNDS


def shift_db(wanted_db: Sequence[float], within: Bounds) -> float:
    """Return the shift in dB that lessons come to, the oldest first; to hundredths of a dB."""
    shift = 0.0
    for count in range(1, len(wanted_db) + 1):
        recent = wanted_db[max(0, count - RECENT) : count]
        aim_db = sum(recent) / (len(recent) + _PLAIN_LESSONS)
        step_db = min(max(aim_db - shift, -within.step_db), within.step_db)
        shift = min(max(shift + step_db, -within.total_db), within.total_db)
    return round(shift, _DIGITS)


def differences(tracks: Sequence[Turned], style: str) -> tuple[Preference, ...]:
    """Return what was changed by hand, a preference for each role and knob that was moved; none where nothing was.

    A track whose role is not known teaches nothing of others: it only counts in what all have in common.
    """
    common_db = _common_db(tracks)
    moved: dict[tuple[Role, Knob], list[tuple[float, float]]] = {}
    for track in tracks:
        for knob in KNOBS:
            if knob in track.set_db and knob in track.now_db and track.role is not Role.OTHER:
                by_db = track.now_db[knob] - track.set_db[knob] - (common_db if knob is Knob.LEVEL else 0.0)
                moved.setdefault((track.role, knob), []).append((by_db, track.taste_db.get(knob, 0.0)))
    return tuple(_means(moved, style))


def _common_db(tracks: Iterable[Turned]) -> float:
    moves = [t.now_db[Knob.LEVEL] - t.set_db[Knob.LEVEL] for t in tracks if Knob.LEVEL in t.now_db]
    return statistics.median(moves) if moves else 0.0


def _means(moved: Mapping[tuple[Role, Knob], Sequence[tuple[float, float]]], style: str) -> Iterator[Preference]:
    for (role, knob), pairs in sorted(moved.items(), key=lambda item: (item[0][0], KNOBS.index(item[0][1]))):
        moved_db, taste_db = (round(statistics.fmean(values), _DIGITS) for values in zip(*pairs, strict=True))
        if abs(moved_db) >= MOVED_DB:
            yield Preference(role, style, knob, moved_db, taste_db)


def tasted(
    found: Settings,
    planned: Settings,
    roles: Sequence[Role],
    liked: Taste,
    wanted: Goal,
) -> Settings:
    """Return planned settings with each knob turned by its role's shift, within the safety limits around ``found``.

    The agent mixes to the plain target, and the shift is laid on what it set, for its dead zones would swallow the
    small ones; what the user then moves is again against this.
    """
    limits = limits_around(found)
    strips = list(planned.strips)
    for k, role in enumerate(roles):
        if not wanted.movable[k] or role not in liked.shifts:
            continue
        level_db, *eq_db = (liked.shift_db(role, knob) for knob in KNOBS)
        fader_db = min(max(strips[k].gain_db + level_db, limits.fader_low_db[k]), limits.fader_high_db[k])
        strips[k] = replace(strips[k], gain_db=float(fader_db))
        if any(eq_db) and k not in wanted.bare:
            gains_db = np.clip(np.add(strips[k].eq_gains_db, eq_db), limits.eq_low_db[k], limits.eq_high_db[k])
            strips[k] = strips[k].with_eq_gains(tuple(gains_db.tolist()))
    return replace(planned, strips=tuple(strips))
