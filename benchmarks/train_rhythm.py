"""Train the rhythm table on songs, and write it.

    python benchmarks/train_rhythm.py SONGS... --out agent/rhythm/shipped_rhythm.npz [--steps 2000000] [--seed 0]

SONGS: folders of stems, the training half only. Their stems are heard without the drums; a song makes a chart with each
of the styles that ship, sparse, as it is, and busy. Nothing of what a song's own drummer plays is read.
"""

import argparse
from pathlib import Path

from agent import policy
from agent.hearing.onsets import hear_onsets
from agent.hearing.pulse import NoPulse, find_pulse
from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.learning import STEPS, train_rhythm
from agent.rhythm.music import Music, music_of
from agent.rhythm.styles import styles
from agent.rhythm.writing import usual_tempo_bpm
from agent.roles import Role, role_from_name
from bridge.embedded import EmbeddedDaw

DENSITIES = (0.2, 0.5, 0.8)


def heard(folder: Path) -> Music | None:
    """Hear a song's stems on the grid that is heard in them; none where no pulse is."""
    daw = EmbeddedDaw.open_stems(folder)
    session = daw.read()
    roles = [role_from_name(track.name) or Role.OTHER for track in session.tracks]
    onsets = hear_onsets(daw.audio(), session.sample_rate_hz)
    try:
        return music_of(onsets, find_pulse(onsets, roles=roles), roles)
    except NoPulse as error:
        print(f"{folder.name}: {error}")
        return None


def charts_of(music: Music) -> list[Chart]:
    found = []
    for style in styles().values():
        profile = style.profile(music.beats_per_bar, music.steps_per_beat)
        tempo_bpm = usual_tempo_bpm(style)
        found += [chart_of(music, profile, density=density, usual_tempo_bpm=tempo_bpm) for density in DENSITIES]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path, nargs="+", metavar="SONG")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    charts: list[Chart] = []
    names = []
    for folder in args.songs:
        music = heard(folder)
        if music is not None:
            print(f"{folder.name}: {music.bars} bars at {music.tempo_bpm:.1f} BPM")
            charts += charts_of(music)
            names.append(folder.name)
    command = f"python benchmarks/train_rhythm.py SONGS... --steps {args.steps} --seed {args.seed}"
    table, made = train_rhythm(charts, names, steps=args.steps, seed=args.seed, command=command)
    policy.save(args.out, table, made)
    met = int((table.visits.sum(1) > 0).sum())
    print(f"{len(charts)} charts of {len(names)} songs, {args.steps} steps, {met} states met: {args.out}")


if __name__ == "__main__":
    main()
