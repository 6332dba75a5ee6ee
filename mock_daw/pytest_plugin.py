"""The pytest fixture ``mock_daw``: a REAPER for one test. pytest loads this module in every run: it imports no more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_daw.server import MockDaw


@pytest.fixture
def mock_daw() -> "Iterator[Callable[..., MockDaw]]":
    """Start mock DAWs: ``mock_daw(project, **options)``, as ``mock_daw.server.MockDaw``; all end with the test."""
    from mock_daw.server import MockDaw  # noqa: PLC0415 - only where it is used

    with ExitStack() as running:

        def start(project: Any, **options: Any) -> MockDaw:
            return running.enter_context(MockDaw(project, **options))

        yield start
