"""What beats say of the tempo: the one that holds longest, and in words where there are several, or none that holds."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

F64 = NDArray[np.float64]

_SAME = 0.04
_HOLDS_S = 8.0
_BINS_PER_E = 50.0  # 2 % each
_MOST_SPANS = 4


def tempo_notes(beats_s: F64) -> tuple[float, tuple[str, ...]]:
    """Return the tempo in BPM that holds longest, and notes where it is not the only one."""
    if len(beats_s) < 2:
        return 120.0, ("there is one beat: the tempo is a guess",)
    gaps = np.diff(beats_s)
    usual = _mode(gaps)
    spans = _spans(beats_s)
    total = float(beats_s[-1] - beats_s[0])
    if total < 2 * _HOLDS_S:
        return 60.0 / usual, ()
    if sum(stop - start for start, stop, _ in spans) < 0.5 * total or len(spans) > _MOST_SPANS:
        slow, fast = 60.0 / np.percentile(ndimage.median_filter(gaps, 5), [95, 5])
        return 60.0 / usual, (f"the tempo wanders between {slow:.0f} and {fast:.0f} BPM: the beats follow it",)
    if len(spans) < 2:
        return 60.0 / usual, ()
    count = {2: "two", 3: "three", 4: "four"}[len(spans)]
    parts = [f"{bpm:.1f} BPM from {_clock(start)}" for start, _, bpm in spans]
    return 60.0 / usual, (f"{count} tempos: {', then '.join(parts)}",)


def _mode(gaps: F64) -> float:
    """Return the mean of those gaps whose like fill most of the time."""
    bins = np.round(np.log(gaps) * _BINS_PER_E).astype(np.intp)
    time = np.convolve(np.bincount(bins - bins.min(), weights=gaps), np.ones(3), "same")
    near = np.abs(bins - bins.min() - int(time.argmax())) <= 1
    return float(gaps[near].mean())


def _spans(beats_s: F64) -> list[tuple[float, float, float]]:
    """Return spans that hold their tempo for 8 s and differ from the one before: start and end in s, BPM."""
    smooth = ndimage.median_filter(np.diff(beats_s), 5, mode="nearest")
    spans: list[tuple[float, float, float]] = []
    first = 0
    for at in range(1, len(smooth) + 1):
        if at < len(smooth) and abs(np.log(smooth[at] / np.median(smooth[first:at]))) < _SAME:
            continue
        start, stop = float(beats_s[first]), float(beats_s[at])
        bpm = 60.0 / float(np.median(smooth[first:at]))
        first = at
        if stop - start < _HOLDS_S:
            continue
        if spans and abs(np.log(spans[-1][2] / bpm)) < _SAME:
            spans[-1] = (spans[-1][0], stop, spans[-1][2])
        else:
            spans.append((start, stop, bpm))
    return spans


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
