"""What ``faderbot learn`` does: take a lesson, or list, take back, export or forget those that were taken."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from agent.roles import Role
from agent.taste import KNOBS, Preference, Taste
from bridge.connecting import Door, connected, faders_alone, metered
from bridge.journal import Journal, default_folder, now
from bridge.learn_job import Lesson, lesson_in_daw, lesson_in_files
from bridge.live import LiveDaw
from bridge.live_command import alone
from bridge.reaper.file_report import telling
from bridge.taste_file import Lessons, Line, TasteFile, default_file
from bridge.taste_used import say_unread
from bridge.taste_words import called, counted, liked_words, moved_words, words
from bridge.terminal import write
from bridge.wishes import WishUnclear

MIX_JSON, RPP = ".json", ".rpp"


def learn_from_daw(door: Door, *, stems: Path | None = None, dry_run: bool = False, as_json: bool = False) -> None:
    """Learn from what was changed in a DAW since its last mix. Raises ``TasteError``, ``DawError``, ``JournalError``.

    Nothing is written there.
    """
    by_meters = door.other is not None and stems is None
    way: AbstractContextManager[LiveDaw] = metered(door) if by_meters else connected(door, stems=stems)
    with telling(door.through) as told, alone(door), way as daw:
        others = faders_alone(door) if stems is None else ()
        lesson = lesson_in_daw(daw, Journal(default_folder()), now(), others=others)
        told({"lines": _learned(lesson, dry_run=dry_run, as_json=as_json)})


def learn_from_files(
    mix_json: Path, project: Path | None = None, *, dry_run: bool = False, as_json: bool = False
) -> None:
    """Learn from what was changed in the project that a mix wrote. Raises ``TasteError`` and ``DawError``."""
    lesson = lesson_in_files(mix_json, project or mix_json.with_suffix(".RPP"), now())
    _learned(lesson, dry_run=dry_run, as_json=as_json)


def list_taste(*, through: Path | None = None, as_json: bool = False) -> None:
    """Print what was learned, and tell it to REAPER's script ``through`` its folder. Raises ``TasteError``."""
    file = TasteFile(default_file())
    with telling(through) as told:
        known = file.read()
        say_unread(known)
        said = list(_listing(known)) or [f"Nothing is learned yet ({file.path})"]
        told({"lines": [*said, *known.unread]})
    _show(said, known, file, as_json=as_json)


def undo_lesson(*, through: Path | None = None, dry_run: bool = False, as_json: bool = False) -> None:
    """Take the last lesson back, and tell it to REAPER's script ``through`` its folder. Raises ``TasteError``."""
    file = TasteFile(default_file())
    with telling(through) as told:
        known = file.read()
        gone = known.of(known.ids[-1]) if dry_run and known.ids else file.undo()
        left = Lessons(tuple(one for one in known.preferences if one.lesson != gone[0].lesson), known.unread)
        said = [
            f"{'Would take back' if dry_run else 'Taken back'}: {_lesson_words(gone)}",
            *_shifts(gone, known.taste(gone[0].style), left.taste(gone[0].style)),
            f"{counted(len(left.ids))} left",
        ]
        told({"lines": said})
    _show(said, left, file, as_json=as_json)


def export_taste(path: Path) -> None:
    """Write what was learned to another file. Raises ``TasteError``."""
    file = TasteFile(default_file())
    say_unread(file.read())
    count = file.export(path)
    write(f"{count} {'preference' if count == 1 else 'preferences'} written to {path}, a line of JSON each\n")


def forget_taste(*, dry_run: bool = False) -> None:
    """Delete all that was learned. Raises ``TasteError``."""
    file = TasteFile(default_file())
    if dry_run:
        write(f"Would forget {counted(len(file.read().ids))}\n")
    else:
        write(f"Forgotten: {counted(file.forget())}\n")


def from_files(stems: Path | None, project: Path | None) -> bool:
    """Tell whether files are to be compared, and no DAW asked. Raises ``WishUnclear``."""
    if stems is not None and stems.suffix.lower() == MIX_JSON:
        return True
    if stems is not None and stems.suffix.lower() == RPP:
        raise WishUnclear(f"{stems} is a project: name the mix.json of its mix before it")
    if project is not None:
        raise WishUnclear("a project file is compared with the mix.json of its mix: name that before it")
    return False


def _learned(lesson: Lesson, *, dry_run: bool, as_json: bool) -> list[str]:
    file = TasteFile(default_file())
    known = file.read()
    say_unread(known)
    if not dry_run:
        file.add(lesson.preferences)
    mine = lesson.preferences[0].lesson
    others = tuple(one for one in known.preferences if one.lesson != mine)
    after = Lessons(known.preferences if dry_run else (*others, *lesson.preferences), known.unread)
    was, now_ = known.taste(lesson.style), lesson.added_to(known)
    said = [
        f"{'Would learn' if dry_run else 'Learned'}: {_lesson_words(lesson.preferences)}",
        *(liked_words(one, was, now_, kept=not dry_run) for one in lesson.preferences),
        *lesson.left,
    ]
    way_back = [] if dry_run or as_json else ["faderbot learn --undo takes it back"]
    _show([*said, *way_back], after, file, as_json=as_json, lesson=lesson.preferences)
    return said[1:]


def _lesson_words(lesson: Sequence[Preference]) -> str:
    first = lesson[0]
    return f"{', '.join(map(moved_words, lesson))} ({first.style}, {first.session}, {first.at})"


def _shifts(lesson: Sequence[Preference], before: Taste, after: Taste) -> Iterator[str]:
    """Yield how the targets of a lesson's roles were shifted and are now."""
    for role in dict.fromkeys(one.role for one in lesson):
        was, now_ = (words(role, liked) or f"{called(role)} as the style has it" for liked in (before, after))
        yield f"your taste was: {was}; it is now: {now_}"


def _listing(known: Lessons) -> Iterator[str]:
    for lesson in known.ids:
        yield _lesson_words(known.of(lesson))
    for style in dict.fromkeys(one.style for one in known.preferences):
        liked = known.taste(style)
        told = [text for role in liked.shifts if (text := words(role, liked))]
        yield f"your taste in {style}: {'; '.join(told) or 'as the style has it'}"


def _show(
    said: Sequence[str], known: Lessons, file: TasteFile, *, as_json: bool, lesson: Sequence[Preference] = ()
) -> None:
    if as_json:
        write(json.dumps(_document(said, known, file, lesson), indent=1) + "\n")
        return
    for line in said:
        write(line + "\n")


def _document(said: Sequence[str], known: Lessons, file: TasteFile, lesson: Sequence[Preference]) -> dict[str, object]:
    return {
        "schema": "faderbot-taste",
        "version": 1,
        "file": str(file.path),
        "lesson": [_line(one) for one in lesson],
        "preferences": [_line(one) for one in known.preferences],
        "shifts": list(_all_shifts(known)),
        "notes": [*known.unread],
        "lines": [*said],
    }


def _line(one: Preference) -> dict[str, object]:
    return Line.of(one).model_dump(mode="json")


def _all_shifts(known: Lessons) -> Iterator[dict[str, object]]:
    for style in dict.fromkeys(one.style for one in known.preferences):
        liked = known.taste(style)
        for role, knobs in liked.shifts.items():
            yield from (_shift(style, role, liked, knob) for knob in KNOBS if knob in knobs)


def _shift(style: str, role: Role, liked: Taste, knob: str) -> dict[str, object]:
    shift = next(found for name, found in liked.shifts[role].items() if name == knob)
    return {
        "style": style,
        "role": role.value,
        "knob": str(knob),
        "shift_db": shift.shift_db,
        "lessons": shift.lessons,
    }
