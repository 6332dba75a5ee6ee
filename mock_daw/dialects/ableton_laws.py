"""Ableton Live's scales as its Python interface has them: fader, meter, and the knobs of EQ Eight.

- Fader (``mixer_device.volume``): the three pieces that marcobn published in AbletonOSC's issue 44, which meet values
  measured in Live every 3 dB (a public table: 0.85 is 0 dB, 0.55 is −12 dB, 0.4 is −18 dB, 0.0346 is −60 dB) within
  0.2 dB; exact above −18 dB, where it is a line of 40 dB a unit.
- Meter (``output_meter_left``): a line from −70 dB at 0 to +6 dB at 1. It meets eight readings that a TouchOSC template
  for AbletonOSC has noted (0.921 is 0 dB, 0.842 is −6 dB, 0.6 is −24.4 dB, 0.07 is −64.7 dB) within 0.1 dB.
- EQ Eight: frequency and quality are said to be numbers in [0, 1] of equal ratios, 10 Hz to 22 kHz and 0.1 to 18; gain
  is in dB. That several public scripts agree on these ends is all that is known.
"""

import math
from dataclasses import dataclass

ZERO_DB_AT = 0.85
HIGHEST_DB, LOWEST_DB = 6.0, -70.0
LINE_FROM, LINE_DB, LINE_OFFSET_DB = 0.4, 40.0, -34.0
CURVE_FROM = 0.15
ALPHA, BETA, GAMMA, DELTA = 799.503788, 12630.61132, 201.871345, 399.751894
ROOT_DB, ROOT_POWER = 118.426374, 7504.0 / 5567.0


@dataclass(frozen=True, slots=True)
class Knob:
    """A range of equal ratios on [0, 1]."""

    start: float
    end: float

    def value(self, along: float) -> float:
        """Return the value of a number in [0, 1]."""
        return self.start * math.pow(self.end / self.start, along)

    def along(self, value: float) -> float:
        """Return the number in [0, 1] of a value; values beyond the ends are held."""
        held = min(max(value, self.start), self.end)
        return min(max(math.log(held / self.start) / math.log(self.end / self.start), 0.0), 1.0)


FREQUENCY = Knob(10.0, 22000.0)
QUALITY = Knob(0.1, 18.0)


def fader_db(along: float) -> float:
    """Return the level of a fader in dB; the bottom is −inf."""
    if not along > 0.0:
        return -math.inf
    if along >= LINE_FROM:
        return min(LINE_DB * along + LINE_OFFSET_DB, HIGHEST_DB)
    if along >= CURVE_FROM:
        return -((DELTA * along - GAMMA) ** 2 + BETA) / ALPHA
    return ROOT_DB * math.pow(along, 1.0 / ROOT_POWER) + LOWEST_DB


def fader_along(db: float) -> float:
    """Return the fader of a level in dB: −70 dB and less is 0, +6 dB and more is 1."""
    if not db > LOWEST_DB:
        return 0.0
    if db >= fader_db(LINE_FROM):
        return min((db - LINE_OFFSET_DB) / LINE_DB, 1.0)
    if db >= fader_db(CURVE_FROM):
        return min((GAMMA - math.sqrt(max(-ALPHA * db - BETA, 0.0))) / DELTA, LINE_FROM)
    return min(math.pow((db - LOWEST_DB) / ROOT_DB, ROOT_POWER), CURVE_FROM)


def meter_along(peak: float) -> float:
    """Return where a linear peak lies on a meter, in [0, 1]."""
    if not peak > 0.0:
        return 0.0
    return min(max((20.0 * math.log10(peak) - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0), 1.0)


def gain_of_fader(along: float) -> float:
    """Return the linear gain of a fader."""
    return math.pow(10.0, fader_db(along) / 20.0)


def fader_of_gain(gain_linear: float) -> float:
    """Return the fader of a linear gain."""
    return fader_along(20.0 * math.log10(gain_linear)) if gain_linear > 0.0 else 0.0
