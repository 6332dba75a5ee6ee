"""The tracks of a project file (``<TRACK``) and its master, read and written.

Fields as in ReaTeam/Doc, "State Chunk Definitions"; counted from 1, as there.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.rpp_effects import effects_lines, read_effects
from mock_daw.rpp_items import FileName, item_lines, read_item
from mock_daw.rpp_reading import Reading
from mock_daw.rpp_text import (
    Block,
    Words,
    block_text,
    flag_at,
    number_at,
    quoted,
    row_text,
    text_at,
    timebase_at,
    whole_at,
)
from mock_daw.session import MASTER_GUID, Automation, Envelope, Point, Send, SendMode, Track

# A colour counts when this bit is set, as with I_CUSTOMCOLOR; REAPER writes 16576 where there is none.
COLOR_IS_SET = 0x1000000
NO_COLOR = 16576
MODES = {0: SendMode.POST_FADER, 1: SendMode.PRE_FX, 3: SendMode.PRE_FADER}
MODE_NUMBERS = {mode: number for number, mode in MODES.items()}
AUTOMATION = tuple(Automation)
ENVELOPES = {
    "VOLENV": "Volume (Pre-FX)",
    "VOLENV2": "Volume",
    "VOLENV3": "Trim Volume",
    "PANENV": "Pan (Pre-FX)",
    "PANENV2": "Pan",
    "WIDTHENV": "Width (Pre-FX)",
    "WIDTHENV2": "Width",
    "MUTEENV": "Mute",
}
ENVELOPE_BLOCKS = {name: block for block, name in ENVELOPES.items()}
MASTER = "MASTER"
MUTED, SOLOED = 1, 2
MOST_CHANNELS = 128


def read_track(block: Block, reading: Reading, place: int) -> Track:
    """Read a track without its receives; ``place`` counts from 0."""
    guid = reading.guid(text_at(block.words, 1) or text_at(block.row("TRACKID"), 1), "track", place)
    volume, mute, record = block.row("VOLPAN"), block.row("MUTESOLO"), block.row("REC")
    return Track(
        guid,
        text_at(block.row("NAME"), 1),
        gain_linear=max(0.0, number_at(volume, 1, 1.0)),
        pan=_side(volume, 2),
        width=_side(block.row("WIDTH"), 1, 1.0),
        pan_mode=whole_at(block.row("PANMODE"), 1, -1),
        muted=flag_at(mute, 1),
        solo=max(0, whole_at(mute, 2)),
        armed=flag_at(record, 1),
        monitored=max(0, whole_at(record, 3)),
        selected=flag_at(block.row("SEL"), 1),
        locked=flag_at(block.row("LOCK"), 1),
        phase_inverted=flag_at(block.row("IPHASE"), 1),
        folder_depth=min(1, whole_at(block.row("ISBUS"), 2)),
        main_send=flag_at(block.row("MAINSEND"), 1, default=True),
        effects_enabled=flag_at(block.row("FX"), 1, default=True),
        effects=read_effects(block.block("FXCHAIN"), reading, guid),
        items=tuple(read_item(item, reading, guid, k) for k, item in enumerate(block.blocks("ITEM"))),
        envelopes=_read_envelopes(block, "", reading, guid),
        automation=_automation(block.row("AUTOMODE")),
        color=_read_color(block.row("PEAKCOL")),
        channels=_read_channels(block.row("NCHAN")),
        timebase=timebase_at(block.row("BEAT"), -1),
        notes=_read_notes(block.block("EXT")),
    )


def read_master(project: Block, reading: Reading) -> Track:
    """Read the master track, whose lines stand among the project's own."""
    volume, mute = project.row("MASTER_VOLUME"), whole_at(project.row("MASTERMUTESOLO"), 1)
    return Track(
        MASTER_GUID,
        MASTER,
        gain_linear=max(0.0, number_at(volume, 1, 1.0)),
        pan=_side(volume, 2),
        width=_side(project.row("MASTER_WIDTH"), 1, 1.0),
        pan_mode=whole_at(project.row("MASTER_PANMODE"), 1, -1),
        muted=bool(mute & MUTED),
        solo=int(bool(mute & SOLOED)),
        selected=flag_at(project.row("MASTER_SEL"), 1),
        effects_enabled=flag_at(project.row("MASTER_FX"), 1, default=True),
        effects=read_effects(project.block("MASTERFXLIST"), reading, MASTER_GUID),
        envelopes=_read_envelopes(project, MASTER, reading, MASTER_GUID),
        automation=_automation(project.row("MASTERAUTOMODE")),
        color=_read_color(project.row("MASTERPEAKCOL")),
        channels=_read_channels(project.row("MASTER_NCH")),
    )


def read_send(row: Words, guid: str, to: str) -> Send:
    """Read a line AUXRECV of the track that receives; its field 1, the place of the track that sends, is not here."""
    return Send(
        guid,
        to,
        gain_linear=max(0.0, number_at(row, 3, 1.0)),
        pan=_side(row, 4),
        muted=flag_at(row, 5),
        mode=MODES.get(whole_at(row, 2), SendMode.POST_FADER),
        mono=flag_at(row, 6),
        phase_inverted=flag_at(row, 7),
    )


def track_lines(track: Track, receives: list[str], file_name: FileName) -> list[str]:
    """Write what is in a track's block; ``receives`` are its lines AUXRECV."""
    folder = 2 if track.folder_depth < 0 else int(track.folder_depth > 0)
    notes = [f"{quoted(key)} {quoted(value)}" for key, value in track.notes.items()]
    return [
        row_text("NAME", track.name),
        *(("LOCK 1",) if track.locked else ()),
        row_text("PEAKCOL", track.color or NO_COLOR),
        *((row_text("BEAT", track.timebase),) if track.timebase >= 0 else ()),
        row_text("AUTOMODE", AUTOMATION.index(track.automation)),
        *((row_text("PANMODE", track.pan_mode),) if track.pan_mode >= 0 else ()),
        *((row_text("WIDTH", track.width),) if track.width != 1.0 else ()),
        row_text("VOLPAN", track.gain_linear, track.pan, -1, -1, 1),
        row_text("MUTESOLO", track.muted, track.solo, 0),
        row_text("IPHASE", track.phase_inverted),
        row_text("ISBUS", folder, track.folder_depth),
        row_text("SEL", track.selected),
        row_text("REC", track.armed, 0, track.monitored, 0, 0, 0, 0),
        row_text("NCHAN", track.channels),
        row_text("FX", track.effects_enabled),
        row_text("TRACKID", track.guid),
        *(block_text("EXT", notes) if notes else ()),
        *receives,
        row_text("MAINSEND", track.main_send, 0),
        *_envelopes_lines("", track),
        *effects_lines("FXCHAIN", track.effects),
        *(line for item in track.items for line in item_lines(item, file_name)),
    ]


def master_lines(master: Track) -> list[str]:
    """Write the master's lines among the project's."""
    return [
        row_text("MASTERAUTOMODE", AUTOMATION.index(master.automation)),
        row_text("MASTERPEAKCOL", master.color or NO_COLOR),
        row_text("MASTERMUTESOLO", MUTED * master.muted + SOLOED * bool(master.solo)),
        row_text("MASTER_NCH", master.channels, 2),
        *((row_text("MASTER_WIDTH", master.width),) if master.width != 1.0 else ()),
        row_text("MASTER_VOLUME", master.gain_linear, master.pan, -1, -1, 1),
        *((row_text("MASTER_PANMODE", master.pan_mode),) if master.pan_mode >= 0 else ()),
        row_text("MASTER_FX", master.effects_enabled),
        row_text("MASTER_SEL", master.selected),
        *effects_lines("MASTERFXLIST", master.effects),
        *_envelopes_lines(MASTER, master),
    ]


def send_line(send: Send, from_place: int) -> str:
    """Write a send as the line AUXRECV of the track that receives; ``from_place`` counts from 0."""
    flags = (send.muted, send.mono, send.phase_inverted)
    row = row_text("AUXRECV", from_place, MODE_NUMBERS[send.mode], send.gain_linear, send.pan, *flags, 0, 0)
    return f"{row} -1:U 0 -1 ''"


def _side(row: Words, place: int, default: float = 0.0) -> float:
    """Return a pan or a width, -1 to 1."""
    return min(1.0, max(-1.0, number_at(row, place, default)))


def _automation(row: Words) -> Automation:
    number = whole_at(row, 1)
    return AUTOMATION[number] if 0 <= number < len(AUTOMATION) else Automation.TRIM_READ


def _read_color(row: Words) -> int:
    color = whole_at(row, 1)
    return color if color > 0 and color & COLOR_IS_SET else 0


def _read_channels(row: Words) -> int:
    return min(MOST_CHANNELS, max(2, whole_at(row, 1, 2)))


def _read_notes(block: Block | None) -> Mapping[str, str]:
    rows = (entry for entry in (block.entries if block else ()) if not isinstance(entry, Block))
    return MappingProxyType({row[0]: text_at(row, 1) for row in rows})


def _read_envelopes(block: Block, prefix: str, reading: Reading, owner: str) -> tuple[Envelope, ...]:
    names = {prefix + key: name for key, name in ENVELOPES.items()}
    envelopes = []
    for envelope in block.blocks(*names):
        points = tuple(
            Point(number_at(row, 1), number_at(row, 2), max(0, whole_at(row, 3))) for row in envelope.rows("PT")
        )
        guid = reading.guid(text_at(envelope.row("EGUID"), 1), owner, "envelope", envelope.name)
        active, visible = flag_at(envelope.row("ACT"), 1), flag_at(envelope.row("VIS"), 1)
        envelopes.append(Envelope(guid, names[envelope.name], points, active, visible))
    return tuple(envelopes)


def _envelopes_lines(prefix: str, track: Track) -> list[str]:
    lines: list[str] = []
    for envelope in track.envelopes:
        if block := ENVELOPE_BLOCKS.get(envelope.name):
            rows = [
                row_text("EGUID", envelope.guid),
                row_text("ACT", envelope.active, -1),
                row_text("VIS", envelope.visible, 1, 1),
                *(row_text("PT", point.position_s, point.value, point.shape) for point in envelope.points),
            ]
            lines.extend(block_text(prefix + block, rows))
    return lines
