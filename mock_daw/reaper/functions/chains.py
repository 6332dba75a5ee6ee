"""Effects chains, of a track or of a take, as one thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mock_daw.reaper import reaeq
from mock_daw.reaper.effect_parameters import shown, with_position
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.session import Effect

ADDED_BY_REAPER = 2  # Bypass and Wet, behind the parameters of the plug-in itself


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain that a pointer's owner has: a track's number, or the place of a take."""

    host: Host
    owner: int | Place

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects in order."""
        if isinstance(self.owner, Place):
            return self.host.take(self.owner).effects
        return self.host.track(self.owner).effects

    @property
    def guid(self) -> str:
        """The owner's GUID."""
        return self.host.take(self.owner).guid if isinstance(self.owner, Place) else self.host.track(self.owner).guid

    def at(self, index: int) -> Effect | None:
        """Return an effect by its place; None where there is none."""
        return self.effects[index] if 0 <= index < len(self.effects) else None

    def set(self, effects: tuple[Effect, ...]) -> None:
        """Put other effects in."""
        if isinstance(self.owner, Place):
            self.host.edit_take(self.owner, lambda take: replace(take, effects=effects))
        else:
            self.host.edit_track(self.owner, lambda track: replace(track, effects=effects))

    def edit(self, index: int, change: Callable[[Effect], Effect]) -> bool:
        """Change an effect; return whether there is one."""
        effect = self.at(index)
        if effect is None:
            return False
        self.set((*self.effects[:index], change(effect), *self.effects[index + 1 :]))
        return True


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter of any effect: its name, value, range and text, and its value in [0, 1]."""

    name: str
    value: float
    low: float
    mid: float
    high: float
    text: str
    normalised: float


def knobs(effect: Effect) -> tuple[Knob, ...]:
    """Return the parameters of an effect: those of its own, then Bypass and Wet, which REAPER adds."""
    return tuple(
        Knob(part.name, value, low, mid, high, part.text, part.position)
        for part, (value, low, mid, high) in zip(shown(effect), _ranges(effect), strict=True)
    )


def _ranges(effect: Effect) -> Iterator[tuple[float, float, float, float]]:
    if effect.equaliser is None:
        for own in effect.parameters:
            yield own.value, own.low, (own.low + own.high) / 2.0, own.high
    else:
        for flat in reaeq.parameters(effect.equaliser):
            yield flat.value, flat.low, flat.mid, flat.high
    for part in shown(effect)[-ADDED_BY_REAPER:]:
        yield part.position, 0.0, 0.5, 1.0


def turned(effect: Effect, index: int, value: float, *, is_normalised: bool) -> Effect | None:
    """Return an effect with a parameter set, held within its range; None where there is no such parameter."""
    known = knobs(effect)
    if not 0 <= index < len(known):
        return None
    if is_normalised or index >= len(known) - ADDED_BY_REAPER:
        return with_position(effect, index, value)
    if effect.equaliser is not None:
        return replace(effect, equaliser=reaeq.with_parameter_value(effect.equaliser, index, value))
    parameter = effect.parameters[index]
    moved = replace(parameter, value=min(max(value, parameter.low), parameter.high))
    return replace(effect, parameters=(*effect.parameters[:index], moved, *effect.parameters[index + 1 :]))
