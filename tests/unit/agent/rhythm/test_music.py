import numpy as np
import pytest

from agent.hearing.onsets import Onsets
from agent.hearing.pulse import Pulse
from agent.rhythm.music import Layer, Music, music_of
from agent.roles import Role
from tests.rhythms import music

RATE_HZ = 100.0


def heard(
    times_s: list[list[float]], length_s: float = 8.0, *, low: bool = False, silent_after_s: float = 99.0
) -> Onsets:
    """Build what would be heard of tracks with clear onsets at these times."""
    frames = int(length_s * RATE_HZ)
    strength = np.zeros((len(times_s), frames))
    for track, times in enumerate(times_s):
        strength[track, np.rint(np.array(times) * RATE_HZ).astype(int)] = 1.0
    level_db = np.full(strength.shape, -20.0)
    level_db[:, int(min(silent_after_s, length_s) * RATE_HZ) :] = -120.0
    return Onsets(RATE_HZ, strength, strength if low else np.zeros_like(strength), level_db, length_s)


def beats(count: int = 16, *, downbeat: int = 0, beats_per_bar: int = 4, steps_per_beat: int = 4) -> Pulse:
    return Pulse(120.0, np.arange(count) * 0.5, downbeat, beats_per_bar, steps_per_beat, 1.0, "told")


def where(found: Music, layer: Layer) -> list[tuple[int, int]]:
    return [(int(bar), int(step)) for bar, step in zip(*np.nonzero(found.onset[layer]), strict=True)]


def test_onsets_fall_on_the_step_they_are_nearest_to() -> None:
    found = music_of(heard([[0.5, 2.13]]), beats(), [Role.BASS])
    assert (found.bars, found.steps) == (4, 16)
    assert where(found, Layer.BASS) == [(0, 4), (1, 1)]


def test_roles_tell_the_layers_apart_and_drums_are_left_out() -> None:
    roles = [Role.BASS, Role.PIANO, Role.LEAD_VOCAL, Role.KICK, Role.DRUMS]
    found = music_of(heard([[0.5], [1.0], [1.5], [3.0], [3.5]]), beats(), roles)
    assert [where(found, layer) for layer in Layer] == [[(0, 4)], [(0, 8)], [(0, 12)]]


def test_a_track_that_is_to_be_left_out_is() -> None:
    found = music_of(heard([[0.5], [1.0]]), beats(), [Role.BASS, Role.BASS], leave_out=[1])
    assert where(found, Layer.BASS) == [(0, 4)]


def test_without_a_bass_the_lows_of_the_others_stand_in_for_it() -> None:
    assert where(music_of(heard([[0.5]], low=True), beats(), [Role.OTHER]), Layer.BASS) == [(0, 4)]
    assert where(music_of(heard([[0.5]]), beats(), [Role.OTHER]), Layer.BASS) == []


def test_bars_begin_at_the_first_downbeat_and_the_last_is_carried_on_to_its_end() -> None:
    found = music_of(heard([[0.5]]), beats(10, downbeat=1, beats_per_bar=3), [Role.BASS])
    assert (found.bars, found.steps) == (3, 12)
    assert found.step_s[:, 0].tolist() == pytest.approx([0.5, 2.0, 3.5])
    assert where(found, Layer.BASS) == [(0, 0)]


def test_the_level_of_a_bar_is_that_of_all_that_is_no_drum() -> None:
    found = music_of(heard([[0.5], [0.5], [0.5]], silent_after_s=4.0), beats(), [Role.BASS, Role.PIANO, Role.DRUMS])
    assert found.level_db.tolist() == pytest.approx([-17.0, -17.0, -117.0, -117.0], abs=0.1)
    assert found.sounding().tolist() == [True, True, False, False]


def test_all_bars_are_drummed_where_there_is_no_music_at_all() -> None:
    found = music_of(heard([[0.5]]), beats(), [Role.DRUMS])
    assert not found.onset.any()
    assert found.sounding().all()


def test_the_first_bars_alone_can_be_taken() -> None:
    assert music(4, bass="x...x").first(2).onset.shape == (3, 2, 16)


def test_a_single_beat_has_no_bars() -> None:
    with pytest.raises(ValueError, match="no whole beat"):
        music_of(heard([[0.5]]), beats(1), [Role.BASS])


def test_steps_that_are_not_of_the_meter_are_refused() -> None:
    with pytest.raises(ValueError, match="none of"):
        Music(120.0, 4, 4, np.zeros((1, 12)), np.zeros((3, 1, 12)), np.zeros(1), np.zeros(1))
