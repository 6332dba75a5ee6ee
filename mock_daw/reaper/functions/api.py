"""Every ReaScript function of the mock by name: the door through which scripts come in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mock_daw.live import Document, Live
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions import (
    accessors,
    chunks,
    commands,
    devices,
    effects,
    envelopes,
    equalizer,
    ext_state,
    items,
    marker_values,
    markers,
    meters,
    midi,
    midi_events,
    midi_notes,
    normalization,
    project,
    sends,
    sources,
    surface,
    tabs,
    takes,
    tempo,
    tracks,
    transport,
    ui,
    undo,
)
from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import KINDS, NEEDED, ZERO, Function, converted, written

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        **project.FUNCTIONS,
        **tabs.FUNCTIONS,
        **tempo.FUNCTIONS,
        **tracks.FUNCTIONS,
        **sends.FUNCTIONS,
        **items.FUNCTIONS,
        **takes.FUNCTIONS,
        **sources.FUNCTIONS,
        **accessors.FUNCTIONS,
        **effects.FUNCTIONS,
        **equalizer.FUNCTIONS,
        **envelopes.FUNCTIONS,
        **markers.FUNCTIONS,
        **marker_values.FUNCTIONS,
        **transport.FUNCTIONS,
        **undo.FUNCTIONS,
        **ext_state.FUNCTIONS,
        **meters.FUNCTIONS,
        **midi.FUNCTIONS,
        **midi_notes.FUNCTIONS,
        **midi_events.FUNCTIONS,
        **surface.FUNCTIONS,
        **chunks.FUNCTIONS,
        **normalization.FUNCTIONS,
        **commands.FUNCTIONS,
        **devices.FUNCTIONS,
        **ui.FUNCTIONS,
    }
)
NAMES: tuple[str, ...] = tuple(sorted(FUNCTIONS))
PREFIX = "RPR_"


class Functions:
    """Calls REAPER's functions on the live session, each under its lock."""

    def __init__(self, live: Live, actions: Actions, *, resource_path: str = "/mock/REAPER") -> None:
        self.host = Host(live, actions, resource_path=resource_path)
        commands.register(self.host)
        tabs.register(self.host)

    def call(self, name: str, args: Sequence[object]) -> object:
        """Call a function by REAPER's name, with or without "RPR_"; return what REAPER's Python binding returns.

        An audio buffer among the arguments is a list that is filled in place; its length alone will do, and then the
        samples come back as an array. Raises ``AttributeError`` for a function that is not there (and where REAPER
        returns no string, as its binding does), ``TypeError`` for arguments that are too few, too many or wrong.
        """
        name = name.removeprefix(PREFIX)
        function = FUNCTIONS.get(name)
        if function is None:
            raise AttributeError(f"module 'reaper_python' has no attribute '{PREFIX}{name}'")
        letters = function.arguments
        if len(args) != len(letters):
            raise TypeError(f"{PREFIX}{name}() takes {len(letters)} positional arguments but {len(args)} were given")
        with self.host.live.lock, self.host.live.behind(self._project(letters, args)):
            return self._called(function, args)

    def _project(self, letters: str, args: Sequence[object]) -> Document:
        """Return the project that a call is about: of the first argument that is not of the one in front."""
        front = self.host.live.front
        found = (
            self.host.project_of(KINDS[letter], value)
            for letter, value in zip(letters, args, strict=True)
            if letter in KINDS
        )
        return next((document for document in found if document is not front), front)

    def _called(self, function: Function, args: Sequence[object]) -> object:
        letters = function.arguments
        given = [self._argument(letter, value) for letter, value in zip(letters, args, strict=True)]
        outs = [k for k, letter in enumerate(letters) if letter.isupper()]
        if any(value is None and letter in NEEDED for letter, value in zip(letters, given, strict=True)):
            result, wrote = ZERO.get(function.result), [given[k] for k in outs]
        else:
            answer = function.run(self.host, *given)
            result, wrote = _parted(function, answer) if outs else (answer, [])
        result = self._result(function.result, result)
        if "F" in letters:
            return result, _filled(args[outs[0]], wrote[0])
        if not outs:
            return result
        back = list(args)
        for k, value in zip(outs, wrote, strict=True):
            back[k] = written(letters[k], value)
        return tuple(back) if function.result == "v" else (result, *back)

    def _argument(self, letter: str, value: object) -> object:
        if letter == "p":
            return self.host.live.front.name
        kind = KINDS.get(letter)
        return converted(letter, value) if kind is None else self.host.resolve(letter, kind, value)

    def _result(self, letter: str, result: object) -> object:
        kind = KINDS.get(letter)
        if kind is not None:
            assert result is None or isinstance(result, str)
            return self.host.pointers.text(kind, result)
        if letter == "s" and result is None:
            raise AttributeError("'NoneType' object has no attribute 'decode'")
        if letter in "inb":
            assert isinstance(result, int | float)
            return int(result)
        return result


def _parted(function: Function, answer: Sequence[object]) -> tuple[object, list[object]]:
    """Return the result and what was written."""
    if function.result == "v":
        return None, list(answer)
    return answer[0], list(answer[1:])


def _filled(buffer: object, samples: Any) -> object:
    """Return the caller's buffer with the samples in it, or the samples where only its length was given."""
    if not isinstance(buffer, list):
        return samples
    if len(buffer) < len(samples):
        raise IndexError("list assignment index out of range")
    buffer[: len(samples)] = list(map(float, samples))
    return buffer
