"""``faderbot mix`` and ``faderbot demo`` as the user meets them."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import rpp
import soundfile as sf
from scipy.signal import resample_poly

from agent.targets import LOUDNESS_LUFS, STYLES
from bridge.rpp import decode_reaeq
from bridge.schema import MixDocument
from tests.mixes import STEMS, tone, write_song

ROOT = Path(__file__).parents[2]
RATE_HZ = 44_100
OUTPUTS = ["mix.RPP", "mix.json", "mix.wav"]


@pytest.fixture
def stems(tmp_path):
    return write_song(tmp_path / "stems")


@pytest.fixture
def mixed(run):
    def mixed(*arguments):
        code, out, err = run("mix", *arguments, "--json")
        assert (code, err) == (0, "")
        return MixDocument.model_validate_json(out)

    return mixed


@pytest.fixture
def refused(run, tmp_path):
    """Run a mix that must be refused: one line, exit code 2, nothing on disk that was not there. Return the line."""

    def refused(*arguments):
        before = everything_in(tmp_path)
        code, out, err = run("mix", *arguments)
        assert (code, out) == (2, "")
        assert everything_in(tmp_path) == before
        return one_line(err)

    return refused


def one_line(err):
    assert err.startswith("faderbot: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err.removeprefix("faderbot: ").rstrip("\n")


def everything_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} | {
        path: 0 for path in folder.rglob("*") if path.is_dir()
    }


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def command(*arguments):
    # A signal may fall while a file is being opened; whether the interpreter then counts it as never closed is chance.
    warnings = ("-W", "error", "-W", "ignore::ResourceWarning")
    return [sys.executable, *warnings, "-m", "bridge", *map(str, arguments)]


def process(*arguments, **how):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **how)


def write(folder, name, audio, rate_hz=RATE_HZ, **how):
    sf.write(folder / name, audio, rate_hz, **how)


# What comes out


def test_a_mix_leaves_three_files_and_a_report(run, stems):
    code, out, err = run("mix", stems)
    assert (code, err) == (0, "")
    folder = stems.with_name("stems-mix")
    assert names_in(folder) == OUTPUTS
    for words in ("Kick", "Lead Vocal", "lead vocal", "Loudness LUFS", "True peak dBTP", "Cost", "What the agent did"):
        assert words in out
    assert f"Written to {folder}" in out
    assert names_in(stems) == sorted(f"{name}.wav" for name in STEMS)


@pytest.mark.parametrize(("target", "lufs"), [("broadcast", -23.0), ("aes", -16.0), ("-12", -12.0)])
def test_the_written_file_is_at_the_target_and_under_the_ceiling(mixed, stems, tmp_path, target, lufs):
    mixed(stems, "--target", target, "--out", tmp_path / "out")
    audio, rate_hz = sf.read(tmp_path / "out" / "mix.wav")
    assert (sf.info(tmp_path / "out" / "mix.wav").subtype, audio.shape) == ("PCM_24", (3 * RATE_HZ, 2))
    assert pyloudnorm.Meter(rate_hz).integrated_loudness(audio) == pytest.approx(lufs, abs=0.1)
    assert 20 * np.log10(np.abs(resample_poly(audio, 8, 1)).max()) <= -1.0


def test_json_is_the_document_and_nothing_else(mixed, stems, tmp_path):
    document = mixed(stems, "--out", tmp_path / "out")
    assert MixDocument.model_validate_json((tmp_path / "out" / "mix.json").read_bytes()) == document
    assert [track.name for track in document.tracks] == ["Bass", "Kick", "Lead Vocal"]
    assert document.after.cost.total < document.before.cost.total
    assert document.reasons


def test_the_reaper_project_agrees_with_the_document(mixed, stems, tmp_path):
    document = mixed(stems, "--out", tmp_path / "out")
    project = rpp.loads((tmp_path / "out" / "mix.RPP").read_text())
    assert float(project.find(".//MASTER_VOLUME")[1]) == pytest.approx(10 ** (document.master.after_db / 20))
    assert float(project.find(".//TEMPO")[1]) == document.tempo_bpm
    for element, track in zip(project.findall(".//TRACK"), document.tracks, strict=True):
        assert element.find(".//NAME")[1] == track.name
        assert float(element.find(".//VOLPAN")[1]) == pytest.approx(10 ** (track.after.gain_db / 20))
        file = Path(element.find(".//SOURCE").find(".//FILE")[1])
        assert not file.is_absolute()
        assert (tmp_path / "out" / file).resolve() == (stems / track.file).resolve()
        effect = element.find(".//VST")
        gains = [0.0] * 4 if effect is None else [band.gain_db for band in decode_reaeq(list(effect))[:4]]
        assert gains == pytest.approx([band.gain_db for band in track.after.eq], abs=1e-6)


def test_the_same_seed_gives_the_same_bytes(run, stems, tmp_path):
    run("mix", stems, "--seed", "3", "--out", tmp_path / "one")
    run("mix", stems, "--seed", "3", "--out", tmp_path / "two")
    for name in OUTPUTS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_strength_scales_every_gain_in_db(mixed, stems, tmp_path):
    none, half, full = (mixed(stems, "--strength", s, "--out", tmp_path / f"out{s}") for s in (0, 0.5, 1))
    assert all(track.before == track.after for track in none.tracks)
    assert none.master.after_db == 0.0
    assert "strength 0: no setting was changed" in none.notes
    for part, whole in zip(half.tracks, full.tracks, strict=True):
        assert part.after.gain_db == pytest.approx(whole.after.gain_db / 2)
        assert [b.gain_db for b in part.after.eq] == pytest.approx([b.gain_db / 2 for b in whole.after.eq])
    assert full.after.figures.loudness_lufs == pytest.approx(-14.0, abs=0.1)


def test_focus_lifts_a_track(mixed, stems, tmp_path):
    plain = mixed(stems, "--no-eq", "--dry-run")
    lifted = mixed(stems, "--no-eq", "--dry-run", "--focus", "bas")

    def lead(document):
        bass, *others = (track.after.loudness_lufs for track in document.tracks)
        return bass - sum(others) / len(others)

    assert lead(lifted) - lead(plain) == pytest.approx(3.0, abs=1.6)
    assert [track.name for track in lifted.tracks if track.focus] == ["Bass"]
    assert "focus: wanted is Bass 3 dB above the level of the role" in lifted.notes


def test_lock_keeps_tracks(mixed, stems):
    document = mixed(stems, "--dry-run", "--lock", "KICK", "--lock", "Lead")
    kept = [track for track in document.tracks if track.locked]
    assert [track.name for track in kept] == ["Kick", "Lead Vocal"]
    assert all(track.before == track.after for track in kept)
    assert "locked, left alone: Kick and Lead Vocal" in document.notes


def test_no_eq_leaves_the_eq_alone(mixed, stems):
    document = mixed(stems, "--dry-run", "--no-eq")
    assert not any(band.gain_db for track in document.tracks for band in track.after.eq)


def test_a_dry_run_writes_nothing(run, stems, tmp_path):
    before = everything_in(tmp_path)
    code, out, _ = run("mix", stems, "--dry-run")
    assert code == 0
    assert "Dry run: nothing was changed and nothing was written" in out
    assert everything_in(tmp_path) == before


def test_outputs_of_an_earlier_run_are_replaced(run, stems, tmp_path):
    run("mix", stems, "--target", "-23", "--out", tmp_path / "out")
    first = (tmp_path / "out" / "mix.wav").read_bytes()
    run("mix", stems, "--target", "-14", "--out", tmp_path / "out")
    assert names_in(tmp_path / "out") == OUTPUTS
    assert (tmp_path / "out" / "mix.wav").read_bytes() != first


def test_the_demo_makes_its_stems_and_a_better_mix(run, tmp_path):
    code, out, err = run("demo", "--out", tmp_path / "demo", "--json")
    assert (code, err) == (0, "")
    document = MixDocument.model_validate_json(out)
    assert document.after.cost.total < document.before.cost.total / 2
    assert len(names_in(tmp_path / "demo" / "stems")) == len(document.tracks)
    assert names_in(tmp_path / "demo" / "mix") == OUTPUTS


def test_help_names_every_target_and_style(run):
    code, out, err = run("mix", "--help")
    assert (code, err) == (0, "")
    words = " ".join(out.replace("│", " ").split())
    for name in (*LOUDNESS_LUFS, *STYLES):
        assert name in words


def test_the_version_and_the_commands_are_shown(run):
    assert run("--version")[1].startswith("faderbot ")
    assert all(name in run()[1] for name in ("mix", "demo"))


# Input that is handled and reported


def test_silent_tracks_are_left_alone_and_named(mixed, stems):
    write(stems, "Spare.wav", np.zeros((RATE_HZ, 2)))
    document = mixed(stems, "--dry-run")
    spare = document.tracks[3]
    assert (spare.name, spare.silent, spare.before) == ("Spare", True, spare.after)
    assert "silent (below −70 LUFS), left alone: Spare" in document.notes


def test_a_folder_of_silence_is_reported(mixed, tmp_path):
    (tmp_path / "stems").mkdir()
    write(tmp_path / "stems", "Spare.wav", np.zeros((RATE_HZ, 2)))
    document = mixed(tmp_path / "stems")
    assert "no track is audible: no setting was changed" in document.notes
    assert document.after.figures.loudness_lufs is None


def test_one_stem_is_brought_to_the_target(mixed, tmp_path):
    (tmp_path / "stems").mkdir()
    write(tmp_path / "stems", "Vocal.wav", tone(500, 0.05, rate_hz=RATE_HZ))
    assert mixed(tmp_path / "stems").after.figures.loudness_lufs == pytest.approx(-14.0, abs=0.1)


def test_a_stem_of_one_sample_is_mixed_beside_others_and_left_alone_by_itself(mixed, stems, tmp_path):
    write(stems, "Tick.wav", np.array([0.5]))
    mixed(stems)
    assert sf.info(tmp_path / "stems-mix" / "mix.wav").frames == 3 * RATE_HZ
    (tmp_path / "one").mkdir()
    write(tmp_path / "one", "Tick.wav", np.array([0.5]))
    assert "0.00 s are too short for a loudness (0.4 s): no setting was changed" in mixed(tmp_path / "one").notes
    assert sf.info(tmp_path / "one-mix" / "mix.wav").frames == 1


def test_rates_formats_lengths_and_surround_come_together(mixed, stems, tmp_path):
    write(stems, "Low.wav", tone(300, rate_hz=8_000), 8_000)
    write(stems, "High.flac", tone(3000, rate_hz=96_000, seconds=2.0), 96_000)
    write(stems, "Highest.wav", tone(3000, rate_hz=192_000, seconds=1.0)[:, 0], 192_000)
    write(stems, "Compressed.mp3", tone(900, rate_hz=RATE_HZ))
    write(stems, "Free.ogg", tone(1200, rate_hz=RATE_HZ))
    write(stems, "Surround.aiff", np.repeat(tone(700, rate_hz=RATE_HZ), 3, axis=1))
    document = mixed(stems, "--out", tmp_path / "out")
    assert (len(document.tracks), document.sample_rate_hz) == (9, RATE_HZ)
    assert document.after.figures.loudness_lufs == pytest.approx(-14.0, abs=0.1)


def test_clipping_stems_are_mixed_and_named(mixed, stems):
    write(stems, "Guitar.wav", np.clip(tone(200, 4.0, rate_hz=RATE_HZ), -1, 1))
    document = mixed(stems)
    assert any(note.startswith("Guitar reaches full scale") for note in document.notes)
    assert document.after.figures.true_peak_dbtp <= -1.0


def test_what_is_no_audio_is_left_out_and_named(mixed, stems):
    (stems / "notes.txt").write_text("hello")
    (stems / "old").mkdir()
    notes = mixed(stems, "--dry-run").notes
    assert "left out: notes.txt (not audio)" in notes
    assert "left out: old (a folder: only the top folder is searched)" in notes


def test_strange_names_survive(mixed, stems, tmp_path):
    audio = tone(700, rate_hz=RATE_HZ)
    for name in ("Lead 🎤 嗓.wav", "a [bold]b 'c' \"d\".wav", "new\nline.wav", "kick.wav"):
        write(stems, name, audio)
    shutil.move(stems / "Bass.wav", os.fsencode(stems) + b"/\xff bass.wav")
    document = mixed(stems, "--out", tmp_path / "out")
    names = [track.name for track in document.tracks]
    assert {"Lead 🎤 嗓", "a [bold]b 'c' \"d\"", "new line", "kick (2)", "bass"} <= set(names)
    assert "renamed: kick.wav is track “kick (2)”" in document.notes
    assert any(note.startswith("mix.RPP: track new line is empty there") for note in document.notes)
    project = (tmp_path / "out" / "mix.RPP").read_bytes()
    assert b"\xff bass.wav" in project
    assert len(rpp.loads(project.decode(errors="surrogateescape")).findall(".//ITEM")) == 6


# Input that is refused


def test_no_folder(refused, tmp_path):
    assert "nowhere does not exist: check the path" in refused(tmp_path / "nowhere")


def test_a_file_in_place_of_a_folder(refused, stems):
    assert "Kick.wav is a file: name the folder that the stems are in" in refused(stems / "Kick.wav")


def test_no_audio_in_the_folder(refused, tmp_path):
    (tmp_path / "stems").mkdir()
    assert "has no audio in it: put WAV, FLAC" in refused(tmp_path / "stems")


def spoil_with_text(stems):
    (stems / "Kick.wav").write_text("this is no audio")


def spoil_by_truncation(stems):
    whole = (stems / "Kick.wav").read_bytes()
    (stems / "Kick.wav").write_bytes(whole[: len(whole) // 2])


def spoil_by_emptying(stems):
    (stems / "Kick.wav").write_bytes(b"")


def spoil_with(value):
    def spoil(stems):
        audio = tone(60, rate_hz=RATE_HZ)
        audio[RATE_HZ] = value
        write(stems, "Kick.wav", audio, subtype="FLOAT")

    return spoil


def spoil_with_channels(stems):
    write(stems, "Kick.wav", np.repeat(tone(60, rate_hz=RATE_HZ), 4, axis=1))


@pytest.mark.parametrize(
    ("spoil", "problem", "remedy"),
    [
        (spoil_with_text, "is not audio that can be read", "export it again"),
        (spoil_by_truncation, "is truncated", "copy or export it again"),
        (spoil_by_emptying, "is empty (0 bytes)", "export it again"),
        (spoil_with(np.nan), "has a sample that is not a number at 1.000 s", "export it again"),
        (spoil_with(np.inf), "has a sample that is not a number at 1.000 s", "export it again"),
        (spoil_with_channels, "has 8 channels", "export it as mono, stereo or 5.1"),
    ],
)
def test_a_spoiled_stem(refused, stems, spoil, problem, remedy):
    spoil(stems)
    line = refused(stems)
    assert "stems/Kick.wav" in line
    assert problem in line
    assert remedy in line


def test_numbers_that_are_no_audio(refused, stems):
    write(stems, "Kick.wav", tone(60, 1e30, rate_hz=RATE_HZ), subtype="FLOAT")
    assert "which no audio does: export its stems again" in refused(stems)


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (("--target", "loud"), "there is no target 'loud': choose from broadcast, streaming"),
        (("--target", "-60"), "a loudness target of -60.0 LUFS is outside -40 to -5"),
        (("--style", "zydeco"), "there is no style 'zydeco': choose from balanced, country"),
        (("--focus", "Flute"), "'Flute' is no track: choose from Bass, Kick, Lead Vocal"),
        (("--lock", ""), "'' is no track: choose from Bass, Kick, Lead Vocal"),
        (("--strength", "2"), "--strength"),
        (("--strength", "nan"), "strength"),
        (("--seed", "-1"), "--seed"),
        (("--wet",), "No such option: --wet"),
    ],
)
def test_options_that_make_no_sense(refused, stems, option, line):
    assert line in refused(stems, *option)


def test_a_track_name_that_could_be_several(refused, stems):
    write(stems, "Bassoon.wav", tone(100, rate_hz=RATE_HZ))
    assert "'bas' could be several tracks: choose from Bass, Bassoon" in refused(stems, "--focus", "bas")


def test_outputs_among_the_stems(refused, stems):
    assert "holds the stems, and mix.wav would be taken for one" in refused(stems, "--out", stems)


def test_an_output_folder_that_is_a_file(refused, stems, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file is a file: choose another folder with --out" in refused(stems, "--out", tmp_path / "file")


def test_an_output_folder_that_can_not_be_made(refused, stems, tmp_path):
    (tmp_path / "file").write_text("")
    line = refused(stems, "--out", tmp_path / "file" / "out")
    assert "can not be written (Not a directory): check its permissions, or choose another folder with --out" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_folder_without_permission(refused, stems, tmp_path):
    (tmp_path / "out").mkdir(mode=0o500)
    assert "out can not be written (Permission denied)" in refused(stems, "--out", tmp_path / "out")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_a_disk_that_is_too_full(refused, stems, tmp_path):
    (tmp_path / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path / "disk")]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("may not mount a disk here")
    try:
        line = refused(stems, "--out", tmp_path / "disk" / "out")
    finally:
        subprocess.run(["umount", str(tmp_path / "disk")], check=True)
    assert "is too full (about 6 MB are needed, 1 MB are free): free some space, or choose another" in line


def test_a_disk_that_takes_no_more_while_the_mix_is_written(stems, tmp_path):
    limit = (500_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    before = everything_in(tmp_path)
    stopped = process(
        "mix", stems, "--out", tmp_path / "out", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    out, err = stopped.communicate(timeout=60)
    assert (stopped.returncode, out) == (2, b"")
    assert "out can not be written (File too large)" in one_line(err.decode())
    assert everything_in(tmp_path) == before


def tampered(policy):
    content = bytearray(policy)
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize("spoil", [tampered, lambda _policy: b"no policy", lambda policy: policy[:1000]])
def test_a_policy_that_was_tampered_with(refused, stems, tmp_path, spoil):
    (tmp_path / "policy.npz").write_bytes(spoil((ROOT / "agent" / "shipped_policy.npz").read_bytes()))
    line = refused(stems, "--policy", tmp_path / "policy.npz")
    assert "policy.npz" in line
    assert "train it again with `faderbot train`, or leave --policy out" in line


def test_a_policy_of_another_version(refused, stems, tmp_path):
    with np.load(ROOT / "agent" / "shipped_policy.npz") as parts:
        arrays = dict(parts)
    about = json.loads(bytes(arrays["about"])) | {"version": 99}
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(tmp_path / "policy.npz", **arrays)
    assert "is of policy version 99, this Faderbot reads 1" in refused(stems, "--policy", tmp_path / "policy.npz")


def test_no_policy_file(refused, stems, tmp_path):
    assert "none.npz can not be read: No such file" in refused(stems, "--policy", tmp_path / "none.npz")


# The process


def test_an_unexpected_error_is_one_line_and_a_hint_and_with_debug_a_traceback(run, stems, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("a bug")

    monkeypatch.setattr("bridge.mix_command.report", broken)
    code, _, err = run("mix", stems, "--dry-run")
    assert code == 1
    assert one_line(err).startswith("unexpected error: RuntimeError: a bug (faderbot --debug … shows where")
    code, _, err = run("--debug", "mix", stems, "--dry-run")
    assert code == 1
    assert "Traceback" in err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("sign", [".faderbot-*", ".faderbot-*/mix.render"])
def test_ctrl_c_leaves_nothing_behind(tmp_path, sign, number, code):
    stems = write_song(tmp_path / "stems", **{f"More {k}": tone(100.0 * k, seconds=45.0) for k in range(1, 4)})
    before = everything_in(tmp_path)
    stopped = process("mix", stems, "--out", tmp_path / "a" / "out")
    deadline = time.monotonic() + 30.0
    while not list((tmp_path / "a" / "out").glob(sign)) and time.monotonic() < deadline and stopped.poll() is None:
        pass
    stopped.send_signal(number)
    out, err = stopped.communicate(timeout=30)
    assert (stopped.returncode, out, everything_in(tmp_path)) == (code, b"", before), err.decode()
    assert err.decode() == ("faderbot: stopped; nothing was changed\n" if number == signal.SIGINT else "")


def test_a_reader_who_goes_away_is_no_error(stems, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command("mix", stems, "--out", tmp_path / "out"),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    assert names_in(tmp_path / "out") == OUTPUTS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_takes_nothing_is_one_line(stems):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("mix", stems, "--dry-run"), stdout=full, stderr=subprocess.PIPE, env=environment, check=False
        )
    assert done.returncode == 2
    assert "the report can not be printed (No space left on device)" in one_line(done.stderr.decode())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_complaint_that_nobody_can_hear_keeps_its_exit_code(tmp_path, debug):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*debug, "mix", tmp_path / "nowhere"),
            stdout=subprocess.PIPE,
            stderr=full,
            env=environment,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, b"")


def test_any_locale_will_do(stems):
    shutil.move(stems / "Kick.wav", stems / "Kïck 🎤.wav")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command("mix", stems, "--dry-run"), capture_output=True, env=environment, check=True)
    assert b"K?ck" in done.stdout
    assert b"->" in done.stdout
    assert done.stderr == b""


def test_help_does_not_wait_for_numpy():
    script = "import sys; from bridge.cli import main; main(['mix', '--help']); sys.exit('numpy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    assert done.returncode == 0
