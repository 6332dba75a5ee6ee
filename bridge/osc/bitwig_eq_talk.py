"""A talk with Bitwig about the EQ+ of one track after the other: each has to be selected for it."""

from collections.abc import Callable, Sequence

from bridge.desk import Bands
from bridge.osc import bitwig, bitwig_eq
from bridge.osc.asking import ask
from bridge.osc.bitwig_eq import Spread
from bridge.osc.bitwig_pages import Pages
from bridge.osc.packets import Message
from bridge.osc.surface import Link

SETTLED_S = 0.1  # after a track is selected its devices follow
ROUNDS = 10


class Equalisers:
    """Owns what was learned of EQ+'s parameters."""

    def __init__(self, link: Link, pages: Pages, clock: Callable[[], float], highest: int) -> None:
        self._link, self._pages, self._clock = link, pages, clock
        self._spreads = {name: Spread(name, highest) for name in bitwig.EQ_PARAMETERS}

    def read(self, position: int, name: str) -> Bands | None:
        """Return the bands of a track's EQ+, None where it has none. Raises ``DawUnreachable``."""
        return bitwig_eq.bands(self._pages.told) if self.select(position, name) and self._know() else None

    def write(self, position: int, name: str, wanted: Bands) -> None:
        """Set a track's EQ+ until its texts say so, as near as there are values. Raises ``DawUnreachable``."""
        if not self.select(position, name) or not self._know():
            return
        for _ in range(ROUNDS):
            messages = self._messages(wanted)
            if not messages or not self._is_still(position):
                return
            self._link.send(messages)
            self._pages.hear(SETTLED_S)
            self._know()

    def select(self, position: int, name: str) -> bool:
        """Select a track, and tell whether the cursor is there."""
        if not self._pages.show(position):
            return False
        place = self._pages.told.positions()[position]
        if self._pages.told.text(bitwig.of_track(place, "name")) != name:
            return False
        if self._is_still(position):
            return True
        select = Message(bitwig.of_track(place, "selected"), (1,))

        def lacking() -> list[str]:
            return [] if self._is_still(position) else [bitwig.SELECTED_POSITION]

        lost = ask(self._link, self._clock, self._pages.told.take, lacking, lambda _: [select, bitwig.REFRESH])
        self._pages.hear(SETTLED_S)
        return not lost

    def _is_still(self, position: int) -> bool:
        return self._pages.told.number(bitwig.SELECTED_POSITION) == position

    def _know(self) -> bool:
        """Take in all of the selected track's EQ+ anew; tell whether it was told."""
        told = self._pages.told
        for address in bitwig.EQ_ADDRESSES:
            told.values.pop(address, None)

        def lacking() -> Sequence[str]:
            return bitwig_eq.missing(told)

        if ask(self._link, self._clock, told.take, lacking, lambda _: [bitwig.REFRESH]):
            return False
        if told.is_on(bitwig.EQ_EXISTS):
            for parameter, _, value, number in bitwig_eq.texts(told):
                self._spreads[parameter].see(value, number)
        return True

    def _messages(self, wanted: Bands) -> list[Message]:
        """Return what has to be sent for the texts to be nearer to what is wanted."""
        told = self._pages.told
        messages: list[Message] = []
        for n, band in enumerate(wanted, 1):
            kind = bitwig_eq.TYPES[band.kind]
            if told.text(f"/eq/type/{n}") != kind:
                messages.append(Message(f"/eq/type/{n}", (kind,)))
        shown = {(parameter, n): number for parameter, n, _, number in bitwig_eq.texts(told)}
        for parameter, n, number in bitwig_eq.wanted_texts(wanted):
            found = shown.get((parameter, n))
            if found is None or not bitwig_eq.is_shown(parameter, found, number):
                value = self._spreads[parameter].value(number)
                if told.number(f"/eq/{parameter}/{n}/value") != value:
                    messages.append(Message(f"/eq/{parameter}/{n}", (value,)))
        return messages
