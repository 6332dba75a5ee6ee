"""What Ardour's panners do to a track, as gains of its two sides. Pure.

From ``libs/panners``: the balance of a stereo track leaves the centre alone; a mono track loses 3 dB in the centre, and
so do the sides of an equal-power panner where they come together.
"""

from dataclasses import dataclass

BALANCE, MONO = "panner_balance", "panner_1in2out"
_CENTRE_GAIN = 10.0 ** (-3.0 / 20.0)
_SCALE = 2.0 - 4.0 * _CENTRE_GAIN


@dataclass(frozen=True, slots=True)
class Panned:
    """A balance in [-1, 1], and the gains (left, right) besides it."""

    balance: float = 0.0
    sides: tuple[float, float] = (1.0, 1.0)


def panned(kind: str, position: float | None, trim_db: float) -> Panned:
    """Return what a panner at a position in [0, 1] does, and the trim before it; without one only the trim.

    An equal-power stereo panner is taken to be at its full width, where it changes nothing.
    """
    trim = 10.0 ** (trim_db / 20.0)
    if position is None:
        return Panned(0.0, (trim, trim))
    if kind == MONO:
        return Panned(0.0, (trim * _law(1.0 - position), trim * _law(position)))
    balance = min(1.0, max(-1.0, 2.0 * position - 1.0)) if kind == BALANCE else 0.0
    return Panned(balance, (trim, trim))


def _law(share: float) -> float:
    return share * (_SCALE * share + 1.0 - _SCALE)
