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
from agent.hearing.loudness import integrated_lufs
from agent.hearing.metered import Ears, RoleEar, fallen, heard_by_meters, master_loudness_lufs, metered_lufs
from agent.mixing import Wish, figures, plan_mix, roles_of
from agent.policy import shipped
from agent.roles import Role
from agent.session import Session, Settings
from bridge.embedded import EmbeddedDaw
from bridge.learning import session_folders

FALLS_DB_PER_S = (10.0, 13.0, 18.0, 26.0, 40.0)
LISTENED_S = (60, 120, 170)
SHRINKAGE = 1.0  # tracks' worth of the mean over all roles that each role's figure is drawn towards
QUIET_DB = -200.0
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Song:
    """A song that was heard, and what its mix with all faders at 0 dB shows on the master's meter."""

    name: str
    session: Session
    heard: Heard
    roles: tuple[Role, ...]
    mix_peaks_dbfs: F64
    mix_lufs: float


def listened(folder: Path) -> Song:
    daw = EmbeddedDaw.open_stems(folder)
    session = daw.read()
    flat = Settings(tuple(replace(s, gain_db=0.0) for s in session.settings.strips))
    heard = hear(daw.audio(), session.sample_rate_hz, [strip.pan for strip in flat.strips])
    hop = round(session.sample_rate_hz * heard.hop_s)
    peaks: list[float] = []
    for block in daw.audio():
        mixed = np.abs(block.sum(0)).max(1)
        peaks += [float(mixed[at : at + hop].max()) for at in range(0, len(mixed), hop)]
    loudness = integrated_lufs(heard.gram.sum((1, 2)).astype(float))
    return Song(folder.name, session, heard, roles_of(session, heard), decibels(np.array(peaks)), loudness)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a song says: each track's role, its loudness over its meter for each fall, its spectrum; and of the mix."""

    name: str
    tracks: tuple[tuple[str, F64, F64], ...]
    over_mix_db: F64
    mix_crest: float


def decibels(peaks: F64) -> F64:
    return 20 * np.log10(np.maximum(peaks, 10 ** (QUIET_DB / 20)))


def track_peaks_dbfs(song: Song) -> F64:
    return decibels(song.heard.peak.astype(float))


def measured(song: Song) -> Measured:
    shown = [fallen(track_peaks_dbfs(song), fall) for fall in FALLS_DB_PER_S]
    tracks = []
    for k, role in enumerate(song.roles):
        loudness = integrated_lufs(song.heard.gram[:, k, k].astype(float))
        if np.isfinite(loudness):
            bands = np.square(song.heard.level[k].astype(float)).sum(0)
            over = np.array([loudness - metered_lufs(one[:, k]) for one in shown])
            tracks.append((role.value, over, bands / bands.sum()))
    mixes = [fallen(song.mix_peaks_dbfs[:, None], fall)[:, 0] for fall in FALLS_DB_PER_S]
    over_mix = np.array([song.mix_lufs - metered_lufs(mix) for mix in mixes])
    return Measured(song.name, tuple(tracks), over_mix, float(song.heard.mix_crest))


def fit(songs: Sequence[Measured], kits: Sequence[Measured] = ()) -> Ears:
    """Fit to songs; ``kits`` are songs with their drums apart, of which the roles count that no other song has."""
    tracks = [track for song in songs for track in song.tracks]
    mean_db = np.mean([over for _, over, _ in tracks], axis=0)
    mean_share = np.mean([share for _, _, share in tracks], axis=0)
    known = {name for name, _, _ in tracks}
    tracks += [track for song in kits for track in song.tracks if track[0] not in known]
    roles, left = {}, []
    for role in sorted({name for name, _, _ in tracks}):
        over = np.array([one for name, one, _ in tracks if name == role])
        share = np.array([one for name, _, one in tracks if name == role])
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
    )


def ear(over_db: F64, share: F64) -> RoleEar:
    return RoleEar(tuple(np.round(over_db, 2).tolist()), tuple(np.round(10 * np.log10(share + 1e-7), 1).tolist()))


def faders(settings: Settings) -> F64:
    return np.array([strip.gain_db for strip in settings.strips])


def compared(
    song: Song, ears: Sequence[Ears], fall_db_per_s: float, listened_s: Sequence[int]
) -> list[tuple[str, list[tuple[float, ...]]]]:
    """Mix a song by ear, and by meters with each of these ears, as long as each of these times."""
    table, _ = shipped()
    wish = Wish(eq=False)
    by_ear = plan_mix(song.session, song.heard, wish, table)
    results = []
    for known in ears:
        rows = []
        for seconds in listened_s:
            shown = fallen(track_peaks_dbfs(song)[: seconds * 10], fall_db_per_s)
            plan = plan_mix(song.session, heard_by_meters(shown, song.roles, fall_db_per_s, known), wish, table)
            off = np.delete(faders(plan.settings) - faders(by_ear.settings), plan.silent)
            cost = figures(song.heard, by_ear.goal, plan.settings).cost.total
            rows.append((float(np.abs(off).mean()), float(np.abs(off - np.median(off)).mean()), cost))
        master = fallen(song.mix_peaks_dbfs[:, None], fall_db_per_s)[:, 0]
        mix_error = master_loudness_lufs(master, fall_db_per_s, known)
        costs = (by_ear.before.cost.total, by_ear.after.cost.total, mix_error - song.mix_lufs)
        results.append((song.name, [costs, *rows]))
    return results


def others(songs: Sequence[Measured], name: str) -> list[Measured]:
    return [song for song in songs if song.name != name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--kits", type=Path, metavar="DIR", help="the songs with their drums apart: mix those")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="write what is measured of all songs there")
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
            jobs.append(pool.submit(compared, song, ears, args.fall, args.listened))
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
