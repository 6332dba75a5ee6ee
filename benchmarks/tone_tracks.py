"""Tuning the tracks of whole mixes: what the slope, the roles and the masking were and are.

    python benchmarks/tone_tracks.py SONG… [--mixes 8] [--style balanced]

Each mix is tuned three ways from flat EQs: by its tracks, by its master, and by both. Slope error: RMS in dB over third
octaves of a render through the engine's biquads. Roles' error: mean RMS of the tracks that have an average of their
role. Masked: the share of the tracks' strong bands that the rest lies 6 dB or more over. Both as the twin hears them
without thinning. Deepest: what the bands of one EQ do together at most, in dB. Prints Markdown.

Exit code 1 where a tuning masks more than before, or an EQ goes beyond its limit as a whole.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tone import ear, filtered

from agent.hearing.heard import Heard, hear
from agent.q_learning import QTable
from agent.session import Session, Settings
from agent.tone.stacking import reach_db
from agent.tone.targets import ToneTarget, heard_target, style_target
from agent.tone.tuning import plan_tone, shipped_tone, tone_figures
from agent.tone.wishes import Scope, ToneWish
from bridge.embedded import EmbeddedDaw
from bridge.learning import session_folders

LIMIT_DB, BETWEEN_DB = 6.0, 0.1
WAYS: tuple[Scope | None, ...] = (None, "tracks", "master", "both")
NAMES = ("before", "tracks", "master", "tracks, then master")


class Row(NamedTuple):
    """What one way of tuning made of one mix; seconds are of the plan alone."""

    slope_db: float
    roles_db: float
    masked: float
    deepest_db: float
    seconds: float


def slope_error_db(daw: EmbeddedDaw, settings: Settings, wanted: ToneTarget, rate_hz: int) -> float:
    """Render the session at these settings, the master's EQ behind it, and judge its spectrum."""
    daw.apply(replace(settings, master_eq=daw.read().settings.master_eq), "benchmark")
    mix = filtered(np.concatenate(list(daw.render())).astype(np.float64), settings.master_eq, rate_hz)
    weight = wanted.weight / wanted.weight.sum()
    error = heard_target(ear(mix, rate_hz), "the render").level_db - wanted.level_db
    error -= error @ weight
    return float(np.sqrt(np.square(error) @ weight))


def tried(
    daw: EmbeddedDaw, session: Session, heard: Heard, wanted: ToneTarget, table: QTable, scope: Scope | None
) -> Row:
    """Tune a mix one way, or with ``None`` not at all."""
    settings, spent = session.settings, 0.0
    if scope is not None:
        began = time.process_time()
        settings = plan_tone(session, heard, ToneWish(scope, wanted), table).settings
        spent = time.process_time() - began
    figures = tone_figures(session, heard, ToneWish("tracks", wanted), settings)
    eqs = [*(strip.eq for strip in settings.strips), settings.master_eq]
    roles = [error for error in figures.track_rms_db if error is not None]
    return Row(
        slope_error_db(daw, settings, wanted, session.sample_rate_hz),
        float(np.mean(roles)) if roles else 0.0,
        figures.masked_share,
        max(max(-low, high) for low, high in (reach_db(eq, session.sample_rate_hz) for eq in eqs)),
        spent,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--mixes", type=int, default=8)
    parser.add_argument("--style", default="balanced")
    args = parser.parse_args()
    table = shipped_tone()[0]
    every: list[list[Row]] = []
    print("| mix | " + " | ".join(f"{name}: slope, roles dB, masked" for name in NAMES) + " |")
    print("|---" * (1 + len(WAYS)) + "|")
    for folder in session_folders(args.songs)[: args.mixes]:
        daw = EmbeddedDaw.open_stems(folder)
        session = daw.read()
        heard = hear(daw.audio(), session.sample_rate_hz, [strip.pan for strip in session.settings.strips])
        wanted = style_target(heard.bands_hz, args.style)
        rows = [tried(daw, session, heard, wanted, table, scope) for scope in WAYS]
        every.append(rows)
        cells = (f"{row.slope_db:.2f}, {row.roles_db:.2f}, {row.masked:.0%}" for row in rows)
        print(f"| {folder.name} | {' | '.join(cells)} |", flush=True)
    means = np.array(every).mean(0)
    print(f"| mean | {' | '.join(f'{m[0]:.2f}, {m[1]:.2f}, {m[2]:.1%}' for m in means)} |")
    print(f"\nSeconds of processor, mean: {', '.join(f'{m[4]:.1f}' for m in means[1:])}")
    deepest = max(row.deepest_db for rows in every for row in rows[1:])
    worse = max(row.masked - rows[0].masked for rows in every for row in rows[1:])
    print(f"Deepest EQ as a whole: {deepest:.2f} dB; masked more than before, at most: {worse:.1%}")
    sys.exit(1 if worse > 0 or deepest > LIMIT_DB + BETWEEN_DB else 0)


if __name__ == "__main__":
    main()
