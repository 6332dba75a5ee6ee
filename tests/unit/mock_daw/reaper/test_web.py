import pytest

from mock_daw.midi import Midi, Text
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.web import WebInterface
from mock_daw.session import Effect, Item, Marker, Source, Take
from tests.unit.mock_daw.reaper.desks import Silence, live_with, send, track


class Desk:
    """A web interface on a live session, and what it sent into OSC."""

    def __init__(self, *tracks, player=None, **values):
        self.live = live_with(*tracks, player=player, **values)
        self.actions = Actions(self.live)
        self.sent = []
        self._web = WebInterface(self.live, self.actions, lambda address, args: self.sent.append((address, args)))

    def __call__(self, path):
        return self._web.answer(path)

    @property
    def tracks(self):
        return self.live.session.tracks


def three():
    return Desk(track("A"), track("B", gain_linear=0.5, pan=-0.25, selected=True), track("C", selected=True))


# Reading


def test_the_list_of_tracks_is_answered_in_one_go():
    desk = Desk(
        track("Drums", folder_depth=1, effects=(Effect("{fx}", "ReaEQ"),), sends=(send("Verb"),)),
        track("Kick\tin", gain_linear=0.5, pan=-0.25, muted=True, solo=2, armed=True, selected=True, color=0x1FF8000),
        track("Verb", monitored=2, folder_depth=-1),
    )
    assert desk("NTRACK;TRACK;TRANSPORT") == (
        "NTRACK\t3\n"
        "TRACK\t0\tMASTER\t0\t1.000000\t0.000000\t-1500\t-1500\t1.000000\t3\t0\t0\t1\t0\n"
        "TRACK\t1\tDrums\t5\t1.000000\t0.000000\t-1500\t-1500\t1.000000\t3\t1\t0\t0\t0\n"
        "TRACK\t2\tKick in\t122\t0.500000\t-0.250000\t-1500\t-1500\t1.000000\t3\t0\t0\t0\t33521664\n"
        "TRACK\t3\tVerb\t256\t1.000000\t0.000000\t-1500\t-1500\t1.000000\t3\t0\t1\t0\t0\n"
        "TRANSPORT\t0\t0.000000\t0\t0:00.000\t1.1.00\n"
    )


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        ("TRACK", [0, 1, 2, 3]),
        ("TRACK/2", [2]),
        ("TRACK/1-2", [1, 2]),
        ("TRACK/2-", [2]),
        ("TRACK/0-99", [0, 1, 2, 3]),
        ("TRACK/-1", [0, 1]),
        ("TRACK/9", []),
        ("TRACK/x", [0]),
        ("TRACKS", []),
    ],
)
def test_tracks_are_listed_by_number_or_range(path, numbers):
    lines = three()(path).splitlines()
    assert [int(line.split("\t")[1]) for line in lines] == numbers


def test_meters_are_in_tenths_of_a_db():
    player = Silence()
    desk = Desk(track("A"), player=player)
    desk.live.play()
    player.peaks = [[0.5, 0.25], [0.1, 0.1]]
    desk.live.advance(0.05)
    player.peaks = [[0.0, 0.0], [0.0, 0.0]]
    desk.live.advance(0.05)
    held_and_now = [line.split("\t")[6:8] for line in desk("TRACK").splitlines()]
    assert held_and_now == [["-60", "-120"], ["-200", "-260"]]


def test_a_track_without_a_meter_yet_is_silent():
    desk = Desk()
    desk.live.play()
    desk.live.advance(0.01)
    desk("40001")
    assert desk("TRACK/1").split("\t")[6:8] == ["-1500", "-1500"]


def test_a_long_name_runs_over_the_end_of_its_line():
    line = Desk(track("n" * 300))("TRACK/1;NTRACK")
    assert line == "TRACK\t1\t" + "n" * 248 + "NTRACK\t1\n"


def test_the_transport_while_playing_shows_the_play_position():
    desk = Desk(repeat=True, markers=(Marker("{1}", 1, 60.0),))
    desk.live.seek(1.0)
    assert desk("TRANSPORT") == "TRANSPORT\t0\t1.000000\t1\t0:01.000\t1.3.00\n"
    desk("1007")
    desk.live.advance(2.5)
    assert desk("TRANSPORT") == "TRANSPORT\t1\t3.500000\t1\t0:03.500\t2.4.00\n"
    assert desk("BEATPOS") == "BEATPOS\t1\t3.500000000000000\t7.000000000000000\t1\t3.000000000000000\t4\t4\n"
    desk("1008")
    assert desk("TRANSPORT").startswith("TRANSPORT\t2\t1.000000\t")
    desk("1016;1013")
    assert desk("TRANSPORT").startswith("TRANSPORT\t5\t")


def test_markers_and_regions_come_along_the_timeline():
    desk = Desk(
        markers=(
            Marker("{2}", 2, 8.0, name="End\\\n"),
            Marker("{R}", 1, 2.0, 4.5, "Verse", 0x1000001),
            Marker("{1}", 1, 2.0, None, "In"),
        )
    )
    assert desk("MARKER;REGION") == (
        "MARKER_LIST\n"
        "MARKER\tIn\t1\t2.000000000000000\t0\n"
        "MARKER\tEnd\\\\\\n\t2\t8.000000000000000\t0\n"
        "MARKER_LIST_END\n"
        "REGION_LIST\n"
        "REGION\tVerse\t1\t2.000000000000000\t4.500000000000000\t16777217\n"
        "REGION_LIST_END\n"
    )


def test_lyrics_are_none():
    assert three()("LYRICS/2") == "LYRICS\t2\t\n"
    assert three()("LYRICS/9") == "LYRICS\t9\t\n"


def test_lyrics_come_behind_their_positions_and_only_the_tabs_between_them_are_plain():
    words = (Text(0, 5, b"back\\slash"), Text(960, 5, b"two\nlines"))
    take = Take("{k}", source=Source("MIDI", midi=Midi(texts=words)))
    desk = Desk(track("A"), track("Vox", items=(Item("{i}", 2.0, 4.0, take),)))
    assert desk("LYRICS/2") == "LYRICS\t2\t2.1.00\tback\\\\slash\t2.2.00\ttwo\\nlines\t\n"


def test_sends_and_receives_are_read():
    desk = Desk(track("A", sends=(send("C", gain_linear=0.5, pan=0.25, muted=True),)), track("B"), track("C"))
    assert desk("GET/TRACK/1/SEND/0;GET/TRACK/3/SEND/-1") == (
        "SEND\t1\t0\t8\t0.500000\t0.250000\t3\nSEND\t3\t-1\t8\t0.500000\t0.250000\t1\n"
    )
    assert desk("GET/TRACK/2/SEND/5;GET/TRACK/9/SEND/0") == "SEND\t2\t5\t0\t0.000000\t0.000000\t-1\n"


def test_values_of_tracks_are_read_by_name():
    desk = three()
    assert desk("GET/TRACK/2/D_VOL;GET/TRACK/2/I_SELECTED;GET/TRACK/2/GUID") == (
        "GET/TRACK/2/D_VOL\t0.500000\nGET/TRACK/2/I_SELECTED\t1\nGET/TRACK/2/GUID\t{B}\n"
    )
    assert desk("GET/TRACK/2/I_UNHEARD;GET/TRACK/2;GET/TRACK/7/D_VOL") == "GET/TRACK/2/I_UNHEARD\t\nGET/TRACK/2\t\n"


def test_a_name_reads_as_the_word_p_name():
    # REAPER's typedResToString copies the parameter's name, not its value.
    assert three()("GET/TRACK/2/P_NAME") == "GET/TRACK/2/P_NAME\tP_NAME\n"


# Faders and switches


@pytest.mark.parametrize(
    ("value", "linear"),
    [
        ("0.25", 0.25),
        ("0,25", 0.25),
        ("+6.0206", 2.0),
        ("-6.0206", 0.5),
        ("0.25g", 0.25),
        ("-inf", 1.0),
        ("loud", 0.0),
        ("", 0.0),
        ("1e999", 1000.0),
    ],
)
def test_a_volume_is_absolute_or_in_db_with_a_sign(value, linear):
    desk = Desk(track("A"))
    assert desk(f"SET/TRACK/1/VOL/{value}") == ""
    assert desk.tracks[0].gain_linear == pytest.approx(linear, rel=1e-5)


def test_selected_tracks_are_ganged_unless_told_otherwise():
    desk = three()
    desk("SET/TRACK/3/VOL/0.5")
    assert [t.gain_linear for t in desk.tracks] == [1.0, 0.25, 0.5]
    desk("SET/TRACK/3/VOL/1g")
    assert [t.gain_linear for t in desk.tracks] == [1.0, 0.25, 1.0]
    desk("SET/TRACK/1/VOL/0.1")
    assert [t.gain_linear for t in desk.tracks] == [0.1, 0.25, 1.0]


@pytest.mark.parametrize(
    ("value", "pan"), [("0.5g", 0.5), ("-0.5g", -0.5), ("+0.5g", 0.25), ("+-0.5g", -0.75), ("7g", 1.0)]
)
def test_a_pan_is_relative_with_a_plus_only(value, pan):
    desk = three()
    desk(f"SET/TRACK/2/PAN/{value}")
    assert desk.tracks[1].pan == pan


def test_a_width_is_set_like_a_pan():
    desk = Desk(track("A"))
    desk("SET/TRACK/1/WIDTH/0.5")
    assert desk.tracks[0].width == 0.5
    desk("SET/TRACK/1/WIDTH/+-0.75;SET/TRACK/1/WIDTH/+-0.25g")
    assert desk.tracks[0].width == -0.5
    assert desk.live.undo_names == ("Adjust track width (via surface)",)


def test_switches_are_set_and_toggled():
    desk = Desk(track("A"))
    desk(
        "SET/TRACK/1/MUTE/1;SET/TRACK/1/SOLO/-1;SET/TRACK/1/FX/0;SET/TRACK/1/RECARM/1;SET/TRACK/1/RECMON/-1;SET/TRACK/1/SEL/-1"
    )
    assert int(desk("TRACK/1").split("\t")[3]) == 2 | 8 | 16 | 32 | 64 | 128
    assert not desk.tracks[0].effects_enabled
    desk("SET/TRACK/1/MUTE/-1;SET/TRACK/1/SOLO/0;SET/TRACK/1/RECMON/-1")
    assert int(desk("TRACK/1").split("\t")[3]) == 2 | 64 | 256
    desk("SET/TRACK/1/RECMON/-1")
    assert desk.tracks[0].monitored == 0


def test_the_master_has_a_fader_and_no_arm():
    desk = Desk()
    desk("SET/TRACK/0/VOL/0.5;SET/TRACK/0/RECARM/1;SET/TRACK/0/SOLO/1")
    assert desk("TRACK/0").split("\t")[3:5] == ["16", "0.500000"]


def test_values_of_tracks_are_set_by_name():
    desk = Desk(track("A"))
    desk("SET/TRACK/1/P_NAME/Lead%20vocal+%2Fdouble;SET/TRACK/1/D_WIDTH/0.5;SET/TRACK/1/I_NOTHING/1;SET/TRACK/1/GUID/x")
    assert (desk.tracks[0].name, desk.tracks[0].width) == ("Lead vocal /double", 0.5)
    assert desk.tracks[0].guid == "{A}"


def test_sends_are_set_from_both_ends():
    desk = Desk(track("A", sends=(send("B"),)), track("B"))
    desk("SET/TRACK/1/SEND/0/VOL/0.5;SET/TRACK/2/SEND/-1/PAN/-0.5;SET/TRACK/2/SEND/-1/MUTE/-1")
    (sent,) = desk.tracks[0].sends
    assert (sent.gain_linear, sent.pan, sent.muted) == (0.5, -0.5, True)
    desk("SET/TRACK/1/SEND/0/MUTE/1;SET/TRACK/1/SEND/3/VOL/0;SET/TRACK/1/SEND/0;SET/TRACK/1/SEND/0/VOL/")
    assert desk.tracks[0].sends[0] == sent


def test_a_message_to_no_track_changes_nothing():
    desk = three()
    before = desk.live.session
    assert desk("SET/TRACK/4/VOL/0;SET/TRACK/-1/VOL/0;SET/TRACK/1/VOL;SET/TRACK//VOL;SET/TRACK/9/SEND/0/VOL/1") == ""
    assert desk.live.session == before


# Undo


def test_moves_of_a_fader_in_a_row_are_one_step():
    desk = Desk(track("A"), track("B"))
    desk("SET/TRACK/1/VOL/0.5g;SET/TRACK/2/VOL/0.5g")
    desk("SET/TRACK/1/VOL/0.25g")
    desk("SET/TRACK/1/PAN/0.5g;SET/TRACK/1/VOL/0.1g")
    assert desk.live.undo_names == (
        "Adjust track volume (via surface)",
        "Adjust track pan (via surface)",
        "Adjust track volume (via surface)",
    )
    desk("40029;40029;40029")
    assert [t.gain_linear for t in desk.tracks] == [1.0, 1.0]


def test_a_block_is_one_step_with_its_message():
    desk = Desk(track("A"))
    desk("SET/UNDO_BEGIN;SET/TRACK/1/VOL/0.5;SET/TRACK/1/MUTE/1;SET/UNDO_END/Auto%20mix")
    assert desk.live.undo_names == ("Auto mix",)
    desk("40029")
    assert (desk.tracks[0].gain_linear, desk.tracks[0].muted) == (1.0, False)
    desk("40030")
    assert (desk.tracks[0].gain_linear, desk.tracks[0].muted) == (0.5, True)


def test_a_block_may_span_requests_and_an_end_without_a_beginning_is_nothing():
    desk = Desk(track("A"))
    desk("SET/UNDO_END/none")
    desk("SET/UNDO_BEGIN")
    desk("SET/TRACK/1/VOL/0.5")
    desk("SET/UNDO_END/mix")
    assert desk.live.undo_names == ("mix",)


def test_what_makes_no_step_gets_one_by_a_message():
    desk = Desk(track("A"))
    desk("SET/TRACK/1/P_NAME/Kick")
    assert desk.live.undo_names == ()
    desk("SET/UNDO/Rename+track")
    assert desk.live.undo_names == ("Rename track",)
    desk("40029")
    assert desk.tracks[0].name == "A"


def test_edits_of_sends_make_their_step_when_they_end():
    # "e" ends an edit without setting the value, "E" is an instant edit: as in the source.
    desk = Desk(track("A", sends=(send("B"),)), track("B"))
    desk("SET/TRACK/1/SEND/0/VOL/0.5")
    assert desk.live.undo_names == ()
    desk("SET/TRACK/1/SEND/0/VOL/0.75e")
    assert desk.tracks[0].sends[0].gain_linear == 0.5
    desk("SET/TRACK/1/SEND/0/PAN/0.25E")
    assert desk.live.undo_names == ("Adjust send volume", "Adjust send pan")


# Texts, positions, actions, OSC


def test_ext_state_is_kept_and_escaped():
    desk = Desk()
    assert desk("SET/EXTSTATE/faderbot/path/C:%5Ctmp%09x/y;GET/EXTSTATE/faderbot/path") == (
        "EXTSTATE\tfaderbot\tpath\tC:\\\\tmp\\tx/y\n"
    )
    assert desk.live.ext_state == {("faderbot", "path"): "C:\\tmp\tx/y"}
    desk("SET/EXTSTATEPERSIST/a%20b/c/%c3%a9")
    assert desk.live.ext_state["a b", "c"] == "é"
    assert desk("GET/EXTSTATE/a%20b/c;GET/EXTSTATE/none/such;GET/EXTSTATE/half;SET/EXTSTATE/a/b") == (
        "EXTSTATE\ta%20b\tc\t\nEXTSTATE\tnone\tsuch\t\n"
    )


def test_project_ext_state_is_a_part_of_the_session():
    desk = Desk()
    desk("SET/PROJEXTSTATE/faderbot/goal/-14;SET/PROJEXTSTATE/faderbot/style/pop")
    assert desk.live.session.ext_state == {"faderbot": {"goal": "-14", "style": "pop"}}
    assert desk("GET/PROJEXTSTATE/faderbot/goal;GET/PROJEXTSTATE/x/y;GET/PROJEXTSTATE/x") == (
        "PROJEXTSTATE\tfaderbot\tgoal\t-14\nPROJEXTSTATE\tx\ty\t\n"
    )
    desk("SET/PROJEXTSTATE/faderbot/goal/")
    assert desk.live.session.ext_state == {"faderbot": {"style": "pop"}}
    desk("SET/PROJEXTSTATE/faderbot//x")
    assert desk.live.session.ext_state == {}


def test_repeat_is_set_and_toggled():
    desk = Desk()
    assert desk("SET/REPEAT/1;GET/REPEAT;SET/REPEAT/-1;GET/REPEAT") == "GET/REPEAT\t1\nGET/REPEAT\t0\n"


@pytest.mark.parametrize(
    ("path", "position_s"),
    [
        ("SET/POS/2.5", 2.5),
        ("SET/POS/-3", 0.0),
        ("SET/POS/1e999", 360_000.0),
        ("SET/POS_STR/1:02.5", 62.5),
        ("SET/POS_STR/2.1.00", 2.0),
        ("SET/POS_STR/m7", 9.0),
        ("SET/POS_STR/M1", 3.0),
        ("SET/POS_STR/r1", 5.0),
        ("SET/POS_STR/R1", 4.0),
        ("SET/POS_STR/M9", 1.0),
        ("SET/POS_STR/m9", 1.0),
        ("SET/POS_STR/", 0.0),
    ],
)
def test_the_cursor_is_set(path, position_s):
    marks = (Marker("{1}", 7, 9.0), Marker("{2}", 1, 3.0), Marker("{3}", 1, 5.0, 6.0), Marker("{4}", 2, 4.0, 6.0))
    desk = Desk(markers=marks)
    desk.live.seek(1.0)
    desk(path)
    assert desk.live.edit_position_s == position_s


def test_actions_are_run_in_order_by_number_and_name():
    desk = Desk(track("A", muted=True))
    desk.actions.register("_RS7d3c", lambda: desk.sent.append("script"), state=lambda: True)
    assert desk("_RS7d3c;40339;_RSnone;-5;99999") == ""
    assert desk.sent == ["script"]
    assert not desk.tracks[0].muted
    assert desk("GET/40364;GET/_RS7d3c;GET/40029;GET/_RSnone;GET/0;GET/x") == (
        "CMDSTATE\t40364\t0\nCMDSTATE\t_RS7d3c\t1\nCMDSTATE\t40029\t-1\n"
    )


def test_osc_messages_are_injected():
    desk = Desk()
    desk("OSC/track/1/fxeq/band/0/freq/hz:250;OSC/play;OSC/track/1/name:s%20x;OSC/a%3ab:1,5")
    assert desk.sent == [
        ("/track/1/fxeq/band/0/freq/hz", (250.0,)),
        ("/play", ()),
        ("/track/1/name", (0.0,)),
        ("/a", (0.0,)),
    ]


@pytest.mark.parametrize(
    "path", ["", ";;;", "HELLO", "GET", "GET/", "SET/", "SET/TRACK", "track", " ", "GET/TRACK/", "\0NTRACK"]
)
def test_what_is_no_command_is_ignored(path):
    desk = three()
    before = desk.live.session
    assert desk(path) in {"", "GET/TRACK/\t\n"}
    assert desk.live.session == before


def test_a_command_is_cut_at_its_buffer():
    desk = Desk()
    desk("SET/EXTSTATE/a/b/" + "x" * 3000)
    assert desk.live.ext_state["a", "b"] == "x" * (1023 - len("SET/EXTSTATE/a/b/"))


def test_names_that_are_no_utf_8_do_no_harm():
    desk = Desk(track("caf\udce9"))
    assert desk("TRACK/1").split("\t")[2] == "caf?"
    desk("SET/TRACK/1/P_NAME/%ff")
    assert desk.tracks[0].name == "\ufffd"


def test_without_osc_messages_go_nowhere():
    live = live_with()
    assert WebInterface(live, Actions(live)).answer("OSC/play;NTRACK") == "NTRACK\t0\n"


def test_the_clients_own_sequence_works():
    # reapy 0.10.0, tools/network/web_interface.py: port, else action, then port again.
    desk = Desk()
    assert desk("GET/EXTSTATE/reapy/server_port") == "EXTSTATE\treapy\tserver_port\t\n"
    desk.live.ext_state["reapy", "activate_reapy_server"] = '"_RS1"'
    desk.actions.register("_RS1", lambda: desk.live.ext_state.update({("reapy", "server_port"): "2306"}))
    assert desk("GET/EXTSTATE/reapy/activate_reapy_server").split("\t")[-1] == '"_RS1"\n'
    assert desk("_RS1") == ""
    assert desk("GET/EXTSTATE/reapy/server_port") == "EXTSTATE\treapy\tserver_port\t2306\n"
