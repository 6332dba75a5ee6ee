"""What writing drums looks like: the bar at hand as lines of text, or the stretch as a picture of plain pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.chart import Chart
from agent.rhythm.pattern import Voice
from agent.rhythm.strokes import ACCENT, GHOST, PLAIN, STROKES

Picture = NDArray[np.uint8]  # (height, width, 3)

_MARKS = {GHOST: "o", PLAIN: "x", ACCENT: "X"}
_PAPER, _BEAT, _BAR, _LOOKED_AT = (24, 26, 30), (44, 47, 54), (90, 96, 106), (250, 210, 90)
_COLOURS = {GHOST: (90, 140, 230), PLAIN: (90, 190, 120), ACCENT: (230, 110, 80)}
_MUSIC = (150, 120, 200)
_CELL = 8


def text(chart: Chart, start: int, played: Sequence[int]) -> str:
    """Return a line for each voice, from the crash down, of the bar that the next step is in; ``|`` before beats.

    ``x`` is a hit, ``X`` an accent, ``o`` a ghost note, ``.`` a rest, a space what is not written yet.
    """
    at = min(start + len(played), len(chart.time_s) - 1)
    first = at - at % chart.steps
    return "\n".join(
        f"{voice.name.lower().replace('_', ' '):10s}"
        + "".join(
            ("|" if step % chart.steps_per_beat == 0 else "") + _mark(voice, first + step - start, played)
            for step in range(chart.steps)
        )
        for voice in reversed(Voice)
    )


def picture(chart: Chart, start: int, end: int, played: Sequence[int]) -> Picture:
    """Return a stretch of steps as pixels, (8 · 12, 8 · steps, 3): a row a voice, the kick below; then the music.

    Hits are green, accents red, ghost notes blue; the last three rows are what begins in melody, chords and bass, the
    brighter the clearer. Yellow is the step that comes next.
    """
    steps, voices = end - start, len(Voice)
    image = np.full((_CELL * (voices + len(chart.onset)), _CELL * steps, 3), _PAPER, np.uint8)
    for step in range(steps):
        columns = slice(step * _CELL, (step + 1) * _CELL)
        if (start + step) % chart.steps_per_beat == 0:
            image[:, columns] = _BEAT
        if (start + step) % chart.steps == 0:
            image[:, step * _CELL] = _BAR
        for row, clear in enumerate(chart.onset[::-1, start + step].tolist()):
            if clear > 0:
                _fill(image, voices + row, step, tuple(round(clear * part) for part in _MUSIC))
        if step < len(played):
            for voice, strength in STROKES[played[step]].voices:
                _fill(image, voices - 1 - voice, step, _COLOURS[strength])
    if len(played) < steps:
        image[:, len(played) * _CELL] = _LOOKED_AT
    return image


def _mark(voice: Voice, step: int, played: Sequence[int]) -> str:
    if not 0 <= step < len(played):
        return " "
    return _MARKS.get(dict(STROKES[played[step]].voices).get(voice, None), ".")  # type: ignore[arg-type]


def _fill(image: Picture, row: int, step: int, colour: tuple[int, ...]) -> None:
    image[row * _CELL + 1 : (row + 1) * _CELL - 1, step * _CELL + 1 : (step + 1) * _CELL - 1] = colour
