from collections.abc import Callable

import numpy as np
import pytest

from agent.rhythm.learning import fresh
from agent.rhythm.music import Music
from agent.rhythm.pattern import Voice, hits
from agent.rhythm.playability import violations
from agent.rhythm.styles import style, styles
from agent.rhythm.writing import AUTO, RhythmPlan, RhythmWish, bars_in_words, write_rhythm
from tests.rhythms import music

UNTRAINED = fresh()
METERS = [(4, 4), (4, 6), (3, 4), (3, 6), (2, 6)]
SONG = music(8, bass="x..x..x.x.......", chords="x.......x.......", silent=(3,))


def quick(piece: Music, wish: RhythmWish, progress: Callable[[float], None] = lambda _share: None) -> RhythmPlan:
    """Write with a table that knows nothing and is hardly refined, where learning is not what is asked."""
    return write_rhythm(piece, wish, progress, table=UNTRAINED, refining_steps=200)


@pytest.fixture(scope="module")
def rock() -> RhythmPlan:
    return write_rhythm(SONG, RhythmWish("rock", seed=1))


def test_a_part_has_the_bars_of_the_music_and_hits_in_order(rock: RhythmPlan) -> None:
    assert rock.pattern.velocity.shape == (8, 16, 9)
    assert rock.hits == hits(rock.pattern, SONG.step_s)
    assert list(rock.hits) == sorted(rock.hits)


def test_the_figures_are_those_of_the_part(rock: RhythmPlan) -> None:
    assert rock.figures.violations == len(violations(rock.hits)) == 0
    assert rock.figures.hits_per_bar == pytest.approx((rock.pattern.velocity[[0, 1, 2, 4, 5, 6, 7]] > 0).sum() / 7)
    kick = rock.pattern.velocity[:, :, Voice.KICK] > 0
    bass = SONG.onset[0] > 0
    assert rock.figures.coincidence == pytest.approx((kick & bass).sum() / bass.sum())
    assert rock.steps > 0


def test_a_silent_bar_is_silent(rock: RhythmPlan) -> None:
    assert not rock.pattern.velocity[3].any()
    assert any("no drums where the music rests: bar 4" in reason for reason in rock.reasons)


def test_the_same_wish_gives_the_same_part_to_the_byte(rock: RhythmPlan) -> None:
    again = write_rhythm(SONG, RhythmWish("rock", seed=1))
    assert again.pattern.velocity.tobytes() == rock.pattern.velocity.tobytes()
    assert again.pattern.offset_s.tobytes() == rock.pattern.offset_s.tobytes()
    assert again.reasons == rock.reasons


def test_another_seed_gives_a_variation(rock: RhythmPlan) -> None:
    assert write_rhythm(SONG, RhythmWish("rock", seed=2)).hits != rock.hits


def test_how_human_it_is_does_not_change_what_is_hit(rock: RhythmPlan) -> None:
    even = write_rhythm(SONG, RhythmWish("rock", seed=1, humanize=0.0))
    assert ((even.pattern.velocity > 0) == (rock.pattern.velocity > 0)).all()


def test_density_goes_from_sparse_to_busy() -> None:
    sparse, busy = (quick(SONG, RhythmWish("funk", density=density)).figures.hits_per_bar for density in (0.0, 1.0))
    assert sparse < busy


def test_only_so_many_bars_are_written_as_are_wanted() -> None:
    assert quick(SONG, RhythmWish("rock", bars=2)).pattern.bars == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", styles())
@pytest.mark.parametrize(("beats", "steps_per_beat"), METERS)
def test_every_style_writes_something_playable_in_every_meter(name: str, beats: int, steps_per_beat: int) -> None:
    written = quick(music(5, beats, steps_per_beat, bass="x..x", chords="x"), RhythmWish(name))
    assert (written.pattern.velocity > 0).any((1, 2)).all()
    assert violations(written.hits) == ()


@pytest.mark.parametrize(("beats", "steps_per_beat"), METERS)
def test_a_waltz_and_a_jig_and_a_shuffle_are_written(beats: int, steps_per_beat: int) -> None:
    written = quick(music(2, beats, steps_per_beat, bass="x..x"), RhythmWish("all"))
    assert written.pattern.velocity.any((1, 2)).all()
    assert written.figures.violations == 0


@pytest.mark.parametrize("tempo_bpm", [45.0, 240.0, 400.0])
def test_no_tempo_is_too_fast_to_play(tempo_bpm: float) -> None:
    wish = RhythmWish("techno", density=1.0, humanize=1.0)
    assert quick(music(4, tempo_bpm=tempo_bpm, bass="xxxxxxxx"), wish).figures.violations == 0


def test_without_any_music_the_style_plays_alone_and_says_so() -> None:
    alone = quick(music(2), RhythmWish("rock"))
    assert alone.pattern.velocity.any((1, 2)).all()
    assert alone.figures.coincidence is None
    assert any("the style's alone" in note for note in alone.notes)


def test_one_bar_is_a_piece() -> None:
    assert quick(music(1, bass="x"), RhythmWish("rock")).pattern.velocity.any()


def test_auto_takes_a_style_that_there_is() -> None:
    assert quick(music(2, bass="x..x"), RhythmWish(AUTO)).style in styles()


def test_progress_comes_to_its_end() -> None:
    told: list[float] = []
    quick(music(1, bass="x"), RhythmWish("rock"), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_style_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="rock"):
        write_rhythm(music(1), RhythmWish("polka-dot"))


@pytest.mark.parametrize("wrong", [{"density": 1.5}, {"swing": -0.1}, {"humanize": 2.0}, {"bars": 0}])
def test_what_is_out_of_range_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"is|can not"):
        RhythmWish(**wrong)


def test_the_kick_goes_with_the_bass() -> None:
    """The same style under two basses: each is met more often by the part that was written to it."""
    off, on = "x.....x...x.....", "x...x...x...x..."
    pieces = {said: music(8, bass=said) for said in (off, on)}
    kicks = {
        said: quick(piece, RhythmWish("all")).pattern.velocity[:, :, Voice.KICK] > 0 for said, piece in pieces.items()
    }
    begun = {said: piece.onset[0] > 0 for said, piece in pieces.items()}
    met = {(k, b): (kicks[k] & begun[b]).sum() / begun[b].sum() for k in kicks for b in begun}
    assert met[off, off] > met[on, off]
    assert met[on, on] > met[off, on]


def test_bars_are_told_in_runs() -> None:
    assert bars_in_words(np.array([4])) == "bar 4"
    assert bars_in_words(np.array([1, 2, 3, 8, 12])) == "bars 1–3, 8 and 12"


def test_a_style_in_another_meter_says_that_it_was_adapted() -> None:
    adapted = [name for name in styles() if style(name).profile(2, 6).adapted]
    written = quick(music(1, 2, 6, bass="x"), RhythmWish(adapted[0]))
    assert any("another meter" in note for note in written.notes)


def test_off_beats_of_the_bass_that_the_kick_goes_with_are_told_in_one_run() -> None:
    off_beat = quick(music(8, bass="x.....x.........", chords="x.....x........."), RhythmWish("all"))
    lines = [line for line in off_beat.reasons if "off-beat" in line]
    assert len(lines) == 1
    assert "bars 1–8" in lines[0]


def test_a_thin_bar_gets_a_cymbal_alone_and_the_part_says_so() -> None:
    thin = music(6, bass="x..x..x.x.......", chords="x.x.x.x.x.......")
    thin.onset[:, 0, 1:] = 0.0
    thin.onset[0, 0, 0] = 0.0
    written = quick(thin, RhythmWish("rock"))
    assert not written.pattern.velocity[0, :, [Voice.KICK, Voice.SNARE]].any()
    assert written.pattern.velocity[0].any()
    assert any("thin: bar 1" in reason for reason in written.reasons)
