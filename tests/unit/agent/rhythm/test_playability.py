import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.rhythm.pattern import Hit, Voice
from agent.rhythm.playability import FOOT_MIN_S, HAND_MIN_S, Limbs, violations
from agent.rhythm.strokes import NAMES, REST, STROKES


def struck(*voices: Voice, at: float = 1.0) -> list[Hit]:
    return [Hit(at, voice, 90) for voice in voices]


def test_two_hands_and_a_foot_play_at_once() -> None:
    assert violations(struck(Voice.KICK, Voice.SNARE, Voice.CLOSED_HAT)) == ()


def test_three_hands_do_not() -> None:
    (found,) = violations(struck(Voice.SNARE, Voice.CLOSED_HAT, Voice.CRASH))
    assert (found.time_s, found.text) == (1.0, "three strokes are too fast for two hands")


def test_a_hat_is_open_or_closed() -> None:
    assert [one.text for one in violations(struck(Voice.CLOSED_HAT, Voice.OPEN_HAT))] == [
        "a hat can not be open and closed at once"
    ]


@pytest.mark.parametrize(("apart_s", "broken"), [(HAND_MIN_S / 2, 0), (HAND_MIN_S / 2 - 0.005, 2)])
def test_two_hands_in_turn_are_twice_as_fast_as_one(apart_s: float, broken: int) -> None:
    roll = [Hit(k * apart_s, Voice.SNARE, 90) for k in range(4)]
    assert len(violations(roll)) == broken


@pytest.mark.parametrize(("apart_s", "broken"), [(FOOT_MIN_S, 0), (FOOT_MIN_S - 0.005, 1)])
def test_a_foot_is_alone(apart_s: float, broken: int) -> None:
    assert len(violations([*struck(Voice.KICK), *struck(Voice.KICK, at=1.0 + apart_s)])) == broken


def hands_can_share(times_s: list[float]) -> bool:
    """Try every way to deal strokes out to a left and a right hand."""
    return any(
        all(
            later - earlier >= HAND_MIN_S - 1e-6
            for hand in "LR"
            for earlier, later in itertools.pairwise(t for t, h in zip(times_s, hands, strict=True) if h == hand)
        )
        for hands in itertools.product("LR", repeat=len(times_s))
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=7))
def test_strokes_are_playable_where_some_dealing_out_to_two_hands_is(ticks: list[int]) -> None:
    """The rule of three against all ways to share the strokes, as its proof says."""
    times_s = sorted(tick * 0.02 for tick in ticks)
    assert (violations([Hit(t, Voice.SNARE, 90) for t in times_s]) == ()) == hands_can_share(times_s)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, len(STROKES) - 1)), max_size=60))
def test_what_the_limbs_let_pass_is_never_a_violation(wanted: list[tuple[int, int]]) -> None:
    limbs, played, time_s = Limbs(), list[Hit](), 0.0
    for gap, stroke in wanted:
        time_s += gap * 0.02
        if limbs.mask(time_s)[stroke]:
            limbs.strike(time_s, stroke)
            played += [Hit(time_s, voice, 90) for voice, _ in STROKES[stroke].voices]
    assert violations(played) == ()


def test_a_rest_is_always_open_and_all_are_to_a_rested_drummer() -> None:
    limbs = Limbs()
    assert limbs.mask(0.0).all()
    limbs.strike(0.0, NAMES.index("kick+snare+hat"))
    assert np.flatnonzero(limbs.mask(0.01)).tolist() == [REST]
