"""ReaEQ by band type: ``TrackFX_GetEQ`` and its like."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import reaeq
from mock_daw.reaper.functions.chains import Chain
from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.plugins import BY_NAME, REAEQ, fresh
from mock_daw.session import Equaliser, guid


def first(host: Host, number: int, instantiate: bool) -> int:
    """Return the place of the first ReaEQ on a track; where there is none add one at the end if wanted, else -1."""
    chain = Chain(host, number)
    for index, effect in enumerate(chain.effects):
        if effect.equaliser is not None:
            return index
    if not instantiate:
        return -1
    chain.set((*chain.effects, fresh(BY_NAME[REAEQ], guid("script ReaEQ", chain.guid, host.live.changes))))
    return len(chain.effects) - 1


def _equaliser(host: Host, number: int, index: int) -> Equaliser | None:
    effect = Chain(host, number).at(index)
    return None if effect is None else effect.equaliser


def _change(host: Host, number: int, index: int, change: Callable[[Equaliser], Equaliser | None]) -> bool:
    """Change a ReaEQ; False where it is none, or has no such band."""
    before = _equaliser(host, number, index)
    after = None if before is None else change(before)
    if after is None:
        return False
    return Chain(host, number).edit(index, lambda effect: replace(effect, equaliser=after))


def _set(
    host: Host, number: int, index: int, bandtype: int, bandidx: int, param: int, value: float, is_normalised: bool
) -> bool:
    return _change(
        host,
        number,
        index,
        lambda eq: reaeq.with_value(eq, bandtype, bandidx, param, value, is_normalised=is_normalised),
    )


def _get(
    host: Host, number: int, index: int, parameter: int, bandtype: int, bandidx: int, param: int, value: float
) -> tuple[bool, int, int, int, float]:
    """Say which band and parameter a flat parameter is, and its value in [0, 1]."""
    eq = _equaliser(host, number, index)
    at = None if eq is None else reaeq.locate(eq, parameter)
    if eq is None or at is None:
        return False, bandtype, bandidx, param, value
    normalised = reaeq.normalised(eq, *at)
    return True, *at, value if normalised is None else normalised


def _enable(host: Host, number: int, index: int, bandtype: int, bandidx: int, is_on: bool) -> bool:
    return _change(host, number, index, lambda eq: reaeq.with_enabled(eq, bandtype, bandidx, is_on))


def _is_enabled(host: Host, number: int, index: int, bandtype: int, bandidx: int) -> bool:
    eq = _equaliser(host, number, index)
    return eq is not None and reaeq.enabled(eq, bandtype, bandidx)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "TrackFX_GetEQ": Function("n tb", first),
        "TrackFX_SetEQParam": Function("b tiiiidb", _set),
        "TrackFX_GetEQParam": Function("b tiiIIID", _get),
        "TrackFX_SetEQBandEnabled": Function("b tiiib", _enable),
        "TrackFX_GetEQBandEnabled": Function("b tiii", _is_enabled),
    }
)
