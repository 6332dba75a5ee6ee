"""Ableton Live with AbletonOSC over the mock's session: replies go to the asker's host, at the one port for replies.

Followed is AbletonOSC's source (``osc_server.py``, ``handler.py``, ``song.py``, ``track.py``, ``device.py``): what is
asked for comes back on the address of the question with its numbers in front, tracks count from 0, listeners are told
at once and with every change, ``*`` stands for all tracks when setting, and what fails is told on ``/live/error``.
There is no master. Guessed: the wording of errors, that listeners hear of meters ten times a second, and that these
fall by 40 dB a second. Every track is shown an EQ Eight, since none can be added over OSC.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mock_daw.dialects.ableton_laws import fader_of_gain, gain_of_fader, meter_along
from mock_daw.dialects.desk import EQUALISER, Desk
from mock_daw.dialects.eq_eight import AUDIO_EFFECT, CLASS_NAME, NAME, PARAMETERS
from mock_daw.dialects.equalisers import place
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.metering import level, loudest
from mock_daw.dialects.osc10 import Argument, Message, decode, encode
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold
from mock_daw.session import Track

FALL_DB_PER_S = 40.0
METER_PERIOD_S = 0.1
METERS = "output_meter"
MOST_LISTENERS = 4096
SECONDS_A_MINUTE = 60.0

Arguments = tuple[Argument, ...]
Answer = Arguments | None


class Refused(Exception):  # noqa: N818 - what Live's own interface raises goes under many names
    """Live does not take this; the words go to ``/live/error``."""


class Ableton:
    """Owns the listeners, and where the last message came from."""

    def __init__(self, live: Live, meters: MeterHold, reply: Reply, reply_port: int) -> None:
        self.desk = Desk(live)
        self.meters = meters
        self._reply = reply
        self._reply_port = reply_port
        self._client: Peer = ("127.0.0.1", reply_port)
        self._listeners: dict[tuple[str, Arguments], Answer] = {}
        self._metered_s = 0.0
        self._started = False

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what fails is told."""
        self._client = (peer[0], self._reply_port)
        for message in decode(data):
            try:
                self._handle(message)
            except Refused as refused:
                self.send("/live/error", str(refused))

    def turn(self) -> None:
        """Tell the listeners what has changed."""
        self.desk.rest()
        if not self._started:
            self._started = True
            self.send("/live/startup")
        now_s = self.desk.live.clock_s
        meters_due = now_s - self._metered_s >= METER_PERIOD_S - 1e-9
        if meters_due:
            self._metered_s = now_s
        for key, told in list(self._listeners.items()):
            address, params = key
            if METERS in address and not meters_due:
                continue
            try:
                now = GETTERS[address](self, params)
            except Refused:  # the track is gone, and Live's listener with it
                del self._listeners[key]
                continue
            if now != told:
                self._listeners[key] = now
                self._tell(address, params, now)

    def send(self, address: str, *args: Argument) -> None:
        """Send a message to the client."""
        self._reply(encode(address, *args), self._client)

    def track(self, params: Arguments) -> tuple[int, Track]:
        """Return the index and the track that the first parameter names. Raises ``Refused``."""
        index = whole(params, 0)
        if not 0 <= index < len(self.desk.session.tracks):
            raise Refused("Error handling message: IndexError: Index out of range")
        return index, self.desk.track(index + 1)

    def _handle(self, message: Message) -> None:
        address, params = message.address, message.args
        if address in GETTERS:
            answer = GETTERS[address](self, params)
            if answer is not None:
                self.send(address, *answer)
        elif address in SETTERS:
            for each in self._each(params) if address.startswith("/live/track/") else [params]:
                SETTERS[address](self, each)
        elif (listened := address.replace("/start_listen/", "/get/")) in GETTERS and listened != address:
            self._listen(listened, params)
        elif (listened := address.replace("/stop_listen/", "/get/")) in GETTERS and listened != address:
            self._listeners.pop((listened, params), None)
        else:
            raise Refused(f"Unknown OSC address: {address}")

    def _each(self, params: Arguments) -> list[Arguments]:
        if params[:1] != ("*",):
            return [params]
        return [(index, *params[1:]) for index in range(len(self.desk.session.tracks))]

    def _listen(self, address: str, params: Arguments) -> None:
        if len(self._listeners) >= MOST_LISTENERS:
            raise Refused("Error handling message: too many listeners")
        now = GETTERS[address](self, params)
        self._listeners[address, params] = now
        self._tell(address, params, now)

    def _tell(self, address: str, params: Arguments, now: Answer) -> None:
        self.send(address, *(now or ()))
        if address == PARAMETER_VALUE:
            self.send(PARAMETER_TEXT, *(GETTERS[PARAMETER_TEXT](self, params) or ()))


Getter = Callable[[Ableton, Arguments], Answer]
Setter = Callable[[Ableton, Arguments], None]
PARAMETER_VALUE = "/live/device/get/parameter/value"
PARAMETER_TEXT = "/live/device/get/parameter/value_string"


def whole(params: Arguments, at: int) -> int:
    """Return a parameter as a whole number, as Python's ``int`` makes one. Raises ``Refused``."""
    return int(number(params, at))


def number(params: Arguments, at: int) -> float:
    """Return a parameter as a number. Raises ``Refused``."""
    value = params[at] if at < len(params) else None
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused(f"Error handling message: {value!r} is no number")
    return float(value)


def within(value: float, low: float, high: float) -> float:
    """Return a value of Live's, which takes none out of range. Raises ``Refused``."""
    if not low <= value <= high:
        raise Refused("Error handling message: Invalid value. Check the parameters range with min/max")
    return value


# The song


def _song(read: Callable[[Ableton], Argument]) -> Getter:
    return lambda ableton, _params: (read(ableton),)


def _names(ableton: Ableton, params: Arguments) -> Answer:
    tracks = ableton.desk.session.tracks
    return tuple(tracks[index].name for index in (_block(ableton, params) if params else range(len(tracks))))


def _block(ableton: Ableton, params: Arguments) -> range:
    """Return the indices from the first parameter up to the second, which -1 makes the end. Raises ``Refused``."""
    first, end, tracks = whole(params, 0), whole(params, 1), len(ableton.desk.session.tracks)
    wanted = range(first, tracks if end == -1 else end)
    if wanted and not 0 <= wanted[0] <= wanted[-1] < tracks:
        raise Refused("Error handling message: IndexError: Index out of range")
    return wanted


def _track_data(ableton: Ableton, params: Arguments) -> Answer:
    """Return properties of a block of tracks and their devices, "track.name" and the like; there are no clips."""
    found: list[Argument] = []
    for index in _block(ableton, params):
        for name in params[2:]:
            kind, _, attribute = str(name).partition(".")
            getters = {"track": TRACK_GETTERS, "device": DEVICES_GETTERS}.get(kind, {})
            if kind != "clip" and attribute not in getters:
                raise Refused(f"Error handling message: there is no {name}")
            found += (getters[attribute](ableton, (index,)) or ())[1:] if getters else ()
    return tuple(found)


def _group(ableton: Ableton, index: int, _track: Track) -> Argument:
    return ableton.desk.session.parents()[index]


def _song_time(ableton: Ableton) -> float:
    return ableton.desk.live.position_s * ableton.desk.session.tempo_bpm / SECONDS_A_MINUTE


def _set_song_time(ableton: Ableton, params: Arguments) -> None:
    beats = within(number(params, 0), 0.0, 1e9)
    ableton.desk.live.seek(beats * SECONDS_A_MINUTE / ableton.desk.session.tempo_bpm)


def _set_tempo(ableton: Ableton, params: Arguments) -> None:
    ableton.desk.set_tempo(within(number(params, 0), 20.0, 999.0))


def _call(act: Callable[[Live], object]) -> Setter:
    def call(ableton: Ableton, _params: Arguments) -> None:
        act(ableton.desk.live)

    return call


# Tracks


def _of_track(read: Callable[[Ableton, int, Track], Argument]) -> Getter:
    def getter(ableton: Ableton, params: Arguments) -> Answer:
        index, track = ableton.track((0, *params[1:]) if params[:1] == ("*",) else params)
        return index, read(ableton, index, track)

    return getter


def _set_track(write: Callable[[Desk, int, Arguments], None]) -> Setter:
    def setter(ableton: Ableton, params: Arguments) -> None:
        index, _ = ableton.track(params)
        write(ableton.desk, index + 1, params[1:])

    return setter


def _set_volume(desk: Desk, track: int, params: Arguments) -> None:
    desk.set_gain(track, gain_of_fader(within(number(params, 0), 0.0, 1.0)))


def _set_panning(desk: Desk, track: int, params: Arguments) -> None:
    desk.set_pan(track, within(number(params, 0), -1.0, 1.0))


def _set_name(desk: Desk, track: int, params: Arguments) -> None:
    name = params[0] if params else None
    if not isinstance(name, str):
        raise Refused(f"Error handling message: {name!r} is no name")
    desk.set_name(track, name)


# Devices


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


def _device(ableton: Ableton, params: Arguments) -> tuple[int, int, Device]:
    index, track = ableton.track(params)
    listed, at = devices(track), whole(params, 1)
    if not 0 <= at < len(listed):
        raise Refused("Error handling message: IndexError: Index out of range")
    return index, at, listed[at]


def _of_devices(read: Callable[[Device], Argument]) -> Getter:
    def getter(ableton: Ableton, params: Arguments) -> Answer:
        index, track = ableton.track(params)
        return index, *(read(device) for device in devices(track))

    return getter


def _of_device(read: Callable[[Device], Argument]) -> Getter:
    def getter(ableton: Ableton, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        return index, at, read(device)

    return getter


def _of_parameters(read: Callable[[int, Track], Argument]) -> Getter:
    def getter(ableton: Ableton, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        track = ableton.desk.track(index + 1)
        return index, at, *(read(n, track) for n in range(len(PARAMETERS) if device.eq else 0))

    return getter


def _of_parameter(read: Callable[[int, Track], Argument]) -> Getter:
    def getter(ableton: Ableton, params: Arguments) -> Answer:
        index, at, device = _device(ableton, params)
        n = _parameter(device, whole(params, 2))
        return index, at, n, read(n, ableton.desk.track(index + 1))

    return getter


def _parameter(device: Device, n: int) -> int:
    if not device.eq or not 0 <= n < len(PARAMETERS):
        raise Refused("Error handling message: IndexError: Index out of range")
    return n


def _set_parameter(ableton: Ableton, params: Arguments) -> None:
    index, _, device = _device(ableton, params)
    _write_parameter(ableton, index, _parameter(device, whole(params, 2)), number(params, 3))


def _set_parameters(ableton: Ableton, params: Arguments) -> None:
    index, _, device = _device(ableton, params)
    for n in range(len(params) - 2):
        _write_parameter(ableton, index, _parameter(device, n), number(params, n + 2))


def _write_parameter(ableton: Ableton, index: int, n: int, value: float) -> None:
    parameter = PARAMETERS[n]
    held = within(float(int(value)) if parameter.quantized else value, parameter.low, parameter.high)
    ableton.desk.edit_track(index + 1, lambda track: parameter.write(track, held), EQUALISER)


def _parameter_text(n: int, track: Track) -> Argument:
    return PARAMETERS[n].text(PARAMETERS[n].read(track))


SONG_GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        "num_tracks": _song(lambda ableton: len(ableton.desk.session.tracks)),
        "num_scenes": _song(lambda _ableton: 0),
        "track_names": _names,
        "track_data": _track_data,
        "tempo": _song(lambda ableton: float(ableton.desk.session.tempo_bpm)),
        "is_playing": _song(lambda ableton: ableton.desk.playing),
        "current_song_time": _song(_song_time),
        "can_undo": _song(lambda ableton: bool(ableton.desk.live.undo_names)),
        "can_redo": _song(lambda ableton: bool(ableton.desk.live.redo_names)),
    }
)
DEVICES_GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        "name": _of_devices(lambda device: device.name),
        "class_name": _of_devices(lambda device: device.class_name),
        "type": _of_devices(lambda _device: AUDIO_EFFECT),
        "can_have_chains": _of_devices(lambda _device: False),
    }
)
TRACK_GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        "name": _of_track(lambda _ableton, _index, track: track.name),
        "volume": _of_track(lambda _ableton, _index, track: fader_of_gain(track.gain_linear)),
        "panning": _of_track(lambda _ableton, _index, track: float(track.pan)),
        "mute": _of_track(lambda _ableton, _index, track: track.muted),
        "solo": _of_track(lambda _ableton, _index, track: track.solo > 0),
        "arm": _of_track(lambda _ableton, _index, track: track.armed),
        "color": _of_track(lambda _ableton, _index, track: track.color),
        "is_foldable": _of_track(lambda _ableton, _index, track: track.folder_depth > 0),
        "is_visible": _of_track(lambda _ableton, _index, _track: True),
        "has_audio_input": _of_track(lambda _ableton, _index, _track: True),
        "has_audio_output": _of_track(lambda _ableton, _index, _track: True),
        "has_midi_input": _of_track(lambda _ableton, _index, _track: False),
        "has_midi_output": _of_track(lambda _ableton, _index, _track: False),
        "output_meter_level": _of_track(lambda ableton, i, _track: meter_along(loudest(ableton.meters, i + 1))),
        "output_meter_left": _of_track(lambda ableton, i, _track: meter_along(level(ableton.meters, i + 1)[0])),
        "output_meter_right": _of_track(lambda ableton, i, _track: meter_along(level(ableton.meters, i + 1)[1])),
        "num_devices": _of_track(lambda _ableton, _index, track: len(devices(track))),
        "group_track": _of_track(_group),
        **{f"devices/{name}": getter for name, getter in DEVICES_GETTERS.items()},
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
GETTERS: Mapping[str, Getter] = MappingProxyType(
    {
        **{f"/live/song/get/{name}": getter for name, getter in SONG_GETTERS.items()},
        **{f"/live/track/get/{name}": getter for name, getter in TRACK_GETTERS.items()},
        **{f"/live/device/get/{name}": getter for name, getter in DEVICE_GETTERS.items()},
        "/live/application/get/version": lambda _ableton, _params: (12, 0),
        "/live/test": lambda _ableton, _params: ("ok",),
    }
)
SETTERS: Mapping[str, Setter] = MappingProxyType(
    {
        "/live/song/set/tempo": _set_tempo,
        "/live/song/set/current_song_time": _set_song_time,
        "/live/song/start_playing": _call(Live.play),
        "/live/song/continue_playing": _call(Live.play),
        "/live/song/stop_playing": _call(Live.stop),
        "/live/song/undo": _call(Live.undo),
        "/live/song/redo": _call(Live.redo),
        "/live/track/set/volume": _set_track(_set_volume),
        "/live/track/set/panning": _set_track(_set_panning),
        "/live/track/set/mute": _set_track(lambda desk, track, params: desk.set_mute(track, number(params, 0) != 0)),
        "/live/track/set/solo": _set_track(lambda desk, track, params: desk.set_solo(track, number(params, 0) != 0)),
        "/live/track/set/name": _set_track(_set_name),
        "/live/device/set/parameter/value": _set_parameter,
        "/live/device/set/parameters/value": _set_parameters,
    }
)
