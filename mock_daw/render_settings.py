"""What the next render writes: REAPER's RENDER_… settings of a project."""

from dataclasses import dataclass
from enum import IntEnum


class Bounds(IntEnum):
    """Which stretch is rendered, in REAPER's numbers (``GetSetProjectInfo``, RENDER_BOUNDSFLAG)."""

    CUSTOM = 0
    PROJECT = 1
    TIME_SELECTION = 2
    REGIONS = 3
    SELECTED_ITEMS = 4
    SELECTED_REGIONS = 5


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Where to and how a project is rendered.

    ``source`` is RENDER_SETTINGS: 0 the master mix, 1 stems of the selected tracks and the master mix, 2 stems alone
    (the SDK: ``&(1|2)=0:master mix, &1=stems+master mix, &2=stems only``). ``folder`` is RENDER_FILE, a folder or a
    whole path; ``pattern`` is RENDER_PATTERN, a file name that may hold wildcards. A rate of 0 is the project's.
    ``sink`` is RENDER_FORMAT as it was set.
    """

    folder: str = ""
    pattern: str = ""
    source: int = 0
    bounds: int = Bounds.PROJECT
    start_s: float = 0.0
    end_s: float = 0.0
    channels: int = 2
    rate_hz: int = 0
    tail_flags: int = 0
    tail_ms: int = 1000
    add_to_project: int = 0
    dither: int = 0
    normalize: int = 0
    normalize_target: float = 1.0
    sink: str = "evaw"
    second_sink: str = ""
