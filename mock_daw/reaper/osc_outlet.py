"""From reports to messages: what was said before is not said again, nor does a device hear its own words."""

import struct
from collections.abc import Callable

from mock_daw.osc_packets import LONGEST_MESSAGE_BYTES, LONGEST_TEXT_BYTES, padded
from mock_daw.reaper.osc_scene import Report
from mock_daw.reaper.pattern import Pattern

LARGEST_FLOAT = 3.4028234663852886e38


class Outlet:
    """Owns what was last said on each address, and which message is being handled (SetSurfaceVal in REAPER's source).

    While a message is handled, ``hearing`` holds its address and its pattern's flag: that address is not answered
    unless the flag is b or t, while other forms of the same value are.
    """

    def __init__(self, pattern: Pattern, put: Callable[[bytes], None]) -> None:
        self.hearing: tuple[str, str] | None = None
        self._pattern = pattern
        self._put = put
        self._said: dict[str, bytes] = {}
        self._forms: dict[tuple[str, tuple[int, ...]], tuple[tuple[str, str, bytes], ...]] = {}

    def say(self, report: Report) -> None:
        """Send a report in all forms that the pattern has, where it is news."""
        for flag, address, head in self._forms_of(report.key, report.numbers):
            value = report.text if flag == "s" else report.raw if flag == "f" else report.position
            if value is None or (flag not in "tb" and self.hearing == (address, flag)):
                continue
            if report.forgotten:
                self._said.pop(address, None)
                continue
            body = _body(value)
            if self._said.get(address) != body:
                self._said[address] = body
                if len(head) + len(body) <= LONGEST_MESSAGE_BYTES:
                    self._put(head + body)

    def assume(self, report: Report) -> None:
        """Take a report as said."""
        for flag, address, _ in self._forms_of(report.key, report.numbers):
            value = report.text if flag == "s" else report.raw if flag == "f" else report.position
            if value is not None:
                self._said[address] = _body(value)

    def forget(self, address: str) -> None:
        """Forget what was said on an address: the device has changed it since."""
        self._said.pop(address, None)

    def forget_all(self) -> None:
        """Forget everything that was said."""
        self._said.clear()

    def _forms_of(self, key: str, numbers: tuple[int, ...]) -> tuple[tuple[str, str, bytes], ...]:
        """Return flag, address and the head of the message for each form; flag i is never said."""
        forms = self._forms.get((key, numbers))
        if forms is None:
            addresses = [(a.flag, a.at(numbers)) for a in self._pattern.reports(key, len(numbers)) if a.flag in "nbtfs"]
            forms = tuple(
                (flag, address, padded(address.encode()) + (b",s\0\0" if flag == "s" else b",f\0\0"))
                for flag, address in addresses
            )
            self._forms[key, numbers] = forms
        return forms


def _body(value: float | str) -> bytes:
    """Return the bytes of an argument; text is cut at 511 bytes, between characters."""
    if isinstance(value, str):
        return padded(value.encode()[:LONGEST_TEXT_BYTES].decode(errors="ignore").encode())
    return struct.pack(">f", min(max(value, -LARGEST_FLOAT), LARGEST_FLOAT))
