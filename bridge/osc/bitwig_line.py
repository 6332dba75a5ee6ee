"""A talk with Bitwig Studio through DrivenByMoss, over a lossy line: page by page, until all is as wanted."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from agent.daw import DawError
from bridge.changes import same
from bridge.desk import MASTER_NUMBER, Desk, DeskTrack, DeskWrite
from bridge.errors import DawUnreachable
from bridge.osc import bitwig
from bridge.osc.bitwig import FaderLaw, Told
from bridge.osc.bitwig_pages import MOST_TRACKS, Pages
from bridge.osc.packets import Message
from bridge.osc.surface import Link
from bridge.reaper.routing import gain_linear

TRIES = 4
_PLAYS = frozenset({"audio", "instrument", "hybrid"})
_OTHERS = {"group": "a group", "effect": "an effect track", "master": "a master"}


class BitwigLine:
    """A ``bridge.desk.Line`` over OSC. Owns the link, the pages, and what was told last.

    Tracks are counted from 1 in the order of the pages.
    """

    name = "Bitwig Studio"
    fader_highest_db = master_highest_db = bitwig.FADER_HIGHEST_DB
    eq_law = None
    limits = (
        "faders and tempo only: DrivenByMoss tells only the EQ of the track that is selected",
        "DrivenByMoss does not tell what a group, a send, an effect or automation does: they are not heard",
        "Bitwig's undo history has a step for each fader; faderbot undo takes all back",
    )

    def __init__(self, link: Link, where: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._where = link, where
        self._pages = Pages(link, where, clock)
        self._law: FaderLaw | None = None
        self._last: Desk | None = None
        self._positions: dict[int, tuple[int, str]] = {}  # position and name, by the tracks' numbers
        self._found_at: int | None = None  # the first position of the page that the user had

    @property
    def steps(self) -> int | None:
        """The highest value of a fader, once it is known: 127 is coarse."""
        return None if self._law is None else self._law.highest

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - all faders are alike
        """Return where a fader stands that is set to a gain in dB: it has steps."""
        return gain_db if self._law is None else self._law.nearest_db(gain_db)

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        told = self._pages.refresh()
        if self._found_at is None:
            self._found_at = min(told.positions(), default=None)
        seen: dict[int, tuple[Told, int]] = {}
        faders = list(told.faders())
        while self._pages.show(len(seen)):
            told = self._pages.told
            faders += told.faders()
            seen |= {position: (told, place) for position, place in told.positions().items() if position not in seen}
            if sorted(seen) != list(range(len(seen))) or len(seen) > MOST_TRACKS:
                raise DawUnreachable("Bitwig's tracks moved while they were read: try again")
        self._law = law = self._learned(faders)
        told = self._pages.told
        tracks = tuple(_track(number, law, *seen[number - 1]) for number in range(1, len(seen) + 1))
        self._positions = {track.number: (track.number - 1, track.name) for track in tracks}
        self._last = Desk(
            tracks=tracks,
            master_gain_db=law.gain_db(told.number(bitwig.MASTER_VOLUME) or 0.0),
            recording=told.is_on(bitwig.RECORDING) and told.is_on(bitwig.PLAYING),
            tempo_bpm=told.number(bitwig.TEMPO),
            project=told.text(bitwig.PROJECT),
        )
        return self._last

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - OSC names no steps
        """Set everything of the desk that was read last; what does not read back is written again.

        Raises ``DawUnreachable``.
        """
        desk = self._last or self.read()
        for _ in range(TRIES):
            away = dict(self._away(write, desk))
            of_all = list(self._of_all(away, write, desk))
            if not away and not of_all:
                return
            if of_all:
                self._link.send(of_all)
            for number in sorted(set(away) - {MASTER_NUMBER}):
                self._set(number, away[number])
            desk = self.read()

    def close(self) -> None:
        """Turn back to the page that was found, and close the link."""
        try:
            if self._found_at is not None:
                with suppress(DawError):  # the pages of a Bitwig that is gone are nobody's
                    self._pages.show_from(self._found_at)
        finally:
            self._link.close()

    def _away(self, write: DeskWrite, desk: Desk) -> Iterator[tuple[int, int]]:
        """Yield the faders that do not stand as wanted, and the values that they are to have."""
        law = self._known()
        for number, wanted_db in write.gains_db.items():
            found_db = desk.gain_db(number)
            if found_db is not None and not same(gain_linear(found_db), gain_linear(law.nearest_db(wanted_db))):
                yield number, law.value(wanted_db)

    def _of_all(self, away: Mapping[int, int], write: DeskWrite, desk: Desk) -> Iterator[Message]:
        """Yield what sets the master and the tempo, where they are away."""
        if MASTER_NUMBER in away:
            yield Message(bitwig.MASTER_VOLUME, (away[MASTER_NUMBER],))
        if write.tempo_bpm is not None and desk.tempo_bpm is not None and not same(desk.tempo_bpm, write.tempo_bpm):
            yield Message(bitwig.TEMPO, (float(write.tempo_bpm),))

    def _set(self, number: int, value: int) -> None:
        """Set a fader on its page, if it is still there."""
        position, name = self._positions[number]
        if self._pages.show(position):
            place = self._pages.told.positions()[position]
            if self._pages.told.text(bitwig.of_track(place, "name")) == name:
                self._link.send([Message(bitwig.of_track(place, "volume"), (value,))])

    def _learned(self, faders: list[tuple[float, str]]) -> FaderLaw:
        """Return the law of the faders. Raises ``DawUnreachable`` where their texts are not as known here."""
        highest = bitwig.resolution(faders)
        if highest is not None:
            return FaderLaw(highest)
        shown = [f"{text} for the value {value:.0f}" for value, text in faders if value > 0.0]
        if not shown and self._law is not None:
            return self._law
        raise DawUnreachable(
            f"Bitwig's faders show {shown[0]}, which is not how they are known here: nothing was changed"
            if shown
            else "all of Bitwig's faders are closed, so that their steps can not be known: open the master"
        )

    def _known(self) -> FaderLaw:
        if self._law is None:
            raise DawUnreachable("Bitwig's faders were not read yet")
        return self._law


def _track(number: int, law: FaderLaw, told: Told, place: int) -> DeskTrack:
    def of(name: str) -> str:
        return bitwig.of_track(place, name)

    kind = told.text(of("type"))
    left_alone = None if kind in _PLAYS else _OTHERS.get(kind, "no audio track")
    return DeskTrack(
        number=number,
        name=told.text(of("name")),
        gain_db=law.gain_db(told.number(of("volume")) or 0.0),
        pan=_balance(told.number(of("pan")) or 0.0, law.highest),
        muted=told.is_on(of("mute")),
        soloed=told.is_on(of("solo")),
        selected=told.is_on(of("selected")),
        left_alone=left_alone if told.is_on(of("activated")) else "switched off",
    )


def _balance(value: float, highest: int) -> float:
    """Return a pan in [-1, 1]; the centre is between two steps."""
    balance = min(1.0, max(-1.0, 2.0 * value / highest - 1.0))
    return 0.0 if abs(balance) <= 1.5 / highest else balance
