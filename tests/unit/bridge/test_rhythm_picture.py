import numpy as np
from PIL import Image

from agent.rhythm.pattern import Voice
from bridge.rhythm_picture import draw
from tests.drum_parts import ROCK, part

NAMES = 116  # pixels to the left of the grid; the title takes 100 above it
RED, BLUE = (0xB3, 0x26, 0x1E), (0x1F, 0x3A, 0x5F)  # snare, kick


def drawn(result, path):
    draw(result, path)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def blots(picture, colour):
    """Return how many separate marks of about a colour there are, as runs along the middle of its row."""
    near = np.abs(picture[100:, NAMES:] - colour).sum(2) < 120
    row = near[near.sum(1).argmax()]
    return int((np.diff(np.append(0, row)) == 1).sum())


def test_every_hit_of_kick_and_snare_is_on_the_picture(tmp_path):
    hard = {**ROCK, Voice.KICK: "o.......o......."}
    picture = drawn(part(*[hard] * 4), tmp_path / "p.png")
    assert (blots(picture, RED), blots(picture, BLUE)) == (8, 8)
    assert 1200 < picture.shape[1] < 1600


def test_a_long_part_has_more_lines_and_a_name_may_hold_anything(tmp_path):
    short = drawn(part(*[ROCK] * 8), tmp_path / "short.png")
    long = drawn(part(*[ROCK] * 17), tmp_path / "long.png")
    assert long.shape[0] > 1.3 * short.shape[0]
    silent = part({Voice.KICK: "." * 16})
    object.__setattr__(silent, "session", r"$\frac{$ Ü 歌")
    assert drawn(silent, tmp_path / "silent.png").min() < 100
