"""From what was typed for a tuning to what is wished: which tracks or the master, against which sound, how loud."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.daw import SessionUnreadable
from agent.hearing.bands import THIRD_OCTAVES_HZ
from agent.session import Track
from agent.tone.targets import SLOPE_DB_PER_OCT, ReferenceUnusable, ToneTarget, reference_target, style_target
from agent.tone.wishes import Scope, ToneWish
from bridge.embedded import EmbeddedDaw
from bridge.notes import lufs
from bridge.progress import Progress, Stage
from bridge.wishes import WishUnclear, find_tracks, loudness_lufs

KEEP = "keep"
USUAL_STYLE = "balanced"
LOUDNESS_RANGE_LUFS = (-40.0, -5.0)


@dataclass(frozen=True, slots=True)
class Sound:
    """What a session is to sound like: the spectrum, in words too, and how loud (None: as it is)."""

    target: ToneTarget = field(repr=False)
    words: str
    loudness_lufs: float | None


def sound(style: str | None, reference: Path | None, loudness: str | None, progress: Progress) -> Sound:
    """Return what is to be gone for; a reference is listened to.

    Its loudness counts too, unless another was typed. Raises ``WishUnclear`` and ``SessionUnreadable``.
    """
    told = None if loudness is None or loudness.strip().casefold() == KEEP else _told(loudness)
    if reference is None:
        name = tone_style(style or USUAL_STYLE)
        return Sound(style_target(THIRD_OCTAVES_HZ, name), f"style {name}", told)
    target = _listened(reference, progress)
    if loudness is None:
        told = target.loudness_lufs
        low, high = LOUDNESS_RANGE_LUFS
        if told is not None and not low <= told <= high:
            raise WishUnclear(
                f"{reference.name} has {lufs(told)}, outside {low:.0f} to {high:.0f}: say how loud with --target, or "
                "--target keep"
            )
    return Sound(target, f"reference {reference.name}", told)


def tone_wish(
    gone_for: Sound,
    names: Sequence[str],
    scope: Scope,
    *,
    only: Sequence[str] = (),
    lock: Sequence[str] = (),
    strength: float = 1.0,
    sweep: bool = True,
) -> ToneWish:
    """Return the wish for a session with tracks of these names. Raises ``WishUnclear``."""
    try:
        return ToneWish(
            scope=scope,
            target=gone_for.target,
            loudness_lufs=gone_for.loudness_lufs,
            locked=_found(lock, names),
            only=_found(only, names),
            strength=strength,
            sweep=sweep,
        )
    except WishUnclear:
        raise
    except ValueError as error:
        raise WishUnclear(str(error)) from error


def doable(wish: ToneWish, tracks: Sequence[Track]) -> ToneWish:
    """Return a wish for a session's tracks, of which those without an EQ are heard and left as they are."""
    bare = (number for number, track in enumerate(tracks) if not track.eq)
    return replace(wish, locked=tuple(dict.fromkeys((*wish.locked, *bare))))


def tone_style(typed: str) -> str:
    """Return a style's name as the targets have it. Raises ``WishUnclear``."""
    name = typed.strip().casefold()
    if name not in SLOPE_DB_PER_OCT:
        raise WishUnclear(f"there is no style {typed!r}: choose from {', '.join(SLOPE_DB_PER_OCT)}")
    return name


def _told(loudness: str) -> float:
    """Return the loudness that was typed. Raises ``WishUnclear``."""
    told, (low, high) = loudness_lufs(loudness), LOUDNESS_RANGE_LUFS
    if not low <= told <= high:
        raise WishUnclear(f"a loudness target of {told:g} LUFS is outside {low:.0f} to {high:.0f}")
    return told


def _listened(reference: Path, progress: Progress) -> ToneTarget:
    try:
        daw = EmbeddedDaw.open_file(reference)
        session = daw.read()
        progress.begin(Stage.READ, round(session.length_s * session.sample_rate_hz))
        blocks = (block[0] for block in daw.audio())
        return reference_target(blocks, session.sample_rate_hz, reference.name, progress.advance)
    except ReferenceUnusable as error:
        raise WishUnclear(str(error)) from error
    except SessionUnreadable as error:
        raise WishUnclear(f"the reference can not be used: {error}") from error


def _found(wanted: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(track for name in wanted for track in find_tracks(name, names)))
