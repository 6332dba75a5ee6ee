"""``faderbot rhythm``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import NAMES, REAPER, OtherWays, Place, door, with_groups
from bridge.json_progress import ProgressForm

EMBEDDED = "embedded"
NO_MIDI = "no MIDI goes to {daw} over OSC: the drums are in the files, to be dropped there"


class TimeSignature(StrEnum):
    """The meters that drums are written in."""

    FOUR_FOUR = "4/4"
    THREE_FOUR = "3/4"
    SIX_EIGHT = "6/8"


Stems = Annotated[
    Path | None,
    typer.Argument(
        metavar="STEMS_DIR", show_default=False, help="A folder of WAV, FLAC, AIFF, OGG or MP3 files, one a track."
    ),
]
Daw = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help=f"Write to the session that is open in a running DAW: {NAMES}. REAPER gets a track of MIDI; to others "
        "none goes, so STEMS_DIR is heard and files are written. [default: none]",
    ),
]
Out = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="A file to write, by its ending: .mid the drums, .wav a preview with the music, .png the pattern, .json "
        "the document. Can be given again. [default: all four in STEMS_DIR-rhythm; with --daw reaper none]",
    ),
]


@with_groups
def rhythm(
    *,
    stems_dir: Stems = None,
    daw: Daw = EMBEDDED,
    style: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Whose drummers to learn from, as rock or jazz; auto lets the music choose.",
        ),
    ] = "auto",
    bars: Annotated[int | None, typer.Option(min=1, help="Write the first so many bars. [default: all]")] = None,
    density: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="How many hits: 0 few, 1 many. [default: the style's]")
    ] = None,
    swing: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="0 even eighths, 1 triplets. [default: the style's]")
    ] = None,
    humanize: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="0 on the grid, 1 as uneven as the style's drummers.")
    ] = 0.5,
    tempo: Annotated[
        float | None,
        typer.Option(min=20.0, max=400.0, metavar="BPM", help="The tempo, where it is heard wrongly or not at all."),
    ] = None,
    meter: Annotated[TimeSignature | None, typer.Option(help="The time signature, where it is heard wrongly.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another variation; the same one, the same.")] = 0,
    out: Out = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written; write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print rhythm.json in place of the grid.")] = False,
    progress: Annotated[
        ProgressForm, typer.Option(help="On stderr: bars where it is a terminal, or a line of JSON at a time.")
    ] = ProgressForm.BARS,
    place: Place,
    ways: OtherWays,
) -> None:
    """Write drums to the music: hears tempo, bars and where notes begin, and lets a Q-learning agent play to that.

    A folder: writes drums.mid (General MIDI, on the music's own beats), preview.wav with simple drum sounds,
    pattern.png and rhythm.json into STEMS_DIR-rhythm.

    With --daw reaper: puts the drums as a MIDI item on a new track, in one undo step, and reads them back. faderbot
    undo takes the track away.
    """
    from bridge.rhythm_command import How, rhythm_daw, rhythm_folder  # noqa: PLC0415 - a second of imports
    from bridge.rhythm_job import RhythmOptions  # noqa: PLC0415

    told = None if meter is None else meter.value
    options = RhythmOptions(style, bars, density, swing, humanize, seed, tempo, told)
    how = How(tuple(out or ()), dry_run, json, progress)
    if daw == EMBEDDED:
        if stems_dir is None:
            raise typer.BadParameter("name a folder of stems, or a running DAW: --daw reaper")
        rhythm_folder(stems_dir, options, how)
        return
    leads_to = door(place, ways, daw)  # a DAW that is not known is said, even where none is asked
    if daw == REAPER and stems_dir is None:
        rhythm_daw(leads_to, options, how)
        return
    if stems_dir is None:
        raise typer.BadParameter(f"no MIDI goes to {leads_to.daw} over OSC: name the folder of stems, for files")
    if daw == REAPER:
        raise typer.BadParameter("--daw reaper hears REAPER itself: leave the folder out, or leave --daw out for files")
    rhythm_folder(stems_dir, options, how, said=(NO_MIDI.format(daw=leads_to.daw),))
