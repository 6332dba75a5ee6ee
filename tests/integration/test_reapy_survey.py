"""A project read over the wire: reapy's own server, the process that holds reapy, and what becomes of both."""

import os
import subprocess
import sys
from pathlib import Path

from bridge.reaper.frames import Frame, read_frame, write_frame
from bridge.reaper.reapy_link import ReapyLink
from mock_daw.server import MockDaw
from tests.fake_reaper import running
from tests.session_surveys import differences, expected
from tests.sliced_drums import sliced_drums

ROOT = Path(__file__).parents[2]


def test_edited_drums_come_over_the_wire_as_they_are_and_without_items_too():
    with (
        MockDaw(sliced_drums(), web=0, reapy=0, tick_s=0.0) as daw,
        ReapyLink.connect(web_port=daw.web_address[1]) as reaper,
    ):
        found = reaper.survey()
        light = reaper.survey(items=False)
        again = reaper.survey()
    assert list(differences(found, expected(daw.live.session))) == []
    assert again == found
    bare = tuple(track.model_copy(update={"items": (), "locked": False}) for track in found.tracks)
    assert light == found.model_copy(update={"tracks": bare})


def test_a_process_that_is_killed_while_it_reads_leaves_reapys_server_as_it_is():
    """Each row takes longer than a request may: behind the first sign of life the next request is on its way."""
    with running("--slow", "GetTrackName") as port:
        ReapyLink.connect(web_port=port).close()  # starts the server, which this REAPER does only once
        command = [sys.executable, "-m", "bridge.reaper.reapy_child", "--host", "127.0.0.1", "--web-port", str(port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes) as process:
            assert "ok" in read_frame(process.stdout).header
            write_frame(process.stdin, Frame({"do": "survey"}))
            assert read_frame(process.stdout).header == {"alive": True}
            process.kill()
        with ReapyLink.connect(web_port=port) as other:
            assert [track.name for track in other.survey().tracks] == ["Kick", "Lead Vocal", "Café"]
