"""Plays sessions from their real audio, for the meters of ``live.Live`` and for renders."""

from collections.abc import Iterator
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from mock_daw.errors import EngineError
from mock_daw.graph import Plan, Planner
from mock_daw.mixer import Mixer
from mock_daw.session import Session

FloatArray = NDArray[np.float32]

LONGEST_WINDOW_SAMPLES = 16_384


class Player:
    """Plays from a position on; fulfils ``live.Player``. Owns the position, the mixer, and what is worked out ahead.

    While nothing audible changes it works ahead in windows that grow to a third of a second. A change in the middle
    of one throws the rest of it away: the filters go back to where the window began and come up to the position with
    the settings from before, so that what is heard is the same as without working ahead.
    """

    def __init__(self, rate_hz: int) -> None:
        self._planner = Planner(rate_hz)
        self._mixer = Mixer(rate_hz)
        self._rate_hz = rate_hz
        self._position = 0
        self._plan = Plan(1, ())
        self._window = np.zeros((1, 2, 0), np.float32)
        self._window_start = 0
        self._state_before = self._mixer.state

    @property
    def notes(self) -> tuple[str, ...]:
        """A line on each file that is silent since it can not be read."""
        return self._mixer.notes

    def seek(self, position_s: float) -> None:
        """Go on from another position, with all filters at rest."""
        self._position = round(position_s * self._rate_hz)
        self._mixer.restore({})
        self._forget()

    def advance(self, session: Session, samples: int) -> NDArray[np.float64]:
        """Play that many samples; return the absolute peaks (1 + tracks, 2), the master first, after the fader."""
        peaks = np.zeros((len(session.tracks) + 1, 2))
        for block in self._blocks(session, samples):
            np.maximum(peaks, np.maximum(block.max(axis=2), -block.min(axis=2)), out=peaks)
        return peaks

    def play(self, session: Session, samples: int) -> FloatArray:
        """Play that many samples; return what leaves the master, float32 (samples, 2)."""
        blocks = [block[0].T for block in self._blocks(session, samples)]
        return np.concatenate([np.zeros((0, 2), np.float32), *blocks])

    def close(self) -> None:
        """Close all files. Playing on opens them again, with all filters at rest."""
        self._mixer.close()
        self._forget()

    def _blocks(self, session: Session, samples: int) -> Iterator[FloatArray]:
        """Yield what leaves all tracks, (rows, 2, samples), in one or more pieces."""
        self._change_to(self._planner.plan(session))
        while samples:
            used = self._position - self._window_start
            if used == self._window.shape[2]:
                self._work_ahead(samples)
                used = 0
            block = self._window[:, :, used : used + samples]
            samples -= block.shape[2]
            self._position += block.shape[2]
            yield block

    def _change_to(self, plan: Plan) -> None:
        if plan == self._plan:
            return
        used = self._position - self._window_start
        if used < self._window.shape[2]:
            self._mixer.restore(self._state_before)
            if used:
                self._mixer.mix(self._plan, self._window_start, used)
        self._forget()
        self._plan = plan
        self._mixer.keep_only(plan)

    def _work_ahead(self, samples: int) -> None:
        length = min(LONGEST_WINDOW_SAMPLES, max(samples, 2 * self._window.shape[2]))
        self._state_before = self._mixer.state
        self._window_start = self._position
        self._window = self._mixer.mix(self._plan, self._position, length)

    def _forget(self) -> None:
        self._window = self._window[:, :, :0]
        self._window_start = self._position


def render(session: Session, start_s: float, end_s: float, block_samples: int) -> Iterator[FloatArray]:
    """Yield what leaves the master from a time to another, float32 (samples, 2): what a ``Player`` plays there.

    Blocks have ``block_samples``, the last may be shorter. Raises ``EngineError`` for a block that holds nothing.
    """
    if block_samples < 1:
        raise EngineError(f"a block of {block_samples} samples holds nothing")
    return _render(session, start_s, end_s, block_samples)


def _render(session: Session, start_s: float, end_s: float, block_samples: int) -> Iterator[FloatArray]:
    left = round(end_s * session.rate_hz) - round(start_s * session.rate_hz)
    with closing(Player(session.rate_hz)) as player:
        player.seek(start_s)
        while left > 0:
            samples = min(block_samples, left)
            yield player.play(session, samples)
            left -= samples
