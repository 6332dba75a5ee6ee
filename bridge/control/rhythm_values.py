"""What is wanted of the rhythms that a server has written. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from agent.rhythm.styles import EVERY, styles
from agent.rhythm.writing import AUTO
from bridge.osc.packets import Argument, Message
from bridge.wishes import WishUnclear

OF_THE_STYLE = "style"
WHOLE = 0
MOST_BARS, HIGHEST_SEED = 10_000, 2**31 - 1

Feel = Literal["density", "swing"]


@dataclass(frozen=True, slots=True)
class RhythmValues:
    """The options of ``faderbot rhythm`` that can be set; None is the style's own, and of bars the whole session."""

    style: str = AUTO
    density: float | None = None
    swing: float | None = None
    humanize: float = 0.5
    bars: int | None = None
    seed: int = 0

    def with_style(self, typed: str) -> "RhythmValues":
        """Play in that style. Raises ``WishUnclear``."""
        name, known = typed.strip().casefold(), (AUTO, *sorted(set(styles()) - {EVERY}))
        if name not in known:
            raise WishUnclear(f"there is no style {typed[:60]!r}: choose from {', '.join(known)}")
        return replace(self, style=name)

    def with_feel(self, feel: Feel, value: float | str) -> "RhythmValues":
        """Set density or swing in [0, 1], or leave it to the style. Raises ``WishUnclear``."""
        if isinstance(value, str):
            if value.strip().casefold() != OF_THE_STYLE:
                raise WishUnclear(f"{value[:60]!r} is neither a number nor {OF_THE_STYLE!r}")
            told = None
        else:
            told = _share(feel, value)
        return replace(self, density=told) if feel == "density" else replace(self, swing=told)

    def with_humanize(self, value: float) -> "RhythmValues":
        """Be so uneven, in [0, 1]. Raises ``WishUnclear``."""
        return replace(self, humanize=_share("humanize", value))

    def with_bars(self, bars: int) -> "RhythmValues":
        """Write so many bars, or all with 0. Raises ``WishUnclear``."""
        if not WHOLE <= bars <= MOST_BARS:
            raise WishUnclear(f"{bars} bars are outside 1 to {MOST_BARS}, or {WHOLE} for the whole session")
        return replace(self, bars=None if bars == WHOLE else bars)

    def with_seed(self, seed: int) -> "RhythmValues":
        """Write that variation. Raises ``WishUnclear``."""
        if not 0 <= seed <= HIGHEST_SEED:
            raise WishUnclear(f"a seed of {seed} is outside 0 to {HIGHEST_SEED}")
        return replace(self, seed=seed)

    def options(self) -> tuple[str, ...]:
        """Return them as options of ``faderbot rhythm``, one word each."""
        told = (("density", self.density), ("swing", self.swing), ("humanize", self.humanize), ("bars", self.bars))
        return (
            f"--style={self.style}",
            *(f"--{name}={value:g}" for name, value in told if value is not None),
            f"--seed={self.seed}",
        )

    def words(self) -> Iterator[str]:
        """Yield them in words."""
        how_long = "all bars" if self.bars is None else f"{self.bars} bars"
        yield (
            f"rhythm {self.style}, density {_told(self.density)}, swing {_told(self.swing)}, "
            f"humanize {self.humanize:g}, {how_long}, seed {self.seed}"
        )

    def messages(self) -> tuple[Message, ...]:
        """Return them as the messages that would set them."""
        told: tuple[tuple[str, Argument], ...] = (
            ("style", self.style),
            ("density", OF_THE_STYLE if self.density is None else self.density),
            ("swing", OF_THE_STYLE if self.swing is None else self.swing),
            ("humanize", self.humanize),
            ("bars", self.bars or WHOLE),
            ("seed", self.seed),
        )
        return tuple(Message(f"/faderbot/rhythm/{name}", (value,)) for name, value in told)


def _share(name: str, value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise WishUnclear(f"a {name} of {value:g} is outside 0 to 1")
    return round(value, 4)  # as floats of 32 bits come


def _told(value: float | None) -> str:
    return "of the style" if value is None else f"{value:g}"
