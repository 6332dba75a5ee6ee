"""The four-band EQ of an X32's channel: its parameters as bands, and a strip's EQ laid out on it. Pure.

The console's filters are not published. They are taken to be the Audio EQ Cookbook's, with the Q that is set, shelves
too; then what the steps of frequency and Q leave is 0.11 dB at most at ±6 dB. It has a low cut of its own, which is not
touched.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import BandValue, same
from bridge.desk import Bands
from bridge.osc.packets import Argument
from bridge.osc.x32_scales import EQ_FREQ_HZ, EQ_GAIN_DB, EQ_Q

LOW_CUT, LOW_SHELF, BELL, VINTAGE_BELL, HIGH_SHELF, HIGH_CUT = range(6)
_SHAPES = {EqShape.LOW_SHELF: LOW_SHELF, EqShape.BELL: BELL, EqShape.HIGH_SHELF: HIGH_SHELF}
_BANDS = range(1, 5)
_OF_BAND = ("type", "f", "g", "q")
_FLAT_DB = 0.005
_HALF_OCTAVE = math.log(2.0) / 2.0


def addresses(eq: str) -> Iterator[str]:
    """Yield the addresses of all parameters of the EQ at an address."""
    yield f"{eq}/on"
    yield from (f"{eq}/{number}/{of}" for number in _BANDS for of in _OF_BAND)


def read(eq: str, values: Mapping[str, Argument]) -> Bands | None:
    """Return the EQ at an address as bands, None where not all of it was told."""
    told = {address: value for address in addresses(eq) if isinstance(value := values.get(address), float)}
    if len(told) < 1 + len(_BANDS) * len(_OF_BAND):
        return None
    return tuple(
        BandValue(
            kind=int(told[f"{eq}/{number}/type"]),
            freq_hz=EQ_FREQ_HZ.value(told[f"{eq}/{number}/f"]),
            gain_db=EQ_GAIN_DB.value(told[f"{eq}/{number}/g"]),
            bandwidth_oct=_octaves(EQ_Q.value(told[f"{eq}/{number}/q"])),
            enabled=bool(told[f"{eq}/on"]),
        )
        for number in _BANDS
    )


def written(eq: str, bands: Bands) -> Iterator[tuple[str, Argument]]:
    """Yield the address and value of each parameter; what is heard comes in last, or is taken out first."""
    enabled = any(band.enabled for band in bands)
    if not enabled:
        yield f"{eq}/on", 0
    for number, band in zip(_BANDS, bands, strict=True):
        yield f"{eq}/{number}/type", band.kind
        yield f"{eq}/{number}/f", EQ_FREQ_HZ.position(band.freq_hz)
        yield f"{eq}/{number}/q", EQ_Q.position(_q(band.bandwidth_oct))
        yield f"{eq}/{number}/g", EQ_GAIN_DB.position(band.gain_db)
    if enabled:
        yield f"{eq}/on", 1


class ChannelEq:
    """A ``bridge.desk.EqLaw``. One is ours that is off or does nothing, or whose every band is as we lay it out."""

    wanted = "a channel EQ that is flat or off"

    def bands(self, strip: Strip, rate_hz: int) -> Bands:
        """Return a strip's EQ in the console's steps."""
        return tuple(
            BandValue(
                kind=_SHAPES[band.shape],
                freq_hz=EQ_FREQ_HZ.value(EQ_FREQ_HZ.position(band.freq_hz)),
                gain_db=EQ_GAIN_DB.value(EQ_GAIN_DB.position(band.gain_db)),
                bandwidth_oct=_octaves(EQ_Q.value(EQ_Q.position(1.0 / _inverse_q(band, rate_hz)))),
            )
            for band in strip.eq
        )

    def eq(self, bands: Bands, rate_hz: int) -> tuple[EqBand, ...] | None:
        """Return a strip's bands from the console's, None where they are not as we lay them out."""
        if not any(band.enabled and _works(band) for band in bands):
            return FLAT_EQ
        gains_db = [band.gain_db for band in bands]
        eq = tuple(replace(flat, gain_db=gain) for flat, gain in zip(FLAT_EQ, gains_db, strict=True))
        return eq if same(self.bands(Strip(eq=eq), rate_hz), bands) else None


def _works(band: BandValue) -> bool:
    return band.kind in {LOW_CUT, HIGH_CUT} or abs(band.gain_db) > _FLAT_DB


def _inverse_q(band: EqBand, rate_hz: int) -> float:
    """Return 1/Q of a band by the Cookbook's bandwidth."""
    w0 = 2.0 * math.pi * min(band.freq_hz / rate_hz, 0.49)
    return 2.0 * math.sinh(_HALF_OCTAVE * band.bandwidth_oct * w0 / math.sin(w0))


def _octaves(q: float) -> float:
    return math.asinh(0.5 / q) / _HALF_OCTAVE


def _q(bandwidth_oct: float) -> float:
    return 0.5 / math.sinh(_HALF_OCTAVE * bandwidth_oct)
