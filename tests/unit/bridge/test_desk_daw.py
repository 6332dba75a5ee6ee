from dataclasses import replace

import pytest

from agent.daw import SessionUnreadable, WriteRefused
from agent.mixing import Wish
from bridge.changes import MASTER
from bridge.desk_daw import DeskDaw
from bridge.journal import Journal, State
from bridge.live import SessionMoved
from bridge.live_job import mix_live
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.surface import Surface
from bridge.stems_audio import StemsAudio
from bridge.undoing import undo_last
from tests.ardour_surfaces import FLAT, Ardour, Plugin
from tests.ardour_surfaces import Strip as ArdourStrip
from tests.mixes import POLICY, write_song
from tests.osc_surfaces import Channel, Line


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    return StemsAudio.open(write_song(tmp_path_factory.mktemp("stems")))


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def band(**how):
    return Line(Channel("Kick"), Channel("bass", -6.0), Channel("Talkback"), Channel("Lead Vocal", 2.0), **how)


def daw_of(line, stems, **how):
    return DeskDaw(Surface(line, "127.0.0.1:8000", 9000, clock=line.clock), "127.0.0.1:8000", stems, **how)


def faders(line):
    return [channel.db for channel in (line.master, *line.channels)]


def mixed(daw, journal):
    return mix_live(daw, Wish(loudness_lufs=-20.0), POLICY, journal, daw.read())


def test_tracks_are_matched_with_stems_by_name(stems):
    line = band()
    line.master.db = -3.0
    daw = daw_of(line, stems)
    session = daw.read()
    assert [track.name for track in session.tracks] == ["Kick", "bass", "Lead Vocal"]
    assert [strip.gain_db for strip in session.settings.strips] == [0.0, -6.0, 2.0]
    assert session.settings.master_gain_db == -3.0
    assert daw.notes[0] == "left alone (no stem of that name): Talkback"
    assert next(daw.audio()).shape[0] == 3


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"mute": 1.0}, "muted"),
        ({"db": -150.0}, "fader closed"),
        ({"db": 12.5}, "fader above +12 dB"),
    ],
)
def test_who_is_left_alone(stems, how, why):
    line = band()
    line.channels[0] = Channel("Kick", **how)
    daw = daw_of(line, stems)
    assert [track.name for track in daw.read().tracks] == ["bass", "Lead Vocal"]
    assert f"left alone ({why}): Kick" in daw.notes


def test_under_solo_only_what_is_soloed_is_mixed(stems):
    line = band()
    line.channels[1].solo = 1.0
    assert [track.name for track in daw_of(line, stems).read().tracks] == ["bass"]


def test_only_the_selected_tracks_may_move(stems):
    line = band()
    line.channels[3].select = 1.0
    daw = daw_of(line, stems, only_selected=True)
    assert [track.locked for track in daw.read().tracks] == [True, True, False]
    assert "heard but not moved (not selected): Kick and bass" in daw.notes


def test_only_the_selected_tracks_where_none_is(stems):
    with pytest.raises(SessionUnreadable, match="no track to mix is selected"):
        daw_of(band(), stems, only_selected=True).read()


def test_a_fader_at_its_end_as_the_line_rounds_it_is_no_higher(stems):
    line = band()
    line.channels[0].db = line.master.db = 12.000001
    settings = daw_of(line, stems).read().settings
    assert (settings.strips[0].gain_db, settings.master_gain_db) == (12.0, 12.0)


def test_what_differs_less_than_a_fader_keeps_is_no_change(stems):
    daw = daw_of(band(), stems)
    settings = daw.read().settings
    assert daw.changes(replace(settings, master_gain_db=settings.master_gain_db + 0.004)) == ()


def test_nothing_is_mixed_while_reaper_records(stems):
    line = band()
    line.recording = 1.0
    with pytest.raises(SessionUnreadable, match="recording"):
        daw_of(line, stems).read()


def test_without_stems_nothing_can_be_heard():
    with pytest.raises(SessionUnreadable, match="no audio comes this way"):
        daw_of(band(), None).read()


@pytest.mark.parametrize("ours", [False, True])
def test_a_mix_stands_at_the_settings_of_the_report_and_undo_takes_it_back(stems, journal, ours):
    line = band(ours=ours)
    found = faders(line)
    result = mixed(daw_of(line, stems), journal)
    kick, bass, vocal = (strip.gain_db for strip in result.settings.strips)
    assert faders(line) == pytest.approx([result.settings.master_gain_db, kick, bass, 0.0, vocal])
    assert faders(line) != found
    undone = undo_last(daw_of(line, None), journal)
    assert faders(line) == pytest.approx(found)
    assert (undone.left, undone.gone) == ((), ())


def test_a_fader_that_does_not_move_takes_the_mix_back(stems, journal):
    line = band()
    found = faders(line)
    line.channels[0].stuck = True
    with pytest.raises(WriteRefused, match="did not take the fader of Kick"):
        mixed(daw_of(line, stems), journal)
    assert faders(line) == pytest.approx(found)
    assert [entry.state for _, entry in journal.entries()] == [State.UNDONE]


def test_a_track_that_is_gone_is_not_written_somewhere_else(stems):
    line = band()
    daw = daw_of(line, stems)
    session = daw.read()
    changes = daw.changes(replace(session.settings, master_gain_db=-1.0))
    moved = [changes[0].model_copy(update={"track": "1 Gone", "name": "Gone"})]
    line.writes()
    with pytest.raises(SessionMoved, match="Gone is not where it was"):
        daw.put(moved, "")
    assert line.writes() == []
    assert daw.standing(moved) == (None,)


def test_what_osc_can_not_tell():
    daw = daw_of(band(), None)
    assert (daw.undo_name(), daw.check(), daw.eq) == ("", None, False)
    with pytest.raises(SessionMoved, match="undo it in REAPER"):
        daw.undo()


# A desk with EQs: Ardour's


def ardour(*plugins, **how):
    kick = [Plugin()] if not plugins else [plugins[0]]
    return Ardour(
        ArdourStrip("Kick", plugins=kick), ArdourStrip("Bass", -6.0, plugins=[Plugin()]),
        ArdourStrip("Lead Vocal", plugins=[Plugin()]), **how
    )  # fmt: skip


def ardour_daw(desk, stems, **how):
    return DeskDaw(ArdourLine(desk, "127.0.0.1:3819", clock=desk.clock), "127.0.0.1:3819", stems, **how)


def test_an_eq_that_is_ours_is_read_planned_and_written_and_undo_takes_it_back(stems, journal):
    desk = ardour()
    daw = ardour_daw(desk, stems)
    session = daw.read()
    assert daw.eq
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=True), POLICY, journal, session)
    assert any(any(strip.eq_gains_db) for strip in result.settings.strips)
    now = ardour_daw(desk, stems).read().settings
    for have, want in zip(now.strips, result.settings.strips, strict=True):
        assert have.gain_db == pytest.approx(want.gain_db)
        assert have.eq_gains_db == pytest.approx(want.eq_gains_db)
    undone = undo_last(ardour_daw(desk, None), journal)
    assert [strip.plugins[0].values for strip in desk.strips] == [Plugin().values] * 3
    assert [strip.gain_db for strip in desk.strips] == pytest.approx([0.0, -6.0, 0.0])
    assert (undone.left, undone.gone, undone.entry.project) == ((), (), "song")


@pytest.mark.parametrize("theirs", [Plugin(values={**FLAT, 4: -3.0}), Plugin("Other")])
def test_a_track_whose_eq_is_not_ours_keeps_it_and_the_others_get_theirs(stems, journal, theirs):
    values = dict(theirs.values)
    desk = ardour()
    desk.strips[1].plugins = [theirs]
    daw = ardour_daw(desk, stems)
    session = daw.read()
    assert daw.eq
    assert [track.eq for track in session.tracks] == [True, False, True]
    assert "faders only on Bass: a flat ACE EQ at the end is not there" in daw.notes
    assert session.settings.strips[1].eq_gains_db == (0.0,) * 4
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=daw.eq), POLICY, journal, session)
    assert theirs.values == values
    kick, bass, _ = result.settings.strips
    assert bass.eq_gains_db == (0.0,) * 4
    assert bass.gain_db == pytest.approx(desk.strips[1].gain_db, abs=1e-3)
    assert any(kick.eq_gains_db)
    assert ardour_daw(desk, stems).read().settings.strips[0].eq_gains_db == pytest.approx(kick.eq_gains_db)
    undo_last(ardour_daw(desk, None), journal)
    assert [strip.plugins[0].values for strip in desk.strips] == [Plugin().values, values, Plugin().values]


def test_where_no_track_has_an_eq_of_ours_faders_alone_are_moved(stems, journal):
    desk = ardour(Plugin("Other"))
    for strip in desk.strips:
        strip.plugins = [Plugin("Other")]
    daw = ardour_daw(desk, stems)
    session = daw.read()
    assert not daw.eq
    assert "faders only on Kick, Bass and Lead Vocal: a flat ACE EQ at the end is not there" in daw.notes
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=True), POLICY, journal, session)
    assert not any(any(strip.eq_gains_db) for strip in result.settings.strips)


def test_a_track_that_may_not_move_needs_no_eq_and_its_automated_fader_is_left(stems):
    desk = ardour(Plugin("Other"))
    desk.strips[0].automation = 1.0
    daw = ardour_daw(desk, stems)
    assert daw.read().tracks[0].locked
    assert daw.eq
    assert "heard but not moved (fader automated): Kick" in daw.notes
    assert "heard before their own effects, which are not touched: Kick" in daw.notes


def test_a_mono_track_and_a_trim_are_heard_as_they_arrive(stems):
    desk = ardour()
    desk.strips[0] = ArdourStrip("Kick", inputs=1, panner="panner_1in2out", trim_db=-6.0)
    heard = next(ardour_daw(desk, stems).audio())
    plain = next(ardour_daw(ardour(), stems).audio())
    assert heard[0] == pytest.approx(plain[0] * 10 ** (-9 / 20), rel=1e-4)
    assert heard[1] == pytest.approx(plain[1])


def test_a_session_without_a_master_is_mixed_by_its_tracks(stems, journal):
    desk = ardour(master_db=None)
    daw = ardour_daw(desk, stems)
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=False), POLICY, journal, daw.read())
    assert daw.master_highest_db == 0.0
    assert "at its end" not in " ".join(result.notes)
    assert all(change.track != MASTER for change in daw.changes(result.settings))


def test_faders_beyond_ardours_end_are_made_up_for_by_its_master(stems, journal):
    desk = ardour()
    desk.strips[0].gain_db = desk.strips[2].gain_db = 6.0
    daw = ardour_daw(desk, stems)
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=False), POLICY, journal, daw.read())
    planned = [strip.gain_db for strip in result.plan.settings.strips]
    assert max(planned) > daw.fader_highest_db
    lower_db = max(planned) - daw.fader_highest_db
    assert [strip.gain_db for strip in desk.strips] == pytest.approx([db - lower_db for db in planned], abs=1e-3)
    assert desk.master_db == pytest.approx(result.plan.settings.master_gain_db + lower_db, abs=0.01)
    assert result.after.loudness_lufs == pytest.approx(-20.0, abs=0.01)


def test_a_fader_that_has_to_be_cut_off_is_named(stems, journal):
    desk = ardour()
    desk.strips[0].gain_db = desk.strips[2].gain_db = 6.0
    desk.strips[1].automation = 1.0
    daw = ardour_daw(desk, stems)
    result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=False, focus=(2,)), POLICY, journal, daw.read())
    assert "the faders of Ardour end at +6 dB, so these are lower than planned: Lead Vocal" in result.notes
    assert result.settings.strips[2].gain_db == daw.fader_highest_db
    assert result.after.loudness_lufs == pytest.approx(-20.0, abs=0.01)


# Tempo


class Telling(Surface):
    """A line that tells a tempo, as those of Ableton Live and Bitwig Studio do."""

    def read(self):
        return replace(super().read(), tempo_bpm=100.0)


def test_a_line_that_tells_no_tempo_takes_none(stems):
    room = daw_of(band(), stems).tempo_room()
    assert room.closed == "REAPER can not be told a tempo over this line"


def test_a_line_that_tells_a_tempo_takes_one_and_says_what_it_does_not_see(stems):
    line = band()
    daw = DeskDaw(Telling(line, "127.0.0.1:8000", 9000, clock=line.clock), "127.0.0.1:8000", stems)
    found = daw.read().settings
    assert found.tempo_bpm == 100.0
    room = daw.tempo_room()
    assert (room.closed, room.markers, room.stretched) == ("", 0, ())
    assert "REAPER is stretched by it" in room.unseen
    (change,) = daw.changes(replace(found, tempo_bpm=108.0))
    assert (change.what, change.found, change.wanted) == ("tempo", 100.0, 108.0)


def test_where_audio_never_follows_the_tempo_it_is_the_grid_alone_that_is_set(stems):
    class Stiff(Surface):
        def read(self):
            return replace(super().read(), tempo_bpm=100.0, audio_follows_tempo=False)

    line = band()
    daw = DeskDaw(Stiff(line, "127.0.0.1:8000", 9000, clock=line.clock), "127.0.0.1:8000", stems)
    daw.read()
    room = daw.tempo_room()
    assert (room.grid_alone, room.closed) == (True, "")
    assert "audio in REAPER stays as it is" in room.unseen
