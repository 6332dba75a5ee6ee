"""Benchmarks are programs that find their parts beside them; so do their tests."""

import sys
from pathlib import Path

BESIDE = str(Path(__file__).parents[3] / "benchmarks")
if BESIDE not in sys.path:
    sys.path.append(BESIDE)
