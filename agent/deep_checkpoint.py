"""Checkpoints of networks in training, from which a run that was stopped goes on to the same network.

A run with a checkpoint goes in legs of ``every`` steps: at the start of each all random draws begin anew from the run's
seed and the leg, and every copy begins an episode. So a run that was stopped and one that was not see the same from
there on, and neither the copies nor the state of any generator need be kept. What is: weights, target, optimiser,
experience and counters, as arrays and JSON in one npz. No pickle.
"""

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agent.policy import About
from agent.training import NotResumable

EVERY = 50_000
Arrays = dict[str, NDArray[Any]]
_COUNTERS = ("num_timesteps", "_n_calls", "_n_updates", "_episode_num", "exploration_rate")
_EXPERIENCE = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")
_SAME = ("algorithm", "hyper_parameters", "steps", "seed", "sessions")
# All that a damaged archive makes zipfile, zlib, numpy and json raise.
_NO_CHECKPOINT = (ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)


@dataclass(slots=True)
class Legs:
    """Where a run keeps its checkpoint, and what run it is. Owns the file, and which leg comes next."""

    path: Path
    made: About
    every: int = EVERY
    _next: int | None = None

    def take_up(self, model: Any) -> None:
        """Bring a new model to where the checkpoint was written, if there is one. Raises ``NotResumable``."""
        if not self.path.exists():
            return
        other = "delete it or name another --out"
        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            kept = json.loads(bytes(arrays.pop("about")).decode())
            before = About.model_validate(kept["made"])
            every, counters = int(kept["every"]), {name: kept["counters"][name] for name in _COUNTERS}
        except _NO_CHECKPOINT as error:
            raise NotResumable(f"{self.path} is no checkpoint of a network: {other}") from error
        unlike = [name for name in _SAME if getattr(before, name) != getattr(self.made, name)]
        if unlike or every != self.every:
            what = ", ".join(unlike) or "how often it was written"
            raise NotResumable(f"the checkpoint is of another training run ({what} differ): {other}")
        for name, value in counters.items():
            setattr(model, name, value)
        _restore(model, arrays)

    def begin(self, model: Any) -> None:
        """Begin a leg where one is due; at the end of one, keep what was learned. To be called before every step."""
        if self._next is not None:
            if model.num_timesteps < self._next:
                return
            self._write(model)
        leg = model.num_timesteps // self.every
        model.set_random_seed(int(np.random.default_rng((self.made.seed, leg)).integers(2**31)))
        model._last_obs = model.env.reset()  # noqa: SLF001 - the library begins episodes nowhere else
        self._next = (leg + 1) * self.every

    def _write(self, model: Any) -> None:
        about = {
            "made": self.made.model_dump(mode="json"),
            "every": self.every,
            "counters": {name: getattr(model, name) for name in _COUNTERS},
        }
        arrays: dict[str, Any] = _arrays(model) | {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
        part = self.path.with_name(f".{self.path.name}.part")
        try:
            with part.open("wb") as file:
                np.savez(file, **arrays)
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)


def _arrays(model: Any) -> Arrays:
    """Return a model's weights, its optimiser's moments and the experience that it has so far."""
    weights = {f"weights {name}": value.detach().numpy() for name, value in model.policy.state_dict().items()}
    moments = {
        f"moments {number} {name}": value.numpy()
        for number, one in model.policy.optimizer.state_dict()["state"].items()
        for name, value in one.items()
    }
    seen = model.replay_buffer
    filled = seen.buffer_size if seen.full else seen.pos
    experience = {f"seen {name}": getattr(seen, name)[:filled] for name in _EXPERIENCE}
    return weights | moments | experience | {"place": np.array([seen.pos, seen.full])}


def _restore(model: Any, arrays: Arrays) -> None:
    """Give a model back what ``_arrays`` took."""
    moments: dict[int, dict[str, Any]] = {}
    weights = {}
    seen = model.replay_buffer
    for whole, value in arrays.items():
        kind, _, name = whole.partition(" ")
        if kind == "weights":
            weights[name] = torch.from_numpy(value)
        elif kind == "moments":
            number, _, moment = name.partition(" ")
            moments.setdefault(int(number), {})[moment] = torch.from_numpy(value)
        elif kind == "seen":
            getattr(seen, name)[: len(value)] = value
    model.policy.load_state_dict(weights)
    optimiser = model.policy.optimizer
    optimiser.load_state_dict(optimiser.state_dict() | {"state": moments})
    seen.pos, seen.full = int(arrays["place"][0]), bool(arrays["place"][1])
