"""``exchange.lua`` and ``serve.lua``: files in a folder, turns of 2 ms, signs of life on both sides."""

import json

import pytest

from bridge.reaper.file_exchange import FileExchange
from tests.lua_reaper import LuaReaper, text
from tests.unit.daw_scripts.songs import song, surveyed

TURN_S = 0.002
CALL_S = 0.0001
MOST_CALLS = 60


class Service:
    """A folder that Lua serves, and the bridge's side of it by hand."""

    def __init__(self, live, folder):
        self.folder = folder / "through"
        self.folder.mkdir()
        self.lua = LuaReaper(live, folder)
        self.files = FileExchange(self.folder)
        clock = self.lua.globals[b"reaper"][b"time_precise"]
        self.server = self.lua.require("serve")[b"begin"](
            self.lua.require("exchange")[b"open"](str(self.folder).encode()), clock
        )
        self.beats = 0

    def turn(self, seconds=0.03, *, beat=True):
        if beat:
            self.beats += 1
            self.files.put("bridge.json", {"beat": self.beats})
        self.lua.now_s += seconds
        return text(self.server[b"turn"](self.server))

    def ask(self, number, **wanted):
        self.files.put(f"request-{number}.json", {"number": number, **wanted})
        for _ in range(1000):
            assert self.turn() == "serving"
            if (answer := self.files.message(f"answer-{number}.json")) is not None:
                return answer
        pytest.fail("no answer")


@pytest.fixture
def live(tmp_path):
    return song(tmp_path)


@pytest.fixture
def service(live, tmp_path):
    made = Service(live, tmp_path)
    yield made
    made.lua.end()


NOTES = {"name": "Faderbot drums", "start_s": 0.0, "end_s": 1.0, "notes": [[0.0, 0.1, 36, 100]], "channel": 9}


def test_notes_are_written_read_back_and_taken_away_again(service, live):
    before = live.session.tracks
    guid = service.ask(1, do="add_midi", midi={"undo_name": "Faderbot: rhythm", **NOTES})["ok"]["guid"]
    assert live.session.tracks[-1].guid == guid
    ((start_s, end_s, *rest),) = service.ask(2, do="midi_notes", guid=guid)["ok"]
    assert (start_s, end_s, rest) == (0.0, pytest.approx(0.1, abs=0.001), [36, 100])
    assert service.ask(3, do="delete_track", guid=guid, undo_name="Faderbot: undo")["ok"] is True
    assert live.session.tracks == before
    assert service.ask(4, do="midi_notes", guid=guid)["error"] == "gone"


def test_stopped_before_the_last_word_the_new_track_is_taken_back(service, live):
    before = live.session
    service.ask(1, do="add_midi", midi={"undo_name": "Faderbot: rhythm", **NOTES})
    assert service.server[b"abandon"](service.server) is True
    assert live.session == before


def test_requests_are_answered_one_after_the_other(service, live):
    found = service.ask(1, do="survey")
    assert found["version"] == found["number"] == 1
    assert [track["name"] for track in found["ok"]["tracks"]] == ["Bass", "Kick", "Lead Vocal"]
    assert service.ask(2, do="undo name")["ok"] == ""
    guid = surveyed(live).tracks[0].guid
    audio = service.ask(3, do="audio", guid=guid, start_s=0.0, samples=4_000, rate_hz=8_000)
    assert audio["ok"] is None
    assert len(service.files.samples("answer-3.f32")) == 4_000 * 8
    assert not list(service.folder.glob("request-*"))
    assert not list(service.folder.glob("*.new"))


def test_a_turn_is_over_after_two_milliseconds(service, live):
    guid = surveyed(live).tracks[0].guid
    wanted = {"do": "audio", "guid": guid, "start_s": 0.0, "samples": 24_000, "rate_hz": 8_000}
    service.files.put("request-1.json", {"number": 1, **wanted})
    spent = []
    service.lua.broken["GetAudioAccessorSamples"] = lambda: (
        setattr(service.lua, "now_s", service.lua.now_s + 0.0015) or 0
    )
    while service.files.message("answer-1.json") is None:
        before = service.lua.now_s
        service.turn(0.0)
        spent.append(service.lua.now_s - before)
        assert len(spent) < MOST_CALLS
    assert len(spent) >= 24 // 2
    assert max(spent) < 0.0045


@pytest.mark.parametrize(
    ("request_", "kind", "said"),
    [
        ({"do": "fly"}, "failed", "this script knows no “fly”"),
        ({"do": "audio", "guid": "{x}", "start_s": 0.0, "samples": 9, "rate_hz": 8000}, "gone", "{x}"),
        ({"do": "write"}, "failed", "attempt to index a nil value"),
    ],
)
def test_what_can_not_be_done_is_answered_too(service, request_, kind, said):
    answer = service.ask(1, **request_)
    assert answer["error"] == kind
    assert said in answer["message"]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (json.dumps({"version": 2, "number": 1, "do": "survey"}), "version", "version 1 is spoken here"),
        ("{", "failed", "no JSON at byte 2"),
        ("7", "failed", "a request that is 7"),
    ],
)
def test_a_request_of_another_version_or_none_is_refused(service, content, kind, said):
    (service.folder / "request-1.json").write_text(content)
    service.turn()
    answer = service.files.message("answer-1.json")
    assert answer["error"] == kind
    assert said in answer["message"]
    assert service.ask(2, do="undo name")["ok"] == ""


def test_reapers_heart_beats_twice_a_second(service):
    beats = [service.files.message("reaper.json")["beat"]]
    for _ in range(40):
        service.turn(0.05)
        beats.append(service.files.message("reaper.json")["beat"])
    assert beats[-1] - beats[0] in {3, 4}


def test_a_bridge_that_lives_no_more_is_noticed_within_two_seconds(service):
    for _ in range(10):
        assert service.turn(0.1) == "serving"
    ends = [service.turn(0.1, beat=False) for _ in range(25)]
    assert ends.index("silent") < 20
    assert set(ends[: ends.index("silent")]) == {"serving"}


def test_while_reaper_stood_still_the_bridge_was_not_heard_and_is_not_taken_for_dead(service):
    service.turn(0.3)
    assert service.turn(60.0, beat=False) == "serving"
    assert service.turn(0.3) == "serving"


def test_a_bridge_that_never_starts_is_given_up(service):
    ends = [service.turn(0.5, beat=False) for _ in range(62)]
    assert ends[58] == "serving"
    assert ends[-1] == "not started"


def test_the_bridges_last_word_ends_it(service):
    service.files.put("progress.json", {"stage": "hear", "share": 0.5})
    assert service.turn(0.3) == "serving"
    assert service.server[b"progress"][b"share"] == 0.5
    service.files.put("result.json", {"ok": {"lines": ["done"]}})
    assert service.turn(0.3) == "done"


def test_what_nobody_vouches_for_is_undone_where_it_is_still_the_last_step(service, live):
    guid = surveyed(live).tracks[0].guid
    write = {"undo_name": "Faderbot: auto-mix (1 track)", "tracks": [{"guid": guid, "gain_linear": 0.5}]}
    before = live.session
    assert service.ask(1, do="write", write=write)["ok"] is None
    assert live.undo_names == ("Faderbot: auto-mix (1 track)",)
    assert service.server[b"abandon"](service.server)
    assert live.session == before
    assert service.files.cancelled
    assert not service.server[b"abandon"](service.server)


def test_all_files_go_and_the_folder_with_them(service):
    service.ask(1, do="undo name")
    exchange = service.server[b"exchange"]
    exchange[b"cancel"](exchange)
    exchange[b"clear"](exchange)
    assert not service.folder.exists()


def test_after_thousands_of_requests_clearing_up_stays_short(service):
    service.ask(1, do="undo name")
    exchange = service.server[b"exchange"]
    exchange[b"number"] = 5000
    system = service.lua.globals[b"os"]
    removed, remove = [], system[b"remove"]

    def counted(path):
        removed.append(path)
        return remove(path)

    system[b"remove"] = counted
    exchange[b"clear"](exchange)
    assert len(removed) < 10
    assert not service.folder.exists()


def test_a_disk_that_takes_no_more_ends_it(service):
    service.files.put("request-1.json", {"number": 1, "do": "undo name"})
    content = (service.folder / "request-1.json").read_bytes()
    exchange = service.server[b"exchange"]
    exchange[b"text"] = lambda _, name: content if name == b"request-1.json" else None
    exchange[b"folder"] = str(service.folder / "nowhere").encode()
    service.lua.now_s += 0.03
    assert text(service.server[b"turn"](service.server)) == "failed"
    assert text(service.server[b"trouble"]) == "the disk takes no more files"
