"""What AbletonOSC answers of the song and its tracks, and what can be set of them, by address."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_daw.dialects.ableton_devices import DEVICE_GETTERS, DEVICE_SETTERS, DEVICES_GETTERS, devices
from mock_daw.dialects.ableton_laws import fader_of_gain, gain_of_fader, meter_along
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
from mock_daw.dialects.desk import Desk
from mock_daw.dialects.metering import level, loudest
from mock_daw.dialects.osc10 import Argument
from mock_daw.live import Live
from mock_daw.session import Track

SECONDS_A_MINUTE = 60.0


def _song(read: Callable[[Host], Argument]) -> Getter:
    return lambda ableton, _params: (read(ableton),)


def _names(ableton: Host, params: Arguments) -> Answer:
    tracks = ableton.desk.session.tracks
    return tuple(tracks[index].name for index in (_block(ableton, params) if params else range(len(tracks))))


def _block(ableton: Host, params: Arguments) -> range:
    """Return the indices from the first parameter up to the second, which -1 makes the end. Raises ``Refused``."""
    first, end, tracks = whole(params, 0), whole(params, 1), len(ableton.desk.session.tracks)
    wanted = range(first, tracks if end == -1 else end)
    if wanted and not 0 <= wanted[0] <= wanted[-1] < tracks:
        raise Refused("Error handling message: IndexError: Index out of range")
    return wanted


def _track_data(ableton: Host, params: Arguments) -> Answer:
    """Return properties of a block of tracks and their devices, "track.name" and the like; there are no clips."""
    found: list[Argument] = []
    for index in _block(ableton, params):
        for name in params[2:]:
            kind, _, attribute = str(name).partition(".")
            getters = {"track": TRACK_GETTERS, "device": DEVICES_GETTERS}.get(kind, {})
            if kind != "clip" and attribute not in getters:
                raise Refused(f"Error handling message: there is no {name!r}")
            found += (getters[attribute](ableton, (index,)) or ())[1:] if getters else ()
    return tuple(found)


def _group(ableton: Host, index: int, _track: Track) -> Argument:
    return ableton.desk.session.parents()[index]


def _song_time(ableton: Host) -> float:
    return ableton.desk.live.position_s * ableton.desk.session.tempo_bpm / SECONDS_A_MINUTE


def _set_song_time(ableton: Host, params: Arguments) -> None:
    beats = within(number(params, 0), 0.0, 1e9)
    ableton.desk.live.seek(beats * SECONDS_A_MINUTE / ableton.desk.session.tempo_bpm)


def _set_tempo(ableton: Host, params: Arguments) -> None:
    ableton.desk.set_tempo(within(number(params, 0), 20.0, 999.0))


def _call(act: Callable[[Live], object]) -> Setter:
    def call(ableton: Host, _params: Arguments) -> None:
        act(ableton.desk.live)

    return call


# Tracks


def _of_track(read: Callable[[Host, int, Track], Argument]) -> Getter:
    def getter(ableton: Host, params: Arguments) -> Answer:
        index, track = chosen(ableton, (0, *params[1:]) if params[:1] == ("*",) else params)
        return index, read(ableton, index, track)

    return getter


def _set_track(write: Callable[[Desk, int, Arguments], None]) -> Setter:
    def setter(ableton: Host, params: Arguments) -> None:
        index, _ = chosen(ableton, params)
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
        **DEVICE_SETTERS,
    }
)
