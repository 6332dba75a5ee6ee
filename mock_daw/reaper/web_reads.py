"""What the web interface of REAPER answers: the transport, tracks, markers, texts kept for scripts, toggle states.

After ``csurf_www.cpp``; see ``web``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mock_daw.live import Live, PlayState
from mock_daw.reaper import controls, midi_time
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.c_text import atoi, decode, encode, escape
from mock_daw.reaper.positions import beat, beats_text, time_text
from mock_daw.reaper.web_tracks import color, send_line, track_lines, value_text
from mock_daw.session import Marker, Session

TEXT, HEAD = 16384, 512
InjectOsc = Callable[[str, tuple[object, ...]], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What commands work on: the live session, the actions, and who takes OSC messages, if anyone."""

    live: Live
    actions: Actions
    inject_osc: InjectOsc | None = None


# Commands that are one word.


def transport(live: Live) -> bytes:
    """Answer TRANSPORT: play state, position, repeat, and the position as text twice."""
    at_s, session = _position_s(live), live.session
    texts = f"{time_text(at_s)}\t{beats_text(session, at_s)}"
    return f"TRANSPORT\t{int(live.state)}\t{at_s:f}\t{int(session.repeat)}\t{texts}\n".encode()


def beat_position(live: Live) -> bytes:
    """Answer BEATPOS: play state, position in seconds, in beats, in measures and beats, and the time signature."""
    at_s, session = _position_s(live), live.session
    at = beat(session, at_s)
    counted = f"{at.beats:.15f}\t{at.measure}\t{at.beat:.15f}\t{session.beats}\t{session.beat_unit}"
    return f"BEATPOS\t{int(live.state)}\t{at_s:.15f}\t{counted}\n".encode()


def number_of_tracks(live: Live) -> bytes:
    """Answer NTRACK, without the master."""
    return b"NTRACK\t%d\n" % len(live.session.tracks)


def all_tracks(live: Live) -> bytes:
    """Answer TRACK: the master and all tracks."""
    return _tracks(live, 0, len(live.session.tracks))


def repeat(live: Live) -> bytes:
    """Answer GET/REPEAT."""
    return b"GET/REPEAT\t%d\n" % live.session.repeat


def marks(word: bytes, *, regions: bool) -> Callable[[Live], bytes]:
    """Return the command that lists markers or regions along the timeline."""

    def listed(live: Live) -> bytes:
        lines = [b"%b_LIST\n" % word]
        for marker in ordered(live.session, regions=regions):
            end = b"" if marker.end_s is None else b"\t%.15f" % marker.end_s
            place = b"%d\t%.15f%b\t%d" % (marker.number, marker.position_s, end, color(marker.color))
            lines.append(b"%b\t%b\t%b\n" % (word, escape(encode(marker.name)), place))
        return b"".join((*lines, b"%b_LIST_END\n" % word))

    return listed


# Commands with more behind their first word. Each takes the whole command and what is behind that word.


def track(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Answer TRACK/index or TRACK/start-end."""
    first = atoi(rest)
    _, dash, behind = rest.partition(b"-")
    behind = behind.lstrip(b"-")
    last = atoi(behind) if dash and behind else first
    return _tracks(desk.live, first, last)


def get_track(desk: Desk, command: bytes, rest: bytes) -> bytes:
    """Answer GET/TRACK/index/name, or …/SEND/index."""
    number, name = atoi(rest), behind_slash(rest)
    session = desk.live.session
    if not controls.has(session, number):
        return b""
    if name.startswith(b"SEND/"):
        return send_line(session, number, atoi(name[5:]))
    return command + b"\t" + value_text(session, number, name) + b"\n"


def get_ext_state(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Answer GET/EXTSTATE/section/key; neither is URL-decoded."""
    section, slash, key = rest.partition(b"/")
    if not slash:
        return b""
    held = desk.live.ext_state.get((decode(section), decode(key)), "")
    return (b"EXTSTATE\t%b\t%b\t" % (section, key))[:HEAD] + escape(encode(held)) + b"\n"


def get_project_ext_state(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Answer GET/PROJEXTSTATE/section/key; neither is URL-decoded."""
    section, slash, key = rest.partition(b"/")
    if not slash:
        return b""
    held = desk.live.session.ext_state.get(decode(section), {}).get(decode(key), "")
    return b"PROJEXTSTATE\t%b\t%b\t%b\n" % (section, key, escape(encode(held)[: TEXT - 1]))


def get_state(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Answer GET/command: the toggle state of an action; a name that is none answers nothing."""
    number = desk.actions.lookup(decode(rest)) if rest.startswith(b"_") else atoi(rest)
    return b"CMDSTATE\t%b\t%d\n" % (rest, desk.actions.state(number)) if number > 0 else b""


def lyrics(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Answer LYRICS/index: the lyrics of a track, each behind its position; tabs between them are not escaped."""
    number, session = atoi(rest), desk.live.session
    found = midi_time.lyrics(session, number) if controls.has(session, number) else ""
    return b"LYRICS\t%d\t%b\n" % (number, b"\t".join(map(escape, encode(found)[: TEXT - 1].split(b"\t"))))


# Within


def behind_slash(text: bytes) -> bytes:
    """Return what is behind the first run of slashes."""
    return text.partition(b"/")[2].lstrip(b"/")


def ordered(session: Session, *, regions: bool) -> list[Marker]:
    """Return the markers or the regions along the timeline."""
    marks = [marker for marker in session.markers if (marker.end_s is not None) == regions]
    return sorted(marks, key=lambda marker: marker.position_s)


def _position_s(live: Live) -> float:
    return live.position_s if live.state & PlayState.PLAYING else live.edit_position_s


def _tracks(live: Live, first: int, last: int) -> bytes:
    numbers = range(max(first, 0), min(last, len(live.session.tracks)) + 1)
    return track_lines(live.session, live.meters, numbers)
