"""``faderbot explain`` and ``faderbot mix --explain`` as the user meets them."""

import json

import numpy as np
import pytest
from PIL import Image

from agent.policy import about, save
from agent.q_learning import Hyper, QTable
from agent.tile_coding import LinearQ, TileHyper
from bridge.cli import main
from bridge.explain_document import ExplainDocument
from bridge.schema import MixDocument
from tests.mixes import write_song


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


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


def test_what_is_no_table_is_said_in_one_line_with_what_to_do(refused, tmp_path):
    path = tmp_path / "tiles.npz"
    hyper = TileHyper(double=False)
    save(path, LinearQ.fresh(hyper), about(hyper, steps=0, seed=0, sessions=("a",)))
    line = refused(path)
    assert "only tables can be drawn" in line
    assert "mix STEMS_DIR --explain" in line


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
    MixDocument.model_validate_json((asked / "mix.json").read_text(encoding="utf-8"))


def test_why_is_for_folders(run):
    code, out, err = run("mix", "--daw", "reaper", "--explain")
    assert (code, out) == (2, "")
    assert "--explain is for folders" in err


def test_a_mix_of_strength_zero_has_no_moves_to_tell(run, stems):
    out = run("mix", stems, "--dry-run", "--explain", "--strength", "0", "--json")[1]
    assert json.loads(out)["why"] == []
    assert "holds everywhere" in run("mix", stems, "--dry-run", "--explain", "--strength", "0")[1]
