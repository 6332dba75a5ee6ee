"""What the programs about tone share: random mis-equalisation, and sessions of one track."""

from dataclasses import replace

import numpy as np

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.session import EqBand, EqShape, Settings, Strip

MOST_DB = 9.0
FREQ_RANGE_HZ = (50.0, 12_000.0)
WIDTH_RANGE_OCT = (0.7, 2.5)
SHELVES_BELOW_HZ, SHELVES_ABOVE_HZ = 120.0, 6000.0


def mis_equalisation(rng: np.random.Generator, bands: int) -> tuple[EqBand, ...]:
    """Return so many random bands within ±9 dB: anywhere from 50 Hz to 12 kHz, at the ends every second one a shelf."""
    made = []
    for _ in range(bands):
        freq_hz = float(np.exp(rng.uniform(*np.log(FREQ_RANGE_HZ))))
        shelf, gain_db = bool(rng.integers(2)), float(rng.uniform(-MOST_DB, MOST_DB))
        shape = EqShape.BELL
        if shelf and freq_hz < SHELVES_BELOW_HZ:
            shape = EqShape.LOW_SHELF
        elif shelf and freq_hz > SHELVES_ABOVE_HZ:
            shape = EqShape.HIGH_SHELF
        made.append(EqBand(shape, freq_hz, gain_db, float(rng.uniform(*WIDTH_RANGE_OCT))))
    return tuple(made)


def as_strip(bands: tuple[EqBand, ...]) -> Strip:
    """Return a strip with these bands, filled up with flat ones."""
    flat = EqBand(EqShape.BELL, 1000.0)
    return Strip(eq=(*bands, *(flat,) * (4 - len(bands))))


def track_alone(heard: Heard, track: int) -> Heard:
    """Return one track of a session as a session of its own."""
    one = slice(track, track + 1)
    return replace(
        heard,
        gram=heard.gram[:, one, one],
        level=heard.level[one],
        cross=heard.cross[:, one, one],
        peak=heard.peak[:, one],
        centroid_hz=heard.centroid_hz[one],
        mix_crest=1.0,
    )


def printed(heard: Heard, strips: tuple[Strip, ...]) -> Heard:
    """Return what would be heard of tracks with these strips' EQ in their audio."""
    return Twin(heard, Settings(strips)).printed()
