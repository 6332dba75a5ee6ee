"""Faults in words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_daw.errors import FaultError
from mock_daw.fault_spec import fault_help, parse_fault
from mock_daw.faults import AT_THE_START, TABLE, Fault, Trigger
from mock_daw.inbox import Wire

DOCUMENTATION = (Path(__file__).parents[3] / "docs/mock_daw.md").read_text(encoding="utf-8")
BOTH_OSC = (Wire.OSC_IN, Wire.OSC_OUT)


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("loss=0.1", Fault("loss", 0.1, BOTH_OSC)),
        ("osc-in:loss=0.1", Fault("loss", 0.1, (Wire.OSC_IN,))),
        ("osc:duplicate=1@2s for 3s", Fault("duplicate", 1.0, BOTH_OSC, Trigger("seconds", 2.0), 3.0)),
        ("delay=0.2", Fault("delay", 0.2, (*BOTH_OSC, Wire.WEB, Wire.REAPY))),
        ("web:delay=0.2", Fault("delay", 0.2, (Wire.WEB,))),
        ("freeze@5s for 3s", Fault("freeze", None, (), Trigger("seconds", 5.0), 3.0)),
        ("freeze@web#3 for 0.5", Fault("freeze", None, (), Trigger("web", 3.0), 0.5)),
        ("restart@5", Fault("restart", None, (), Trigger("seconds", 5.0))),
        ("vanish@write#12", Fault("vanish", None, (), Trigger("write", 12.0))),
        ("reapy-crash@reapy#20", Fault("reapy-crash", None, (), Trigger("reapy", 20.0))),
        ("user-fader@1.5s:track=3,db=-10",
         Fault("user-fader", None, (), Trigger("seconds", 1.5), None, {"track": 3, "db": -10.0})),
        ("user-fader:track=0,db=1", Fault("user-fader", options={"track": 0, "db": 1.0})),
        ("user-rename@osc#1:track=1, name=Lead Vox: dry",
         Fault("user-rename", None, (), Trigger("osc", 1.0), None, {"track": 1, "name": "Lead Vox: dry"})),
        ("user-mute@1s:track=2", Fault("user-mute", None, (), Trigger("seconds", 1.0), None, {"track": 2, "on": 1})),
    ],
)  # fmt: skip
def test_a_fault_is_read(spec, wanted):
    read = parse_fault(f" {spec} ")
    assert read.spec == spec
    for field in ("name", "value", "wires", "trigger", "for_s", "options"):
        assert getattr(read, field) == getattr(wanted, field), field


@pytest.mark.parametrize("row", TABLE.values(), ids=list(TABLE))
def test_every_example_reads_and_stands_in_the_help_and_the_documentation(row):
    fault = parse_fault(row.example)
    assert TABLE[fault.name] is row
    assert row.example in fault_help()
    assert row.words in fault_help()
    assert f"| `{row.example}` | {row.words} |" in DOCUMENTATION


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("", "does not read as"),
        ("los=0.1", "there is no fault “los”"),
        ("loss", "needs a value from 0 to 1"),
        ("loss=", "is not a number"),
        ("loss=1.5", "needs a value from 0 to 1"),
        ("loss=nan", "is not a number"),
        ("freeze=1", "takes no value"),
        ("web:loss=0.1", "only osc-in, osc-out"),
        ("web:freeze", "befalls no wire"),
        ("freeze@soon", "is not a number"),
        ("freeze@-1s", "is not a number"),
        ("freeze@web#0", "no time (5s) and no count"),
        ("freeze@mail#1", "no time (5s) and no count"),
        ("vanish@5s for 3s", "has no end"),
        ("freeze@5s for ever", "is not a number"),
        ("user-fader@5s", "“track” is missing"),
        ("user-fader@5s:track=3", "“db” is missing"),
        ("user-fader@5s:track=x,db=1", "no whole number"),
        ("user-fader@5s:track=3,db=loud", "is not a number"),
        ("user-fader@5s:track=3,db=1e9", "is not a number"),
        ("user-fader@5s:track=3,gain=1", "takes track, db, not “gain”"),
        ("user-undo@5s:track=3", "takes no options"),
        ("user-fader@5s:3", "not KEY=VALUE"),
    ],
)
def test_what_is_no_fault_is_refused_in_one_line_that_helps(spec, complaint):
    with pytest.raises(FaultError) as raised:
        parse_fault(spec)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "--faults help" in str(raised.value)


@given(st.text(max_size=40) | st.from_regex(r"(osc:)?(loss|freeze|user-fader)(=.{0,4})?(@.{0,6})?(:.{0,8})?"))
def test_any_text_is_a_fault_or_refused(text):
    try:
        fault = parse_fault(text)
    except FaultError:
        return
    assert fault.trigger.at >= AT_THE_START.at
