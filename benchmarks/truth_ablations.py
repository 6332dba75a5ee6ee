"""What happens to the table where it may not see an axis of its state, or is not paid for a term of the cost."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from truth_judging import Start
from truth_learners import Looks, learn_in
from truth_runs import Measured

from agent.actions import HOLD
from agent.environment import MixEnv, Scene
from agent.evaluation import residual_db
from agent.observation import NAMES
from agent.q_learning import Hyper, QTable, episode
from agent.reward import WEIGHTS, Cost, reward
from agent.training import SCRAMBLE_DB

Mixing = gymnasium.Env[NDArray[Any], np.int64]


class Blind(gymnasium.Wrapper[NDArray[Any], np.int64, NDArray[Any], np.int64]):
    """An environment of which some axes of the state are not seen: they always show 0."""

    def __init__(self, env: Mixing, axes: Sequence[int]) -> None:
        super().__init__(env)
        self._axes = list(axes)

    def reset(self, **how: Any) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode."""
        seen, info = self.env.reset(**how)
        return self._hidden(seen), info

    def step(self, action: np.int64) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Take a step."""
        seen, earned, terminated, truncated, info = self.env.step(action)
        return self._hidden(seen), float(earned), terminated, truncated, info

    def _hidden(self, seen: NDArray[Any]) -> NDArray[Any]:
        shown = seen.copy()
        shown[self._axes] = 0
        return shown


class Unpaid(gymnasium.Wrapper[NDArray[Any], np.int64, NDArray[Any], np.int64]):
    """An environment that does not pay for a term of the cost."""

    def __init__(self, env: Mixing, term: str) -> None:
        super().__init__(env)
        self._term = term

    def reset(self, **how: Any) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode."""
        seen, info = self.env.reset(**how)
        self._cost, self._open = self._paid(info["cost"]), info["action_mask"]
        return seen, info

    def step(self, action: np.int64) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Take a step."""
        moved = action != HOLD and bool(self._open[action])
        seen, _, terminated, truncated, info = self.env.step(action)
        cost = self._paid(info["cost"])
        earned = reward(self._cost, cost, moved=True) if moved else 0.0
        self._cost, self._open = cost, info["action_mask"]
        return seen, earned, terminated, truncated, info

    def _paid(self, cost: Cost) -> float:
        return cost._replace(**{self._term: 0.0}).total


def _whole(env: Mixing) -> Mixing:
    return env


ABLATIONS: dict[str, Callable[[Mixing], Mixing]] = {
    "nothing left out": _whole,
    **{f"state without {name}": lambda env, axis=axis: Blind(env, [axis]) for axis, name in enumerate(NAMES)},
    "state without tone and masking": lambda env: Blind(env, [NAMES.index("tone"), NAMES.index("masking")]),
    **{f"reward without {term}": lambda env, term=term: Unpaid(env, term) for term in WEIGHTS},
}


def ablated(
    name: str, train: Sequence[Scene], scenes: Sequence[Scene], starts: Sequence[Start], *, steps: int, seed: int
) -> Measured:
    """Train a table with something left out; return where it ends alone, judged by the whole cost.

    Each is judged where its episode ends, not at the best setting on the way: that one would be picked by the cost.
    """
    changed = ABLATIONS[name]
    hyper = Hyper()
    table = QTable.fresh(hyper)
    unwatched = Looks((), lambda _values: None)
    learn_in(changed(MixEnv(train, scramble_db=SCRAMBLE_DB)), table, hyper, steps, seed, unwatched)
    player = table.learner(hyper, np.random.default_rng(seed))
    found: Measured = {"share": [], "cost": [], "residual_db": []}
    for start in starts:
        scene = scenes[start.scene]
        env = MixEnv([scene])
        episode(changed(env), player, 0.0, learn=False, options={"start": start.settings})
        found["share"].append(start.share(env.cost.total))
        found["cost"].append(env.cost.total)
        found["residual_db"].append(residual_db(scene, env.settings))
    return found
