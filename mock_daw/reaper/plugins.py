"""The plug-ins that can be added: a small part of REAPER's own, by name. Of them only ReaEQ sounds.

What is known, and how well:

- Files and identifiers are from public project files of REAPER 7. The settings of a fresh ReaComp are what REAPER 7
  saves of one, and so is ReaLimit's release.
- Names of parameters: ReaComp's as Equalizer APO lists them of the same plug-in, ReaGate's, ReaDelay's and ReaLimit's
  as control surfaces and scripts look them up; of ReaGate the ones behind "Wet" are left out. A plug-in without
  parameters here has them in REAPER: they are not published.
- Scales of ReaComp, ReaGate, ReaDelay and ReaVerbate are measured ones (a ratio is 1 + 99 v, an attack 500 v ms …);
  how many digits their texts have is a guess, and so is what is fresh in all but ReaComp.
- ReaLimit: reaper-mcp's live tests (REAPER 7.82) read a threshold of −60 to +12 dB and a release in "dB/sec" from 6 up
  to none at all. A project file keeps the release as what is left of a gain after a second; that the parameter is
  twice that is concluded from both.
- Presets: names of REAPER's stock presets that public scripts and the guide to its effects mention. What is in them is
  not published: choosing one changes nothing but the name.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mock_daw.session import Effect, Equaliser, Parameter

REAEQ = "VST: ReaEQ (Cockos)"
KIND = re.compile(r"(VST[23]?i?|AUi?|CLAPi?|DXi?|LV2i?|JS): ?", re.IGNORECASE)

Text = Callable[[float], str]


def _decibels(value: float) -> str:
    return f"{20.0 * math.log10(value):.1f}" if value > 1e-7 else "-inf"


def _scaled(factor: float, offset: float = 0.0, *, digits: int = 1) -> Text:
    return lambda value: f"{offset + factor * value:.{digits}f}"


def _switch(value: float) -> str:
    return "on" if value >= 0.5 else "off"


def _threshold(value: float) -> str:
    return f"{-60.0 + 72.0 * value:.2f} dB"


def _decay(value: float) -> str:
    return f"{-20.0 * math.log10(value / 2.0):.1f} dB/sec" if value > 0.0 else "inf dB/sec"


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter of a plug-in: its name, its fresh value in [0, ``high``], and how a value is written."""

    name: str
    fresh: float
    text: Text
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in: its full name, its file, how a project file identifies it, its parameters and its stock presets."""

    name: str
    file: str
    ident: str = ""
    knobs: tuple[Knob, ...] = ()
    presets: tuple[str, ...] = ()


MILLISECONDS = 1000.0
FILTER_HZ = 20_000.0

CATALOGUE: tuple[Plugin, ...] = (
    Plugin(
        REAEQ,
        "reaeq.dll",
        "1919247729<56535472656571726561657100000000>",
        presets=(
            "stock - Basic 11 band",
            "stock - Basic 11 band Cymbals",
            "stock - Basic 150 HPF",
            "stock - Basic 230 HPF",
        ),
    ),
    Plugin(
        "VST: ReaComp (Cockos)",
        "reacomp.dll",
        "1919247213<5653547265636D726561636F6D700000>",
        (
            Knob("Thresh", 1.0, _decibels, 2.0),
            Knob("Ratio", 3.0 / 99.0, _scaled(99.0, 1.0)),
            Knob("Attack", 0.006, _scaled(500.0)),
            Knob("Release", 0.02, _scaled(5000.0, digits=0)),
            Knob("Pre-comp", 0.0, _scaled(250.0)),
            Knob("resvd", 0.0, _scaled(1.0)),
            Knob("Lowpass", 1.0, _scaled(FILTER_HZ, digits=0)),
            Knob("Hipass", 0.0, _scaled(FILTER_HZ, digits=0)),
            Knob("SignIn", 0.0, _scaled(1.0)),
            Knob("AudIn", 0.0, _scaled(1.0)),
            Knob("Dry", 0.0, _decibels, 2.0),
            Knob("Wet", 1.0, _decibels, 2.0),
            Knob("PreviewF", 0.0, _switch),
            Knob("RMS size", 0.05, _scaled(100.0)),
            Knob("Knee", 0.0, _scaled(24.0)),
            Knob("AutoMkUp", 0.0, _switch),
            Knob("AutoRel", 0.0, _switch),
            Knob("ClsAttk", 0.0, _switch),
            Knob("AntiAls", 0.0, _scaled(1.0)),
        ),
        ("stock - Driving Rock Bass",),
    ),
    Plugin(
        "VST: ReaLimit (Cockos)",
        "realimit.dll",
        "1919708532<565354726C6D747265616C696D697400>",
        (
            Knob("Threshold", 60.0 / 72.0, _threshold),
            Knob("Ceiling", 60.0 / 72.0, _threshold),
            Knob("Release", 2.0 * 10.0 ** (-15.0 / 20.0), _decay),
        ),
    ),
    Plugin(
        "VST: ReaGate (Cockos)",
        "reagate.dll",
        "1919248244<56535472656774726561676174650000>",
        (
            Knob("Thresh", 0.01, _decibels, 2.0),
            Knob("Attack", 0.006, _scaled(500.0)),
            Knob("Release", 0.02, _scaled(5000.0, digits=0)),
            Knob("Pre-open", 0.0, _scaled(250.0)),
            Knob("Hold", 0.0, _scaled(MILLISECONDS)),
            Knob("Lowpass", 1.0, _scaled(FILTER_HZ, digits=0)),
            Knob("Hipass", 0.0, _scaled(FILTER_HZ, digits=0)),
            Knob("SignIn", 0.0, _scaled(1.0)),
            Knob("AudIn", 0.0, _scaled(1.0)),
            Knob("Dry", 0.0, _decibels, 2.0),
            Knob("Wet", 1.0, _decibels, 2.0),
        ),
    ),
    Plugin(
        "VST: ReaDelay (Cockos)",
        "readelay.dll",
        "1919247468<5653547265646C72656164656C617900>",
        (
            Knob("Wet", 0.5, _decibels, 2.0),
            Knob("Dry", 1.0, _decibels, 2.0),
            Knob("1: Enabled", 1.0, _switch),
            Knob("1: Length (time)", 0.0, _scaled(10_000.0)),
            Knob("1: Length (musical)", 4.0 / 256.0, _scaled(256.0, digits=2)),
            Knob("1: Feedback", 0.0, _decibels),
            Knob("1: Lowpass", 1.0, _scaled(FILTER_HZ, digits=0)),
            Knob("1: Hipass", 0.0, _scaled(FILTER_HZ, digits=0)),
            Knob("1: Resolution", 1.0, _scaled(24.0, digits=0)),
            Knob("1: Stereo width", 1.0, _scaled(2.0, -1.0, digits=2)),
            Knob("1: Volume", 1.0, _decibels),
            Knob("1: Pan", 0.5, _scaled(200.0, -100.0, digits=0)),
        ),
        (
            "stock - vocal slapback",
            "stock - slap fb",
            "stock - basic 5tap ping pong",
            "stock - vocal fattener",
        ),
    ),
    Plugin("VST: ReaVerb (Cockos)", "reaverb.dll"),
    Plugin(
        "VST: ReaVerbate (Cockos)",
        "reaverbate.dll",
        "1920361016<56535472766238726561766572626174>",
        (
            Knob("Wet", 0.5, _decibels, 2.0),
            Knob("Dry", 1.0, _decibels, 2.0),
            Knob("Room size", 0.5, _scaled(100.0)),
            Knob("Dampening", 0.5, _scaled(100.0)),
            Knob("Stereo width", 1.0, _scaled(2.0, -1.0, digits=2)),
            Knob("Initial delay", 0.0, _scaled(500.0)),
            Knob("Lowpass", 1.0, _scaled(FILTER_HZ, digits=0)),
            Knob("Hipass", 0.0, _scaled(FILTER_HZ, digits=0)),
        ),
    ),
    Plugin("VST: ReaXcomp (Cockos)", "reaxcomp.dll"),
    Plugin("VST: ReaFir (FFT EQ+Dynamics Processor) (Cockos)", "reafir.dll"),
    Plugin("VST: ReaPitch (Cockos)", "reapitch.dll", "1919250531<56535472657063726561706974636800>"),
    Plugin("VST: ReaTune (Cockos)", "reatune.dll"),
    Plugin("VSTi: ReaSynth (Cockos)", "reasynth.dll"),
    Plugin("VSTi: ReaSamplOmatic5000 (Cockos)", "reasamplomatic.dll"),
    Plugin(
        "JS: Volume Adjustment",
        "utility/volume",
        knobs=(
            Knob("Adjustment (dB)", 0.5, _scaled(300.0, -150.0)),
            Knob("Max Volume (dB)", 0.5, _scaled(300.0, -150.0)),
        ),
    ),
)
BY_NAME: Mapping[str, Plugin] = MappingProxyType({plugin.name: plugin for plugin in CATALOGUE})


def plain(name: str) -> str:
    """Return a plug-in's name as it is compared: without its kind ("VST: ") and in small letters."""
    return KIND.sub("", name.strip(), count=1).strip().lower()


def found(name: str) -> Plugin | None:
    """Return the plug-in of a name, of which the beginning is enough, or of a JS file; None where there is none."""
    wanted = plain(name)
    fits = (plugin for plugin in CATALOGUE if plain(plugin.name).startswith(wanted) or plugin.file == wanted)
    return next(fits, None) if wanted else None


def fresh(plugin: Plugin, guid: str) -> Effect:
    """Return a plug-in as REAPER inserts it."""
    is_reaeq = plugin.name == REAEQ
    return Effect(
        guid,
        plugin.name,
        equaliser=Equaliser() if is_reaeq else None,
        parameters=tuple(Parameter(knob.name, knob.fresh, 0.0, knob.high) for knob in plugin.knobs),
        ident=f"{plugin.file}<{plugin.ident.partition('<')[0]}" if plugin.ident else plugin.file,
        chunk=_opening(plugin),
    )


def parameter_text(effect: Effect, parameter: Parameter) -> str:
    """Return a parameter's value in words; those of plug-ins that are not known have two decimals."""
    plugin = BY_NAME.get(effect.name)
    knob = next((knob for knob in plugin.knobs if knob.name == parameter.name), None) if plugin else None
    return f"{parameter.value:.2f}" if knob is None else knob.text(parameter.value)


def _opening(plugin: Plugin) -> tuple[str, ...]:
    """Return the opening line in a project file; none where REAPER's is not known."""
    if plugin.name == REAEQ or not plugin.ident:
        return ()
    return (f'VST "{plugin.name}" {plugin.file} 0 "" {plugin.ident} ""',)
