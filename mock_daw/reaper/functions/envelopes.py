"""Envelopes of tracks and their points."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.scales import pan_text, volume_text
from mock_daw.session import Envelope, Point

CHUNKS: Mapping[str, str] = MappingProxyType(
    {
        "<VOLENV": "Volume (Pre-FX)",
        "<PANENV": "Pan (Pre-FX)",
        "<VOLENV2": "Volume",
        "<PANENV2": "Pan",
        "<WIDTHENV2": "Width",
        "<MUTEENV": "Mute",
    }
)
SQUARE = 1
NO_TENSION = 0.0


def _at(host: Host, number: int, index: int) -> str | None:
    envelopes = host.track(number).envelopes
    return envelopes[index].guid if 0 <= index < len(envelopes) else None


def _by_name(host: Host, number: int, name: str) -> str | None:
    return next((envelope.guid for envelope in host.track(number).envelopes if envelope.name == name), None)


def value_at(envelope: Envelope, position_s: float) -> float:
    """Return the value at a position: straight lines between points, steps behind a square one (shape 1)."""
    points = envelope.points
    if not points:
        return 0.0
    after = next((k for k, point in enumerate(points) if point.position_s > position_s), len(points))
    if after in (0, len(points)):
        return points[min(after, len(points) - 1)].value
    left, right = points[after - 1], points[after]
    if left.shape == SQUARE:
        return left.value
    part = (position_s - left.position_s) / (right.position_s - left.position_s)
    return left.value + part * (right.value - left.value)


def _evaluate(host: Host, place: Place, position_s: float, *_rest: object) -> tuple[int, float, float, float, float]:
    """Return the value and its slope; how many samples the value holds for is 0, unknown."""
    envelope = host.envelope(place)
    step_s = 1e-3
    value = value_at(envelope, position_s)
    return 0, value, (value_at(envelope, position_s + step_s) - value) / step_s, 0.0, 0.0


def _format(host: Host, place: Place, value: float, _text: str, size: int) -> tuple[str]:
    name = host.envelope(place).name
    if name.startswith("Volume"):
        return (cut(volume_text(value), size),)
    return (cut(pan_text(value) if name.startswith("Pan") else f"{value:.2f}", size),)


def _point(host: Host, place: Place, index: int, *outs: object) -> tuple[object, ...]:
    points = host.envelope(place).points
    if not 0 <= index < len(points):
        return (False, *outs)
    point = points[index]
    return True, point.position_s, point.value, point.shape, NO_TENSION, False


def _ordered(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: point.position_s))


def _insert(
    host: Host, place: Place, position_s: float, value: float, shape: int, _tension: float, _sel: bool, unsorted: bool
) -> tuple[bool, bool]:
    new = Point(position_s, value, shape)
    host.edit_envelope(place, lambda envelope: replace(envelope, points=_ordered((*envelope.points, new))))
    return True, unsorted


def _set(
    host: Host, place: Place, index: int, position_s: float, value: float, shape: int, *rest: object
) -> tuple[object, ...]:
    points = host.envelope(place).points
    is_there = 0 <= index < len(points)
    if is_there:
        moved = (*points[:index], Point(position_s, value, shape), *points[index + 1 :])
        host.edit_envelope(place, lambda envelope: replace(envelope, points=_ordered(moved)))
    return is_there, position_s, value, shape, *rest


def _delete_range(host: Host, place: Place, start_s: float, end_s: float) -> bool:
    points = host.envelope(place).points
    kept = tuple(point for point in points if not start_s <= point.position_s < end_s)
    host.edit_envelope(place, lambda envelope: replace(envelope, points=kept))
    return len(kept) < len(points)


def _before(host: Host, place: Place, position_s: float) -> int:
    return sum(point.position_s <= position_s for point in host.envelope(place).points) - 1


def _parent(host: Host, place: Place, _effect: int, _parameter: int) -> tuple[str, int, int]:
    return host.track(place.track).guid, -1, -1


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CountTrackEnvelopes": Function("i t", lambda host, number: len(host.track(number).envelopes)),
        "GetTrackEnvelope": Function("e ti", _at),
        "GetTrackEnvelopeByName": Function("e ts", _by_name),
        "GetTrackEnvelopeByChunkName": Function(
            "e ts", lambda host, number, chunk: _by_name(host, number, CHUNKS.get(chunk.rstrip(), ""))
        ),
        "GetSelectedEnvelope": Function("e p", lambda _host, _project: None),
        "GetSelectedTrackEnvelope": Function("e p", lambda _host, _project: None),
        "GetFXEnvelope": Function("e tiib", lambda _host, *_: None),
        "GetEnvelopeName": Function(
            "b eSi", lambda host, place, _text, size: (True, cut(host.envelope(place).name, size))
        ),
        "Envelope_GetParentTrack": Function("t eII", _parent),
        "CountEnvelopePoints": Function("i e", lambda host, place: len(host.envelope(place).points)),
        "CountEnvelopePointsEx": Function("i ei", lambda host, place, _item: len(host.envelope(place).points)),
        "CountAutomationItems": Function("i e", lambda _host, _place: 0),
        "GetEnvelopePoint": Function("b eiDDIDB", _point),
        "GetEnvelopePointByTime": Function("n ed", _before),
        "InsertEnvelopePoint": Function("b eddidbB", _insert),
        "SetEnvelopePoint": Function("b eiDDIDBB", _set),
        "DeleteEnvelopePointRange": Function("b edd", _delete_range),
        "Envelope_SortPoints": Function("b e", lambda _host, _place: True),
        "Envelope_Evaluate": Function("i eddiDDDD", _evaluate),
        "Envelope_FormatValue": Function("v edSi", _format),
        "GetEnvelopeScalingMode": Function("i e", lambda _host, _place: 0),
        "ScaleFromEnvelopeMode": Function("d id", lambda _host, _mode, value: value),
        "ScaleToEnvelopeMode": Function("d id", lambda _host, _mode, value: value),
    }
)
