"""Effects of tracks (``TrackFX_…``) and of takes (``TakeFX_…``): one behaviour under both names.

The plug-ins to add are those of ``plugins``; others come with a project. But for ReaEQ they make no sound.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mock_daw.reaper import presets
from mock_daw.reaper.functions.chains import Chain, knobs, turned
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.plugins import found, fresh, plain
from mock_daw.session import Effect, guid

ALWAYS_ADD, ONLY_FIND = -1, 0
FIRST_PLACE = -1000
NEITHER_OPEN_NOR_SHOWN = -1
STEREO = (2, 2)


def by_name(chain: Chain, name: str) -> int:
    """Return the first effect of a name, the user's or the plug-in's ("ReaEQ" is enough); -1 for none."""
    wanted, plugin = plain(name), found(name)
    if not wanted:
        return -1
    names = [(plain(effect.name), effect.alias.lower()) for effect in chain.effects]
    if plugin is None:
        fits = (k for k, (own, alias) in enumerate(names) if alias == wanted or own.startswith(wanted))
    else:
        whole = plain(plugin.name)
        fits = (k for k, (own, alias) in enumerate(names) if wanted in (alias, own) or own == whole)
    return next(fits, -1)


def _add(chain: Chain, name: str, instantiate: int) -> int:
    """Find an effect, or add it: 0 only finds, 1 adds where there is none, -1 always, -1000 - n at place n."""
    known = by_name(chain, name)
    if instantiate == ONLY_FIND or (instantiate > 0 and known >= 0):
        return known
    plugin = found(name)
    if plugin is None:
        return -1
    place = len(chain.effects) if instantiate > FIRST_PLACE else min(FIRST_PLACE - instantiate, len(chain.effects))
    new = fresh(plugin, guid("script effect", chain.guid, chain.host.live.changes))
    chain.set((*chain.effects[:place], new, *chain.effects[place:]))
    return place


def _field(name: str) -> Callable[[Chain, int], object]:
    def get(chain: Chain, index: int) -> object:
        effect = chain.at(index)
        return False if effect is None else getattr(effect, name)

    return get


def _set_field(name: str) -> Callable[[Chain, int, object], None]:
    def change(chain: Chain, index: int, value: object) -> None:
        chain.edit(index, lambda effect: replace(effect, **{name: value}))  # type: ignore[arg-type]  # of that field

    return change


def _name(chain: Chain, index: int, text: str, size: int) -> tuple[bool, str]:
    effect = chain.at(index)
    return (False, text) if effect is None else (True, cut(effect.alias or effect.name, size))


def _delete(chain: Chain, index: int) -> bool:
    if chain.at(index) is None:
        return False
    chain.set(chain.effects[:index] + chain.effects[index + 1 :])
    return True


def _copy(chain: Chain, index: int, to: Chain, place: int, is_move: bool) -> None:
    effect = chain.at(index)
    if effect is None:
        return
    if is_move:
        _delete(chain, index)
    else:
        effect = replace(effect, guid=guid("copied effect", to.guid, chain.host.live.changes))
    held = min(max(place, 0), len(to.effects))
    to.set((*to.effects[:held], effect, *to.effects[held:]))


def _count_parameters(chain: Chain, index: int) -> int:
    effect = chain.at(index)
    return 0 if effect is None else len(knobs(effect))


def _value(chain: Chain, index: int, parameter: int, low: float, high: float) -> tuple[float, float, float]:
    effect = chain.at(index)
    if effect is None or not 0 <= parameter < len(knobs(effect)):
        return -1.0, low, high
    knob = knobs(effect)[parameter]
    return knob.value, knob.low, knob.high


def _value_ex(chain: Chain, index: int, parameter: int, *outs: float) -> tuple[float, float, float, float]:
    effect = chain.at(index)
    if effect is None or not 0 <= parameter < len(knobs(effect)):
        return -1.0, outs[0], outs[1], outs[2]
    knob = knobs(effect)[parameter]
    return knob.value, knob.low, knob.high, knob.mid


def _normalised(chain: Chain, index: int, parameter: int) -> float:
    effect = chain.at(index)
    if effect is None or not 0 <= parameter < len(knobs(effect)):
        return -1.0
    return knobs(effect)[parameter].normalised


def _turn(*, is_normalised: bool) -> Callable[[Chain, int, int, float], bool]:
    def turn(chain: Chain, index: int, parameter: int, value: float) -> bool:
        effect = chain.at(index)
        after = None if effect is None else turned(effect, parameter, value, is_normalised=is_normalised)
        if after is None:
            return False
        chain.edit(index, lambda _effect: after)
        chain.host.desk.touched_effect = chain.guid, index, parameter
        return True

    return turn


def _parameter_text(part: str) -> Callable[[Chain, int, int, str, int], tuple[bool, str]]:
    def get(chain: Chain, index: int, parameter: int, text: str, size: int) -> tuple[bool, str]:
        effect = chain.at(index)
        if effect is None or not 0 <= parameter < len(knobs(effect)):
            return False, text
        return True, cut(getattr(knobs(effect)[parameter], part), size)

    return get


def _format(*, is_normalised: bool) -> Callable[[Chain, int, int, float, str, int], tuple[bool, str]]:
    def get(chain: Chain, index: int, parameter: int, value: float, text: str, size: int) -> tuple[bool, str]:
        effect = chain.at(index)
        after = None if effect is None else turned(effect, parameter, value, is_normalised=is_normalised)
        return (False, text) if after is None else (True, cut(knobs(after)[parameter].text, size))

    return get


def _preset(chain: Chain, index: int, text: str, size: int) -> tuple[bool, str]:
    """Return the preset's name, and whether nothing was turned since it was chosen (the SDK's header)."""
    effect = chain.at(index)
    return (False, text) if effect is None else (effect.is_at_preset, cut(effect.preset, size))


def _preset_index(chain: Chain, index: int, _count: int) -> tuple[int, int]:
    effect = chain.at(index)
    return (-1, 0) if effect is None else presets.index(effect)


def _choose(choice: Callable[[Effect, Any], Effect | None]) -> Callable[[Chain, int, Any], bool]:
    """Return what chooses a preset; False where there is none."""

    def choose(chain: Chain, index: int, which: Any) -> bool:
        effect = chain.at(index)
        chosen = None if effect is None else choice(effect, which)
        return chosen is not None and chain.edit(index, lambda _effect: chosen)

    return choose


def _config(chain: Chain, index: int, name: str, text: str, size: int) -> tuple[bool, str]:
    effect = chain.at(index)
    if effect is None:
        return False, text
    known = {
        "fx_type": effect.name.split(":", 1)[0],
        "fx_ident": effect.ident,
        "fx_name": effect.name,
        "original_name": effect.name,
        "renamed_name": effect.alias,
    }
    return (True, cut(known[name], size)) if name in known else (False, text)


def _rename(chain: Chain, index: int, name: str, value: str) -> bool:
    return name == "renamed_name" and chain.edit(index, lambda effect: replace(effect, alias=value))


def _instrument(chain: Chain) -> int:
    found = None if isinstance(chain.owner, Place) else chain.host.track(chain.owner).instrument
    return -1 if found is None else found


def _io_size(chain: Chain, index: int, ins: int, outs: int) -> tuple[int, int, int]:
    """Return REAPER's kind of plug-in (3 is VST) and its pins: all are stereo here."""
    return (-1, ins, outs) if chain.at(index) is None else (3, *STEREO)


def _effect_guid(chain: Chain, index: int) -> str | None:
    effect = chain.at(index)
    return None if effect is None else effect.guid


COMMON: Mapping[str, tuple[str, Callable[..., object]]] = MappingProxyType(
    {
        "GetCount": ("i o", lambda chain: len(chain.effects)),
        "GetEnabled": ("b oi", _field("enabled")),
        "SetEnabled": ("v oib", _set_field("enabled")),
        "GetOffline": ("b oi", _field("offline")),
        "SetOffline": ("v oib", _set_field("offline")),
        "GetOpen": ("b oi", lambda _chain, _index: False),
        "SetOpen": ("v oib", lambda _chain, _index, _is_open: None),
        "Show": ("v oii", lambda _chain, _index, _how: None),
        "GetChainVisible": ("n o", lambda _chain: NEITHER_OPEN_NOR_SHOWN),
        "GetFloatingWindow": ("w oi", lambda _chain, _index: None),
        "GetFXName": ("b oiSi", _name),
        "GetFXGUID": ("s oi", _effect_guid),
        "Delete": ("b oi", _delete),
        "GetIOSize": ("n oiII", _io_size),
        "GetNumParams": ("i oi", _count_parameters),
        "GetParam": ("d oiiDD", _value),
        "GetParamEx": ("d oiiDDD", _value_ex),
        "GetParamNormalized": ("d oii", _normalised),
        "SetParam": ("b oiid", _turn(is_normalised=False)),
        "SetParamNormalized": ("b oiid", _turn(is_normalised=True)),
        "EndParamEdit": ("b oii", lambda chain, index, _parameter: chain.at(index) is not None),
        "GetParamName": ("b oiiSi", _parameter_text("name")),
        "GetFormattedParamValue": ("b oiiSi", _parameter_text("text")),
        "FormatParamValue": ("b oiidSi", _format(is_normalised=False)),
        "FormatParamValueNormalized": ("b oiidSi", _format(is_normalised=True)),
        "GetPreset": ("b oiSi", _preset),
        "SetPreset": ("b ois", _choose(presets.with_preset)),
        "GetPresetIndex": ("n oiI", _preset_index),
        "SetPresetByIndex": ("b oii", _choose(presets.with_preset_at)),
        "NavigatePresets": ("b oii", _choose(presets.navigated)),
        "GetUserPresetFilename": ("v oiSi", lambda _chain, _index, _text, _size: ("",)),
        "GetNamedConfigParm": ("b oisSi", _config),
        "SetNamedConfigParm": ("b oiss", _rename),
    }
)


def _on(letter: str, signature: str, run: Callable[..., object]) -> Function:
    def call(host: Host, owner: int | Place, *rest: object) -> object:
        return run(Chain(host, owner), *rest)

    return Function(signature.replace("o", letter), call)


def _copy_to(host: Host, owner: int | Place, index: int, to: int | Place, place: int, is_move: bool) -> None:
    _copy(Chain(host, owner), index, Chain(host, to), place, is_move)


def _add_to_track(host: Host, number: int, name: str, is_input: bool, instantiate: int) -> int:
    """Input and monitoring effects there are none."""
    return -1 if is_input else _add(Chain(host, number), name, instantiate)


def _last_touched(host: Host, *outs: int) -> tuple[bool, int, int, int]:
    touched = host.desk.touched_effect
    if touched is None or touched[0] not in host.places.tracks:
        return False, outs[0], outs[1], outs[2]
    return True, host.places.tracks[touched[0]], touched[1], touched[2]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        **{f"TrackFX_{name}": _on("t", *function) for name, function in COMMON.items()},
        **{f"TakeFX_{name}": _on("k", *function) for name, function in COMMON.items()},
        "TrackFX_AddByName": Function("n tsbi", _add_to_track),
        "TakeFX_AddByName": Function(
            "n ksi", lambda host, place, name, instantiate: _add(Chain(host, place), name, instantiate)
        ),
        "TrackFX_GetByName": Function(
            "n tsb", lambda host, number, name, instantiate: _add(Chain(host, number), name, int(instantiate))
        ),
        "TrackFX_GetRecCount": Function("i t", lambda _host, _number: 0),
        "TrackFX_GetInstrument": Function("n t", lambda host, number: _instrument(Chain(host, number))),
        "TrackFX_CopyToTrack": Function("v titib", _copy_to),
        "TrackFX_CopyToTake": Function("v tikib", _copy_to),
        "TakeFX_CopyToTrack": Function("v kitib", _copy_to),
        "TakeFX_CopyToTake": Function("v kikib", _copy_to),
        "GetLastTouchedFX": Function("b III", _last_touched),
        "GetFocusedFX": Function("i III", lambda _host, *outs: (0, *outs)),
        "GetFocusedFX2": Function("i III", lambda _host, *outs: (0, *outs)),
    }
)
