"""What a surface reports of effects: slots, parameters, the instrument, and the parameter that was touched last.

Order and values are REAPER's (reaper-sdk, ``csurf_osc.cpp``). Slots and parameters that are not there are reported as
empty; parameters are shown from the one place in the bank on, in whatever effect.
"""

from collections.abc import Iterator

from mock_daw.reaper.effect_parameters import Shown, short_name, shown, wet_place
from mock_daw.reaper.osc_scene import Report, Scene, Touched
from mock_daw.session import Effect


def chain(scene: Scene, number: int, *, parameters: bool) -> Iterator[Report]:
    """Report the effects of a track, with their parameters if they are wanted, and its instrument."""
    for place in range(scene.device.effects):
        effect = scene.effect(number, place)
        for numbers in _ways(scene, number, place):
            yield from slot(scene, effect, place, numbers)
            if parameters:
                yield from effect_parameters(scene, effect, numbers)
        if place == 0:
            yield from _instrument(scene, number)


def slot(scene: Scene, effect: Effect | None, place: int, numbers: tuple[int, ...]) -> Iterator[Report]:
    """Report one slot under the given numbers."""
    yield Report("FX_NAME", numbers, text=short_name(effect) if effect else "")
    yield Report("FX_NUMBER", numbers, text=str(place + 1) if effect else "")
    yield Report("FX_PRESET", numbers, text=effect.preset if effect else "")
    yield Report("FX_BYPASS", numbers, float(effect is not None and effect.enabled))
    yield Report("FX_OPEN_UI", numbers, float(_open(scene, effect)))


def effect_parameters(scene: Scene, effect: Effect | None, numbers: tuple[int, ...]) -> Iterator[Report]:
    """Report the parameters that the bank shows of an effect, its numbers given."""
    every = shown(effect) if effect else ()
    wet = wet_place(effect) if effect else -1
    for offset in range(scene.device.effect_parameters):
        place = scene.bank.parameters_from + offset
        one = every[place] if place < len(every) else Shown("", 0.0, "")
        yield Report("FX_PARAM_NAME", (offset + 1, *numbers), text=one.name)
        yield Report("FX_PARAM_VALUE", (offset + 1, *numbers), one.position, text=one.text)
        if place == wet:
            yield Report("FX_WETDRY", numbers, one.position, text=one.text)


def chosen(scene: Scene) -> Iterator[Report]:
    """Report the chosen effect of the chosen track, as after a choice."""
    track = scene.track(scene.bank.track)
    count = len(track.effects) if track else 0
    for place in range(scene.device.effects):
        yield Report("DEVICE_FX_SELECT", (place + 1,), float(count > 0 and place == scene.bank.effect))
    effect = scene.effect(scene.bank.track, scene.bank.effect)
    yield from slot(scene, effect, scene.bank.effect, ())
    yield Report(
        "DEVICE_FX_PARAM_BANK_SELECT", (), text=_bank(scene.bank.parameters_from, scene.device.effect_parameters)
    )
    yield from effect_parameters(scene, effect, ())


def chosen_instrument(scene: Scene) -> Iterator[Report]:
    """Report the instrument of the chosen track, with its parameters, as after a choice."""
    effect = instrument(scene, scene.bank.track)
    yield Report("FX_INST_NAME", (), text=short_name(effect) if effect else "")
    yield Report("FX_INST_PRESET", (), text=effect.preset if effect else "")
    size = scene.device.instrument_parameters
    yield Report("DEVICE_FX_INST_PARAM_BANK_SELECT", (), text=_bank(scene.bank.instrument_parameters_from, size))
    every = shown(effect) if effect else ()
    for offset in range(size):
        place = scene.bank.instrument_parameters_from + offset
        one = every[place] if place < len(every) else Shown("", 0.0, "")
        yield Report("FX_INST_PARAM_NAME", (offset + 1,), text=one.name)
        yield Report("FX_INST_PARAM_VALUE", (offset + 1,), one.position, text=one.text)


def instrument(scene: Scene, number: int) -> Effect | None:
    """Return a track's first instrument."""
    track = scene.track(number)
    place = track.instrument if track else None
    return None if place is None else scene.effect(number, place)


def switched(scene: Scene, number: int, place: int, key: str, on: bool) -> Iterator[Report]:
    """Report that an effect was switched (``key`` "BYPASS", 1 for on) or its window opened ("OPEN_UI").

    For tracks of the bank REAPER gives the number of the track, not its place in the bank (``csurf_osc.cpp``, at
    ``CSURF_EXT_SETFXENABLED_IMPL``): the two differ from the second bank on.
    """
    track = scene.track(number)
    is_instrument = track is not None and track.instrument == place
    is_equaliser = track is not None and equaliser_place(scene, number) == place
    value = float(on)
    if number == scene.bank.track:
        if place == scene.bank.effect:
            yield Report(f"FX_{key}", (), value)
        yield Report(f"FX_{key}", (place + 1,), value)
        if is_instrument:
            yield Report(f"FX_INST_{key}", (), value)
        if is_equaliser:
            yield Report(f"FX_EQ_{key}", (), value)
    if 0 < number <= scene.device.tracks:
        yield Report(f"FX_{key}", (place + 1, number), value)
        if is_instrument:
            yield Report(f"FX_INST_{key}", (number,), value)
        if is_equaliser:
            yield Report(f"FX_EQ_{key}", (number,), value)


def equaliser_place(scene: Scene, number: int) -> int | None:
    """Return the place of a track's first ReaEQ."""
    track = scene.track(number)
    effects = track.effects if track else ()
    return next((place for place, effect in enumerate(effects) if effect.equaliser is not None), None)


def touched(scene: Scene, effect: Effect, at: Touched, one: Shown) -> Iterator[Report]:
    """Report a parameter of an effect as the one that was touched last."""
    yield Report("LAST_TOUCHED_FX_PARAM_VALUE", (), one.position, text=one.text)
    yield Report("LAST_TOUCHED_FX_TRACK_NAME", (), text=scene.title(at.track))
    yield Report("LAST_TOUCHED_FX_TRACK_NUMBER", (), text=str(at.track))
    yield Report("LAST_TOUCHED_FX_NAME", (), text=short_name(effect))
    yield Report("LAST_TOUCHED_FX_NUMBER", (), text=str(at.effect + 1))
    yield Report("LAST_TOUCHED_FX_PARAM_NAME", (), text=one.name)


def _instrument(scene: Scene, number: int) -> Iterator[Report]:
    effect = instrument(scene, number)
    yield from scene.on_track("FX_INST_NAME", number, text=short_name(effect) if effect else "")
    yield from scene.on_track("FX_INST_PRESET", number, text=effect.preset if effect else "")
    yield from scene.on_track("FX_INST_BYPASS", number, float(effect is not None and effect.enabled))
    yield from scene.on_track("FX_INST_OPEN_UI", number, float(_open(scene, effect)))


def _ways(scene: Scene, number: int, place: int) -> Iterator[tuple[int, ...]]:
    """Yield the numbers under which a slot is known: as the chosen one, of the chosen track, of a track in the bank."""
    if number == scene.bank.track:
        if place == scene.bank.effect:
            yield ()
        yield (place + 1,)
    if scene.in_bank(number):
        yield place + 1, number - scene.bank.tracks_from


def _open(scene: Scene, effect: Effect | None) -> bool:
    return effect is not None and effect.guid in scene.open_effects


def _bank(first: int, size: int) -> str:
    return str(first // size + 1 if size > 0 else 1)
