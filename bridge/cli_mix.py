"""``faderbot mix`` and ``faderbot demo``."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import NAMES, Hearing, Manner, OtherWays, Place, Taste, door, hearing, options, with_groups

EMBEDDED = "embedded"


class Dialect(StrEnum):
    """Whose OSC is spoken."""

    REAPER = "reaper"


Stems = Annotated[
    Path | None,
    typer.Argument(
        metavar="STEMS_DIR",
        show_default=False,
        help="A folder of WAV, FLAC, AIFF, OGG or MP3 files, one a track. With --daw it is only listened to, "
        "for a REAPER that has no reapy; the tracks there have the same names.",
    ),
]
Daw = Annotated[
    str, typer.Option(metavar="NAME", help=f"Mix the session that is open in a running DAW: {NAMES}. [default: none]")
]
OnlySelected = Annotated[
    bool, typer.Option("--only-selected", help="With --daw: move selected tracks only, and the master.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where mix.wav, mix.json and mix.RPP go. [default: STEMS_DIR-mix]"),
]
DialectName = Annotated[Dialect, typer.Option(help="With --daw osc: whose OSC it is.")]


StretchItems = Annotated[
    bool,
    typer.Option("--stretch-items", help="With --daw reaper --tempo match: also where items stretch or move with it."),
]
OverTempoMap = Annotated[
    bool, typer.Option("--over-tempo-map", help="With --daw and --tempo: also where the project has tempo markers.")
]

Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Say why: the policy's moves and the values behind them, before and after they were refined on the "
        "session; in mix.json, or with --json, too.",
    ),
]

UseTaste = Annotated[
    bool,
    typer.Option(
        "--taste/--no-taste", help="Whether the mix follows what faderbot learn was taught by you, or the style alone."
    ),
]
Hear = Annotated[
    Hearing | None,
    typer.Option(
        help="With --daw: from the tracks' audio, or play the session and watch its meters, which hears instruments "
        "and effects too, takes up to three minutes, is less exact, and sets faders only. [default: audio, or meters "
        "where the DAW gives no audio and there is no folder of stems]"
    ),
]
Listen = Annotated[
    float, typer.Option("--listen", metavar="SECONDS", min=10.0, max=900.0, help="With --hear meters: play so long.")
]


@with_groups
def mix(
    *,
    stems_dir: Stems = None,
    daw: Daw = EMBEDDED,
    taste: Taste,
    only_selected: OnlySelected = False,
    hear: Hear = None,
    listen: Listen = 170.0,
    stretch_items: StretchItems = False,
    over_tempo_map: OverTempoMap = False,
    use_taste: UseTaste = True,
    explain: Explain = False,
    out: Out = None,
    manner: Manner,
    place: Place,
    dialect: DialectName = Dialect.REAPER,  # noqa: ARG001 - there is one, named so that scripts say which
    ways: OtherWays,
) -> None:
    """Mix a folder of stems, or the session that is open in a running DAW.

    A folder: writes mix.wav, mix.json with every setting, and mix.RPP for REAPER; the stems are never changed.

    With --daw reaper: hears the open project, sets faders and EQ in one undo step, reads them back, measures.
    Muted, automated and locked tracks and your own effects are left alone. faderbot undo takes it back.

    With STEMS_DIR --daw osc, ardour, …: the audio comes from the folder, and the DAW is reached over OSC. Without a
    folder it is played, and mixed by its meters.

    --focus and --lock take a part of a track's name too.

    --tempo needs a steady pulse to be heard; where it can not be, the mix goes on at the tempo there is, and says so.
    """
    wanted = replace(
        options(taste, manner),
        stretch_items=stretch_items,
        over_tempo_map=over_tempo_map,
        explain=explain,
        taste=use_taste,
    )
    if daw == EMBEDDED:
        if stems_dir is None:
            raise typer.BadParameter("name a folder of stems, or a running DAW: --daw reaper")
        if only_selected:
            raise typer.BadParameter("--only-selected needs --daw: a folder of stems has no selection")
        if stretch_items or over_tempo_map:
            raise typer.BadParameter("--stretch-items and --over-tempo-map need --daw: a folder has neither")
        if hear is Hearing.METERS:
            raise typer.BadParameter("--hear meters needs --daw: a folder of stems has audio, which tells more")
        from bridge.mix_command import mix_folder  # noqa: PLC0415 - a second of imports, not for --help

        mix_folder(stems_dir, wanted, out=out, dry_run=manner.dry_run, as_json=manner.json, progress=manner.progress)
        return
    if out is not None:
        raise typer.BadParameter("--out is for folders of stems: with --daw the mix stays in the DAW")
    by_meters = hearing(daw, stems_dir, hear) is Hearing.METERS
    from bridge.live_command import mix_daw  # noqa: PLC0415

    mix_daw(
        door(place, ways, daw),
        wanted,
        stems=stems_dir,
        only_selected=only_selected,
        dry_run=manner.dry_run,
        as_json=manner.json,
        listen_s=listen if by_meters else None,
        progress=manner.progress,
    )


DEMO = Path("faderbot-demo")


@with_groups
def demo(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the demo's stems and mix go.")] = DEMO,
    taste: Taste,
    manner: Manner,
) -> None:
    """Make a short song of eight stems with badly set faders, and mix it: DIR/stems and DIR/mix."""
    from bridge.mix_command import mix_demo  # noqa: PLC0415

    mix_demo(
        out,
        options(taste, manner),
        dry_run=manner.dry_run,
        as_json=manner.json,
        progress=manner.progress,
    )
