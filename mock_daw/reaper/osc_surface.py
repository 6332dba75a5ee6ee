"""REAPER's OSC control surface, without its sockets: datagrams in, datagrams out, on the one main thread.

Everything about it is as REAPER's own source has it (reaper-sdk, ``csurf_osc.cpp`` and ``osc.cpp``); the modules
``osc_…`` say what each part follows, and where that is silent, what was guessed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from mock_daw.live import Live, PlayState
from mock_daw.osc_packets import Argument, decode
from mock_daw.reaper import (
    osc_markers,
    osc_transport,
    osc_write_actions,
    osc_write_banks,
    osc_write_device,
    osc_write_effects,
    osc_write_markers,
    osc_write_tracks,
    osc_write_transport,
)
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_finder import Finder
from mock_daw.reaper.osc_meters import MeterKeys, meters
from mock_daw.reaper.osc_outlet import Outlet
from mock_daw.reaper.osc_queue import DEFAULT_PACKET_BYTES, DEFAULT_WAIT_MS, PacketQueue
from mock_daw.reaper.osc_request import Arguments, Request
from mock_daw.reaper.osc_scene import Report
from mock_daw.reaper.pattern import Pattern

SETTLE_S = 0.5
UPDATE_S = 0.066  # 15 times a second is REAPER's preference for surfaces; it counts whole milliseconds

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **osc_write_device.HANDLERS,
        **osc_write_banks.HANDLERS,
        **osc_write_tracks.HANDLERS,
        **osc_write_transport.HANDLERS,
        **osc_write_markers.HANDLERS,
        **osc_write_effects.HANDLERS,
        **osc_write_actions.HANDLERS,
    }
)


class OscSurface:
    """A device on REAPER's OSC port. Owns its banks, what it was told, and the packets on their way to it.

    ``send`` takes datagrams, at the pace of REAPER's sending thread by ``live.clock_s``: one a ``wait_ms``. Without
    ``send`` nothing is reported; REAPER keeps such a surface, with the default pattern, for messages from scripts and
    from its web interface.
    """

    def __init__(
        self,
        live: Live,
        actions: Actions,
        pattern: Pattern,
        *,
        send: Callable[[bytes], None] | None,
        packet_bytes: int = DEFAULT_PACKET_BYTES,
        wait_ms: float = DEFAULT_WAIT_MS,
    ) -> None:
        self._live = live
        self._send = send
        self._finder = Finder(pattern)
        self._queue = PacketQueue(packet_bytes, wait_ms)
        self._outlet = Outlet(pattern, self._queue.put)
        self._desk = Desk(live, actions, pattern, self._outlet, speaks=send is not None)
        self._meters = MeterKeys.of(pattern)
        self._wants_position = pattern.wants("TIME", "BEAT", "SAMPLES", "FRAMES")
        self._wants_last = pattern.wants("LAST_MARKER_"), pattern.wants("LAST_REGION_")
        self._wants_loop = pattern.wants("LOOP_START_TIME", "LOOP_END_TIME")
        self._updated_s = -1.0
        self._moved_s: float | None = None
        self._position_s = 0.0
        actions.on_refresh.append(self.refresh)

    def receive(self, datagram: bytes) -> None:
        """Handle a datagram from the device; what REAPER ignores changes nothing."""
        for message in decode(datagram):
            self.message(message.address, message.args)

    def message(self, address: str, args: Sequence[Argument]) -> None:
        """Handle one message."""
        match = self._finder.find(address)
        if match is None:
            return
        with self._live.lock:
            desk = self._desk
            desk.catch_up()
            self._outlet.forget(address)
            self._outlet.hearing = (address, match.flag)
            arguments = Arguments(args)
            for targets in match.targets:
                handler = HANDLERS.get(match.key)
                if handler is not None:
                    handler(desk, Request(match.key, match.flag, targets, arguments, desk.device.rotary_center))
                desk.catch_up()
            self._outlet.hearing = None
            self._moved_s = self._live.clock_s

    def run(self) -> None:
        """Do what REAPER does on each turn of its main loop: wind, report what changed, send what is due.

        The first turn reports everything. Meters, position and the loop are reported 15 times a second. When nothing
        was heard for half a second, moves that come later are an undo step of their own; how long REAPER waits for that
        is not known, but for names, where its source has 200 ms.
        """
        with self._live.lock:
            desk = self._desk
            if not desk.begun:
                desk.begin()
            if desk.winding.direction:
                osc_write_transport.wind(desk, desk.winding.direction)
            desk.catch_up()
            now_s = self._live.clock_s
            if self._moved_s is not None and now_s - self._moved_s >= SETTLE_S:
                self._moved_s = None
                self._live.settle()
            if now_s - self._updated_s >= UPDATE_S - 1e-9 or self._updated_s < 0.0:
                self._updated_s = now_s
                desk.say(self._updates())
            if self._send is not None:
                for packet in self._queue.due(now_s):
                    self._send(packet)

    def refresh(self) -> None:
        """Report everything again (action 41743)."""
        with self._live.lock:
            self._position_s = 0.0
            self._updated_s = -1.0
            self._desk.begin_again()

    def _updates(self) -> Iterator[Report]:
        """Report what moves by itself."""
        live = self._live
        position_s = live.position_s if live.state & PlayState.PLAYING else live.edit_position_s
        if self._wants_position and position_s != self._position_s:
            self._position_s = position_s
            yield from osc_transport.position(live.session, position_s)
        if self._meters.master or self._meters.tracks:
            yield from meters(self._desk.scene, self._meters, live.meters.peaks)
        if self._wants_loop:
            yield from osc_transport.loop(live.session)
        if self._wants_last[0]:
            yield from osc_markers.last_marker(live.session, position_s)
        if self._wants_last[1]:
            yield from osc_markers.last_region(live.session, position_s)
