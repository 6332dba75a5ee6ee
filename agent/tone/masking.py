"""Which of the tracks' strong bands are masked: those in which the rest of the mix is 6 dB or more above the track."""

import math

import numpy as np
from numpy.typing import NDArray

from agent.reward import MASKED_FROM_DB

F64 = NDArray[np.float64]

# Half the width of the edge between heard and masked, for a count that a small move can be seen to change.
EDGE_DB = 1.5
_DB = 10 / math.log(10)
_FLOOR = 1e-20


def excess_db(own: F64, rest: F64, strong: NDArray[np.intp]) -> F64:
    """Return how far the rest is beyond 6 dB over each track in its strong bands; shapes (N, B), (N, B) and (N, 6).

    A track by itself has nothing that could mask it: 0.
    """
    if len(own) == 1:
        return np.zeros(strong.shape)
    rows = np.arange(len(own))[:, None]
    over: F64 = _DB * np.log((rest[rows, strong] + _FLOOR) / (own[rows, strong] + _FLOOR)) - MASKED_FROM_DB
    return over


def masked_share(over_db: F64, audible: NDArray[np.bool_]) -> float:
    """Return the share of the strong bands of tracks that sound that are masked, in [0, 1]."""
    return float((over_db[audible] > 0).mean()) if len(audible) > 1 and audible.any() else 0.0


def covered_share(over_db: F64, audible: NDArray[np.bool_]) -> float:
    """Return the same share with a soft edge: a band counts from 0 at 4.5 dB to 1 at 7.5 dB."""
    if len(audible) == 1 or not audible.any():
        return 0.0
    return float(((over_db[audible] + EDGE_DB) / (2 * EDGE_DB)).clip(0.0, 1.0).mean())
