"""How the mock DAW fails.

ProjectError    a stems folder or a file in it can not be used
EngineError     a setting or a transport position is outside what the mixer can do
StartError      a port, an address or a pattern file can not be used
FaultError      a fault that was asked for can not be had
"""

import unicodedata
from pathlib import Path

# Control characters, lone surrogates (file names in no known encoding) and Unicode's own line breaks.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def one_line(text: str) -> str:
    """Return text with every character that would break a line or an encoder replaced by a space."""
    return "".join(" " if unicodedata.category(c) in UNPRINTABLE else c for c in text)


class ProjectError(Exception):
    """A folder or file that can not be used: which one (``path``), ``what`` is wrong with it, and the ``remedy``."""

    def __init__(self, path: Path, what: str, remedy: str) -> None:
        super().__init__(path, what, remedy)
        self.path = path
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return one_line(f"{self.path} {self.what}: {self.remedy}")


class EngineError(ValueError):
    """A value the mixer can not take, in one line that says which and why."""


class StartError(Exception):
    """The mock DAW can not be started as asked: ``what`` is in the way, and the ``remedy``."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return one_line(f"{self.what}: {self.remedy}")


class FaultError(ValueError):
    """A fault that can not be had: its ``spec`` as it was asked for, and ``what`` is wrong with it."""

    def __init__(self, spec: str, what: str) -> None:
        super().__init__(spec, what)
        self.spec = spec
        self.what = what

    def __str__(self) -> str:
        return one_line(f"fault “{self.spec}”: {self.what} (--faults help lists them)")
