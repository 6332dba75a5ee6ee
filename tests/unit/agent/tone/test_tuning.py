"""What a tuning does to sessions: reaches its target, keeps its limits, leaves alone what it should."""

import math
from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.q_learning import QTable
from agent.session import EqBand, EqShape, Session, Settings, Strip, Track
from agent.tone.targets import ToneTarget, heard_target, style_target
from agent.tone.tuning import LAYOUT, plan_tone, shipped_tone
from agent.tone.wishes import TonePlan, ToneWish
from tests.sessions import Song, drawn, song

WRONG = (
    EqBand(EqShape.LOW_SHELF, 120.0, 5.0),
    EqBand(EqShape.BELL, 420.0, -6.0, 1.4),
    EqBand(EqShape.BELL, 2900.0, 7.0, 1.2),
    EqBand(EqShape.HIGH_SHELF, 8000.0, -4.0),
)
EPISODES = 2


@pytest.fixture(scope="module")
def table() -> QTable:
    return shipped_tone()[0]


@pytest.fixture(scope="module")
def five() -> tuple[Song, Heard]:
    made = song(5.0)
    return made, made.heard


def mix_of(heard: Heard) -> Heard:
    return Twin(heard, Settings(tuple(Strip() for _ in range(heard.tracks)))).bounced()


def session(tracks: int = 1, settings: Settings | None = None, *, locked: bool = False) -> Session:
    names = ("Mix",) if tracks == 1 else ("Kick", "Bass", "Keys", "Lead Vox", "Overheads")
    return Session(
        "s", 48_000, 5.0, tuple(Track(name, locked) for name in names), settings or Settings((Strip(),) * tracks)
    )


@pytest.fixture(scope="module")
def file_case(five: tuple[Song, Heard]) -> tuple[Heard, ToneTarget, Heard]:
    """A mix, its spectrum, and the same mix mis-equalised."""
    mix = mix_of(five[1])
    wrong = Twin(mix, Settings((Strip(eq=WRONG),))).printed()
    return mix, heard_target(mix, "the mix"), wrong


@pytest.fixture(scope="module")
def tuned(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> TonePlan:
    _, target, wrong = file_case
    return plan_tone(session(), wrong, ToneWish("master", target, loudness_lufs=-18.0), table)


def test_a_mis_equalised_mix_comes_back_to_its_own_spectrum(tuned: TonePlan) -> None:
    before, after = tuned.before.third_octave_rms_db, tuned.after.third_octave_rms_db
    assert before is not None
    assert after is not None
    assert before > 2.0
    assert after < 0.15 * before


def test_the_master_alone_turns_and_reaches_the_loudness(tuned: TonePlan) -> None:
    assert tuned.settings.strips == tuned.found.strips
    assert tuned.settings.master_eq != tuned.found.master_eq
    assert tuned.after.loudness_lufs == pytest.approx(-18.0, abs=0.01)
    assert tuned.moves > 4


def test_every_change_is_said(tuned: TonePlan) -> None:
    text = "\n".join(change.text for change in tuned.reasons)
    assert text.count("Master EQ") >= 3
    assert "LUFS" in text
    assert "too much there" in text
    assert all(change.track is None for change in tuned.reasons)


@pytest.mark.slow
def test_a_file_can_be_tuned_at_its_track_instead(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> None:
    _, target, wrong = file_case
    made = plan_tone(session(), wrong, ToneWish("tracks", target), table, episodes=EPISODES)
    assert made.settings.master_eq == made.found.master_eq
    assert made.after.loudness_lufs == pytest.approx(made.before.loudness_lufs, abs=0.01)
    assert made.after.third_octave_rms_db is not None
    assert made.before.third_octave_rms_db is not None
    assert made.after.third_octave_rms_db < 0.5 * made.before.third_octave_rms_db


def test_what_is_right_already_stays(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> None:
    mix, target, _ = file_case
    made = plan_tone(session(), mix, ToneWish("master", target), table, episodes=EPISODES)
    assert made.settings.master_eq_gains_db == (0.0, 0.0, 0.0, 0.0)
    assert made.settings.master_gain_db == pytest.approx(0.0, abs=1e-6)
    assert made.moves == 0
    assert made.reasons == ()


def test_strength_goes_part_of_the_way(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> None:
    _, target, wrong = file_case
    wish = ToneWish("master", target, loudness_lufs=-20.0, sweep=False)
    whole = plan_tone(session(), wrong, wish, table, episodes=EPISODES)
    half = plan_tone(session(), wrong, replace(wish, strength=0.5), table, episodes=EPISODES)
    none = plan_tone(session(), wrong, replace(wish, strength=0.0), table, episodes=EPISODES)
    np.testing.assert_allclose(
        half.settings.master_eq_gains_db, np.array(whole.settings.master_eq_gains_db) / 2, atol=1e-9
    )
    assert half.after.loudness_lufs == pytest.approx((half.before.loudness_lufs - 20.0) / 2, abs=0.01)
    assert none.settings == none.found


def test_limits_of_frequency_width_and_gain_hold(tuned: TonePlan) -> None:
    ranges = ((30.0, 400.0), (80.0, 1500.0), (500.0, 8000.0), (2000.0, 16_000.0))
    for band, (low_hz, high_hz) in zip(tuned.settings.master_eq, ranges, strict=True):
        assert abs(band.gain_db) <= 12.0 + 1e-6
        assert low_hz - 1e-6 <= band.freq_hz <= high_hz + 1e-6
        assert 0.5 - 1e-9 <= band.bandwidth_oct <= 3.0 + 1e-9


def test_where_the_eq_can_not_sweep_only_gains_turn(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> None:
    _, target, wrong = file_case
    made = plan_tone(session(), wrong, ToneWish("master", target, sweep=False), table, episodes=EPISODES)
    for band, was in zip(made.settings.master_eq, made.found.master_eq, strict=True):
        assert (band.freq_hz, band.bandwidth_oct) == (was.freq_hz, was.bandwidth_oct)
    assert made.settings.master_eq != made.found.master_eq


@pytest.mark.slow
def test_towards_a_style_no_band_goes_beyond_mixings_limit(five: tuple[Song, Heard], table: QTable) -> None:
    heard = five[1]
    wish = ToneWish("tracks", style_target(heard.bands_hz), sweep=False)
    made = plan_tone(session(5), heard, wish, table, episodes=1)
    assert max(abs(gain) for strip in made.settings.strips for gain in strip.eq_gains_db) <= 6.0 + 1e-6
    assert made.before.third_octave_rms_db is not None
    assert made.after.third_octave_rms_db is not None
    assert made.after.third_octave_rms_db < made.before.third_octave_rms_db
    np.testing.assert_allclose(made.after.track_lufs, made.before.track_lufs, atol=0.01)
    assert made.after.loudness_lufs == pytest.approx(made.before.loudness_lufs, abs=0.01)


def test_locked_tracks_and_those_not_named_stay(five: tuple[Song, Heard], table: QTable) -> None:
    heard = five[1]
    wish = ToneWish("tracks", style_target(heard.bands_hz), locked=(1,), only=(1, 2), sweep=False)
    made = plan_tone(session(5), heard, wish, table, episodes=2)
    moved = [k for k, (old, new) in enumerate(zip(made.found.strips, made.settings.strips, strict=True)) if old != new]
    assert moved == [2]
    everything = plan_tone(session(5, locked=True), heard, replace(wish, only=()), table, episodes=2)
    assert everything.settings.strips == everything.found.strips


def test_a_silent_track_is_left_alone_and_named(five: tuple[Song, Heard], table: QTable) -> None:
    heard = five[1]
    gram, level, cross, peak = heard.gram.copy(), heard.level.copy(), heard.cross.copy(), heard.peak.copy()
    gram[:, 2], gram[:, :, 2], level[2], cross[:, 2], cross[:, :, 2], peak[:, 2] = 0, 0, 0, 0, 0, 0
    quiet = replace(heard, gram=gram, level=level, cross=cross, peak=peak)
    for scope in ("tracks", "master"):
        wish = ToneWish(scope, style_target(heard.bands_hz), sweep=False)
        made = plan_tone(session(5), quiet, wish, table, episodes=1)
        assert made.silent == (2,)
        assert made.settings.strips[2] == made.found.strips[2]
        assert made.before.track_rms_db[2] is None


def test_a_session_that_is_silent_throughout_is_left_as_it_is(table: QTable) -> None:
    heard = drawn(np.zeros((2, 30)))
    for scope in ("tracks", "master"):
        wish = ToneWish(scope, style_target(heard.bands_hz), loudness_lufs=-14.0)
        made = plan_tone(
            Session("s", 48_000, 2.0, (Track("a"), Track("b")), Settings((Strip(),) * 2)), heard, wish, table
        )
        assert made.settings == made.found
        assert made.silent == (0, 1)
        assert made.after.loudness_lufs == -math.inf


@pytest.mark.slow
def test_a_track_can_be_brought_to_its_own_target_and_loudness(five: tuple[Song, Heard], table: QTable) -> None:
    clean = five[1]
    flat = Settings((Strip(),) * 5)
    strips = list(flat.strips)
    strips[2] = Strip(eq=WRONG)
    wrong = Twin(clean, Settings(tuple(strips))).printed()
    bands = np.einsum("ciib->ib", clean.cross).real
    level_db = 10 * np.log10(bands[2] + 1e-20)
    weight = np.where(level_db > level_db.max() - 40, 1.0, 0.0)
    target = ToneTarget("reference", clean.bands_hz, level_db, weight, "the clean keys")
    lufs = float(Twin(clean, flat).track_loudness_lufs()[2])
    wish = ToneWish("tracks", None, ((2, target),), ((2, lufs),), only=(2,))
    made = plan_tone(session(5), wrong, wish, table, episodes=8)
    before, after = made.before.track_rms_db[2], made.after.track_rms_db[2]
    assert before is not None
    assert after is not None
    assert after < 0.35 * before
    assert made.after.track_lufs[2] == pytest.approx(lufs, abs=0.01)


def test_the_same_seed_makes_the_same_plan(file_case: tuple[Heard, ToneTarget, Heard], table: QTable) -> None:
    _, target, wrong = file_case
    wish = ToneWish("master", target, sweep=False)
    one, again = (plan_tone(session(), wrong, wish, table, seed=3, episodes=2) for _ in range(2))
    assert (one.settings, one.steps) == (again.settings, again.steps)


def test_a_wish_that_can_not_be_met_is_refused(five: tuple[Song, Heard], table: QTable) -> None:
    target = style_target(five[1].bands_hz)
    with pytest.raises(ValueError, match="there is no track 9"):
        plan_tone(session(5), five[1], ToneWish("tracks", target, only=(9,)), table)
    with pytest.raises(ValueError, match="needs a target"):
        ToneWish("master")
    with pytest.raises(ValueError, match="strength"):
        ToneWish("master", target, strength=1.5)
    with pytest.raises(ValueError, match="loudness"):
        ToneWish("master", target, loudness_lufs=0.0)


def test_the_shipped_table_fits_and_tells_how_it_was_made() -> None:
    table, about = shipped_tone()
    assert about.actions == LAYOUT.actions
    assert about.command.startswith("python benchmarks/train_tone.py")
    assert np.count_nonzero(table.visits.any(1)) > 2000
