"""A DAW in memory, of the unit tests, behind a real UDP port, in a thread of its own."""

import socket
from contextlib import contextmanager
from threading import Event, Thread

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from bridge.osc.packets import Message

TURN_S = 0.01
JOINED_S = 10.0


@contextmanager
def served(daw, answers_port):
    """Serve a DAW that is said things with ``send`` and says its own with ``receive``; yield its port."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))
    wire.settimeout(TURN_S)
    over = Event()

    def serve():
        while not over.is_set():
            try:
                data = wire.recv(65_535)
            except TimeoutError:
                continue
            daw.send(
                [Message(timed.message.address, tuple(timed.message.params)) for timed in OscPacket(data).messages]
            )
            while said := daw.receive(0.0):
                wire.sendto(_bundle(said), ("127.0.0.1", answers_port))

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield wire.getsockname()[1]
    finally:
        over.set()
        thread.join(JOINED_S)
        wire.close()


def _bundle(messages):
    bundle = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        builder = OscMessageBuilder(message.address)
        for argument in message.arguments:
            builder.add_arg(argument)
        bundle.add_content(builder.build())
    return bundle.build().dgram
