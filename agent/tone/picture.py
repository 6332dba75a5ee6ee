"""What a tuning looks like: its knobs as lines of text, or its spectra and EQs as a picture of plain pixels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agent.tone.moves import KNOBS, VOLUME_KNOB, ToneLimits
from agent.tone.reward import ToneSound
from agent.tone.stacking import GRID_HZ, summed_db

Picture = NDArray[np.uint8]  # (height, width, 3)

_PAPER, _RAIL, _INK, _LOOKED_AT = (24, 26, 30), (70, 74, 82), (210, 214, 220), (250, 210, 90)
_GOOD, _MUCH, _LITTLE = (90, 190, 120), (230, 110, 80), (90, 140, 230)
_PANEL, _WIDTH, _MIDDLE = 60, len(GRID_HZ), 30
_DB_PIXELS = 2
_RIGHT_DB, _RIGHT_LU = 1.0, 1.0


def text(sound: ToneSound, track: int, knob: int, limits: ToneLimits) -> str:
    """Return a line for each track: its fader, its loudness error and its bands; and one for the mix."""
    return "\n".join(_lines(sound, track, knob, limits))


def _lines(sound: ToneSound, track: int, knob: int, limits: ToneLimits) -> Iterator[str]:
    twin = sound.twin
    for number in range(len(twin.fader_db)):
        marks = [">" if (number, place) == (track, knob) else " " for place in range(len(KNOBS))]
        bands = " ".join(
            f"{mark}{band.gain_db:+5.1f} dB {band.freq_hz:5.0f} Hz {band.bandwidth_oct:.2f} oct"
            for mark, band in zip(marks[1:], twin.eq(number), strict=True)
        )
        low, high = (float(side[number]) for side in limits.fader_db)
        fader = f"{twin.fader_db[number]:+6.1f} dB [{low:+.0f}, {high:+.0f}]"
        error = f"loudness {sound.loudness_error_lu[number]:+5.1f} LU, spectrum {sound.track_rms_db[number]:4.1f} dB"
        yield f"{marks[VOLUME_KNOB]}{number + 1:3d} {fader} {error} | {bands}"
    yield f"mix spectrum {sound.mix_rms_db:.2f} dB, J {sound.cost().total:.3f}"


def picture(sound: ToneSound, track: int, knob: int) -> Picture:
    """Return panels one under the other, (60 · (1 + tracks), 240, 3): the mix's error, then each track's EQ.

    The mix's third octaves stand above or below their target by 2 pixels a dB: green within 1 dB, red too much, blue
    too little. A track's line is what its bands do together, beside the colour of its loudness error; yellow marks the
    knob that is looked at: the panel's edge for the volume, the frequency for a band.
    """
    twin = sound.twin
    tracks, rate_hz = len(twin.fader_db), twin.heard.rate_hz
    image = np.full((_PANEL * (1 + tracks), _WIDTH, 3), _PAPER, np.uint8)
    image[_MIDDLE::_PANEL] = _RAIL
    has_target = sound.goal.mix_weight > 0
    for at_hz, error, wanted in zip(
        twin.heard.bands_hz.tolist(), sound.mix_error_db.tolist(), has_target.tolist(), strict=True
    ):
        if wanted:
            at, rows = _column(at_hz), _rows(error)
            image[rows, max(0, at - 3) : at + 4] = _colour(error, _RIGHT_DB)
    for number in range(tracks):
        part = image[_PANEL * (1 + number) : _PANEL * (2 + number)]
        part[:, :3] = _colour(float(sound.loudness_error_lu[number]), _RIGHT_LU)
        if number == track:
            _mark(part, knob, twin.eq(number)[max(knob - 1, 0)].freq_hz)
        heights = np.clip(_MIDDLE - _DB_PIXELS * summed_db(twin.eq(number), rate_hz), 0, _PANEL - 1).round()
        part[heights.astype(np.intp), np.arange(_WIDTH)] = _INK
    return image


def _mark(part: Picture, knob: int, freq_hz: float) -> None:
    if knob == VOLUME_KNOB:
        part[0], part[-1], part[:, -1] = _LOOKED_AT, _LOOKED_AT, _LOOKED_AT
    else:
        part[:, _column(freq_hz)] = _LOOKED_AT


def _rows(error_db: float) -> slice:
    height = round(min(max(_DB_PIXELS * error_db, -_MIDDLE), _MIDDLE - 1))
    return slice(_MIDDLE - height, _MIDDLE + 1) if height > 0 else slice(_MIDDLE, _MIDDLE - height + 1)


def _column(freq_hz: float) -> int:
    return int(np.searchsorted(GRID_HZ, freq_hz).clip(0, _WIDTH - 1))


def _colour(error: float, right: float) -> tuple[int, int, int]:
    if abs(error) <= right:
        return _GOOD
    return _MUCH if error > 0 else _LITTLE
