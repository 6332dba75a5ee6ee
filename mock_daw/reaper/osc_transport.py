"""What a surface reports of the transport: play state, tempo, switches, position and the loop (``csurf_osc.cpp``)."""

from collections.abc import Iterator

from mock_daw.live import PlayState
from mock_daw.reaper.osc_scene import Report
from mock_daw.reaper.positions import beats_text, time_text
from mock_daw.reaper.scales import clamp
from mock_daw.session import Session

LOWEST_TEMPO_BPM, HIGHEST_TEMPO_BPM = 2.0, 960.0
TEMPO_SLIDER_BPM = (40.0, 296.0)  # Master_NormalizeTempo, as the API's documentation has it
PLAY_RATE_SLIDER = (0.25, 4.0)  # Master_NormalizePlayRate: a guess, and that it is a straight line too
FRAMES_PER_S = 30
WINDOW_KEYS = ("SCROLL_X-", "SCROLL_X+", "SCROLL_Y-", "SCROLL_Y+", "ZOOM_X-", "ZOOM_X+", "ZOOM_Y-", "ZOOM_X+")


def play_state(state: PlayState) -> Iterator[Report]:
    """Report what the transport does; a pause is a stop too."""
    playing = bool(state & PlayState.PLAYING)
    yield Report("RECORD", (), float(playing and bool(state & PlayState.RECORDING)))
    yield Report("STOP", (), float(not playing))
    yield Report("PAUSE", (), float(bool(state & PlayState.PAUSED)))
    yield Report("PLAY", (), float(playing))


def window() -> Iterator[Report]:
    """Report that nothing scrolls or zooms, as at the start; REAPER names one of the keys twice and another never."""
    for key in WINDOW_KEYS:
        yield Report(key, (), 0.0)


def winding(key: str, direction: int) -> Iterator[Report]:
    """Report whether it winds that way: ``direction`` is -1 back, 1 forward, 0 not at all."""
    yield Report(key, (), float(direction == (-1 if key == "REWIND" else 1)))


def winding_mode(mode: str | None) -> Iterator[Report]:
    """Report what rewind and forward do: "marker" goes to the next one, "loop" moves the loop."""
    yield Report("REWIND_FORWARD_BYMARKER", (), float(mode == "marker"))
    yield Report("REWIND_FORWARD_SETLOOP", (), float(mode == "loop"))


def repeat(session: Session) -> Iterator[Report]:
    """Report whether play repeats."""
    yield Report("REPEAT", (), float(session.repeat))


def metronome(session: Session) -> Iterator[Report]:
    """Report whether the metronome is on."""
    yield Report("METRONOME", (), float(session.metronome))


def speed(session: Session) -> Iterator[Report]:
    """Report the tempo and the play rate."""
    tempo = place(session.tempo_bpm, TEMPO_SLIDER_BPM)
    rate = place(session.play_rate, PLAY_RATE_SLIDER)
    yield Report("TEMPO", (), tempo, session.tempo_bpm, f"{session.tempo_bpm:g}")
    yield Report("PLAY_RATE", (), rate, session.play_rate, f"{session.play_rate:g}")


def position(session: Session, position_s: float) -> Iterator[Report]:
    """Report where the project plays, or where the edit cursor is."""
    samples = round(position_s * session.rate_hz)
    yield Report("TIME", (), raw=position_s, text=time_text(position_s))
    yield Report("BEAT", (), text=beats_text(session, position_s))
    yield Report("SAMPLES", (), raw=float(samples), text=str(samples))
    yield Report("FRAMES", (), text=frames_text(position_s))


def loop(session: Session) -> Iterator[Report]:
    """Report the loop."""
    yield Report("LOOP_START_TIME", (), raw=session.loop_start_s)
    yield Report("LOOP_END_TIME", (), raw=session.loop_end_s)


def place(value: float, ends: tuple[float, float]) -> float:
    """Return where a value lies between two ends, in [0, 1]."""
    low, high = ends
    return clamp((value - low) / (high - low), 0.0, 1.0)


def value_at(position: float, ends: tuple[float, float]) -> float:
    """Return the value at a position in [0, 1] between two ends."""
    low, high = ends
    return low + (high - low) * clamp(position, 0.0, 1.0)


def frames_text(position_s: float) -> str:
    """Write a position in hours, minutes, seconds and frames, 30 a second: "00:01:23:15"."""
    frames = int(position_s * FRAMES_PER_S + 1e-6)
    seconds, frame = divmod(frames, FRAMES_PER_S)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}:{frame:02d}"


def parse_frames(text: str) -> float | None:
    """Read a position in seconds from "00:01:23:15", leading fields left out at will; None where there is none."""
    fields = text.strip().split(":")
    if len(fields) > 4 or not all(field.isascii() and field.isdecimal() and len(field) < 8 for field in fields):
        return None
    hours, minutes, seconds, frames = ([0] * (4 - len(fields))) + [int(field) for field in fields]
    return hours * 3600.0 + minutes * 60.0 + seconds + frames / FRAMES_PER_S
