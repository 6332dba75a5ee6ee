"""The report of a mix: what it was, what it is, and why, for 80 columns, with or without colour."""

import math
from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bridge.schema import Band, CostPart, Figures, MixDocument, StripState, TrackPart

TERMS = ("balance", "spectrum", "masking", "loudness", "peaks", "width")
_BAND_CELL = 5
_NAME_CELLS = 40


def report(document: MixDocument) -> Iterator[RenderableType]:
    """Yield the report's parts, to be printed one under the other."""
    wish = f"{number(document.target_lufs)} LUFS, {document.style}, strength {document.strength:g}"
    length = f"{len(document.tracks)} tracks, {minutes(document.length_s)}"
    yield Text(f"{document.session}: {length}; wanted: {wish}", style="bold")
    yield Padding(tracks_table(document), (1, 0), expand=False)
    yield mix_table(document)
    yield from listed_under(
        f"What the agent did, in {document.steps} steps on the twin", [r.text for r in document.reasons]
    )
    yield from listed_under("Notes", document.notes)
    if document.dry_run:
        yield Text("Dry run: nothing was changed and nothing was written; the figures after are predicted.")


def tracks_table(document: MixDocument) -> Table:
    """Return the table of tracks."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, expand=False)
    table.add_column("Track", ratio=3, overflow="fold", min_width=13)
    table.add_column("Role", ratio=2, overflow="fold", min_width=8)
    table.add_column("LUFS", justify="right", no_wrap=True)
    table.add_column("Fader dB", justify="right", no_wrap=True)
    table.add_column("EQ dB at Hz\n" + _frequencies(document), justify="right", no_wrap=True)
    for track in document.tracks:
        table.add_row(
            Text(short_name(track.name) + _mark(track)),
            track.role.replace("_", " "),
            "silent" if track.silent else change(track.before.loudness_lufs, track.after.loudness_lufs),
            change(track.before.gain_db, track.after.gain_db),
            _eq(track.before, track.after),
        )
    master = document.master
    table.add_row("Master", "", "", change(master.before_db, master.after_db), gains(master.eq), style="bold")
    return table


def mix_table(document: MixDocument) -> Table:
    """Return the table of the whole mix: what it measures, and its cost."""
    before, after = document.before.figures, document.after.figures
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("Mix")
    table.add_column(_heading("Before", before), justify="right")
    table.add_column(_heading("After", after), justify="right")
    figures = (
        ("Loudness LUFS", before.loudness_lufs, after.loudness_lufs),
        ("Loudest 3 s LUFS", before.max_short_term_lufs, after.max_short_term_lufs),
        ("Loudness range LU", before.loudness_range_lu, after.loudness_range_lu),
        ("True peak dBTP", before.true_peak_dbtp, after.true_peak_dbtp),
        ("Off the target spectrum dB", before.spectrum_rms_db, after.spectrum_rms_db),
    )
    for name, was, now in figures:
        table.add_row(name, _told(was, before), _told(now, after))
    if document.tempo is not None:
        table.add_row("Tempo BPM", number(document.tempo.before_bpm), number(document.tempo.after_bpm))
    table.add_row("Masked bands", _percent(before.masked_share), _percent(after.masked_share))
    table.add_row("Cost", _cost(document.before.cost), _cost(document.after.cost), style="bold")
    for term in TERMS:
        was, now = getattr(document.before.cost, term), getattr(document.after.cost, term)
        table.add_row(f"  {term}", f"{was:.3f}", f"{now:.3f}")
    return table


def _heading(when: str, figures: Figures) -> str:
    return f"{when} (predicted)" if figures.source == "twin" else when


def _told(value: float | None, figures: Figures) -> str:
    """Write a figure; None is minus infinity where it was measured from audio, else not known."""
    return "?" if value is None and figures.source != "render" else number(value)


def number(value: float | None) -> str:
    """Write a figure with one decimal and a true minus sign; None as minus infinity."""
    if value is None or not math.isfinite(value):
        return "−∞"
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def change(before: float | None, after: float | None) -> str:
    """Write what a figure was and is, once where both read the same."""
    was, now = number(before), number(after)
    return now if was == now else f"{was} → {now}"


def short_name(name: str, cells: int = _NAME_CELLS) -> str:
    """Return a name of so many columns at most, so that a row stays a row."""
    return name if cell_len(name) <= cells else set_cell_size(name, cells - 1) + "…"


def _mark(track: TrackPart) -> str:
    marks = [name for name in ("locked", "focus") if getattr(track, name)]
    return f" ({', '.join(marks)})" if marks else ""


def _frequencies(document: MixDocument) -> str:
    """Return the band frequencies over their cells, where all tracks have the same."""
    sets = {tuple(band.freq_hz for band in track.after.eq) for track in document.tracks}
    if len(sets) != 1:
        return "low … high"
    return "".join(
        f"{hz:.0f}".rjust(_BAND_CELL) if hz < 1000 else f"{hz / 1000:g}k".rjust(_BAND_CELL) for hz in sets.pop()
    )


def _eq(before: StripState, after: StripState) -> str:
    """Return the bands' gains; a first line for those before where they were not flat."""
    lines = [after.eq] if not any(band.gain_db for band in before.eq) else [before.eq, after.eq]
    text = "\n→ ".join(gains(bands) for bands in lines)
    return text if after.high_pass_hz is None else f"{text}\nhigh-pass {after.high_pass_hz:.0f} Hz"


def gains(bands: Sequence[Band]) -> str:
    """Write the gains of an EQ's bands, a dot for one that is flat."""
    return "".join(map(_gain, bands))


def _gain(band: Band) -> str:
    shown = round(band.gain_db, 1)
    return ("·" if not shown else f"{shown:+.1f}".replace("-", "−")).rjust(_BAND_CELL)


def _cost(cost: CostPart) -> str:
    return f"{cost.total:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def minutes(seconds: float) -> str:
    """Write a length: seconds, or minutes from one on."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


def listed_under(title: str, lines: Sequence[str]) -> Iterator[RenderableType]:
    """Yield a title and its lines, nothing where there are none."""
    if lines:
        yield Text(f"\n{title}:", style="bold")
        for line in lines:
            yield Padding(Text(line), (0, 0, 0, 2), expand=False)
