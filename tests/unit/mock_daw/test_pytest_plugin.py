"""The fixture as a user of pytest meets it, in a pytest of its own."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tests.mixes import write_song

ROOT = Path(__file__).parents[3]

EXAMPLE = re.search(r"```python\n(.*?)```", (ROOT / "docs/mock_daw.md").read_text(encoding="utf-8"), re.DOTALL)
TWO_AT_ONCE = """

def test_two_daws_at_once(mock_daw):
    first, second = (mock_daw("stems", web=0) for _ in range(2))
    assert first.web_address != second.web_address
"""


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Without the installed plugins, so that this works whether Faderbot is installed or not.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True, timeout=60, check=False)


def test_the_documented_example_passes_and_so_does_a_test_with_two_daws(tmp_path):
    write_song(tmp_path / "stems")
    assert EXAMPLE is not None
    (tmp_path / "test_controller.py").write_text(EXAMPLE[1] + TWO_AT_ONCE)
    done = run("-m", "pytest", "-p", "mock_daw.pytest_plugin", "-W", "error", tmp_path, cwd=tmp_path)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_imports_nothing_heavy():
    seen = run("-c", "import sys, mock_daw.pytest_plugin; print(*sys.modules, sep='\\n')", cwd=ROOT).stdout.split()
    assert "mock_daw.pytest_plugin" in seen
    assert [name for name in seen if name.startswith("mock_daw.")] == ["mock_daw.pytest_plugin"]
    assert not {"numpy", "scipy", "typer", "soundfile"} & set(seen)


@pytest.mark.parametrize(
    ("table", "name"), [("entry-points.pytest11", "faderbot_mock_daw"), ("scripts", "faderbot-mock-daw")]
)
def test_the_entry_points_lead_somewhere(table, name):
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for key in table.split("."):
        found = found[key]
    module, _, attribute = found[name].partition(":")
    assert hasattr(import_module(module), attribute or "mock_daw")
