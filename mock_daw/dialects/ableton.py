"""Ableton Live with AbletonOSC over the mock's session: replies go to the asker's host, at the one port for replies.

Followed is AbletonOSC's source (``osc_server.py``, ``handler.py``, ``song.py``, ``track.py``, ``device.py``): what is
asked for comes back on the address of the question with its numbers in front, tracks count from 0, listeners are told
at once and with every change, ``*`` stands for all tracks when setting, and what fails is told on ``/live/error``.
There is no master. Guessed: the wording of errors, that listeners hear of meters ten times a second, and that these
fall by 40 dB a second. Every track is shown an EQ Eight, since none can be added over OSC.
"""

from mock_daw.dialects.ableton_answers import GETTERS, SETTERS
from mock_daw.dialects.ableton_devices import PARAMETER_TEXT, PARAMETER_VALUE
from mock_daw.dialects.ableton_params import Answer, Arguments, Refused
from mock_daw.dialects.desk import Desk
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.osc10 import Argument, Message, decode, encode
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold

FALL_DB_PER_S = 40.0
METER_PERIOD_S = 0.1
METERS = "output_meter"
MOST_LISTENERS = 4096


class Ableton:
    """Owns the listeners, and where the last message came from."""

    def __init__(self, live: Live, meters: MeterHold, reply: Reply, reply_port: int) -> None:
        self.desk = Desk(live)
        self.meters = meters
        self._reply = reply
        self._reply_port = reply_port
        self._client: Peer = ("127.0.0.1", reply_port)
        self._listeners: dict[tuple[str, Arguments], Answer] = {}
        self._metered_s = 0.0
        self._started = False

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what fails is told."""
        self._client = (peer[0], self._reply_port)
        for message in decode(data):
            try:
                self._handle(message)
            except Refused as refused:
                self.send("/live/error", str(refused))

    def turn(self) -> None:
        """Tell the listeners what has changed."""
        self.desk.rest()
        if not self._started:
            self._started = True
            self.send("/live/startup")
        now_s = self.desk.live.clock_s
        meters_due = now_s - self._metered_s >= METER_PERIOD_S - 1e-9
        if meters_due:
            self._metered_s = now_s
        for key, told in list(self._listeners.items()):
            address, params = key
            if METERS in address and not meters_due:
                continue
            try:
                now = GETTERS[address](self, params)
            except Refused:  # the track is gone, and Live's listener with it
                del self._listeners[key]
                continue
            if now != told:
                self._listeners[key] = now
                self._tell(address, params, now)

    def send(self, address: str, *args: Argument) -> None:
        """Send a message to the client."""
        self._reply(encode(address, *args), self._client)

    def _handle(self, message: Message) -> None:
        address, params = message.address, message.args
        if address in GETTERS:
            answer = GETTERS[address](self, params)
            if answer is not None:
                self.send(address, *answer)
        elif address in SETTERS:
            for each in self._each(params) if address.startswith("/live/track/") else [params]:
                SETTERS[address](self, each)
        elif (listened := address.replace("/start_listen/", "/get/")) in GETTERS and listened != address:
            self._listen(listened, params)
        elif (listened := address.replace("/stop_listen/", "/get/")) in GETTERS and listened != address:
            self._listeners.pop((listened, params), None)
        else:
            raise Refused(f"Unknown OSC address: {address}")

    def _each(self, params: Arguments) -> list[Arguments]:
        if params[:1] != ("*",):
            return [params]
        return [(index, *params[1:]) for index in range(len(self.desk.session.tracks))]

    def _listen(self, address: str, params: Arguments) -> None:
        if len(self._listeners) >= MOST_LISTENERS:
            raise Refused("Error handling message: too many listeners")
        now = GETTERS[address](self, params)
        self._listeners[address, params] = now
        self._tell(address, params, now)

    def _tell(self, address: str, params: Arguments, now: Answer) -> None:
        self.send(address, *(now or ()))
        if address == PARAMETER_VALUE:
            self.send(PARAMETER_TEXT, *(GETTERS[PARAMETER_TEXT](self, params) or ()))
