"""The picture of a tuning: the mix before, as wanted and after, and the curves of the EQs that were set."""

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent.hearing.bands import strip_response
from agent.session import EqBand, EqShape, Strip
from bridge.report import change, number, short_name
from bridge.schema import Band
from bridge.tune_document import TuneDocument, TuneTrack
from bridge.tune_report import WHAT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

F64 = NDArray[np.float64]

_WIDTH_IN, _DPI = 11.0, 110
_HEAD_IN, _FOOT_IN, _LEFT_IN, _RIGHT_IN = 0.75, 0.5, 0.75, 0.25
_MIX_IN, _MASTER_IN, _ROW_IN, _GAP_IN, _ROW_GAP_IN = 3.3, 1.7, 0.95, 0.55, 0.62
_COLUMNS = ((1, 1), (2, 2), (9, 3), (16, 4), (math.inf, 5))
_INK, _QUIET, _GRID, _PAPER = "#20242b", "#6b7280", "#e5e7eb", "#ffffff"
_BEFORE, _TARGET, _AFTER, _UP, _DOWN = "#9ca3af", "#c2700a", "#1f5f9f", "#1f5f9f", "#b3261e"
_RANGE_HZ = (22.0, 20_500.0)
_DEEPEST_DB, _LEAST_EQ_DB = 55.0, 3.0
_TICKS_HZ = {50: "50", 100: "100", 200: "200", 500: "500", 1000: "1k", 2000: "2k", 5000: "5k", 10_000: "10k"}
_FEW_TICKS_HZ = {100: "100", 1000: "1k", 10_000: "10k"}
_NAME_CELLS = 26


def draw(document: TuneDocument, path: Path) -> None:
    """Draw a tuning as a PNG. Raises ``OSError``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - half a second, for pictures alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    tracks = () if document.scope == "master" else document.tracks
    columns = next(columns for most, columns in _COLUMNS if len(tracks) <= most)
    rows = math.ceil(len(tracks) / columns)
    has_master = document.scope != "tracks" or any(band.gain_db for band in document.master.after.eq)
    below_in = (_GAP_IN + _MASTER_IN) * has_master + (_GAP_IN * bool(rows) + rows * (_ROW_IN + _ROW_GAP_IN))
    whole_in = _HEAD_IN + _MIX_IN + below_in + (0.0 if rows else _FOOT_IN)
    figure = Figure(figsize=(_WIDTH_IN, whole_in), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _heads(figure, document, whole_in)
    at_in = _HEAD_IN
    _mix(_placed(figure, whole_in, at_in, _MIX_IN), document)
    at_in += _MIX_IN + _GAP_IN
    if has_master:
        _master(_placed(figure, whole_in, at_in, _MASTER_IN), document)
        at_in += _MASTER_IN + _GAP_IN
    reach_db = _reach([track.eq_db for track in tracks])
    for k, track in enumerate(tracks):
        row, column = divmod(k, columns)
        down_in = at_in + 0.1 + row * (_ROW_IN + _ROW_GAP_IN)
        axes = _placed(figure, whole_in, down_in, _ROW_IN, column, columns)
        _track(axes, track, document.sample_rate_hz, reach_db, first=column == 0)
    with warnings.catch_warnings():
        # A name in letters that matplotlib's own font has not comes out as boxes, which is no reason to say more.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(path, dpi=_DPI, format="png", metadata={"Software": None})


def _heads(figure: "Figure", document: TuneDocument, whole_in: float) -> None:
    off = (document.before.third_octave_rms_db, document.after.third_octave_rms_db)
    figures = f"{number(document.before.loudness_lufs)} → {number(document.after.loudness_lufs)} LUFS"
    if None not in off:
        figures = f"off the target {change(*off)} dB (third octaves, RMS), {figures}"
    left = _LEFT_IN / _WIDTH_IN
    title = f"{_plain(document.session)}: {WHAT[document.scope]} tuned"
    for text, at_in, size, colour in (
        (f"{title} to {_plain(document.target)}", 0.25, 13, _INK),
        (figures, 0.52, 9, _QUIET),
    ):
        figure.text(left, 1.0 - at_in / whole_in, text, fontsize=size, color=colour, va="center")


def _placed(
    figure: "Figure", whole_in: float, down_in: float, height_in: float, column: int = 0, columns: int = 1
) -> "Axes":
    """Return axes that begin so far down, in one of several columns."""
    gap_in = 0.3
    width_in = (_WIDTH_IN - _LEFT_IN - _RIGHT_IN - (columns - 1) * gap_in) / columns
    left_in = _LEFT_IN + column * (width_in + gap_in)
    box = (
        left_in / _WIDTH_IN,
        1.0 - (down_in + height_in) / whole_in,
        width_in / _WIDTH_IN,
        height_in / whole_in,
    )
    axes = figure.add_axes(box)
    axes.set_xscale("log")
    axes.set_xlim(*_RANGE_HZ)
    axes.tick_params(labelsize=7.5, colors=_QUIET, length=2)
    axes.minorticks_off()
    axes.grid(visible=True, color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_color(_GRID)
    ticks = _TICKS_HZ if columns < 4 else _FEW_TICKS_HZ
    axes.set_xticks(list(ticks), list(ticks.values()))
    return axes


def _mix(axes: "Axes", document: TuneDocument) -> None:
    """Draw the mix's third octaves: before and after as lines, the target as a broad one behind them."""
    curves = document.curves
    hz = np.array(curves.bands_hz)
    before, after = np.array(curves.before_db), np.array(curves.after_db)
    target = np.array([math.nan if value is None else value for value in curves.target_db])
    axes.plot(hz, target, color=_TARGET, linewidth=5, alpha=0.35, solid_capstyle="round", label="target")
    axes.plot(hz, before, color=_BEFORE, linewidth=1.4, marker="o", markersize=2.5, label="before")
    axes.plot(hz, after, color=_AFTER, linewidth=1.8, marker="o", markersize=3, label="after")
    top_db = float(np.nanmax([before.max(), after.max(), np.nanmax(target, initial=-math.inf)]))
    wanted = target[np.isfinite(target)]
    floor_db = top_db - _DEEPEST_DB
    lowest_db = max(floor_db, float(min(before.min(), after.min(), wanted.min(initial=math.inf))))
    axes.set_ylim(lowest_db - 2.0, top_db + 2.0)
    axes.set_ylabel("level of a third octave, dB", fontsize=8, color=_QUIET)
    _legend(axes)


def _master(axes: "Axes", document: TuneDocument) -> None:
    """Draw the master's EQ, over what the mix was off the target before it."""
    curves = document.curves
    if document.scope == "master":
        hz = np.array(curves.bands_hz)
        missing = np.array(
            [
                math.nan if target is None else target - before
                for target, before in zip(curves.target_db, curves.before_db, strict=True)
            ]
        )
        if np.isfinite(missing).any():
            missing -= np.nanmean(missing) - float(np.mean(np.array(curves.eq_db)[np.isfinite(missing)]))
        axes.plot(hz, missing, color=_TARGET, linewidth=4, alpha=0.35, label="what was missing to the target")
    _eq(axes, document.master.after.eq, document.sample_rate_hz, label="EQ of the master")
    low, high = axes.get_ylim()
    reach = max(_LEAST_EQ_DB, -low, high)
    axes.set_ylim(-reach, reach)
    axes.set_ylabel("dB", fontsize=8, color=_QUIET)
    axes.set_title("EQ of the master", fontsize=9, color=_INK, loc="left", pad=4)
    _legend(axes)


def _legend(axes: "Axes") -> None:
    """Name the lines above the axes, where no line is in the way."""
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.2,
        fontsize=8,
        frameon=False,
        ncols=3,
        labelcolor=_INK,
    )


def _track(axes: "Axes", track: TuneTrack, rate_hz: int, reach_db: float, *, first: bool) -> None:
    """Draw a track's EQ, its name and figures above."""
    axes.set_ylim(-reach_db, reach_db)
    if not first:
        axes.tick_params(labelleft=False)
    axes.set_title(_plain(short_name(track.name, _NAME_CELLS)), fontsize=8.5, color=_INK, loc="left", pad=13)
    axes.text(0.0, 1.04, _in_words(track), transform=axes.transAxes, fontsize=6.8, color=_QUIET, va="bottom")
    if track.silent or track.locked:
        axes.set_facecolor("#f3f4f6")
    _eq(axes, track.after.eq, rate_hz)


def _in_words(track: TuneTrack) -> str:
    if track.silent:
        return "silent"
    if track.locked:
        return "locked"
    words = f"fader {change(track.before.gain_db, track.after.gain_db)} dB"
    if track.before.error_db is None or track.after.error_db is None:
        return words
    return f"{words}, off {change(track.before.error_db, track.after.error_db)}"


def _eq(axes: "Axes", bands: Sequence[Band], rate_hz: int, label: str | None = None) -> None:
    """Draw what bands do together, filled up and down, with a dot on each band that is turned."""
    hz = np.geomspace(_RANGE_HZ[0], min(_RANGE_HZ[1], 0.48 * rate_hz), 240)
    curve = _curve(bands, hz, rate_hz)
    axes.axhline(0.0, color=_QUIET, linewidth=0.8)
    axes.fill_between(hz, curve, 0.0, where=curve >= 0.0, color=_UP, alpha=0.18, linewidth=0)
    axes.fill_between(hz, curve, 0.0, where=curve <= 0.0, color=_DOWN, alpha=0.18, linewidth=0)
    axes.plot(hz, curve, color=_INK, linewidth=1.4, label=label)
    turned = np.array([band.freq_hz for band in bands if band.gain_db and band.freq_hz <= hz[-1]])
    if turned.size:
        axes.plot(turned, _curve(bands, turned, rate_hz), "o", color=_INK, markersize=3)


def _curve(bands: Sequence[Band], hz: F64, rate_hz: int) -> F64:
    eq = tuple(EqBand(EqShape(b.shape), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in bands)
    curve: F64 = 20.0 * np.log10(np.maximum(np.abs(strip_response(Strip(eq=eq), hz, rate_hz)), 1e-6))
    return curve


def _reach(curves: Sequence[Sequence[float]]) -> float:
    """Return how far the axes of all tracks go: in whole steps of 3 dB, so that they can be compared."""
    largest = max((abs(value) for curve in curves for value in curve), default=0.0)
    return max(_LEAST_EQ_DB, 3.0 * math.ceil((largest + 0.3) / 3.0))


def _plain(text: str) -> str:
    """Keep a name from being read as a formula."""
    return text.replace("$", r"\$")
