"""What the user does to a session while a controller works."""

import numpy as np
import pytest

from mock_daw import user
from mock_daw.live import Live, PlayState
from mock_daw.session import Send, Session, Track


class Silence:
    def seek(self, position_s):
        pass

    def advance(self, session, samples):
        return np.zeros((1 + len(session.tracks), 2))

    def close(self):
        pass


def live(*tracks: Track) -> Live:
    return Live(Session("song", 44_100, tracks), Silence())


def band(**depths: int) -> Live:
    return live(*(Track(name, name, folder_depth=depth) for name, depth in depths.items()))


def shape(daw: Live) -> dict[str, int]:
    return {track.name: track.folder_depth for track in daw.session.tracks}


def test_a_fader_is_moved_in_one_undo_step():
    daw = band(Kick=0, Bass=0)
    user.move_fader(daw, track=2, db=-20.0)
    assert [track.gain_linear for track in daw.session.tracks] == [1.0, pytest.approx(0.1)]
    assert daw.undo() == "Adjust track volume"
    assert daw.session.tracks[1].gain_linear == 1.0


def test_track_0_is_the_master():
    daw = band(Kick=0)
    user.move_fader(daw, track=0, db=6.0)
    assert daw.session.master.gain_linear == pytest.approx(1.995, abs=1e-3)


def test_mute_rename_and_select():
    daw = band(Kick=0)
    user.mute(daw, track=1, on=1)
    user.rename(daw, track=1, name="Boots")
    user.select(daw, track=1, on=1)
    track = daw.session.tracks[0]
    assert (track.muted, track.name, track.selected) == (True, "Boots", True)
    assert len(daw.undo_names) == 2, "a selection is no undo step"


def test_an_added_track_gets_the_number():
    daw = band(Kick=0, Bass=0)
    user.add_track(daw, track=2, name="New")
    user.add_track(daw, track=4, name="Last")
    assert list(shape(daw)) == ["Kick", "New", "Bass", "Last"]
    assert len({track.guid for track in daw.session.tracks}) == 4


def test_a_deleted_track_takes_the_sends_into_it_along():
    daw = live(Track("a", "Kick", sends=(Send("s", "b"), Send("t", "c"))), Track("b", "Verb"), Track("c", "Bus"))
    user.delete_track(daw, track=2)
    assert [track.name for track in daw.session.tracks] == ["Kick", "Bus"]
    assert [send.to for send in daw.session.tracks[0].sends] == ["c"]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (1, {"Kick": 0, "Snare": 0, "Bass": 0}),  # the folder: its children move up
        (2, {"Drums": 1, "Snare": -1, "Bass": 0}),
        (3, {"Drums": 1, "Kick": -1, "Bass": 0}),  # the one that closed the folder
        (4, {"Drums": 1, "Kick": 0, "Snare": -1}),
    ],
)
def test_folders_stay_whole_when_a_track_is_deleted(gone, left):
    daw = band(Drums=1, Kick=0, Snare=-1, Bass=0)
    user.delete_track(daw, track=gone)
    assert shape(daw) == left


def test_folders_in_folders_stay_whole():
    daw = band(All=1, Drums=1, Kick=-2, Bass=0)
    user.delete_track(daw, track=1)
    assert shape(daw) == {"Drums": 1, "Kick": -1, "Bass": 0}


def test_several_tracks_go_at_once():
    tracks = band(All=1, Drums=1, Kick=-1, Keys=-1, Bass=0).session.without([0, 2, 3]).tracks
    assert [(track.name, track.folder_depth) for track in tracks] == [("Drums", 0), ("Bass", 0)]


def test_the_last_track_can_go_and_undo_brings_it_back():
    daw = band(Kick=0)
    user.delete_track(daw, track=1)
    assert daw.session.tracks == ()
    user.undo(daw)
    assert shape(daw) == {"Kick": 0}


def test_play_and_stop():
    daw = band(Kick=0)
    user.play(daw)
    assert daw.state is PlayState.PLAYING
    user.stop(daw)
    assert daw.state is PlayState.STOPPED


@pytest.mark.parametrize(
    "deed",
    [
        lambda daw: user.move_fader(daw, 2, 0.0),
        lambda daw: user.rename(daw, 9, "X"),
        lambda daw: user.add_track(daw, 0, "X"),
        lambda daw: user.delete_track(daw, 0),
        lambda daw: user.delete_track(daw, 2),
    ],
)
def test_a_track_that_is_not_there_can_not_be_touched(deed):
    daw = band(Kick=0)
    before = daw.session
    with pytest.raises(IndexError):
        deed(daw)
    assert daw.session is before
