import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent import policy
from agent.actions import ACTIONS
from agent.observation import SHAPE
from agent.policy import PolicyUnreadable, load, save
from agent.q_learning import STATES, Hyper, QTable

Parts = dict[str, Any]


@pytest.fixture
def table() -> QTable:
    rng = np.random.default_rng(3)
    shape = (STATES, len(ACTIONS))
    return QTable(rng.normal(size=(1, *shape)), rng.integers(0, 9, shape))


@pytest.fixture
def saved(tmp_path: Path, table: QTable) -> Path:
    path = tmp_path / "policy.npz"
    save(path, table, made())
    return path


def made(hyper: Hyper | None = None) -> policy.About:
    return policy.about(
        hyper or Hyper(double=False), steps=123, seed=7, sessions=("a song", "ünïcode 🎚"), command="faderbot train"
    )


def parts_of(path: Path) -> Parts:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def rewritten(path: Path, about: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Change what is in a policy as a text editor or another program would: the checksum stays as it was."""
    parts = parts_of(path)
    if about:
        told = json.loads(bytes(parts["about"]).decode()) | about
        parts["about"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez(path, **(parts | changes))
    return path


def refused(path: Path) -> str:
    with pytest.raises(PolicyUnreadable) as caught:
        load(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_what_is_saved_is_loaded(saved: Path, table: QTable) -> None:
    loaded, about = load(saved)
    np.testing.assert_array_equal(loaded.tables, table.tables)
    np.testing.assert_array_equal(loaded.visits, table.visits)
    assert about.sessions == ("a song", "ünïcode 🎚")
    assert about.hyper_parameters["double"] is False
    assert about.hyper_parameters["gamma"] == Hyper().gamma
    assert (about.steps, about.seed, about.command) == (123, 7, "faderbot train")
    assert about.state_shape == SHAPE
    assert re.fullmatch("[0-9a-f]{64}", about.sha256)


def test_a_double_table_is_saved_whole(tmp_path: Path) -> None:
    hyper = Hyper(double=True)
    save(tmp_path / "p.npz", QTable.fresh(hyper), made(hyper))
    loaded, about = load(tmp_path / "p.npz")
    assert loaded.tables.shape[0] == 2
    assert about.algorithm == "double q-learning"


def test_a_loaded_table_can_be_learned_on(saved: Path) -> None:
    loaded, _ = load(saved)
    loaded.tables[0, 0, 0] = 1.0
    loaded.visits[0, 0] += 1


def test_the_same_table_makes_the_same_bytes(tmp_path: Path, saved: Path, table: QTable) -> None:
    save(tmp_path / "again.npz", table.copy(), made())
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()
    table.tables[0, 5, 5] += 1e-12
    save(tmp_path / "other.npz", table, made())
    assert (tmp_path / "other.npz").read_bytes() != saved.read_bytes()


def test_no_time_of_day_is_in_it(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_numpy_alone_can_read_it(saved: Path) -> None:
    parts = parts_of(saved)
    assert set(parts) == {"tables", "visits", "about"}
    assert json.loads(bytes(parts["about"]))["format"] == "faderbot-policy"


def test_an_older_policy_is_replaced_and_nothing_lies_beside_it(saved: Path) -> None:
    save(saved, QTable.fresh(Hyper(double=False)), made())
    assert (load(saved)[0].tables == Hyper().optimism).all()
    assert [p.name for p in saved.parent.iterdir()] == ["policy.npz"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.npz")


def test_a_folder(tmp_path: Path) -> None:
    assert "can not be read" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 1000, b"PK\x03\x04", b'{"version": 1}'])
def test_a_file_of_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.npz"
    path.write_bytes(content)
    assert "is not a Faderbot policy: train it again" in refused(path)


def test_a_truncated_file(saved: Path) -> None:
    whole = saved.read_bytes()
    for kept in (10, len(whole) // 4, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        saved.write_bytes(whole[:kept])
        assert "is not a Faderbot policy" in refused(saved)


def test_another_zip_file(tmp_path: Path) -> None:
    path = tmp_path / "policy.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "is not a Faderbot policy" in refused(path)


@pytest.mark.parametrize("missing", ["tables", "visits", "about"])
def test_a_policy_without_one_of_its_parts(saved: Path, missing: str) -> None:
    parts = parts_of(saved)
    del parts[missing]
    np.savez(saved, **parts)
    assert "is not a Faderbot policy" in refused(saved)


def test_values_that_were_changed(saved: Path, table: QTable) -> None:
    table.tables[0, 10, 3] += 0.5
    assert "was changed after it was written" in refused(rewritten(saved, tables=table.tables))


def test_visits_that_were_changed(saved: Path, table: QTable) -> None:
    table.visits[10, 3] += 1
    assert "was changed after it was written" in refused(rewritten(saved, visits=table.visits))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers(tmp_path: Path, table: QTable, value: float) -> None:
    table.tables[0, 10, 3] = value
    save(tmp_path / "policy.npz", table, made())
    assert "was changed after it was written" in refused(tmp_path / "policy.npz")


def test_another_version(saved: Path) -> None:
    text = refused(rewritten(saved, {"version": 2}))
    assert "is of policy version 2, this Faderbot reads 1: train it again" in text


def test_no_version(saved: Path) -> None:
    assert "version" in refused(rewritten(saved, {"version": None}))


@pytest.mark.parametrize("change", [{"state_shape": [2, 8, 3, 9, 9, 3]}, {"actions": ["hold"]}])
def test_a_policy_for_other_states_or_actions(saved: Path, change: dict[str, Any]) -> None:
    assert "was trained for other states or actions" in refused(rewritten(saved, change))


@pytest.mark.parametrize(
    "changes",
    [
        {"tables": np.zeros((1, STATES, 14))},
        {"tables": np.zeros((STATES, len(ACTIONS)))},
        {"tables": np.zeros((1, STATES, len(ACTIONS)), np.float32)},
        {"tables": np.zeros((1, STATES, len(ACTIONS)), "U1")},
        {"visits": np.zeros((STATES, len(ACTIONS)))},
        {"visits": np.zeros((3, 3), np.int64)},
        {"tables": np.float64(1.0), "visits": np.int64(1)},
    ],
)
def test_arrays_of_another_shape_or_type(saved: Path, changes: Parts) -> None:
    assert "was trained for other states or actions" in refused(rewritten(saved, **changes))


@pytest.mark.parametrize(
    "change", [{"steps": -1}, {"steps": "many"}, {"extra": 1}, {"sessions": None}, {"format": "something else"}]
)
def test_a_description_that_makes_no_sense(saved: Path, change: dict[str, Any]) -> None:
    assert "describes itself wrongly" in refused(rewritten(saved, change))


@pytest.mark.parametrize("text", [b"", b"not json", b"[1, 2]", b"7", b"\xff\xfe"])
def test_a_description_that_is_no_json_object(saved: Path, text: bytes) -> None:
    assert "is not a Faderbot policy" in refused(rewritten(saved, about=None) and with_about(saved, text))


def with_about(path: Path, text: bytes) -> Path:
    parts = parts_of(path) | {"about": np.frombuffer(text, np.uint8)}
    np.savez(path, **parts)
    return path


class Bomb:
    """Unpickling this would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("part", ["tables", "visits", "about"])
def test_a_pickle_inside_is_never_opened(saved: Path, tmp_path: Path, part: str) -> None:
    harm = tmp_path / "harm"
    parts = parts_of(saved) | {part: np.array([Bomb(harm)], object)}
    np.savez(saved, allow_pickle=True, **parts)
    assert "is not a Faderbot policy" in refused(saved)
    assert not harm.exists()


def test_a_pickle_alone_is_never_opened(tmp_path: Path) -> None:
    harm, path = tmp_path / "harm", tmp_path / "policy.npz"
    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb(harm)], object), allow_pickle=True)
    path.write_bytes(buffer.getvalue())
    assert "is not a Faderbot policy" in refused(path)
    assert not harm.exists()


def test_a_folder_that_is_not_there_is_not_written_to(tmp_path: Path, table: QTable) -> None:
    with pytest.raises(OSError, match="No such file"):
        save(tmp_path / "no" / "policy.npz", table, made())
    assert list(tmp_path.iterdir()) == []


def test_no_part_is_left_where_the_place_is_taken(tmp_path: Path, table: QTable) -> None:
    (tmp_path / "policy.npz").mkdir()
    with pytest.raises(OSError, match="policy"):
        save(tmp_path / "policy.npz", table, made())
    assert [p.name for p in tmp_path.iterdir()] == ["policy.npz"]


def test_one_flipped_bit_anywhere_in_the_arrays_is_noticed(saved: Path) -> None:
    whole = saved.read_bytes()
    for at in range(40, len(whole) // 2, len(whole) // 60):
        flipped = bytearray(whole)
        flipped[at] ^= 0x10
        saved.write_bytes(flipped)
        refused(saved)


def test_a_plain_array_file(tmp_path: Path) -> None:
    path = tmp_path / "policy.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    assert "is not a Faderbot policy" in refused(path)
