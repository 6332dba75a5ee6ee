"""The Ray that workers stand in: one that is started on this machine, or a cluster at an address, and whether it lives.

A cluster may ask for a token. Whatever the user set is left to Ray: ``RAY_AUTH_MODE``, ``RAY_AUTH_TOKEN`` and
``RAY_AUTH_TOKEN_PATH``. Where the mode is not set, ``ray start --head`` asks for the token in ~/.ray/auth_token as soon
as there is one, but ``ray.init`` with an address never shows it (Ray 2.60): here it is shown to a cluster on this
machine, and one that the user named is shown to any; the file is not shown to a host that may not know it.
"""

import atexit
import importlib
import ipaddress
import logging
import math
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it has no types

from bridge.interrupts import undisturbed
from bridge.workers import WorkersFailed

KNOCK_S = 10.0
LOOK_S = 2.0
"""How often it is looked whether the cluster is still there: Ray itself ends this process a minute after it is not."""
AUTO = "auto"
FAILED = 2
_MODE, _TOKENS = "RAY_AUTH_MODE", ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
_REFUSED = "AuthenticationError"
_SAID_LETTERS = 200


class Cluster:
    """Ray, connected. ``address`` is that of the cluster's head; None for a Ray of our own, which ends with us.

    ``is_lost``: nothing that asks the head may be called any more, for Ray would wait for it.
    """

    def __init__(self, ray: Any, address: str | None) -> None:
        self.ray, self._address, self.is_lost = ray, address, False
        self.cores, self._due_s = 1, -math.inf
        self.look()

    def look(self) -> None:
        """Look every other second whether the head is there, and how many ``cores`` there are on all machines.

        Raises ``WorkersFailed`` where nothing answers.
        """
        if time.monotonic() < self._due_s:
            return
        if self._address is not None:
            try:
                _knock(self._address)
            except OSError as error:
                self.is_lost = True
                raise WorkersFailed(
                    f"the Ray cluster at {self._address} is gone: once it is back, the same command goes on from here"
                ) from error
        self.cores = max(1, int(self.ray.cluster_resources().get("CPU", 1)))
        self._due_s = time.monotonic() + LOOK_S


@contextmanager
def connected(address: str | None) -> Iterator[Cluster]:
    """Be connected to the Ray at an address (None: one that is started here) until the end of the block.

    Raises ``WorkersFailed`` where there is none, it wants another token, or Ray is not installed.
    """
    if address is not None:
        _show_token(address)
        os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "5")  # 20 s of knocking at a door that is not opened
    ray = library()
    try:
        if address is not None:
            _knock(address)
        with _said_to_nobody():
            context = ray.init(
                address=address or "local",
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                # OpenBLAS wakes a thread a core for small matrices too, which is one a worker too many.
                runtime_env={"env_vars": {"OPENBLAS_NUM_THREADS": "1"}},
            )
    except (OSError, ValueError, RuntimeError, AssertionError, ray.exceptions.RayError) as error:
        raise WorkersFailed(_not_connected(address, error)) from error
    cluster = Cluster(ray, None if address is None else str(context.address_info["gcs_address"]))
    try:
        yield cluster
    finally:
        with undisturbed():
            if cluster.is_lost:
                atexit.unregister(ray.shutdown)
                atexit.register(_leave)
            else:
                ray.shutdown()


def library() -> Any:
    """Return Ray. Raises ``WorkersFailed`` where it is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise WorkersFailed(
            "--workers ray needs Ray, which is not installed: pip install 'faderbot[scale]', or use --workers N"
        ) from error


def _leave() -> None:
    """End this process as ``WorkersFailed`` does: without its head, Ray's core neither shuts down nor is torn down."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(FAILED)


@contextmanager
def _said_to_nobody() -> Iterator[None]:
    """Keep back what Ray's core writes to stderr, past Python, before it raises what is told in one line."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nobody:  # noqa: PTH123 - a device
            os.dup2(nobody.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _knock(address: str) -> None:
    """Find out whether anything listens there: Ray itself asks for minutes. Raises ``OSError`` or ``ValueError``."""
    if address != AUTO:
        socket.create_connection(_place(address), timeout=KNOCK_S).close()


def _place(address: str) -> tuple[str, int]:
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (colon and port.isdecimal()):
        raise ValueError(f"{address} is no HOST:PORT")
    return host.strip("[]"), int(port)


def _show_token(address: str) -> None:
    """Let Ray show its token where the user left open whether; see the module. Ray reads this when it is imported."""
    if _MODE in os.environ or address == AUTO:
        return
    named = any(os.environ.get(name) for name in _TOKENS)
    if named or ((Path.home() / ".ray" / "auth_token").is_file() and _is_here(address)):
        os.environ[_MODE] = "token"


def _is_here(address: str) -> bool:
    """Tell whether an address is one of this machine's own."""
    with suppress(ValueError, OSError):
        there = {str(found[4][0]) for found in socket.getaddrinfo(*_place(address), type=socket.SOCK_STREAM)}
        own = {one.address for ones in psutil.net_if_addrs().values() for one in ones}
        return bool(there) and all(ipaddress.ip_address(one).is_loopback or one in own for one in there)
    return False


def _not_connected(address: str | None, error: BaseException) -> str:
    where = f"at {address}" if address else "on this machine"
    if any(_REFUSED in f"{type(one).__name__} {one}" for one in _causes(error)):
        return (
            f"the Ray cluster {where} asks for a token, and got none or another one: set RAY_AUTH_MODE=token, and "
            "RAY_AUTH_TOKEN to what `ray get-auth-token` prints on its head"
        )
    return f"no Ray {where} ({last_line(error)}): check --address, or use --workers N"


def mode_hint() -> str:
    """Return what may be wrong where Ray answers and gives no worker: a token is shown to a cluster that wants none."""
    wants = f"; if the cluster was started with {_MODE}=disabled, set that here too"
    return wants if os.environ.get(_MODE) == "token" else ""


def last_line(error: BaseException) -> str:
    """Return what an error of Ray says in the end: before that it tells where it was."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(lines[-1].split())[:_SAID_LETTERS]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
