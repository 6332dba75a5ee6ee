"""Policies on disk: the learned table as npz, what made it as JSON beside it in the same file. No pickle anywhere.

The file holds ``tables`` (1 or 2, S, A) float64, ``visits`` (S, A) int64, and ``about``, UTF-8 JSON: the format's
version, the axes of the state, the names of the actions, hyper-parameters, steps, seed, sessions, and the SHA-256 of
the arrays.
"""

import hashlib
import io
import json
import math
import zipfile
import zlib
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent import features
from agent.actions import ACTIONS
from agent.network import DeepHyper, Network
from agent.observation import NAMES, SHAPE
from agent.q_learning import Hyper, QTable
from agent.tile_coding import LinearQ, TileCoder, TileHyper

VERSION = 1
SHIPPED = "shipped_policy.npz"
# All that a damaged archive makes zipfile, zlib, numpy and json raise.
_NO_ARCHIVE = (
    ValueError, KeyError, OSError, EOFError, AttributeError, TypeError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table is about: the axes of its states and the names of its actions."""

    state_axes: tuple[str, ...]
    state_shape: tuple[int, ...]
    actions: tuple[str, ...]

    @property
    def states(self) -> int:
        """How many states there are."""
        return math.prod(self.state_shape)


MIXING = Layout(NAMES, SHAPE, tuple(a.name for a in ACTIONS))
# What is no table sees the features of a strip: as many axes, none of them cut into states.
CONTINUOUS = Layout(features.NAMES, (), MIXING.actions)
Algorithm = Literal["q-learning", "double q-learning", "tiles", "double tiles", "dqn", "qr-dqn"]
Values = QTable | LinearQ | Network


class PolicyUnreadable(Exception):  # noqa: N818 - a state, named as the user sees it
    """A policy file that can not be used; the text says which, why, and what to do."""


class About(BaseModel):
    """What made a policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["faderbot-policy"] = "faderbot-policy"
    version: int = VERSION
    algorithm: Algorithm = "q-learning"
    state_axes: tuple[str, ...] = MIXING.state_axes
    state_shape: tuple[int, ...] = MIXING.state_shape
    actions: tuple[str, ...] = MIXING.actions
    hyper_parameters: dict[str, float | bool]
    steps: int = Field(ge=0)
    seed: int
    sessions: tuple[str, ...]
    command: str = ""
    sha256: str = ""
    resume: dict[str, Any] | None = None


def about(
    hyper: Hyper | DeepHyper,
    *,
    steps: int,
    seed: int,
    sessions: tuple[str, ...],
    command: str = "",
    layout: Layout | None = None,
) -> About:
    """Describe a policy that was just trained; a table is mixing's unless told."""
    layout = layout or (MIXING if type(hyper) is Hyper else CONTINUOUS)
    return About(
        algorithm=_algorithm(hyper),
        state_axes=layout.state_axes,
        state_shape=layout.state_shape,
        actions=layout.actions,
        hyper_parameters=asdict(hyper),
        steps=steps,
        seed=seed,
        sessions=sessions,
        command=command,
    )


def save(path: Path, values: Values, made: About) -> None:
    """Write a policy, beside its place first and then renamed, byte for byte the same for the same values."""
    arrays = _arrays(values)
    made = made.model_copy(update={"sha256": _digest(arrays)})
    packed = io.BytesIO()
    parts = {**arrays, "about": np.frombuffer(made.model_dump_json(indent=1).encode(), np.uint8)}
    # numpy's own savez stamps the time of day into the file: two runs would differ.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in parts.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), one.getvalue(), zipfile.ZIP_DEFLATED
            )
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(packed.getvalue())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path, layout: Layout = MIXING) -> tuple[QTable, About]:
    """Read a table. Raises ``PolicyUnreadable`` for any file that this version did not write whole for that layout."""
    return unpack(_read(path), str(path), layout)


def load_any(path: Path) -> tuple[Values, About]:
    """Read any policy for mixing: a table, tiles or a network. Raises as ``load`` does."""
    return _unpacked(_read(path), str(path), MIXING)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PolicyUnreadable(f"{path} can not be read: {error.strerror}") from error


def shipped() -> tuple[QTable, About]:
    """Return the policy that comes with the package."""
    return unpack((resources.files("agent") / SHIPPED).read_bytes(), "the policy in the package")


def unpack(data: bytes, name: str, layout: Layout = MIXING) -> tuple[QTable, About]:
    """Read a table from the bytes of its file, which errors call ``name``; raises as ``load`` does."""
    values, made = _unpacked(data, name, layout)
    if not isinstance(values, QTable):
        raise PolicyUnreadable(f"{name} is no table but {made.algorithm}: {_AGAIN}")
    return values, made


_AGAIN = "train it again with `faderbot train`, or leave --policy out"


def _unpacked(data: bytes, name: str, layout: Layout) -> tuple[Values, About]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = bytes(_array(archive, "about")).decode()
            arrays = {
                part.removesuffix(".npy"): _array(archive, part.removesuffix(".npy")) for part in archive.namelist()
            }
        version = json.loads(text).get("version")
    except _NO_ARCHIVE as error:
        raise PolicyUnreadable(f"{name} is not a Faderbot policy: {_AGAIN}") from error
    if version != VERSION:
        raise PolicyUnreadable(f"{name} is of policy version {version}, this Faderbot reads {VERSION}: {_AGAIN}")
    try:
        made = About.model_validate_json(text)
    except ValidationError as error:
        raise PolicyUnreadable(f"{name} describes itself wrongly ({error.error_count()} errors): {_AGAIN}") from error
    del arrays["about"]
    if not (set(arrays) >= {"tables", "visits"} or made.algorithm in {"dqn", "qr-dqn"}):
        raise PolicyUnreadable(f"{name} is not a Faderbot policy: {_AGAIN}")
    values = _values(made, arrays, layout)
    if values is None:
        raise PolicyUnreadable(f"{name} was trained for other states or actions: {_AGAIN}")
    whole = all(np.isfinite(array).all() for array in arrays.values())
    if made.sha256 != _digest(arrays) or not whole or arrays.get("visits", np.zeros(1)).min() < 0:
        raise PolicyUnreadable(f"{name} was changed after it was written (its checksum does not fit): {_AGAIN}")
    return values, made


def _values(made: About, arrays: dict[str, NDArray[Any]], layout: Layout) -> Values | None:
    """Return what the arrays are; None where they are not what this version uses for that layout."""
    is_table = made.algorithm.endswith("q-learning")
    wanted = layout if is_table else replace(CONTINUOUS, actions=layout.actions)
    if (made.state_axes, made.state_shape, made.actions) != (wanted.state_axes, wanted.state_shape, wanted.actions):
        return None
    if made.algorithm in {"dqn", "qr-dqn"}:
        return _network(arrays, len(wanted.state_axes), len(wanted.actions))
    tables, visits = arrays["tables"], arrays["visits"]
    rows = layout.states if is_table else TileCoder().count
    fits = (
        tables.dtype == np.float64
        and visits.dtype == np.int64
        and tables.shape == (2 if made.algorithm.startswith("double") else 1, *visits.shape)
        and visits.shape == (rows, len(layout.actions))
    )
    if not fits:
        return None
    return QTable(tables, visits) if is_table else LinearQ(tables, visits)


def _network(arrays: dict[str, NDArray[Any]], inputs: int, actions: int) -> Network | None:
    count, odd = divmod(len(arrays), 2)
    names = [(f"weights {layer}", f"biases {layer}") for layer in range(count)]
    if odd or not count or set(arrays) != {name for pair in names for name in pair}:
        return None
    layers = [(arrays[weights], arrays[biases]) for weights, biases in names]
    for weights, biases in layers:
        if weights.dtype != np.float32 or biases.dtype != np.float32 or weights.shape != (len(biases), inputs):
            return None
        inputs = len(biases)
    return Network(layers) if inputs == actions else None


def _arrays(values: Values) -> dict[str, NDArray[Any]]:
    if not isinstance(values, Network):
        return {"tables": values.tables, "visits": values.visits}
    parts: dict[str, NDArray[Any]] = {}
    for layer, (weights, biases) in enumerate(values.layers):
        parts |= {f"weights {layer}": weights, f"biases {layer}": biases}
    return parts


def _algorithm(hyper: Hyper | DeepHyper) -> Algorithm:
    if isinstance(hyper, DeepHyper):
        return "qr-dqn" if hyper.quantiles else "dqn"
    if isinstance(hyper, TileHyper):
        return "double tiles" if hyper.double else "tiles"
    return "double q-learning" if hyper.double else "q-learning"


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
    return array


def _digest(arrays: dict[str, NDArray[Any]]) -> str:
    whole = hashlib.sha256()
    for array in arrays.values():
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()
