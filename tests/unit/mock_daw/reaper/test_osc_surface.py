"""The surface as a whole: what it says at the start, what it repeats, what it keeps to itself, and to whom it talks."""

from mock_daw.live import Live
from mock_daw.osc_packets import decode, encode
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.osc_surface import OscSurface
from mock_daw.reaper.pattern import default_pattern
from tests.surfaces import TICK_S, Device, approx, reaeq, session_of, track_named
from tests.unit.mock_daw.reaper.desks import Silence

LOWEST = 0.0025138729251921177  # as REAPER said it of a track that is not there (pyreaosc, doc/osc_dump.txt)
SMALL = """
DEVICE_TRACK_COUNT 2
PLAY t/play
STOP t/stop
TEMPO n/tempo f/tempo/raw s/tempo/str
MASTER_VOLUME n/master/volume s/master/volume/str
TRACK_NAME s/track/@/name
TRACK_VOLUME n/track/@/volume f/track/@/volume/db s/track/@/volume/str
TRACK_PAN n/track/@/pan s/track/@/pan/str
TRACK_MUTE b/track/@/mute t/track/@/mute/toggle
TRACK_SOLO b/track/@/solo
ANY_SOLO b/anysolo
TRACK_SELECT b/track/@/select
DEVICE_TRACK_SELECT i/device/track/select t/device/track/select/@
DEVICE_TRACK_COUNT i/device/track/count
"""


def two_tracks(**fields):
    return session_of(track_named("Drums", gain_linear=0.5, pan=-0.5, muted=True), track_named("Bass"), **fields)


# The start


def test_the_whole_state_comes_with_the_first_turn_in_the_order_of_reaper():
    assert approx(Device(two_tracks(), SMALL).run()) == [
        ("/stop", 1.0),
        ("/play", 0.0),
        ("/tempo", 0.3125),
        ("/tempo/raw", 120.0),
        ("/tempo/str", "120"),
        ("/device/track/select/1", 0.0),
        ("/device/track/select/2", 0.0),
        ("/master/volume", 0.7162),
        ("/master/volume/str", "0.00dB"),
        ("/track/1/name", "Drums"),
        ("/track/1/select", 0.0),
        ("/track/1/volume", 0.5924),
        ("/track/1/volume/db", -6.0206),
        ("/track/1/volume/str", "-6.02dB"),
        ("/track/1/pan", 0.25),
        ("/track/1/pan/str", "50%L"),
        ("/track/1/mute", 1.0),
        ("/track/1/mute/toggle", 1.0),
        ("/track/1/solo", 0.0),
        ("/track/2/name", "Bass"),
        ("/track/2/select", 0.0),
        ("/track/2/volume", 0.7162),
        ("/track/2/volume/db", 0.0),
        ("/track/2/volume/str", "0.00dB"),
        ("/track/2/pan", 0.5),
        ("/track/2/pan/str", "C"),
        ("/track/2/mute", 0.0),
        ("/track/2/mute/toggle", 0.0),
        ("/track/2/solo", 0.0),
    ]


def test_tracks_that_are_not_there_are_reported_with_their_faders_down():
    device = Device(session_of(track_named("Drums")), SMALL)
    said = [message for message in device.run() if message[0].startswith("/track/2/")]
    assert said == [
        ("/track/2/name", "Track 2"),
        ("/track/2/select", 0.0),
        ("/track/2/volume", LOWEST),
        ("/track/2/volume/db", -150.0),
        ("/track/2/volume/str", "-inf dB"),
        ("/track/2/pan", 0.5),
        ("/track/2/pan/str", "C"),
        ("/track/2/mute", 0.0),
        ("/track/2/mute/toggle", 0.0),
        ("/track/2/solo", 0.0),
    ]


def test_nothing_is_said_while_nothing_changes():
    device = Device(two_tracks(), SMALL).start()
    assert [device.run(TICK_S) for _ in range(30)] == [[]] * 30


def test_the_refresh_action_says_everything_again():
    device = Device(two_tracks(), SMALL)
    everything = device.run()
    assert device.send("/nothing") == []
    device.actions.run(41743)
    assert device.run() == everything


def test_a_refresh_says_the_equaliser_of_the_chosen_track_twice_as_reaper_does():
    """RESET calls SetTrackListChange, which tells the choice, then SetActiveTrackChange, which tells it once more."""
    pattern = "FX_EQ_LOSHELF_FREQ s/eq/low\nDEVICE_TRACK_SELECT i/select"
    device = Device(session_of(track_named("Drums", effects=(reaeq(),))), pattern).start()
    assert device.send("/select", 1) == [("/eq/low", "100.0Hz")]
    device.actions.run(41743)
    assert device.run() == [("/eq/low", "0Hz"), ("/eq/low", "100.0Hz")] * 2


def test_the_default_pattern_starts_with_a_few_thousand_messages_at_the_pace_of_reaper():
    device = Device(two_tracks(), wait_ms=10.0)
    packets = []
    for _ in range(300):
        device.surface.run()
        packets.append(len(device.datagrams))
        assert all(len(datagram) <= 1024 for datagram in device.datagrams)
        device.datagrams.clear()
        device.live.advance(0.01)
    assert packets[0] == 1
    assert set(packets) == {0, 1}
    assert 60 <= sum(packets) <= 200


# Changes


def test_only_what_changed_is_said_in_all_its_forms():
    device = Device(two_tracks(), SMALL).start()
    device.edit_track(2, gain_linear=0.5)
    assert approx(device.run()) == [
        ("/track/2/volume", 0.5924),
        ("/track/2/volume/db", -6.0206),
        ("/track/2/volume/str", "-6.02dB"),
    ]


def test_a_device_does_not_hear_its_own_words_but_their_other_forms():
    device = Device(two_tracks(), SMALL).start()
    assert approx(device.send("/track/2/volume", 0.5)) == [
        ("/track/2/volume/db", -11.0593),
        ("/track/2/volume/str", "-11.1dB"),
    ]
    assert approx(device.send("/track/2/volume/db", -20.0)) == [
        ("/track/2/volume", 0.3633),
        ("/track/2/volume/str", "-20.0dB"),
    ]


def test_switches_are_answered_on_their_own_address_too():
    device = Device(two_tracks(), SMALL).start()
    assert device.send("/track/2/mute", 1.0) == [("/track/2/mute", 1.0), ("/track/2/mute/toggle", 1.0)]
    assert device.send("/track/2/mute", 1.0) == []
    assert device.send("/track/2/mute/toggle") == [("/track/2/mute", 0.0), ("/track/2/mute/toggle", 0.0)]


def test_what_another_changed_is_said_before_an_answer_and_on_the_same_address():
    device = Device(two_tracks(), SMALL).start()
    device.edit_track(2, gain_linear=0.25)
    assert [m[0] for m in device.send("/track/2/volume", 0.5)] == [
        "/track/2/volume",
        "/track/2/volume/db",
        "/track/2/volume/str",
        "/track/2/volume/db",
        "/track/2/volume/str",
    ]


def test_a_value_that_a_device_had_set_itself_is_said_when_another_sets_it():
    device = Device(two_tracks(), SMALL).start()
    device.send("/track/2/volume", 0.5)
    before = device.track(2).gain_linear
    device.edit_track(2, gain_linear=1.0)
    assert ("/track/2/volume", 0.7162) in approx(device.run())
    device.edit_track(2, gain_linear=before)
    assert ("/track/2/volume", 0.5) in device.run()


def test_a_fader_that_is_dragged_is_one_undo_step():
    device = Device(two_tracks(), SMALL).start()
    for position in (0.5, 0.4, 0.3):
        device.send("/track/2/volume", position)
        device.run(TICK_S)
    assert len(device.live.undo_names) == 1
    device.live.undo()
    assert approx(device.run())[0] == ("/track/2/volume", 0.7162)


def test_after_a_rest_a_fader_that_is_dragged_is_another_undo_step():
    device = Device(two_tracks(), SMALL).start()
    device.send("/track/2/volume", 0.5)
    device.run(0.6)
    device.send("/track/2/volume", 0.4)
    device.send("/track/2/volume", 0.3)
    assert len(device.live.undo_names) == 2


def test_undo_is_reported_like_any_other_change():
    device = Device(two_tracks(), SMALL).start()
    device.send("/track/1/mute", 0.0)
    device.actions.run(40029)
    assert device.run() == [("/track/1/mute", 1.0), ("/track/1/mute/toggle", 1.0)]


def test_when_tracks_come_or_go_the_bank_is_told_anew():
    device = Device(session_of(track_named("A"), track_named("B")), SMALL).start()
    device.edit(tracks=(track_named("B"),))
    assert device.run() == [
        ("/track/1/name", "B"),
        ("/track/2/name", "Track 2"),
        ("/track/2/volume", LOWEST),
        ("/track/2/volume/db", -150.0),
        ("/track/2/volume/str", "-inf dB"),
    ]


def test_any_solo_follows_the_solo_of_a_track():
    device = Device(two_tracks(), SMALL).start()
    assert device.send("/track/2/solo", 1.0) == [("/track/2/solo", 1.0), ("/anysolo", 1.0)]
    assert device.send("/track/1/solo", 1.0) == [("/track/1/solo", 1.0)]
    assert device.send("/anysolo", 1.0) == [("/track/1/solo", 0.0), ("/anysolo", 0.0), ("/track/2/solo", 0.0)]


# What comes in


def test_messages_in_a_bundle_are_all_handled():
    device = Device(two_tracks(), SMALL).start()
    parts = [encode("/track/1/mute", 0.0), encode("/track/2/mute", 1.0)]
    sizes = [len(part).to_bytes(4, "big") + part for part in parts]
    device.surface.receive(b"#bundle\0" + bytes(7) + b"\1" + b"".join(sizes))
    assert [device.track(n).muted for n in (1, 2)] == [False, True]


def test_strange_messages_change_nothing():
    device = Device(two_tracks(), SMALL).start()
    before = device.session
    for datagram in (b"", b"/track/1/mute\0\0\0,T\0\0", b"\xff" * 40, encode("/track/9/mute", 1.0), encode("/what")):
        device.surface.receive(datagram)
    assert device.session is before
    assert device.run() == []


def test_integers_do_for_floats():
    device = Device(two_tracks(), SMALL).start()
    device.send("/track/1/mute", 0)
    device.send("/track/1/volume/db", -20)
    assert not device.track(1).muted
    assert round(device.track(1).gain_linear, 6) == 0.1


def test_a_surface_without_a_wire_obeys_and_says_nothing():
    """REAPER's own for what its web interface injects: with the default pattern, and without an address to talk to."""
    live = Live(two_tracks(), Device(two_tracks()).player)
    surface = OscSurface(live, Actions(live), default_pattern(), send=None)
    surface.run()
    surface.message("/track/1/volume/db", (-20.0,))
    surface.run()
    assert round(live.session.track(1).gain_linear, 6) == 0.1


def test_packets_are_bundles_of_what_one_turn_has_to_say():
    device = Device(two_tracks(), SMALL, packet_bytes=200)
    device.surface.run()
    assert all(len(datagram) <= 200 for datagram in device.datagrams)
    assert len(device.datagrams) < len([m for datagram in device.datagrams for m in decode(datagram)]) / 3


def test_another_tab_in_front_is_reported_as_a_change():
    device = Device(two_tracks(), SMALL).start()
    first = device.live.front
    device.live.open_tab(session_of(track_named("Keys"), tempo_bpm=90.0), Silence())
    said = device.run()
    assert ("/track/1/name", "Keys") in said
    assert ("/track/2/name", "Track 2") in said
    assert ("/tempo/raw", 90.0) in said
    device.send("/track/1/volume/db", -6.0)
    device.live.select_tab(first)
    assert ("/track/1/name", "Drums") in device.run()
    assert device.live.session.tracks[0].gain_linear == 0.5
