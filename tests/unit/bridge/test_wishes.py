import pytest

from agent.targets import LOUDNESS_LUFS, STYLES
from bridge.wishes import WishUnclear, find_tracks, loudness_lufs, style_name, wish

NAMES = ("Kick", "kick 2", "Lead Vocal", "Backing Vocal", "Bass")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Kick", 0), ("kick", 0), ("KICK 2", 1), ("lead", 2), ("back", 3), ("ass", 4), ("b", None), ("vocal", None)],
)
def test_a_track_is_found_by_name_then_case_then_beginning_then_part(wanted, found):
    if found is None:
        with pytest.raises(WishUnclear, match="could be several tracks: choose from"):
            find_tracks(wanted, NAMES)
    else:
        assert find_tracks(wanted, NAMES) == (found,)


@pytest.mark.parametrize("wanted", ["Gtr", "gtr", "gt"])
def test_tracks_of_one_name_are_all_meant(wanted):
    assert find_tracks(wanted, ("Kick", "Gtr", "Bass", "Gtr")) == (1, 3)


def test_a_program_can_name_a_track_by_its_number_or_by_exactly_its_name():
    assert [find_tracks(f"#{number}", NAMES) for number in (1, 5)] == [(0,), (4,)]
    assert find_tracks("=Kick", NAMES) == (0,)
    assert find_tracks("=Gtr", ("Kick", "Gtr", "Gtr")) == (1, 2)
    assert find_tracks("#2", ("Take #2", "#2", "Kick")) == (1,)
    assert find_tracks("=Kick", ("Kick", "=Kick")) == (1,)


@pytest.mark.parametrize("wanted", ["=kick", "=Kic", "=Flute", "="])
def test_exactly_its_name_is_no_part_of_it_and_in_no_other_case(wanted):
    with pytest.raises(WishUnclear, match="is no track: choose from Kick, kick 2"):
        find_tracks(wanted, NAMES)


@pytest.mark.parametrize("number", ["0", "7", "9" * 5000])
def test_a_number_that_is_none_is_no_part_of_a_name_either(number):
    with pytest.raises(WishUnclear, match=r"there is no track [079]*: there are 6"):
        find_tracks(f"#{number}", (*NAMES, f"Take #{number}"))


@pytest.mark.parametrize("wanted", ["Flute", ""])
def test_an_unknown_track_is_answered_with_all_names(wanted):
    with pytest.raises(WishUnclear, match="is no track: choose from Kick, kick 2, Lead Vocal, Backing Vocal, Bass"):
        find_tracks(wanted, NAMES)


@pytest.mark.parametrize(
    ("typed", "value"), [("broadcast", -23.0), ("Album", -16.0), ("-18", -18.0), ("−18.5 LUFS", -18.5)]
)
def test_a_target_is_a_preset_or_a_number(typed, value):
    assert loudness_lufs(typed) == value


@pytest.mark.parametrize("typed", ["loud", "-60", "0", "nan", ""])
def test_no_target_is_answered_with_those_there_are(typed):
    with pytest.raises(WishUnclear, match=r"choose from broadcast|outside -40 to -5"):
        wish(NAMES, target=typed)


def test_an_unknown_style_is_answered_with_those_there_are():
    with pytest.raises(WishUnclear, match="balanced, country, rap, pop, rock, metal"):
        wish(NAMES, style="zydeco")


def test_a_style_may_be_typed_in_any_case():
    assert style_name(" Rock ") == "rock"
    assert wish(NAMES, style="Rock").style == STYLES["rock"]


def test_a_whole_wish():
    made = wish(NAMES, target="aes", style="metal", focus=["lead", "Lead Vocal"], lock=["Bass"], strength=0.5, eq=False)
    assert (made.loudness_lufs, made.style) == (LOUDNESS_LUFS["aes"], STYLES["metal"])
    assert (made.focus, made.locked, made.strength, made.eq) == ((2,), (4,), 0.5, False)
