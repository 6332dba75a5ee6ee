"""``faderbot mix --tempo`` as the user meets it: on a folder of stems, and in a running REAPER."""

import json

import numpy as np
import pytest
import rpp
import soundfile as sf

from agent.mixing import Wish
from agent.tempo import TempoGoal
from bridge.journal import Journal, State
from bridge.live_job import mix_live
from bridge.progress import Silent
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.web import WebInterface
from bridge.schema import MixDocument
from bridge.tempo import tempo_wish
from bridge.tempo_hearing import chosen_tempo
from bridge.undoing import undo_last
from tests.mixes import POLICY
from tests.reapers import MemoryLink, survey, track
from tests.running_mocks import running

RATE_HZ = 32_000
BPM = 103.0
SECONDS = 14.0


def hits(freq_hz, every, first=0, decay_s=0.05):
    """Return decaying tones on every so many eighths."""
    audio = np.zeros((round(SECONDS * RATE_HZ), 2), np.float32)
    time_s = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    hit = 0.4 * np.sin(2 * np.pi * freq_hz * time_s) * np.exp(-time_s / decay_s)
    eighth_s = 30.0 / BPM
    for number in range(first, int(SECONDS / eighth_s) - 1, every):
        start = round(number * eighth_s * RATE_HZ)
        audio[start : start + len(hit)] += hit[: len(audio) - start, None]
    return audio


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tempo") / "stems"
    folder.mkdir()
    for name, audio in {
        "Kick": hits(60.0, 4),
        "Snare": hits(220.0, 4, 2),
        "Hat": 0.3 * hits(6000.0, 1, decay_s=0.01),
        "Bass": hits(82.4, 2, decay_s=0.1),
    }.items():
        sf.write(folder / f"{name}.wav", audio, RATE_HZ, "PCM_24")
    return folder


@pytest.fixture
def mixed(run, stems):
    def mixed(*arguments):
        code, out, err = run("mix", stems, *arguments, "--json")
        assert (code, err) == (0, "")
        return MixDocument.model_validate_json(out)

    return mixed


def project(folder):
    return rpp.loads((folder / "mix.RPP").read_text())


# A folder


def test_a_mix_without_a_tempo_has_no_word_of_one(mixed):
    document = mixed("--dry-run", "--strength", 0)
    assert document.tempo is None
    assert '"tempo":' not in document.text()


def test_to_match_writes_the_heard_tempo_and_leaves_the_audio_alone(mixed, tmp_path):
    document = mixed("--tempo", "match", "--no-eq", "--out", tmp_path)
    told = document.tempo
    assert told.heard_bpm == told.after_bpm == pytest.approx(BPM, rel=0.005)
    assert (told.asked, told.before_bpm, told.stretched, told.length_s) == ("match", 120.0, False, SECONDS)
    assert sf.info(tmp_path / "mix.wav").frames == SECONDS * RATE_HZ
    written = project(tmp_path)
    assert float(written.find("TEMPO")[1]) == pytest.approx(told.after_bpm, abs=1e-3)
    assert {float(item.find("PLAYRATE")[1]) for item in written.findall(".//ITEM")} == {1.0}
    assert any(reason.text.startswith("Tempo 120.0 → 103.") for reason in document.reasons)


def test_a_number_stretches_the_mix_and_the_project_alike(mixed, tmp_path):
    document = mixed("--tempo", 112, "--target", -20, "--no-eq", "--out", tmp_path)
    told = document.tempo
    speed = 112.0 / told.before_bpm
    assert told.before_bpm == pytest.approx(BPM, rel=0.005)
    assert (told.asked, told.after_bpm, told.stretched) == ("112", 112.0, True)
    frames = sf.info(tmp_path / "mix.wav").frames
    assert frames == round(SECONDS * RATE_HZ / speed)
    assert told.length_s == pytest.approx(frames / RATE_HZ, abs=1e-3)
    assert document.after.figures.loudness_lufs == pytest.approx(-20.0, abs=0.1)
    items = project(tmp_path).findall(".//ITEM")
    assert {round(float(item.find("PLAYRATE")[1]), 6) for item in items} == {round(speed, 6)}
    assert {item.find("PLAYRATE")[2] for item in items} == {"1"}  # it preserves the pitch
    assert {round(float(item.find("LENGTH")[1]) * RATE_HZ) for item in items} == {frames}


def test_what_can_not_be_done_is_said_and_the_rest_is_mixed(mixed, run, tmp_path):
    far = mixed("--tempo", 30, "--no-eq", "--dry-run")
    assert (far.tempo.before_bpm, far.tempo.after_bpm) == (120.0, 120.0)
    assert any("sounds processed" in note for note in far.notes)
    assert far.after.cost.balance <= far.before.cost.balance
    assert far.master.after_db != far.master.before_db
    noise = tmp_path / "noise"
    noise.mkdir()
    sf.write(noise / "Noise.wav", np.full((RATE_HZ, 2), 0.01), RATE_HZ)
    code, out, _ = run("mix", noise, "--tempo", "match", "--dry-run", "--json")
    assert code == 0
    assert any(note.startswith("the tempo was left alone: ") for note in json.loads(out)["notes"])


@pytest.mark.parametrize(
    "typed", [("--tempo", "0"), ("--tempo", "fast"), ("--tempo", "500"), ("--tempo", "match", "--stretch-items")]
)
def test_what_is_no_tempo_is_refused_before_anything_is_read(run, stems, typed):
    code, out, err = run("mix", stems, *typed)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_report_has_a_row_of_the_tempo(run, stems):
    _, out, _ = run("mix", stems, "--tempo", "match", "--dry-run", "--strength", 0)
    row = next(line.split() for line in out.splitlines() if line.startswith("Tempo BPM"))
    assert row[2] == "120.0"
    assert float(row[3]) == pytest.approx(BPM, abs=0.6)


# A DAW in memory


def job(link, typed, tmp_path, **how):
    daw = ReaperDaw(link, "127.0.0.1:2307")
    session = daw.read()
    choice = chosen_tempo(daw, session, tempo_wish(typed, **how), Silent())
    wish = Wish(loudness_lufs=-20.0, eq=False, tempo=choice.goal)
    return daw, choice, mix_live(daw, wish, POLICY, Journal(tmp_path), session)


def test_tempo_and_faders_are_one_undo_step_and_the_journal_has_both(tmp_path):
    link = MemoryLink(survey(timebase=1))
    found = link.now
    daw, choice, result = job(link, "108", tmp_path)
    assert choice.goal == TempoGoal(108.0, stretched=True)
    assert (link.now.tempo_bpm, result.settings.tempo_bpm) == (108.0, 108.0)
    assert len(link.undo_steps) == 1
    assert not link.written[-1].items_stay
    ((_, entry),) = Journal(tmp_path).entries()
    assert (entry.changes[-1].what, entry.changes[-1].found, entry.changes[-1].wanted) == ("tempo", 120.0, 108.0)
    undo_last(daw, Journal(tmp_path))
    assert link.now == found
    assert [entry.state for _, entry in Journal(tmp_path).entries()] == [State.UNDONE]


def test_items_that_keep_time_are_watched_while_the_tempo_is_set(tmp_path):
    link = MemoryLink(survey(timebase=0))
    daw = ReaperDaw(link, "")
    session = daw.read()
    mix_live(daw, Wish(eq=False, tempo=TempoGoal(96.0)), POLICY, Journal(tmp_path), session)
    assert link.now.tempo_bpm == 96.0
    assert link.written[-1].items_stay


def test_a_tempo_that_is_left_alone_is_not_written(tmp_path):
    link = MemoryLink(survey(track("Kick"), track("Bass"), track("Lead Vocal"), timebase=1, tempo_markers=2))
    _, choice, _ = job(link, "108", tmp_path)
    assert "2 tempo markers" in choice.notes[0]
    assert link.now.tempo_bpm == 120.0
    assert link.written[-1].tempo_bpm is None


# A running REAPER


@pytest.mark.slow
def test_reaper_stretches_its_items_with_the_tempo_and_one_undo_takes_it_all_back(faderbot, stems):
    with running(stems, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        port = daw.endpoints["web"][1]
        mix = ("mix", "--daw", "reaper", "--web-port", port, "--tempo", 126, "--json")

        def seen():
            with ReapyLink.connect("127.0.0.1", port) as link:
                return link.survey()

        before = seen()
        assert json.loads(faderbot(*mix, "--dry-run"))["tempo"]["after_bpm"] == 126.0
        assert seen().change_count == before.change_count
        told = json.loads(faderbot(*mix))
        after = seen()
        assert after.tempo_bpm == told["tempo"]["after_bpm"] == 126.0
        assert told["tempo"]["stretched"]
        assert after.undo_name == "Faderbot: auto-mix (4 tracks)"
        for old, new in zip(before.tracks, after.tracks, strict=True):
            assert new.items[0].length_s == pytest.approx(old.items[0].length_s * 120 / 126)
            assert new.items[0].playrate == pytest.approx(1.05)
        assert [t.gain_linear for t in after.tracks] != [t.gain_linear for t in before.tracks]
        WebInterface(port=port).undo()
        again = seen()
        assert (again.tracks, again.master, again.tempo_bpm) == (before.tracks, before.master, 120.0)


@pytest.mark.slow
def test_reapers_grid_comes_to_items_that_keep_time_and_is_left_where_they_would_follow_it(
    faderbot, run, stems, tmp_path
):
    assert run("mix", stems, "--strength", 0, "--out", tmp_path)[0] == 0
    in_beats = (tmp_path / "mix.RPP").read_text()
    in_time = tmp_path / "time.RPP"
    in_time.write_text(in_beats.replace("\n", "\n  TIMELOCKMODE 0\n", 1))
    for project, length_s in ((tmp_path / "mix.RPP", None), (in_time, SECONDS)):
        with running(project, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
            port = daw.endpoints["web"][1]
            mix = ("mix", "--daw", "reaper", "--web-port", port, "--tempo", "match", "--strength", 0, "--json")
            told = json.loads(faderbot(*mix))
            assert told["tempo"]["heard_bpm"] == pytest.approx(BPM, rel=0.005)
            if length_s is None:
                assert told["tempo"]["after_bpm"] == 120.0
                assert any(note.endswith("or say --stretch-items") for note in told["notes"])
                told = json.loads(faderbot(*mix, "--stretch-items"))
            assert told["tempo"]["after_bpm"] == told["tempo"]["heard_bpm"]
            with ReapyLink.connect("127.0.0.1", port) as link:
                seen = link.survey()
            assert seen.tempo_bpm == told["tempo"]["after_bpm"]
            stretched_s = SECONDS * 120.0 / seen.tempo_bpm
            for track_seen in seen.tracks:
                assert track_seen.items[0].length_s == pytest.approx(length_s or stretched_s)
