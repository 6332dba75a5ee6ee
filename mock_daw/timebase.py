"""What follows a change of tempo: items whose timebase is beats, as the REAPER user guide has it (section 12.2).

With beats (position, length, rate) an item starts and ends on the same beats as before, and plays so much faster or
slower at its own pitch; with beats (position only) it starts there; with time it stays. Notes of MIDI are in beats
anyway and go with their item (``mock_daw.midi``). Fades keep their length in seconds.
"""

from dataclasses import replace

from mock_daw.session import Item, Session, Track

BEATS, POSITION = 1, 2


def at_tempo(session: Session, tempo_bpm: float) -> Session:
    """Return the session at another tempo, with all that follows it."""
    speed = tempo_bpm / session.tempo_bpm
    after = replace(session, tempo_bpm=tempo_bpm)
    return after if speed == 1.0 else replace(after, tracks=tuple(_followed(t, session, speed) for t in session.tracks))


def _followed(track: Track, session: Session, speed: float) -> Track:
    own = session.timebase if track.timebase < 0 else track.timebase
    bases = [own if item.timebase < 0 else item.timebase for item in track.items]
    if not any(base in {BEATS, POSITION} for base in bases):
        return track
    items = (_moved(item, base, speed) for item, base in zip(track.items, bases, strict=True))
    return replace(track, items=tuple(sorted(items, key=lambda item: item.position_s)))


def _moved(item: Item, base: int, speed: float) -> Item:
    if base not in {BEATS, POSITION}:
        return item
    moved = replace(item, position_s=item.position_s / speed)
    if base == POSITION:
        return moved
    take = item.take
    if take is not None and take.source.midi is not None:
        take = replace(take, offset_s=take.offset_s / speed)
    elif take is not None:
        take = replace(take, playrate=take.playrate * speed)
    return replace(moved, length_s=item.length_s / speed, take=take)
