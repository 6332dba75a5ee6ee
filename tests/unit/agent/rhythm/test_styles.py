"""The styles that ship: that they were counted, and that they say of each style what everyone knows of it."""

import numpy as np
import pytest

from agent.rhythm.music import Music
from agent.rhythm.pattern import Voice
from agent.rhythm.styles import EVERY, Profile, best_style, style, styles, styles_file

HELD_OUT = {
    "linns_basket", "midnight_snow_run", "mighty_giant_run", "modern_motion", "relax_song", "careless_perc_redfarn",
    "city_blues_redfarn", "flying_scotsman", "moo_redfarn", "no_work_song_redfarn", "say_what_redfarn",
    "the_fast_route", "train_filled_with_cash", "ttsong_iv_imuh3", "ultimate_run",
}  # fmt: skip
BEATS = [0, 4, 8, 12]


def music(bass: np.ndarray, others: np.ndarray, *, tempo_bpm: float = 110.0) -> Music:
    """Make four beats of four steps a bar: bass and others (bars, 16)."""
    bars, steps = bass.shape
    onset = np.stack([bass, others, np.zeros_like(bass)]).astype(float)
    step_s = np.arange(bars * steps).reshape(bars, steps) * 60 / tempo_bpm / 4
    return Music(tempo_bpm, 4, 4, step_s, onset, np.full(bars, -20.0), onset.max(0).mean(1))


@pytest.mark.parametrize("name", styles())
def test_every_style_has_songs_behind_it_and_says_how_it_was_told(name: str) -> None:
    one = style(name)
    assert len(one.songs) >= 3 or one.bars >= 100
    assert one.label
    sources = styles_file().sources
    assert {song.split("/")[0] for song in one.songs} <= set(sources)
    assert all(source.licence and source.package for source in sources.values())


def test_songs_that_are_held_out_are_in_no_style() -> None:
    assert not {song.split("/")[-1] for one in styles().values() for song in one.songs} & HELD_OUT


@pytest.mark.parametrize("name", styles())
def test_every_profile_is_one(name: str) -> None:
    for (beats, per_beat), one in style(name).profiles.items():
        assert one.probability.shape == (beats * per_beat, 9)
        for share in (one.probability, one.with_bass, one.without_bass, one.fill_probability):
            assert 0 <= share.min() <= share.max() <= 1
        assert 1 <= one.velocity.min() <= one.velocity.max() <= 127
        assert np.abs(one.offset).max() <= 0.5
        assert not one.adapted


def test_house_has_its_kick_on_all_four_beats() -> None:
    assert style("house").profile(4, 4).probability[BEATS, Voice.KICK].min() > 0.9


@pytest.mark.parametrize("name", ["rock", "pop", "funk", "hiphop", EVERY])
def test_the_snare_is_on_two_and_four(name: str) -> None:
    snare = style(name).profile(4, 4).probability[:, Voice.SNARE]
    assert sorted(np.argsort(snare)[-2:]) == [4, 12]


def test_jazz_rides_on_thirds_of_the_beat() -> None:
    one = style("jazz").profile(4, 6)
    timekeeping = one.probability[:, [Voice.RIDE, Voice.CLOSED_HAT, Voice.OPEN_HAT]].max(1).reshape(4, 6).mean(0)
    assert timekeeping[4] > 2 * timekeeping[3]
    assert one.swing > 0.5


def test_a_kick_goes_with_the_bass_where_songs_have_one() -> None:
    one = style(EVERY).profile(4, 4)
    off_beat = [2, 6, 10, 14]
    assert (one.with_bass[off_beat, Voice.KICK] > one.without_bass[off_beat, Voice.KICK]).all()


@pytest.mark.parametrize("name", styles())
@pytest.mark.parametrize(("beats", "per_beat"), [(4, 4), (4, 6), (3, 4), (3, 6), (2, 6), (2, 4), (5, 4), (7, 6)])
def test_every_style_has_a_profile_for_every_meter(name: str, beats: int, per_beat: int) -> None:
    one = style(name).profile(beats, per_beat)
    assert one.probability.shape == one.velocity.shape == (beats * per_beat, 9)
    assert one.adapted == ((beats, per_beat) not in style(name).profiles)
    assert one.velocity.min() >= 1


def test_on_the_other_grid_beats_stay_and_off_beats_swing() -> None:
    house = style("house")
    straight, swung = house.profile(4, 4), house.profile(4, 6)
    np.testing.assert_array_equal(swung.probability[::6], straight.probability[::4])
    np.testing.assert_array_equal(swung.probability[4::6], straight.probability[2::4])


def test_an_unknown_style_names_those_that_there_are() -> None:
    with pytest.raises(KeyError, match=r"no style polka: there are all, .*rock"):
        style("polka")


@pytest.mark.parametrize("name", ["hiphop", "latin", "jazz"])
def test_music_as_a_style_s_songs_have_it_is_taken_for_that_style(name: str) -> None:
    one: Profile = style(name).profile(4, 4)
    assert one.bass is not None
    assert one.others is not None
    rng = np.random.default_rng(2)
    drawn = music(rng.uniform(size=(64, 16)) < one.bass, rng.uniform(size=(64, 16)) < one.others)
    assert best_style(drawn) == name


def test_music_that_says_nothing_is_of_no_style() -> None:
    assert best_style(music(np.zeros((8, 16)), np.zeros((8, 16)))) == EVERY
