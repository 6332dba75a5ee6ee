"""What was learned, in words that who moved a fader understands."""

import pytest

from agent.roles import Role
from agent.taste import Knob, Preference, taste
from bridge.taste_words import liked_words


def lesson(moved_db, knob=Knob.LEVEL, role=Role.BASS, taste_db=0.0):
    return Preference(role, "pop", knob, moved_db, taste_db)


def told(*lessons, **how):
    before, after = taste(lessons[:-1], "pop"), taste(lessons, "pop")
    return liked_words(lessons[-1], before, after, **how)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (lesson(2.0), "you like the bass 2.0 dB louder: from now on it comes 1.0 dB louder than usual in pop mixes"),
        (
            lesson(-3.0, role=Role.LEAD_VOCAL),
            "you like the lead vocal 3.0 dB quieter: from now on it comes 1.5 dB quieter than usual in pop mixes",
        ),
        (
            lesson(-1.0, Knob.LOW_MID),
            (
                "you like the bass with 1.0 dB less of its low mids: from now on it comes with 0.5 dB less of its low "
                "mids than usual in pop mixes"
            ),
        ),
    ],
)
def test_a_first_lesson(one, words):
    assert told(one) == words


def test_a_second_lesson_says_what_there_was_before():
    words = "you like the bass 1.0 dB louder: from now on it comes 1.3 dB louder than usual in pop mixes"
    assert told(lesson(2.0), lesson(1.0, taste_db=1.0)) == f"{words}, so far 1.0 dB louder"


def test_a_lesson_the_other_way_leads_back():
    words = "you like the bass 3.0 dB quieter: from now on it comes as usual in pop mixes"
    assert told(lesson(2.0), lesson(-3.0, taste_db=1.0)) == f"{words}, so far 1.0 dB louder"


def test_the_most_is_said():
    assert told(*(lesson(6.0) for _ in range(5))).endswith(
        "4.0 dB louder than usual in pop mixes, so far 4.0 dB louder, which is the most"
    )


def test_of_what_is_not_written_down_it_is_said_what_would_become():
    assert ": it would come 1.0 dB louder than usual" in told(lesson(2.0), kept=False)
