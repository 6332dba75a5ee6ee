"""Where the ticks of a MIDI item lie in the project, and the lyrics of a track.

A source starts where its item does, less the take's offset, and goes by at the take's playrate. The project's tempo
does not change over time.
"""

from collections.abc import Iterator

from mock_daw.midi import LYRIC, Midi
from mock_daw.reaper.positions import beat, beats_text
from mock_daw.session import Item, Session

EACH_POSITION, MEASURES = 2, 1


def position_qn(session: Session, item: Item, tick: float) -> float:
    """Return where a tick lies, in quarter notes from the project's start."""
    take, ticks_per_quarter = item.take, _ticks_per_quarter(item)
    rate, offset_s = (take.playrate, take.offset_s) if take else (1.0, 0.0)
    offset_qn = _quarters(session, offset_s)
    return _quarters(session, item.position_s) + (tick / ticks_per_quarter - offset_qn) / rate


def tick_at(session: Session, item: Item, at_qn: float) -> float:
    """Return the tick, not always a whole one, that lies at a position in quarter notes."""
    take, ticks_per_quarter = item.take, _ticks_per_quarter(item)
    rate, offset_s = (take.playrate, take.offset_s) if take else (1.0, 0.0)
    played_qn = (at_qn - _quarters(session, item.position_s)) * rate
    return (played_qn + _quarters(session, offset_s)) * ticks_per_quarter


def lyrics(session: Session, number: int, flags: int = EACH_POSITION) -> str:
    """Return the lyrics of a track with tabs between them (``GetTrackMIDILyrics`` in the SDK's header).

    Flag 1 puts two tabs at the end of a measure, three where measures are skipped; flag 2 puts the position before
    each lyric and a tab behind it. That a position is written "2.4.00", measures and beats, is reported; what lies
    outside its item is left out, a guess.
    """
    found = sorted(_lyrics(session, number), key=lambda pair: pair[0])
    if flags & EACH_POSITION:
        return "".join(f"{beats_text(session, at_s)}\t{text}\t" for at_s, text in found)
    text, before = "", None
    for at_s, word in found:
        measure = beat(session, at_s).measure
        if before is not None:
            text += "\t" * (min(measure - before, 2) + 1 if flags & MEASURES else 1)
        text, before = text + word, measure
    return text


def _lyrics(session: Session, number: int) -> Iterator[tuple[float, str]]:
    for item in session.track(number).items:
        for text in (item.take.source.midi or Midi()).texts if item.take else ():
            at_s = position_qn(session, item, text.tick) * 60.0 / session.tempo_bpm
            if text.kind == LYRIC and item.position_s <= at_s < item.end_s:
                yield at_s, text.content.decode("utf-8", "replace")


def _quarters(session: Session, seconds: float) -> float:
    return seconds * session.tempo_bpm / 60.0


def _ticks_per_quarter(item: Item) -> int:
    midi = item.take.source.midi if item.take else None
    return (midi or Midi()).ticks_per_quarter
