"""Routing: from a session to the order in which its tracks are worked out, and what each takes in.

Signal flow of a track (REAPER User Guide, "Audio Signal Flow Chart: Tracks and Folders"): items, folder children and
receives, effects, fader, pan; then to the folder or the master, if ``main_send``. Sends leave before the effects,
before the fader or after the pan.

- A muted track gives nothing at all: it is muted at the beginning and at the end, its sends of any kind too.
  Solo overrides mute (both from the guide's notes on that chart).
- Solo is "in place": sound passes on from soloed tracks, their folders' children and all that these feed, and into
  soloed tracks from what feeds them. A track that feeds a soloed one is heard through that one only.
- REAPER refuses sends that feed back unless a project allows them; here such a send is left out.
- Of automation, the envelope "Volume" is heard: its value multiplies the fader, in every mode but a project-wide
  "bypass" (5 of GetGlobalAutomationOverride). It comes after pre-fader sends. "Pan" is a balance behind the track's
  own, its 1 the left side (reaper-mcp's live tests, REAPER 7.82). "Mute" and others are not played.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from mock_daw.drum_items import plays_drums
from mock_daw.reaeq_filters import Chain, chain
from mock_daw.routing import UNITY, Matrix, output_gains, send_gains
from mock_daw.session import Effect, Item, Point, SendMode, Session, Track

MASTER = 0
BYPASS = 5
VOLUME, PAN = "Volume", "Pan"
SILENT: Matrix = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Feed:
    """What goes into a node from another: its number, where the signal is taken, and gains."""

    source: int
    tap: SendMode = SendMode.POST_FADER
    gains: Matrix = UNITY


@dataclass(frozen=True, slots=True)
class Node:
    """A track that sounds, or the master (number 0)."""

    number: int
    guid: str
    items: tuple[Item, ...]
    feeds: tuple[Feed, ...]
    chain: Chain
    output: Matrix
    envelope: tuple[Point, ...]
    pan_envelope: tuple[Point, ...]
    tapped: bool  # whether something is taken from it before the fader
    drum_tempo_bpm: float | None = None  # where notes of its items are played by drum voices


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes in an order in which all feeds are there before they are needed; two that are equal sound alike."""

    rows: int
    nodes: tuple[Node, ...]


class Planner:
    """Makes plans of sessions. Owns the filter chains of the last one, since most edits change no effect."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._session: Session | None = None
        self._plan = Plan(1, ())
        self._chains: dict[str, tuple[tuple[Effect, ...], Chain]] = {}

    def plan(self, session: Session) -> Plan:
        """Return the plan of a session."""
        if session is not self._session:
            known, self._chains = self._chains, {}
            for track in (session.master, *session.tracks):
                effects = track.effects if track.effects_enabled else ()
                kept = known.get(track.guid)
                fits = kept is not None and kept[0] == effects
                self._chains[track.guid] = kept if kept and fits else (effects, chain(effects, self._rate_hz))
            self._session, self._plan = session, _plan(session, {g: links for g, (_, links) in self._chains.items()})
        return self._plan


def _plan(session: Session, chains: dict[str, Chain]) -> Plan:
    edges = _without_feedback(session, _edges(session))
    open_edges, heard = _open(session, edges)
    feeds: dict[int, list[Feed]] = defaultdict(list)
    for target, feed in open_edges:
        feeds[target].append(feed)
    tapped = {feed.source for _, feed in open_edges if feed.tap is not SendMode.POST_FADER}
    nodes = []
    for number in _order(edges, len(session.tracks)):
        track = session.track(number)
        output = output_gains(track)
        if number not in heard or (output == SILENT and number not in tapped):
            continue
        envelope, pan_envelope = _envelope(track, session, VOLUME), _envelope(track, session, PAN)
        shown = tuple(feeds[number])
        links = chains[track.guid]
        drum_tempo_bpm = session.tempo_bpm if plays_drums(track) else None
        nodes.append(
            Node(
                number,
                track.guid,
                track.items,
                shown,
                links,
                output,
                envelope,
                pan_envelope,
                number in tapped,
                drum_tempo_bpm,
            )
        )
    return Plan(len(session.tracks) + 1, tuple(nodes))


def _edges(session: Session) -> list[tuple[int, Feed]]:
    """Return all ways from track to track, (target, feed), each target's in the order of its sources."""
    numbers = {track.guid: number for number, track in enumerate(session.tracks, 1)}
    edges = []
    for number, (track, parent) in enumerate(zip(session.tracks, session.parents(), strict=True), 1):
        if track.main_send:
            edges.append((MASTER if parent is None else parent + 1, Feed(number)))
        sends = [send for send in track.sends if not send.muted and send.to in numbers]
        edges.extend((numbers[send.to], Feed(number, send.mode, send_gains(send))) for send in sends)
    return edges


def _without_feedback(session: Session, edges: list[tuple[int, Feed]]) -> list[tuple[int, Feed]]:
    """Return the edges without those sends that close a circle: of each circle, the one of the lowest track."""
    folders = {(n, parent + 1) for n, parent in enumerate(session.parents(), 1) if parent is not None}
    kept = list(edges)
    while circle := _circle(kept, len(session.tracks)):
        closing = max(set(pairwise(circle)) - folders)
        kept = [(target, feed) for target, feed in kept if (feed.source, target) != closing]
    return kept


def _circle(edges: list[tuple[int, Feed]], tracks: int) -> list[int]:
    try:
        _order(edges, tracks)
    except CycleError as error:
        circle: list[int] = error.args[1]
        return circle
    return []


def _order(edges: list[tuple[int, Feed]], tracks: int) -> tuple[int, ...]:
    """Return all numbers, sources before what they feed. Raises ``graphlib.CycleError``."""
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(tracks + 1), ()))
    for target, feed in edges:
        sorter.add(target, feed.source)
    return tuple(sorter.static_order())


def _open(session: Session, edges: list[tuple[int, Feed]]) -> tuple[list[tuple[int, Feed]], set[int]]:
    """Return the edges on which sound passes, and the numbers of the tracks that are metered."""
    live = {n for n, track in enumerate(session.tracks, 1) if track.solo or not track.muted}
    heard = live | ({MASTER} if not session.master.muted else set())
    passing = edges
    if session.soloed:
        soloed = _with_children(session, {n for n, track in enumerate(session.tracks, 1) if track.solo})
        down = _reached(soloed, ((feed.source, target) for target, feed in edges))
        up = _reached(soloed, ((target, feed.source) for target, feed in edges))
        passing = [(target, feed) for target, feed in edges if feed.source in down or target in up]
        heard &= down | up | {MASTER}
    return [(target, feed) for target, feed in passing if feed.source in heard], heard


def _with_children(session: Session, soloed: set[int]) -> set[int]:
    """Return the tracks with all that lie in them; a folder comes before its children."""
    found = set(soloed)
    for number, parent in enumerate(session.parents(), 1):
        if parent is not None and parent + 1 in found:
            found.add(number)
    return found


def _reached(start: set[int], ways: Iterable[tuple[int, int]]) -> set[int]:
    onward: dict[int, list[int]] = defaultdict(list)
    for source, target in ways:
        onward[source].append(target)
    reached, todo = set(start), list(start)
    while todo:
        fresh = set(onward[todo.pop()]) - reached
        reached |= fresh
        todo.extend(fresh)
    return reached


def _envelope(track: Track, session: Session, name: str) -> tuple[Point, ...]:
    if session.automation_override >= BYPASS:
        return ()
    return next((e.points for e in track.envelopes if e.name == name and e.active), ())
