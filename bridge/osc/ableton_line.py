"""A talk with AbletonOSC over a lossy line: ask until all is answered, write until it reads back."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from bridge.changes import same
from bridge.desk import Bands, Desk, DeskTrack, DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.gains import gain_linear
from bridge.osc import ableton, ableton_eq
from bridge.osc.ableton import Told
from bridge.osc.ableton_eq import Slots
from bridge.osc.asking import IDLE_ROUNDS, ask
from bridge.osc.packets import Message
from bridge.osc.surface import Link

TRIES = 4
AT_ONCE = 128  # questions: Live answers them all in one of its ticks, of 0.1 s

PERHAPS_ROUNDS = 2

_OF_SONG = (ableton.TRACKS, ableton.TEMPO, ableton.PLAYING)
_OF_SONG_PERHAPS = (ableton.RECORD, ableton.SESSION_RECORD)  # older versions do not know both
_OF_TRACK = (
    ableton.NAME,
    ableton.VOLUME,
    ableton.PANNING,
    ableton.MUTE,
    ableton.SOLO,
    ableton.IS_GROUP,
    ableton.HAS_AUDIO,
    ableton.DEVICE_CLASSES,
    ableton.DEVICE_NAMES,
    ableton.DEVICE_TYPES,
)
_OF_EQ = (
    ableton.PARAMETER_NAMES,
    ableton.PARAMETER_VALUES,
    ableton.PARAMETER_LOWEST,
    ableton.PARAMETER_HIGHEST,
)
_NO_AUDIO_EFFECTS = frozenset({1.0, 4.0})  # Live.Device.DeviceType: instrument 1, audio effect 2, MIDI effect 4


class AbletonLine:
    """A ``bridge.desk.Line`` over OSC. Owns the link, and what was told last. Tracks are counted from 1, as Live does.

    A group is a fader behind those of its tracks: what it does is in their ``sides``. With ``with_eq`` left out no EQ
    is asked for: that is quicker. What is set is no one step of Live's undo history: AbletonOSC begins none.
    """

    name = "Ableton Live"
    fader_highest_db = ableton.FADER_HIGHEST_DB
    master_highest_db = 0.0
    limits = (
        "AbletonOSC does not tell the master, return tracks, sends, routing and automation: they are not heard",
        "Live's own undo takes such moves back one by one, if at all; faderbot undo takes all back",
    )

    def __init__(
        self, link: Link, where: str, *, with_eq: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link, self._where, self._clock = link, where, clock
        self.eq_law = ableton_eq.EqEight() if with_eq else None
        self._last: Desk | None = None
        self._slots: dict[int, tuple[int, Slots]] = {}  # the device and its parameters, by the tracks' numbers
        self._never: frozenset[Message] = frozenset()  # what this Live does not answer

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - its faders have no steps
        """Return the gain: a fader stands where it is put."""
        return gain_db

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        told = Told()
        self._link.receive(0.0)  # what came before the question is no answer to it
        self._ask(told, [Message(address) for address in _OF_SONG])
        self._ask_perhaps(told, [Message(address) for address in _OF_SONG_PERHAPS])
        self._ask_perhaps(told, [Message(ableton.SELECTED)], PERHAPS_ROUNDS)  # not when a return or the master is
        tracks = range(int(told.number(ableton.TRACKS) or 0))
        self._ask(told, [Message(address, (track,)) for track in tracks for address in _OF_TRACK])
        if any(told.is_on(ableton.IS_GROUP, track) for track in tracks):
            self._ask(told, [Message(ableton.IS_GROUPED, (track,)) for track in tracks])
        found = {track: _eq_eight(told, track) for track in tracks if self.eq_law is not None}
        places = {track: place for track, place in found.items() if place is not None}
        self._ask(told, [Message(address, place) for place in places.items() for address in _OF_EQ])
        self._slots = {
            track + 1: (place, slots) for track, place in places.items() if (slots := _slots(told, track, place))
        }
        self._ask(told, list(self._texts()))
        self._last = _desk(told, self._slots)
        return self._last

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - OSC names no steps
        """Set everything of the desk that was read last; what does not read back is written again.

        Raises ``DawUnreachable``.
        """
        desk = self._last or self.read()
        for again in range(TRIES):
            messages = list(self._messages(write, desk))
            if not messages:
                return
            # AbletonOSC leaves the rest of a bundle out where Live refuses one of its messages.
            for part in [[message] for message in messages] if again else [messages]:
                self._link.send(part)
            desk = self.read()

    def close(self) -> None:
        """Close the link."""
        self._link.close()

    def _messages(self, write: DeskWrite, desk: Desk) -> Iterator[Message]:
        """Yield what has to be sent for the desk to stand as wanted."""
        tracks = {track.number: track for track in desk.tracks}
        for number, wanted_db in write.gains_db.items():
            track = tracks.get(number)
            if track is not None and not same(gain_linear(track.gain_db), gain_linear(wanted_db)):
                yield ableton.fader(number - 1, wanted_db)
        for number, wanted in write.eqs.items():
            track = tracks.get(number)
            if track is not None and track.eq is not None and not same(track.eq, wanted):
                device, slots = self._slots[number]
                yield from _parameters(number - 1, device, slots, track.eq, wanted)
        if write.tempo_bpm is not None and desk.tempo_bpm is not None and not same(desk.tempo_bpm, write.tempo_bpm):
            yield ableton.setting(ableton.TEMPO, float(write.tempo_bpm))

    def _texts(self) -> Iterator[Message]:
        for number, (device, slots) in self._slots.items():
            for parameter in slots.shown:
                yield Message(ableton.PARAMETER_TEXT, (number - 1, device, parameter))

    def _ask(self, told: Told, questions: Sequence[Message]) -> None:
        """Ask until all is answered."""
        if lost := self._asked(told, questions):
            raise self._cut_short(told, lost)

    def _ask_perhaps(self, told: Told, questions: Sequence[Message], rounds: int = IDLE_ROUNDS) -> None:
        """Ask for what may never be answered; it is asked for in vain once."""
        wanted = [question for question in questions if question not in self._never]
        self._never |= frozenset(self._asked(told, wanted, rounds))

    def _asked(self, told: Told, questions: Sequence[Message], rounds: int = IDLE_ROUNDS) -> Sequence[Message]:
        """Ask until all is answered or said to be unknown; return what was not answered."""

        def open_ones() -> list[Message]:
            return [question for question in told.lacking(questions) if question.address not in told.unknown]

        ask(self._link, self._clock, told.take, open_ones, lambda lacking: lacking[:AT_ONCE], idle_rounds=rounds)
        return told.lacking(questions)

    def _cut_short(self, told: Told, lacking: Sequence[Message]) -> DawUnreachable:
        if not told.answers:
            return DawSilent(
                f"Ableton Live says nothing over OSC at {self._where}: start it, choose AbletonOSC as a control "
                "surface in its settings, Link, Tempo & MIDI, or see --host and --osc-port"
            )
        asked = " ".join(map(str, (lacking[0].address, *lacking[0].arguments)))
        others = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        error = f", and said: {told.error}" if told.error else ""
        return DawUnreachable(
            f"AbletonOSC at {self._where} answers, but never told {asked}{others}{error}: try again, on a line that "
            "loses less, and with an AbletonOSC that is up to date"
        )


def _eq_eight(told: Told, track: int) -> int | None:
    """Return the place of a track's last EQ Eight."""
    classes = told.texts(ableton.DEVICE_CLASSES, track)
    return max((place for place, name in enumerate(classes) if name == ableton_eq.CLASS), default=None)


def _slots(told: Told, track: int, device: int) -> Slots | None:
    return ableton_eq.slots(
        told.texts(ableton.PARAMETER_NAMES, track, device),
        told.numbers(ableton.PARAMETER_LOWEST, track, device),
        told.numbers(ableton.PARAMETER_HIGHEST, track, device),
    )


def _parameters(track: int, device: int, slots: Slots, found: Bands, wanted: Bands) -> Iterator[Message]:
    """Yield what sets the parameters that differ."""
    before = dict(ableton_eq.parameters(slots, found))
    for parameter, value in ableton_eq.parameters(slots, wanted):
        if value != before[parameter]:
            yield ableton.setting(ableton.PARAMETER_VALUE, track, device, parameter, value)


def _desk(told: Told, slots: Mapping[int, tuple[int, Slots]]) -> Desk:
    tracks = range(int(told.number(ableton.TRACKS) or 0))
    groups = _groups(told, tracks)
    records = told.is_on(ableton.RECORD) or told.is_on(ableton.SESSION_RECORD)
    return Desk(
        tracks=tuple(_track(told, track, groups, slots.get(track + 1)) for track in tracks),
        master_gain_db=None,
        recording=records and told.is_on(ableton.PLAYING),
        tempo_bpm=told.number(ableton.TEMPO),
    )


def _groups(told: Told, tracks: Sequence[int]) -> dict[int, int]:
    """Return the group of each track that is in one: the nearest before it, since AbletonOSC names none."""
    found: dict[int, int] = {}
    group: int | None = None
    for track in tracks:
        if told.is_on(ableton.IS_GROUPED, track) and group is not None:
            found[track] = group
        if told.is_on(ableton.IS_GROUP, track):
            group = track
    return found


def _above(track: int, groups: Mapping[int, int]) -> Iterator[int]:
    """Yield the groups that a track goes through."""
    while track in groups:
        track = groups[track]
        yield track


def _track(told: Told, track: int, groups: Mapping[int, int], own: tuple[int, Slots] | None) -> DeskTrack:
    path = (track, *_above(track, groups))
    sides = _through(told, track, path[1:])
    return DeskTrack(
        number=track + 1,
        name=told.text(ableton.NAME, track),
        gain_db=ableton.gain_db(told.number(ableton.VOLUME, track) or 0.0),
        muted=any(told.is_on(ableton.MUTE, part) for part in path),
        soloed=any(told.is_on(ableton.SOLO, part) for part in path),
        selected=told.number(ableton.SELECTED) == track,
        eq=None if own is None else _eq(told, track, *own),
        effects=_effects(told, track, None if own is None else own[0]),
        left_alone=_left_alone(told, track),
        sides=sides,
    )


def _through(told: Told, track: int, groups: Sequence[int]) -> tuple[float, float]:
    """Return the gains (left, right) of a track's pan and of the groups it goes through."""
    left, right = ableton.sides(told.number(ableton.PANNING, track) or 0.0)
    for group in groups:
        gain = gain_linear(ableton.gain_db(told.number(ableton.VOLUME, group) or 0.0))
        of_group = ableton.sides(told.number(ableton.PANNING, group) or 0.0)
        left, right = left * gain * of_group[0], right * gain * of_group[1]
    return left, right


def _eq(told: Told, track: int, device: int, slots: Slots) -> Bands | None:
    """Return an EQ Eight's bands, None where it is off, or where Live's own texts say otherwise than is known here."""
    bands = ableton_eq.bands(slots, told.numbers(ableton.PARAMETER_VALUES, track, device))
    texts = {number: told.text(ableton.PARAMETER_TEXT, track, device, number) for number in slots.shown}
    return bands if bands is not None and ableton_eq.is_shown(slots, bands, texts) else None


def _effects(told: Told, track: int, own: int | None) -> tuple[str, ...]:
    """Return the names of the other audio effects; whether they are on is not asked."""
    names, types = told.texts(ableton.DEVICE_NAMES, track), told.numbers(ableton.DEVICE_TYPES, track)
    devices = enumerate(zip(names, types, strict=False))
    return tuple(name for place, (name, type_) in devices if type_ not in _NO_AUDIO_EFFECTS and place != own)


def _left_alone(told: Told, track: int) -> str | None:
    if told.is_on(ableton.IS_GROUP, track):
        return "a group"
    return None if told.is_on(ableton.HAS_AUDIO, track) else "MIDI"
