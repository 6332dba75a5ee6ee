"""Reads a REAPER project: the text of an ``.RPP`` file becomes a session.

What the mock has no place for is passed over without a word, as lines of another REAPER version are; what would be
heard and is not, is in the session's notes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mock_daw.errors import ProjectError, one_line
from mock_daw.project import DEFAULT_RATE_HZ, RATE_RANGE_HZ, SESSION_RATES_HZ
from mock_daw.rpp_reading import FindMedia, Media, Reading, not_looked_for
from mock_daw.rpp_text import (
    Block,
    UnreadableTextError,
    Words,
    flag_at,
    number_at,
    parse,
    text_at,
    timebase_at,
    whole_at,
)
from mock_daw.rpp_tracks import COLOR_IS_SET, read_master, read_send, read_track
from mock_daw.session import Marker, Send, Session, Track, guid

ROOT = "REAPER_PROJECT"
REGION = 1  # the bit of a marker's flags
METRONOME_ON = 1
TEMPO_RANGE_BPM = (1.0, 960.0)  # what REAPER lets a user set
METER_RANGE = (1, 256)


def read_project(text: str, path: Path, find_media: FindMedia = not_looked_for) -> Session:
    """Read a project's text. ``path`` is the file's; ``find_media`` finds what its items play.

    The rate is the project's own where it is to be used, else the most common one of its media at which a DAW would
    run, else 48 kHz (REAPER would take the sound card's). Raises ``ProjectError``.
    """
    try:
        block = parse(text)
    except UnreadableTextError as error:
        remedy = "save it again in REAPER, or open one of its backups (.RPP-bak)"
        raise ProjectError(path, f"is no whole REAPER project: it {error}", remedy) from error
    if block.name != ROOT:
        what = f"is no REAPER project: it begins with <{one_line(block.name)[:40]}>"
        raise ProjectError(path, what, "name an .RPP file that REAPER saved")
    reading = Reading(find_media)
    master = read_master(block, reading)
    tracks = _with_receives(block, reading)
    tempo_bpm, beats, beat_unit, tempo_marker = _tempo(block, reading)
    loop = block.row("SELECTION2") or block.row("SELECTION")
    start_s, end_s = sorted((max(0.0, number_at(loop, 1)), max(0.0, number_at(loop, 2))))
    play_rate = number_at(block.row("PLAYRATE"), 1, 1.0)
    metronome = block.block("METRONOME")
    return Session(
        one_line(path.stem),
        _rate_hz(block, tracks),
        tracks,
        master,
        path=path,
        tempo_bpm=tempo_bpm,
        beats=beats,
        beat_unit=beat_unit,
        tempo_marker=tempo_marker,
        timebase=timebase_at(block.row("TIMELOCKMODE"), 1),
        markers=_markers(block, reading),
        loop_start_s=start_s,
        loop_end_s=end_s,
        repeat=flag_at(block.row("LOOP"), 1),
        metronome=metronome is not None and bool(whole_at(metronome.words, 1) & METRONOME_ON),
        play_rate=play_rate if play_rate > 0.0 else 1.0,
        automation_override=whole_at(block.row("GLOBAL_AUTO"), 1, -1),
        ext_state=_ext_state(block.block("EXTSTATE")),
        notes=reading.notes,
    )


def with_track_chunk(session: Session, number: int, chunk: str, find_media: FindMedia | None = None) -> Session:
    """Return the session with a track as a state chunk says (REAPER's ``SetTrackStateChunk``); from 1, 0 the master.

    What the track sends stays, and what it receives is as in the chunk. Media that are in the session already are not
    looked for again. Raises ``IndexError``, and ``UnreadableTextError`` for what is no such chunk.
    """
    old = session.track(number)
    block = parse(chunk)
    if block.name != "TRACK":
        raise UnreadableTextError(f"is a chunk of <{one_line(block.name)[:40]}>, not of a track")
    reading = Reading(find_media or _known_media(session))
    track = replace(read_track(block, reading, number - 1), sends=old.sends)
    if number == 0:
        return replace(session, master=replace(track, guid=old.guid, name=old.name, items=()))
    others = {other.guid for other in session.tracks if other is not old}
    if track.guid in others or not (text_at(block.words, 1) or block.row("TRACKID")):
        track = replace(track, guid=old.guid)
    tracks = list(session.with_track(number, track).tracks)
    received = _received(block, number - 1, len(tracks), reading)
    for place, source in enumerate(tracks):
        rows = received.get(place, [])
        tracks[place] = replace(source, sends=_resent(source, old.guid, track.guid, rows))
    return replace(session, tracks=tuple(tracks))


def _with_receives(project: Block, reading: Reading) -> tuple[Track, ...]:
    """Read the tracks; a receive, which is written at the track that it goes to, becomes a send of the other."""
    blocks = list(project.blocks("TRACK"))
    tracks = [read_track(block, reading, place) for place, block in enumerate(blocks)]
    for place, block in enumerate(blocks):
        for source, rows in _received(block, place, len(tracks), reading).items():
            to = tracks[place].guid
            tracks[source] = replace(tracks[source], sends=_resent(tracks[source], to, to, rows))
    return tuple(tracks)


def _received(block: Block, place: int, tracks: int, reading: Reading) -> dict[int, list[Words]]:
    """Return what a track receives: the lines AUXRECV, by the place of the track that sends."""
    received: dict[int, list[Words]] = {}
    for row in block.rows("AUXRECV"):
        source = whole_at(row, 1, -1)
        if 0 <= source < tracks:
            received.setdefault(source, []).append(row)
        else:
            reading.note(f"left out: what track {place + 1} receives from track {source + 1}, which is not there")
    return received


def _resent(source: Track, old_to: str, to: str, rows: list[Words]) -> tuple[Send, ...]:
    """Return a track's sends with those to one track as these lines have them, in the places of the old ones."""
    left = iter(enumerate(rows))
    sends: list[Send] = []
    for send in source.sends:
        if send.to != old_to:
            sends.append(send)
        elif (row := next(left, None)) is not None:
            sends.append(read_send(row[1], send.guid, to))
    # Sends have no GUID in the file: this one stays the same for as long as the send's place among its like does.
    sends.extend(read_send(row, guid("send", source.guid, to, place), to) for place, row in left)
    return tuple(sends)


def _tempo(project: Block, reading: Reading) -> tuple[float, int, int, bool]:
    """Return tempo and meter at the start, and whether the tempo envelope's first point says so, not the line TEMPO."""
    row = project.row("TEMPO")
    tempo_bpm, beats, unit = number_at(row, 1, 120.0), whole_at(row, 2, 4), whole_at(row, 3, 4)
    envelope = project.block("TEMPOENVEX")
    points = list(envelope.rows("PT")) if envelope and flag_at(envelope.row("ACT"), 1) else []
    if len(points) > 1:
        reading.note(f"left out: {len(points) - 1} changes of tempo or meter")
    at_start = bool(points) and number_at(points[0], 1) <= 0.0
    if at_start:
        tempo_bpm = number_at(points[0], 2, tempo_bpm)
        meter = whole_at(points[0], 4)
        if meter > 0:
            beats, unit = meter & 0xFFFF, meter >> 16
    slowest, fastest = TEMPO_RANGE_BPM
    fewest, most = METER_RANGE
    return (
        tempo_bpm if slowest <= tempo_bpm <= fastest else 120.0,
        beats if fewest <= beats <= most else 4,
        unit if fewest <= unit <= most else 4,
        at_start,
    )


def _rate_hz(project: Block, tracks: tuple[Track, ...]) -> int:
    low, high = RATE_RANGE_HZ
    row = project.row("SAMPLERATE")
    own_hz = whole_at(row, 1)
    if flag_at(row, 2) and low <= own_hz <= high:
        return own_hz
    sources = (item.take.source for track in tracks for item in track.items if item.take)
    counts = Counter(source.rate_hz for source in sources if source.rate_hz in SESSION_RATES_HZ)
    return max(counts, key=lambda rate_hz: (counts[rate_hz], rate_hz), default=DEFAULT_RATE_HZ)


def _markers(project: Block, reading: Reading) -> tuple[Marker, ...]:
    """Read the markers. A region is two lines of one number, the first with its name."""
    markers: list[Marker] = []
    open_regions: dict[int, int] = {}
    for row in project.rows("MARKER"):
        number, position_s = whole_at(row, 1), max(0.0, number_at(row, 2))
        if whole_at(row, 4) & REGION and number in open_regions:
            place = open_regions.pop(number)
            start_s, end_s = sorted((markers[place].position_s, position_s))
            markers[place] = replace(markers[place], position_s=start_s, end_s=end_s)
            continue
        color = whole_at(row, 5)
        marker = Marker(
            reading.guid(text_at(row, 8), "marker", len(markers)),
            number,
            position_s,
            name=text_at(row, 3),
            color=color if color > 0 and color & COLOR_IS_SET else 0,
        )
        if whole_at(row, 4) & REGION:
            open_regions[number] = len(markers)
            marker = replace(marker, end_s=position_s)
        markers.append(marker)
    return tuple(markers)


def _ext_state(block: Block | None) -> Mapping[str, Mapping[str, str]]:
    """Read what scripts keep in the project: a block a section, a row a key."""
    sections = (entry for entry in (block.entries if block else ()) if isinstance(entry, Block) and entry.words)
    return MappingProxyType({section.name: MappingProxyType(_values(section)) for section in sections})


def _values(section: Block) -> dict[str, str]:
    rows: list[Words] = [entry for entry in section.entries if not isinstance(entry, Block)]
    return {row[0]: text_at(row, 1) for row in rows}


def _known_media(session: Session) -> FindMedia:
    items = (item for track in session.tracks for item in track.items)
    sources = (item.take.source for item in items if item.take and item.take.source.path)
    known = {str(s.path): Media(s.path or Path(), s.length_s, s.rate_hz, s.channels, held=s.held) for s in sources}
    return lambda name: known.get(name) or not_looked_for(name)
