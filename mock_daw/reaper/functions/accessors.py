"""Audio accessors: what a track's items sound like, before its effects and its fader."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2s
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mock_daw.item_audio import track_audio
from mock_daw.reaper.functions.host import Accessor, Host, Place
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Track

HASH_BYTES = 128
MOST_CHANNELS = 128
MOST_SAMPLES = 2**26


def _open(host: Host, accessor: Accessor) -> str:
    accessor.seen = _heard(host, accessor)
    name = f"accessor {next(host.numbers)}"
    host.accessors[name] = accessor
    return name


def _of_take(host: Host, place: Place) -> str:
    return _open(host, Accessor(None, host.take(place).guid))


def _heard(host: Host, accessor: Accessor) -> Track | None:
    """Return the track that an accessor plays, bare but for its items; None where its object is gone.

    A take's accessor has the take alone, without the item's place, gain and fades, for as long as the item is.
    """
    if accessor.track is not None:
        number = host.places.tracks.get(accessor.track)
        return None if number is None else _bare(host.track(number))
    place = host.places.takes.get(accessor.take or "")
    if place is None:
        return None
    item = host.item(place)
    alone = replace(
        item, position_s=0.0, gain_linear=1.0, fade_in=type(item.fade_in)(), fade_out=type(item.fade_out)(), muted=False
    )
    return Track(host.track(place.track).guid, items=(alone,))


def _bare(track: Track) -> Track:
    return Track(track.guid, items=track.items)


def _end(host: Host, accessor: Accessor) -> float:
    track = _heard(host, accessor)
    return 0.0 if track is None else max((item.end_s for item in track.items), default=0.0)


def _samples(
    host: Host, accessor: Accessor, rate_hz: int, channels: int, start_s: float, samples: int, _buffer: object
) -> tuple[int, NDArray[np.float64]]:
    """Return 1 and the samples, interleaved; 0 where there is no audio, -1 for what can not be asked."""
    wanted = channels * samples
    if rate_hz <= 0 or not 0 < channels <= MOST_CHANNELS or not 0 <= wanted <= MOST_SAMPLES:
        return -1, np.zeros(0)
    track = _heard(host, accessor)
    if track is None:
        return -1, np.zeros(wanted)
    end_s = start_s + samples / rate_hz
    if not any(item.position_s < end_s and item.end_s > start_s for item in track.items):
        return 0, np.zeros(wanted)
    lead = min(max(round(-start_s * rate_hz), 0), samples)
    audio = np.zeros((samples, channels))
    audio[lead:] = track_audio(track, rate_hz, max(start_s, 0.0), samples - lead, channels)
    return 1, audio.reshape(-1)


def _hash(host: Host, accessor: Accessor, _text: str) -> tuple[str]:
    """Return a text that changes with the audio; REAPER's is 128 bytes long."""
    digest = blake2s(repr(_heard(host, accessor)).encode()).hexdigest()
    return (cut(digest, HASH_BYTES),)


def _changed(host: Host, accessor: Accessor) -> bool:
    """Whether the audio is another than when it was last asked."""
    before, accessor.seen = accessor.seen, _heard(host, accessor)
    return before != accessor.seen


def _close(host: Host, accessor: Accessor) -> None:
    for name, known in tuple(host.accessors.items()):
        if known is accessor:
            del host.accessors[name]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CreateTrackAudioAccessor": Function(
            "a t", lambda host, number: _open(host, Accessor(host.track(number).guid, None))
        ),
        "CreateTakeAudioAccessor": Function("a k", _of_take),
        "DestroyAudioAccessor": Function("v a", _close),
        "GetAudioAccessorSamples": Function("n aiidiF", _samples),
        "GetAudioAccessorStartTime": Function("d a", lambda _host, _accessor: 0.0),
        "GetAudioAccessorEndTime": Function("d a", _end),
        "GetAudioAccessorHash": Function("v aS", _hash),
        "AudioAccessorValidateState": Function("b a", _changed),
        "AudioAccessorStateChanged": Function("b a", lambda host, accessor: accessor.seen != _heard(host, accessor)),
        "AudioAccessorUpdate": Function("v a", lambda host, accessor: _changed(host, accessor) and None),
    }
)
