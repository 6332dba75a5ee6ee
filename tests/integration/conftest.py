"""``faderbot`` as tests run it: in this process, and as a program of its own with a journal of the test's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.cli import main

ROOT = Path(__file__).parents[2]
LIMIT_S = 120.0


@pytest.fixture
def run(capsys):
    """Run it in this process; return its exit code and what it said on stdout and stderr."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def state(tmp_path):
    """Return where a program of its own keeps its journal and what it learned."""
    return tmp_path / "state"


@pytest.fixture
def faderbot(state):
    """Run it as a program that must end with a code; return stdout, and stderr where the code is no 0."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(state), "COLUMNS": "100"}

    def run(*arguments, code=0):
        command = [sys.executable, "-m", "bridge", *map(str, arguments)]
        done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=LIMIT_S, check=False)
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return run
