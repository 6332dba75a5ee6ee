"""Markers and regions over OSC."""

from mock_daw.session import Marker
from tests.surfaces import Device, session_of, track_named

PATTERN = """
DEVICE_MARKER_COUNT 2 i/markers
DEVICE_REGION_COUNT 1
MARKER_NAME s/marker/@/name
MARKER_NUMBER s/marker/@/number/str
MARKER_TIME f/marker/@/time
REGION_NAME s/region/@/name
REGION_TIME f/region/@/time
REGION_LENGTH f/region/@/length
MARKERID_NAME s/marker_id/@/name
MARKERID_TIME f/marker_id/@/time
REGIONID_LENGTH f/region_id/@/length
LAST_MARKER_NAME s/lastmarker/name
LAST_REGION_NAME s/lastregion/name
GOTO_MARKER i/marker t/marker/@
GOTO_REGION i/region
DEVICE_NEXT_MARKER_BANK t/markers/+
"""


def with_markers(*extra):
    markers = (
        Marker("{3}", 3, 20.0, name="End"),
        Marker("{1}", 1, 5.0, name="Verse"),
        Marker("{r}", 1, 5.0, 15.0, "Loop"),
        *extra,
    )
    return Device(session_of(track_named("A"), markers=markers), PATTERN)


def by_name(device):
    return {marker.name: marker for marker in device.session.markers}


def test_markers_and_regions_are_reported_in_the_order_of_the_timeline():
    assert with_markers().run() == [
        ("/marker/1/name", "Verse"),
        ("/marker/1/number/str", "1"),
        ("/marker/1/time", 5.0),
        ("/marker/2/name", "End"),
        ("/marker/2/number/str", "3"),
        ("/marker/2/time", 20.0),
        ("/region/1/name", "Loop"),
        ("/region/1/time", 5.0),
        ("/region/1/length", 10.0),
        ("/lastmarker/name", ""),
        ("/lastregion/name", ""),
    ]


def test_a_place_without_a_marker_is_reported_as_empty():
    device = with_markers().start()
    device.edit(markers=device.session.markers[1:])
    assert device.run() == [("/marker/2/name", ""), ("/marker/2/number/str", "")]


def test_the_bank_of_markers_moves_on():
    device = with_markers(Marker("{9}", 9, 30.0, name="Coda")).start()
    assert device.send("/markers/+")[:3] == [
        ("/marker/1/name", "Coda"),
        ("/marker/1/number/str", "9"),
        ("/marker/1/time", 30.0),
    ]
    device.send("/marker", 1)
    assert device.live.edit_position_s == 30.0


def test_more_markers_can_be_asked_for():
    device = with_markers(Marker("{9}", 9, 30.0, name="Coda")).start()
    assert device.send("/markers", 3) == [
        ("/marker/3/name", "Coda"),
        ("/marker/3/number/str", "9"),
        ("/marker/3/time", 30.0),
    ]


def test_jumping_counts_markers_on_the_timeline():
    device = with_markers().start()
    positions_s = []
    for address, *args in (("/marker", 2), ("/marker/1",), ("/region", 1), ("/marker", 9), ("/marker", 0)):
        device.send(address, *args)
        positions_s.append(device.live.edit_position_s)
    assert positions_s == [20.0, 5.0, 5.0, 5.0, 5.0]


def test_a_marker_is_changed_by_its_place_or_its_number():
    device = with_markers().start()
    device.send("/marker/2/name", "Fine")
    device.send("/marker_id/1/time", 6.0)
    device.send("/region/1/time", 7.0)
    markers = by_name(device)
    assert (markers["Fine"].position_s, markers["Verse"].position_s) == (20.0, 6.0)
    assert (markers["Loop"].position_s, markers["Loop"].end_s) == (7.0, 17.0)
    assert device.live.undo_names == (
        "Set marker name via OSC",
        "Set marker position via OSC",
        "Set region start via OSC",
    )


def test_a_number_that_is_not_there_makes_a_marker_or_a_region():
    device = with_markers().start()
    device.send("/marker_id/7/name", "New")
    device.send("/region_id/8/length", 2.5)
    new = by_name(device)["New"]
    region = next(m for m in device.session.markers if m.number == 8)
    assert (new.number, new.position_s, new.end_s) == (7, 0.0, None)
    assert (region.position_s, region.end_s) == (0.0, 2.5)


def test_the_marker_before_the_cursor_and_the_region_around_it_are_followed():
    device = with_markers().start()
    device.live.seek(6.0)
    assert device.run(0.1) == [("/lastmarker/name", "Verse"), ("/lastregion/name", "Loop")]
    device.live.seek(16.0)
    assert device.run(0.1) == [("/lastregion/name", "")]
    device.send("/lastmarker/name", "Chorus")
    assert by_name(device)["Chorus"].number == 1
