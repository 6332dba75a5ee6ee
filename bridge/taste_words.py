"""A taste in words: what it shifts, and from how many lessons."""

from collections.abc import Iterator, Sequence

from agent.reasons import signed
from agent.roles import Role
from agent.taste import KNOBS, Knob, Preference, Taste


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


def _eq(knob: Knob) -> str:
    return "" if knob is Knob.LEVEL else f"EQ {knob.value} "
