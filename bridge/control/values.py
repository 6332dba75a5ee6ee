"""What is wanted of the jobs that a server starts: set message by message, kept for the server's life. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from agent.mixing import Wish
from bridge.control.rhythm_values import RhythmValues
from bridge.control.tune_values import TuneValues
from bridge.notes import listed
from bridge.osc.packets import Message
from bridge.tempo import tempo_wish
from bridge.wishes import WishUnclear, loudness_lufs, style_name

LONGEST_NAME, MOST_TRACKS = 200, 256
KEEP = "keep"

Chosen = Literal["lock", "focus"]


@dataclass(frozen=True, slots=True)
class Values:
    """The options of ``faderbot mix`` that can be set; tracks as ``bridge.wishes.find_tracks`` takes them.

    Strength and locked tracks are a tuning's, too; a rhythm and a tuning have values of their own beside them.
    """

    target: str = "streaming"
    style: str = "balanced"
    strength: float = 1.0
    eq: bool = True
    lock: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    tempo: str = KEEP
    rhythm: RhythmValues = field(default_factory=RhythmValues)
    tune: TuneValues = field(default_factory=TuneValues)

    def with_target(self, target: float | str) -> "Values":
        """Aim at a loudness in LUFS, or at a preset's. Raises ``WishUnclear``."""
        name = target if isinstance(target, str) else f"{target:g}"
        try:
            Wish(loudness_lufs(name))
        except WishUnclear:
            raise
        except ValueError as error:
            raise WishUnclear(str(error)) from error
        return replace(self, target=name)

    def with_strength(self, strength: float) -> "Values":
        """Go that far, in [0, 1]. Raises ``WishUnclear``."""
        if not 0.0 <= strength <= 1.0:
            raise WishUnclear(f"a strength of {strength:g} is outside 0 to 1")
        return replace(self, strength=round(strength, 4))  # as floats of 32 bits come

    def with_style(self, style: str) -> "Values":
        """Mix in that style. Raises ``WishUnclear``."""
        return replace(self, style=style_name(style))

    def with_eq(self, *, eq: bool) -> "Values":
        """Use EQ, or faders only."""
        return replace(self, eq=eq)

    def with_tempo(self, tempo: float | str) -> "Values":
        """Keep the tempo, match the material's, or go to one in BPM. Raises ``WishUnclear``."""
        name = tempo.strip().casefold() if isinstance(tempo, str) else f"{tempo:g}"
        tempo_wish(name)
        return replace(self, tempo=name)

    def with_rhythm(self, rhythm: RhythmValues) -> "Values":
        """Write rhythms so."""
        return replace(self, rhythm=rhythm)

    def with_tune(self, tune: TuneValues) -> "Values":
        """Tune so."""
        return replace(self, tune=tune)

    def with_track(self, chosen: Chosen, track: int | str, *, is_on: bool) -> "Values":
        """Lock a track or bring it into focus, or end that; by number or exact name. Raises ``WishUnclear``."""
        name = _reference(track)
        others = tuple(known for known in getattr(self, chosen) if known != name)
        if is_on and len(others) >= MOST_TRACKS:
            raise WishUnclear(f"{MOST_TRACKS} tracks are the most for {chosen}")
        tracks = (*others, name) if is_on else others
        return replace(self, lock=tracks) if chosen == "lock" else replace(self, focus=tracks)

    @property
    def target_lufs(self) -> float:
        """The loudness aimed at."""
        return loudness_lufs(self.target)

    def options(self) -> tuple[str, ...]:
        """Return them as options of ``faderbot mix``; each is one word, whatever a name holds."""
        return (
            f"--target={self.target}",
            f"--style={self.style}",
            f"--strength={self.strength:g}",
            "--eq" if self.eq else "--no-eq",
            *(() if self.tempo == KEEP else (f"--tempo={self.tempo}",)),
            *(f"--lock={track}" for track in self.lock),
            *(f"--focus={track}" for track in self.focus),
        )

    def tune_options(self) -> tuple[str, ...]:
        """Return what is a tuning's as options of ``faderbot tune``; the master is no track that could be locked."""
        lock = self.lock if self.tune.scope == "tracks" else ()
        return (*self.tune.options(), f"--strength={self.strength:g}", *(f"--lock={track}" for track in lock))

    def words(self) -> Iterator[str]:
        """Yield them in words, one each."""
        yield f"target {self.target}"
        yield f"strength {self.strength:g}"
        yield f"style {self.style}"
        yield f"eq {'on' if self.eq else 'off'}"
        for chosen, tracks in (("locked", self.lock), ("focus", self.focus)):
            yield f"{chosen} {listed([_named(track) for track in tracks]) if tracks else 'none'}"
        yield f"tempo {self.tempo}"
        yield from self.rhythm.words()
        yield from self.tune.words()

    def messages(self) -> tuple[Message, ...]:
        """Return them as the messages that would set them: a surface's faders follow these."""
        return (
            Message("/faderbot/target", (self.target_lufs,)),
            Message("/faderbot/strength", (self.strength,)),
            Message("/faderbot/style", (self.style,)),
            Message("/faderbot/eq", (int(self.eq),)),
            Message("/faderbot/tempo", (self.tempo,)),
            *self.rhythm.messages(),
            *self.tune.messages(),
        )


def _reference(track: int | str) -> str:
    if isinstance(track, int):
        if not 1 <= track <= 1 << 16:
            raise WishUnclear(f"there is no track {track}: they count from 1")
        return f"#{track}"
    if not track or len(track) > LONGEST_NAME:
        raise WishUnclear(f"a track's name has 1 to {LONGEST_NAME} characters")
    return f"={track}"


def _named(reference: str) -> str:
    return f"track {reference[1:]}" if reference.startswith("#") else reference[1:]
