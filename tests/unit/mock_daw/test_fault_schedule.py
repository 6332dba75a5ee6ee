"""Faults begin and end when they should, each once."""

from mock_daw.fault_schedule import Schedule
from mock_daw.fault_spec import parse_fault

NOTHING = {"seconds": 0.0, "osc": 0, "web": 0, "reapy": 0, "write": 0}


def due(schedule: Schedule, **reached: float) -> list[str]:
    return [fault.spec if begins else f"{fault.spec} ends" for fault, begins in schedule.due({**NOTHING, **reached})]


def schedule(*specs: str) -> Schedule:
    return Schedule([parse_fault(spec) for spec in specs])


def test_a_fault_without_a_time_begins_at_once_and_only_once():
    faults = schedule("loss=0.1")
    assert due(faults) == ["loss=0.1"]
    assert due(faults, seconds=100.0) == []


def test_a_fault_begins_at_its_time_and_ends_after_its_for():
    faults = schedule("freeze@5s for 3s")
    assert due(faults, seconds=4.9) == []
    assert due(faults, seconds=5.5) == ["freeze@5s for 3s"]
    assert due(faults, seconds=8.4) == []
    assert due(faults, seconds=8.5) == ["freeze@5s for 3s ends"]
    assert due(faults, seconds=99.0) == []


def test_a_fault_begins_after_its_count_of_its_own_kind():
    faults = schedule("vanish@web#3")
    assert due(faults, web=2, osc=99, reapy=99, write=99, seconds=99.0) == []
    assert due(faults, web=3) == ["vanish@web#3"]


def test_a_count_that_was_leapt_over_counts():
    assert due(schedule("user-undo@write#2"), write=5) == ["user-undo@write#2"]


def test_what_ends_comes_before_what_begins():
    faults = schedule("freeze@1s for 1s", "user-stop@2s")
    due(faults, seconds=1.0)
    assert due(faults, seconds=2.0) == ["freeze@1s for 1s ends", "user-stop@2s"]


def test_two_of_the_same_are_two():
    assert due(schedule("user-undo@1s", "user-undo@1s"), seconds=1.0) == ["user-undo@1s"] * 2
