"""What a device says of itself: how much it shows, where its banks are, what follows what (ProcessStateAction).

REAPER sets no limit to how much a device may ask to be shown; here it is ``MOST_SHOWN`` of a kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.controls import has
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.osc_write_banks import bank_start, chosen_number, wrapped_bank_start
from mock_daw.reaper.pattern import COUNTS, FOLLOWS, MOST_SHOWN
from mock_daw.session import Session

AFTER_COUNT: Mapping[str, Callable[[Desk], None]] = MappingProxyType(
    {
        "tracks": Desk.tell_bank,
        "sends": Desk.tell_bank,
        "receives": Desk.tell_bank,
        "effects": Desk.tell_bank,
        "effect_parameters": Desk.tell_effect,
        "instrument_parameters": Desk.tell_instrument,
    }
)


def _count(field: str) -> Handler:
    """Return the handler for how many of a kind the device shows."""

    def handler(desk: Desk, request: Request) -> None:
        count = chosen_number(request, reals=True)
        if count is None:
            return
        before = desk.device
        desk.device = replace(before, **{field: min(count, MOST_SHOWN)})  # type: ignore[arg-type]  # a count each
        if field in AFTER_COUNT:
            AFTER_COUNT[field](desk)
        else:
            desk.tell_markers(
                markers_before=before.markers if field == "markers" else 0,
                regions_before=before.regions if field == "regions" else 0,
            )

    return handler


# Follow modes


def _follows(key: str) -> Handler:
    """Return the handler for a mode by its name; an unknown one is the first."""

    def handler(desk: Desk, request: Request) -> None:
        word = request.args.text() if request.flag == "s" else None
        if word is not None:
            _set_mode(desk, key, word)

    return handler


def _follows_now(key: str, word: str) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        if request.flag == "s" or request.trigger() > 0:
            _set_mode(desk, key, word)

    return handler


def _set_mode(desk: Desk, key: str, word: str) -> None:
    modes = {field: False for (name, _), field in FOLLOWS.items() if name == key}
    if (key, word) in FOLLOWS:
        modes[FOLLOWS[key, word]] = True
    desk.device = replace(desk.device, **modes)
    match key, word:
        case "REAPER_TRACK_FOLLOWS", "DEVICE":
            _selectchosen_number(desk)
        case "DEVICE_TRACK_FOLLOWS", "LAST_TOUCHED" if desk.touched_track is not None:
            desk.choose_track(desk.touched_track)
        case "DEVICE_TRACK_BANK_FOLLOWS", "MIXER":
            _scroll(desk, desk.leftmost_track)
        case "DEVICE_FX_FOLLOWS", "LAST_TOUCHED" if desk.touched is not None:
            desk.choose_effect_of(desk.touched.track, desk.touched.effect)
        case "DEVICE_FX_FOLLOWS", "FOCUSED":
            _choose_open(desk)
        case _:
            pass


def _choose_open(desk: Desk) -> None:
    """Choose an effect whose window is open."""
    tracks = (desk.live.session.master, *desk.live.session.tracks)
    for number, track in enumerate(tracks):
        for place, effect in enumerate(track.effects):
            if effect.guid in desk.open_effects:
                desk.choose_effect_of(number, place)
                return


def _selectchosen_number(desk: Desk) -> None:
    """Select the chosen track in REAPER, and no other."""
    chosen = desk.bank.track
    if has(desk.live.session, chosen):
        desk.live.edit(lambda session: _with_only(session, chosen), None)


def _with_only(session: Session, number: int) -> Session:
    tracks = tuple(replace(track, selected=n == number) for n, track in enumerate(session.tracks, 1))
    return replace(session, master=replace(session.master, selected=number == 0), tracks=tracks)


def _scroll(desk: Desk, number: int) -> None:
    """Scroll the mixer so that a track is the leftmost, and the bank with it."""
    if has(desk.live.session, number):
        desk.leftmost_track = max(number, 1)
        desk.bank = replace(desk.bank, tracks_from=max(number - 1, 0))
        desk.tell_bank()


# Tracks and their banks


def _track(desk: Desk, request: Request) -> None:
    number = chosen_number(request)
    if number is not None:
        _choose(desk, min(desk.bank.tracks_from + number, len(desk.live.session.tracks)))


def _step_track(step: int) -> Handler:
    """Return the handler that goes to the next track or the one before, round the ends through the master."""

    def handler(desk: Desk, request: Request) -> None:
        if request.trigger() > 0:
            _choose(desk, (desk.bank.track + step) % (len(desk.live.session.tracks) + 1))

    return handler


def _choose(desk: Desk, number: int) -> None:
    desk.bank = replace(desk.bank, track=number)
    if desk.device.reaper_follows_device:
        _selectchosen_number(desk)
    desk.tell_choice()


def _to_bank(desk: Desk, first: int) -> None:
    desk.bank = replace(desk.bank, tracks_from=first)
    if desk.device.bank_follows_mixer:
        _scroll(desk, first + 1)
    else:
        desk.tell_bank()


def _track_bank(desk: Desk, request: Request) -> None:
    number, size = chosen_number(request), desk.device.tracks
    if number is not None and size:
        _to_bank(desk, bank_start((number - 1) * size, size, len(desk.live.session.tracks)))


def _step_track_bank(step: int) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        size, count = desk.device.tracks, len(desk.live.session.tracks)
        if request.trigger() > 0 and size:
            first = desk.bank.tracks_from + step * size
            if desk.device.bank_follows_mixer:
                _to_bank(desk, bank_start(first, size, count))
            else:
                _to_bank(desk, wrapped_bank_start(first, size, count))

    return handler


# Effects


def _effect(desk: Desk, request: Request) -> None:
    number = chosen_number(request)
    if number is not None:
        desk.bank = replace(desk.bank, effect=max(number - 1, 0))
        desk.tell_effect()


def _step_effect(step: int) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        if request.trigger() > 0:
            desk.bank = replace(desk.bank, effect=wrapped_bank_start(desk.bank.effect + step, 1, _effects(desk)))
            desk.tell_effect()

    return handler


def _effects(desk: Desk) -> int:
    track = desk.scene.track(desk.bank.track)
    return len(track.effects) if track else 0


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **{key: _count(field) for key, field in COUNTS.items()},
        **{key: _follows(key) for key, _ in FOLLOWS},
        **{f"{key}_{word}": _follows_now(key, word) for key, word in FOLLOWS},
        "REAPER_TRACK_FOLLOWS_REAPER": _follows_now("REAPER_TRACK_FOLLOWS", "REAPER"),
        "DEVICE_TRACK_FOLLOWS_DEVICE": _follows_now("DEVICE_TRACK_FOLLOWS", "DEVICE"),
        "DEVICE_TRACK_BANK_FOLLOWS_DEVICE": _follows_now("DEVICE_TRACK_BANK_FOLLOWS", "DEVICE"),
        "DEVICE_FX_FOLLOWS_DEVICE": _follows_now("DEVICE_FX_FOLLOWS", "DEVICE"),
        "DEVICE_TRACK_SELECT": _track,
        "DEVICE_PREV_TRACK": _step_track(-1),
        "DEVICE_NEXT_TRACK": _step_track(1),
        "DEVICE_TRACK_BANK_SELECT": _track_bank,
        "DEVICE_PREV_TRACK_BANK": _step_track_bank(-1),
        "DEVICE_NEXT_TRACK_BANK": _step_track_bank(1),
        "DEVICE_FX_SELECT": _effect,
        "DEVICE_PREV_FX": _step_effect(-1),
        "DEVICE_NEXT_FX": _step_effect(1),
    }
)
