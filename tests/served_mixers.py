"""Mixers of the tests over real UDP, in a thread of their own."""

import socket
import struct
import threading
from contextlib import contextmanager

from bridge.osc.packets import packed, unpacked


class Served:
    """A mixer behind a UDP port of this machine."""

    def __init__(self, mixer):
        self.mixer = mixer
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.wire.bind(("127.0.0.1", 0))
        self.wire.settimeout(0.05)
        self.port = self.wire.getsockname()[1]
        self.over = threading.Event()
        self.client = None

    def run(self):
        while not self.over.is_set():
            try:
                datagram, self.client = self.wire.recvfrom(4096)
            except TimeoutError:
                self.mixer.time_s += 0.05
                self.mixer.idle()
            else:
                self._take(datagram)
            for message in self.mixer.coming:
                if self.client is not None:
                    self.wire.sendto(next(packed_with_blobs(message)), self.client)
            self.mixer.coming.clear()

    def _take(self, datagram):
        if datagram.startswith(b"#bundle") and not self.mixer.bundles:
            return
        for message in unpacked(datagram):
            if not self.mixer.loses(message):
                self.mixer.take(message)


def packed_with_blobs(message):
    """Yield a message's datagram; a blob is laid out here, since nothing of ours sends one."""
    if not any(isinstance(argument, bytes) for argument in message.arguments):
        yield from packed([message])
        return
    (blob,) = message.arguments
    name = message.address.encode()
    yield name + bytes(4 - len(name) % 4) + b",b\0\0" + struct.pack(">i", len(blob)) + blob + bytes(-len(blob) % 4)


@contextmanager
def served(mixer):
    """Serve a mixer in a thread of its own; yield the port."""
    serving = Served(mixer)
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    try:
        yield serving.port
    finally:
        serving.over.set()
        thread.join(5.0)
        serving.wire.close()
        assert not thread.is_alive()
