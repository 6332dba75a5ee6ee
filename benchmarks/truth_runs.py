"""What was measured stays: each run is a JSON file in a folder, so that a benchmark that was stopped goes on there."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Measured = dict[str, Any]


class Runs:
    """Keeps runs by name in a folder and shows how many are done. Owns the bar."""

    def __init__(self, folder: Path, bars: Progress) -> None:
        self.folder, self._bars = folder, bars
        self._stage: TaskID | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    @contextmanager
    def kept_in(cls, folder: Path) -> Iterator[Self]:
        """Keep runs in a folder, with bars on stderr until the end of the block."""
        columns = (TextColumn("{task.description}"), BarColumn(40), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
            yield cls(folder, bars)

    def begin(self, stage: str, total: int) -> None:
        """Begin a stage of so many runs."""
        self._stage = self._bars.add_task(stage, total=total)

    def of(self, name: str, measure: Callable[[], Measured]) -> Measured:
        """Return the run of that name; it is measured only where it was not before.

        A run is written beside its place and then renamed: one that was stopped leaves nothing behind.
        """
        path = self.folder / f"{name}.json"
        if path.exists():
            found: Measured = json.loads(path.read_text())
        else:
            found = measure()
            part = path.with_name(f".{path.name}.part")
            part.write_text(json.dumps(found))
            part.replace(path)
        if self._stage is not None:
            self._bars.advance(self._stage)
        if self._bars.disable:
            self._bars.console.print(f"{name} is done", highlight=False)
        return found
