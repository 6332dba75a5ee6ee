"""``faderbot tune`` as the user meets it: a folder, a recording, a REAPER over real sockets."""

import json
import math
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile as sf
from scipy.signal import resample_poly, welch

from agent.tone.targets import SLOPE_DB_PER_OCT
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.web import WebInterface
from bridge.tune_document import TuneDocument
from mock_daw.opening import open_session
from mock_daw.session import EqKind
from tests.running_mocks import running
from tests.tunings import NAMES, noise, write_song

RATE_HZ = 44_100
OUTPUTS = ["tune.RPP", "tune.json", "tune.png", "tune.wav"]


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("tune") / "song")


@pytest.fixture
def tuned(run):
    def tuned(*arguments):
        code, out, err = run("tune", *arguments, "--json")
        assert (code, err) == (0, "")
        return TuneDocument.model_validate_json(out)

    return tuned


@pytest.fixture
def recording(tmp_path):
    def recording(name="mix.wav", seed=5, tilt=2.2, gain=0.1, seconds=4.0, rate_hz=RATE_HZ, channels=2):
        sf.write(tmp_path / name, noise(seed, gain, tilt, seconds, rate_hz)[:, :channels], rate_hz)
        return tmp_path / name

    return recording


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def lufs(path):
    audio, rate_hz = sf.read(path)
    return pyloudnorm.Meter(rate_hz).integrated_loudness(audio)


def true_peak_dbtp(path):
    return 20.0 * math.log10(np.abs(resample_poly(sf.read(path)[0], 8, 1, axis=0)).max())


def slope_db_per_oct(path):
    """The fall of a recording's power density from 100 Hz to 4 kHz, by scipy."""
    audio, rate_hz = sf.read(path)
    hz, density = welch(audio[:, 0], rate_hz, nperseg=8192)
    inside = (hz >= 100) & (hz <= 4000)
    return np.polyfit(np.log2(hz[inside]), 10 * np.log10(density[inside]), 1)[0]


# One recording


def test_a_recording_is_tuned_on_its_master(run, recording, tmp_path):
    mix = recording()
    before = mix.read_bytes()
    code, out, err = run("tune", mix)
    assert (code, err) == (0, "")
    folder = tmp_path / "mix.wav-tune"
    assert names_in(folder) == OUTPUTS
    assert f"Written to {folder}" in out
    assert "Off the target" in out
    assert mix.read_bytes() == before
    assert lufs(folder / "tune.wav") == pytest.approx(lufs(mix), abs=0.2)
    assert true_peak_dbtp(folder / "tune.wav") <= -1.0
    assert abs(slope_db_per_oct(folder / "tune.wav") + 4.5) < 0.5 * abs(slope_db_per_oct(mix) + 4.5)
    document = TuneDocument.model_validate_json((folder / "tune.json").read_bytes())
    session = open_session(folder / "tune.RPP")
    (effect,) = session.master.effects
    heard = [band.freq_hz for band in effect.equaliser.bands if band.enabled and band.kind is not EqKind.HIGH_PASS]
    assert heard == pytest.approx([band.freq_hz for band in document.master.after.eq])
    assert session.notes == ()
    assert [track.effects for track in session.tracks] == [()]


@pytest.mark.slow
def test_a_reference_is_gone_for_in_spectrum_and_loudness(tuned, recording, tmp_path):
    bright = recording("bright.wav", seed=6, tilt=1.0, gain=0.06, rate_hz=48_000, channels=1)
    document = tuned(recording(), "--reference", bright, "--out", tmp_path / "out")
    assert document.target == "reference bright.wav"
    assert document.after.third_octave_rms_db < 0.4 * document.before.third_octave_rms_db
    stereo = np.repeat(sf.read(bright)[0][:, None], 2, axis=1)
    wanted = pyloudnorm.Meter(48_000).integrated_loudness(stereo)
    assert lufs(tmp_path / "out" / "tune.wav") == pytest.approx(wanted, abs=0.2)
    assert any("bright.wav is mono" in note for note in document.notes)


# A folder of stems


@pytest.mark.slow
def test_of_a_folder_only_the_named_track_is_tuned(tuned, stems, tmp_path):
    document = tuned(stems, "--only", "vocal", "--out", tmp_path / "out", "--seed", "3")
    assert names_in(tmp_path / "out") == OUTPUTS
    assert document.scope == "tracks"
    turned = [track.name for track in document.tracks if any(band.gain_db for band in track.after.eq)]
    assert set(turned) <= {"Lead Vocal"}
    assert [track.locked for track in document.tracks] == [True, True, False]
    assert TuneDocument.model_validate_json((tmp_path / "out" / "tune.json").read_bytes()) == document


@pytest.mark.slow
def test_all_tracks_of_a_folder_are_tuned_in_the_same_way_for_the_same_seed(tuned, stems, tmp_path):
    one, other = (tuned(stems, "--out", tmp_path / name) for name in ("a", "b"))
    assert one == other
    assert (tmp_path / "a" / "tune.wav").read_bytes() == (tmp_path / "b" / "tune.wav").read_bytes()
    assert one.after.third_octave_rms_db < one.before.third_octave_rms_db


@pytest.mark.slow
def test_of_a_folder_tracks_and_master_are_tuned_one_after_the_other(tuned, stems, tmp_path):
    both = tuned(stems, "--tracks", "--master", "--out", tmp_path / "both")
    tracks = tuned(stems, "--tracks", "--dry-run")
    assert both.scope == "both"
    assert [track.after.eq for track in both.tracks] == [track.after.eq for track in tracks.tracks]
    assert any(band.gain_db for band in both.master.after.eq)
    assert not any(band.gain_db for band in tracks.master.after.eq)
    assert both.after.third_octave_rms_db < tracks.after.third_octave_rms_db < tracks.before.third_octave_rms_db
    assert max(both.after.masked_share, tracks.after.masked_share) <= tracks.before.masked_share
    session = open_session(tmp_path / "both" / "tune.RPP")
    assert len(session.master.effects) == 1


@pytest.mark.slow
def test_a_dry_run_writes_nothing(run, recording, tmp_path):
    mix = recording()
    code, out, _ = run("tune", mix, "--dry-run", "--strength", "0.5")
    assert code == 0
    assert names_in(tmp_path) == ["mix.wav"]
    assert "Dry run" in out


def test_the_help_names_every_style(run):
    out = run("tune", "--help")[1]
    assert all(style in out for style in SLOPE_DB_PER_OCT)


# What is refused


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--tracks", "--master"), "one recording has no tracks"),
        (("--tracks",), "one recording has no tracks"),
        (("--only", "Bass"), "--only and --lock are for tracks"),
        (("--style", "polka"), "there is no style 'polka': choose from balanced, country, pop"),
        (("--style", "rock", "--reference", "mix.wav"), "leave one out"),
        (("--reference", "nothing.wav"), "nothing.wav does not exist"),
        (("--reference", "words.wav"), "the reference can not be used"),
        (("--reference", "silent.wav"), "silent.wav is silent"),
        (("--reference", "short.wav"), r"too short \(2.0 s of sound\)"),
        (("--target", "loud"), "there is no target 'loud'"),
        (("--target", "-1"), "outside -40 to -5"),
        (("--policy", "words.wav"), "words.wav"),
        (("--daw", "ardour", "--master"), "no EQ on a master can be set over OSC"),
        (("--daw", "ardour", "--tracks", "--master"), "no EQ on a master can be set over OSC"),
    ],
)
def test_it_is_refused_in_one_line(run, recording, tmp_path, monkeypatch, options, why):
    monkeypatch.chdir(tmp_path)
    recording()
    recording("short.wav", seconds=2.0)
    sf.write("silent.wav", np.zeros((4 * RATE_HZ, 2)), RATE_HZ)
    Path("words.wav").write_text("this is not audio")
    before = names_in(tmp_path)
    code, out, err = run("tune", "mix.wav", *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why.replace("\\", "") in err
    assert names_in(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name a folder of stems or a recording"),
        (("--daw", "ardour"), "name the folder of stems too"),
        (("nowhere",), "nowhere does not exist"),
    ],
)
def test_without_sound_there_is_nothing_to_tune(run, tmp_path, monkeypatch, arguments, why):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("tune", *arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert why in err


def test_an_output_never_lies_on_what_was_heard(run, recording, stems):
    mix = recording("tune.wav")
    code, _, err = run("tune", mix, "--out", mix.parent)
    assert (code, "is the recording itself" in err) == (2, True)
    code, _, err = run("tune", stems, "--out", stems)
    assert (code, "holds the stems" in err) == (2, True)
    assert names_in(stems) == sorted(f"{name}.wav" for name in NAMES)


# In REAPER


def port(daw):
    return daw.endpoints["web"][1]


def survey(daw):
    with ReapyLink.connect("127.0.0.1", port(daw)) as link:
        return link.survey()


@pytest.mark.slow
def test_the_master_in_reaper_is_tuned_in_one_step_read_back_and_undone(faderbot, stems, tmp_path):
    with running(stems, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        before = survey(daw)
        on = ("--web-port", port(daw))
        out = faderbot("tune", "--daw", "reaper", "--master", *on, "--json", "--out", tmp_path / "out")
        document = json.loads(out)
        found = survey(daw)
        assert found.undo_name == "Faderbot: tune (master)"
        assert found.tracks == before.tracks
        (effect,) = found.master.effects
        wanted = document["master"]["after"]
        assert (effect.name, effect.alias) == ("VST: ReaEQ (Cockos)", "Faderbot EQ")
        assert [b.gain_db for b in effect.bands[:4]] == pytest.approx([b["gain_db"] for b in wanted["eq"]], abs=0.05)
        assert [b.freq_hz for b in effect.bands[:4]] == pytest.approx([b["freq_hz"] for b in wanted["eq"]], rel=1e-3)
        assert 20 * math.log10(found.master.gain_linear) == pytest.approx(wanted["gain_db"], abs=1e-3)
        assert document["after"]["source"] == "daw"
        assert document["after"]["loudness_lufs"] == pytest.approx(document["before"]["loudness_lufs"], abs=0.2)
        assert names_in(tmp_path / "out") == ["tune.json", "tune.png"]
        assert "values are as they were before" in faderbot("undo", *on)
        after = survey(daw)
        assert (after.master, after.tracks) == (before.master, before.tracks)


@pytest.mark.slow
def test_the_tracks_in_reaper_are_tuned_in_one_step_that_reaper_itself_undoes(faderbot, stems):
    with running(stems, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        before = survey(daw)
        document = json.loads(faderbot("tune", "--daw", "reaper", "--web-port", port(daw), "--lock", "Bass", "--json"))
        found = survey(daw)
        assert found.undo_name == "Faderbot: tune (3 tracks)"
        for track, told in zip(found.tracks, document["tracks"], strict=True):
            gains = [b["gain_db"] for b in told["after"]["eq"]]
            assert bool(track.effects) == any(gains)
            assert (
                [b.gain_db for b in track.effects[0].bands[:4]]
                if track.effects
                else gains == pytest.approx(gains, abs=0.05)
            )
            assert 20 * math.log10(track.gain_linear) == pytest.approx(told["after"]["gain_db"], abs=1e-3)
        WebInterface(port=port(daw)).undo()
        after = survey(daw)
        assert (after.tracks, after.master, after.undo_name) == (before.tracks, before.master, "")


@pytest.mark.slow
@pytest.mark.parametrize(("scope", "why"), [("--tracks", "set on any track"), ("--master", "set on its master")])
def test_over_the_web_alone_there_is_no_eq_and_nothing_is_tuned(faderbot, stems, scope, why):
    with running(stems, "--web", 0) as daw:
        said = faderbot("tune", stems, "--daw", "reaper", scope, "--web-port", port(daw), code=2)
        assert f"REAPER lets no EQ be {why} over this line" in said
        assert [track.gain_linear for track in WebInterface(port=port(daw)).tracks()] == [1.0] * 4
