from agent.rhythm.pattern import Voice
from agent.rhythm.strokes import ACCENTED, GHOSTED, HANDS, HIT, NAMES, REST, STROKES


def test_there_are_a_few_dozen_strokes_each_with_a_name_of_its_own() -> None:
    assert 24 <= len(STROKES) <= 48
    assert len(set(NAMES)) == len(STROKES)
    assert NAMES[REST] == "rest"


def test_no_stroke_needs_a_third_hand_nor_an_open_and_a_closed_hat() -> None:
    assert HANDS.max() == 2
    assert not (HIT[:, Voice.CLOSED_HAT] * HIT[:, Voice.OPEN_HAT]).any()


def test_every_voice_can_be_hit() -> None:
    assert HIT.any(0).all()


def test_how_hard_a_stroke_is_goes_with_its_voices() -> None:
    row = NAMES.index("kick+snare!+hat")
    assert HIT[row].nonzero()[0].tolist() == [Voice.KICK, Voice.SNARE, Voice.CLOSED_HAT]
    assert ACCENTED[row].nonzero()[0].tolist() == [Voice.SNARE]
    assert GHOSTED[NAMES.index("ghost")].nonzero()[0].tolist() == [Voice.SNARE]
