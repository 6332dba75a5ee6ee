"""``faderbot explain`` and ``faderbot mix --explain`` as the user meets them."""

import json
from functools import partial

import numpy as np
import pytest
from PIL import Image

from agent.network import DeepHyper, Network
from agent.policy import about, save
from agent.q_learning import Hyper, QTable
from agent.sampling import sampled
from agent.tile_coding import LinearQ, TileHyper
from bridge import explain_command
from bridge.explain_document import ExplainDocument
from bridge.schema import MixDocument
from tests.mixes import write_song
from tests.running_mocks import running


@pytest.fixture
def refused(run):
    def refused(*arguments):
        code, out, err = run("explain", *arguments)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        return err

    return refused


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("explain") / "stems")


@pytest.mark.parametrize(
    ("name", "subject", "axes"),
    [("shipped", "mixing", "level,mix"), ("shipped-tone", "tone", "error,loudness"),
     ("shipped-rhythm", "rhythm", "kick,snare")],
)  # fmt: skip
def test_the_tables_that_come_along_are_explained(run, name, subject, axes):
    code, out, err = run("explain", name, "--axes", axes, "--json")
    assert (code, err) == (0, "")
    told = ExplainDocument.model_validate_json(out)
    assert told.subject == subject
    assert [(one.rows, one.columns) for one in told.maps] == [tuple(axes.split(","))]
    assert sum(map(sum, told.maps[0].visits)) == told.visits
    assert sum(one.share for one in told.greedy) == pytest.approx(1.0, abs=0.01)
    assert min(one.sure for one in told.most_certain) > max(one.sure for one in told.least_certain)


def test_the_shipped_table_turns_down_what_is_too_loud_and_up_what_is_too_quiet(run):
    told = ExplainDocument.model_validate_json(run("explain", "--axes", "level,kind", "--json")[1])
    actions = {name: row[1] for name, row in zip(told.maps[0].row_names, told.maps[0].greedy, strict=True)}
    assert actions["over 5 LU too loud"] == "volume -3 dB"
    assert actions["2–5 LU too quiet"] == "volume +3 dB"


@pytest.mark.parametrize("axes", [[], ["--axes", "tone,masking", "--axes", "level,tone"]])
def test_the_report_keeps_to_80_columns(run, axes):
    code, out, err = run("explain", *axes)
    assert (code, err) == (0, "")
    assert "V and the best action, level down" in out
    assert "Most certain" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_folder_gets_a_picture_and_the_document(run, tmp_path):
    code, out, err = run("explain", "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "explain.png, explain.json" in " ".join(out.split())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["explain.json", "explain.png"]
    ExplainDocument.model_validate_json((tmp_path / "out" / "explain.json").read_text(encoding="utf-8"))
    with Image.open(tmp_path / "out" / "explain.png") as picture:
        assert picture.width > 1000
        assert len(np.unique(np.asarray(picture).reshape(-1, picture.mode.count("A") + 3), axis=0)) > 50


def test_a_file_that_train_made_is_explained_even_where_it_has_seen_nothing(run, tmp_path):
    path = tmp_path / "mine.npz"
    made = about(Hyper(double=False), steps=0, seed=0, sessions=("a",))
    save(path, QTable.fresh(Hyper(double=False)), made)
    code, out, err = run("explain", path, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "0 of its 7,776 states" in out


def test_tiles_are_played_on_made_up_sessions_and_drawn_over_the_states_of_a_table(run, tmp_path, monkeypatch):
    monkeypatch.setattr(explain_command, "sampled", partial(sampled, episodes=2))
    path = tmp_path / "tiles.npz"
    hyper = TileHyper(double=False)
    save(path, LinearQ.fresh(hyper), about(hyper, steps=7, seed=0, sessions=("a",)))
    code, out, err = run("explain", path, "--axes", "level,mix", "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "What the policy of mixing has learned (tiles, 7 steps)" in out
    told = ExplainDocument.model_validate_json((tmp_path / "out" / "explain.json").read_text(encoding="utf-8"))
    assert "made-up sessions for" in out
    assert told.played == told.visits == sum(map(sum, told.maps[0].visits))
    values = [value for row in told.maps[0].value for value in row if value is not None]
    assert values == pytest.approx([hyper.optimism] * len(values)), "untrained, all is worth the same"


def test_bad_input_is_one_line(refused, tmp_path):
    assert "shipped-tone" in refused(tmp_path / "none.npz")
    other = tmp_path / "other.npz"
    other.write_text("no policy")
    assert "not a Faderbot policy" in refused(other)
    np.savez(tmp_path / "arrays.npz", tables=np.zeros(3))
    assert "not a Faderbot policy" in refused(tmp_path / "arrays.npz")
    assert "can not be read" in refused(tmp_path)
    for axes in ("level,depth", "level", "level,level", "level,mix,tone"):
        line = refused("--axes", axes)
        assert "kind, level, mix, tone, masking, headroom" in line
    (tmp_path / "file").write_text("")
    assert "is a file" in refused("--out", tmp_path / "file")


def test_a_mix_says_why_where_it_is_asked_for_and_is_else_the_same_to_the_byte(run, stems, tmp_path):
    plain, asked = tmp_path / "plain", tmp_path / "asked"
    assert run("mix", stems, "--out", plain)[0] == 0
    code, out, _ = run("mix", stems, "--out", asked, "--explain")
    assert code == 0
    assert "Why: the policy's own moves" in out
    assert (plain / "mix.wav").read_bytes() == (asked / "mix.wav").read_bytes()
    told = json.loads((asked / "mix.json").read_text(encoding="utf-8"))
    why = told.pop("why")
    assert json.dumps(told, indent=2, ensure_ascii=False) + "\n" == (plain / "mix.json").read_text(encoding="utf-8")
    assert {one["track"] for one in why} <= {None, "Kick", "Bass", "Lead Vocal"}
    assert why, "this song is far from balanced"
    assert all(one["q"] >= one["next_q"] for one in why)
    refined = [one for one in why if one["by"] == "refined"]
    assert {one["by"] for one in why} == {"policy", "refined"}
    assert [one["trained_q"] is None for one in why] == [one["by"] == "policy" for one in why]
    assert any(one["q"] != one["trained_q"] for one in refined), "a session moves the values that it visits"
    assert "its moves once its values are refined on this session" in " ".join(out.split())
    MixDocument.model_validate_json((asked / "mix.json").read_text(encoding="utf-8"))


def test_a_network_which_is_not_refined_tells_its_own_moves_alone(run, stems, tmp_path):
    rng = np.random.default_rng(2)
    network = Network([(rng.normal(0, 0.3, (15, 19)).astype(np.float32), np.zeros(15, np.float32))])
    save(tmp_path / "net.npz", network, about(DeepHyper(), steps=1, seed=0, sessions=("a",)))
    code, out, _ = run("mix", stems, "--dry-run", "--explain", "--policy", tmp_path / "net.npz", "--json")
    assert code == 0
    assert {one["by"] for one in json.loads(out)["why"]} == {"policy"}


@pytest.mark.slow
def test_a_mix_in_a_running_daw_says_why_too(run, stems, tmp_path, monkeypatch):
    monkeypatch.setenv("FADERBOT_STATE_DIR", str(tmp_path))
    with running(stems, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        place = ("--daw", "reaper", "--web-port", daw.endpoints["web"][1], "--explain")
        code, out, _ = run("mix", *place, "--dry-run", "--json")
        assert code == 0
        why = json.loads(out)["why"]
        code, said, _ = run("mix", *place)
    assert code == 0
    alone = json.loads(run("mix", stems, "--dry-run", "--explain", "--json")[1])["why"]
    names = ("by", "track", "action", "seen")
    assert [[one[name] for name in names] for one in why] == [[one[name] for name in names] for one in alone]
    assert "its moves once its values are refined on this session" in " ".join(said.split())
    assert "takes it back" in " ".join(said.split())


def test_a_mix_of_strength_zero_has_no_moves_to_tell(run, stems):
    out = run("mix", stems, "--dry-run", "--explain", "--strength", "0", "--json")[1]
    assert json.loads(out)["why"] == []
    assert "holds everywhere" in run("mix", stems, "--dry-run", "--explain", "--strength", "0")[1]
