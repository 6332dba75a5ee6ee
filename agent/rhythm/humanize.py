"""From strokes to a part that a person might have played: velocities and timing of the style, swing, dynamics.

Every draw comes from the generator that is passed in. What could not be played for being moved is put back on the grid.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.chart import Chart
from agent.rhythm.music import Music
from agent.rhythm.pattern import VOICES, Pattern, Voice
from agent.rhythm.playability import FOOT_MIN_S, HAND_MIN_S, TOGETHER_S
from agent.rhythm.strokes import ACCENTED, GHOSTED, HIT
from agent.rhythm.styles import Profile

F64 = NDArray[np.float64]

SOFTEST, HARDEST = 15, 127
_ACCENT, _GHOST = 12.0, -35.0
_DYNAMICS_PER_DB, _DYNAMICS_MOST = 0.8, 10.0
_UNEVEN_VELOCITY = 6.0
MOST_LATE_S = 0.02
_LEAST_SPREAD_S = 0.004


def humanized(
    played: Sequence[int],
    chart: Chart,
    music: Music,
    profile: Profile,
    humanize: float,
    rng: np.random.Generator,
) -> Pattern:
    """Return the pattern of the strokes played. ``humanize``: 0 as even as a machine, 1 as uneven as the style."""
    bars, steps = chart.bars, chart.steps
    strokes = np.asarray(played, np.intp)
    hit = HIT[strokes] > 0
    usual = np.tile(profile.velocity, (bars, 1))
    level = music.level_db - np.median(music.level_db[music.sounding()])
    dynamics = np.clip(level * _DYNAMICS_PER_DB, -_DYNAMICS_MOST, _DYNAMICS_MOST)
    velocity = usual + ACCENTED[strokes] * _ACCENT + GHOSTED[strokes] * _GHOST + np.repeat(dynamics, steps)[:, None]
    velocity += rng.normal(0.0, _UNEVEN_VELOCITY, velocity.shape) * humanize
    velocity = np.where(hit, np.rint(velocity).clip(SOFTEST, HARDEST), 0.0)

    late_s = np.tile(profile.offset, (bars, 1)) * music.step_length_s
    spread_s = np.maximum(np.tile(profile.offset_spread, (bars, 1)) * music.step_length_s, _LEAST_SPREAD_S)
    late_s = (late_s + rng.normal(0.0, 1.0, late_s.shape) * spread_s) * humanize
    most_s = min(MOST_LATE_S, music.step_length_s / 4.0) * humanize
    late_s = np.where(hit, late_s.clip(-most_s, most_s), 0.0)
    late_s = _playable(late_s, hit, chart.time_s)
    swing_s = (chart.time_s - music.step_s.reshape(-1))[:, None]
    offset_s = np.where(hit, late_s + swing_s, 0.0)
    shape = (bars, steps, VOICES)
    return Pattern(velocity.astype(np.uint8).reshape(shape), offset_s.reshape(shape))


def _playable(late_s: F64, hit: NDArray[np.bool_], time_s: F64) -> F64:
    """Put back on the grid what comes too soon after another stroke for being moved; on the grid all is playable."""
    late_s = late_s.copy()
    kicks, hats, hands = np.zeros_like(hit), np.zeros_like(hit), hit.copy()
    kicks[:, Voice.KICK] = hit[:, Voice.KICK]
    hands[:, Voice.KICK] = False
    for hat in (Voice.CLOSED_HAT, Voice.OPEN_HAT):
        hats[:, hat] = hit[:, hat]
    limits = ((hands, 2, HAND_MIN_S), (kicks, 1, FOOT_MIN_S), (hats, 1, TOGETHER_S))
    while True:
        moved = late_s != 0
        for table, apart, least_s in limits:
            step, voice = np.nonzero(table)
            when = time_s[step] + late_s[step, voice]
            order = np.argsort(when, kind="stable")
            step, voice, when = step[order], voice[order], when[order]
            soon = np.flatnonzero(when[apart:] - when[:-apart] < least_s)
            for k in range(apart + 1):
                late_s[step[soon + k], voice[soon + k]] = 0.0
        if bool(((late_s != 0) == moved).all()):
            return late_s
