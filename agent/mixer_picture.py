"""What a mixing environment looks like: the mixer as lines of text, or as a picture of plain pixels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agent.actions import Limits
from agent.reward import BALANCE_DEAD_LU, Sound
from agent.session import BAND_NAMES

Picture = NDArray[np.uint8]  # (height, width, 3)

_PAPER, _INK, _RAIL, _CAP = (24, 26, 30), (210, 214, 220), (70, 74, 82), (235, 235, 235)
_GOOD, _LOUD, _SOFT, _LOOKED_AT = (90, 190, 120), (230, 110, 80), (90, 140, 230), (250, 210, 90)
_STRIP, _HEIGHT, _MARGIN, _FADER = 44, 240, 12, 130
_BAR_CELLS = 24
_EQ_ROOM_DB = 12.0


def text(sound: Sound, strip: int, limits: Limits) -> str:
    """Return a line for each strip: its fader between its limits, its level error, its EQ; and one for the mix."""
    return "\n".join(_lines(sound, strip, limits))


def _lines(sound: Sound, strip: int, limits: Limits) -> Iterator[str]:
    twin = sound.twin
    tracks = len(twin.fader_db)
    for track in range(tracks):
        here, low, high = (float(v[track]) for v in (twin.fader_db, limits.fader_low_db, limits.fader_high_db))
        eq = " ".join(f"{gain:+5.1f}" for gain in twin.eq_db[track].tolist())
        mark = ">" if track == strip else " "
        error = sound.level_error_lu[track]
        yield f"{mark}{track + 1:3d} [{_bar(here, low, high)}] {here:+6.1f} dB  level {error:+5.1f} LU  EQ {eq}"
    here, mark = twin.master_db, ">" if strip == tracks else " "
    bar = _bar(here, limits.master_low_db, limits.master_high_db)
    yield f"{mark}mix [{bar}] {here:+6.1f} dB  {sound.mix_loudness_lufs:6.1f} LUFS  J {sound.cost().total:.3f}"


def _bar(here: float, low: float, high: float) -> str:
    at = round(_share(here, low, high) * (_BAR_CELLS - 1))
    return "-" * at + "|" + "-" * (_BAR_CELLS - 1 - at)


def _share(here: float, low: float, high: float) -> float:
    if not (np.isfinite(here) and high > low):
        return 0.0
    return float(np.clip((here - low) / (high - low), 0.0, 1.0))


def picture(sound: Sound, strip: int, limits: Limits) -> Picture:
    """Return the mixer as pixels (240, 44 · strips, 3): a fader a strip, coloured by its level error, over its EQ.

    Green is within 1 LU of its place, red too loud, blue too soft; yellow frames the strip that is looked at.
    """
    twin = sound.twin
    tracks = len(twin.fader_db)
    image = np.full((_HEIGHT, _STRIP * (tracks + 1), 3), _PAPER, np.uint8)
    for track in range(tracks + 1):
        is_master = track == tracks
        here = twin.master_db if is_master else float(twin.fader_db[track])
        low = limits.master_low_db if is_master else float(limits.fader_low_db[track])
        high = limits.master_high_db if is_master else float(limits.fader_high_db[track])
        error = sound.loudness_error_lu if is_master else float(sound.level_error_lu[track])
        part = image[:, track * _STRIP : (track + 1) * _STRIP]
        if track == strip:
            part[:3], part[-3:], part[:, :3], part[:, -3:] = (_LOOKED_AT,) * 4
        _draw_fader(part, _share(here, low, high), _colour(error))
        if not is_master:
            _draw_eq(part, twin.eq_db[track].tolist())
    return image


def _colour(error_lu: float) -> tuple[int, int, int]:
    if abs(error_lu) <= BALANCE_DEAD_LU:
        return _GOOD
    return _LOUD if error_lu > 0 else _SOFT


def _draw_fader(part: Picture, share: float, colour: tuple[int, int, int]) -> None:
    top, middle = _MARGIN, _STRIP // 2
    cap = top + round((1 - share) * _FADER)
    part[top : top + _FADER, middle - 1 : middle + 1] = _RAIL
    part[cap : top + _FADER, middle - 3 : middle + 3] = colour
    part[max(top, cap - 4) : cap + 4, middle - 10 : middle + 10] = _CAP


def _draw_eq(part: Picture, gains_db: list[float]) -> None:
    zero, room = _HEIGHT - 46, 30
    part[zero : zero + 1, 6 : _STRIP - 6] = _RAIL
    width = (_STRIP - 12) // len(BAND_NAMES)
    for band, gain in enumerate(gains_db):
        height = round(min(max(gain / _EQ_ROOM_DB, -1.0), 1.0) * room)
        rows = slice(zero - height, zero) if height > 0 else slice(zero, zero - height)
        part[rows, 6 + band * width + 1 : 6 + (band + 1) * width - 1] = _INK
