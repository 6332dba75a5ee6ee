import pytest

from agent import vocabulary
from agent.bin_names import bin_names
from agent.observation import LEVEL_EDGES_LU
from agent.rhythm.chart import FILL, ORDINARY
from agent.tone.observation import ERROR_EDGES_DB, LOUDNESS_EDGES_LU
from agent.vocabulary import MIXING, RHYTHM, TONE, Vocabulary


def bin_of(value: float, edges: tuple[float, ...]) -> int:
    """Sort as the observations do: into the bin above every edge that the value exceeds."""
    return sum(value > edge for edge in edges)


@pytest.mark.parametrize("words", vocabulary.ALL, ids=lambda words: words.subject)
def test_every_value_of_every_axis_has_a_name_of_its_own(words: Vocabulary) -> None:
    assert tuple(map(len, words.bins)) == words.layout.state_shape
    assert all(len(set(names)) == len(names) for names in words.bins)


@pytest.mark.parametrize("words", vocabulary.ALL, ids=lambda words: words.subject)
def test_every_state_can_be_said_in_one_line(words: Vocabulary) -> None:
    said = [words.state_in_words(state) for state in range(0, words.layout.states, 7)]
    assert all(one and "\n" not in one for one in said)


@pytest.mark.parametrize(
    ("error_lu", "name"),
    [(-7.0, "over 5 LU too quiet"), (-0.5, "0–1 LU too quiet"), (0.5, "0–1 LU too loud"), (3.0, "2–5 LU too loud")],
)
def test_a_bin_is_called_what_lies_in_it(error_lu: float, name: str) -> None:
    assert MIXING.bins[MIXING.axis("level")][bin_of(error_lu, LEVEL_EDGES_LU)] == name


def test_the_bin_around_zero_has_a_name_of_its_own() -> None:
    assert bin_names((-1.0, 1.0, 2.0), "dB", "less", "more", middle="right") == (
        "over 1 dB less", "right", "1–2 dB more", "over 2 dB more",
    )  # fmt: skip
    assert TONE.bins[TONE.axis("error")][bin_of(0.1, ERROR_EDGES_DB)] == "none"
    assert TONE.bins[TONE.axis("loudness")][bin_of(0.0, LOUDNESS_EDGES_LU)] == "loudness right"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ((0, 6, 1, 0, 0, 0), "a track 2–5 LU too loud with the mix at its target"),
        (
            (0, 0, 2, 1, 8, 1),
            (
                "a track over 5 LU too quiet with the mix too loud, less low would help the spectrum, more high would "
                "unmask, the limiter working hard"
            ),
        ),
        ((1, 5, 2, 2, 0, 0), "the master with the mix 1–2 LU too loud, faster wanted"),
    ],
)
def test_a_strip_is_said_in_words(state: tuple[int, ...], said: str) -> None:
    assert MIXING.describe(state) == said


def test_a_knob_is_said_in_words() -> None:
    assert TONE.describe((0, 3, 2, 0, 0, 0)) == "the volume of a track of the right loudness, no gain asked for"
    assert TONE.describe((2, 0, 4, 1, 1, 3)) == (
        "the low-mid band of a track over 1.5 LU too loud, over 3 dB less gain asked for, 3–6 dB turned already, down "
        "unmasks, narrower asked for"
    )


def test_a_step_is_said_in_words_and_in_a_fill_the_hands_are_at_the_toms() -> None:
    plain, fill = ((place, 1, 3, 0, 2, 0, 0, 0, 1) for place in (ORDINARY, FILL))
    assert RHYTHM.describe(plain) == (
        "an ordinary step on a beat; asked for a kick, no snare, a closed hat; as many hits as due so far"
    )
    assert "a mid tom" in RHYTHM.describe(fill)


def test_an_axis_is_found_by_its_name() -> None:
    assert MIXING.axis("mix") == 2
    with pytest.raises(KeyError):
        MIXING.axis("error")
