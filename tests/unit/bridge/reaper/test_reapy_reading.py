import math
from contextlib import contextmanager

import pytest

from bridge.reaper import reapy_reading
from bridge.reaper.reapy_reading import Gone, audio, dry_run, measured, peaks, survey, undo_name
from bridge.reaper.reascript import Reascript, ReascriptError, address
from bridge.reaper.survey import EQ_ALIAS, MASTER, SurveyEnvelope, SurveySend
from tests.fake_reascript import Effect, Envelope, FakeReaper, Item, Send, Take, Track


class Holds:
    def __init__(self):
        self.count = 0
        self.open = False

    @contextmanager
    def __call__(self):
        assert not self.open
        self.count, self.open = self.count + 1, True
        yield
        self.open = False


def reascript(reaper):
    return Reascript(reaper, (RuntimeError, AttributeError))


def read(reaper):
    return survey(reascript(reaper), lambda: None)


def test_the_project_is_read():
    reaper = FakeReaper(Track("Kick"), rate_hz=96_000.0)
    reaper.play_state = 1
    found = read(reaper)
    assert (found.name, found.path, found.rate_hz, found.length_s) == ("song.rpp", "/songs/song.rpp", 96_000, 12.5)
    assert (found.tempo_bpm, found.tempo_markers, found.play_state, found.position_s) == (120.0, 0, 1, 7.25)
    assert found.master.guid == MASTER
    assert found.undo_name == ""


def test_without_a_rate_of_its_own_a_project_has_the_audio_devices():
    assert read(FakeReaper(own_rate=False)).rate_hz == 44_100


def test_a_track_is_read_with_its_switches():
    values = {
        "D_VOL": 0.5, "D_PAN": -0.25, "B_MUTE": 1.0, "I_SOLO": 2.0, "I_SELECTED": 1.0, "I_RECARM": 1.0,
        "B_PHASE": 1.0, "I_FOLDERDEPTH": -1.0, "B_MAINSEND": 0.0, "I_FXEN": 0.0, "I_AUTOMODE": 3.0,
    }  # fmt: skip
    (found,) = read(FakeReaper(Track("Café", values=values))).tracks
    assert (found.guid, found.name, found.gain_linear, found.pan) == ("{TRACK-Café}", "Café", 0.5, -0.25)
    assert (found.muted, found.solo, found.selected, found.armed, found.phase_inverted) == (True, 2, True, True, True)
    assert (found.folder_depth, found.main_send, found.effects_enabled, found.automation) == (-1, False, False, 3)


def test_a_locked_track_is_told_from_one_with_a_locked_item():
    found = read(FakeReaper(Track("free", items=[Item()]), Track("locked", locked=True))).tracks
    assert [track.locked for track in found] == [False, True]


def test_sends_name_the_track_they_feed():
    values = {"D_VOL": 0.25, "D_PAN": 0.5, "B_MUTE": 1.0, "I_SENDMODE": 3.0, "B_MONO": 1.0, "B_PHASE": 1.0}
    found = read(FakeReaper(Track("Vocal", sends=[Send(1, values)]), Track("Reverb"))).tracks
    assert found[0].sends == (
        SurveySend(to="{TRACK-Reverb}", gain_linear=0.25, pan=0.5, muted=True, mode=3, mono=True, phase_inverted=True),
    )


def test_envelopes_tell_whether_they_work():
    track = Track("Vocal", envelopes=[Envelope("Volume", "1", 4), Envelope("Pan", "0", 2)])
    assert read(FakeReaper(track)).tracks[0].envelopes == (
        SurveyEnvelope(name="Volume", active=True, points=4),
        SurveyEnvelope(name="Pan", active=False, points=2),
    )


def test_an_envelope_counts_as_working_where_this_reaper_can_not_tell():
    reaper = FakeReaper(Track("Vocal", envelopes=[Envelope("Volume", "0")]))

    def fails(*_):
        raise RuntimeError("old")

    reaper.broken["GetSetEnvelopeInfo_String"] = fails
    assert read(reaper).tracks[0].envelopes[0].active


def test_the_bands_of_our_own_equaliser_are_read_and_no_others():
    ours = Effect(alias=EQ_ALIAS)
    ours.bands[1].gain = 10 ** (-3.21 / 20)
    effects = [Effect(), ours, Effect(name="VST: ReaComp (Cockos)", alias=EQ_ALIAS, enabled=False, offline=True)]
    users, ours, other = read(FakeReaper(Track("Vocal", effects=effects))).tracks[0].effects
    assert (users.guid, users.name, users.alias, users.bands) == ("{FX-1}", "VST: ReaEQ (Cockos)", "", ())
    assert [band.kind for band in ours.bands] == [1, 2, 2, 4, 0]
    assert ours.bands[1].gain_db == pytest.approx(-3.21)
    assert [band.enabled for band in ours.bands] == [True, True, True, True, False]
    assert (other.name, other.enabled, other.offline, other.bands) == ("VST: ReaComp (Cockos)", False, True, ())


def test_items_are_read_with_what_their_take_plays():
    values = {
        "D_POSITION": 1.0, "D_LENGTH": 8.0, "D_VOL": 0.5, "B_MUTE": 1.0, "B_LOOPSRC": 1.0, "D_FADEINLEN": 0.01,
        "D_FADEOUTLEN": 0.02, "D_FADEOUTLEN_AUTO": 0.5, "C_FADEINSHAPE": 1.0, "C_FADEOUTSHAPE": 6.0,
    }  # fmt: skip
    take = Take(
        {"D_VOL": -0.5, "D_PAN": 0.25, "D_STARTOFFS": 2.0, "D_PLAYRATE": 1.5, "D_PITCH": -2.0, "I_CHANMODE": 3.0},
        effects=1,
        envelopes=2,
        stretch_markers=3,
    )
    (found,) = read(FakeReaper(Track("Kick", items=[Item(values, take)]))).tracks[0].items
    assert (found.position_s, found.length_s, found.gain_linear, found.muted, found.looped) == (
        1.0,
        8.0,
        0.5,
        True,
        True,
    )
    assert (found.fade_in_s, found.fade_out_s) == (0.01, 0.5)
    assert (found.fade_in_shape, found.fade_out_shape) == (1, 6)
    assert (found.source_kind, found.source_path, found.source_length_s) == ("WAVE", "/songs/kick.wav", 10.0)
    assert (found.offset_s, found.playrate, found.take_gain_linear, found.take_pan) == (2.0, 1.5, -0.5, 0.25)
    assert (found.channel_mode, found.pitch_semitones) == (3, -2.0)
    assert (found.take_effects, found.take_envelopes, found.stretch_markers) == (1, 2, 3)


def test_an_item_without_a_take_plays_nothing():
    (found,) = read(FakeReaper(Track("Kick", items=[Item(take=None)]))).tracks[0].items
    assert (found.source_kind, found.source_path) == ("", "")


def test_a_section_has_its_files_path_and_keeps_its_kind():
    take = Take(kind="SECTION", path="", parent_path="/songs/whole.wav")
    (found,) = read(FakeReaper(Track("Kick", items=[Item(take=take)]))).tracks[0].items
    assert (found.source_kind, found.source_path) == ("SECTION", "/songs/whole.wav")


def test_midi_has_no_length_in_seconds():
    take = Take(kind="MIDI", path="", length_s=16.0, in_beats=True)
    (found,) = read(FakeReaper(Track("Keys", items=[Item(take=take)]))).tracks[0].items
    assert (found.source_kind, found.source_length_s) == ("MIDI", 0.0)


def test_a_track_of_many_items_is_read_in_pieces_and_reaper_lives_in_between(monkeypatch):
    monkeypatch.setattr(reapy_reading, "READ_S", 0.0)
    reaper, pieces, signs = FakeReaper(Track("Kick", items=[Item()] * 3), Track("Snare", items=[Item()])), [], []

    def run(module, name, args):
        pieces.append(args[0])
        return getattr(module, name)(reaper, *args)

    found = survey(Reascript(reaper, (), run), lambda: signs.append(1))
    assert [len(track.items) for track in found.tracks] == [3, 1]
    assert pieces == [[-1, -1], [0, -1], [0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]]
    assert len(signs) == 8
    assert found == read(reaper)


def test_an_item_that_is_deleted_between_two_pieces_is_noticed_before_another_is_asked_for(monkeypatch):
    monkeypatch.setattr(reapy_reading, "READ_S", 0.0)
    reaper, asked_for = FakeReaper(Track("Kick", items=[Item() for _ in range(3)])), []

    def run(module, name, args):
        reaper.called.clear()
        answer = getattr(module, name)(reaper, *args)
        asked_for.append((args[0], "GetTrackMediaItem" in reaper.called))
        if len(asked_for) == 3:  # the master, the track and its first item are read
            del reaper.tracks[0].items[0]
            reaper._changed()
        return answer

    assert len(survey(Reascript(reaper, (), run), lambda: None).tracks[0].items) == 2
    assert asked_for[2:5] == [([0, 0], True), ([0, 1], False), ([-1, -1], False)]


def test_without_items_none_is_read_and_no_text_of_a_track():
    item_functions = ("CountTrackMediaItems", "GetMediaItemInfo_Value", "GetTrackStateChunk")
    reaper, known = FakeReaper(Track("Kick", items=[Item()], locked=True), Track("Snare", effects=[Effect()])), {}
    whole = survey(reascript(reaper), lambda: None, known)
    reaper.called.clear()
    light = survey(reascript(reaper), lambda: None, known, items=False)
    assert not set(item_functions) & set(reaper.called)
    bare = [track.model_copy(update={"items": (), "locked": False}) for track in whole.tracks]
    assert light == whole.model_copy(update={"tracks": tuple(bare)})
    reaper.called.clear()
    assert survey(reascript(reaper), lambda: None, known) == whole
    assert "GetMediaItemInfo_Value" not in reaper.called


def test_items_that_are_as_they_were_are_not_read_again():
    reaper, known = FakeReaper(Track("Kick", items=[Item()])), {}
    first = survey(reascript(reaper), lambda: None, known)

    def fails(*_):
        raise RuntimeError("read again")

    reaper.broken["GetMediaItemInfo_Value"] = fails
    assert survey(reascript(reaper), lambda: None, known) == first
    reaper.broken["GetTrackStateChunk"] = lambda *_: (True, "", "<TRACK\n<ITEM\nPOSITION 1\n>\n>\n", 65_536, False)
    with pytest.raises(ReascriptError, match="read again"):
        survey(reascript(reaper), lambda: None, known)


def test_items_that_are_known_are_not_read_again_by_the_next_piece_either(monkeypatch):
    monkeypatch.setattr(reapy_reading, "READ_S", 0.0)
    reaper, known = FakeReaper(Track("Kick", items=[Item()] * 3), Track("Snare", items=[Item()])), {}
    first = survey(reascript(reaper), lambda: None, known)
    reaper.called.clear()
    assert survey(reascript(reaper), lambda: None, known) == first
    assert "GetTrackMediaItem" not in reaper.called


def test_items_of_which_the_text_is_cut_off_are_always_read():
    reaper, known = FakeReaper(Track("Kick", items=[Item()])), {}
    reaper.broken["GetTrackStateChunk"] = lambda *_: (True, "", "<TRACK\n<ITEM\nPOSITION 1\n", 65_536, False)
    assert len(survey(reascript(reaper), lambda: None, known).tracks[0].items) == 1
    reaper.broken["CountTrackMediaItems"] = lambda _: 0
    assert survey(reascript(reaper), lambda: None, known).tracks[0].items == ()


def test_a_project_that_changes_while_it_is_read_is_read_again():
    reaper = FakeReaper(Track("Kick"), Track("Snare"))
    counts = iter([1, 2, 2, 2, 2])
    reaper.broken["GetProjectStateChangeCount"] = lambda _: next(counts, 2)
    assert [track.name for track in read(reaper).tracks] == ["Kick", "Snare"]


def test_a_project_that_never_holds_still_is_not_read():
    reaper = FakeReaper(Track("Kick"))
    counts = iter(range(1000))
    reaper.broken["GetProjectStateChangeCount"] = lambda _: next(counts)
    with pytest.raises(ReascriptError, match="leave it alone"):
        read(reaper)


def test_a_reaper_that_ends_while_it_is_read_is_lost_and_what_it_said_last_does_not_count():
    reaper = FakeReaper(Track("Kick"))

    def hangs_up(*_):
        raise ConnectionAbortedError

    def run(*_):
        reaper.broken["EnumProjects"] = hangs_up
        return {"failed": "GetTrack failed: RuntimeError: REAPER is closing"}

    with pytest.raises(ConnectionAbortedError):
        survey(Reascript(reaper, (RuntimeError,), run), lambda: None)


def test_a_reaper_without_a_function_is_too_old():
    with pytest.raises(ReascriptError, match="no EnumProjects: update REAPER"):
        survey(Reascript(object(), ()), lambda: None)


def test_audio_is_read_five_seconds_at_a_time_and_is_silent_beyond_its_end():
    samples = [k / 1000.0 for k in range(2 * 1200)]
    reaper = FakeReaper(Track("Kick", audio=samples), Track("Empty"))
    holds = Holds()
    found = audio(reascript(reaper), holds, lambda: None, "{TRACK-Kick}", 1.0, 1150, 100)
    assert list(found) == pytest.approx([*samples[200:], *[0.0] * 100])
    assert holds.count == 3
    assert reaper.called.count("DestroyAudioAccessor") == 3
    assert list(audio(reascript(reaper), holds, lambda: None, "{TRACK-Empty}", 0.0, 4, 100)) == [0.0] * 8


def test_an_accessor_is_let_go_even_where_reading_fails():
    reaper = FakeReaper(Track("Kick", audio=[]))
    reaper.broken["GetAudioAccessorSamples"] = lambda *_: (-1, [])
    with pytest.raises(ReascriptError, match="no audio from"):
        audio(reascript(reaper), Holds(), lambda: None, "{TRACK-Kick}", 0.0, 4, 100)
    assert reaper.called[-1] == "DestroyAudioAccessor"


def test_audio_of_a_track_that_is_gone():
    with pytest.raises(Gone):
        audio(reascript(FakeReaper()), Holds(), lambda: None, "{TRACK-Kick}", 0.0, 4, 100)


def test_peaks_are_in_dbfs_a_side():
    found = peaks(reascript(FakeReaper(Track("Kick", peaks=(1.0, 0.0)))), Holds())
    assert found["{TRACK-Kick}"] == (0.0, -math.inf)
    assert set(found) == {MASTER, "{TRACK-Kick}"}


def test_a_dry_run_measures_the_master():
    assert dry_run(reascript(FakeReaper()), Holds()) == (-14.3, -1.2)


@pytest.mark.parametrize("stats", ["", "FILE:;PEAK:-1.0", "LUFSI:-inf"])
def test_a_dry_run_that_tells_no_loudness_measures_nothing(stats):
    assert measured(stats) is None


def test_a_dry_run_without_true_peak():
    assert measured("FILE:C:\\a.wav;PEAK:-1.0;LUFSI:-16.5") == (-16.5, None)


def test_nothing_to_undo_has_no_name_though_reapers_wrapper_fails_there():
    assert undo_name(reascript(FakeReaper())) == ""


@pytest.mark.parametrize(
    ("handle", "found"),
    [("(MediaTrack*)0x00000000046C1C00", 0x46C1C00), ("(MediaTrack*)0x0000000000000000", 0), ("", 0), (12.0, 12)],
)
def test_a_handle_is_an_address(handle, found):
    assert address(handle) == found
