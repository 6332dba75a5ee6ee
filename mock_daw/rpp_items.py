"""The media items of a project file (``<ITEM``) with their takes and sources, read and written.

The first take's lines stand in the item itself, each further one's after a line ``TAKE``; ``TAKE SEL`` begins the one
that plays, ``TAKE NULL`` is a lane without one. Fields as in ReaTeam/Doc, "State Chunk Definitions".
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mock_daw.rpp_effects import effects_lines, read_effects
from mock_daw.rpp_midi import midi_lines, read_midi
from mock_daw.rpp_reading import Reading
from mock_daw.rpp_text import Block, Words, block_text, flag_at, number_at, row_text, text_at, timebase_at, whole_at
from mock_daw.session import Fade, Item, Source, Take

# REAPER's word for the source of a file; what is not here is a "WAVE" (WAV, AIFF, CAF …).
SOURCE_KINDS = {".flac": "FLAC", ".ogg": "VORBIS", ".oga": "VORBIS", ".opus": "OPUS", ".mp3": "MP3"}
SECTION = "SECTION"
BACKWARDS = 2  # the bit of a section's MODE
LAST_FADE_SHAPE = 6

# How a media file's path is written down.
FileName = Callable[[Path], str]


@dataclass(slots=True)
class _Lane:
    """The lines of one take."""

    selected: bool = False
    rows: dict[str, Words] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)


def source_kind(path: Path) -> str:
    """Return REAPER's word for the source of a file."""
    return SOURCE_KINDS.get(path.suffix.lower(), "WAVE")


def read_item(block: Block, reading: Reading, owner: str, place: int) -> Item:
    """Read an item; ``owner`` is its track's GUID and ``place`` its place there."""
    lanes = _lanes(block)
    guid = reading.guid(text_at(block.row("IGUID"), 1), owner, "item", place)
    take = _read_take(next((lane for lane in lanes if lane.selected), lanes[0]), reading, guid)
    return Item(
        guid,
        position_s=max(0.0, number_at(block.row("POSITION"), 1)),
        length_s=max(0.0, number_at(block.row("LENGTH"), 1)),
        take=take,
        takes=len(lanes) if take or len(lanes) > 1 else 0,
        gain_linear=max(0.0, number_at(block.row("VOLPAN"), 1, 1.0)),
        fade_in=_read_fade(block.row("FADEIN")),
        fade_out=_read_fade(block.row("FADEOUT")),
        muted=flag_at(block.row("MUTE"), 1),
        selected=flag_at(block.row("SEL"), 1),
        looped=flag_at(block.row("LOOP"), 1),
        locked=flag_at(block.row("LOCK"), 1),
        timebase=timebase_at(block.row("BEAT"), -1),
    )


def item_lines(item: Item, file_name: FileName) -> list[str]:
    """Write an item. Of several takes only the one that plays is known: the others become empty lanes."""
    take = item.take
    head = (item.gain_linear,) if take is None else (item.gain_linear, take.pan, take.gain_linear, -1)
    lines = [
        row_text("POSITION", item.position_s),
        row_text("LENGTH", item.length_s),
        row_text("LOOP", item.looped),
        row_text("FADEIN", item.fade_in.shape, item.fade_in.length_s, 0, item.fade_in.shape, 0, 0),
        row_text("FADEOUT", item.fade_out.shape, item.fade_out.length_s, 0, item.fade_out.shape, 0, 0),
        row_text("MUTE", item.muted, 0),
        row_text("SEL", item.selected),
        *(("LOCK 1",) if item.locked else ()),
        *((row_text("BEAT", item.timebase),) if item.timebase >= 0 else ()),
        row_text("IGUID", item.guid),
        *(() if take is None else (row_text("NAME", take.name),)),
        row_text("VOLPAN", *head),
        *(() if take is None else _take_lines(take, file_name)),
        *("TAKE NULL" for _ in range(item.takes - 1)),
    ]
    return block_text("ITEM", lines)


def _lanes(block: Block) -> list[_Lane]:
    lanes = [_Lane()]
    for entry in block.entries:
        if isinstance(entry, Block):
            lanes[-1].blocks.setdefault(entry.name, entry)
        elif entry[0] == "TAKE":
            lanes.append(_Lane("SEL" in entry))
        else:
            lanes[-1].rows.setdefault(entry[0], entry)
    return lanes


def _read_take(lane: _Lane, reading: Reading, item_guid: str) -> Take | None:
    source_block = lane.blocks.get("SOURCE")
    if source_block is None:
        return None
    volume, playrate = lane.rows.get("TAKEVOLPAN"), lane.rows.get("PLAYRATE", ())
    pan, gain_linear = _pan_and_gain(volume, 1) if volume else _pan_and_gain(lane.rows.get("VOLPAN", ()), 2)
    source, start_s = _read_source(source_block, reading)
    guid = reading.guid(text_at(lane.rows.get("GUID", ()), 1), item_guid, "take")
    rate = number_at(playrate, 1, 1.0)
    return Take(
        guid,
        name=text_at(lane.rows.get("NAME", ()), 1),
        source=source,
        offset_s=number_at(lane.rows.get("SOFFS", ()), 1) + start_s,
        playrate=rate if rate > 0.0 else 1.0,
        gain_linear=gain_linear,
        pan=pan,
        channel_mode=max(0, whole_at(lane.rows.get("CHANMODE", ()), 1)),
        pitch_semitones=number_at(playrate, 3),
        preserve_pitch=flag_at(playrate, 2, default=True),
        effects=read_effects(lane.blocks.get("TAKEFX"), reading, guid),
    )


def _pan_and_gain(row: Words, pan_at: int) -> tuple[float, float]:
    """Return a take's pan and gain, which stand side by side; a gain below 0 is a polarity turned over."""
    return min(1.0, max(-1.0, number_at(row, pan_at))), number_at(row, pan_at + 1, 1.0)


def _take_lines(take: Take, file_name: FileName) -> list[str]:
    return [
        row_text("SOFFS", take.offset_s),
        row_text("PLAYRATE", take.playrate, take.preserve_pitch, take.pitch_semitones, -1, 0, 0.0025),
        row_text("CHANMODE", take.channel_mode),
        row_text("GUID", take.guid),
        *_source_lines(take.source, file_name),
        *effects_lines("TAKEFX", take.effects),
    ]


def _read_source(block: Block, reading: Reading) -> tuple[Source, float]:
    """Return a source, and where a section of a file starts in it, in seconds."""
    kind = text_at(block.words, 1, "WAVE").removeprefix("_OFFLINE_")
    inner = block.block("SOURCE")
    if kind != SECTION or inner is None:
        return _read_file(block, kind, reading), 0.0
    if whole_at(block.row("MODE"), 1) & BACKWARDS:
        reading.note("plays forwards: a section that the project plays backwards")
    file = _read_file(inner, kind, reading)
    start_s = max(0.0, number_at(block.row("STARTPOS"), 1))
    end_s = start_s + number_at(block.row("LENGTH"), 1)
    length_s = min(file.length_s, end_s) if end_s > start_s else file.length_s
    return replace(file, kind=SECTION, length_s=length_s), start_s


def _read_file(block: Block, kind: str, reading: Reading) -> Source:
    name = text_at(block.row("FILE"), 1)
    if not name:
        return Source(kind, midi=read_midi(block))
    media = reading.media(name)
    return Source(kind, media.path, media.length_s, media.rate_hz, media.channels, held=media.held)


def _source_lines(source: Source, file_name: FileName) -> list[str]:
    if source.path is None:
        return block_text(row_text("SOURCE", source.kind), [] if source.midi is None else midi_lines(source.midi))
    file = [row_text("FILE", file_name(source.path))]
    if source.kind != SECTION:
        return block_text(row_text("SOURCE", source.kind), file)
    inner = block_text(f"SOURCE {source_kind(source.path)}", file)
    section = [row_text("LENGTH", source.length_s), "MODE 0", "STARTPOS 0", "OVERLAP 0.01"]
    return block_text(f"SOURCE {SECTION}", [*section, *inner])


def _read_fade(row: Words) -> Fade:
    """Read a fade: an automatic one, which stands third, goes before what the user set."""
    automatic_s = number_at(row, 3)
    length_s = automatic_s if automatic_s > 0.0 else max(0.0, number_at(row, 2))
    return Fade(length_s, min(LAST_FADE_SHAPE, max(0, whole_at(row, 1))))
