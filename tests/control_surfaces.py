"""A surface that drives ``faderbot serve``, for tests: python-osc's messages over a real socket."""

import socket
from contextlib import closing
from typing import Self

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

LIMIT_S = 60.0


class Surface(closing):
    """Sends to a server, and hears on the socket that it sends from."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind(("127.0.0.1", 0))
        self.wire.settimeout(LIMIT_S)
        super().__init__(self.wire)

    def __enter__(self) -> Self:
        return self

    def say(self, name: str, *values: float | str) -> None:
        """Send a message."""
        message = OscMessageBuilder(f"/faderbot/{name}")
        for value in values:
            message.add_arg(value)
        self.wire.sendto(message.build().dgram, self._server)

    def next(self) -> tuple[object, ...]:
        """Return the next message: its name, and its arguments."""
        message = OscMessage(self.wire.recv(65_535))
        return message.address.removeprefix("/faderbot/"), *message.params

    def hear(self, *names: str) -> tuple[object, ...]:
        """Return the next message of one of these names."""
        while True:
            message = self.next()
            if message[0] in names:
                return message
