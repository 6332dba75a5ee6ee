"""Deep Q-learning by Stable-Baselines3 on the same environment; the extra ``faderbot[deep]``.

DQN (Mnih et al. 2015) and QR-DQN (Dabney et al. 2018; sb3-contrib) see the features of ``agent.features`` and step a
batch of copies at once. What was trained leaves as an ``agent.network.Network``. A closed action counts as hold here
as everywhere; the network is not told which are closed until it plays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray
from sb3_contrib import QRDQN
from stable_baselines3 import DQN
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv

from agent.deep_checkpoint import Legs
from agent.environment import Scene
from agent.network import F32, DeepHyper, Network
from agent.vector_environment import MixVectorEnv

STEPS = 300_000
Batch = VectorEnv[NDArray[Any], NDArray[Any], NDArray[Any]]
_WARM_UP_BATCHES = 4
_EXPLORING_SHARE = 0.7


def train_deep(
    scenes: Sequence[Scene],
    hyper: DeepHyper | None = None,
    *,
    steps: int = STEPS,
    seed: int = 0,
    eq: bool = True,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
    so_far: Callable[[int, Callable[[], Network]], None] = lambda _done, _network: None,
    legs: Legs | None = None,
) -> Network:
    """Train a network on scrambled scenes for so many environment steps.

    The same seed gives the same network on one machine. ``progress`` is told the steps done and the mean reward of the
    last of them; ``so_far`` the steps done and what gives the network that was learned until then. One thread of
    torch: more of them slow networks of this size down. With ``legs`` a run that was stopped is taken up, and this one
    can be; it raises ``NotResumable``.
    """
    hyper = hyper or DeepHyper()
    copies = max(hyper.copies, len(scenes))
    env = MixVectorEnv(scenes, copies, eq=eq, observations="continuous", autoreset=AutoresetMode.SAME_STEP)
    return train_on(env, hyper, steps=steps, seed=seed, progress=progress, so_far=so_far, legs=legs)


def train_on(
    env: Batch,
    hyper: DeepHyper,
    *,
    steps: int,
    seed: int = 0,
    progress: Callable[[int, float], None] = lambda _done, _return: None,
    so_far: Callable[[int, Callable[[], Network]], None] = lambda _done, _network: None,
    legs: Legs | None = None,
) -> Network:
    """Train a network in any batch of environments that resets in the same step; the rest as ``train_deep``."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = _model(Copies(env), hyper, seed)
        if legs is not None:
            legs.take_up(model)
        done = model.num_timesteps
        model.learn(steps - done, callback=_Told(progress, so_far, legs), reset_num_timesteps=done == 0)
    finally:
        torch.set_num_threads(before)
    return exported(model)


def exported(model: DQN | QRDQN) -> Network:
    """Return what a model has learned as a plain network."""
    is_quantile = isinstance(model, QRDQN)
    net = model.policy.quantile_net.quantile_net if is_quantile else model.policy.q_net.q_net
    linear = [part for part in net if isinstance(part, torch.nn.Linear)]
    layers = [(_array(part.weight), _array(part.bias)) for part in linear]
    if is_quantile:
        weights, biases = layers[-1]
        quantiles = model.policy.n_quantiles
        layers[-1] = (
            weights.reshape(quantiles, -1, weights.shape[1]).mean(0),
            biases.reshape(quantiles, -1).mean(0),
        )
    return Network(layers)


def _array(parameter: Any) -> F32:
    array: F32 = parameter.detach().cpu().numpy().astype(np.float32)
    return array


def _model(env: "Copies", hyper: DeepHyper, seed: int) -> DQN | QRDQN:
    layers = [hyper.hidden] * hyper.layers
    shared: dict[str, Any] = {
        "learning_rate": hyper.learning_rate,
        "buffer_size": hyper.buffer,
        "learning_starts": _WARM_UP_BATCHES * hyper.batch,
        "batch_size": hyper.batch,
        "gamma": hyper.gamma,
        "train_freq": 1,
        "gradient_steps": hyper.updates,
        "target_update_interval": hyper.target_every * env.num_envs,
        "exploration_initial_eps": hyper.epsilon_start,
        "exploration_final_eps": hyper.epsilon_end,
        "exploration_fraction": _EXPLORING_SHARE,
        "seed": seed,
        "device": "cpu",
    }
    if not hyper.quantiles:
        return DQN("MlpPolicy", env, policy_kwargs={"net_arch": layers}, **shared)
    return QRDQN("MlpPolicy", env, policy_kwargs={"net_arch": layers, "n_quantiles": hyper.quantiles}, **shared)


class Copies(VecEnv):
    """A batch of environments (``SAME_STEP``) as Stable-Baselines3 takes one."""

    def __init__(self, env: Batch) -> None:
        self.env = env
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)
        self._asked = np.zeros(env.num_envs, np.int64)
        self._seed: int | None = None

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Let the next reset start from a seed."""
        self._seed = seed
        return [seed] * self.num_envs

    def reset(self) -> NDArray[Any]:
        """Start an episode in every copy."""
        seen, _ = self.env.reset(seed=self._seed)
        self._seed = None
        return seen

    def step_async(self, actions: NDArray[Any]) -> None:
        """Take actions for the next step."""
        self._asked = actions

    def step_wait(self) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Take the step."""
        seen, rewards, terminated, truncated, infos = self.env.step(self._asked)
        over = terminated | truncated
        told: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for copy in np.flatnonzero(over).tolist():
            told[copy] = {
                "terminal_observation": infos["final_obs"][copy],
                "TimeLimit.truncated": bool(truncated[copy]),
            }
        return seen, rewards.astype(np.float32), over, told

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute, which all copies share."""
        return [getattr(self.env, attr_name)] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Refuse: the copies are one environment."""
        raise AttributeError(f"the copies are one environment: set {attr_name} there, not {value} in {indices}")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Call a method, once for all copies."""
        found = getattr(self.env, method_name)(*args, **kwargs)
        return [found] * len(list(self._get_indices(indices)))

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """Tell that no copy is wrapped."""
        del wrapper_class
        return [False] * len(list(self._get_indices(indices)))


class _Told(BaseCallback):
    """Tells how many steps are done, what the last of them earned on average, and what was learned; begins legs."""

    def __init__(
        self,
        progress: Callable[[int, float], None],
        so_far: Callable[[int, Callable[[], Network]], None],
        legs: Legs | None,
    ) -> None:
        super().__init__()
        self._told, self._so_far, self._legs = progress, so_far, legs

    def _on_rollout_start(self) -> None:
        if self._legs is not None:
            self._legs.begin(self.model)

    def _on_step(self) -> bool:
        self._told(self.num_timesteps, float(np.mean(self.locals["rewards"])))
        self._so_far(self.num_timesteps, lambda: exported(self.model))
        return True
