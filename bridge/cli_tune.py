"""``faderbot tune``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli_options import NAMES, REAPER, OtherWays, Place, door, with_groups
from bridge.json_progress import ProgressForm

if TYPE_CHECKING:
    from agent.tone.wishes import Scope

EMBEDDED = "embedded"
Sounds = Annotated[
    Path | None,
    typer.Argument(
        metavar="STEMS_DIR|FILE",
        show_default=False,
        help="A folder of WAV, FLAC, AIFF, OGG or MP3 files, one a track, or one finished recording. With --daw a "
        "folder is only listened to, for a DAW that gives no audio; the tracks there have the same names.",
    ),
]


@with_groups
def tune(
    *,
    sounds: Sounds = None,
    daw: Annotated[
        str,
        typer.Option(metavar="NAME", help=f"Tune the session that is open in a running DAW: {NAMES}."),
    ] = EMBEDDED,
    style: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The spectrum of a style: balanced, country, pop, rock, metal, house, rap, hiphop, funk or jazz. "
            "(default: balanced)",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Or the spectrum and loudness of this recording, of 3 s or more."),
    ] = None,
    tracks: Annotated[
        bool, typer.Option("--tracks", help="Set EQ and fader of each track (what is done to a folder).")
    ] = False,
    master: Annotated[
        bool,
        typer.Option(
            "--master", help="Set EQ and fader of the master; with --tracks too, after them, for what they leave."
        ),
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="TRACK", help="Tune this track alone. Can be given again.")
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="TRACK", help="Hear this track but do not touch it. Can be given again."),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|LUFS",
            help="Loudness: broadcast, streaming, aes, album, podcast, a number, or keep (default: the reference's, "
            "or keep).",
        ),
    ] = None,
    strength: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="How far to go: 0 changes nothing, 0.5 every gain half its way in dB."),
    ] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where tune.wav, tune.json, tune.png and tune.RPP go (default: STEMS_DIR-tune or FILE-tune). With "
            "--daw only tune.json and tune.png, and only where this is given.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done; write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print tune.json in place of the tables.")] = False,
    progress: Annotated[
        ProgressForm, typer.Option(help="On stderr: bars where it is a terminal, or a line of JSON at a time.")
    ] = ProgressForm.BARS,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A table made by benchmarks/train_tone.py, in place of the one that comes along."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same tuning, to the byte.")] = 0,
    place: Place,
    ways: OtherWays,
) -> None:
    """Tune the tone of a folder of stems, of one recording, or of the session that is open in a running DAW.

    EQ and volume bring the spectrum, in third octaves, to that of a style or of a reference recording. Where no
    loudness is asked for it stays as it is. With --tracks what the tracks' roles usually sound like counts too, and
    no more of the tracks is masked than was.

    A folder or a file: writes tune.wav, tune.json, tune.png and tune.RPP for REAPER; nothing of yours is changed.

    With --daw reaper: sets EQ and faders in one undo step, reads them back, measures. faderbot undo takes it back.
    Other DAWs are reached over OSC, with STEMS_DIR for the audio and --tracks.
    """
    if style is not None and reference is not None:
        raise typer.BadParameter("--style and --reference both say what it is to sound like: leave one out")
    is_file = sounds is not None and daw == EMBEDDED and not sounds.is_dir()
    scope = _scope(tracks=tracks, master=master, is_file=is_file)
    if scope == "master" and (only or lock):
        raise typer.BadParameter("--only and --lock are for tracks: the master is all of them")
    if daw == EMBEDDED and sounds is None:
        raise typer.BadParameter("name a folder of stems or a recording, or a running DAW: --daw reaper")
    if daw not in {EMBEDDED, REAPER}:
        if master:
            raise typer.BadParameter("no EQ on a master can be set over OSC: tune the tracks, or use --daw reaper")
        if sounds is None:
            raise typer.BadParameter("name the folder of stems too: no audio comes over OSC")
    from bridge.tune_command import TuneOptions, tune_daw, tune_path  # noqa: PLC0415 - a second of imports

    wanted = TuneOptions(scope, style, reference, target, tuple(only or ()), tuple(lock or ()), strength, policy, seed)
    if daw == EMBEDDED:
        assert sounds is not None
        tune_path(sounds, wanted, out=out, dry_run=dry_run, as_json=json, progress=progress)
    else:
        where = door(place, ways, daw)
        tune_daw(where, wanted, stems=sounds, out=out, dry_run=dry_run, as_json=json, progress=progress)


def _scope(*, tracks: bool, master: bool, is_file: bool) -> "Scope":
    """Return what is tuned. Raises ``typer.BadParameter`` for what does not go together."""
    if tracks and is_file:
        raise typer.BadParameter("--tracks needs a folder of stems: one recording has no tracks")
    if tracks and master:
        return "both"
    return "master" if master or is_file else "tracks"
