"""Sentences name the cause that the session was built to have."""

import math
from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.reasons import Change, hertz, reasons, signed
from agent.reward import Sound
from agent.session import Settings
from tests.sessions import drawn, drawn_goal, power_at, settings_of

EVEN, ODD = np.arange(30) % 2 == 0, np.arange(30) % 2 == 1
COMB = 1e-3 * np.array([EVEN, ODD], float)
NAMES = ("Bass", "Kick", "Keys")


def said(heard: Heard, found: Settings, wanted: Settings, level_db: list[float] | None = None) -> list[str]:
    return [change.text for change in changes(heard, found, wanted, level_db)]


def changes(heard: Heard, found: Settings, wanted: Settings, level_db: list[float] | None = None) -> tuple[Change, ...]:
    goal = drawn_goal(heard, level_db=level_db)
    before, after = Sound(Twin(heard, found), goal), Sound(Twin(heard, wanted), goal)
    return reasons(NAMES[: heard.tracks], before, after, found, wanted)


def test_where_nothing_changed_nothing_is_said() -> None:
    found = settings_of(2, [3.0, -9.0], [[1, 0, 0, 0], [0] * 4], master_db=-2.0)
    assert changes(drawn(COMB), found, found) == ()


def test_what_nobody_hears_is_not_said() -> None:
    tiny = settings_of(2, [0.2, -0.2], [[0.2, 0, 0, -0.2], [0] * 4], master_db=0.2)
    assert changes(drawn(COMB), settings_of(2), tiny) == ()


def test_a_track_that_was_too_loud() -> None:
    assert said(drawn(COMB), settings_of(2, [8.0, 0.0]), settings_of(2, [1.0, 0.0])) == [
        "Bass −7.0 dB: was 4.0 LU too loud among the others"
    ]


def test_a_track_that_was_too_quiet() -> None:
    assert said(drawn(COMB), settings_of(2, [-8.0, 0.0]), settings_of(2, [-1.0, 0.0])) == [
        "Bass +7.0 dB: was 4.0 LU too quiet among the others"
    ]


def test_the_error_is_that_against_what_the_role_wants() -> None:
    text = said(drawn(COMB), settings_of(2), settings_of(2, [0.0, 4.0]), level_db=[0.0, 6.0])
    assert text == ["Kick +4.0 dB: was 3.0 LU too quiet among the others"]


def masked_kick() -> Heard:
    """Both as loud as each other, but at 100 Hz the bass stands 9 dB over the kick."""
    bass = power_at((100, 8e-3), (80, 2e-3))
    kick = power_at((100, 1e-3), (2000, 2e-3), (2500, 2e-3), (3150, 2e-3), (4000, 2e-3), (5000, 1e-3))
    return drawn(np.array([bass, kick, power_at((10_000, 1e-2))]))


def test_a_fader_that_came_down_to_unmask_another_track() -> None:
    assert said(masked_kick(), settings_of(3), settings_of(3, [-2.5, 0.0, 0.0])) == [
        "Bass −2.5 dB: masks Kick at 100 Hz"
    ]


def test_a_fader_that_went_up_to_be_unmasked() -> None:
    assert said(masked_kick(), settings_of(3), settings_of(3, [0.0, 3.0, 0.0])) == [
        "Kick +3.0 dB: was masked at 100 Hz"
    ]


def test_an_eq_that_came_down_to_unmask_another_track() -> None:
    text = said(masked_kick(), settings_of(3), settings_of(3, eq_db=[[-4.5, 0, 0, 0], [0] * 4, [0] * 4]))
    assert text == ["Bass EQ low (100 Hz) −4.5 dB: masks Kick at 100 Hz"]


def test_an_eq_that_went_up_to_be_unmasked() -> None:
    text = said(masked_kick(), settings_of(3), settings_of(3, eq_db=[[0] * 4, [3, 0, 0, 0], [0] * 4]))
    assert text == ["Kick EQ low (100 Hz) +3.0 dB: was masked at 100 Hz"]


def test_an_eq_far_from_the_masked_band_does_not_claim_to_unmask_it() -> None:
    text = said(masked_kick(), settings_of(3), settings_of(3, eq_db=[[-4.5, 0, 0, -4.5], [0] * 4, [0] * 4]))
    assert text[0].endswith("masks Kick at 100 Hz")
    assert "masks" not in text[1]


def test_an_eq_that_mends_the_spectrum_says_how_far_it_was_off() -> None:
    bright = np.full(30, 1e-3)
    bright[-8:] = 1e-1
    text = said(drawn(bright[None]), settings_of(1), settings_of(1, eq_db=[[0, 0, 0, -6]]))
    assert len(text) == 1
    assert text[0].startswith("Bass EQ high (8 kHz) −6.0 dB: the mix has ")
    assert text[0].endswith(" dB too much there")
    dull = np.full(30, 1e-3)
    dull[-8:] = 1e-5
    text = said(drawn(dull[None]), settings_of(1), settings_of(1, eq_db=[[0, 0, 0, 6]]))
    assert text[0].startswith("Bass EQ high (8 kHz) +6.0 dB: the mix has ")
    assert text[0].endswith(" dB too little there")


def test_an_eq_that_goes_the_other_way_does_not_claim_to_mend_the_spectrum() -> None:
    bright = np.full(30, 1e-3)
    bright[-8:] = 1e-1
    text = said(drawn(bright[None]), settings_of(1), settings_of(1, eq_db=[[0, 0, 0, 3]]))
    assert "too much" not in text[0]
    assert "too little" not in text[0]


def test_no_track_masks_itself() -> None:
    """The bass comes down a little, the kick over it by far: the bass is unmasked, but not by its own fader."""
    heard = drawn(np.array([power_at((100, 1e-3)), power_at((100, 8e-3))]))
    text = said(heard, settings_of(2), settings_of(2, [-1.0, -8.0]), level_db=[0.0, 9.03])
    assert text == ["Bass −1.0 dB: fits in with the other changes", "Kick −8.0 dB: masks Bass at 100 Hz"]


def test_a_spectrum_that_was_fine_is_not_blamed() -> None:
    text = said(drawn(COMB), settings_of(2), settings_of(2, eq_db=[[0, -3, 0, 0], [0] * 4]))
    assert "too much" not in text[0]


def test_the_master_comes_last_and_says_where_it_leads() -> None:
    found = settings_of(2, [8.0, 0.0])
    made = changes(drawn(COMB), found, replace(settings_of(2), master_gain_db=-3.0))
    assert [change.track for change in made] == [0, None]
    mix_lufs = -0.691 + 10 * math.log10(30e-3) - 3.0
    assert made[-1].text == f"Master −3.0 dB: brings the mix to {mix_lufs:.1f} LUFS, -14.0 wanted".replace("-", "−")


def test_sentences_follow_the_order_of_the_tracks_and_bands() -> None:
    wanted = settings_of(2, [-3.0, 3.0], [[1, 2, 3, 4], [0, 0, 0, -1]], master_db=1.0)
    assert [c.track for c in changes(drawn(COMB), settings_of(2), wanted)] == [0, 0, 0, 0, 0, 1, 1, None]


def test_a_fader_that_stays_closed_is_not_spoken_of() -> None:
    heard = drawn(np.concatenate([COMB, np.zeros((1, 30))]))
    found = settings_of(3, [0.0, 0.0, -math.inf])
    assert changes(heard, found, found) == ()


@pytest.mark.parametrize(
    ("freq_hz", "text"), [(80, "80 Hz"), (100.0, "100 Hz"), (999, "999 Hz"), (2500, "2.5 kHz"), (8000.0, "8 kHz")]
)
def test_frequencies_read_as_on_a_panel(freq_hz: float, text: str) -> None:
    assert hertz(freq_hz) == text


@pytest.mark.parametrize(("change_db", "text"), [(-2.5, "−2.5 dB"), (3, "+3.0 dB"), (0.26, "+0.3 dB")])
def test_changes_read_with_their_sign(change_db: float, text: str) -> None:
    assert signed(change_db) == text
