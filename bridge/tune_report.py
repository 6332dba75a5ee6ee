"""The report of a tuning for 80 columns: what the tone was, what it is, and why."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bridge.report import change, gains, listed_under, minutes, number, short_name
from bridge.schema import Band
from bridge.tune_document import TuneDocument, TuneFigures, TuneTrack

WHAT = {"tracks": "its tracks", "master": "the master", "both": "its tracks and the master"}
_CELL = 5  # of ``bridge.report.gains``


def tune_report(document: TuneDocument) -> Iterator[RenderableType]:
    """Yield the report's parts, to be printed one under the other."""
    count = len(document.tracks)
    tracks = "1 track" if count == 1 else f"{count} tracks"
    loudness = "as loud as it was" if document.target_lufs is None else f"{number(document.target_lufs)} LUFS"
    scope = WHAT[document.scope]
    wish = f"{document.target}, {loudness}, strength {document.strength:g}"
    yield Text(f"{document.session}: {tracks}, {minutes(document.length_s)}; {scope} tuned to: {wish}", style="bold")
    yield Padding(_settings(document), (1, 0), expand=False)
    yield _figures(document)
    did = f"What the agent did, in {document.steps} steps on the twin"
    yield from listed_under(did, [reason.text for reason in document.reasons])
    yield from listed_under("Notes", document.notes)
    if document.dry_run:
        yield Text("Dry run: nothing was changed and nothing was written; the figures after are predicted.")


def _settings(document: TuneDocument) -> Table:
    """Return the table of faders and EQs: all tracks where they were tuned, and the master."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, expand=False)
    before, after = document.master.before, document.master.after
    eq, fader = _eq(before.eq, after.eq), change(before.gain_db, after.gain_db)
    if document.scope == "master":
        table.add_column("")
        for heading in ("Fader dB", "EQ dB\n" + _frequencies(after.eq)):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_row("Master", fader, eq, style="bold")
        return table
    table.add_column("Track", ratio=3, overflow="fold", min_width=12)
    for heading in ("LUFS", "Fader dB", "EQ dB, low to high", "Off target dB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for track in document.tracks:
        table.add_row(
            Text(short_name(track.name) + _mark(track)),
            "silent" if track.silent else change(track.before.loudness_lufs, track.after.loudness_lufs),
            change(track.before.gain_db, track.after.gain_db),
            _eq(track.before.eq, track.after.eq),
            _error(track.before.error_db, track.after.error_db),
        )
    table.add_row("Master", "", fader, eq, "", style="bold")
    return table


def _figures(document: TuneDocument) -> Table:
    before, after = document.before, document.after
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("Mix")
    for when, figures in (("Before", before), ("After", after)):
        table.add_column(f"{when} (predicted)" if figures.source == "twin" else when, justify="right")
    off = (before.third_octave_rms_db, after.third_octave_rms_db)
    table.add_row("Off the target, third octaves dB", *(_known(value) for value in off), style="bold")
    table.add_row("Loudness LUFS", number(before.loudness_lufs), number(after.loudness_lufs))
    table.add_row("True peak dBTP", _peak(before), _peak(after))
    if document.scope != "master" and before.masked_share is not None and after.masked_share is not None:
        table.add_row("Masked bands", _percent(before.masked_share), _percent(after.masked_share))
    return table


def _peak(figures: TuneFigures) -> str:
    return number(figures.true_peak_dbtp) if figures.source == "render" else _known(figures.true_peak_dbtp)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _known(value: float | None) -> str:
    return "?" if value is None else number(value)


def _error(before: float | None, after: float | None) -> str:
    return "" if before is None or after is None else change(before, after)


def _eq(before: Sequence[Band], after: Sequence[Band]) -> str:
    """Return the bands' gains; a first line for those before where they were not flat."""
    lines = [after] if not any(band.gain_db for band in before) else [before, after]
    return "\n→ ".join(" ".join(gains([band]) for band in bands) for bands in lines)


def _frequencies(bands: Sequence[Band]) -> str:
    """Write where bands are, each over its gain."""
    cells = (f"{b.freq_hz:.0f}" if b.freq_hz < 1000 else f"{b.freq_hz / 1000:.3g}k" for b in bands)
    return "at Hz " + " ".join(cell.rjust(_CELL) for cell in cells)


def _mark(track: TuneTrack) -> str:
    return " (locked)" if track.locked else ""
