"""What AbletonOSC answers of devices: a track's effects, one of which is shown as an EQ Eight."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mock_daw.dialects.ableton_params import (
    Answer,
    Arguments,
    Getter,
    Host,
    Refused,
    Setter,
    chosen,
    number,
    whole,
    within,
)
from mock_daw.dialects.desk import EQUALISER
from mock_daw.dialects.eq_eight import AUDIO_EFFECT, CLASS_NAME, NAME, PARAMETERS
from mock_daw.dialects.equalisers import place
from mock_daw.dialects.osc10 import Argument
from mock_daw.session import Track

PARAMETER_VALUE = "/live/device/get/parameter/value"
PARAMETER_TEXT = "/live/device/get/parameter/value_string"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as Live lists it; ``eq`` is an EQ Eight, the others show no parameters but their switch."""

    name: str
    class_name: str
    eq: bool


def devices(track: Track) -> list[Device]:
    """Return a track's devices: its effects, and an EQ Eight in front where it has no equaliser."""
    at = place(track)
    listed = [
        Device(NAME, CLASS_NAME, eq=True) if n == at else Device(effect.name, "PluginDevice", eq=False)
        for n, effect in enumerate(track.effects)
    ]
    return listed if at is not None else [Device(NAME, CLASS_NAME, eq=True), *listed]


def _device(ableton: Host, params: Arguments) -> tuple[int, int, Device]:
    index, track = chosen(ableton, params)
    listed, at = devices(track), whole(params, 1)
    if not 0 <= at < len(listed):
        raise Refused("Error handling message: IndexError: Index out of range")
    return index, at, listed[at]


def _of_devices(read: Callable[[Device], Argument]) -> Getter:
    def getter(ableton: Host, params: Arguments) -> Answer:
        index, track = chosen(ableton, params)
        return index, *(read(device) for device in devices(track))

    return getter


def _of_device(read: Callable[[Device], Argument]) -> Getter:
    def getter(ableton: Host, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        return index, at, read(device)

    return getter


def _of_parameters(read: Callable[[int, Track], Argument]) -> Getter:
    def getter(ableton: Host, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        track = ableton.desk.track(index + 1)
        return index, at, *(read(n, track) for n in range(len(PARAMETERS) if device.eq else 0))

    return getter


def _of_parameter(read: Callable[[int, Track], Argument]) -> Getter:
    def getter(ableton: Host, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        n = _parameter(device, whole(params, 2))
        return index, at, n, read(n, ableton.desk.track(index + 1))

    return getter


def _parameter(device: Device, n: int) -> int:
    if not device.eq or not 0 <= n < len(PARAMETERS):
        raise Refused("Error handling message: IndexError: Index out of range")
    return n


def _set_parameter(ableton: Host, params: Arguments) -> None:
    index, _, device = _device(ableton, params)
    _write_parameter(ableton, index, _parameter(device, whole(params, 2)), number(params, 3))


def _set_parameters(ableton: Host, params: Arguments) -> None:
    index, _, device = _device(ableton, params)
    for n in range(len(params) - 2):
        _write_parameter(ableton, index, _parameter(device, n), number(params, n + 2))


def _write_parameter(ableton: Host, index: int, n: int, value: float) -> None:
    parameter = PARAMETERS[n]
    held = within(float(int(value)) if parameter.quantized else value, parameter.low, parameter.high)
    ableton.desk.edit_track(index + 1, lambda track: parameter.write(track, held), EQUALISER)


def _parameter_text(n: int, track: Track) -> Argument:
    return PARAMETERS[n].text(PARAMETERS[n].read(track))


DEVICES_GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        "name": _of_devices(lambda device: device.name),
        "class_name": _of_devices(lambda device: device.class_name),
        "type": _of_devices(lambda _device: AUDIO_EFFECT),
        "can_have_chains": _of_devices(lambda _device: False),
    }
)
DEVICE_GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        "name": _of_device(lambda device: device.name),
        "class_name": _of_device(lambda device: device.class_name),
        "type": _of_device(lambda _device: AUDIO_EFFECT),
        "num_parameters": _of_device(lambda device: len(PARAMETERS) if device.eq else 0),
        "parameters/name": _of_parameters(lambda n, _track: PARAMETERS[n].name),
        "parameters/value": _of_parameters(lambda n, track: PARAMETERS[n].read(track)),
        "parameters/min": _of_parameters(lambda n, _track: PARAMETERS[n].low),
        "parameters/max": _of_parameters(lambda n, _track: PARAMETERS[n].high),
        "parameters/is_quantized": _of_parameters(lambda n, _track: PARAMETERS[n].quantized),
        "parameter/value": _of_parameter(lambda n, track: PARAMETERS[n].read(track)),
        "parameter/value_string": _of_parameter(_parameter_text),
        "parameter/name": _of_parameter(lambda n, _track: PARAMETERS[n].name),
    }
)
DEVICE_SETTERS: Mapping[str, Setter] = MappingProxyType(
    {
        "/live/device/set/parameter/value": _set_parameter,
        "/live/device/set/parameters/value": _set_parameters,
    }
)
