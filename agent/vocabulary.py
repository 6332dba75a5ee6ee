"""What the numbers of each kind of table mean in words: the axes of its states, their bins, and whole states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from agent import observation, policy
from agent.policy import Layout
from agent.rhythm import learning as rhythm
from agent.rhythm import observation as rhythm_observation
from agent.tone import observation as tone_observation
from agent.tone import tuning as tone


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words for a kind of table: ``bins`` names each axis's values, ``describe`` says a whole state."""

    subject: str
    layout: Layout
    bins: tuple[tuple[str, ...], ...]
    describe: Callable[[Sequence[int]], str]

    def state_in_words(self, state: int) -> str:
        """Say in words what is seen where a row of the table counts."""
        return self.describe([int(value) for value in np.unravel_index(state, self.layout.state_shape)])

    def axis(self, name: str) -> int:
        """Return the number of an axis. Raises ``KeyError`` where there is none of that name."""
        if name not in self.layout.state_axes:
            raise KeyError(name)
        return self.layout.state_axes.index(name)


MIXING = Vocabulary("mixing", policy.MIXING, observation.BINS, observation.describe)
TONE = Vocabulary("tone", tone.LAYOUT, tone_observation.BINS, tone_observation.describe)
RHYTHM = Vocabulary("rhythm", rhythm.LAYOUT, rhythm_observation.BINS, rhythm_observation.describe)
ALL = (MIXING, TONE, RHYTHM)
