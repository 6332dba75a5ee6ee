"""Our heartbeat: that the user stopped the job in REAPER, or closed the panel, is noticed within two seconds."""

import json
import threading

from bridge.reaper.file_exchange import FileExchange
from bridge.reaper.file_link import Limits
from bridge.reaper.heart import Heart


def test_a_closed_panel_is_noticed_with_the_next_beat(tmp_path):
    closed = threading.Event()
    heart = Heart(FileExchange(tmp_path), 0.001, closed.set)
    heart.start()
    assert not closed.wait(0.01)
    FileExchange(tmp_path).put("cancel.json", {})
    assert closed.wait(10.0)
    heart.stop()


def test_there_is_a_beat_at_least_every_two_seconds():
    assert Limits().beat_s < 2.0


def test_every_beat_differs_from_the_one_before(tmp_path):
    exchange = FileExchange(tmp_path)
    heart = Heart(exchange, 0.001)
    heart.start()
    seen = set()
    waiting = threading.Event()
    while len(seen) < 3:
        seen.add(json.loads((tmp_path / "bridge.json").read_bytes())["beat"])
        assert not waiting.wait(0.001)
    heart.stop()
