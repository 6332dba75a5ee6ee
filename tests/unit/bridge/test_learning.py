import json
from functools import partial

import numpy as np
import pytest
import soundfile as sf

from agent.daw import SessionUnreadable
from agent.evaluation import METHODS
from agent.policy import load
from agent.q_learning import Hyper, QTable
from agent.reward import Cost
from agent.training import train_policy
from bridge import learning, learning_command
from bridge.cli import main
from tests.mixes import tone, write_song

FAST = ("--scrambles", "1", "--episodes", "1", "--cma-evaluations", "60", "--workers", "1")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sessions")
    for name in ("one", "two"):
        write_song(folder / name)
    return folder


@pytest.fixture(scope="module")
def trained(sessions, tmp_path_factory):
    out = tmp_path_factory.mktemp("policy") / "policy.npz"
    assert main(["train", str(sessions), "--out", str(out), "--steps", "400"]) == 0
    return out


def test_a_folder_of_sessions_and_a_session_are_both_taken(sessions):
    names = [folder.name for folder in learning.session_folders([sessions, sessions / "one"])]
    assert names == ["one", "two", "one"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SessionUnreadable, match=r"no-such: there is no such folder"):
        learning.session_folders([tmp_path / "no-such"])


def test_a_folder_of_stems_is_a_session_whatever_lies_beside_the_stems(tmp_path):
    song = write_song(tmp_path / "song")
    write_song(song / "old takes")
    assert learning.session_folders([song]) == [song]
    assert learning.session_folders([tmp_path]) == [song]


def test_what_faderbot_mixed_and_what_is_hidden_is_left_out_and_said(tmp_path, capsys):
    stems = write_song(tmp_path / "song")
    write_song(tmp_path / ".trash")
    assert main(["mix", str(stems)]) == 0
    write_song(tmp_path / "their mix")
    (tmp_path / "their mix" / "mix.json").write_text("{}")
    said = []
    assert learning.session_folders([tmp_path], said.append) == [stems, tmp_path / "their mix"]
    assert said == [
        f"left out: {tmp_path / '.trash'} (hidden)",
        f"left out: {tmp_path / 'song-mix'} (a mix that Faderbot made, no stems)",
    ]
    with pytest.raises(SessionUnreadable, match="song-mix holds no session"):
        learning.session_folders([tmp_path / "song-mix"], said.append)
    capsys.readouterr()
    learning.session_folders([tmp_path])
    assert capsys.readouterr().err == "".join(f"faderbot: {line}\n" for line in said[:2])


@pytest.mark.parametrize(
    ("seconds", "gain", "problem"), [(0.3, 0.1, "too short for a loudness"), (2.0, 0.0, "no track is audible")]
)
def test_a_session_with_nothing_to_learn_from_is_refused(sessions, tmp_path, capsys, seconds, gain, problem):
    folder = tmp_path / "odd"
    folder.mkdir()
    sf.write(folder / "Hum.wav", tone(300.0, gain, seconds, 44_100), 44_100)
    for command in (("train", "--out", str(tmp_path / "policy.npz"), "--steps", "100"), ("evaluate", *FAST)):
        assert main([command[0], str(sessions), str(folder), *command[1:]]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert f"{folder}: " in error
        assert problem in error


def test_a_checkpoint_that_can_not_be_written_is_one_line(sessions, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(learning_command, "train_policy", partial(train_policy, every=100))
    out = tmp_path / "policy.npz"
    (tmp_path / ".policy.npz.checkpoint.part").mkdir()  # where the checkpoint is written first
    assert main(["train", str(sessions), "--out", str(out), "--steps", "400"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"the checkpoint {out}.checkpoint can not be written" in error
    assert not out.exists()


def test_the_help_says_when_a_checkpoint_is_written(capsys):
    assert main(["train", "--help"]) == 0
    assert "Every 50,000 steps FILE.checkpoint is written" in " ".join(capsys.readouterr().out.split())


def test_each_session_is_trained_for_two_loudnesses(sessions):
    scenes = learning.training_scenes([learning.listen(sessions / "one")])
    assert [scene.goal.loudness_lufs for scene in scenes] == [-14.0, -23.0]


def test_the_results_do_not_depend_on_the_number_of_workers(sessions):
    recordings = [learning.listen(sessions / name) for name in ("one", "one")]
    table = QTable.fresh(Hyper())
    found = [
        learning.evaluate_all(
            recordings,
            table,
            scrambles=1,
            seed=0,
            episodes=1,
            cma_evaluations=60,
            loudness_lufs=-14.0,
            workers=workers,
            progress=lambda: None,
        )
        for workers in (1, 2)
    ]
    assert list(found[0]) == ["one", "one (2)"]
    costs = [[t.outcomes[m].cost for trials in run.values() for t in trials for m in METHODS] for run in found]
    assert costs[0] == pytest.approx(costs[1], abs=1e-9)


def test_training_writes_a_policy_and_says_so(trained, sessions, capsys):
    table, about = load(trained)
    assert about.sessions == ("one", "two")
    assert about.steps == 400
    assert str(sessions) not in about.model_dump_json(), "a policy names no path of the machine it was made on"
    assert np.count_nonzero(table.visits) > 20
    assert not trained.with_name("policy.npz.checkpoint").exists()


def test_training_again_gives_the_same_bytes(trained, sessions, tmp_path):
    again = tmp_path / "again.npz"
    assert main(["train", str(sessions), "--out", str(again), "--steps", "400"]) == 0
    assert again.read_bytes() == trained.read_bytes()


def test_a_checkpoint_of_another_run_is_refused(trained, sessions, tmp_path, capsys):
    out = tmp_path / "policy.npz"
    out.with_name("policy.npz.checkpoint").write_bytes(trained.read_bytes())
    assert main(["train", str(sessions), "--out", str(out), "--steps", "500"]) == 2
    assert "the checkpoint is of another training run (steps differ)" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("out", ["folder", "file/policy.npz"])
def test_an_output_that_can_not_be_is_refused_before_the_work(sessions, tmp_path, capsys, out):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert main(["train", str(sessions), "--out", str(tmp_path / out), "--steps", "400"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--out" in error


def test_evaluating_prints_every_method(trained, sessions, capsys):
    assert main(["evaluate", str(sessions), "--policy", str(trained), "--format", "markdown", *FAST]) == 0
    printed = capsys.readouterr()
    for method in METHODS:
        assert f"| {method} |" in printed.out
    assert "trained on one, two: no fair test" in printed.err


def test_evaluating_as_json_has_every_trial(trained, sessions, capsys):
    assert main(["evaluate", str(sessions / "one"), "--policy", str(trained), "--format", "json", *FAST]) == 0
    trials = json.loads(capsys.readouterr().out)
    assert set(trials) == {"one"}
    (trial,) = trials["one"]
    assert trial["outcomes"]["agent"]["cost"] <= trial["start_cost"]
    for terms in (trial["start_terms"], trial["outcomes"]["agent"]["terms"]):
        assert tuple(terms) == Cost._fields


def test_evaluating_as_tables_fits_a_terminal(trained, sessions, capsys):
    assert main(["evaluate", str(sessions), "--policy", str(trained), *FAST]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--target", "loud"), "there is no target 'loud'"),
        (("--policy", "README.md"), "README.md"),
        (("--scrambles", "0"), "--scrambles"),
    ],
)
def test_a_bad_wish_is_one_line(sessions, capsys, arguments, says):
    assert main(["evaluate", str(sessions), *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
