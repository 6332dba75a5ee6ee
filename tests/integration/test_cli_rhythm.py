"""``faderbot rhythm`` from the command line, in this process, on small folders and over the mock REAPER."""

import json
import signal

import mido
import numpy as np
import pytest
import soundfile as sf

from agent.rhythm.pattern import GM_NOTE, Pattern, Voice, hits
from agent.rhythm.styles import styles
from agent.rhythm.writing import Figures, RhythmPlan
from bridge.cli import main
from bridge.journal import Journal, State
from bridge.json_progress import read as read_progress
from bridge.reaper.reapy_link import ReapyLink
from mock_daw.opening import open_session
from mock_daw.server import MockDaw
from tests.drum_parts import RATE_HZ, write_song

FILES = ["drums.mid", "pattern.png", "preview.wav", "rhythm.json"]


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("rhythm") / "song", first_s=0.4)


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("FADERBOT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def faderbot(capsys):
    def run(*arguments, code=0):
        found = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert found == code, said.err + said.out
        if code:
            assert said.err.startswith("faderbot: ")
            assert said.err.count("\n") == 1, said.err
        return said.err if code else said.out

    return run


@pytest.fixture
def by_hand(monkeypatch):
    """Let no agent write: where the drums are does not matter to a test."""

    def written(music, wish, progress):
        progress(1.0)
        velocity = np.zeros((wish.bars, music.steps, len(Voice)), np.uint8)
        velocity[:, 0, Voice.KICK] = 100
        made = Pattern(velocity, np.zeros(velocity.shape))
        figures = Figures(1.0, 1.0, 0.0, 1.0, 0.5, 0, 0.0)
        return RhythmPlan(made, hits(made, music.step_s[: wish.bars]), "rock", figures, (), (), 0)

    monkeypatch.setattr("bridge.rhythm_job.write_rhythm", written)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def notes(path):
    """Return the notes of a file as (time in s, key, velocity), by mido's own reading of its tempo."""
    now, found = 0.0, []
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity:
            assert message.channel == 9
            found.append((now, message.note, message.velocity))
    return found


def test_a_folder_gets_its_drums_a_preview_a_picture_and_a_document(faderbot, song):
    out = faderbot("rhythm", song, "--style", "rock", "--bars", 4)
    folder = song.with_name("song-rhythm")
    assert names(folder) == FILES
    assert names(song) == ["Bass.wav", "Piano.wav"]
    assert max(map(len, out.split("Written to")[0].splitlines())) <= 80
    told = json.loads((folder / "rhythm.json").read_text())
    assert (told["schema"], told["style"], told["bars"], told["meter"]) == ("faderbot-rhythm", "rock", 4, "4/4")
    assert told["tempo_bpm"] == pytest.approx(110.0, abs=0.3)
    assert sorted(told["files"]) == FILES
    assert told["figures"]["violations"] == 0
    played = notes(folder / "drums.mid")
    assert len(played) == sum(told["hits"].values()) > 20
    assert {key for _, key, _ in played} <= set(GM_NOTE.values())
    audio, rate_hz = sf.read(folder / "preview.wav")
    assert (rate_hz, len(audio) / RATE_HZ >= 0.4 + 16 * 60.0 / 110.0) == (RATE_HZ, True)
    assert 0.05 < np.abs(audio).max() <= 10 ** (-1 / 20)


def test_the_files_bars_lie_on_the_music(faderbot, song, tmp_path, by_hand):
    faderbot("rhythm", song, "--bars", 3, "--out", tmp_path / "a.mid")
    assert names(tmp_path) == ["a.mid"]
    bars_s = [0.4 + bar * 4 * 60.0 / 110.0 for bar in range(3)]
    assert [at_s for at_s, _, _ in notes(tmp_path / "a.mid")] == pytest.approx(bars_s, abs=0.02)
    file = mido.MidiFile(tmp_path / "a.mid")
    ticks = [message.time for message in file.tracks[0] if message.type == "time_signature"]
    downbeat_s = mido.tick2second(sum(ticks), 960, next(m.tempo for m in file.tracks[0] if m.type == "set_tempo"))
    assert downbeat_s == pytest.approx(0.4, abs=0.02)


@pytest.mark.slow
def test_a_dry_run_writes_nothing_and_json_is_the_document(faderbot, song, tmp_path):
    shown = json.loads(faderbot("rhythm", song, "--style", "jazz", "--bars", 2, "--seed", 7, "--dry-run", "--json"))
    assert (shown["dry_run"], shown["files"], shown["track"], shown["seed"]) == (True, [], None, 7)
    again = json.loads(faderbot("rhythm", song, "--style", "jazz", "--bars", 2, "--seed", 7, "--dry-run", "--json"))
    assert shown == again
    assert names(tmp_path) == []


def test_progress_is_told_to_programs_stage_by_stage(song, capsys, by_hand):
    assert main(["rhythm", str(song), "--bars", "1", "--dry-run", "--json", "--progress", "json"]) == 0
    told = [read_progress(line) for line in capsys.readouterr().err.splitlines()]
    first = {one.stage.value: one.share for one in reversed(told)}
    assert first == {"hear": 0.0, "plan": 0.0}
    assert [one.stage.value for one in told] == sorted(one.stage.value for one in told), "one stage after the other"
    assert all(0.0 <= one.share <= 1.0 for one in told)


def test_a_meter_that_is_told_is_kept(faderbot, song, by_hand):
    shown = json.loads(faderbot("rhythm", song, "--meter", "3/4", "--bars", 2, "--dry-run", "--json"))
    assert shown["meter"] == "3/4"
    assert {len(bar) for bars in shown["grid"].values() for bar in bars} == {3 * shown["steps_per_beat"]}


def test_other_daws_get_files_and_are_not_asked(faderbot, song, tmp_path, by_hand):
    out = faderbot("rhythm", song, "--daw", "ardour", "--bars", 1, "--out", tmp_path / "d.mid")
    assert "no MIDI goes to Ardour over OSC" in " ".join(out.split())
    assert names(tmp_path) == ["d.mid"]


# What the user can mend


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--style", "polka"), "there is no style polka: there are "),
        (("--bars", "0"), "--bars"),
        (("--density", "2"), "--density"),
        (("--tempo", "1"), "--tempo"),
        (("--meter", "7/8"), "--meter"),
        (("--out", "drums.mp3"), ".mid, .midi, .wav, .png, .json"),
        (("--daw", "cubase"), "no DAW is called 'cubase'"),
        (("--daw", "reaper"), "leave the folder out"),
    ],
)
def test_a_wrong_option_is_said_in_one_line(faderbot, song, options, said):
    assert said in faderbot("rhythm", song, *options, code=2)


def test_an_unknown_style_lists_those_there_are(faderbot, song):
    said = faderbot("rhythm", song, "--style", "polka", code=2)
    assert all(name in said for name in styles())


def test_without_a_folder_a_daw_is_asked_for(faderbot):
    assert "--daw reaper" in faderbot("rhythm", code=2)
    assert "name the folder of stems" in faderbot("rhythm", "--daw", "ableton", code=2)


def audio_folder(folder, audio):
    folder.mkdir()
    sf.write(folder / "Bass.wav", audio, RATE_HZ, "PCM_16")
    return folder


def noise(seconds):
    return np.random.default_rng(1).normal(0.0, 0.05, round(seconds * RATE_HZ))


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        (np.zeros(4 * RATE_HZ), "is silent"),
        (noise(2.0), "too short to hear a pulse"),
        (noise(8.0), "no steady pulse was heard: tell the tempo with --tempo"),
    ],
)
def test_what_has_no_pulse_is_said_and_leaves_nothing(faderbot, tmp_path, audio, said):
    folder = audio_folder(tmp_path / "stems", audio)
    assert said in faderbot("rhythm", folder, code=2)
    assert names(tmp_path) == ["stems"]


def test_a_folder_without_audio_is_said(faderbot, tmp_path):
    (tmp_path / "notes.txt").write_text("la la")
    assert "has no audio in it" in faderbot("rhythm", tmp_path, code=2)


def test_an_interrupt_leaves_nothing_behind(song, tmp_path, monkeypatch, capsys, by_hand):
    def interrupted(*_args, **_how):
        raise KeyboardInterrupt

    monkeypatch.setattr("bridge.rhythm_command.draw", interrupted)
    outs = ("--out", tmp_path / "x" / "a.mid", "--out", tmp_path / "b.png")
    assert main([str(one) for one in ("rhythm", song, "--bars", 1, *outs)]) == 130
    assert capsys.readouterr().err.endswith("stopped; nothing was changed\n")
    assert names(tmp_path) == []


# REAPER


def test_reaper_gets_a_track_in_one_undo_step_and_undo_takes_it_away(faderbot, song, tmp_path):
    with MockDaw(open_session(song), web=0, reapy=0, tick_s=0) as mock:
        port = ("--web-port", mock.web_address[1])
        before = mock.live.session
        file = tmp_path / "drums.mid"
        told = json.loads(
            faderbot("rhythm", "--daw", "reaper", *port, "--style", "rock", "--bars", 2, "--json", "--out", file)
        )
        *others, drums = mock.live.session.tracks
        assert tuple(others) == before.tracks
        assert (told["daw"], told["track"], drums.name) == ("REAPER", "Faderbot drums", "Faderbot drums")
        assert mock.live.undo_names == ("Faderbot: rock drums (2 bars)",)
        (item,) = drums.items
        in_file = sorted((key, at_s, hard) for at_s, key, hard in notes(file))
        tick_s = 60.0 / 120.0 / 960
        in_item = sorted((n.pitch, item.position_s + n.start * tick_s, n.velocity) for n in item.take.source.midi.notes)
        assert [(key, hard) for key, _, hard in in_item] == [(key, hard) for key, _, hard in in_file]
        assert [at_s for _, at_s, _ in in_item] == pytest.approx([at_s for _, at_s, _ in in_file], abs=0.001)
        said = faderbot("undo", *port)
        assert "the track “Faderbot drums” with" in said
        assert mock.live.session.tracks == before.tracks


@pytest.mark.slow
def test_ctrl_c_while_it_is_written_takes_the_track_away(song, monkeypatch, capsys, by_hand):
    add = ReapyLink.add_midi

    def interrupted(link, wanted):
        guid = add(link, wanted)
        signal.raise_signal(signal.SIGINT)
        return guid

    monkeypatch.setattr(ReapyLink, "add_midi", interrupted)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with MockDaw(open_session(song), web=0, reapy=0, tick_s=0) as mock:
        before = mock.live.session
        arguments = ("rhythm", "--daw", "reaper", "--web-port", mock.web_address[1], "--bars", 2)
        assert main([str(one) for one in arguments]) == 130
        assert (mock.live.session.tracks, mock.live.undo_names) == (before.tracks, ())
    assert capsys.readouterr().err.endswith("stopped; nothing was changed\n")


@pytest.mark.slow
def test_a_reaper_that_vanishes_while_it_is_written_is_said_and_the_journal_keeps_what_it_takes(
    faderbot, song, tmp_path, monkeypatch, by_hand
):
    add = ReapyLink.add_midi
    with MockDaw(open_session(song), web=0, reapy=0, tick_s=0) as mock:

        def vanished(link, wanted):
            guid = add(link, wanted)
            mock.close()
            return guid

        monkeypatch.setattr(ReapyLink, "add_midi", vanished)
        port = ("--web-port", mock.web_address[1])
        said = faderbot("rhythm", "--daw", "reaper", *port, "--bars", 2, "--out", tmp_path / "x" / "d.mid", code=2)
    assert "`faderbot undo` takes it away" in said
    assert not (tmp_path / "x").exists()
    (_, entry), *_ = Journal(tmp_path / "state").entries()
    assert (entry.state, len(entry.made.notes), bool(entry.made.key)) == (State.WRITING, 2, True)
