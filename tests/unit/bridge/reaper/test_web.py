import base64
import time
from dataclasses import replace

import pytest

from bridge.deadline import Deadline
from bridge.errors import CredentialsRefused, DawSilent, DawStale, DawUnreachable
from bridge.expected import EXPECTED
from bridge.reaper.web import WebInterface
from tests.silent_servers import Web, hangs, hangs_up, reply, says, serving, trickles, unused_port

TRACKS = (
    "TRACK\t0\tMASTER\t0\t1.000000\t0.000000\t-62\t-118\t1.000000\t3\t0\t0\t1\t0\n"
    "TRACK\t1\tLead Vocal\t74\t0.501187\t-0.250000\t-1500\t-1500\t1.000000\t3\t1\t0\t0\t16777471\n"
)


def test_the_list_of_tracks_begins_with_the_master():
    with serving(Web({"/_/TRACK": TRACKS})) as port:
        master, vocal = WebInterface(port=port).tracks()
    assert (master.number, master.name, master.gain_linear, master.peak_dbfs) == (0, "MASTER", 1.0, -11.8)
    assert (vocal.name, vocal.gain_linear, vocal.pan) == ("Lead Vocal", 0.501187, -0.25)
    assert (vocal.muted, vocal.selected, vocal.armed, vocal.soloed, vocal.folder) == (True, True, True, False, False)
    assert vocal.peak_dbfs == -float("inf")


def test_the_gains_of_all_faders_begin_with_the_masters():
    with serving(Web({"/_/TRACK": TRACKS})) as port:
        assert WebInterface(port=port).gains() == (1.0, 0.501187)


def test_a_track_whose_line_was_cut_off_in_its_name_is_asked_for_its_values():
    cut = (
        TRACKS.split("\n", maxsplit=1)[0]
        + "\nTRACK\t1\t"
        + "ä" * 120
        + TRACKS.split("\n")[1].replace("\t1\t", "\t2\t", 1)
        + "\n"
    )
    values = "".join(
        f"GET/TRACK/1/{name}\t{value}\n"
        for name, value in (("D_VOL", "0.250000"), ("B_MUTE", "1"), ("I_PEAKINFO", "-120"))
    )
    web = Web({"/_/TRACK": cut}, default=values)
    with serving(web) as port:
        _, long, vocal = WebInterface(port=port).tracks()
    assert (long.number, long.name, long.gain_linear, long.muted, long.peak_dbfs) == (1, "ä" * 120, 0.25, True, -12.0)
    assert (vocal.number, vocal.name) == (2, "Lead Vocal")
    assert web.paths[1].startswith("/_/GET/TRACK/1/D_VOL;GET/TRACK/1/D_PAN;")


def test_the_transport_is_read():
    with serving(Web({"/_/TRANSPORT": "TRANSPORT\t5\t12.250000\t1\t0:12.250\t7.1.00\n"})) as port:
        transport = WebInterface(port=port).transport()
    assert (transport.play_state, transport.position_s, transport.repeating) == (5, 12.25, True)


def test_faders_are_set_in_one_request_and_one_undo_step_without_ganging():
    web = Web()
    with serving(web) as port:
        WebInterface(port=port).set_gains({0: 1.0, 2: 0.5}, "Mix: ½; done?")
    (path,) = web.paths
    assert path == (
        "/_/SET/UNDO_BEGIN;SET/TRACK/0/VOL/1.000000000g;SET/TRACK/2/VOL/0.500000000g;"
        "SET/UNDO_END/Mix%3A%20%C2%BD%3B%20done%3F"
    )


def test_faders_that_do_not_fit_reapers_buffer_share_one_undo_step():
    web = Web()
    with serving(web) as port:
        WebInterface(port=port).set_gains(dict.fromkeys(range(1000), 0.5), "mix")
    commands = [command for path in web.paths for command in path.removeprefix("/_/").split(";")]
    assert len(web.paths) > 1
    assert all(len(request.split("\r\n")[0]) < 8190 for request in web.requests)
    assert commands[0] == "SET/UNDO_BEGIN"
    assert commands[-1] == "SET/UNDO_END/mix"
    assert commands[1:-1] == [f"SET/TRACK/{number}/VOL/0.500000000g" for number in range(1000)]


def test_an_extended_state_comes_back_unescaped_and_an_absent_one_empty():
    answers = {
        "/_/GET/EXTSTATE/faderbot/note": "EXTSTATE\tfaderbot\tnote\tC:\\\\new\\tline\\n\n",
        "/_/GET/EXTSTATE/faderbot/none": "EXTSTATE\tfaderbot\tnone\t\n",
    }
    with serving(Web(answers)) as port:
        assert WebInterface(port=port).ext_state("faderbot", "note") == "C:\\new\tline\n"
        assert WebInterface(port=port).ext_state("faderbot", "none") == ""


def test_actions_undo_and_extended_states_are_sent_as_reaper_reads_them():
    web = Web()
    with serving(web) as port:
        interface = WebInterface(port=port)
        interface.action("_RS0123")
        interface.undo()
        interface.set_ext_state("faderbot", "wish", "vocals; louder/now")
    assert web.paths == ["/_/_RS0123", "/_/40029", "/_/SET/EXTSTATE/faderbot/wish/vocals%3B%20louder%2Fnow"]


def test_credentials_are_sent_as_basic_authorization():
    web = Web({"/_/TRACK": TRACKS})
    with serving(web) as port:
        WebInterface(port=port, credentials=("me", "päss")).tracks()
    word = base64.b64encode("me:päss".encode()).decode()
    assert f"Authorization: Basic {word}" in web.requests[0]


def test_refused_credentials_are_their_own_error():
    with serving(Web(status="401 Unauthorized")) as port, pytest.raises(CredentialsRefused, match="user name and pass"):
        WebInterface(port=port).tracks()


@pytest.mark.parametrize(
    ("server", "error", "words"),
    [
        (hangs, DawSilent, "does not answer within"),
        (trickles, DawSilent, "does not answer within"),
        (hangs_up, DawUnreachable, "hung up"),
        (says(reply(b"TRACK\t0")[:-3]), DawUnreachable, "hung up"),
        (says(b"SSH-2.0-OpenSSH_9.6\r\n"), DawUnreachable, "no web interface of REAPER"),
        (says(b"\x00" * 100 + b"\r\n\r\n"), DawUnreachable, "no web interface of REAPER"),
        (Web(status="404 NOT FOUND"), DawUnreachable, "404"),
        (Web(default="<html>hello</html>"), DawUnreachable, "no web interface of REAPER"),
    ],
)
def test_what_does_not_answer_as_reaper_does_is_said_in_one_line_and_in_time(server, error, words):
    began = time.monotonic()
    with serving(server) as port, pytest.raises(error, match=words) as caught:
        WebInterface(port=port, timeout_s=0.5).transport()
    assert time.monotonic() - began < 5.0
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)
    assert f"127.0.0.1:{port}" in str(caught.value)


def test_all_requests_together_end_by_the_deadline():
    now_s = [10.0]
    web = WebInterface(timeout_s=30.0, deadline=Deadline(11.0, lambda: now_s[0]))
    with serving(Web({"/_/TRACK": TRACKS})) as port:
        assert len(replace(web, port=port).tracks()) == 2
    with serving(hangs) as port:
        now_s[0] = 10.8
        began = time.monotonic()
        with pytest.raises(DawSilent, match=r"does not answer within 0\.2 s"):
            replace(web, port=port).tracks()
        assert time.monotonic() - began < 10.0


def test_where_nothing_listens_the_remedy_is_named():
    with pytest.raises(DawUnreachable, match="faderbot setup reaper"):
        WebInterface(port=unused_port()).tracks()


@pytest.mark.parametrize("host", ["nowhere.invalid", "..", ""])
def test_a_name_that_is_no_host_is_unreachable_and_no_fault_of_reapers(host):
    with pytest.raises(DawUnreachable, match="is no machine that is known here: see --host"):
        WebInterface(host=host).tracks()


def test_the_command_line_expects_all_of_these_errors():
    for error in (DawUnreachable, DawSilent, DawStale, CredentialsRefused):
        assert issubclass(error, EXPECTED)
