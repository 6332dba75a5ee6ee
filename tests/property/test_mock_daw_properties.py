import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import freqz_sos

from mock_daw.engine import Engine, Strip
from mock_daw.equalizer import Band, Shape, band_section
from mock_daw.project import Project, Stem

RATE_HZ = 8000
AUDIO = np.random.default_rng(3).uniform(-0.3, 0.3, (3, 2 * RATE_HZ, 2)).astype(np.float32)
STEMS = tuple(Stem.from_array(f"Track {n}", audio[: len(audio) - 999 * n], RATE_HZ) for n, audio in enumerate(AUDIO))
PROJECT = Project("demo", RATE_HZ, STEMS)

bands = st.builds(
    Band,
    st.sampled_from(Shape),
    st.floats(20, 20_000),
    st.floats(-24, 24),
    st.floats(0.1, 4).map(lambda w: round(w, 3)),
)
faders_db = st.floats(-90, 12) | st.just(-math.inf)
strips = st.builds(
    Strip,
    faders_db,
    st.floats(-1, 1),
    st.tuples(bands, bands, bands, bands),
    st.none() | st.floats(10, 2000),
    st.booleans(),
)
mixes = st.tuples(st.tuples(strips, strips, strips), st.floats(-90, 24) | st.just(-math.inf), st.floats(20, 400))


def rendered(mix, block_samples=None):
    engine = Engine(PROJECT)
    engine.set_all(*mix, "mix")
    return np.concatenate(list(engine.render(block_samples)))


def close(first, second):
    return np.abs(first - second).max() <= 1e-6 * max(1.0, np.abs(second).max())


@settings(max_examples=30, deadline=None)
@given(mixes, st.integers(1, 3 * RATE_HZ))
def test_a_render_is_the_same_in_blocks_of_any_size(mix, block_samples):
    assert np.array_equal(rendered(mix, max(block_samples, 100)), rendered(mix))


@settings(max_examples=30, deadline=None)
@given(mixes)
def test_a_mix_is_the_sum_of_its_tracks_alone(mix):
    mixed_strips, master_gain_db, tempo_bpm = mix
    closed = Strip(-math.inf)
    alone = [
        rendered((tuple(s if n == m else closed for m, s in enumerate(mixed_strips)), master_gain_db, tempo_bpm))
        for n in range(3)
    ]
    assert close(sum(alone), rendered(mix))


@settings(max_examples=30, deadline=None)
@given(strips, st.floats(-60, 12), st.floats(-60, 12))
def test_a_fader_scales_what_its_strip_gives(strip, first_db, second_db):
    def at(gain_db):
        turned = Strip(gain_db, strip.pan, strip.eq, strip.high_pass_hz)
        return rendered(((turned, Strip(-math.inf), Strip(-math.inf)), 0.0, 120.0))

    assert close(at(first_db), at(second_db) * 10 ** ((first_db - second_db) / 20))


@given(st.floats(20, 0.48 * 48_000), st.floats(-24, 24), st.floats(0.01, 4))
def test_a_bell_has_its_gain_at_its_centre(freq_hz, gain_db, bandwidth_oct):
    section = band_section(Band(Shape.BELL, freq_hz, gain_db, bandwidth_oct), 48_000)
    _, response = freqz_sos(np.array([section]), worN=[freq_hz], fs=48_000)
    assert abs(20 * math.log10(abs(response[0])) - gain_db) < 1e-3


@settings(deadline=None)
@given(st.lists(mixes | st.sampled_from(["undo", "redo"]), max_size=12))
def test_undo_after_any_sequence_restores_the_start_exactly(steps):
    engine = Engine(PROJECT)
    seen, ahead = [engine.mix], []
    for step in steps:
        if step == "undo" and len(seen) > 1:
            engine.undo()
            ahead.append(seen.pop())
        elif step == "redo" and ahead:
            engine.redo()
            seen.append(ahead.pop())
        elif not isinstance(step, str):
            engine.set_all(*step, "step")
            seen.append(engine.mix)
            ahead = []
        assert engine.mix == seen[-1]
    while engine.undo_names:
        engine.undo()
    assert engine.mix == seen[0]


@settings(max_examples=30, deadline=None)
@given(mixes, st.lists(st.floats(0, 0.5), min_size=1, max_size=8))
def test_meters_of_any_steps_hear_the_render(mix, steps_s):
    engine = Engine(PROJECT)
    engine.set_all(*mix, "mix")
    whole = np.concatenate(list(engine.render()))
    engine.play()
    for step_s in steps_s:
        start = round(engine.position_s * RATE_HZ)
        engine.advance(step_s)
        position_s, _, peaks_dbfs = engine.meters()
        stretch = np.abs(whole[start : round(position_s * RATE_HZ)])
        for peak_dbfs, peak in zip(peaks_dbfs, stretch.max(axis=0, initial=0.0), strict=True):
            assert math.isclose(10 ** (peak_dbfs / 20), peak, rel_tol=1e-5, abs_tol=1e-9)
