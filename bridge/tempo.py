"""What becomes of a wish for a tempo: from what was typed, what was heard and what a DAW can do to a tempo to go to.

A wish for a tempo that can not be met is no reason not to mix: it is left out, and a note says why. Pure.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.hearing.pulse import Pulse
from agent.session import TEMPO_RANGE_BPM
from agent.tempo import MOST_STRETCH, TempoGoal
from bridge.notes import listed
from bridge.wishes import WishUnclear

_SAME = 1e-3
_COUNTED = {0.5: "half as fast", 1.0: "", 2.0: "twice as fast"}
_NAMED = 4


class TempoMode(StrEnum):
    """What is to become of the tempo."""

    KEEP = "keep"
    MATCH = "match"
    BPM = "bpm"


@dataclass(frozen=True, slots=True)
class TempoWish:
    """What was asked for: ``bpm`` with BPM alone. What else may be changed: items stretched or moved, tempo markers."""

    mode: TempoMode = TempoMode.KEEP
    bpm: float | None = None
    stretch_items: bool = False
    over_tempo_map: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anything is to become of it."""
        return self.mode is not TempoMode.KEEP

    @property
    def words(self) -> str:
        """What was asked for, as it is typed."""
        return self.mode.value if self.bpm is None else f"{self.bpm:g}"


@dataclass(frozen=True, slots=True)
class TempoRoom:
    """What a change of tempo does in a DAW: what it stretches, moves, or leaves as it is, by name.

    ``closed`` says why it can not be set there. ``markers`` are changes of tempo along the way. ``beats_per_bar`` is
    what the DAW's own grid counts, where it tells. ``unseen`` is what can not be told of that. ``grid_alone``: no audio
    there follows the tempo, whatever is set.
    """

    closed: str = ""
    stretched: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    still: tuple[str, ...] = ()
    markers: int = 0
    beats_per_bar: float | None = None
    unseen: str = ""
    grid_alone: bool = False

    def closed_to(self, wish: TempoWish) -> str:
        """Return why a wish can not be met, whatever is heard; empty where it may be."""
        if self.closed or not self.markers or wish.over_tempo_map:
            return self.closed
        markers = f"the project has {self.markers} tempo marker{'s' * (self.markers > 1)}"
        return f"{markers}, and --over-tempo-map was not said"


@dataclass(frozen=True, slots=True)
class TempoChoice:
    """What was decided: the tempo as it was and, where it changes, the goal; what was heard; what is to be said."""

    asked: str
    before_bpm: float
    goal: TempoGoal | None
    heard_bpm: float | None
    confidence: float | None
    notes: tuple[str, ...]


def tempo_wish(typed: str, *, stretch_items: bool = False, over_tempo_map: bool = False) -> TempoWish:
    """Return what was typed as a wish. Raises ``WishUnclear``."""
    word = typed.strip().casefold()
    if word in {TempoMode.KEEP, TempoMode.MATCH}:
        wish = TempoWish(TempoMode(word), None, stretch_items, over_tempo_map)
    else:
        wish = TempoWish(TempoMode.BPM, _bpm(word, typed), stretch_items, over_tempo_map)
    if not wish.wanted and (stretch_items or over_tempo_map):
        raise WishUnclear("--stretch-items and --over-tempo-map say what a --tempo may change: name one")
    return wish


def _bpm(word: str, typed: str) -> float:
    try:
        bpm = float(word.removesuffix("bpm"))
    except ValueError:
        raise WishUnclear(f"there is no tempo {typed!r}: keep, match or a number of BPM, as 96.5") from None
    low, high = TEMPO_RANGE_BPM
    if not low <= bpm <= high:
        raise WishUnclear(f"a tempo of {typed.strip()} BPM is outside {low:.0f} to {high:.0f}")
    return bpm


def for_stems(wish: TempoWish, before_bpm: float, pulse: Pulse | str) -> TempoChoice:
    """Decide for a folder of stems, which has no tempo of its own; ``pulse`` may be why none was heard.

    To match is to write the heard tempo into the project. A number of BPM is set against the heard tempo, counted as
    the user counts: half or twice as fast where that is nearer.
    """
    if isinstance(pulse, str):
        return TempoChoice(wish.words, before_bpm, None, None, None, (_left_alone(pulse),))
    heard_bpm = round(pulse.tempo_bpm, 3)
    told = (heard_bpm, round(pulse.confidence, 3))
    if wish.mode is TempoMode.MATCH:
        goal = _unless_there(TempoGoal(_in_range(heard_bpm)), before_bpm)
        return TempoChoice(wish.words, before_bpm, goal, *told, tuple(pulse.notes))
    assert wish.bpm is not None
    wanted_bpm = wish.bpm
    count = min(_COUNTED, key=lambda times: abs(math.log(wanted_bpm / heard_bpm / times)))
    found_bpm = _in_range(heard_bpm * count)
    goal, said = _stretch(wish.bpm, found_bpm, "the material")
    if goal is None:
        there = abs(wish.bpm / found_bpm - 1.0) <= _SAME  # then the grid is all that has to come to it
        grid = _unless_there(TempoGoal(wish.bpm, asked=True), before_bpm) if there else None
        return TempoChoice(wish.words, before_bpm, grid, *told, (*pulse.notes, *said))
    counted = (f"{found_bpm:.1f} BPM before: counted {_COUNTED[count]} as heard",) if count != 1.0 else ()
    return TempoChoice(wish.words, found_bpm, goal, *told, (*pulse.notes, *counted))


def for_daw(wish: TempoWish, before_bpm: float, pulse: Pulse | str | None, room: TempoRoom) -> TempoChoice:
    """Decide for a session that is open in a DAW; ``pulse`` is None where there is no audio to hear one in."""
    heard = pulse if isinstance(pulse, Pulse) and pulse.confidence > 0.0 else None
    heard_bpm = None if heard is None else round(_as_counted(heard, room), 3)
    confidence = None if heard is None else round(heard.confidence, 3)
    if wish.mode is TempoMode.BPM:
        goal, said = _sped(wish, before_bpm, heard_bpm, room)
    else:
        goal, said = _matched(wish, before_bpm, pulse, room)
    if closed := room.closed_to(wish):
        goal, said = None, (_left_alone(closed),)
    return TempoChoice(wish.words, before_bpm, goal, heard_bpm, confidence, said)


_Decided = tuple[TempoGoal | None, tuple[str, ...]]


def _matched(wish: TempoWish, before_bpm: float, pulse: Pulse | str | None, room: TempoRoom) -> _Decided:
    if not isinstance(pulse, Pulse):
        return None, (_left_alone(pulse or "it is matched by ear, and no audio comes this way"),)
    if pulse.confidence <= 0.0:  # the project's grid was taken, for want of anything that was heard
        return None, (_left_alone(" ".join(pulse.notes) or "no steady pulse was heard"),)
    goal = _unless_there(TempoGoal(_in_range(round(_as_counted(pulse, room), 3))), before_bpm)
    if pulse.source == "project" or goal is None:
        return None, (*pulse.notes, f"the grid of {before_bpm:.1f} BPM fits the material already")
    if (room.stretched or room.moved) and not wish.stretch_items:
        heard = f"it is heard at {goal.bpm:.1f} BPM, the project says {before_bpm:.1f}"
        return None, (*pulse.notes, heard, _left_alone(_in_the_way(room)))
    return goal, (*pulse.notes, *_on_items(room, matching=True))


def _sped(wish: TempoWish, before_bpm: float, heard_bpm: float | None, room: TempoRoom) -> _Decided:
    assert wish.bpm is not None
    if (room.still or room.moved) and not room.stretched:
        why = "no item follows the tempo, so nothing would be faster or slower"
        return None, (
            _left_alone(f"{why} (timebase time, or beats for the position only: {_some((*room.still, *room.moved))})"),
        )
    if room.grid_alone:
        grid = _unless_there(TempoGoal(wish.bpm, asked=True), before_bpm)
        there = (f"the tempo is {before_bpm:.1f} BPM already",)
        return grid, there if grid is None else tuple(_on_items(room, matching=False))
    goal, said = _stretch(wish.bpm, before_bpm, "the project")
    if goal is None:
        return None, said
    return goal, (*_on_grid(before_bpm, heard_bpm), *_on_items(room, matching=False))


def _stretch(bpm: float, found_bpm: float, what: str) -> _Decided:
    goal = TempoGoal(bpm, stretched=True)
    if not goal.within_reach(found_bpm):
        change = f"{100 * abs(bpm / found_bpm - 1):.1f} % {'faster' if bpm > found_bpm else 'slower'}"
        most = f"more than {100 * MOST_STRETCH:.0f} % sounds processed"
        return None, (_left_alone(f"{bpm:g} BPM is {change} than {what} ({found_bpm:.1f} BPM), and {most}"),)
    if (there := _unless_there(goal, found_bpm)) is None:
        return None, (f"the tempo is {found_bpm:.1f} BPM already",)
    return there, ()


def _unless_there(goal: TempoGoal, before_bpm: float) -> TempoGoal | None:
    return None if abs(goal.bpm / before_bpm - 1.0) <= _SAME else goal


def _in_range(bpm: float) -> float:
    low, high = TEMPO_RANGE_BPM
    return min(max(bpm, low), high)


def _as_counted(pulse: Pulse, room: TempoRoom) -> float:
    """Return a pulse's tempo in the DAW's own beats: where it counts six eighths, a pulse of two has a third of it."""
    bar = room.beats_per_bar
    eighths = bar is not None and bar == 3 * pulse.beats_per_bar and pulse.steps_per_beat % 3 == 0
    return pulse.tempo_bpm * (3.0 if eighths else 1.0)


def _on_grid(before_bpm: float, heard_bpm: float | None) -> Iterator[str]:
    if heard_bpm is None:
        return
    octaves = math.log2(heard_bpm / before_bpm)
    if abs(octaves - round(octaves)) > 0.05:
        grid = f"the project says {before_bpm:.1f} BPM, and the material is heard at {heard_bpm:.1f}"
        yield f"{grid}: the wanted tempo is the project's, the material changes by as much"


def _on_items(room: TempoRoom, *, matching: bool) -> Iterator[str]:
    if room.stretched and matching:
        yield f"stretched with the tempo, as was said (their timebase is beats): {_some(room.stretched)}"
    if room.moved:
        yield f"moved with the tempo, not stretched (timebase beats, position only): {_some(room.moved)}"
    if room.still and not matching:
        yield f"not stretched, since their timebase is time, so they will no longer fit: {_some(room.still)}"
    if room.unseen:
        yield room.unseen


def _in_the_way(room: TempoRoom) -> str:
    what = "stretch" if room.stretched else "move"
    names = _some((*room.stretched, *(name for name in room.moved if name not in room.stretched)))
    return (
        f"it would {what} items whose timebase is beats ({names}): set the project's timebase to time, "
        "or say --stretch-items"
    )


def _some(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _left_alone(why: str) -> str:
    return f"the tempo was left alone: {why}"
