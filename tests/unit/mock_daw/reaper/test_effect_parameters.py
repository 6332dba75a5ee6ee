import pytest

from mock_daw.reaper.effect_parameters import short_name, shown, wet_place, with_position
from mock_daw.session import Effect, Parameter
from tests.surfaces import plugin, reaeq


def test_the_parameters_of_reaeq_are_those_of_its_bands_then_bypass_and_wet():
    names = [parameter.name for parameter in shown(reaeq())]
    assert names[:3] == ["Freq-Low Shelf", "Gain-Low Shelf", "BW-Low Shelf"]
    assert names[-3:] == ["Global Gain", "Bypass", "Wet"]
    assert wet_place(reaeq()) == len(names) - 1


def test_a_parameter_lies_between_its_own_ends():
    effect = Effect("{e}", "JS: Delay", parameters=(Parameter("Time", 250.0, 0.0, 1000.0),))
    assert shown(effect)[0].position == 0.25
    assert with_position(effect, 0, 0.5).parameters[0].value == 500.0


@pytest.mark.parametrize("place", range(18))
def test_every_parameter_of_reaeq_reads_back_as_it_was_set(place):
    assert shown(with_position(reaeq(), place, 0.25))[place].position == pytest.approx(0.25 if place != 16 else 0.0)


def test_bypass_is_on_or_off_and_wet_is_kept():
    effect = plugin("VST: Comp", 0.5)
    assert not with_position(effect, 1, 1.0).enabled
    assert with_position(effect, 2, 0.3).wet == 0.3
    assert with_position(effect, 2, 7.0).wet == 1.0


@pytest.mark.parametrize("place", [-1, 3, 99])
def test_a_parameter_that_is_not_there_changes_nothing(place):
    effect = plugin("VST: Comp", 0.5)
    assert with_position(effect, place, 0.0) is effect


@pytest.mark.parametrize(
    ("name", "alias", "short"),
    [
        ("VST: ReaEQ (Cockos)", "", "ReaEQ (Cockos)"),
        ("VST3i: Synth", "", "Synth"),
        ("VST: Comp", "Glue", "Glue"),
        ("Video processor", "", "Video processor"),
    ],
)
def test_names_go_without_the_kind_of_plugin(name, alias, short):
    assert short_name(Effect("{e}", name, alias)) == short
