"""The picture of a drum part: bar after bar as a grid, the music's onsets above it.

A line of the picture is four or eight bars. Above are the melody, the chords and the bass, a stroke where a note
begins, as tall as the onset is clear; below are the drums that play, as tall and dark as they are hit hard, and as far
off their step as they are meant to be.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.music import Layer
from agent.rhythm.pattern import Voice
from bridge.rhythm_document import voice_name
from bridge.rhythm_result import RhythmResult, drums_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

F64 = NDArray[np.float64]

_WIDTH_IN, _ROW_IN, _GAP_IN, _MARGIN_IN = 13.0, 0.17, 0.34, 0.6
_LEFT_IN, _RIGHT_IN = 1.05, 0.2
_DPI = 110
_FEW_BARS, _BARS, _MANY = 8, (4, 8), 400
_INK, _QUIET, _PAPER, _PALE = "#20242b", "#6b7280", "#ffffff", "#f3f4f6"
_LEGEND = "Above: where notes of the music begin. Below: drums, taller and darker where they are hit harder."
_LAYERS = ((Layer.MELODY, "#b4543a"), (Layer.CHORDS, "#7a6a2f"), (Layer.BASS, "#3b6e8f"))
# From the top: cymbals, hats, toms, snare, kick, as they stand in a drum score.
_ROWS = (
    (Voice.CRASH, "#8a5a00"),
    (Voice.RIDE, "#8a5a00"),
    (Voice.OPEN_HAT, "#5b7f1f"),
    (Voice.CLOSED_HAT, "#5b7f1f"),
    (Voice.HIGH_TOM, "#6b4c9a"),
    (Voice.MID_TOM, "#6b4c9a"),
    (Voice.LOW_TOM, "#6b4c9a"),
    (Voice.SNARE, "#b3261e"),
    (Voice.KICK, "#1f3a5f"),
)


class _Line(NamedTuple):
    """A line of the picture: its bars, and what is drawn in them: (layers or voices, steps)."""

    first: int
    onset: F64
    velocity: F64
    offset: F64


def draw(result: RhythmResult, path: Path) -> None:
    """Draw a part as a PNG; of one with more than 400 bars the first 400. Raises ``OSError``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - half a second, for pictures alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    lines = _lines(result)
    rows = [row for row in _ROWS if any(line.velocity[row[0]].any() for line in lines)]
    layers = [layer for layer in _LAYERS if result.music.onset[layer[0]].any()]
    height = len(layers) + len(rows) + 0.6
    line_in = height * _ROW_IN + _GAP_IN
    whole_in = _MARGIN_IN + len(lines) * line_in + 0.15
    figure = Figure(figsize=(_WIDTH_IN, whole_in), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    for text, at_in, size, colour in ((_title(result), 0.24, 12, _INK), (_LEGEND, 0.46, 7.5, _QUIET)):
        figure.text(_LEFT_IN / _WIDTH_IN, 1.0 - at_in / whole_in, text, fontsize=size, color=colour, va="center")
    per_line = lines[0].onset.shape[1]
    for place, line in enumerate(lines):
        top_in = _MARGIN_IN + place * line_in + _GAP_IN - 0.12
        width = (_WIDTH_IN - _LEFT_IN - _RIGHT_IN) / _WIDTH_IN * line.onset.shape[1] / per_line
        bottom = 1.0 - (top_in + height * _ROW_IN) / whole_in
        axes = figure.add_axes((_LEFT_IN / _WIDTH_IN, bottom, width, height * _ROW_IN / whole_in))
        _draw_line(axes, line, layers, rows, result)
    with _in_silence():
        figure.savefig(path, dpi=_DPI, format="png")


@contextmanager
def _in_silence() -> Iterator[None]:
    """Keep matplotlib from saying on stderr that a font lacks a character of the title, or that it looks for fonts."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        log.setLevel(level)


def _lines(result: RhythmResult) -> list[_Line]:
    pattern = result.plan.pattern
    bars = min(pattern.bars, _MANY)
    per_line = _BARS[bars > _FEW_BARS]
    step_s = np.append(np.diff(result.music.step_s[:bars].reshape(-1)), result.music.step_length_s)
    velocity = pattern.velocity[:bars].reshape(-1, len(Voice)).T / 127.0
    offset = pattern.offset_s[:bars].reshape(-1, len(Voice)).T / step_s
    onset = result.music.onset[:, :bars].reshape(len(Layer), -1)
    steps = pattern.steps * per_line
    cuts = [slice(at, at + steps) for at in range(0, bars * pattern.steps, steps)]
    return [
        _Line(cut.start // pattern.steps + 1, onset[:, cut], velocity[:, cut], offset[:, cut].clip(-0.5, 0.5))
        for cut in cuts
    ]


def _draw_line(
    axes: "Axes",
    line: _Line,
    layers: list[tuple[Layer, str]],
    rows: list[tuple[Voice, str]],
    result: RhythmResult,
) -> None:
    axes.set_xlim(0, line.onset.shape[1])
    axes.set_ylim(len(layers) + 0.6 + len(rows), 0)  # the first row is on top
    axes.set_facecolor(_PAPER)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _draw_rulers(axes, line, (len(layers), len(rows)), result)
    labels: list[tuple[float, str, str]] = []
    for place, (layer, colour) in enumerate(layers):
        strength = line.onset[layer]
        at = np.flatnonzero(strength > 0.0)
        axes.vlines(at + 0.5, place + 0.95, place + 0.95 - 0.85 * strength[at], colors=colour, linewidth=2.0)
        labels.append((place + 0.55, layer.name.lower(), colour))
    for place, (voice, colour) in enumerate(rows, len(layers)):
        _draw_hits(axes, place + 1.1, line.velocity[voice], line.offset[voice], colour)
        labels.append((place + 1.1, voice_name(voice), colour))
    axes.set_yticks([y for y, _, _ in labels], [name for _, name, _ in labels], fontsize=7.5)
    for tick, (_, _, colour) in zip(axes.get_yticklabels(), labels, strict=True):
        tick.set_color(colour)
    axes.tick_params(length=0, pad=3)


def _draw_hits(axes: "Axes", y: float, velocity: F64, offset: F64, colour: str) -> None:
    """Draw hits as bars, the harder the taller and darker."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - as above

    at = np.flatnonzero(velocity)
    hard = velocity[at]
    shades = np.column_stack([np.tile(to_rgb(colour), (len(at), 1)), 0.25 + 0.75 * hard])
    heights = 0.3 + 0.55 * hard
    axes.bar(at + 0.5 + offset[at], heights, 0.8, y - heights / 2, color=shades, linewidth=0, clip_on=False)


def _draw_rulers(axes: "Axes", line: _Line, rows: tuple[int, int], result: RhythmResult) -> None:
    """Draw bars, beats, and the pale rows that lead the eye; number the bars. ``rows``: of the music, of the drums."""
    above, below = rows
    steps, a_bar, a_beat = line.onset.shape[1], result.plan.pattern.steps, result.pulse.steps_per_beat
    bottom = above + 0.6 + below
    for place in range(0, below, 2):
        axes.axhspan(above + 0.6 + place, above + 1.6 + place, color=_PALE, linewidth=0, zorder=0)
    axes.vlines(range(0, steps + 1, a_beat), 0, bottom, colors="#d5d8dd", linewidth=0.7, zorder=1)
    axes.vlines(range(0, steps + 1, a_bar), 0, bottom, colors="#8d949e", linewidth=1.2, zorder=1)
    axes.hlines(above + 0.3, 0, steps, colors="#8d949e", linewidth=0.6, zorder=1)
    bars = range(steps // a_bar)
    axes.set_xticks([k * a_bar for k in bars], [str(line.first + k) for k in bars], fontsize=8, ha="left")
    axes.xaxis.tick_top()


def _title(result: RhythmResult) -> str:
    words = f"{result.session}: {drums_of(result.plan.style)}, {result.pulse.tempo_bpm:.1f} BPM, {result.meter.words}"
    return words.replace("$", r"\$")  # no formula of matplotlib's
