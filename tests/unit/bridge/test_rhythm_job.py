import numpy as np
import pytest
import soundfile as sf

from agent.hearing.pulse import NoPulse
from agent.session import Session, Settings, Strip, Track
from bridge.live import Ruler
from bridge.progress import Silent
from bridge.rhythm_job import RhythmOptions, grid_of, write_part
from bridge.wishes import WishUnclear
from tests.drum_parts import RATE_HZ, part, write_song


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    folder = write_song(tmp_path_factory.mktemp("job") / "song", first_s=0.3)
    tracks = [sf.read(folder / name, dtype="float32")[0] for name in ("Bass.wav", "Piano.wav")]
    audio = np.repeat(np.stack(tracks)[:, :, None], 2, axis=2)
    return [audio[:, at : at + RATE_HZ] for at in range(0, audio.shape[1], RATE_HZ)]


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """Let no agent write: what is heard and said is what counts here."""
    monkeypatch.setattr("bridge.rhythm_job.write_rhythm", lambda _music, _wish, _progress: part().plan)


def written(blocks, *names, ruler=None, said=(), **options):
    names = names or ("Bass", "Piano")
    session = Session("song", RATE_HZ, 9.0, tuple(map(Track, names)), Settings(tuple(Strip() for _ in names)))
    return write_part(session, blocks, RhythmOptions(**options), Silent(), daw="embedded", ruler=ruler, said=said)


def test_the_pulse_is_heard_and_the_sessions_own_notes_come_first(blocks):
    made = written(blocks, said=("left out: a.txt",))
    assert made.pulse.tempo_bpm == pytest.approx(110.0, abs=0.5)
    assert made.music.step_s[0, 0] == pytest.approx(0.3, abs=0.03)
    assert (made.meter.words, made.pulse.source, made.notes[0]) == ("4/4", "heard", "left out: a.txt")


def test_a_projects_own_grid_is_trusted_where_the_music_agrees(blocks):
    assert written(blocks, ruler=Ruler(110.0, 4.0, True)).pulse.source == "project"


def test_a_tempo_that_is_told_is_kept(blocks):
    made = written(blocks, tempo_bpm=109.0)
    assert (made.pulse.source, made.pulse.tempo_bpm) == ("told", pytest.approx(109.0, abs=0.1))


@pytest.mark.parametrize(("told", "beats", "steps"), [("3/4", 3, 4), ("6/8", 2, 6), ("4/4", 4, 4)])
def test_a_meter_that_is_told_is_kept(blocks, told, beats, steps):
    made = written(blocks, meter=told)
    assert (made.meter.words, made.pulse.beats_per_bar, made.pulse.steps_per_beat) == (told, beats, steps)


def test_drums_that_are_there_and_names_that_tell_nothing_are_said(blocks):
    notes = written(blocks, "Drums", "xyzzy").notes
    assert "drums that are there were heard for the beat, not copied; mute them to hear these alone: Drums" in notes
    assert "heard as chords, since their names tell nothing else: xyzzy" in notes


def test_more_bars_than_there_are_is_said(blocks):
    assert any(note.startswith("the music ends after ") for note in written(blocks, bars=400).notes)


def test_silence_is_nothing_to_play_to(blocks):
    with pytest.raises(NoPulse, match="song is silent"):
        written([np.zeros_like(block) for block in blocks])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"style": "polka"}, "there is no style polka: there are "),
        ({"meter": "7/8"}, "choose from 4/4, 3/4, 6/8"),
        ({"bars": 0}, "one is the least"),
        ({"density": 2.0}, "density is 2.0: it goes from 0 to 1"),
    ],
)
def test_what_is_unclear_is_said_before_anything_is_heard(options, said):
    with pytest.raises(WishUnclear, match=said):
        written(None, **options)


@pytest.mark.parametrize(
    ("ruler", "grid"),
    [
        (Ruler(97.0, 4.0, True), (97.0, 4)),
        (Ruler(120.0, 3.0, True), (120.0, 3)),
        (Ruler(240.0, 6.0, True), (80.0, 2)),
        (Ruler(360.0, 12.0, True), (120.0, 4)),
    ],
)
def test_a_projects_beats_are_those_of_its_time_signature(ruler, grid):
    found = grid_of(ruler)
    assert (found.tempo_bpm, found.beats_per_bar, found.origin_s) == (*grid, 0.0)


def test_a_project_whose_tempo_changes_has_no_one_grid():
    assert grid_of(Ruler(120.0, 4.0, False)) is None
    assert grid_of(None) is None
