"""Presets of effects: REAPER's stock presets by name (see ``plugins``), chosen by name, by number, or one further."""

from dataclasses import replace

from mock_daw.reaper.plugins import BY_NAME, fresh
from mock_daw.session import Effect

NONE = -1
FACTORY = -2


def names(effect: Effect) -> tuple[str, ...] | None:
    """Return the presets that an effect has; None where its plug-in is not known."""
    plugin = BY_NAME.get(effect.name)
    return None if plugin is None else plugin.presets


def index(effect: Effect) -> tuple[int, int]:
    """Return the number of the preset that is chosen, −1 for none, and how many there are."""
    known = names(effect) or ()
    return (known.index(effect.preset) if effect.preset in known else NONE), len(known)


def with_preset(effect: Effect, name: str) -> Effect | None:
    """Return an effect with a preset chosen; None where it has no such preset."""
    if name not in (names(effect) or ()):
        return None
    return replace(effect, preset=name, preset_settings=effect.settings)


def with_preset_at(effect: Effect, number: int) -> Effect | None:
    """Return an effect with a preset chosen by its number, −2 what it is when fresh (the SDK's header).

    A default of the user's, −1, there is none.
    """
    known = names(effect)
    if number == FACTORY and known is not None:
        new = fresh(BY_NAME[effect.name], effect.guid)
        return replace(effect, equaliser=new.equaliser, parameters=new.parameters, preset="", preset_settings=None)
    return with_preset(effect, known[number]) if known and 0 <= number < len(known) else None


def navigated(effect: Effect, by: int) -> Effect | None:
    """Return an effect with the preset so many further on; behind the last comes the first, a guess."""
    at, count = index(effect)
    if not count:
        return None
    start = 0 if at == NONE and by < 0 else at
    return with_preset_at(effect, (start + by) % count)
