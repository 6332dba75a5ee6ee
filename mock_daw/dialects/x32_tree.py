"""The parameters of a Behringer or Midas console over the tracks of a session, by their OSC addresses.

Channel n is track n; tracks beyond the console's channels do not show, and channels beyond the tracks keep what is set
of them for themselves. What a band of the equaliser is when it is new is taken from the console's initial scene.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from mock_daw.dialects.desk import EQUALISER, MUTE, NAME, SOLO, VOLUME, Desk
from mock_daw.dialects.desk import PAN as PAN_STEP
from mock_daw.dialects.equalisers import (
    bell,
    change_effect,
    change_equaliser,
    effect,
    equaliser,
    octaves,
    quality,
    with_band,
    with_equaliser,
)
from mock_daw.dialects.osc10 import Argument
from mock_daw.dialects.x32_laws import FADER_STEPS, FREQUENCY, GAIN, PAN, QUALITY, fader_along, fader_db, stepped
from mock_daw.session import EqBand, EqKind, Equaliser, Track

Value = int | float | str

LONGEST_NAME = 12
EQ_NAME = "Channel EQ"
BANDS = 4
FRESH_QUALITY = 2.0
FRESH = Equaliser(
    (
        bell(124.7, octaves(FRESH_QUALITY)),
        bell(496.6, octaves(FRESH_QUALITY)),
        bell(1970.0, octaves(FRESH_QUALITY)),
        EqBand(EqKind.HIGH_SHELF, 10020.0, 1.0, octaves(FRESH_QUALITY)),
    )
)
TYPES = (EqKind.HIGH_PASS, EqKind.LOW_SHELF, EqKind.BELL, EqKind.BELL, EqKind.HIGH_SHELF, EqKind.LOW_PASS)
BELL = 2


@dataclass(frozen=True, slots=True)
class Model:
    """A console: how many channels and clients it has, where its main fader is, and how it introduces itself."""

    name: str
    channels: int
    clients: int
    main: str
    info: tuple[str, str, str, str]


X32 = Model("x32", 32, 4, "/main/st", ("V2.07", "osc-server", "X32", "4.06"))
XAIR = Model("xair", 16, 8, "/lr", ("V0.04", "XR18-MO-CK", "XR18", "1.17"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A parameter of a strip. ``take`` makes a value of an argument, None of one out of range, which is ignored."""

    step: str
    fresh: Value
    take: Callable[[Argument], Value | None]
    read: Callable[[Track], Value]
    write: Callable[[Track, Value], Track]


class Tree:
    """Owns the values of the channels that have no track."""

    def __init__(self, model: Model, desk: Desk) -> None:
        self._desk = desk
        self._spare: dict[str, Value] = {}
        self._leaves: dict[str, tuple[int, Leaf]] = {
            f"{model.main}/{path}": (0, leaf) for path, leaf in LEAVES.items() if path.startswith(("mix/", "config/"))
        }
        for number in range(1, model.channels + 1):
            self._leaves |= {f"/ch/{number:02}/{path}": (number, leaf) for path, leaf in LEAVES.items()}
            self._leaves[f"/-stat/solosw/{number:02}"] = (number, SOLO_SWITCH)

    def value(self, address: str) -> Value | None:
        """Return a parameter; None where there is none."""
        if address not in self._leaves:
            return None
        number, leaf = self._leaves[address]
        if self._desk.has(number):
            return leaf.read(self._desk.track(number))
        return self._spare.get(address, leaf.fresh)

    def values(self) -> dict[str, Value]:
        """Return all parameters by address."""
        found = {address: self.value(address) for address in self._leaves}
        return {address: value for address, value in found.items() if value is not None}

    def set(self, address: str, argument: Argument) -> bool:
        """Set a parameter; return whether there is one and the value is in its range."""
        if address not in self._leaves:
            return False
        number, leaf = self._leaves[address]
        value = leaf.take(argument)
        if value is None:
            return False
        if self._desk.has(number):
            self._desk.edit_track(number, lambda track: leaf.write(track, value), leaf.step)
        else:
            self._spare[address] = value
        return True


def _share(steps: int) -> Callable[[Argument], Value | None]:
    def take(argument: Argument) -> Value | None:
        if not isinstance(argument, int | float) or not 0.0 <= argument <= 1.0:
            return None
        return stepped(float(argument), steps)

    return take


def _choice(count: int) -> Callable[[Argument], Value | None]:
    def take(argument: Argument) -> Value | None:
        if not isinstance(argument, int | float) or not 0 <= argument < count:
            return None
        return int(argument)

    return take


def _text(argument: Argument) -> Value | None:
    return argument[:LONGEST_NAME] if isinstance(argument, str) else None


def _db(gain_linear: float) -> float:
    return 20.0 * math.log10(gain_linear) if gain_linear > 0.0 else -math.inf


def _linear(db: float) -> float:
    return math.pow(10.0, db / 20.0)


def _with_eq(track: Track) -> Track:
    """Return the track with an equaliser, which on a console is there but off."""
    return with_equaliser(track, EQ_NAME, FRESH, enabled=False)


def _eq_on(track: Track) -> Value:
    found = effect(track)
    return int(found is not None and found.enabled)


def _set_eq_on(track: Track, value: Value) -> Track:
    return change_effect(_with_eq(track), lambda now: replace(now, enabled=bool(value)))


def _band(number: int, take: Callable[[Argument], Value | None], read: Callable[[EqBand], Value],
          write: Callable[[EqBand, Value], EqBand]) -> Leaf:  # fmt: skip
    def read_track(track: Track) -> Value:
        now = equaliser(track)
        bands = FRESH.bands if now is None or len(now.bands) <= number else now.bands
        return read(bands[number])

    def write_track(track: Track, value: Value) -> Track:
        def changed(now: Equaliser) -> Equaliser:
            return with_band(now, number, lambda band: write(band, value), lambda n: FRESH.bands[n])

        return change_equaliser(_with_eq(track), changed)

    return Leaf(EQUALISER, read(FRESH.bands[number]), take, read_track, write_track)


def _band_leaves(number: int) -> Mapping[str, Leaf]:
    def kind(band: EqBand) -> Value:
        return TYPES.index(band.kind) if band.kind in TYPES else BELL

    return {
        "type": _band(
            number, _choice(len(TYPES)), kind, lambda band, v: replace(band, kind=TYPES[int(v)], enabled=True)
        ),
        "f": _band(
            number,
            _share(FREQUENCY.steps),
            lambda band: FREQUENCY.along(band.freq_hz),
            lambda band, v: replace(band, freq_hz=FREQUENCY.value(float(v))),
        ),
        "g": _band(
            number,
            _share(GAIN.steps),
            lambda band: GAIN.along(max(_db(band.gain_linear), GAIN.start)),
            lambda band, v: replace(band, gain_linear=_linear(GAIN.value(float(v)))),
        ),
        "q": _band(
            number,
            _share(QUALITY.steps),
            lambda band: QUALITY.along(quality(band.bandwidth_oct)),
            lambda band, v: replace(band, bandwidth_oct=octaves(QUALITY.value(float(v)))),
        ),
    }


SOLO_SWITCH = Leaf(
    SOLO, 0, _choice(2), lambda track: int(track.solo > 0), lambda track, value: replace(track, solo=int(value))
)
LEAVES: Mapping[str, Leaf] = MappingProxyType(
    {
        "config/name": Leaf(
            NAME, "", _text, lambda track: track.name[:LONGEST_NAME], lambda track, v: replace(track, name=str(v))
        ),
        "mix/fader": Leaf(
            VOLUME,
            0.0,
            _share(FADER_STEPS),
            lambda track: fader_along(_db(track.gain_linear)),
            lambda track, value: replace(track, gain_linear=_linear(fader_db(float(value)))),
        ),
        "mix/on": Leaf(
            MUTE, 1, _choice(2), lambda track: int(not track.muted), lambda track, v: replace(track, muted=not v)
        ),
        "mix/pan": Leaf(
            PAN_STEP,
            0.5,
            _share(PAN.steps),
            lambda track: PAN.along(track.pan),
            lambda track, value: replace(track, pan=PAN.value(float(value))),
        ),
        "eq/on": Leaf(EQUALISER, 0, _choice(2), _eq_on, _set_eq_on),
        **{f"eq/{number + 1}/{name}": leaf for number in range(BANDS) for name, leaf in _band_leaves(number).items()},
    }
)
