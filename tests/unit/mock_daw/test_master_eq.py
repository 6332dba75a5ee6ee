"""The master's EQ of the engine: behind the sum, before the fader."""

import math

import numpy as np
import pytest
import soundfile as sf
from pyloudnorm import IIRfilter
from scipy.signal import sosfilt

from mock_daw.engine import Engine, EngineError, Strip
from mock_daw.equalizer import Band, Shape
from mock_daw.project import Project, ProjectError, Stem, open_file
from mock_daw.strip import FLAT_EQ

RATE_HZ = 48_000
EQ = (
    Band(Shape.LOW_SHELF, 120.0, -5.0, 1.5),
    Band(Shape.BELL, 400.0, 4.0, 0.8),
    Band(Shape.BELL, 3000.0, -3.0, 2.0),
    Band(Shape.HIGH_SHELF, 9000.0, 6.0, 2.0),
)


def noise(seed, samples=RATE_HZ):
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (samples, 2)).astype(np.float32)


def engine_of(*audio):
    stems = tuple(Stem.from_array(f"Track {n}", a, RATE_HZ) for n, a in enumerate(audio, 1))
    return Engine(Project("demo", RATE_HZ, stems))


def cookbook(band):
    """A band as pyloudnorm's filter: the cookbook's Q of a width in octaves."""
    w0 = 2 * math.pi * band.freq_hz / RATE_HZ
    q = 1 / (2 * math.sinh(math.log(2) / 2 * band.bandwidth_oct * w0 / math.sin(w0)))
    kind = {"bell": "peaking"}.get(band.shape.value, band.shape.value)
    made = IIRfilter(band.gain_db, q, band.freq_hz, RATE_HZ, kind)
    return np.concatenate([made.b, made.a])


def rendered(engine, block=None):
    return np.concatenate(list(engine.render(block)))


def set_master(engine, eq=EQ, master_gain_db=0.0):
    engine.set_all(engine.strips, master_gain_db, 120.0, "master", master_eq=eq)


def test_it_is_what_the_cookbook_does_to_the_sum():
    engine = engine_of(noise(1), noise(2))
    dry = rendered(engine)
    set_master(engine, master_gain_db=-3.0)
    wanted = sosfilt([cookbook(band) for band in EQ], dry.astype(float), axis=0) * 10 ** (-3 / 20)
    assert rendered(engine) == pytest.approx(wanted, abs=1e-5)


def test_blocks_of_any_length_give_the_same():
    engine = engine_of(noise(1), noise(2))
    set_master(engine)
    assert rendered(engine, 1001) == pytest.approx(rendered(engine), abs=1e-6)


def test_a_flat_one_changes_no_bit():
    engine = engine_of(noise(1), noise(2))
    dry = rendered(engine)
    set_master(engine, FLAT_EQ)
    assert np.array_equal(rendered(engine), dry)


def test_it_is_undone_and_redone_with_its_step_and_stays_where_others_are_set():
    engine = engine_of(noise(1))
    set_master(engine)
    engine.set_all([Strip(-6.0)], 0.0, 120.0, "fader")
    assert engine.mix.master_eq == EQ
    engine.undo()
    engine.undo()
    assert engine.mix.master_eq == FLAT_EQ
    engine.redo()
    assert engine.mix.master_eq == EQ


def test_the_masters_meter_shows_it_and_the_tracks_do_not():
    engine = engine_of(noise(1))
    set_master(engine)
    engine.play()
    engine.advance(1.0)
    meters = engine.meters()
    peaks = np.abs(rendered(engine)).max(axis=0)
    assert meters.master_peak_dbfs == pytest.approx(20 * np.log10(peaks), abs=1e-3)
    assert max(meters.tracks_peak_dbfs[0]) == pytest.approx(20 * math.log10(np.abs(noise(1)).max()), abs=1e-3)


def test_playing_from_elsewhere_begins_with_filters_at_rest():
    engine = engine_of(np.concatenate([noise(1), np.zeros((RATE_HZ, 2), np.float32)]))
    set_master(engine)
    engine.play()
    engine.advance(1.0)
    engine.seek(1.5)
    engine.advance(0.1)
    assert engine.meters().master_peak_dbfs == (-math.inf, -math.inf)


def test_a_band_beyond_what_an_eq_does_is_refused_and_nothing_changes():
    engine = engine_of(noise(1))
    with pytest.raises(EngineError, match="±24 dB"):
        set_master(engine, (Band(Shape.BELL, 100.0, 25.0), *EQ[1:]))
    assert engine.mix.master_eq == FLAT_EQ


def test_one_file_is_a_project_of_one_track(tmp_path):
    sf.write(tmp_path / "song.wav", noise(3), 44_100, "FLOAT")
    project = open_file(tmp_path / "song.wav")
    assert [(stem.name, project.sample_rate_hz) for stem in project.tracks] == [("song", 44_100)]
    assert rendered(Engine(project)) == pytest.approx(noise(3))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.wav", None, "does not exist"),
        ("notes.txt", b"hello", "is not audio"),
        ("song.m4a", b"hello", r"can not be decoded \(.m4a\)"),
        ("text.wav", b"hello", "text.wav"),
    ],
)
def test_what_is_no_audio_file_is_refused_in_one_line(tmp_path, name, content, why):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ProjectError, match=why) as raised:
        open_file(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_a_folder_is_no_audio_file(tmp_path):
    with pytest.raises(ProjectError, match="no regular file"):
        open_file(tmp_path)
