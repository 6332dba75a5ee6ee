"""Bitwig with DrivenByMoss: what its source says of banks, feedback, and the equaliser of the cursor track."""

import pytest

from mock_daw.session import EqKind
from tests.dialects import OTHER, Rig, answers

NAMES = tuple(f"Track {n}" for n in range(1, 21))


def state(said):
    return {address: args[0] for address, args in said}


@pytest.fixture
def rig():
    made = Rig("bitwig", NAMES)
    made.say("/refresh")
    return made


def test_the_start_is_told_after_a_second():
    rig = Rig("bitwig")
    assert rig.wait(0.9, turns=3) == []
    told = rig.wait(0.2)
    assert state(told)["/track/2/name"] == "Bass"
    assert [letter.peer for letter in rig.letters] == [("127.0.0.1", 11_001)]


def test_a_refresh_tells_everything_between_two_updates(rig):
    told = rig.say("/refresh", peer=OTHER)
    assert (told[0], told[-1]) == (("/update", [1]), ("/update", [0]))
    now = state(told)
    assert (now["/track/1/exists"], now["/track/1/name"], now["/track/1/position"]) == (1, "Track 1", 0)
    assert (now["/track/1/volume"], now["/track/1/volumeStr"]) == (101, "0.00 dB")
    assert (now["/master/name"], now["/master/volume"], now["/tempo/raw"], now["/play"]) == ("Master", 101, 120.0, 0)
    assert [letter.peer for letter in rig.letters] == [("127.0.0.1", 11_001)]


def test_after_that_only_changes_are_told(rig):
    assert rig.wait(0.1) == []
    assert rig.say("/track/2/volume", 64) == [
        ("/update", [1]),
        ("/track/2/volumeStr", ["-11.84 dB"]),
        ("/track/2/volume", [64]),
        ("/update", [0]),
    ]
    assert rig.say("/track/2/volume", 64) == []


@pytest.mark.parametrize(("resolution", "zero_db"), [(128, 101), (1024, 812), (16384, 13003)])
def test_the_resolution_is_a_setting(resolution, zero_db):
    rig = Rig("bitwig", resolution=resolution)
    assert state(rig.say("/refresh"))["/track/1/volume"] == zero_db
    rig.say("/track/1/volume", resolution - 1)
    assert rig.track().gain_linear == pytest.approx(2.0)


def test_banks_turn_by_pages_and_by_tracks_and_stop_at_their_ends(rig):
    names = [state(rig.say("/track/bank/page/+"))["/track/1/name"] for _ in range(2)]
    assert names == ["Track 9", "Track 17"]
    now = state(rig.say("/refresh"))
    assert [now[f"/track/{n}/exists"] for n in (4, 5)] == [1, 0]
    assert rig.say("/track/bank/page/+") == []
    assert state(rig.say("/track/bank/-"))["/track/1/name"] == "Track 16"
    rig.say("/track/1/mute", 1)
    assert rig.track(16).muted


def test_a_mute_without_a_value_toggles(rig):
    rig.say("/track/1/mute")
    assert rig.track().muted
    rig.say("/track/1/mute")
    assert not rig.track().muted
    rig.say("/track/1/solo", 1)
    assert rig.track().solo == 1


def test_meters_are_switched_on(rig):
    rig.live.play()
    assert not [said for said in rig.wait(0.1) if said[0].endswith("vu")]
    rig.say("/track/vu", 1)
    rig.tone.level = 1.0
    assert answers(rig.wait(0.1), "/track/1/vu") == [[101]]
    assert answers(rig.say("/track/vu", 0), "/track/1/vu") == [[0]]


def test_the_equaliser_is_that_of_the_cursor_track(rig):
    told = state(rig.say("/track/3/select", 1))
    assert (told["/track/3/selected"], told["/track/1/selected"], told["/track/selected/name"]) == (1, 0, "Track 3")
    assert rig.track(3).selected
    assert rig.say("/eq/gain/1", 0) == []
    told = state(rig.say("/eq/add"))
    assert (told["/eq/exists"], told["/eq/name"], rig.track(3).effects[0].alias) == (1, "EQ+", "EQ+")
    rig.say("/eq/type/2", "lowshelf")
    told = state(rig.say("/eq/gain/2", 32))
    assert told["/eq/gain/2/valueStr"] == "-11.9 dB"
    band = rig.track(3).effects[0].equaliser.bands[1]
    assert (band.kind, band.enabled) == (EqKind.LOW_SHELF, True)
    told = state(rig.say("/eq/freq/2", 127))
    assert told["/eq/freq/2/valueStr"] == "20.00 kHz"
    assert state(rig.say("/eq/type/2", "off"))["/eq/type/2/value"] == "off"
    assert rig.say("/eq/type/2", "comb") == []


def test_names_lose_what_is_not_ascii():
    rig = Rig("bitwig", ("Größe 鼓",))
    assert state(rig.say("/refresh"))["/track/1/name"] == "Gro?e ?"


def test_the_transport_plays_stops_and_keeps_time(rig):
    assert answers(rig.say("/play", 1), "/play") == [[1]]
    assert answers(rig.say("/stop"), "/play") == [[0]]
    assert answers(rig.say("/tempo/raw", 98.5), "/tempo/raw") == [[98.5]]
    rig.say("/tempo/+", 1.5)
    assert rig.live.session.tempo_bpm == 100.0
    rig.say("/undo")
    assert rig.live.session.tempo_bpm == 98.5


@pytest.mark.parametrize(
    ("address", "args"),
    [
        ("/track/9/volume", (1,)),
        ("/track/0/volume", (1,)),
        ("/track/1/volume", ("loud",)),
        ("/track/1/volume", ()),
        ("/track/1/nonsense", (1,)),
        ("/track", (1,)),
        ("/eq/gain/9", (1,)),
        ("/eq", ()),
        ("/nonsense", (1,)),
        ("/tempo/raw", ("fast",)),
        ("/master/solo", (1,)),
    ],
)
def test_what_is_no_command_changes_nothing(rig, address, args):
    rig.say("/eq/add")
    before = rig.live.session
    assert rig.say(address, *args) == []
    assert rig.live.session is before
