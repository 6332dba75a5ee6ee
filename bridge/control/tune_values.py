"""What is wanted of the tunings that a server starts. Pure: a reference is opened by the job alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from agent.tone.targets import SLOPE_DB_PER_OCT
from bridge.osc.packets import Message
from bridge.wishes import WishUnclear

LONGEST_PATH = 1000

Scope = Literal["tracks", "master"]


@dataclass(frozen=True, slots=True)
class TuneValues:
    """The options of ``faderbot tune`` that are its own; a style and a reference take each other's place."""

    style: str = "balanced"
    reference: str | None = None
    scope: Scope = "tracks"

    def with_style(self, typed: str) -> "TuneValues":
        """Tune to a style, and no longer to a reference. Raises ``WishUnclear``."""
        name = typed.strip().casefold()
        if name not in SLOPE_DB_PER_OCT:
            raise WishUnclear(f"there is no style {typed[:60]!r}: choose from {', '.join(SLOPE_DB_PER_OCT)}")
        return replace(self, style=name, reference=None)

    def with_reference(self, path: str) -> "TuneValues":
        """Tune to a recording, by its path on this machine; to the style again with "". Raises ``WishUnclear``."""
        if len(path) > LONGEST_PATH or not path.isprintable():
            raise WishUnclear(f"a path has 1 to {LONGEST_PATH} characters that can be printed")
        return replace(self, reference=path or None)

    def with_scope(self, typed: str) -> "TuneValues":
        """Turn each track, or the master alone. Raises ``WishUnclear``."""
        for scope in get_args(Scope):
            if typed.strip().casefold() == scope:
                return replace(self, scope=scope)
        raise WishUnclear(f"there is no scope {typed[:60]!r}: choose from {', '.join(get_args(Scope))}")

    def options(self) -> tuple[str, ...]:
        """Return them as options of ``faderbot tune``; each is one word, whatever a path holds."""
        like = f"--style={self.style}" if self.reference is None else f"--reference={self.reference}"
        return like, f"--{self.scope}"

    def words(self) -> Iterator[str]:
        """Yield them in words."""
        like = f"style {self.style}" if self.reference is None else f"reference {self.reference}"
        yield f"tune {self.scope}, {like}"

    def messages(self) -> tuple[Message, ...]:
        """Return them as the messages that would set them, in an order that would."""
        return (
            Message("/faderbot/tune/style", (self.style,)),
            Message("/faderbot/tune/reference", (self.reference or "",)),
            Message("/faderbot/tune/scope", (self.scope,)),
        )
