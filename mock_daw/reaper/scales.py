"""REAPER's scales and texts for gains, pans and meters, all on linear gain factors.

What is known of them, and how well:

- The fader law. REAPER's ``DB2SLIDER`` and ``SLIDER2DB`` are closed. The law here, ``gain = top / 2 · (p³ + p⁶)`` with
  p the position in [0, 1] and ``top`` the gain at +12 dB, was found by fitting and gives every value that ReaScripts
  have published as measured, from −90 dB to +12 dB, within their printed precision (see the tests). It is the default;
  the user can set another range and shape in REAPER's preferences.
- ``VAL2DB`` ends at −150 dB and calls everything below 2⁻²⁵ silence (WDL/db2val.h).
- ``mkvolstr`` and ``mkpanstr`` as the contract tests of a public control surface state them.
- What ``parsepanstr`` makes of odd texts is not documented: here it reads what ``pan_text`` writes, and short forms.
"""

import math
import re

SILENCE = 2.0**-25
SILENCE_DB = -150.0
TOP_DB = 12.0
TOP_GAIN = math.pow(10.0, TOP_DB / 20.0)
_NUMBER = re.compile(r"\s*([-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?)")
_PAN = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*%?\s*([lr]?)", re.IGNORECASE)


def fader_position(linear: float) -> float:
    """Return where a gain lies on the fader, in [0, 1]: 0.7162178503126 is 0 dB, 1 is +12 dB and above, 0 is −inf."""
    if not linear > 0.0:
        return 0.0
    eightfold = 8.0 * min(linear, TOP_GAIN) / TOP_GAIN
    # (√(1 + x) − 1) / 2, in the form that keeps its digits where x is small
    return min(math.cbrt(eightfold / (2.0 * (math.sqrt(1.0 + eightfold) + 1.0))), 1.0)


def fader_gain(position: float) -> float:
    """Return the gain of a fader position; positions are held in [0, 1]."""
    cube = math.pow(clamp(position, 0.0, 1.0), 3.0)
    return TOP_GAIN * cube * (1.0 + cube) / 2.0


def gain_db(linear: float) -> float:
    """Return the level of a gain in dB, −inf for none."""
    return 20.0 * math.log10(linear) if linear > 0.0 else -math.inf


def gain_linear(db: float) -> float:
    """Return the gain of a level in dB; −inf is none. What is above any number is held at 10 to the power of 300."""
    return math.pow(10.0, min(db, 6000.0) / 20.0)


def meter_position(db: float, low: float = -62.0, high: float = 6.0) -> float:
    """Return where a level lies on a meter from ``low`` to ``high`` dB, in [0, 1]."""
    return clamp((db - low) / (high - low), 0.0, 1.0)


def volume_text(linear: float) -> str:
    """Write a gain as REAPER's ``mkvolstr`` does: "-6.02dB", "+12.0dB", "0.00dB", "-inf dB"."""
    if not linear >= SILENCE:
        return "-inf dB"
    if linear == 1.0:
        return "0.00dB"
    db = max(gain_db(linear), SILENCE_DB)
    return f"{db:+.2f}dB" if abs(db) < 10.0 else f"{db:+.1f}dB"


def pan_text(pan: float) -> str:
    """Write a pan in [-1, 1] as REAPER's ``mkpanstr`` does: "center", "50%L", "0.4%R"; percents are cut off."""
    if pan == 0.0:
        return "center"
    percent = abs(pan) * 100.0
    number = str(int(percent))
    if percent < 1.0 and f"{percent:.1f}" != "0.0":
        number = f"{percent:.1f}"
    return f"{number}%{'L' if pan < 0.0 else 'R'}"


def parse_volume(text: str) -> float | None:
    """Read a gain from a text in dB, with or without its unit; "-inf" is 0. None where there is no number."""
    if text.strip().lower().startswith("-inf"):
        return 0.0
    number = _NUMBER.match(text)
    return None if number is None else gain_linear(float(number[1].replace(",", ".")))


def parse_pan(text: str) -> float | None:
    """Read a pan from a text in percent: "center", "c", "50%L", "50R", or "-50" for the left; None for no pan."""
    if text.strip().lower() in {"c", "center", "centre"}:
        return 0.0
    found = _PAN.match(text)
    if found is None:
        return None
    percent = float(found[1])
    return clamp((-percent if found[2].lower() == "l" else percent) / 100.0, -1.0, 1.0)


def clamp(value: float, low: float, high: float) -> float:
    """Hold a value between two others; what is no number becomes ``low``."""
    return low if math.isnan(value) else min(max(value, low), high)
