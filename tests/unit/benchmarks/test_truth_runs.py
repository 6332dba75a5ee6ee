import pytest
from truth_runs import Runs


def test_what_was_measured_is_not_measured_again(tmp_path) -> None:
    measured = []

    def measure() -> dict[str, object]:
        measured.append(1)
        return {"share": [0.5]}

    for _ in range(2):
        with Runs.kept_in(tmp_path) as runs:
            runs.begin("algorithms", 1)
            assert runs.of("table 0", measure) == {"share": [0.5]}
    assert len(measured) == 1


def test_a_run_that_was_stopped_leaves_nothing_and_the_others_stay(tmp_path) -> None:
    def stopped() -> dict[str, object]:
        raise KeyboardInterrupt

    with Runs.kept_in(tmp_path) as runs:
        runs.of("table 0", lambda: {"share": [0.5]})
        with pytest.raises(KeyboardInterrupt):
            runs.of("table 1", stopped)
    assert [path.name for path in tmp_path.iterdir()] == ["table 0.json"]
