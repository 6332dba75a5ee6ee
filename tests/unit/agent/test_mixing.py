import math
from dataclasses import replace

import numpy as np
import pytest

from agent.environment import MixEnv
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.mixing import MixPlan, Wish, plan_mix, roles_of, scaled
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.roles import Role
from agent.session import Session, Settings, Track
from agent.targets import FOCUS_LIFT_DB, STYLES
from tests.sessions import Song, drawn, lufs, power_at, rendered, scene_of, settings_of, song

KICK, BASS, KEYS, VOX, OVERHEADS = range(5)
OFF_DB = [6.0, -8.0, 3.0, -7.0, 9.0]
EPISODES = 4


@pytest.fixture(scope="module")
def short() -> tuple[Song, Heard]:
    made = song(5.0)
    return made, made.heard


@pytest.fixture(scope="module")
def table(short: tuple[Song, Heard]) -> QTable:
    made, heard = short
    hyper = Hyper()
    learner = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(0))
    env = MixEnv([scene_of(made, heard=heard)], scramble_db=12.0, rounds=15)
    for count in range(15):
        episode(env, learner, 0.3, seed=count)
    return learner.table


def mixed(
    short: tuple[Song, Heard], table: QTable, wish: Wish, *, found: Settings | None = None, locked: tuple[int, ...] = ()
) -> MixPlan:
    made, heard = short
    session = made.session(found or made.settings(OFF_DB), locked)
    return plan_mix(session, heard, wish, table, episodes=EPISODES)


@pytest.fixture(scope="module")
def whole(short: tuple[Song, Heard], table: QTable) -> MixPlan:
    return mixed(short, table, Wish())


def test_a_mix_gets_better_and_reaches_its_loudness(short: tuple[Song, Heard], whole: MixPlan) -> None:
    made, _ = short
    assert whole.after.cost.total < 0.5 * whole.before.cost.total
    real = lufs(rendered(made.audio, whole.settings, made.rate_hz), made.rate_hz)
    assert real == pytest.approx(-14.0, abs=1.5)
    assert whole.after.loudness_lufs == pytest.approx(real, abs=0.1)


def test_the_figures_before_are_those_of_what_was_found(short: tuple[Song, Heard], whole: MixPlan) -> None:
    made, _ = short
    assert whole.found == made.settings(OFF_DB)
    real = lufs(rendered(made.audio, whole.found, made.rate_hz), made.rate_hz)
    assert whole.before.loudness_lufs == pytest.approx(real, abs=0.01)
    assert len(whole.before.track_loudness_lufs) == 5
    assert whole.roles == made.roles
    assert whole.silent == ()
    assert whole.steps > 100
    assert whole.reasons


def test_no_strength_changes_nothing(short: tuple[Song, Heard], table: QTable) -> None:
    nothing = mixed(short, table, Wish(strength=0.0))
    assert nothing.settings == nothing.found
    assert nothing.before == nothing.after
    assert nothing.reasons == ()
    assert nothing.steps == 0


@pytest.mark.parametrize("strength", [0.5, 0.25])
def test_strength_scales_every_gain_in_db(
    short: tuple[Song, Heard], table: QTable, whole: MixPlan, strength: float
) -> None:
    part = mixed(short, table, Wish(strength=strength))
    assert part.settings != whole.settings
    for found, full, half in zip(part.found.strips, whole.settings.strips, part.settings.strips, strict=True):
        assert half.gain_db - found.gain_db == pytest.approx(strength * (full.gain_db - found.gain_db))
        for was, all_the_way, half_way in zip(found.eq_gains_db, full.eq_gains_db, half.eq_gains_db, strict=True):
            assert half_way - was == pytest.approx(strength * (all_the_way - was))
    assert part.settings.master_gain_db == pytest.approx(strength * whole.settings.master_gain_db)


def test_scaling_leaves_closed_faders_pans_and_tempo_alone() -> None:
    found = replace(settings_of(2, [-math.inf, 0.0], pan=[0.3, -1.0]), tempo_bpm=90.0)
    wanted = replace(settings_of(2, [-math.inf, -6.0], pan=[0.3, -1.0], master_db=4.0), tempo_bpm=90.0)
    half = scaled(found, wanted, 0.5)
    assert [s.gain_db for s in half.strips] == [-math.inf, -3.0]
    assert [s.pan for s in half.strips] == [0.3, -1.0]
    assert (half.master_gain_db, half.tempo_bpm) == (2.0, 90.0)
    assert scaled(found, wanted, 1.0) == wanted
    assert scaled(found, wanted, 0.0) == found


def test_locked_tracks_are_not_moved_whoever_locked_them(short: tuple[Song, Heard], table: QTable) -> None:
    made = mixed(short, table, Wish(locked=(BASS,)), locked=(OVERHEADS,))
    for track in (BASS, OVERHEADS):
        assert made.settings.strips[track] == made.found.strips[track]
    assert made.settings.strips[KEYS] != made.found.strips[KEYS]
    assert not {BASS, OVERHEADS} & {change.track for change in made.reasons}


def test_all_locked_leaves_the_master(short: tuple[Song, Heard], table: QTable) -> None:
    made = mixed(short, table, Wish(locked=tuple(range(5))))
    assert made.settings.strips == made.found.strips
    assert made.settings.master_gain_db != 0.0
    assert made.after.loudness_lufs == pytest.approx(-14.0, abs=1.0)


def test_silent_tracks_are_named_and_left_alone(short: tuple[Song, Heard], table: QTable) -> None:
    made, _ = short
    audio = made.audio.copy()
    audio[KEYS] = 0.0
    quiet = replace(made, audio=audio)
    planned = mixed((quiet, quiet.heard), table, Wish())
    assert planned.silent == (KEYS,)
    assert planned.settings.strips[KEYS] == planned.found.strips[KEYS]
    assert planned.after.track_loudness_lufs[KEYS] == -math.inf
    assert planned.after.cost.total < planned.before.cost.total


def test_focus_lifts_a_track_by_about_its_lift(short: tuple[Song, Heard], table: QTable, whole: MixPlan) -> None:
    """The dead zone of 1 LU to either side, and steps of 1 dB, leave ± 2 dB open."""
    focused = mixed(short, table, Wish(focus=(KEYS,)))
    lift = over_the_rest(focused) - over_the_rest(whole)
    assert lift == pytest.approx(FOCUS_LIFT_DB, abs=2.0)


def over_the_rest(made: MixPlan) -> float:
    return made.after.track_loudness_lufs[KEYS] - float(np.mean(np.delete(made.after.track_loudness_lufs, KEYS)))


def test_a_style_moves_the_voice(short: tuple[Song, Heard], table: QTable) -> None:
    """5 dB apart by their targets; the dead zones of the voice and of the others take up to 4 of them."""

    def voice(style: str) -> float:
        loudness = mixed(short, table, Wish(style=STYLES[style])).after.track_loudness_lufs
        return loudness[VOX] - float(np.mean(np.delete(loudness, VOX)))

    assert voice("country") > voice("metal") + 1.0


def test_without_eq_the_eq_stays_flat(short: tuple[Song, Heard], table: QTable, whole: MixPlan) -> None:
    made = mixed(short, table, Wish(eq=False))
    assert all(strip.eq_gains_db == (0.0,) * 4 for strip in made.settings.strips)
    assert made.after.cost.total < made.before.cost.total
    assert any(any(strip.eq_gains_db) for strip in whole.settings.strips), "with EQ, it is used"


@pytest.mark.parametrize("target", [-23.0, -16.0])
def test_any_loudness_can_be_asked_for(short: tuple[Song, Heard], table: QTable, target: float) -> None:
    assert mixed(short, table, Wish(loudness_lufs=target)).after.loudness_lufs == pytest.approx(target, abs=1.0)


def test_the_same_seed_makes_the_same_mix(short: tuple[Song, Heard], table: QTable, whole: MixPlan) -> None:
    assert mixed(short, table, Wish()) == whole


def test_a_session_of_one_track_is_brought_to_its_loudness(short: tuple[Song, Heard], table: QTable) -> None:
    made, _ = short
    alone = Song(made.audio[VOX : VOX + 1], made.rate_hz, ("Voice",), (Role.LEAD_VOCAL,), (0.0,))
    planned = mixed((alone, alone.heard), table, Wish(), found=alone.settings([-8.0]))
    assert planned.after.cost.balance == planned.after.cost.masking == 0.0
    assert planned.after.loudness_lufs == pytest.approx(-14.0, abs=1.0)


def test_a_session_of_silence_is_left_as_it_is(table: QTable) -> None:
    made = song(1.0)
    empty = replace(made, audio=np.zeros_like(made.audio))
    planned = mixed((empty, empty.heard), table, Wish())
    assert planned.settings == planned.found
    assert planned.silent == (0, 1, 2, 3, 4)
    assert planned.reasons == ()
    assert planned.after.loudness_lufs == -math.inf


def test_a_long_session_is_planned_coarsely_and_told_exactly(table: QTable) -> None:
    """Over 300 hops, planning hears 400 ms at a time; the figures are still those of a meter."""
    made = song(31.0, 44_100)
    planned = mixed((made, made.heard), table, Wish())
    real = lufs(rendered(made.audio, planned.settings, made.rate_hz), made.rate_hz)
    assert planned.after.loudness_lufs == pytest.approx(real, abs=0.1)
    assert planned.after.cost.total < planned.before.cost.total


def test_roles_come_from_names_and_else_from_sound() -> None:
    rumble = power_at((40, 1e-3), (50, 2e-3), (63, 2e-3), (80, 1e-3))
    heard = drawn(np.array([rumble, rumble]), peak=0.2)
    tracks = (Track("Lead Vox"), Track("Audio 7"))
    session = Session("s", 48_000, 2.0, tracks, settings_of(2))
    assert roles_of(session, heard) == (Role.LEAD_VOCAL, Role.BASS)


@pytest.mark.parametrize("strength", [-0.1, 1.1, math.nan, math.inf])
def test_a_strength_outside_0_to_1_is_refused(strength: float) -> None:
    with pytest.raises(ValueError, match=r"strength of .* is outside 0 to 1"):
        Wish(strength=strength)


@pytest.mark.parametrize("target", [-40.1, -4.9, math.nan, -math.inf, 0.0])
def test_a_loudness_that_nobody_wants_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match=r"loudness target of .* is outside -40 to -5"):
        Wish(loudness_lufs=target)


def test_limits_of_a_wish_are_wishes_too() -> None:
    for wish in (Wish(strength=0.0), Wish(strength=1.0), Wish(loudness_lufs=-40.0), Wish(loudness_lufs=-5.0)):
        assert wish.eq


def test_a_session_and_what_was_heard_must_fit(short: tuple[Song, Heard], table: QTable) -> None:
    _, heard = short
    session = Session("s", 48_000, 5.0, (Track("a"),), settings_of(1))
    with pytest.raises(ValueError, match="5 tracks were heard, but 1 are set"):
        plan_mix(session, heard, Wish(), table)


def test_planning_leaves_what_was_heard_alone(short: tuple[Song, Heard], whole: MixPlan) -> None:
    made, heard = short
    assert Twin(heard, made.settings()).mix_loudness_lufs() == pytest.approx(
        lufs(rendered(made.audio, made.settings(), made.rate_hz), made.rate_hz), abs=0.01
    )
