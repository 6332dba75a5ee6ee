"""A talk with Bitwig Studio through DrivenByMoss, over a lossy line: page by page, until all is as wanted."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from agent.daw import DawError
from bridge.changes import same
from bridge.desk import MASTER_NUMBER, Bands, Desk, DeskTrack, DeskWrite
from bridge.errors import DawUnreachable
from bridge.gains import gain_linear
from bridge.osc import bitwig, bitwig_eq
from bridge.osc.bitwig import FaderLaw, Told
from bridge.osc.bitwig_eq_talk import Equalisers
from bridge.osc.bitwig_pages import MOST_TRACKS, Pages
from bridge.osc.packets import Message
from bridge.osc.surface import Link

TRIES = 4
_PLAYS = frozenset({"audio", "instrument", "hybrid"})
_OTHERS = {"group": "a group", "effect": "an effect track", "master": "a master"}


class BitwigLine:
    """A ``bridge.desk.Line`` over OSC. Owns the link, the pages, and what was told last.

    Tracks are counted from 1 in the order of the pages. ``with_eq`` looks for EQ+ devices too: each track is selected
    for it, and then the one that was, so that it takes its time; it needs the finest value resolution.
    """

    name = "Bitwig Studio"
    fader_highest_db = master_highest_db = bitwig.FADER_HIGHEST_DB
    limits = (
        "DrivenByMoss does not tell what a group, a send, an effect or automation does: they are not heard",
        "Bitwig's own undo takes such moves back one by one, if at all; faderbot undo takes all back",
    )

    def __init__(
        self, link: Link, where: str, *, with_eq: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link, self._clock = link, clock
        self._pages = Pages(link, where, clock)
        self.eq_law = bitwig_eq.EqPlus() if with_eq else None
        self._equalisers: Equalisers | None = None
        self._with_eq: frozenset[int] | None = None  # the numbers of the tracks where one was found
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
        if self.eq_law is not None and law.highest == bitwig.RESOLUTIONS[-1]:
            tracks = self._equalised(tracks, law)
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
        found = self._positions
        for _ in range(TRIES):
            away = dict(self._away(write, desk))
            of_all = list(self._of_all(away, write, desk))
            eqs = self._eqs_away(write, desk)
            if not away and not of_all and not eqs:
                return
            if of_all:
                self._link.send(of_all)
            self._set([(*found[number], away[number]) for number in sorted(set(away) - {MASTER_NUMBER})])
            self._set_eqs(eqs, found, desk)
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

    def _set(self, faders: Sequence[tuple[int, str, int]]) -> None:
        """Set faders by position, name and value, each on its page, if it is still there."""
        if faders:
            self._pages.refresh()
        for position, name, value in faders:
            if self._pages.show(position):
                place = self._pages.told.positions()[position]
                if self._pages.told.text(bitwig.of_track(place, "name")) == name:
                    self._link.send([Message(bitwig.of_track(place, "volume"), (value,))])

    def _equalised(self, tracks: tuple[DeskTrack, ...], law: FaderLaw) -> tuple[DeskTrack, ...]:
        """Return the tracks with the bands of their EQ+; where there was none at first, none is looked for again."""
        self._equalisers = eqs = self._equalisers or Equalisers(self._link, self._pages, self._clock, law.highest)
        looked_at = [t for t in tracks if t.left_alone is None and (self._with_eq is None or t.number in self._with_eq)]
        found = {track.number: eqs.read(*self._positions[track.number]) for track in looked_at}
        if self._with_eq is None:
            self._with_eq = frozenset(number for number, bands in found.items() if bands is not None)
        self._select_again(tracks)
        return tuple(replace(track, eq=found.get(track.number)) for track in tracks)

    def _eqs_away(self, write: DeskWrite, desk: Desk) -> dict[int, Bands]:
        """Return the EQs that are not as wanted."""
        found = {track.number: track.eq for track in desk.tracks if track.eq is not None}
        return {n: wanted for n, wanted in write.eqs.items() if n in found and not same(found[n], wanted)}

    def _set_eqs(self, eqs: Mapping[int, Bands], found: Mapping[int, tuple[int, str]], desk: Desk) -> None:
        if self._equalisers is not None and eqs:
            for number, wanted in eqs.items():
                self._equalisers.write(*found[number], wanted)
            self._select_again(desk.tracks)

    def _select_again(self, tracks: Sequence[DeskTrack]) -> None:
        """Select the track that was selected."""
        for track in tracks:
            if track.selected and self._equalisers is not None:
                self._equalisers.select(*self._positions[track.number])

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
