"""A session of the mock DAW as of edited drums: tracks cut into many items, no value of which is like another's."""

from dataclasses import replace
from pathlib import Path

from bridge.reaper.survey import EQ_ALIAS
from mock_daw.session import (
    Automation,
    Effect,
    Envelope,
    EqBand,
    EqKind,
    Equaliser,
    Fade,
    Item,
    Point,
    Send,
    SendMode,
    Session,
    Source,
    Take,
    Track,
    guid,
)

BANDS = (
    EqBand(EqKind.LOW_SHELF, 95.0, 10 ** (-3 / 20), 0.8),
    EqBand(EqKind.BELL, 350.0, 10 ** (2.5 / 20), 1.25),
    EqBand(EqKind.BELL, 1250.0, 1.0, 2.0, enabled=False),
    EqBand(EqKind.HIGH_SHELF, 8000.0, 10 ** (4 / 20), 0.5),
    EqBand(EqKind.HIGH_PASS, 41.0, 1.0, 1.9),
)
SOURCES = (
    Source("WAVE", Path("/drums/über.wav"), 12.5, 48_000, 2),
    Source("MIDI", None, 0.0),
    Source("SECTION", Path("/drums/loop.wav"), 3.25, 44_100, 1),
    Source("FLAC", Path("/drums/a b.flac"), 600.125, 96_000, 2),
)


def sliced_drums(tracks=3, items=40):
    """Return the session; each track sends to the one before it, and has an EQ of ours and another's."""
    return Session("drums", 48_000, tuple(_track(number, items) for number in range(tracks)), tempo_bpm=97.5)


def _track(number, items):
    ours = Effect(guid("ours", number), "VST: ReaEQ (Cockos)", EQ_ALIAS, equaliser=Equaliser(BANDS))
    theirs = Effect(guid("theirs", number), "VST: ReaComp (Cockos)", "Glue", number % 2 == 0, number % 3 == 0)
    mode = list(SendMode)[number % 3]
    sends = (Send(guid("send", number), guid("track", number - 1), 0.25 + number, -0.5, mode=mode, muted=True),)
    return Track(
        guid("track", number),
        f"Tom “{number}” ’); import os",
        gain_linear=0.1 + 0.2 * number,
        pan=number / 10 - 0.7,
        muted=number % 2 == 1,
        solo=number % 3,
        armed=number % 2 == 0,
        selected=number % 3 == 0,
        locked=number % 2 == 0,
        phase_inverted=number % 2 == 1,
        folder_depth=(1, 0, -1)[number % 3],
        main_send=number % 2 == 0,
        effects_enabled=number % 3 != 2,
        effects=(theirs, ours),
        sends=sends if number else (),
        items=tuple(_item(number, k) for k in range(items)),
        envelopes=(Envelope(guid("volume", number), "Volume", (Point(0.0, 1.0), Point(1.0, 0.5))),),
        automation=list(Automation)[number % 6],
    )


def _item(number, k):
    item = Item(
        guid("item", number, k),
        0.5 * k + 0.01,
        0.6 + k / 1000,
        gain_linear=0.1 + k / 7,
        fade_in=Fade(0.001 * k, k % 7),
        fade_out=Fade(0.002 * k, (k + 1) % 7),
        muted=k % 3 == 0,
        looped=k % 2 == 0,
    )
    if k % 10 == 9:
        return item
    return replace(
        item,
        take=Take(
            guid("take", number, k),
            source=SOURCES[k % 4],
            offset_s=k / 3,
            playrate=1.0 + k / 100,
            gain_linear=0.9 - k / 11,
            pan=k / 50 - 0.4,
            channel_mode=k % 5,
            pitch_semitones=k - 12.5,
        ),
    )
