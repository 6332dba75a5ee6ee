"""The parameters of any effect as REAPER counts them: the plug-in's own, then Bypass and Wet, which REAPER adds.

That these follow the plug-in's own, in this order, is reported of REAPER 6.37 and later, that Wet reads "100" is in the
transcript of a refresh that pyreaosc keeps; the texts of Bypass, and of the parameters of plug-ins that are not known,
are guesses. REAPER's third, Delta, is left out.
"""

from dataclasses import dataclass, replace

from mock_daw.reaper import reaeq
from mock_daw.reaper.plugins import REAEQ, parameter_text
from mock_daw.reaper.scales import clamp
from mock_daw.session import Effect, Parameter

__all__ = ["REAEQ", "Shown", "short_name", "shown", "wet_place", "with_position"]

PREFIXES = ("VST: ", "VSTi: ", "VST3: ", "VST3i: ", "JS: ", "DX: ", "DXi: ", "AU: ", "AUi: ")


@dataclass(frozen=True, slots=True)
class Shown:
    """A parameter for show: its name, its value in [0, 1], and that value in words."""

    name: str
    position: float
    text: str


def shown(effect: Effect) -> tuple[Shown, ...]:
    """Return all parameters of an effect in order."""
    if effect.equaliser is not None:
        own = tuple(Shown(p.name, p.normalised, p.text) for p in reaeq.parameters(effect.equaliser))
    else:
        own = tuple(Shown(p.name, _position(p), parameter_text(effect, p)) for p in effect.parameters)
    bypass = Shown("Bypass", float(not effect.enabled), "normal" if effect.enabled else "bypassed")
    return (*own, bypass, Shown("Wet", effect.wet, f"{100.0 * effect.wet:.0f}"))


def wet_place(effect: Effect) -> int:
    """Return the place of the parameter Wet (REAPER's ident ":wet")."""
    own = len(effect.parameters) if effect.equaliser is None else len(reaeq.parameters(effect.equaliser))
    return own + 1


def with_position(effect: Effect, place: int, position: float) -> Effect:
    """Return the effect with a parameter moved, held in [0, 1]; without such a parameter nothing changes."""
    held = clamp(position, 0.0, 1.0)
    wet = wet_place(effect)
    if place == wet:
        return replace(effect, wet=held)
    if place == wet - 1:
        return replace(effect, enabled=held < 0.5)
    if not 0 <= place < wet:
        return effect
    if effect.equaliser is not None:
        return replace(effect, equaliser=reaeq.with_parameter(effect.equaliser, place, held))
    moved = effect.parameters[place]
    moved = replace(moved, value=moved.low + (moved.high - moved.low) * held)
    return replace(effect, parameters=(*effect.parameters[:place], moved, *effect.parameters[place + 1 :]))


def short_name(effect: Effect) -> str:
    """Return an effect's name without the kind of plug-in: "ReaEQ (Cockos)"."""
    name = effect.alias or effect.name
    return next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)


def _position(parameter: Parameter) -> float:
    width = parameter.high - parameter.low
    return clamp((parameter.value - parameter.low) / width, 0.0, 1.0) if width else 0.0
