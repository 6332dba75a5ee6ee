"""What a device can do to effects, their parameters and ReaEQ (``csurf_osc.cpp``, ProcessFXAction).

A message for an equaliser on a track that has none inserts one, at the end of the chain, where the pattern says INSERT.
That the step is named so, and that a band which is not there is not made, are guesses. Where the presets of a plug-in
are not known, choosing one keeps its name, and going to the next does nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import osc_effects, presets, reaeq
from mock_daw.reaper.effect_parameters import REAEQ, short_name, wet_place, with_position
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_equaliser import BANDS, PARAMETERS
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.reaeq import BandParam, BandType
from mock_daw.session import Effect, Equaliser, Session, guid

CHANGE_PRESET = "Change FX preset"
Where = tuple[int, int]  # a track's number and the place of an effect
Find = Callable[[Desk, Request], Where | None]


def _slot(desk: Desk, request: Request) -> Where | None:
    """Return the effect that is meant: its number, then its track's; or the chosen one."""
    number = desk.track_number(request, 1)
    return None if number is None else (number, desk.effect_place(request))


def _instrument(desk: Desk, request: Request) -> Where | None:
    number = desk.track_number(request)
    place = None if number is None else desk.live.session.track(number).instrument
    return None if number is None or place is None else (number, place)


def _equaliser(desk: Desk, request: Request) -> Where | None:
    return _equaliser_on(desk, desk.track_number(request))


def _equaliser_on(desk: Desk, number: int | None) -> Where | None:
    """Return a track's first ReaEQ, a new one if the device inserts them."""
    if number is None:
        return None
    place = osc_effects.equaliser_place(desk.scene, number)
    if place is None and desk.device.inserts_equaliser:
        place = len(desk.live.session.track(number).effects)
        made = Effect(guid("OSC", REAEQ, number, desk.live.changes), REAEQ, equaliser=Equaliser())
        desk.live.edit(lambda session: _with_new(session, number, made), f"Add FX: {desk.scene.title(number)}: {REAEQ}")
        desk.catch_up()
    return None if place is None else (number, place)


def _with_new(session: Session, number: int, effect: Effect) -> Session:
    track = session.track(number)
    return session.with_track(number, replace(track, effects=(*track.effects, effect)))


def _switch(find: Find) -> Handler:
    """Return the handler for FX_BYPASS, where 1 means that the effect is on."""

    def handler(desk: Desk, request: Request) -> None:
        where = find(desk, request)
        effect = where and desk.scene.effect(*where)
        if where and effect and request.turns(effect.enabled):
            desk.edit_effect(*where, lambda e: replace(e, enabled=not e.enabled), f"Bypass FX: {short_name(effect)}")

    return handler


def _window(find: Find) -> Handler:
    """Return the handler for FX_OPEN_UI: the window that opens is the one in focus."""

    def handler(desk: Desk, request: Request) -> None:
        where = find(desk, request)
        effect = where and desk.scene.effect(*where)
        if not where or not effect or not request.turns(effect.guid in desk.open_effects):
            return
        desk.open_effects ^= {effect.guid}
        opened = effect.guid in desk.open_effects
        desk.say(osc_effects.switched(desk.scene, *where, "OPEN_UI", opened))
        if opened and desk.device.effect_follows_focus:
            desk.choose_effect_of(*where)

    return handler


def _preset(find: Find) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        where = find(desk, request)
        name = request.args.text()
        if where and name:
            desk.edit_effect(*where, lambda effect: _chosen(effect, name), CHANGE_PRESET)

    return handler


def _chosen(effect: Effect, name: str) -> Effect:
    """Return an effect with a preset; of a plug-in whose presets are not known any name is one."""
    if presets.names(effect) is None:
        return replace(effect, preset=name)
    return presets.with_preset(effect, name) or effect


def _next_preset(find: Find, tell: Callable[[Desk], None], by: int) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        where = find(desk, request)
        if where and request.trigger() > 0:
            desk.edit_effect(*where, lambda effect: presets.navigated(effect, by) or effect, CHANGE_PRESET)
            tell(desk)

    return handler


def _parameter(desk: Desk, request: Request) -> None:
    """Move a parameter: its number in the bank, then that of its effect, then that of the track."""
    first = request.target(0)
    number = desk.track_number(request, 2)
    if first is not None and number is not None:
        place = desk.effect_place(request, 1)
        _move(desk, request, (number, place), desk.bank.parameters_from + first - 1)


def _instrument_parameter(desk: Desk, request: Request) -> None:
    first = request.target(0)
    number = desk.track_number(request, 1)
    place = None if number is None else desk.live.session.track(number).instrument
    if first is not None and number is not None and place is not None:
        _move(desk, request, (number, place), desk.bank.instrument_parameters_from + first - 1)


def _touched_parameter(desk: Desk, request: Request) -> None:
    if desk.touched is not None:
        _move(desk, request, (desk.touched.track, desk.touched.effect), desk.touched.parameter)


def _wet(find: Find) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        where = find(desk, request)
        effect = where and desk.scene.effect(*where)
        if where and effect:
            _move(desk, request, where, wet_place(effect))

    return handler


def _move(desk: Desk, request: Request, where: Where, parameter: int) -> None:
    """Move a parameter to a float; an integer -1 after it or in its place ends the gesture."""
    position = request.args.real()
    ends = request.args.integer()
    effect = desk.scene.effect(*where)
    if position is not None and effect is not None and 0 <= parameter <= wet_place(effect):
        step = f"Edit FX parameter: {desk.scene.title(where[0])}: {short_name(effect)}"
        desk.adjust_effect(*where, lambda e: with_position(e, parameter, position), step)
    if ends == -1:
        desk.live.settle()


def _band_at(kind: int, desk: Desk, request: Request) -> tuple[Where, int] | None:
    """Return the equaliser that is meant, and the number of the band among its kind, from 0.

    For bells the number of the band comes first. REAPER then takes the track from where none was given: what
    ``/fxeq/band/…`` without a track does there is up to luck, here it does nothing.
    """
    if kind != BandType.BAND:
        where = _equaliser(desk, request)
        return None if where is None else (where, 0)
    band = request.target(0)
    if band is None or len(request.targets) < 2:
        return None
    where = _equaliser_on(desk, desk.track_number(request, 1))
    return None if where is None else (where, band)


def _band(kind: int, parameter: int) -> Handler:
    """Return the handler for a parameter of a band: raw for the flags f and i, else in its normal form.

    A raw gain is a linear factor, whatever the address ".../gain/db" makes one think.
    """

    def handler(desk: Desk, request: Request) -> None:
        found = _band_at(kind, desk, request)
        value = request.number()
        if found is not None and value is not None:
            where, band = found
            _set_band(desk, request, where, (kind, band, parameter), value)

    return handler


def _band_switch(kind: int) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        found = _band_at(kind, desk, request)
        if found is None:
            return
        where, band = found
        effect = desk.scene.effect(*where)
        equaliser = None if effect is None else effect.equaliser
        on = equaliser is not None and reaeq.enabled(equaliser, kind, band)
        if equaliser is not None and request.turns(on):
            changed = reaeq.with_enabled(equaliser, kind, band, not on) or equaliser
            desk.edit_effect(*where, lambda e: replace(e, equaliser=changed), "Toggle ReaEQ band")

    return handler


def _equaliser_gain(desk: Desk, request: Request) -> None:
    where = _equaliser(desk, request)
    value = request.number()
    if where is not None and value is not None:
        _set_band(desk, request, where, (BandType.MASTER_GAIN, 0, BandParam.GAIN), value)


def _set_band(desk: Desk, request: Request, where: Where, at: tuple[int, int, int], value: float) -> None:
    effect = desk.scene.effect(*where)
    if effect is None or effect.equaliser is None:
        return
    changed = reaeq.with_value(effect.equaliser, *at, value, is_normalised=request.flag not in "fi")
    if changed is not None:
        step = f"Edit FX parameter: {desk.scene.title(where[0])}: {short_name(effect)}"
        desk.adjust_effect(*where, lambda e: replace(e, equaliser=changed), step)


def _chain(prefix: str, find: Find, tell: Callable[[Desk], None]) -> dict[str, Handler]:
    return {
        f"{prefix}_BYPASS": _switch(find),
        f"{prefix}_OPEN_UI": _window(find),
        f"{prefix}_PRESET": _preset(find),
        f"{prefix}_PREV_PRESET": _next_preset(find, tell, -1),
        f"{prefix}_NEXT_PRESET": _next_preset(find, tell, 1),
    }


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **_chain("FX", _slot, Desk.tell_effect),
        **_chain("FX_INST", _instrument, Desk.tell_instrument),
        **_chain("FX_EQ", _equaliser, Desk.tell_effect),
        "FX_WETDRY": _wet(_slot),
        "FX_EQ_WETDRY": _wet(_equaliser),
        "FX_PARAM_VALUE": _parameter,
        "FX_INST_PARAM_VALUE": _instrument_parameter,
        "LAST_TOUCHED_FX_PARAM_VALUE": _touched_parameter,
        "FX_EQ_MASTER_GAIN": _equaliser_gain,
        **{
            f"FX_EQ_{band}_{parameter}": _band(kind, place)
            for kind, band in enumerate(BANDS)
            for place, parameter in enumerate(PARAMETERS)
        },
        **{f"FX_EQ_{band}_BYPASS": _band_switch(kind) for kind, band in enumerate(BANDS)},
    }
)
