"""The sound of ReaEQ: one biquad of the Audio EQ Cookbook for each band, all widths in octaves ("BW").

Cockos has not published ReaEQ's filters. The cookbook's are the plausible choice (its band types are the cookbook's,
and it too gives widths in octaves); near half the rate, and for shelves' slopes, the real one may differ. High-pass,
low-pass, notch, band-pass and all-pass ignore their gain: ReaEQ greys its slider out for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from mock_daw.equalizer import DITHER, SILENCE, Section, angle, bandwidth_alpha, bell_section, normalized, shelf_section
from mock_daw.session import Effect, EqBand, EqKind, Equaliser

Audio = NDArray[np.float32] | NDArray[np.float64]
Place = tuple[str, int, EqKind]

LOWEST_FREQ_HZ = 1.0
BANDWIDTH_RANGE_OCT = (0.01, 8.0)
LOWEST_GAIN = 10.0 ** (-150 / 20)
FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Link:
    """Filters in a row: where each belongs (effect, band, kind), a gain, and the share of what they give in the sum."""

    places: tuple[Place, ...] = ()
    sections: tuple[Section, ...] = ()
    gain_linear: float = 1.0
    wet: float = 1.0


Chain = tuple[Link, ...]


def chain(effects: tuple[Effect, ...], rate_hz: int) -> Chain:
    """Return what an effects chain does to the sound; all that is no ReaEQ, off or offline lets it through.

    Effects that are all wet are run as one.
    """
    links: list[Link] = []
    for effect in effects:
        if effect.equaliser is None or not effect.enabled or effect.offline:
            continue
        link = _link(effect.guid, effect.equaliser, effect.wet, rate_hz)
        if links and links[-1].wet == link.wet == 1.0:
            before = links.pop()
            gain_linear = before.gain_linear * link.gain_linear
            link = Link(before.places + link.places, before.sections + link.sections, gain_linear)
        links.append(link)
    return tuple(link for link in links if link != Link())


def _link(guid: str, equaliser: Equaliser, wet: float, rate_hz: int) -> Link:
    numbered = [((guid, n, band.kind), band_section(band, rate_hz)) for n, band in enumerate(equaliser.bands)]
    heard = [(place, section) for place, section in numbered if section is not None]
    return Link(tuple(p for p, _ in heard), tuple(s for _, s in heard), equaliser.gain_linear, wet)


def band_section(band: EqBand, rate_hz: int) -> Section | None:
    """Return a band as one section (b0, b1, b2, 1, a1, a2); None for one that is off or flat.

    Frequencies are held within 1 Hz and 0.49 of the rate, widths within 0.01 and 8 octaves, gains above -150 dB.
    """
    if not band.enabled:
        return None
    w0 = angle(max(LOWEST_FREQ_HZ, band.freq_hz), rate_hz)
    narrow, wide = BANDWIDTH_RANGE_OCT
    alpha = bandwidth_alpha(w0, min(max(band.bandwidth_oct, narrow), wide))
    if band.kind in {EqKind.BELL, EqKind.LOW_SHELF, EqKind.HIGH_SHELF}:
        if abs(band.gain_linear - 1.0) < FLAT:
            return None
        a = sqrt(max(band.gain_linear, LOWEST_GAIN))
        if band.kind is EqKind.BELL:
            return bell_section(w0, a, alpha)
        return shelf_section(w0, a, alpha, high=band.kind is EqKind.HIGH_SHELF)
    return normalized(_numerator(band.kind, cos(w0), alpha), (1 + alpha, -2 * cos(w0), 1 - alpha))


def _numerator(kind: EqKind, c: float, alpha: float) -> tuple[float, float, float]:
    return {
        EqKind.HIGH_PASS: ((1 + c) / 2, -(1 + c), (1 + c) / 2),
        EqKind.LOW_PASS: ((1 - c) / 2, 1 - c, (1 - c) / 2),
        EqKind.NOTCH: (1.0, -2 * c, 1.0),
        EqKind.BAND_PASS: (alpha, 0.0, -alpha),
        EqKind.ALL_PASS: (1 - alpha, -2 * c, 1 + alpha),
    }[kind]


class FilterState(NamedTuple):
    """The memory of a chain's filters: one (2, 2) array a section, never written to again."""

    places: tuple[Place, ...]
    values: NDArray[np.float64]


class Filters:
    """Runs the chains of many tracks. Owns the filters' memory by track, which can be put back."""

    def __init__(self) -> None:
        self._states: dict[str, FilterState] = {}
        self._dither = np.zeros(0)

    def run(self, owner: str, links: Chain, audio: Audio) -> Audio:
        """Return the next block (2, samples) of a track, filtered in double precision.

        A band that stays keeps its memory when it is turned; a new one starts at rest.
        """
        silent = not audio.any()
        state = self._states.get(owner)
        if silent and state is None:
            return audio
        places = tuple(place for link in links for place in link.places)
        memory, after = _memory(places, state), []
        for link in links:
            count = len(link.places)
            audio, kept = self._through(link, memory[:count], audio)
            memory = memory[count:]
            after.append(kept)
        self._remember(owner, FilterState(places, np.concatenate([memory, *after])), silent=silent)
        if silent:
            audio[np.abs(audio) < SILENCE] = 0.0
        return audio

    @property
    def state(self) -> Mapping[str, FilterState]:
        """What the filters remember now, to be given to ``restore``."""
        return dict(self._states)

    def restore(self, state: Mapping[str, FilterState]) -> None:
        """Go back to an earlier state; an empty one puts all filters at rest."""
        self._states = dict(state)

    def keep_only(self, owners: Iterable[str]) -> None:
        """Put the filters of other tracks than these at rest."""
        for owner in set(self._states).difference(owners):
            del self._states[owner]

    def resting(self, owner: str) -> bool:
        """Whether a track's filters have nothing left to sound."""
        return owner not in self._states

    def _through(self, link: Link, memory: NDArray[np.float64], audio: Audio) -> tuple[Audio, NDArray[np.float64]]:
        filtered = audio
        if link.places:
            dithered = audio + self._alternating(audio.shape[1])
            filtered, memory = sosfilt(np.array(link.sections), dithered, axis=1, zi=memory)
        gain = link.gain_linear * link.wet
        if gain != 1.0:
            filtered = filtered * gain
        return filtered if link.wet == 1.0 else filtered + audio * (1.0 - link.wet), memory

    def _remember(self, owner: str, state: FilterState, *, silent: bool) -> None:
        if not state.places or (silent and np.abs(state.values).max() < SILENCE):
            self._states.pop(owner, None)
        else:
            self._states[owner] = state

    def _alternating(self, samples: int) -> NDArray[np.float64]:
        """Return a tone at half the rate that keeps decaying filters off denormal numbers."""
        if len(self._dither) < samples:
            self._dither = np.full(samples, DITHER)
            self._dither[1::2] = -DITHER
        return self._dither[:samples]


def _memory(places: tuple[Place, ...], state: FilterState | None) -> NDArray[np.float64]:
    if state is not None and state.places == places:
        return state.values
    kept = {} if state is None else dict(zip(state.places, state.values, strict=True))
    return np.array([kept.get(place, np.zeros((2, 2))) for place in places]).reshape(-1, 2, 2)
