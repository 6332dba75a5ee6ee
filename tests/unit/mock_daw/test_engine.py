import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from mock_daw.engine import Engine, EngineError, Strip
from mock_daw.equalizer import Band, Shape
from mock_daw.errors import ProjectError
from mock_daw.project import Project, Stem, open_stems

RATE_HZ = 48_000
RNG = np.random.default_rng(2)
BELL = (Band(Shape.BELL, 1000.0, 6.0),)


def noise(samples=RATE_HZ):
    return RNG.uniform(-0.2, 0.2, (samples, 2)).astype(np.float32)


def constant(level, samples=RATE_HZ):
    return np.full((samples, 2), level, np.float32)


def engine_of(*audio):
    stems = tuple(Stem.from_array(f"Track {n}", a, RATE_HZ) for n, a in enumerate(audio, 1))
    return Engine(Project("demo", RATE_HZ, stems))


def turn(engine, *strips, master_gain_db=0.0, tempo_bpm=120.0, undo_name="turn"):
    engine.set_all(strips, master_gain_db, tempo_bpm, undo_name)


def rendered(engine, block_samples=None):
    return np.concatenate(list(engine.render(block_samples)))


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


# Audio


def test_a_new_project_plays_the_sum_of_its_stems():
    first, second = noise(), noise(30_000)
    expected = first.copy()
    expected[:30_000] += second
    assert np.array_equal(rendered(engine_of(first, second)), expected)


def test_audio_comes_before_eq_fader_and_pan_and_is_padded_to_the_longest_track():
    first, second = noise(100_000), noise(30_000)
    engine = engine_of(first, second)
    turn(engine, Strip(-20.0, 1.0, BELL), Strip(muted=True), master_gain_db=-6.0)
    blocks = list(engine.audio_blocks())
    assert [block.shape for block in blocks] == [(2, 48_000, 2), (2, 48_000, 2), (2, 4000, 2)]
    audio = np.concatenate(blocks, axis=1)
    assert audio.dtype == np.float32
    assert np.array_equal(audio[0], first)
    assert np.array_equal(audio[1, :30_000], second)
    assert not audio[1, 30_000:].any()


@pytest.mark.parametrize("block_samples", [1, 777, 4800, 10**6])
def test_blocks_are_as_long_as_asked_for(block_samples):
    engine = engine_of(noise(9000))
    lengths = [len(block) for block in engine.render(block_samples)]
    assert sum(lengths) == 9000
    assert set(lengths[:-1]) <= {block_samples}


def test_a_fader_scales_its_track_only():
    engine = engine_of(constant(0.5), constant(0.25))
    turn(engine, Strip(-6.0206), Strip())
    assert rendered(engine)[100] == pytest.approx([0.5, 0.5], abs=1e-5)


@pytest.mark.parametrize("strip", [Strip(-math.inf), Strip(muted=True)])
def test_a_closed_fader_and_a_mute_silence_a_track(strip):
    engine = engine_of(constant(0.5), constant(0.25))
    turn(engine, strip, Strip())
    assert np.array_equal(rendered(engine), constant(0.25))


@pytest.mark.parametrize(
    ("pan", "left", "right"), [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (-1.0, 1.0, 0.0), (0.25, 0.75, 1.0), (-0.5, 1.0, 0.5)]
)
def test_pan_is_a_balance(pan, left, right):
    engine = engine_of(constant(1.0))
    turn(engine, Strip(pan=pan))
    assert rendered(engine)[0] == pytest.approx([left, right])


def test_the_master_fader_scales_the_sum():
    engine = engine_of(constant(0.5), constant(0.5))
    turn(engine, Strip(), Strip(), master_gain_db=-20.0)
    assert rendered(engine)[0] == pytest.approx([0.1, 0.1])
    turn(engine, Strip(), Strip(), master_gain_db=-math.inf)
    assert not rendered(engine).any()


def test_nothing_is_clipped_on_the_way():
    assert np.array_equal(rendered(engine_of(constant(0.8), constant(0.8))), constant(1.6))


def test_a_bell_lifts_a_tone_at_its_centre_by_its_gain():
    tone = np.float32(0.1) * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ, dtype=np.float32)
    engine = engine_of(np.stack([tone, tone], 1))
    turn(engine, Strip(eq=BELL))
    assert np.abs(rendered(engine)[24_000:]).max() == pytest.approx(0.1 * 10 ** (6 / 20), rel=1e-3)


def test_the_high_pass_removes_a_dc_offset():
    engine = engine_of(constant(0.5))
    turn(engine, Strip(high_pass_hz=40.0))
    assert np.abs(rendered(engine)[-1000:]).max() < 1e-6


def test_an_eq_rings_on_after_its_stem_has_ended():
    engine = engine_of(constant(0.5, 1000), constant(0.0))
    turn(engine, Strip(high_pass_hz=40.0), Strip())
    assert np.abs(rendered(engine)[1000:1100]).max() > 0.01


def test_strip_outputs_add_up_to_the_render():
    engine = engine_of(noise(), noise(), noise())
    turn(engine, Strip(-3.0, 0.2, BELL), Strip(high_pass_hz=100.0), Strip(muted=True), master_gain_db=-20.0)
    outputs = np.concatenate(list(engine.strip_outputs(7000)), axis=1)
    assert outputs.shape == (3, RATE_HZ, 2)
    assert np.abs(0.1 * outputs.sum(axis=0) - rendered(engine)).max() < 1e-6


def test_a_render_keeps_to_the_settings_of_the_moment_it_was_asked_for():
    engine = engine_of(constant(0.5, 3 * RATE_HZ))
    blocks = engine.render()
    turn(engine, Strip(-math.inf))
    assert np.array_equal(np.concatenate(list(blocks)), constant(0.5, 3 * RATE_HZ))


# Tempo


def test_the_audio_follows_the_tempo_and_undo_takes_both_back():
    engine = engine_of(noise(2 * RATE_HZ), noise())
    before = rendered(engine)
    turn(engine, Strip(), Strip(), tempo_bpm=96.0)
    assert engine.tempo_bpm == 96.0
    assert engine.played.length_s == 2.5
    assert [len(block) for block in engine.render()] == [48_000, 48_000, 24_000]
    assert [block.shape for block in engine.audio_blocks()] == [(2, 48_000, 2), (2, 48_000, 2), (2, 24_000, 2)]
    engine.undo()
    assert np.array_equal(rendered(engine), before)
    engine.redo()
    assert engine.played.length_s == 2.5


def test_the_same_tempo_gives_the_same_bytes_however_they_are_asked_for():
    audio = noise(2 * RATE_HZ)
    engines = engine_of(audio), engine_of(audio)
    for engine in engines:
        turn(engine, Strip(), tempo_bpm=111.0)
    assert np.array_equal(rendered(engines[0]), rendered(engines[1], 7001))


def test_a_project_that_keeps_time_takes_a_tempo_and_sounds_the_same():
    project = engine_of(noise()).project
    engine = Engine(project, stretching=False)
    before = rendered(engine)
    turn(engine, Strip(), tempo_bpm=90.0)
    assert engine.tempo_bpm == 90.0
    assert np.array_equal(rendered(engine), before)


def test_a_render_keeps_to_the_tempo_of_the_moment_it_is_asked_for():
    engine = engine_of(noise())
    blocks = engine.render()
    turn(engine, Strip(), tempo_bpm=60.0)
    assert sum(map(len, blocks)) == RATE_HZ


def test_playing_goes_on_from_the_same_second_at_another_tempo_and_from_the_end_where_it_is_beyond():
    engine = engine_of(constant(0.5, 2 * RATE_HZ))
    engine.play()
    engine.advance(1.5)
    turn(engine, Strip(), tempo_bpm=240.0)
    assert engine.position_s == 1.0
    engine.undo()
    engine.seek(0.5)
    turn(engine, Strip(), tempo_bpm=60.0)
    assert engine.position_s == 0.5
    engine.advance(0.25)
    assert engine.meters().position_s == 0.75
    engine.seek(4.0)
    engine.stop()


def test_a_project_of_files_renders_what_is_in_them(tmp_path):
    for name, rate_hz in (("a.wav", 48_000), ("b.flac", 44_100), ("c.wav", 48_000)):
        sf.write(tmp_path / name, noise(2 * rate_hz), rate_hz)
    project = open_stems(tmp_path)
    whole = [np.concatenate(list(stem.blocks(RATE_HZ))) for stem in project.tracks]
    assert np.abs(rendered(Engine(project), 10_000) - sum(whole)).max() < 1e-6


def test_a_broken_stem_stops_a_render_and_leaves_nothing_running(tmp_path):
    audio = noise(4 * RATE_HZ)
    audio[100_000] = np.nan
    sf.write(tmp_path / "a.wav", noise(4 * RATE_HZ), RATE_HZ)
    sf.write(tmp_path / "b.wav", audio, RATE_HZ, subtype="FLOAT")
    engine = Engine(open_stems(tmp_path))
    for blocks in (engine.render(), engine.audio_blocks(), engine.strip_outputs()):
        with pytest.raises(ProjectError, match=r"b\.wav has a sample that is not a number at 2\.083 s"):
            list(blocks)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mock_daw")]


def test_a_render_that_is_given_up_closes_its_files(tmp_path):
    for name in "abc":
        sf.write(tmp_path / f"{name}.wav", noise(4 * RATE_HZ), RATE_HZ)
    open_before = open_files()
    blocks = Engine(open_stems(tmp_path)).render()
    next(blocks)
    assert open_files() > open_before
    del blocks
    assert open_files() == open_before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mock_daw")]


def test_a_project_without_tracks_is_silent():
    engine = engine_of()
    assert list(engine.render()) == list(engine.audio_blocks()) == []
    engine.play()
    engine.advance(1.0)
    assert engine.meters() == (0.0, (), (-math.inf, -math.inf))


# Settings and undo


def test_settings_are_read_back_as_they_were_set():
    engine = engine_of(noise(), noise())
    strips = (Strip(-3.0, 0.5, BELL, 40.0), Strip(muted=True))
    turn(engine, *strips, master_gain_db=-1.0, tempo_bpm=100.0, undo_name="Faderbot: mix")
    assert (engine.strips, engine.master_gain_db, engine.tempo_bpm) == (strips, -1.0, 100.0)
    assert engine.tracks == ("Track 1", "Track 2")
    assert engine.undo_names == ("Faderbot: mix",)


def test_undo_and_redo_go_back_and_forth_by_whole_steps():
    engine = engine_of(noise())
    start = engine.mix
    turn(engine, Strip(-1.0), undo_name="one")
    one = engine.mix
    turn(engine, Strip(-2.0), tempo_bpm=90.0, undo_name="two")
    two = engine.mix
    assert (engine.undo(), engine.mix) == ("two", one)
    assert (engine.undo(), engine.mix) == ("one", start)
    assert (engine.redo(), engine.mix) == ("one", one)
    assert (engine.redo(), engine.mix) == ("two", two)
    assert engine.undo_names == ("one", "two")


def test_a_new_step_ends_what_could_be_redone():
    engine = engine_of(noise())
    turn(engine, Strip(-1.0))
    engine.undo()
    turn(engine, Strip(-2.0))
    with pytest.raises(EngineError, match="nothing to redo"):
        engine.redo()


def test_there_is_nothing_to_undo_at_first():
    with pytest.raises(EngineError, match="nothing to undo"):
        engine_of(noise()).undo()


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Strip(12.1), r"a fader at 12.1 dB is above \+12 dB"),
        (lambda: Strip(math.nan), "a fader at nan dB"),
        (lambda: Strip(pan=1.1), "a pan of 1.1"),
        (lambda: Strip(pan=math.nan), "a pan of nan"),
        (lambda: Strip(high_pass_hz=5.0), "a high-pass at 5.0 Hz"),
        (lambda: turn(engine_of(noise()), Strip(), master_gain_db=25.0), "a master fader at 25.0 dB"),
        (lambda: turn(engine_of(noise()), Strip(), tempo_bpm=0.0), "a tempo of 0.0 BPM"),
        (lambda: turn(engine_of(noise()), Strip(), tempo_bpm=math.nan), "a tempo of nan BPM"),
        (lambda: turn(engine_of(noise()), Strip(), Strip()), "2 strips for 1 tracks"),
        (lambda: engine_of(noise()).render(0), "a block of 0 samples"),
        (lambda: engine_of(noise()).seek(-1.0), "a position of -1.0 s is outside 0 to 1.000 s"),
        (lambda: engine_of(noise()).seek(math.nan), "a position of nan s"),
        (lambda: engine_of(noise()).seek(1.1), "a position of 1.1 s"),
        (lambda: engine_of(noise()).advance(-1.0), "can not advance by -1.0 s"),
        (lambda: engine_of(noise()).advance(math.inf), "can not advance by inf s"),
    ],
)
def test_a_value_out_of_range_is_refused(make, complaint):
    with pytest.raises(EngineError, match=complaint):
        make()


def test_a_refused_setting_changes_nothing():
    engine = engine_of(noise())
    before = engine.mix
    with pytest.raises(EngineError):
        turn(engine, Strip(-3.0), tempo_bpm=1000.0)
    assert engine.mix is before
    assert engine.undo_names == ()


# Transport and meters


def test_meters_show_the_peaks_of_the_last_stretch_after_the_faders():
    engine = engine_of(constant(0.5), constant(0.25))
    turn(engine, Strip(pan=1.0), Strip(-6.0206), master_gain_db=-20.0)
    engine.play()
    engine.advance(0.1)
    position_s, (first, second), master = engine.meters()
    assert position_s == pytest.approx(0.1)
    assert first == pytest.approx((-math.inf, -6.0206), abs=1e-3)
    assert second == pytest.approx((-18.0618, -18.0618), abs=1e-3)
    assert master == pytest.approx((-38.0618, -24.0824), abs=1e-3)


def test_meters_follow_the_faders_while_it_plays():
    engine = engine_of(constant(0.5))
    engine.play()
    engine.advance(0.1)
    turn(engine, Strip(-10.0))
    engine.advance(0.1)
    assert engine.meters().tracks_peak_dbfs[0] == pytest.approx((-16.0206, -16.0206), abs=1e-3)
    turn(engine, Strip(muted=True))
    engine.advance(0.1)
    assert engine.meters().master_peak_dbfs == (-math.inf, -math.inf)


def test_meters_start_at_silence():
    assert engine_of(noise()).meters() == (0.0, ((-math.inf, -math.inf),), (-math.inf, -math.inf))


def test_nothing_is_heard_while_it_is_stopped():
    engine = engine_of(constant(0.5))
    engine.play()
    engine.advance(0.25)
    engine.stop()
    assert engine.meters().master_peak_dbfs[0] == pytest.approx(-6.02, abs=0.01)
    engine.advance(0.25)
    assert engine.meters() == (0.25, ((-math.inf, -math.inf),), (-math.inf, -math.inf))


def test_many_small_steps_of_the_clock_lose_no_time():
    engine = engine_of(noise(10 * RATE_HZ))
    engine.play()
    for _ in range(3000):
        engine.advance(1 / 1001)
    assert engine.position_s == pytest.approx(3000 / 1001, abs=1 / RATE_HZ)


def test_the_transport_stops_at_the_end():
    engine = engine_of(constant(0.5))
    engine.play()
    engine.advance(0.9)
    assert engine.playing
    engine.advance(5.0)
    assert (engine.playing, engine.position_s) == (False, 1.0)
    assert engine.meters().master_peak_dbfs[0] == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize("source_rate_hz", [48_000, 44_100])
def test_seeking_plays_on_from_there(tmp_path, source_rate_hz):
    steps = np.repeat(np.float32([0.1, 0.2, 0.4, 0.8]), source_rate_hz)
    sf.write(tmp_path / "a.wav", steps, source_rate_hz, subtype="FLOAT")
    engine = Engine(open_stems(tmp_path, session_rate_hz=RATE_HZ))
    engine.play()
    for position_s, level in ((2.5, 0.4), (0.5, 0.1), (3.5, 0.8)):
        engine.seek(position_s)
        engine.advance(0.1)
        assert engine.position_s == pytest.approx(position_s + 0.1)
        assert engine.meters().master_peak_dbfs[0] == pytest.approx(20 * math.log10(level), abs=1e-2)


def test_playing_in_steps_hears_what_a_render_gives():
    engine = engine_of(noise(3 * RATE_HZ), noise(2 * RATE_HZ))
    turn(engine, Strip(-3.0, eq=BELL), Strip(high_pass_hz=200.0))
    engine.play()
    peaks = []
    while engine.playing:
        engine.advance(0.07)
        peaks.append(engine.meters().master_peak_dbfs[0])
    assert max(peaks) == pytest.approx(20 * math.log10(np.abs(rendered(engine)[:, 0]).max()), abs=1e-4)


def test_a_stopped_transport_holds_no_files_open(tmp_path):
    sf.write(tmp_path / "a.wav", noise(), RATE_HZ)
    engine = Engine(open_stems(tmp_path))
    open_before = open_files()
    engine.play()
    engine.advance(0.1)
    assert open_files() == open_before + 1
    engine.stop()
    assert open_files() == open_before


def test_strips_are_values_and_turning_one_makes_another():
    engine = engine_of(noise())
    turned = replace(engine.strips[0], gain_db=-6.0)
    assert engine.strips[0].gain_db == 0.0
    assert turned.gain_db == -6.0
