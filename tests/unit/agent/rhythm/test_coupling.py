import numpy as np
import pytest

from agent.rhythm.coupling import (
    COUPLED,
    FIGURES,
    Coupling,
    CouplingFile,
    Says,
    begins,
    busier,
    coupling,
    figures,
    said_of_drums,
    style_weights,
)  # fmt: skip
from agent.rhythm.music import Layer
from tests.rhythms import music

SONG, ALIKE, BAR, SHARE = range(len(FIGURES))
NOTHING = Says(0.0, 0.0, 0.0, 0.0)


def fitted(kick: dict[str, Says], *, reluctance: float = 0.0) -> CouplingFile:
    """Build a file in which the kick follows these figures and the snare nothing."""
    voices = {
        "kick": Coupling(style=0.7, bass=kick.get("bass", NOTHING), others=kick.get("others", NOTHING)),
        "snare": Coupling(style=0.8, bass=NOTHING, others=NOTHING),
    }
    return CouplingFile(
        made="2026-11-24", command="", notes=(), sources={}, songs=(), usual={"bass": 0.25, "others": 0.5},
        reluctance=reluctance, voices=voices,
    )  # fmt: skip


def test_a_song_tells_of_each_step_how_often_a_note_begins_there_above_the_others() -> None:
    piece = music(4, bass="x...x...x...x...")
    piece.onset[Layer.BASS, 3] = 0.0
    told = figures(begins(piece))[0, SONG]
    # Bars in which nothing begins at all do not count: three of three have the note.
    assert told[0, :5].tolist() == pytest.approx([0.75, -0.25, -0.25, -0.25, 0.75])
    assert (told == told[0]).all()


def test_bars_that_are_alike_speak_for_each_other_and_others_do_not() -> None:
    piece = music(4)
    for bar, steps in enumerate(([0, 8], [0, 8], [2, 10], [0, 8])):
        piece.onset[Layer.BASS, bar, steps] = 1.0
    alike = figures(begins(piece))[0, ALIKE]
    assert alike[0] == pytest.approx(alike[3])
    assert alike[0, 0] == pytest.approx(0.25)  # always here, in three bars of four in the song
    assert alike[2, 2] == pytest.approx(0.75)


def test_a_bar_in_which_more_begins_is_told_by_how_much() -> None:
    piece = music(2, chords="x...x...x...x...")
    piece.onset[Layer.CHORDS, 1] = 1.0
    bar = figures(begins(piece))[1, BAR]
    assert bar[:, 0].tolist() == pytest.approx([-0.375, 0.375])


def test_an_onset_of_chord_or_melody_counts_once_and_a_faint_one_in_part() -> None:
    piece = music(1, chords="x", melody="x")
    piece.onset[Layer.MELODY, 0, 4] = 0.3
    piece.onset[Layer.MELODY, 0, 8] = 0.05
    assert begins(piece)[1, 0, [0, 4, 8]].tolist() == pytest.approx([1.0, 0.5, 0.0])


def test_what_is_said_of_the_kick_is_the_weighted_sum_of_its_figures() -> None:
    piece = music(2, bass="x.......x.......")
    said = said_of_drums(piece, fitted({"bass": Says(2.0, 1.0, 1.0, 5.0)}))
    assert said[:, [0, 4, 8], 0].tolist() == [pytest.approx([1.75, -0.25, 1.75])] * 2
    assert not said[:, :, 1].any()


def test_busy_music_brings_both_nearer_to_a_hit_and_reluctance_takes_off() -> None:
    weights = fitted({"bass": Says(0.0, 0.0, 0.0, 2.0)}, reluctance=0.4)
    busy, sparse = (busier(music(2, bass=said), weights) for said in ("x.x.x.x.x.x.x.x.", "x..............."))
    assert busy.tolist() == pytest.approx([2.0 * (0.5 - 0.25) - 0.4, -0.4])
    assert sparse[0] < busy[0]


def test_where_nothing_begins_the_style_is_left_alone() -> None:
    assert busier(music(2), coupling()).tolist() == [0.0, 0.0]
    assert not said_of_drums(music(2), coupling()).any()


def test_what_ships_lets_the_kick_go_with_the_bass_and_the_snare_with_the_others() -> None:
    """As it is found in songs, not typed in: more than with the other part, and both follow the style."""
    kick, snare = (coupling().voices[voice] for voice in ("kick", "snare"))
    assert kick.bass.song > kick.others.song > 0
    assert snare.others.song > snare.bass.song > 0
    assert ((style_weights(coupling()) > 0) & (style_weights(coupling()) <= 1)).all()
    assert len(COUPLED) == 2


def test_what_ships_says_which_songs_it_was_fitted_to_and_under_which_licence_they_are() -> None:
    file = coupling()
    assert len(file.songs) > 50
    assert all(source.licence for source in file.sources.values())


def test_what_is_said_stays_finite_for_any_music() -> None:
    rng = np.random.default_rng(0)
    piece = music(5)
    piece.onset[:] = rng.uniform(size=piece.onset.shape) * (rng.uniform(size=piece.onset.shape) < 0.1)
    assert np.isfinite(said_of_drums(piece, coupling())).all()
