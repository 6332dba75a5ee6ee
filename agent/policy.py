"""Policies on disk: the learned table as npz, what made it as JSON beside it in the same file. No pickle anywhere.

The file holds ``tables`` (1 or 2, S, A) float64, ``visits`` (S, A) int64, and ``about``, UTF-8 JSON: the format's
version, the axes of the state, the names of the actions, hyper-parameters, steps, seed, sessions, and the SHA-256 of
the arrays.
"""

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.actions import ACTIONS
from agent.observation import NAMES, SHAPE
from agent.q_learning import STATES, Hyper, QTable

VERSION = 1
SHIPPED = "shipped_policy.npz"
# All that a damaged archive makes zipfile, zlib, numpy and json raise.
_NO_ARCHIVE = (
    ValueError, KeyError, OSError, EOFError, AttributeError, TypeError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class PolicyUnreadable(Exception):  # noqa: N818 - a state, named as the user sees it
    """A policy file that can not be used; the text says which, why, and what to do."""


class About(BaseModel):
    """What made a policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["faderbot-policy"] = "faderbot-policy"
    version: int = VERSION
    algorithm: Literal["q-learning", "double q-learning"] = "q-learning"
    state_axes: tuple[str, ...] = NAMES
    state_shape: tuple[int, ...] = SHAPE
    actions: tuple[str, ...] = Field(default_factory=lambda: tuple(a.name for a in ACTIONS))
    hyper_parameters: dict[str, float | bool]
    steps: int = Field(ge=0)
    seed: int
    sessions: tuple[str, ...]
    command: str = ""
    sha256: str = ""
    resume: dict[str, Any] | None = None


def about(hyper: Hyper, *, steps: int, seed: int, sessions: tuple[str, ...], command: str = "") -> About:
    """Describe a policy that was just trained."""
    return About(
        algorithm="double q-learning" if hyper.double else "q-learning",
        hyper_parameters=asdict(hyper),
        steps=steps,
        seed=seed,
        sessions=sessions,
        command=command,
    )


def save(path: Path, table: QTable, made: About) -> None:
    """Write a policy, beside its place first and then renamed, byte for byte the same for the same table."""
    made = made.model_copy(update={"sha256": _digest(table)})
    packed = io.BytesIO()
    parts = {
        "tables": table.tables,
        "visits": table.visits,
        "about": np.frombuffer(made.model_dump_json(indent=1).encode(), np.uint8),
    }
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


def load(path: Path) -> tuple[QTable, About]:
    """Read a policy. Raises ``PolicyUnreadable`` for any file that this version did not write whole."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PolicyUnreadable(f"{path} can not be read: {error.strerror}") from error
    return _unpack(data, str(path))


def shipped() -> tuple[QTable, About]:
    """Return the policy that comes with the package."""
    return _unpack((resources.files("agent") / SHIPPED).read_bytes(), "the policy in the package")


def _unpack(data: bytes, name: str) -> tuple[QTable, About]:
    again = "train it again with `faderbot train`, or leave --policy out"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = bytes(_array(archive, "about")).decode()
            tables, visits = _array(archive, "tables"), _array(archive, "visits")
        version = json.loads(text).get("version")
    except _NO_ARCHIVE as error:
        raise PolicyUnreadable(f"{name} is not a Faderbot policy: {again}") from error
    if version != VERSION:
        raise PolicyUnreadable(f"{name} is of policy version {version}, this Faderbot reads {VERSION}: {again}")
    try:
        made = About.model_validate_json(text)
    except ValidationError as error:
        raise PolicyUnreadable(f"{name} describes itself wrongly ({error.error_count()} errors): {again}") from error
    table = QTable(tables, visits)
    fits = (
        made.state_shape == SHAPE
        and made.actions == tuple(a.name for a in ACTIONS)
        and tables.dtype == np.float64
        and visits.dtype == np.int64
        and tables.shape == (2 if made.algorithm.startswith("double") else 1, STATES, len(ACTIONS))
        and visits.shape == (STATES, len(ACTIONS))
    )
    if not fits:
        raise PolicyUnreadable(f"{name} was trained for other states or actions: {again}")
    if made.sha256 != _digest(table) or not np.isfinite(tables).all() or visits.min() < 0:
        raise PolicyUnreadable(f"{name} was changed after it was written (its checksum does not fit): {again}")
    return table, made


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
    return array


def _digest(table: QTable) -> str:
    whole = hashlib.sha256(np.ascontiguousarray(table.tables).tobytes())
    whole.update(np.ascontiguousarray(table.visits).tobytes())
    return whole.hexdigest()
