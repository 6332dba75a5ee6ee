import numpy as np
import pytest

from mock_daw.stem import Stem
from mock_daw.stretch import StretchedReader, joined, stretched, stretched_length

RATE_HZ = 16_000


def sine(freq_hz, seconds, gain=0.5):
    wave = gain * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, 0.5 * wave], 1).astype(np.float32)


def clicks(seconds, every_s):
    audio = np.zeros((round(seconds * RATE_HZ), 2), np.float32)
    audio[:: round(every_s * RATE_HZ)] = 0.8
    return audio


def stem(audio):
    return Stem.from_array("stem", audio, RATE_HZ)


def whole(reader, block=4096):
    return np.concatenate([np.zeros((0, 2), np.float32), *_blocks(reader, block)])


def _blocks(reader, block):
    while len(audio := reader.read(block)):
        yield audio


@pytest.mark.parametrize("speed", [0.8, 0.95, 1.07, 1.2])
def test_clicks_come_as_much_sooner_or_later(speed):
    made = whole(stem(clicks(6.0, 0.5)).at_speed(speed).reader())[:, 0]
    assert len(made) == round(6.0 * RATE_HZ / speed)
    for number in range(1, 11):
        due = round(number * 0.5 * RATE_HZ / speed)
        near = np.abs(made[due - 800 : due + 800])
        assert abs(int(near.argmax()) - 800) < 0.004 * RATE_HZ


def test_sections_are_joined_without_a_seam():
    tone = sine(441.0, 8.0)
    made = whole(StretchedReader(stem(tone), 1.1, section_s=2.0))
    assert len(made) == stretched_length(len(tone), 1.1)
    level = np.sqrt(np.convolve(made[:, 0] ** 2, np.ones(400) / 400, "valid"))[4000:-4000]
    assert level.min() > 0.33  # 0.354, and without a shift down to 0.13
    assert level.max() < 0.38


@pytest.mark.parametrize("block", [1, 997, 100_000])
def test_what_is_read_does_not_depend_on_the_blocks(block):
    audio = np.random.default_rng(1).normal(0.0, 0.1, (RATE_HZ // 4 if block == 1 else 3 * RATE_HZ, 2))
    source = stem(audio)
    assert np.array_equal(whole(StretchedReader(source, 0.9), block), whole(StretchedReader(source, 0.9)))


@pytest.mark.parametrize("start_s", [0.0, 0.3, 1.0, 2.999, 3.9])
def test_reading_may_begin_anywhere(start_s):
    source = stem(clicks(4.0, 0.5))
    start = round(start_s * RATE_HZ)
    made = whole(StretchedReader(source, 1.25, start, section_s=1.0))
    assert len(made) == max(0, round(4.0 * RATE_HZ / 1.25) - start)
    for number in range(1, 8):
        due = round(number * 0.5 * RATE_HZ / 1.25) - start
        if due >= 800:
            near = np.abs(made[due - 800 : due + 800, 0])
            assert abs(int(near.argmax()) - 800) < 0.008 * RATE_HZ  # a join may shift by 5 ms


def test_nothing_is_read_behind_the_end_and_closing_twice_does_no_harm():
    reader = StretchedReader(stem(sine(300.0, 0.5)), 1.2)
    assert len(whole(reader)) == round(0.5 * RATE_HZ / 1.2)
    assert len(reader.read(10)) == 0
    reader.close()
    reader.close()


@pytest.mark.parametrize("samples", [1, 2, 10, 700])
def test_the_shortest_stems_have_their_length_too(samples):
    source = stem(np.full((samples, 2), 0.1))
    for speed in (0.8, 1.2):
        assert len(whole(source.at_speed(speed).reader())) == source.at_speed(speed).length_samples


def test_a_stretched_block_is_exactly_as_long_as_is_asked_for():
    for samples in (1, 999, 16_001, 20_000):
        assert stretched(sine(200.0, 1.0), samples, RATE_HZ).shape == (samples, 2)
    assert not stretched(np.zeros((0, 2), np.float32), 5, RATE_HZ).any()


def test_a_join_lies_where_both_agree():
    tail = np.ones((400, 2), np.float32)
    following = np.full((900, 2), 0.5, np.float32)
    following[220:260] = 1.0
    made = joined(tail, following, 20)
    assert np.array_equal(made[:220], tail[:220])
    assert np.array_equal(made[260:], following[260:])
    assert np.array_equal(made[220:260], np.ones((40, 2)))


def test_a_join_shifts_what_follows_so_that_its_phase_goes_on():
    tail, later = sine(200.0, 0.2), sine(200.0, 0.5)[20:]
    made = joined(tail, later, 160, 80)
    jump = np.abs(np.diff(made[:, 0])).max()
    assert jump < 1.02 * np.abs(np.diff(tail[:, 0])).max()
    assert abs(len(made) - len(later)) <= 80
