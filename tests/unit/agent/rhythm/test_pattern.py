import numpy as np
import pytest

from agent.rhythm.pattern import GM_NOTE, VOICES, Hit, Pattern, Voice, hits


def silent(bars: int = 1, steps: int = 4) -> Pattern:
    return Pattern(np.zeros((bars, steps, VOICES), np.uint8), np.zeros((bars, steps, VOICES)))


def test_the_notes_are_those_of_general_midi() -> None:
    """General MIDI System Level 1, percussion key map."""
    assert [GM_NOTE[voice] for voice in Voice] == [36, 38, 42, 46, 45, 47, 50, 49, 51]


def test_hits_come_in_the_order_of_time_with_their_offsets() -> None:
    pattern = silent()
    pattern.velocity[0, 1, Voice.SNARE], pattern.offset_s[0, 1, Voice.SNARE] = 90, -0.02
    pattern.velocity[0, 1, Voice.KICK] = 100
    pattern.velocity[0, 0, Voice.CLOSED_HAT] = 60
    step_s = np.array([[0.0, 0.5, 1.0, 1.5]])
    assert hits(pattern, step_s) == (
        Hit(0.0, Voice.CLOSED_HAT, 60),
        Hit(0.48, Voice.SNARE, 90),
        Hit(0.5, Voice.KICK, 100),
    )


def test_nothing_is_hit_before_the_session_begins() -> None:
    pattern = silent()
    pattern.velocity[0, 0, Voice.KICK], pattern.offset_s[0, 0, Voice.KICK] = 90, -0.02
    assert hits(pattern, np.array([[0.0, 0.5, 1.0, 1.5]]))[0].time_s == 0.0


def test_a_grid_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="grid"):
        hits(silent(), np.zeros((1, 5)))


@pytest.mark.parametrize(
    ("velocity", "offset_s"),
    [
        (np.zeros((1, 4, VOICES), np.int64), np.zeros((1, 4, VOICES))),
        (np.zeros((1, 4, 3), np.uint8), np.zeros((1, 4, 3))),
        (np.zeros((1, 4, VOICES), np.uint8), np.zeros((1, 5, VOICES))),
        (np.full((1, 4, VOICES), 128, np.uint8), np.zeros((1, 4, VOICES))),
        (np.zeros((1, 4, VOICES), np.uint8), np.full((1, 4, VOICES), np.nan)),
    ],
)
def test_what_is_no_pattern_is_refused(velocity: np.ndarray, offset_s: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"velocit|offset"):
        Pattern(velocity, offset_s)
