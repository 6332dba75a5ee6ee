"""The features are the table's state uncut, and a part that is written can be looked at."""

import numpy as np

from agent.rhythm import features
from agent.rhythm.chart import chart_of
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.strokes import NAMES, REST
from tests.rhythms import music, profile

ROCK = profile(kick="x.......x.......", snare="....x.......x...", closed_hat="xxxxxxxxxxxxxxxx")
CHART = chart_of(music(2, bass="x..x..x."), ROCK)
AXIS = {name: number for number, name in enumerate(features.NAMES)}


def test_where_the_step_is_and_what_style_and_music_ask_for_is_seen() -> None:
    env = RhythmEnv([CHART], observations="continuous")
    seen, _ = env.reset()
    rows = [seen, *(env.step(REST)[0] for _ in range(16))]
    assert [row[AXIS["beat"]] for row in rows[:5]] == [1, 0, 0, 0, 1]
    assert rows[0][AXIS["bar"]] == rows[16][AXIS["bar"]] == -1
    assert rows[8][AXIS["bar"]] == 0
    assert rows[0][AXIS["lean kick"]] > 0.3 > rows[1][AXIS["lean kick"]]
    assert rows[4][AXIS["lean snare"]] > 0.3 > rows[0][AXIS["lean snare"]]
    assert [row[AXIS["bass"]] for row in rows[:4]] == [1, 0, 0, 1]
    assert all((np.abs(row) <= 1).all() and row.shape == (features.COUNT,) for row in rows)


def test_what_was_played_is_seen() -> None:
    env = RhythmEnv([CHART], observations="continuous")
    env.reset()
    seen, *_ = env.step(NAMES.index("kick+hat"))
    assert seen[AXIS["just"]] == 1
    assert seen[AXIS["kick before"]] == 0, "there is no bar before"
    denser = seen[AXIS["density"]]
    for _ in range(15):
        seen, *_ = env.step(REST)
    assert seen[AXIS["density"]] < denser
    assert (seen[AXIS["kick before"]], seen[AXIS["snare before"]], seen[AXIS["just"]]) == (1, -1, 0)


def test_hands_that_just_struck_are_not_free_at_a_fast_tempo() -> None:
    env = RhythmEnv([chart_of(music(2, tempo_bpm=300.0), ROCK)], observations="continuous")
    seen, _ = env.reset()
    assert (seen[AXIS["hands"]], seen[AXIS["foot"]]) == (1, 1)
    seen, *_ = env.step(NAMES.index("kick+snare+hat"))
    assert (seen[AXIS["hands"]], seen[AXIS["foot"]]) == (-1, -1)


def test_a_part_can_be_looked_at_as_text_and_as_pixels() -> None:
    text, pixels = (RhythmEnv([CHART], render_mode=mode) for mode in ("ansi", "rgb_array"))
    for env in (text, pixels):
        env.reset()
        env.step(NAMES.index("kick!"))
        env.step(NAMES.index("ghost+hat"))
    lines = {line[:10].strip(): line[10:] for line in text.render().splitlines()}
    assert lines["kick"].startswith("|X. ")
    assert lines["snare"].startswith("|.o ")
    assert lines["closed hat"].startswith("|.x ")
    picture = pixels.render()
    assert picture.shape == (8 * 12, 8 * 32, 3)
    pixels.step(NAMES.index("snare"))
    changed = (pixels.render() != picture).any((0, 2))
    assert changed.nonzero()[0].min() == 2 * 8, "the step that was played is the third"
