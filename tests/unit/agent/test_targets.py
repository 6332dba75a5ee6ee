"""The goal against its definitions, by sums of powers."""

import math

import numpy as np
import pytest

from agent.hearing.twin import Twin
from agent.reward import Sound
from agent.roles import Role
from agent.session import Settings
from agent.targets import FOCUS_LIFT_DB, LOUDNESS_LUFS, STYLES, Goal, Style, goal, role_levels_db
from tests.sessions import drawn, settings_of, song

BAND = np.full(30, 1e-3)
VOCAL, BASS, KEYS, SHAKER, EFFECT = Role.LEAD_VOCAL, Role.BASS, Role.KEYS, Role.PERCUSSION, Role.FX
ALL = np.ones(9, bool)


def levels(roles: list[Role], activity: list[float] | None = None, style: Style = STYLES["balanced"]) -> np.ndarray:
    count = len(roles)
    return role_levels_db(roles, np.array(activity or [1.0] * count), ALL[:count], style)


def power_db(values_db: np.ndarray) -> float:
    return 10 * math.log10(np.sum(10 ** (np.asarray(values_db) / 10)))


def test_accompaniment_is_equally_loud() -> None:
    assert levels([BASS, KEYS, Role.KICK, Role.STRINGS]).tolist() == [0.0] * 4


@pytest.mark.parametrize("role", [Role.PERCUSSION, Role.FX, Role.ROOM])
def test_supporting_roles_stay_3_db_behind(role: Role) -> None:
    assert levels([BASS, role]).tolist() == [0.0, -3.0]


@pytest.mark.parametrize("style", STYLES)
def test_the_lead_stands_over_the_sum_of_all_the_rest(style: str) -> None:
    """The vocal-to-accompaniment ratio of Gerdes & Siedenburg 2023: power of the voice over that of all others."""
    level = levels([BASS, VOCAL, KEYS, SHAKER, Role.SNARE], style=STYLES[style])
    assert level[1] - power_db(np.delete(level, 1)) == pytest.approx(STYLES[style].vocal_over_accompaniment_db)


def test_several_leads_share_the_level_of_one() -> None:
    level = levels([VOCAL, BASS, VOCAL, KEYS])
    assert level[0] == level[2]
    assert power_db(level[[0, 2]]) - power_db(level[[1, 3]]) == pytest.approx(1.0)


def test_who_plays_half_the_time_adds_half_to_the_accompaniment() -> None:
    level = levels([VOCAL, BASS, KEYS], [1.0, 1.0, 0.5])
    assert level[0] == pytest.approx(1.0 + 10 * math.log10(1.5))


def test_silent_tracks_add_nothing_to_the_accompaniment() -> None:
    level = role_levels_db([VOCAL, BASS, KEYS], np.ones(3), np.array([True, True, False]), STYLES["balanced"])
    assert level[0] == pytest.approx(1.0)


def test_a_lead_alone_has_nothing_to_stand_over() -> None:
    assert levels([VOCAL]).tolist() == [0.0]


def test_styles_keep_the_order_of_the_study() -> None:
    """Country highest, then rap, then pop; near 0 in rock; below 0 in metal."""
    order = [STYLES[name].vocal_over_accompaniment_db for name in ("country", "rap", "pop", "rock", "metal")]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == 5
    assert order[2] == STYLES["balanced"].vocal_over_accompaniment_db == 1.0
    assert order[3] == 0.0
    assert order[4] < 0


def test_loudness_presets_are_those_of_the_standards() -> None:
    assert LOUDNESS_LUFS["broadcast"] == -23.0, "EBU R 128"
    assert LOUDNESS_LUFS["streaming"] == -14.0
    assert LOUDNESS_LUFS["aes"] == LOUDNESS_LUFS["podcast"] == -16.0, "AES TD1008"


def drawn_twin(tracks: int = 3, settings: Settings | None = None) -> Twin:
    return Twin(drawn(np.tile(BAND, (tracks, 1))), settings or settings_of(tracks))


def made(roles: list[Role], **wishes: object) -> Goal:
    return goal(drawn_twin(len(roles)), roles, **wishes)  # type: ignore[arg-type]


def test_focus_lifts_above_the_roles_level() -> None:
    plain, lifted = made([VOCAL, BASS, KEYS]), made([VOCAL, BASS, KEYS], focus=(1, 0))
    np.testing.assert_allclose(lifted.level_db - plain.level_db, [FOCUS_LIFT_DB, FOCUS_LIFT_DB, 0.0])


def test_locked_and_silent_tracks_do_not_move_but_locked_ones_are_heard() -> None:
    heard = drawn(np.array([BAND, BAND, 0 * BAND]))
    wanted = goal(Twin(heard, settings_of(3)), [BASS, KEYS, VOCAL], locked=[1])
    assert wanted.audible.tolist() == [True, True, False]
    assert wanted.movable.tolist() == [True, False, False]


def test_a_track_under_the_absolute_gate_is_silent() -> None:
    whisper, soft = 10 ** ((-71 + 0.691) / 10) / 30, 10 ** ((-69 + 0.691) / 10) / 30
    heard = drawn(np.array([BAND * 0 + whisper, BAND * 0 + soft]))
    assert goal(Twin(heard, settings_of(2)), [BASS, KEYS]).audible.tolist() == [False, True]


def test_a_fader_does_not_change_what_is_wanted() -> None:
    here, there = drawn_twin(), drawn_twin(settings=settings_of(3, [-30.0, 12.0, 3.0], master_db=-9.0))
    one, other = (goal(twin, [VOCAL, BASS, KEYS]) for twin in (here, there))
    np.testing.assert_allclose(one.level_db, other.level_db, atol=1e-4)
    np.testing.assert_array_equal(one.strong, other.strong)
    np.testing.assert_array_equal(one.audible, other.audible)


def test_the_slope_falls_by_one_and_a_half_db_an_octave_from_100_hz_to_4_khz() -> None:
    twin = drawn_twin()
    wanted = goal(twin, [VOCAL, BASS, KEYS])
    bands = twin.heard.bands_hz
    inside = bands[wanted.spectrum]
    assert (inside[0], inside[-1]) == (pytest.approx(100, rel=0.01), pytest.approx(4000, rel=0.01))
    octaves = np.log2(bands[-1] / bands[0])
    assert wanted.slope_db[-1] - wanted.slope_db[0] == pytest.approx(-1.5 * octaves)


def test_a_tracks_strong_bands_are_its_six_strongest() -> None:
    power = np.full(30, 1e-6)
    power[[3, 5, 7, 11, 13, 17]] = [1, 2, 3, 4, 5, 6]
    wanted = goal(Twin(drawn(power[None]), settings_of(1)), [BASS])
    assert wanted.strong.tolist() == [[17, 13, 11, 7, 5, 3]]


def test_a_track_that_plays_two_thirds_of_the_time_counts_so() -> None:
    """The song's voice rests for 1.3 s in 4: the lead over it is that of the mean powers over the whole song."""
    made_song = song(8.0)
    roles = [Role.KEYS, Role.KEYS, Role.LEAD_VOCAL, Role.KEYS, Role.KEYS]
    twin = Twin(made_song.heard, made_song.settings())
    wanted = goal(twin, roles)
    gated = twin.track_loudness_lufs()
    mean = 10 * np.log10(np.einsum("hii->ih", twin.heard.gram).mean(1)) - 0.691
    activity_db = np.minimum(0, mean - gated)
    behind = [0, 1, 3, 4]
    assert activity_db[3] < -1.0
    expected = 1.0 + power_db(activity_db[behind])
    assert wanted.level_db[2] == pytest.approx(expected, abs=0.01)


def test_a_mix_at_its_wanted_levels_has_no_level_errors() -> None:
    twin = drawn_twin()
    wanted = goal(twin, [VOCAL, BASS, SHAKER])
    twin.set(settings_of(3, wanted.level_db - 20))
    np.testing.assert_allclose(Sound(twin, wanted).level_error_lu, 0, atol=1e-6)


def test_a_voice_is_not_buried_under_what_plays_for_a_moment_only() -> None:
    roles = (Role.SPEECH, Role.OTHER)
    level = role_levels_db(roles, np.array([0.9, 0.05]), np.array([True, True]), STYLES["balanced"])
    assert level[0] - level[1] == pytest.approx(1.0)
