import pytest

from mock_daw.reaper.plugins import BY_NAME, CATALOGUE, found, fresh, parameter_text
from mock_daw.rpp_effects import effects_lines
from mock_daw.rpp_text import parse
from mock_daw.session import Effect, Equaliser, Parameter


def shown(name, parameter, value):
    effect = fresh(found(name), "{fx}")
    return parameter_text(effect, next(p for p in effect.parameters if p.name == parameter).__class__(parameter, value))


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("ReaComp", "VST: ReaComp (Cockos)"),
        ("reacomp", "VST: ReaComp (Cockos)"),
        ("VST:ReaComp", "VST: ReaComp (Cockos)"),
        ("VST: ReaComp (Cockos)", "VST: ReaComp (Cockos)"),
        ("ReaVerb", "VST: ReaVerb (Cockos)"),
        ("ReaVerbate", "VST: ReaVerbate (Cockos)"),
        ("ReaSynth", "VSTi: ReaSynth (Cockos)"),
        ("JS: Volume Adjustment", "JS: Volume Adjustment"),
        ("JS:utility/volume", "JS: Volume Adjustment"),
        ("ReaEQ", "VST: ReaEQ (Cockos)"),
    ],
)
def test_the_beginning_of_a_name_is_enough(name, full):
    plugin = found(name)
    assert plugin is not None
    assert plugin.name == full


@pytest.mark.parametrize("name", ["No Such Plugin", "", "VST:", "Comp", "ReaCompressor"])
def test_what_is_no_plugin_is_not_found(name):
    assert found(name) is None


def test_only_reaeq_has_an_equaliser():
    assert [plugin.name for plugin in CATALOGUE if fresh(plugin, "{fx}").equaliser is not None] == [
        "VST: ReaEQ (Cockos)"
    ]
    assert fresh(BY_NAME["VST: ReaEQ (Cockos)"], "{fx}").equaliser == Equaliser()


@pytest.mark.parametrize(
    ("name", "parameter", "value", "text"),
    [
        # Equalizer APO's settings of the same plug-in: 3 ms, 100 ms and 4:1 are what REAPER 7 saves of a fresh one.
        ("ReaComp", "Thresh", 1.0, "0.0"),
        ("ReaComp", "Thresh", 0.0, "-inf"),
        ("ReaComp", "Ratio", 3.0 / 99.0, "4.0"),
        ("ReaComp", "Attack", 0.006, "3.0"),
        ("ReaComp", "Release", 0.02, "100"),
        ("ReaComp", "AutoMkUp", 1.0, "on"),
        ("ReaGate", "Hold", 0.25, "250.0"),
        ("ReaDelay", "1: Pan", 0.5, "0"),
        ("ReaVerbate", "Room size", 0.5, "50.0"),
        ("JS: Volume Adjustment", "Adjustment (dB)", 0.5, "0.0"),
        ("ReaLimit", "Threshold", 0.0, "-60.00 dB"),
        ("ReaLimit", "Threshold", 1.0, "12.00 dB"),
        ("ReaLimit", "Release", 1.0, "6.0 dB/sec"),
        ("ReaLimit", "Release", 0.0, "inf dB/sec"),
    ],
)
def test_values_are_written_as_the_plugin_does(name, parameter, value, text):
    assert shown(name, parameter, value) == text


def test_a_fresh_limiter_recovers_by_15_db_a_second():
    """REAPER 7 saves its release as 0.1778, which is −15 dB."""
    release = fresh(found("ReaLimit"), "{fx}").parameters[2]
    assert release.value / 2.0 == pytest.approx(0.1778, abs=1e-4)
    assert parameter_text(fresh(found("ReaLimit"), "{fx}"), release) == "15.0 dB/sec"


def test_parameters_of_other_plugins_have_two_decimals():
    assert parameter_text(Effect("{fx}", "VST: Other"), Parameter("Mix", 0.5)) == "0.50"
    assert parameter_text(Effect("{fx}", "VST: ReaComp (Cockos)"), Parameter("Other", 0.5)) == "0.50"


@pytest.mark.parametrize("plugin", CATALOGUE, ids=lambda plugin: plugin.name)
def test_a_project_file_names_the_plugin(plugin):
    """With the identifier that public project files have, where there is one."""
    block = parse("\n".join(effects_lines("FXCHAIN", (fresh(plugin, "{fx}"),))))
    effect = next(block.blocks("VST", "JS"))
    assert plugin.file in effect.words[2] or effect.words[1] == plugin.file
    if plugin.ident:
        assert effect.words[5] == plugin.ident


def test_every_fresh_value_lies_in_its_range():
    for plugin in CATALOGUE:
        for parameter in fresh(plugin, "{fx}").parameters:
            assert parameter.low <= parameter.value <= parameter.high, (plugin.name, parameter)
