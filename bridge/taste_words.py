"""A taste in words: what it shifts, and from how many lessons."""

from collections.abc import Iterator, Sequence

from agent.reasons import signed
from agent.roles import Role
from agent.taste import KNOBS, Knob, Preference, Taste, bounds

_PARTS = {Knob.LOW: "lows", Knob.LOW_MID: "low mids", Knob.HIGH_MID: "high mids", Knob.HIGH: "highs"}


def on_taste(liked: Taste, roles: Sequence[Role]) -> Iterator[str]:
    """Yield in one sentence how a taste shifts the targets of these roles, if it does."""
    told = [text for role in sorted(set(roles)) if (text := words(role, liked))]
    if told:
        yield f"your taste: {'; '.join(told)}"


def words(role: Role, liked: Taste) -> str:
    """Return how a taste shifts a role, in words; empty where it does not."""
    shifts = [(knob, liked.shifts[role][knob]) for knob in KNOBS if knob in liked.shifts.get(role, {})]
    moved = [f"{_eq(knob)}{signed(shift.shift_db)}" for knob, shift in shifts if shift.shift_db]
    lessons = max((shift.lessons for _, shift in shifts), default=0)
    return f"{called(role)} {' and '.join(moved)}, from {counted(lessons)}" if moved else ""


def called(role: Role) -> str:
    """Return a role's name in words."""
    return role.value.replace("_", " ")


def counted(lessons: int) -> str:
    """Write a number of lessons."""
    return "1 lesson" if lessons == 1 else f"{lessons} lessons"


def moved_words(one: Preference) -> str:
    """Return what was moved, in words: "bass +2.0 dB", "lead vocal EQ high −1.0 dB"."""
    return f"{called(one.role)} {_eq(one.knob)}{signed(one.moved_db)}"


def liked_words(one: Preference, before: Taste, after: Taste, *, kept: bool = True) -> str:
    """Return what a user likes by what was moved, and what becomes of the target, in a sentence.

    "you like the bass 2.0 dB louder: from now on it comes 1.0 dB louder than usual in pop mixes". Where nothing is
    written down (not ``kept``) it is said of what would become.
    """
    was_db, now_db = (liked.shift_db(one.role, one.knob) for liked in (before, after))
    when = "from now on it comes" if kept else "it would come"
    comes = f"{when} {_than_usual(one.knob, now_db)} in {one.style} mixes"
    ends = [f"so far {_against(one.knob, was_db)}"] if was_db else []
    if abs(now_db) == bounds(one.knob).total_db:
        ends.append("which is the most")
    return f"you like the {called(one.role)} {_against(one.knob, one.moved_db)}: {', '.join([comes, *ends])}"


def _than_usual(knob: Knob, shift_db: float) -> str:
    return f"{_against(knob, shift_db)} than usual" if shift_db else "as usual"


def _against(knob: Knob, by_db: float) -> str:
    if knob is Knob.LEVEL:
        return f"{abs(by_db):.1f} dB {'louder' if by_db > 0.0 else 'quieter'}"
    return f"with {abs(by_db):.1f} dB {'more' if by_db > 0.0 else 'less'} of its {_PARTS[knob]}"


def _eq(knob: Knob) -> str:
    return "" if knob is Knob.LEVEL else f"EQ {knob.value} "
