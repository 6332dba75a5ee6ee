"""Mixing by meters alone against mixing by ear: what a role's peaks mean, and how far off the faders end.

    python benchmarks/meters.py MULTITRACKS... --kits DIR --fit agent/hearing/role_ears.json
    python benchmarks/meters.py MULTITRACKS... [--kits DIR] [--fall 13]

MULTITRACKS: folders that hold one folder of stems a song (docs/results.md says how to make them). ``--fit`` measures
all songs and writes what ships. Without it every song is mixed by meters that were fitted to all the others (leave one
song out), after 60, 120 and 170 s of listening from the start, and by ear; faders only in both. Prints Markdown.
``--kits``: the same songs with their drums apart (benchmarks/split_drums.py). Roles that only those have are fitted
to them; without ``--fit`` those songs are mixed, with the drums heard as any other role, and as what they are.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.hearing.heard import Heard, hear
from agent.hearing.loudness import HOP_S, integrated_lufs
from agent.hearing.metered import (
    Ears,
    RoleEar,
    both_sides,
    fallen,
    heard_by_meters,
    master_loudness_lufs,
    metered_lufs,
    rises_db,
)
from agent.metered_mixing import windows_s
from agent.mixing import Wish, figures, plan_mix, roles_of
from agent.policy import shipped
from agent.roles import Role
from agent.session import Session, Settings
from bridge.embedded import EmbeddedDaw
from bridge.learning import session_folders
from bridge.playing import JUMP_S

FALLS_DB_PER_S = (10.0, 13.0, 18.0, 26.0, 40.0, 120.0)
LISTENED_S = (60, 120, 170)
SHRINKAGE = 1.0  # tracks' worth of the mean over all roles that each role's figure is drawn towards
RISE_RIDGE = 5.0  # tracks' worth of none that what a rise means is drawn towards
RISE_FALL_DB_PER_S = 26.0  # slower meters hide how far a track falls between its attacks: a rise then means nothing
QUIET_DB = -200.0
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Song:
    """A song that was heard: the peaks of each track (H, N, 2) and of its mix with all faders at 0 dB (H, 2)."""

    name: str
    session: Session
    heard: Heard
    roles: tuple[Role, ...]
    peaks_dbfs: F64
    mix_peaks_dbfs: F64
    mix_lufs: float


def listened(folder: Path) -> Song:
    daw = EmbeddedDaw.open_stems(folder)
    session = daw.read()
    flat = Settings(tuple(replace(s, gain_db=0.0) for s in session.settings.strips))
    heard = hear(daw.audio(), session.sample_rate_hz, [strip.pan for strip in flat.strips])
    hop = round(session.sample_rate_hz * heard.hop_s)
    peaks, mixed = [], []
    for block in daw.audio():
        for at in range(0, block.shape[1], hop):
            peaks.append(np.abs(block[:, at : at + hop]).max(1))
            mixed.append(np.abs(block[:, at : at + hop].sum(0)).max(0))
    loudness = integrated_lufs(heard.gram.sum((1, 2)).astype(float))
    shown = decibels(np.array(peaks)), decibels(np.array(mixed))
    return Song(folder.name, session, heard, roles_of(session, heard), *shown, loudness)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a song says: each track's role, for each fall its loudness over its meter and how that rises; its spectrum.

    And of the mix.
    """

    name: str
    tracks: tuple[tuple[str, F64, F64, F64], ...]
    over_mix_db: F64
    mix_crest: float


def decibels(peaks: F64) -> F64:
    return 20 * np.log10(np.maximum(peaks, 10 ** (QUIET_DB / 20)))


def shown(peaks_dbfs: F64, fall_db_per_s: float, sides: str = "both") -> F64:
    """Return what meters of one side or of both show of peaks (H, …, 2)."""
    left, right = (fallen(peaks_dbfs[..., side], fall_db_per_s) for side in (0, 1))
    return left if sides == "left" else both_sides(left, right)


def measured(song: Song) -> Measured:
    meters = [shown(song.peaks_dbfs, fall) for fall in FALLS_DB_PER_S]
    rises = np.array([rises_db(one) for one in meters])
    tracks = []
    for k, role in enumerate(song.roles):
        loudness = integrated_lufs(song.heard.gram[:, k, k].astype(float))
        if np.isfinite(loudness):
            bands = np.square(song.heard.level[k].astype(float)).sum(0)
            over = np.array([loudness - metered_lufs(one[:, k]) for one in meters])
            tracks.append((role.value, over, rises[:, k], bands / bands.sum()))
    mixes = [shown(song.mix_peaks_dbfs, fall) for fall in FALLS_DB_PER_S]
    over_mix = np.array([song.mix_lufs - metered_lufs(mix) for mix in mixes])
    return Measured(song.name, tuple(tracks), over_mix, float(song.heard.mix_crest))


def fit(songs: Sequence[Measured], kits: Sequence[Measured] = ()) -> Ears:
    """Fit to songs; ``kits`` are songs with their drums apart, of which the roles count that no other song has."""
    tracks = [track for song in songs for track in song.tracks]
    usual_rise_db, per_rise = rise_figures(tracks)
    plain = [(name, over - per_rise * (rise - usual_rise_db), share) for name, over, rise, share in tracks]
    mean_db = np.mean([over for _, over, _ in plain], axis=0)
    mean_share = np.mean([share for _, _, share in plain], axis=0)
    known = {name for name, _, _ in plain}
    apart = [track for song in kits for track in song.tracks if track[0] not in known]
    plain += [(name, over - per_rise * (rise - usual_rise_db), share) for name, over, rise, share in apart]
    roles, left = {}, []
    for role in sorted({name for name, _, _ in plain}):
        over = np.array([one for name, one, _ in plain if name == role])
        share = np.array([one for name, _, one in plain if name == role])
        count = len(over) + SHRINKAGE
        centre = (over.sum(0) + SHRINKAGE * mean_db) / count
        left += (over - centre).tolist()
        roles[role] = ear(centre, (share.sum(0) + SHRINKAGE * mean_share) / count)
    mixes = np.array([song.over_mix_db for song in songs])
    return Ears(
        FALLS_DB_PER_S,
        round(float(np.std(left)), 2),
        round(float(np.mean([song.mix_crest for song in songs])), 3),
        tuple(np.round(mixes.mean(0), 2).tolist()),
        round(float(mixes.std()), 2),
        ear(mean_db, mean_share),
        roles,
        tuple(np.round(usual_rise_db, 2).tolist()),
        tuple(np.round(per_rise, 3).tolist()),
    )


def rise_figures(tracks: Sequence[tuple[str, F64, F64, F64]]) -> tuple[F64, F64]:
    """Return, for each fall, how far meters rise on the mean, and what a dB more than that means within a role."""
    roles = np.array([name for name, *_ in tracks])
    over, rise = (np.array([track[place] for track in tracks]) for place in (1, 2))
    usual_db, spread_db = rise.mean(0), rise.std(0)
    both = np.stack([over, (rise - usual_db) / spread_db])
    for role in set(roles):
        rows = roles == role
        both[:, rows] -= both[:, rows].sum(1, keepdims=True) / (rows.sum() + SHRINKAGE)
    slope = (both[0] * both[1]).sum(0) / (np.square(both[1]).sum(0) + RISE_RIDGE)
    return usual_db, np.where(np.array(FALLS_DB_PER_S) < RISE_FALL_DB_PER_S, 0.0, slope / spread_db)


def ear(over_db: F64, share: F64) -> RoleEar:
    return RoleEar(tuple(np.round(over_db, 2).tolist()), tuple(np.round(10 * np.log10(share + 1e-7), 1).tolist()))


def faders(settings: Settings) -> F64:
    return np.array([strip.gain_db for strip in settings.strips])


def compared(
    song: Song, ears: Sequence[Ears], fall_db_per_s: float, listened_s: Sequence[int], sides: str = "both"
) -> list[tuple[str, list[tuple[float, ...]]]]:
    """Mix a song by ear, and by meters with each of these ears, as long as each of these times."""
    table, _ = shipped()
    wish = Wish(eq=False)
    by_ear = plan_mix(song.session, song.heard, wish, table)
    results = []
    for known in ears:
        rows = []
        for seconds in listened_s:
            peaks, follows = windows(song.peaks_dbfs, seconds)
            meters = shown(peaks, fall_db_per_s, sides)
            heard = heard_by_meters(meters, song.roles, fall_db_per_s, known, follows=follows)
            plan = plan_mix(song.session, heard, wish, table)
            off = np.delete(faders(plan.settings) - faders(by_ear.settings), plan.silent)
            cost = figures(song.heard, by_ear.goal, plan.settings).cost.total
            rows.append((float(np.abs(off).mean()), float(np.abs(off - np.median(off)).mean()), cost))
        master = shown(song.mix_peaks_dbfs, fall_db_per_s, sides)
        mix_error = master_loudness_lufs(master, fall_db_per_s, known)
        costs = (by_ear.before.cost.total, by_ear.after.cost.total, mix_error - song.mix_lufs)
        results.append((song.name, [costs, *rows]))
    return results


def windows(peaks_dbfs: F64, listened_s: float) -> tuple[F64, NDArray[np.bool_]]:
    """Return the rows that are listened to, and which of them come right after the one before."""
    hops = round(1 / HOP_S)
    parts = windows_s(len(peaks_dbfs) * HOP_S, listened_s)
    rows = [
        np.arange(round(at_s * hops), min(round((at_s + long_s) * hops), len(peaks_dbfs))) for at_s, long_s in parts
    ]
    heard = np.concatenate([rows[0], *(part[round(JUMP_S * hops) :] for part in rows[1:])])
    return peaks_dbfs[heard], np.diff(heard, prepend=-2) == 1


def others(songs: Sequence[Measured], name: str) -> list[Measured]:
    return [song for song in songs if song.name != name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--kits", type=Path, metavar="DIR", help="the songs with their drums apart: mix those")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="write what is measured of all songs there")
    parser.add_argument(
        "--sides", choices=("both", "left"), default="both", help="what the meters tell; Ardour's: left"
    )
    parser.add_argument("--fall", type=float, default=13.0, metavar="DB_PER_S", help="how fast the meters fall")
    parser.add_argument("--listened", type=int, nargs="+", default=LISTENED_S, metavar="S")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with ProcessPoolExecutor(args.workers) as pool:
        songs = list(pool.map(listened, session_folders(args.folders)))
        kits = list(pool.map(listened, session_folders([args.kits]))) if args.kits else []
        of_songs, of_kits = list(map(measured, songs)), list(map(measured, kits))
        if args.fit:
            args.fit.write_text(json.dumps(asdict(fit(of_songs, of_kits))) + "\n", encoding="utf-8")
            return
        jobs = []
        for song in kits or songs:
            without, apart = others(of_songs, song.name), others(of_kits, song.name)
            ears = [fit(without), fit(without, apart)] if kits else [fit(without)]
            jobs.append(pool.submit(compared, song, ears, args.fall, args.listened, args.sides))
        results = [job.result() for job in jobs]
    for number, one in enumerate(zip(*results, strict=True)):
        if kits:
            print(("", "\n")[number] + ("Drums heard as any role:", "Drums heard as what they are:")[number] + "\n")
        show(one, args.listened)


def show(results: Sequence[tuple[str, list[tuple[float, ...]]]], listened_s: Sequence[int]) -> None:
    when = " / ".join(map(str, listened_s)) + " s"
    print(f"| song | J before | by ear | by meters, {when} | faders off, dB, {when} | master's loudness off, dB |")
    print("|---|---|---|---|---|---|")
    for name, (costs, *rows) in results:
        after, off = (" / ".join(f"{row[k]:.{digits}f}" for row in rows) for k, digits in ((2, 3), (0, 2)))
        print(f"| {name} | {costs[0]:.3f} | {costs[1]:.3f} | {after} | {off} | {costs[2]:+.1f} |")
    for k, what in ((0, "faders off by"), (1, "with what all have in common taken off"), (2, "J by meters")):
        means = (statistics.mean(rows[at][k] for _, (_, *rows) in results) for at in range(len(listened_s)))
        print(f"\n{what}, mean over {len(results)} songs: {' / '.join(f'{mean:.3f}' for mean in means)}")
    before, by_ear = (statistics.mean(costs[k] for _, (costs, *_) in results) for k in (0, 1))
    print(f"\nJ before {before:.3f}, by ear {by_ear:.3f}")
    print(f"\nmaster's loudness off: {statistics.pstdev([costs[2] for _, (costs, *_) in results]):.2f} dB (1 σ)")


if __name__ == "__main__":
    main()
