import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.hearing.onsets import Onsets
from agent.hearing.pulse import Grid, NoPulse, Pulse, find_pulse
from tests.unit.agent.hearing.grooves import (
    JIG,
    KIT,
    RATE_HZ,
    ROCK,
    SIXES,
    SON_CLAVE,
    SWING,
    TRESILLO,
    WALTZ,
    clicks,
    hear,
    kit,
    tracks,
)

LEVELS = (1.0, 2.0, 0.5, 3.0, 1 / 3)


def of_clicks(bpm, start_s=0.0, length_s=20.0) -> Onsets:
    """Onset strengths as clicks give them, without the detour over audio."""
    times = np.arange(start_s, length_s, 60.0 / bpm)
    frames = np.arange(int(length_s * 100) + 1) / 100.0
    strength = np.exp(-0.5 * np.square((frames[:, None] - times) / 0.012)).sum(1)[None]
    return Onsets(100.0, strength, 0.5 * strength, np.where(strength > 0.1, -12.0, -60.0), length_s)


def downbeats_s(pulse: Pulse):
    return pulse.beats_s[pulse.downbeat :: pulse.beats_per_bar]


@settings(max_examples=10, deadline=None)
@given(st.floats(60.0, 180.0), st.floats(0.0, 1.0))
def test_clicks_at_any_tempo_are_heard_within_one_percent_at_some_level(bpm, start_s):
    pulse = find_pulse(of_clicks(bpm, start_s))
    assert min(abs(pulse.tempo_bpm / (bpm * level) - 1) for level in LEVELS) < 0.01
    assert pulse.confidence > 0.8
    assert np.all(np.diff(pulse.beats_s) > 0)
    assert pulse.beats_s[0] >= 0.0
    assert pulse.beats_s[-1] < 20.0


@pytest.mark.parametrize("bpm", [72.0, 150.0])
def test_a_rock_beat_tells_tempo_beats_and_bars(bpm):
    pulse = find_pulse(hear(kit(ROCK, bpm, 4, 20.0, start_s=0.37)), roles=KIT)
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert (pulse.beats_per_bar, pulse.steps_per_beat, pulse.source) == (4, 4, "heard")
    assert downbeats_s(pulse)[0] % (240.0 / bpm) == pytest.approx(0.37, abs=0.02)


@pytest.mark.parametrize(
    ("lines", "bpm"), [(TRESILLO, 85.0), (SIXES, 140.0), (SON_CLAVE, 100.0)], ids=["3-3-2", "3-3-3-3-2-2", "son clave"]
)
def test_groups_of_three_over_sixteenths_are_not_taken_for_the_beat(lines, bpm):
    pulse = find_pulse(hear(kit(lines, bpm, 4, 24.0, start_s=0.2)), roles=KIT)
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert (pulse.beats_per_bar, pulse.steps_per_beat) == (4, 4)
    assert downbeats_s(pulse)[1] % (240.0 / bpm) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("bpm", [120.0])
def test_swing_is_cut_in_three(bpm):
    pulse = find_pulse(hear(kit(SWING, bpm, 3, 20.0, start_s=0.2)), roles=KIT)
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert pulse.steps_per_beat == 6


@pytest.mark.parametrize("bpm", [90.0, 150.0])
def test_a_waltz_has_three_beats_to_the_bar(bpm):
    pulse = find_pulse(hear(kit(WALTZ, bpm, 2, 24.0, start_s=0.2)), roles=KIT)
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert pulse.beats_per_bar == 3
    assert downbeats_s(pulse)[0] % (180.0 / bpm) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("bpm", [60.0, 80.0])
def test_six_eight_has_two_beats_cut_in_three(bpm):
    pulse = find_pulse(hear(kit(JIG, bpm, 3, 24.0, start_s=0.2)), roles=KIT)
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert (pulse.beats_per_bar, pulse.steps_per_beat) == (2, 6)
    assert downbeats_s(pulse)[0] % (120.0 / bpm) == pytest.approx(0.2, abs=0.02)


def test_a_tempo_change_is_followed_and_told():
    audio = np.concatenate([kit(ROCK, 120.0, 4, 30.0), kit(ROCK, 93.0, 4, 31.0)], axis=1)
    pulse = find_pulse(hear(audio), roles=KIT)
    bpm = 60.0 / np.diff(pulse.beats_s)
    early, late = bpm[pulse.beats_s[1:] < 26.0], bpm[pulse.beats_s[:-1] > 34.0]
    assert early == pytest.approx(120.0, rel=0.02)
    assert late == pytest.approx(93.0, rel=0.02)
    assert any(note.startswith("two tempos: 120.0 BPM from 0:00, then 93.0 BPM from 0:") for note in pulse.notes)


def test_a_tempo_that_wanders_is_followed_without_confidence():
    times = np.cumsum(60.0 / np.linspace(90, 140, 90))
    pulse = find_pulse(hear(tracks(clicks(times, times[-1] + 1))))
    assert pulse.confidence < 0.3
    assert any("wanders" in note for note in pulse.notes)


def noise():
    return tracks(0.1 * np.random.default_rng(0).standard_normal(20 * RATE_HZ))


def random_clicks():
    return tracks(clicks(np.sort(np.random.default_rng(1).uniform(0, 29, 75)), 30.0))


@pytest.mark.parametrize(
    ("audio", "words"),
    [
        (tracks(np.zeros(10 * RATE_HZ)), "silent"),
        (noise(), "no steady pulse"),
        (random_clicks(), "no steady pulse"),
        (tracks(clicks([3.0], 20.0)), "no steady pulse"),
        (kit(ROCK, 120.0, 4, 2.0), "2.0 s are too short"),
    ],
    ids=["silence", "noise", "random clicks", "one hit", "two seconds"],
)
def test_where_there_is_no_pulse_one_line_says_so_and_what_to_do(audio, words):
    with pytest.raises(NoPulse, match=words) as caught:
        find_pulse(hear(audio))
    assert "--tempo" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def rock_at_93() -> Onsets:
    return hear(kit(ROCK, 93.0, 4, 20.0, start_s=0.5))


def test_the_projects_grid_is_kept_where_the_music_lies_on_it(rock_at_93):
    pulse = find_pulse(rock_at_93, roles=KIT, grid=Grid(93.0, 0.5))
    assert (pulse.source, pulse.tempo_bpm, pulse.notes) == ("project", 93.0, ())
    assert pulse.beats_s[pulse.downbeat] == pytest.approx(0.5)


def test_a_project_at_half_the_tempo_is_kept_too(rock_at_93):
    assert find_pulse(rock_at_93, roles=KIT, grid=Grid(46.5, 0.5)).tempo_bpm == 46.5


def test_a_project_left_at_120_is_not_followed_and_that_is_told(rock_at_93):
    pulse = find_pulse(rock_at_93, roles=KIT, grid=Grid(120.0))
    assert pulse.source == "heard"
    assert pulse.tempo_bpm == pytest.approx(93.0, rel=0.002)
    assert pulse.notes[0] == "the project is at 120 BPM, the music at 93.0 BPM: the music is followed"


def test_music_beside_the_projects_grid_is_followed(rock_at_93):
    pulse = find_pulse(rock_at_93, roles=KIT, grid=Grid(93.0, 0.4))
    assert pulse.source == "heard"
    assert "not on the project's grid" in pulse.notes[0]


def test_without_a_pulse_the_projects_grid_is_taken():
    pulse = find_pulse(hear(tracks(np.zeros(10 * RATE_HZ))), grid=Grid(100.0, 0.5, 3))
    assert (pulse.source, pulse.beats_per_bar, pulse.confidence) == ("project", 3, 0.0)
    assert pulse.beats_s[pulse.downbeat] == pytest.approx(0.5)
    assert "the project's grid is taken" in pulse.notes[0]


def test_a_project_in_six_eight_has_two_beats(rock_at_93):
    pulse = find_pulse(hear(tracks(np.zeros(10 * RATE_HZ))), grid=Grid(180.0, 0.0, 6))
    assert (pulse.tempo_bpm, pulse.beats_per_bar, pulse.steps_per_beat) == (60.0, 2, 6)


def test_a_tempo_that_is_told_is_kept_and_its_place_is_heard(rock_at_93):
    pulse = find_pulse(rock_at_93, roles=KIT, tempo_bpm=93.0)
    assert (pulse.source, pulse.tempo_bpm) == ("told", 93.0)
    assert downbeats_s(pulse)[0] == pytest.approx(0.5, abs=0.02)


def test_a_told_tempo_that_is_not_in_the_music_is_kept_and_that_is_told(rock_at_93):
    pulse = find_pulse(rock_at_93, roles=KIT, tempo_bpm=50.0)
    assert (pulse.tempo_bpm, pulse.notes[0]) == (50.0, "the music does not show this tempo")


@pytest.mark.parametrize("length_s", [0.01, 0.5, 2.0, 3.2])
def test_of_a_short_file_a_told_tempo_or_a_grid_still_gives_beats(length_s):
    onsets = hear(kit(ROCK, 120.0, 4, 4.0)[:, : round(length_s * RATE_HZ)])
    for pulse in (find_pulse(onsets, tempo_bpm=100.0), find_pulse(onsets, grid=Grid(120.0))):
        assert len(pulse.beats_s) >= 1
        assert 0 <= pulse.downbeat < len(pulse.beats_s)
        assert np.isfinite(pulse.beats_s).all()


@pytest.mark.parametrize(
    ("lines", "bpm", "steps", "told", "dotted"), [(JIG, 60.0, 3, 3, 1.5), (WALTZ, 120.0, 2, 2, 1 / 1.5)]
)
def test_a_told_meter_changes_the_beat_and_not_only_how_many_a_bar_has(lines, bpm, steps, told, dotted):
    pulse = find_pulse(hear(kit(lines, bpm, steps, 24.0, start_s=0.2)), roles=KIT, beats_per_bar=told)
    assert (pulse.tempo_bpm, pulse.beats_per_bar) == (pytest.approx(bpm * dotted, rel=0.002), told)
    assert pulse.steps_per_beat == (6 if told == 2 else 4)
    assert downbeats_s(pulse)[0] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("beats_per_bar", [2, 3])
def test_a_told_meter_is_kept_on_a_projects_grid_and_at_a_told_tempo(rock_at_93, beats_per_bar):
    for told in ({"grid": Grid(93.0, 0.5)}, {"tempo_bpm": 93.0}):
        pulse = find_pulse(rock_at_93, roles=KIT, beats_per_bar=beats_per_bar, **told)
        assert pulse.beats_per_bar == beats_per_bar
        assert 0 <= pulse.downbeat < beats_per_bar
        assert (pulse.steps_per_beat == 6) >= (beats_per_bar == 2)


def test_a_project_in_four_with_a_waltz_keeps_its_beats_and_gets_the_waltzs_bars():
    waltz = hear(kit(WALTZ, 120.0, 2, 24.0, start_s=0.5))
    pulse = find_pulse(waltz, roles=KIT, grid=Grid(120.0), beats_per_bar=3)
    assert (pulse.source, pulse.tempo_bpm, pulse.beats_per_bar) == ("project", 120.0, 3)
    assert downbeats_s(pulse)[0] == pytest.approx(0.5)


def test_a_tempo_that_is_none_is_refused(rock_at_93):
    with pytest.raises(ValueError, match="a tempo of 0 BPM is none"):
        find_pulse(rock_at_93, tempo_bpm=0.0)


def test_onsets_without_harmony_or_roles_are_enough():
    assert find_pulse(of_clicks(100.0)).tempo_bpm == pytest.approx(100.0, rel=0.01)
