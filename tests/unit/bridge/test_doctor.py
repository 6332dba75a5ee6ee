"""What ``faderbot doctor`` finds, and which way it says a mix would take."""

import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bridge.connecting import Door
from bridge.deadline import Deadline
from bridge.doctor import BY_FILES, BY_OSC, BY_REAPY, BY_WEB, NO_WAY, Verdict, examine
from bridge.journal import FOLDER_VARIABLE, Journal, State
from bridge.one_job import only_job
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.surface import Surface
from bridge.other_daws import OTHER_DAWS
from tests.ardour_surfaces import Ardour, Plugin, Strip
from tests.fake_reaper import running
from tests.osc_surfaces import Channel, Line
from tests.reapers import MemoryLink
from tests.silent_servers import Web, hangs, serving, unused_port
from tests.unit.bridge.test_journal import entry

TRACKS = "TRACK\t0\tMASTER\t0\t1.0\t0.0\t0\t0\t1.0\t3\t0\t0\t0\t0\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "journal"))
    return tmp_path / "journal"


def found(door, budget_s=5.0):
    return list(examine(door, Deadline.after(budget_s)))


def whats(findings):
    return [finding.what for finding in findings]


def bad(findings):
    return [finding.what for finding in findings if finding.verdict is Verdict.BAD]


def web(port=""):
    answers = {"server_port": port, "activate_reapy_server": ""}
    states = {f"/_/GET/EXTSTATE/reapy/{key}": f"EXTSTATE\treapy\t{key}\t{value}\n" for key, value in answers.items()}
    return Web({"/_/TRACK": TRACKS, **states})


# Which way


def test_reapy_where_it_is_there():
    with running() as port:
        findings = found(Door(web_port=port), budget_s=60.0)
    assert (bad(findings), whats(findings)[-1]) == ([], BY_REAPY)


def test_the_web_interface_alone_where_reapy_is_not():
    with serving(web()) as port:
        findings = found(Door(web_port=port))
    assert ["has no reapy in it" in what for what in bad(findings)] == [True]
    assert whats(findings)[-1] == BY_WEB


def test_none_where_nothing_answers():
    findings = found(Door(web_port=unused_port()))
    assert ["nothing answers" in what for what in bad(findings)] == [True]
    assert whats(findings)[-1] == NO_WAY


def test_files_where_reapers_own_script_serves_them(tmp_path, monkeypatch):
    class Script(MemoryLink):
        def close(self):
            pass

    monkeypatch.setattr(Door, "files", lambda _door, _deadline: Script())
    assert whats(found(Door(through=tmp_path)))[-1] == f"{BY_FILES} {tmp_path}"


def test_none_where_no_script_serves_that_folder(tmp_path):
    assert whats(found(Door(through=tmp_path / "none")))[-1] == NO_WAY


def test_osc_where_it_is_asked_for(monkeypatch):
    @contextmanager
    def surface(_door):
        line = Line(Channel("Kick"))
        yield Surface(line, "127.0.0.1:8000", 9000, clock=line.clock)

    monkeypatch.setattr(Door, "surface", surface)
    assert whats(found(Door(osc=(8000, 9000))))[-1] == BY_OSC


# Other DAWs


def ardour(*strips, dead=False):
    """Return the door to an Ardour, with a stand-in for what its socket leads to."""
    line = Ardour(*strips)
    line.dead = dead

    def opened(link, where, _with_eq):
        link.close()
        return ArdourLine(line, where, clock=line.clock), ArdourMeters(line, where, clock=line.clock)

    return Door(osc=(unused_port(), 0), other=replace(OTHER_DAWS["ardour"], opened=opened))


def test_another_daw_is_told_with_its_tracks_its_eq_and_its_limits():
    findings = found(ardour(Strip("Kick", plugins=[Plugin()]), Strip("Bass"), Strip("Bus", kind="B")))
    assert bad(findings) == []
    said = " ".join(whats(findings))
    assert "Ardour over OSC" in said
    assert "2 tracks" in said
    assert "1 of 2 tracks have a flat ACE EQ" in said
    assert set(ArdourLine(None, "").limits) <= set(whats(findings))
    assert "enable its WebSockets Server too" in said


def test_another_daw_that_does_not_answer_is_told_with_what_to_switch_on():
    findings = found(ardour(dead=True))
    assert [finding.remedy for finding in findings if finding.verdict is Verdict.BAD] == [OTHER_DAWS["ardour"].remedy]


# In time


def test_a_reapy_that_is_silent_costs_no_more_than_the_budget():
    with serving(hangs) as reapy_port, serving(web(str(reapy_port))) as port:
        began_s = time.monotonic()
        findings = found(Door(web_port=port), budget_s=1.5)
        assert time.monotonic() - began_s < 3.5  # reapy's own limit is 5 s
    assert ["accepts but does not answer" in what for what in bad(findings)] == [True]
    assert whats(findings)[-1] == BY_WEB


# The journal


def test_a_journal_file_that_can_not_be_read_is_named_with_what_to_do(folder):
    folder.mkdir()
    (folder / "x.json").write_text("no json")
    findings = found(Door(web_port=unused_port()))
    (note,) = [finding for finding in findings if "x.json" in finding.what]
    assert (note.verdict, "moved away" in note.remedy) == (Verdict.NOTE, True)


def test_a_job_that_was_cut_off_is_not_one_that_is_under_way(folder):
    Journal(folder).open(entry(state=State.WRITING))
    door = Door(web_port=unused_port())
    assert any(what.startswith("a job was cut off: mix in song") for what in whats(found(door)))
    with only_job(folder, "REAPER"):
        during = whats(found(door))
    assert any("another Faderbot job works on REAPER" in what for what in during)
    assert not any("cut off" in what for what in during)
