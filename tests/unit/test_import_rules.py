"""Who may import whom: the contracts in pyproject.toml, and that they do catch what they forbid."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.path.insert(0, '.'); lint()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_house_keeps_its_import_rules() -> None:
    report = lint(ROOT)
    assert report.returncode == 0, report.stdout + report.stderr
    assert "3 kept, 0 broken" in report.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("agent/mixing.py", "import bridge"),
        ("agent/mixing.py", "import mock_daw.engine"),
        ("mock_daw/engine.py", "import agent.session"),
        ("bridge/jobs.py", "import mock_daw.engine"),
    ],
)
def test_a_forbidden_import_is_caught(tmp_path: Path, module: str, line: str) -> None:
    """In a house of empty modules under the same contracts."""
    for name in (
        "agent/session.py", "agent/mixing.py", "bridge/jobs.py", "bridge/embedded.py",
        "mock_daw/engine.py", "mock_daw/equalizer.py", "mock_daw/project.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.touch()
    rules = (ROOT / "pyproject.toml").read_text()
    lenient = 'type = "forbidden"\nunmatched_ignore_imports_alerting = "none"'  # an empty house has no door either
    (tmp_path / "pyproject.toml").write_text(rules.replace('type = "forbidden"', lenient))
    (tmp_path / module).write_text(f"{line}\n")
    report = lint(tmp_path)
    assert report.returncode == 1, report.stdout + report.stderr
    assert "2 kept, 1 broken" in report.stdout
