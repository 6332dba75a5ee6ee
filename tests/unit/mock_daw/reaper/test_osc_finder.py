import pytest

from mock_daw.reaper.osc_finder import Finder, Match
from mock_daw.reaper.pattern import default_pattern, parse


def found(address, *lines):
    return Finder(parse("\n".join(lines)) if lines else default_pattern()).find(address)


def test_an_address_without_numbers_is_about_what_the_device_has_chosen():
    assert found("/track/volume") == Match("TRACK_VOLUME", "n", ((),))


def test_numbers_come_from_the_innermost_outwards():
    assert found("/track/3/fx/2/fxparam/16/value") == Match("FX_PARAM_VALUE", "n", ((16, 2, 3),))


def test_comma_lists_name_several_objects_and_a_lone_number_is_for_all():
    """The example in REAPER's default pattern file."""
    match = found("/track/3/fx/1,2,5/fxparam/6,7,7/value")
    assert match.targets == ((6, 1, 3), (7, 2, 3), (7, 5, 3))


def test_lists_of_different_lengths_are_ignored():
    assert found("/track/1,2/fx/1,2,3/bypass") is None


def test_a_list_has_at_most_sixteen():
    assert len(found("/track/" + ",".join("1" * 16) + "/mute").targets) == 16
    assert found("/track/" + ",".join("1" * 17) + "/mute") is None


def test_a_number_that_is_left_out_is_0_the_master():
    assert found("/track//mute").targets == ((0,),)


def test_actions_have_numbers_or_names():
    assert found("/action/40364") == Match("ACTION", "t", ((40364,),))
    assert found("/action/_RS7d3c_x") == Match("ACTION", "t", (("_RS7d3c_x",),))
    assert found("/action/_RSab/cc") == Match("ACTION", "f", (("_RSab",),))


@pytest.mark.parametrize("address", ["/nothing", "", "/", "/track/one/mute", "/track/1/mute/", "/track/1.5/mute"])
def test_what_matches_nothing_means_nothing(address):
    assert found(address) is None


def test_an_address_may_have_a_flag_before_its_slash():
    assert found("b/track/1/mute") == found("/track/1/mute")


def test_of_two_keys_with_one_address_the_later_gets_the_message():
    assert found("/x", "SCROLL_X- r/x", "SCROLL_X+ r/x").key == "SCROLL_X+"
    assert found("/1/x", "TRACK_MUTE b/@/x", "TRACK_SOLO b/@/x").key == "TRACK_SOLO"


@pytest.mark.parametrize(
    ("pattern", "address", "matches"),
    [
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("/a/*", "/a/b/c", True),
        ("/a/*", "/a/", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a/*/c", "/a/b/b/c", False),
        ("/a/*end/c", "/a/the-end/c", True),
        ("/a/*end/c", "/a/the-start/c", False),
    ],
)
def test_patterns_may_hold_other_wildcards(pattern, address, matches):
    assert (found(address, f"PLAY t{pattern}") is not None) == matches


def test_of_adjacent_wildcards_all_but_the_last_are_one_digit():
    assert found("/p/127", "FX_PARAM_VALUE n/p/@@").targets == ((1, 27),)
