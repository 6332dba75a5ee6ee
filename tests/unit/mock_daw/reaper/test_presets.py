from dataclasses import replace

import pytest

from mock_daw.reaper import presets
from mock_daw.reaper.plugins import found, fresh
from mock_daw.session import Effect, Equaliser

HPF = "stock - Basic 230 HPF"


def reaeq(**values):
    return replace(fresh(found("ReaEQ"), "{fx}"), **values)


def test_a_preset_is_chosen_by_its_name():
    chosen = presets.with_preset(reaeq(), HPF)
    assert chosen is not None
    assert (chosen.preset, chosen.is_at_preset, presets.index(chosen)) == (HPF, True, (3, 4))
    assert presets.with_preset(reaeq(), "No Such Preset") is None


def test_a_preset_is_left_when_something_is_turned_and_met_again():
    chosen = presets.with_preset(reaeq(), HPF)
    assert chosen is not None
    turned = replace(chosen, equaliser=Equaliser(gain_linear=0.5))
    assert (turned.preset, turned.is_at_preset) == (HPF, False)
    assert replace(turned, equaliser=Equaliser()).is_at_preset


def test_a_preset_of_a_project_file_counts_as_it_is():
    assert reaeq(preset="mine").is_at_preset
    assert not reaeq().is_at_preset


@pytest.mark.parametrize(
    ("start", "by", "number"), [("", 1, 0), ("", -1, 3), ("", 2, 1), (HPF, 1, 0), (HPF, -1, 2), ("mine", 1, 0)]
)
def test_presets_are_gone_through_in_a_circle(start, by, number):
    moved = presets.navigated(reaeq(preset=start), by)
    assert moved is not None
    assert presets.index(moved)[0] == number


def test_a_preset_is_chosen_by_its_number():
    chosen = presets.with_preset_at(reaeq(), 3)
    assert chosen is not None
    assert chosen.preset == HPF
    assert presets.with_preset_at(reaeq(), 4) is None
    assert presets.with_preset_at(reaeq(), -1) is None


def test_the_factory_preset_is_what_the_plugin_is_when_fresh():
    turned = reaeq(equaliser=Equaliser(gain_linear=0.5), preset=HPF, enabled=False)
    assert presets.with_preset_at(turned, -2) == reaeq(enabled=False)


def test_a_plugin_without_presets_or_an_unknown_one_has_none():
    gate, other = fresh(found("ReaGate"), "{fx}"), Effect("{fx}", "VST: Other")
    assert (presets.names(gate), presets.names(other)) == ((), None)
    for effect in (gate, other):
        assert presets.navigated(effect, 1) is None
        assert presets.with_preset(effect, HPF) is None
        assert presets.index(effect) == (-1, 0)
    assert presets.with_preset_at(other, -2) is None
