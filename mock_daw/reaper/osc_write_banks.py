"""Banks of parameters, markers and regions: going to one by its number, or to the next (ProcessStateAction)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import osc_effects
from mock_daw.reaper.effect_parameters import wet_place
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_markers import in_order
from mock_daw.reaper.osc_request import Request


def chosen_number(request: Request, *, reals: bool = False) -> int | None:
    """Return the number that a device chooses: the argument for flag i, else the target; none below 0."""
    if request.flag == "i":
        number = request.args.integer()
        real = request.args.real() if reals else None
        if number is None and real is not None and -1.0 < real < 1e9:
            number = int(real)
    else:
        number = request.target(0) if request.targets and request.trigger() > 0 else None
    return number if number is not None and number >= 0 else None


def bank_start(first: int, size: int, count: int) -> int:
    """Return the beginning of a bank, held to the first and the last."""
    held = min(max(first, 0), max(count - 1, 0))
    return held - held % size


def wrapped_bank_start(first: int, size: int, count: int) -> int:
    """Return the beginning of a bank, round the ends."""
    held = max(count - 1, 0) if first < 0 else 0 if first >= count else first
    return held - held % size


def _parameters(desk: Desk) -> int:
    effect = desk.scene.effect(desk.bank.track, desk.bank.effect)
    return wet_place(effect) + 1 if effect else 0


def _instrument_parameters(desk: Desk) -> int:
    effect = osc_effects.instrument(desk.scene, desk.bank.track)
    return wet_place(effect) + 1 if effect else 0


def _markers(desk: Desk) -> int:
    return len(in_order(desk.live.session, regions=False))


def _regions(desk: Desk) -> int:
    return len(in_order(desk.live.session, regions=True))


def _bank(kind: str) -> Handler:
    """Return the handler that goes to a bank by its number, from 1."""
    field, size_field, count, tell = BANKS[kind]

    def handler(desk: Desk, request: Request) -> None:
        number, size = chosen_number(request), getattr(desk.device, size_field)
        if number is not None and size:
            first = bank_start((number - 1) * size, size, count(desk))
            desk.bank = replace(desk.bank, **{field: first})
            tell(desk)

    return handler


def _step_bank(kind: str, step: int) -> Handler:
    """Return the handler that goes to the next bank or the one before, round the ends."""
    field, size_field, count, tell = BANKS[kind]

    def handler(desk: Desk, request: Request) -> None:
        size = getattr(desk.device, size_field)
        if request.trigger() > 0 and size:
            first = wrapped_bank_start(getattr(desk.bank, field) + step * size, size, count(desk))
            desk.bank = replace(desk.bank, **{field: first})
            tell(desk)

    return handler


BANKS: Mapping[str, tuple[str, str, Callable[[Desk], int], Callable[[Desk], None]]] = MappingProxyType(
    {
        "FX_PARAM": ("parameters_from", "effect_parameters", _parameters, Desk.tell_effect),
        "FX_INST_PARAM": (
            "instrument_parameters_from",
            "instrument_parameters",
            _instrument_parameters,
            Desk.tell_instrument,
        ),
        "MARKER": ("markers_from", "markers", _markers, Desk.tell_markers),
        "REGION": ("regions_from", "regions", _regions, Desk.tell_markers),
    }
)


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **{f"DEVICE_{kind}_BANK_SELECT": _bank(kind) for kind in BANKS},
        **{f"DEVICE_PREV_{kind}_BANK": _step_bank(kind, -1) for kind in BANKS},
        **{f"DEVICE_NEXT_{kind}_BANK": _step_bank(kind, 1) for kind in BANKS},
    }
)
