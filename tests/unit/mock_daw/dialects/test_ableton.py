"""Live with AbletonOSC: what its source says of questions, listeners and errors."""

import pytest

from mock_daw.session import Effect, EqBand, EqKind, Equaliser
from tests.dialects import CLIENT, Rig, answers

GAIN_2, FREQ_2, TYPE_2, ON_2 = 17, 16, 15, 14


def asked(rig, address, *args):
    """Ask, and return the one answer."""
    (answer,) = answers(rig.say(address, *args), address)
    return answer


@pytest.fixture
def rig():
    made = Rig("ableton")
    made.wait(0.0)
    return made


def test_the_start_is_told_and_answers_go_to_the_port_for_them():
    rig = Rig("ableton")
    assert rig.wait(0.0) == [("/live/startup", [])]
    rig.say("/live/test", peer=("10.0.0.7", 4))
    assert [letter.peer for letter in rig.letters] == [("10.0.0.7", 11_001)]


def test_the_song_is_listed(rig):
    assert asked(rig, "/live/song/get/num_tracks") == [2]
    assert asked(rig, "/live/song/get/track_names") == ["Kick", "Bass"]
    assert asked(rig, "/live/song/get/track_names", 1, 2) == ["Bass"]
    assert asked(rig, "/live/song/get/track_names", 1, -1) == ["Bass"]
    data = asked(rig, "/live/song/get/track_data", 0, 2, "track.name", "track.num_devices", "device.name", "clip.name")
    assert data == ["Kick", 1, "EQ Eight", "Bass", 1, "EQ Eight"]
    assert asked(rig, "/live/song/get/tempo") == [120.0]
    assert asked(rig, "/live/song/get/is_playing") == [False]


def test_a_fader_is_read_back_as_it_was_set(rig):
    assert rig.say("/live/track/set/volume", 1, 0.55) == []
    assert rig.track(2).gain_linear == pytest.approx(10 ** (-12 / 20))
    assert asked(rig, "/live/track/get/volume", 1) == [1, pytest.approx(0.55)]


def test_mute_and_solo_are_truths(rig):
    rig.say("/live/track/set/mute", 0, 1)
    assert asked(rig, "/live/track/get/mute", 0) == [0, True]
    rig.say("/live/track/set/solo", 0, True)
    assert (rig.track().solo, asked(rig, "/live/track/get/solo", 0)) == (1, [0, True])


def test_an_asterisk_sets_all_tracks(rig):
    rig.say("/live/track/set/volume", "*", 0.7)
    assert [asked(rig, "/live/track/get/volume", n)[1] for n in (0, 1)] == [pytest.approx(0.7)] * 2


@pytest.mark.parametrize(
    ("address", "args", "words"),
    [
        ("/live/track/get/volume", (9,), "Index out of range"),
        ("/live/track/get/volume", (-1,), "Index out of range"),
        ("/live/track/get/volume", (), "is no number"),
        ("/live/track/set/volume", (0, 1.5), "Invalid value"),
        ("/live/track/set/volume", (0, "loud"), "is no number"),
        ("/live/track/set/name", (0, 7), "is no name"),
        ("/live/song/set/tempo", (5.0,), "Invalid value"),
        ("/live/song/get/track_data", (0, 3, "track.name"), "Index out of range"),
        ("/live/song/get/track_data", (0, 1, "track.nonsense"), "there is no 'track.nonsense'"),
        ("/live/device/get/name", (0, 3), "Index out of range"),
        ("/live/device/set/parameter/value", (0, 0, 999, 0.5), "Index out of range"),
        ("/live/nonsense", (), "Unknown OSC address: /live/nonsense"),
    ],
)
def test_what_fails_is_told_and_changes_nothing(rig, address, args, words):
    before = rig.live.session
    ((error,),) = answers(rig.say(address, *args), "/live/error")
    assert words in error
    assert rig.live.session is before


def test_listeners_hear_at_once_and_of_every_change(rig):
    assert rig.say("/live/track/start_listen/volume", 0) == [("/live/track/get/volume", [0, pytest.approx(0.85)])]
    assert rig.wait(0.1) == []
    rig.say("/live/track/set/volume", 0, 0.7)
    assert rig.heard() == [("/live/track/get/volume", [0, pytest.approx(0.7)])]
    rig.say("/live/track/stop_listen/volume", 0)
    assert rig.say("/live/track/set/volume", 0, 0.6) == []


def test_a_listener_of_a_track_that_goes_goes_with_it(rig):
    rig.say("/live/track/start_listen/mute", 1)
    rig.live.edit(lambda now: now.without([1]), "Remove tracks")
    assert rig.wait(0.1) == []


def test_meters_are_listened_to(rig):
    rig.say("/live/track/start_listen/output_meter_left", 0)
    rig.live.play()
    assert rig.wait(0.1) == [("/live/track/get/output_meter_left", [0, pytest.approx(0.842, abs=1e-3)])]
    assert rig.wait(0.1) == []


def test_every_track_has_an_eq_eight_by_its_parameters(rig):
    assert asked(rig, "/live/track/get/devices/class_name", 0) == [0, "Eq8"]
    assert asked(rig, "/live/device/get/num_parameters", 0, 0) == [0, 0, 84]
    names = asked(rig, "/live/device/get/parameters/name", 0, 0)[2:]
    assert [names.index(f"{band} Gain A") for band in (1, 2, 3, 4)] == [7, 17, 27, 37]
    low, high = (asked(rig, f"/live/device/get/parameters/{end}", 0, 0)[2:] for end in ("min", "max"))
    assert (low[GAIN_2], high[GAIN_2], low[FREQ_2], high[FREQ_2], high[TYPE_2]) == (-15.0, 15.0, 0.0, 1.0, 7.0)
    values = asked(rig, "/live/device/get/parameters/value", 0, 0)[2:]
    assert all(low[n] <= values[n] <= high[n] for n in range(84))


def test_eq_is_set_shown_and_told_in_words(rig):
    rig.say("/live/device/start_listen/parameter/value", 0, 0, GAIN_2)
    for n, value in ((ON_2, 1), (TYPE_2, 5), (FREQ_2, 0.5), (GAIN_2, -4.5)):
        rig.say("/live/device/set/parameter/value", 0, 0, n, value)
    assert rig.heard() == [
        ("/live/device/get/parameter/value", [0, 0, GAIN_2, pytest.approx(-4.5)]),
        ("/live/device/get/parameter/value_string", [0, 0, GAIN_2, "-4.5 dB"]),
    ]
    band = rig.track().effects[0].equaliser.bands[1]
    assert band.kind is EqKind.HIGH_SHELF
    assert band.freq_hz == pytest.approx((10 * 22_000) ** 0.5)
    assert asked(rig, "/live/device/get/parameter/value_string", 0, 0, TYPE_2)[3] == "High Shelf"
    assert asked(rig, "/live/device/get/parameter/value_string", 0, 0, FREQ_2)[3] == "469.0 Hz"


def test_an_equaliser_that_is_there_is_the_eq_eight(rig):
    equaliser = Equaliser((EqBand(EqKind.HIGH_PASS, 80.0), EqBand(EqKind.BELL, 500.0, 0.5)))
    effects = (Effect("{1}", "VST: ReaComp (Cockos)"), Effect("{2}", "VST: ReaEQ (Cockos)", equaliser=equaliser))
    rig.live.edit(lambda now: now.with_track(1, _with(now.track(1), effects)), "Add effects")
    assert asked(rig, "/live/track/get/devices/class_name", 0) == [0, "PluginDevice", "Eq8"]
    assert asked(rig, "/live/device/get/parameter/value_string", 0, 1, 5)[3] == "High Pass 12dB"
    assert asked(rig, "/live/device/get/parameter/value", 0, 1, GAIN_2)[3] == pytest.approx(-6.02, abs=0.01)
    assert asked(rig, "/live/device/get/parameter/value", 0, 1, 24)[3] == 0.0


def _with(track, effects):
    return type(track)(track.guid, track.name, effects=effects)


def test_undo_takes_a_fader_back(rig):
    rig.say("/live/track/set/volume", 0, 0.5)
    assert asked(rig, "/live/song/get/can_undo") == [True]
    rig.say("/live/song/undo")
    assert rig.track().gain_linear == 1.0


def test_the_last_asker_is_told(rig):
    rig.say("/live/song/start_listen/tempo", peer=CLIENT)
    rig.say("/live/song/get/tempo", peer=("10.0.0.7", 1))
    rig.say("/live/song/set/tempo", 100.0, peer=("10.0.0.7", 1))
    assert [letter.peer for letter in rig.letters] == [("10.0.0.7", 11_001)]
