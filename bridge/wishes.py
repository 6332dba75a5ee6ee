"""From what was typed to what is wished: targets, styles and track names."""

from collections.abc import Callable, Sequence

from agent.mixing import Wish
from agent.targets import LOUDNESS_LUFS, STYLES
from agent.taste import Taste


class WishUnclear(ValueError):  # noqa: N818 - a state, named as the user sees it
    """Something the user asked for is not known or not possible, in one line that says what is."""


def wish(
    names: Sequence[str],
    *,
    target: str = "streaming",
    style: str = "balanced",
    focus: Sequence[str] = (),
    lock: Sequence[str] = (),
    strength: float = 1.0,
    eq: bool = True,
    liked: Callable[[str], Taste] = lambda _style: Taste(),
) -> Wish:
    """Return the wish for a session with tracks of these names; ``liked`` tells the user's taste in a style.

    Raises ``WishUnclear``.
    """
    try:
        return Wish(
            loudness_lufs(target),
            STYLES[style_name(style)],
            _found(focus, names),
            _found(lock, names),
            strength,
            eq,
            style_name=style_name(style),
            taste=liked(style_name(style)),
        )
    except WishUnclear:
        raise
    except ValueError as error:
        raise WishUnclear(str(error)) from error


def loudness_lufs(target: str) -> float:
    """Return a preset's loudness in LUFS, or the number that was given. Raises ``WishUnclear``."""
    preset = LOUDNESS_LUFS.get(target.strip().casefold())
    if preset is not None:
        return preset
    try:
        return float(target.casefold().removesuffix("lufs").replace("−", "-"))
    except ValueError:
        presets = ", ".join(LOUDNESS_LUFS)
        raise WishUnclear(f"there is no target {target!r}: choose from {presets} or give LUFS, as -18") from None


def style_name(typed: str) -> str:
    """Return a style's name as the table has it. Raises ``WishUnclear``."""
    name = typed.strip().casefold()
    if name not in STYLES:
        raise WishUnclear(f"there is no style {typed!r}: choose from {', '.join(STYLES)}")
    return name


def find_tracks(wanted: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return the number of the track of this name: exactly, else in any case, else by its only beginning or part.

    "#3" is the third track, "=Bass" the one of exactly this name, for programs that can not be asked back. Where
    several tracks have that very name, all of them are meant. Raises ``WishUnclear``, listing the names.
    """
    folded = wanted.casefold()
    if wanted not in names and wanted.startswith("#") and wanted[1:].isdecimal():
        numbers = [f"#{number}" for number in range(1, len(names) + 1)]
        if wanted not in numbers:
            raise WishUnclear(f"there is no track {wanted[1:20]}: there are {len(names)}")
        return (numbers.index(wanted),)
    if wanted not in names and wanted.startswith("="):
        wanted = wanted.removeprefix("=")
        folded = wanted if wanted in names else ""
    ways = (
        [k for k, name in enumerate(names) if name == wanted],
        [k for k, name in enumerate(names) if name.casefold() == folded],
        [k for k, name in enumerate(names) if name.casefold().startswith(folded)],
        [k for k, name in enumerate(names) if folded in name.casefold()],
    )
    found = next((way for way in ways if way), [])
    if folded and len({names[k] for k in found}) == 1:
        return tuple(found)
    meant = dict.fromkeys(names[k] for k in found) if folded and found else names
    problem = "could be several tracks" if folded and found else "is no track"
    raise WishUnclear(f"{wanted!r} {problem}: choose from {', '.join(meant)}")


def _found(wanted: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(track for name in wanted for track in find_tracks(name, names)))
