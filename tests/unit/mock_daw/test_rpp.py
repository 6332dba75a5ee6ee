"""Projects as REAPER 4 to 7 lays them out, cut down to what a test is about."""

from pathlib import Path

import pytest

from mock_daw.errors import ProjectError
from mock_daw.rpp import read_project, with_track_chunk
from mock_daw.rpp_reading import Media
from mock_daw.rpp_saving import track_chunk
from mock_daw.rpp_text import UnreadableTextError
from mock_daw.session import Automation, SendMode

PATH = Path("/songs/My Song.RPP")
KICK, SNARE, BUS = (f"{{0000000{n}-AAAA-4BBB-8CCC-DDDDDDDDDDDD}}" for n in (1, 2, 3))


def project(*lines, find_media=lambda name: Media(Path(name), 2.0, 48_000, 1)):
    text = "\n".join(['<REAPER_PROJECT 0.1 "7.66/linux-x86_64" 1700000000 0', *lines, ">", ""])
    return read_project(text, PATH, find_media)


def track(name, *lines, guid=""):
    return "\n".join([f"<TRACK {guid}", f"NAME {name}", *lines, ">"])


def item_at(rate_hz):
    return f'<ITEM\nPOSITION 0\nLENGTH 1\n<SOURCE WAVE\nFILE "{rate_hz}.wav"\n>\n>'


def at_its_name(name):
    return Media(Path(name), 1.0, int(Path(name).stem), 2)


# The project


def test_an_empty_project_is_what_reaper_makes_of_it():
    session = project()
    assert (session.name, session.path, session.tracks) == ("My Song", PATH, ())
    assert (session.tempo_bpm, session.beats, session.beat_unit) == (120.0, 4, 4)
    assert (session.rate_hz, session.repeat, session.metronome, session.play_rate) == (48_000, False, False, 1.0)
    assert (session.master.gain_linear, session.master.name, session.automation_override) == (1.0, "MASTER", -1)
    assert session.notes == ()


def test_the_projects_settings_are_read():
    session = project(
        "TEMPO 93.5 6 8 0",
        "LOOP 1",
        "SELECTION 1 5.5",
        "SELECTION2 2 8",
        "PLAYRATE 0.75 0 0.25 4",
        "GLOBAL_AUTO 2",
        "<METRONOME 7 2",
        "VOL 0.25 0.125",
        ">",
    )
    assert (session.tempo_bpm, session.beats, session.beat_unit) == (93.5, 6, 8)
    assert (session.repeat, session.loop_start_s, session.loop_end_s) == (True, 2.0, 8.0)
    assert (session.play_rate, session.automation_override, session.metronome) == (0.75, 2, True)


def test_the_first_point_of_the_tempo_envelope_goes_before_the_line_tempo():
    points = ("PT 0 100 1 262147", "PT 4.5 120 1")  # 262147 is 4 << 16 | 3
    session = project("TEMPO 120 4 4", "<TEMPOENVEX", "ACT 1 -1", *points, ">")
    assert (session.tempo_bpm, session.beats, session.beat_unit) == (100.0, 3, 4)
    assert session.tempo_marker
    assert session.notes == ("left out: 1 changes of tempo or meter",)
    plain = project("TEMPO 120 4 4", "<TEMPOENVEX", "ACT 0 -1", *points, ">")
    assert (plain.tempo_bpm, plain.tempo_marker) == (120.0, False)


@pytest.mark.parametrize("row", ["TEMPO 0 4 4", "TEMPO 1e9 4 4", "TEMPO fast 4 4"])
def test_a_tempo_that_reaper_does_not_have_is_its_default(row):
    assert project(row).tempo_bpm == 120.0


def test_the_rate_is_the_projects_own_where_it_is_used():
    lines = [track("a", item_at(44_100))]
    assert project("SAMPLERATE 96000 1 0", *lines, find_media=at_its_name).rate_hz == 96_000
    assert project("SAMPLERATE 96000 0 0", *lines, find_media=at_its_name).rate_hz == 44_100


def test_the_rate_is_else_the_most_common_one_of_the_media():
    lines = [track("a", item_at(44_100), item_at(96_000), item_at(96_000), *[item_at(11_025)] * 3)]
    assert project(*lines, find_media=at_its_name).rate_hz == 96_000
    assert project(track("a", item_at(11_025)), find_media=at_its_name).rate_hz == 48_000


def test_the_masters_lines_stand_among_the_projects():
    master = project(
        "MASTERAUTOMODE 1",
        "MASTERPEAKCOL 16576",
        "MASTERMUTESOLO 5",  # mute, and mono, which the mock has not
        "MASTER_NCH 4 2",
        "MASTER_VOLUME 0.73270941974115 -0.25 -1 -1 1",
        "MASTER_PANMODE 5",
        "MASTER_FX 0",
        "<MASTERFXLIST",
        "BYPASS 1 0 0",
        "<JS loser/3BandEQ Shine",
        "0.000000 200.000000 - -",
        ">",
        ">",
        "<MASTERVOLENV2",
        "ACT 1 -1",
        "PT 0 0.5 0",
        ">",
    ).master
    assert (master.gain_linear, master.pan, master.pan_mode) == (0.73270941974115, -0.25, 5)
    assert (master.muted, master.solo, master.effects_enabled, master.channels) == (True, 0, False, 4)
    assert (master.automation, master.color) == (Automation.READ, 0)
    (effect,) = master.effects
    assert (effect.name, effect.alias, effect.enabled) == ("JS: loser/3BandEQ", "Shine", False)
    assert [envelope.name for envelope in master.envelopes] == ["Volume"]


def test_markers_and_regions_are_told_apart_and_regions_paired():
    markers = project(
        'MARKER 1 2 "Verse one" 0 0 1 R {C8D5E1E8-8D40-442C-8BB1-D00A8BA03ADE} 0',
        'MARKER 1 4 "Chorus" 1 16793792 1 B {3856C760-FB6D-4634-AAE2-D035EC3D6A94} 0',
        'MARKER 1 6 "" 1',
        'MARKER 3 5.5 "" 5 0 1 B',
        'MARKER 3 8.5 "" 5 0 1 B',
        "MARKER 7 9 open 1",
    ).markers
    assert [(m.number, m.position_s, m.end_s, m.name) for m in markers] == [
        (1, 2.0, None, "Verse one"),
        (1, 4.0, 6.0, "Chorus"),
        (3, 5.5, 8.5, ""),
        (7, 9.0, 9.0, "open"),
    ]
    assert markers[0].guid == "{C8D5E1E8-8D40-442C-8BB1-D00A8BA03ADE}"
    assert markers[1].color == 16793792
    assert len({marker.guid for marker in markers}) == 4


def test_what_scripts_keep_in_the_project_is_read():
    ext_state = project(
        "<EXTSTATE", "<FADERBOT", "target '{\"lufs\": -14}'", "seed 3", ">", "<OTHER", ">", ">"
    ).ext_state
    assert ext_state == {"FADERBOT": {"target": '{"lufs": -14}', "seed": "3"}, "OTHER": {}}


# Tracks


def test_a_track_is_read_in_full():
    (read,) = project(
        track(
            '"Lead Vocal"',
            "LOCK 1",
            "PEAKCOL 24030848",
            "AUTOMODE 4",
            "PANMODE 5",
            "WIDTH 0.5",
            "VOLPAN 0.62218279116455 -0.3 -1 -1 1",
            "MUTESOLO 1 2 0",
            "IPHASE 1",
            "ISBUS 1 1",
            "SEL 1",
            "REC 1 5088 2 0 0 0 0",
            "NCHAN 6",
            "FX 0",
            "MAINSEND 0 0",
            "<EXT",
            "faderbot 'a \"role\"'",
            ">",
            "SOMETHING NEW IN REAPER 9",
            guid=KICK,
        )
    ).tracks
    assert (read.guid, read.name, read.color) == (KICK, "Lead Vocal", 24030848)
    assert (read.gain_linear, read.pan, read.width, read.pan_mode) == (0.62218279116455, -0.3, 0.5, 5)
    assert (read.muted, read.solo, read.phase_inverted, read.folder_depth) == (True, 2, True, 1)
    assert (read.selected, read.armed, read.monitored, read.locked) == (True, True, 2, True)
    assert (read.channels, read.effects_enabled, read.main_send) == (6, False, False)
    assert read.automation is Automation.LATCH
    assert read.notes == {"faderbot": 'a "role"'}


def test_a_plain_track_has_reapers_defaults():
    (read,) = project("<TRACK\n>").tracks
    assert (read.name, read.gain_linear, read.pan, read.width) == ("", 1.0, 0.0, 1.0)
    assert read.main_send
    assert read.effects_enabled
    assert (read.muted, read.solo, read.locked, read.armed) == (False, 0, False, False)


def test_the_guid_may_be_quoted_or_stand_in_the_track():
    tracks = project(f"<TRACK '{KICK}'\n>", f"<TRACK\nTRACKID {SNARE}\n>").tracks
    assert [read.guid for read in tracks] == [KICK, SNARE]


def test_guids_are_made_where_the_file_has_none_or_one_twice():
    def read():
        return project(*(track("a", guid=g) for g in (KICK, KICK, "", "{GUID}"))).tracks

    guids = [one.guid for one in read()]
    assert guids[0] == KICK
    assert len(set(guids)) == 4
    assert guids == [one.guid for one in read()]


def test_folders_close_as_many_as_the_file_says():
    tracks = project(track("a", "ISBUS 1 1"), track("b", "ISBUS 1 1"), track("c", "ISBUS 2 -2"), track("d")).tracks
    assert [read.folder_depth for read in tracks] == [1, 1, -2, 0]


def test_no_colour_is_reapers_16576():
    tracks = project(track("a", "PEAKCOL 16576"), track("b", "PEAKCOL 16793792")).tracks
    assert [read.color for read in tracks] == [0, 16793792]


@pytest.mark.parametrize(
    ("number", "mode"),
    [(0, SendMode.POST_FADER), (1, SendMode.PRE_FX), (3, SendMode.PRE_FADER), (9, SendMode.POST_FADER)],
)
def test_a_receive_is_a_send_of_the_other_track(number, mode):
    session = project(
        track("Kick", guid=KICK),
        track("Bus", f"AUXRECV 0 {number} 0.5 -0.25 1 1 1 2 0 -1:U 0 -1 ''", guid=BUS),
    )
    kick, bus = session.tracks
    (send,) = kick.sends
    assert (send.to, send.mode, send.gain_linear, send.pan) == (BUS, mode, 0.5, -0.25)
    assert (send.muted, send.mono, send.phase_inverted) == (True, True, True)
    assert bus.sends == ()
    assert list(session.receives(2)) == [(1, 0)]


def test_several_receives_from_one_track_are_several_sends():
    bus, kick = project(track("Bus", *["AUXRECV 1 0 1 0 0 0 0"] * 3), track("Kick")).tracks
    assert [send.to for send in kick.sends] == [bus.guid] * 3
    assert len({send.guid for send in kick.sends}) == 3


def test_a_receive_from_a_track_that_is_not_there_is_told():
    session = project(track("Bus", "AUXRECV 7 0 1 0 0 0 0", "AUXRECV x 0 1"))
    assert session.tracks[0].sends == ()
    assert session.notes == (
        "left out: what track 1 receives from track 8, which is not there",
        "left out: what track 1 receives from track 0, which is not there",
    )


def test_envelopes_are_read_with_their_points():
    (read,) = project(
        track(
            "a",
            "<VOLENV2",
            f"EGUID {SNARE}",
            "ACT 1 -1",
            "VIS 0 1 1",
            "VOLTYPE 1",
            "PT 0 1 0",
            "PT 1.5 0.14791084 5 0 0 0 -0.7",
            ">",
            "<PANENV2",
            "ACT 0",
            ">",
            "<MUTEENV\n>",
            "<AUXVOLENV\n>",
        )
    ).tracks
    volume, pan, mute = read.envelopes
    assert (volume.guid, volume.name, volume.active, volume.visible) == (SNARE, "Volume", True, False)
    assert [(p.position_s, p.value, p.shape) for p in volume.points] == [(0.0, 1.0, 0), (1.5, 0.14791084, 5)]
    assert (pan.name, pan.active, mute.name) == ("Pan", False, "Mute")


# What is no project


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is no whole REAPER project: it does not begin with a block"),
        ("hello\n", "is no whole REAPER project: it does not begin with a block"),
        ("<a\n<b\n", "is no whole REAPER project: it ends inside <b> of line 2"),
        ("<RPPFX\n>\n", "is no REAPER project: it begins with <RPPFX>"),
        ("<REAPER_PROJECT 0.1\n  <TRACK\n    NAME a\n", "is no whole REAPER project: it ends inside <TRACK> of line 2"),
    ],
)
def test_what_is_no_whole_project_is_refused_in_one_line(text, what):
    with pytest.raises(ProjectError) as caught:
        read_project(text, PATH)
    assert caught.value.what == what
    assert str(caught.value).count("\n") == 0
    assert "RPP" in caught.value.remedy


# State chunks


@pytest.fixture
def session():
    return project(
        track("Kick", "VOLPAN 0.5 0 -1", item_at(48_000), guid=KICK),
        track("Snare", "AUXRECV 0 0 0.5 0 0 0 0", guid=SNARE),
        track("Bus", "AUXRECV 0 0 1 0 0 0 0", "AUXRECV 1 3 1 0 0 0 0", guid=BUS),
        find_media=at_its_name,
    )


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_tracks_own_chunk_changes_nothing(session, number):
    assert with_track_chunk(session, number, track_chunk(session, number)) == session


def test_a_chunk_changes_its_track_and_what_it_receives(session):
    chunk = track_chunk(session, 3).replace("NAME Bus", "NAME Drums").replace("AUXRECV 1 3 1", "AUXRECV 1 1 0.25")
    changed = with_track_chunk(session, 3, chunk)
    assert [one.name for one in changed.tracks] == ["Kick", "Snare", "Drums"]
    assert changed.tracks[0].sends == session.tracks[0].sends
    (send,) = changed.tracks[1].sends
    assert (send.mode, send.gain_linear) == (SendMode.PRE_FX, 0.25)


def test_a_chunk_with_another_tracks_guid_does_not_make_twins(session):
    changed = with_track_chunk(session, 2, track_chunk(session, 1))
    assert [one.guid for one in changed.tracks] == [KICK, SNARE, BUS]
    assert changed.tracks[1].gain_linear == 0.5


def test_the_masters_chunk_leaves_it_the_master(session):
    chunk = track_chunk(session, 0).replace("VOLPAN 1 0", "VOLPAN 0.5 0")
    changed = with_track_chunk(session, 0, chunk)
    assert (changed.master.gain_linear, changed.master.guid) == (0.5, session.master.guid)
    assert changed.tracks == session.tracks


@pytest.mark.parametrize("chunk", ["", "<ITEM\n>", "<TRACK\nNAME a"])
def test_what_is_no_chunk_of_a_track_is_refused(session, chunk):
    with pytest.raises(UnreadableTextError):
        with_track_chunk(session, 1, chunk)
