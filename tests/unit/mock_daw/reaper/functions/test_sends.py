import pytest

from mock_daw.session import SendMode
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on


def sending():
    script = script_on(track("A"), track("B"), track("C"))
    assert script.CreateTrackSend(script.track(1), script.track(3)) == 0
    assert script.CreateTrackSend(script.track(2), script.track(3)) == 0
    return script


def pointer(script, number):
    return int(script.track(number).split("0x")[1], 16)


def test_sends_and_receives_are_the_same_thing():
    script = sending()
    counts = [[script.GetTrackNumSends(script.track(n), kind) for n in (1, 2, 3)] for kind in (0, -1, 1)]
    assert counts == [[1, 1, 0], [0, 0, 2], [0, 0, 0]]
    script.SetTrackSendInfo_Value(script.track(3), -1, 1, "D_VOL", 0.25)
    assert script.GetTrackSendInfo_Value(script.track(2), 0, 0, "D_VOL") == 0.25


def test_a_send_knows_its_two_tracks():
    script = sending()
    ends = [script.GetTrackSendInfo_Value(script.track(3), -1, 1, name) for name in ("P_SRCTRACK", "P_DESTTRACK")]
    assert ends == [pointer(script, 2), pointer(script, 3)]
    assert script.GetTrackSendName(script.track(1), 0, "", 64)[3] == "C"
    assert script.GetTrackReceiveName(script.track(3), 1, "", 64)[3] == "B"


@pytest.mark.parametrize(("number", "mode"), [(0, SendMode.POST_FADER), (1, SendMode.PRE_FX), (3, SendMode.PRE_FADER)])
def test_the_mode_of_a_send_has_reapers_numbers(number, mode):
    script = sending()
    script.SetTrackSendInfo_Value(script.track(1), 0, 0, "I_SENDMODE", number)
    assert script.live.session.tracks[0].sends[0].mode is mode
    assert script.GetTrackSendInfo_Value(script.track(1), 0, 0, "I_SENDMODE") == number


def test_a_send_is_removed_from_either_end():
    script = sending()
    assert script.RemoveTrackSend(script.track(3), -1, 0) == 1
    assert script.live.session.tracks[0].sends == ()
    assert script.RemoveTrackSend(script.track(2), 0, 0) == 1
    assert script.RemoveTrackSend(script.track(2), 0, 0) == 0


def test_there_is_no_hardware_to_send_to_and_no_way_to_oneself():
    script = sending()
    assert script.CreateTrackSend(script.track(1), None) == -1
    assert script.CreateTrackSend(script.track(1), script.track(1)) == -1
