from dataclasses import replace

import numpy as np
import pytest

from agent.actions import limits_around
from agent.hearing.twin import Twin
from agent.reward import Sound
from agent.session import Settings
from agent.settling import settle
from agent.targets import FOCUS_LIFT_DB
from tests.sessions import scene_of, song

STEMS = song(5.0)
VOCAL, BASS = 3, 1


def turned(settings: Settings, changes_db: list[float]) -> Settings:
    strips = (replace(s, gain_db=s.gain_db + c) for s, c in zip(settings.strips, changes_db, strict=True))
    return replace(settings, strips=tuple(strips))


def faders(settings: Settings) -> np.ndarray:
    return np.array([s.gain_db for s in settings.strips])


def settled(changes_db: list[float], **wishes: object) -> tuple[Settings, Sound]:
    scene = scene_of(STEMS, **wishes)
    found = scene.start
    twin = Twin(scene.twin.heard, found)
    result = settle(twin, scene.goal, found, turned(found, changes_db), wishes.get("focus", ()))
    twin.set(result)
    return result, Sound(twin, scene.goal)


def test_the_master_brings_the_mix_to_its_loudness():
    _, sound = settled([0.0, 1.0, -2.0, 3.0, 0.0], loudness_lufs=-16.0)
    assert sound.loudness_error_lu == pytest.approx(0.0, abs=1e-6)


def test_what_all_faders_have_in_common_is_the_masters():
    plain, _ = settled([1.0, 0.0, -2.0, 3.0, 0.0])
    lifted, _ = settled([6.0, 5.0, 3.0, 8.0, 5.0])
    assert np.median(faders(plain)) == pytest.approx(0.0)
    assert faders(lifted) == pytest.approx(faders(plain))
    assert lifted.master_gain_db == pytest.approx(plain.master_gain_db)


def test_a_locked_track_holds_on_to_the_common_gain():
    result, _ = settled([6.0, 0.0, 3.0, 8.0, 5.0], locked=[BASS])
    assert faders(result) == pytest.approx([6.0, 0.0, 3.0, 8.0, 5.0])


def test_the_common_gain_leaves_no_fader_beyond_its_limits():
    result, _ = settled([-12.0, 4.0, 4.0, 4.0, 4.0])
    assert faders(result) == pytest.approx([-12.0, 4.0, 4.0, 4.0, 4.0])
    limits = limits_around(STEMS.settings())
    assert np.all(faders(result) >= limits.fader_low_db - 1e-9)


@pytest.mark.parametrize("track", [VOCAL, BASS])
def test_a_track_in_focus_stands_exactly_as_far_above_its_place_as_said(track):
    wishes = {"focus": (track,)}
    _, sound = settled([1.0, 0.0, -2.0, 3.0, 0.5], **wishes)
    plain = scene_of(STEMS).goal
    place = sound.twin.track_loudness_lufs() - plain.level_db
    others = [k for k in range(5) if k != track]
    assert place[track] - place[others].mean() == pytest.approx(FOCUS_LIFT_DB, abs=1e-6)


def test_focus_on_every_track_or_on_a_locked_one_changes_nothing():
    changes = [1.0, 0.0, -2.0, 3.0, 0.5]
    plain, _ = settled(changes)
    everyone, _ = settled(changes, focus=(0, 1, 2, 3, 4))
    assert faders(everyone) == pytest.approx(faders(plain))
    locked, _ = settled(changes, focus=(BASS,), locked=[BASS])
    assert faders(locked) == pytest.approx(changes)
