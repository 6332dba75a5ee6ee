"""Whole mixing jobs on held-out sessions with scrambled faders: what the finished file measures, before and after.

    python benchmarks/sound.py HELD_OUT_DIR [--picture docs/before_after.png]

Every figure of loudness and peak is measured from rendered audio; spectrum and masking are read off the twin. A job
fails the benchmark (exit code 1) where a term of the cost ends worse than it began by more than its dead zone, the
loudness misses its target by more than 0.1 LU, or the true peak exceeds −1 dBTP. Prints Markdown.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.environment import scramble
from agent.hearing.twin import Twin
from agent.mixing import Wish
from agent.policy import shipped
from agent.reward import LIMITER_DEAD_DB, LOUDNESS_DEAD_LU, no_term_worse
from agent.session import Settings
from agent.targets import LOUDNESS_LUFS, TRUE_PEAK_CEILING_DBTP
from agent.training import SCRAMBLE_DB
from bridge.embedded import EmbeddedDaw
from bridge.jobs import mix
from bridge.learning import Recording, listen, scene, session_folders
from bridge.results import MixResult


@dataclass(frozen=True)
class Run:
    """One job on one session."""

    recording: Recording
    start: Settings
    result: MixResult
    seconds: float


def run(folder: Path, target: str, seed: int) -> Run:
    recording = listen(folder)
    start = scramble(scene(recording, LOUDNESS_LUFS[target]), SCRAMBLE_DB, np.random.default_rng(seed))
    daw = EmbeddedDaw.open_stems(folder)
    daw.apply(start, "scramble")
    with tempfile.TemporaryDirectory() as place:
        before = time.perf_counter()
        result = mix(daw, Wish(loudness_lufs=LOUDNESS_LUFS[target]), shipped()[0], Path(place) / "mix.wav")
        return Run(recording, start, result, time.perf_counter() - before)


def row(one: Run, target: str) -> tuple[str, list[str]]:
    result, plan, after, done = one.result, one.result.plan, one.result.after, one.result.finish
    assert done is not None
    measured, old = done.measured, result.before
    limited = (
        "none" if done.limiter is None else f"{done.limiter.max_reduction_db:.1f} dB, {done.limiter.active_share:.1%}"
    )
    text = (
        f"| {result.session.name} | {target} | {plan.before.cost.total:.3f} → {after.cost.total:.3f} "
        f"| {plan.before.spectrum_rms_db:.1f} → {after.spectrum_rms_db:.1f} "
        f"| {plan.before.masked_share:.0%} → {after.masked_share:.0%} "
        f"| {old.integrated_lufs:.1f} → {measured.integrated_lufs:.2f} "
        f"| {old.true_peak_dbtp:.1f} → {measured.true_peak_dbtp:.1f} "
        f"| {old.loudness_range_lu:.1f} → {measured.loudness_range_lu:.1f} | {limited} | {one.seconds:.1f} |"
    )
    failed = []
    if not no_term_worse(plan.before.cost, after.cost):
        failed.append(f"a term got worse: {plan.before.cost} → {after.cost}")
    error_lu = [abs(lufs - LOUDNESS_LUFS[target]) for lufs in (old.integrated_lufs, measured.integrated_lufs)]
    if error_lu[1] > error_lu[0] + LOUDNESS_DEAD_LU:
        failed.append(f"the loudness got worse: off by {error_lu[0]:.2f} → {error_lu[1]:.2f} LU")
    if abs(measured.integrated_lufs - LOUDNESS_LUFS[target]) > 0.1:
        failed.append("the loudness is off its target")
    # The cost's own guard leaves peaks out, so they are judged here as measured: by what a limiter has to take off.
    over_before_db = max(0.0, old.true_peak_dbtp - TRUE_PEAK_CEILING_DBTP)
    taken_off_db = 0.0 if done.limiter is None else done.limiter.max_reduction_db
    if taken_off_db > over_before_db + LIMITER_DEAD_DB:
        failed.append(f"the limiter takes off {taken_off_db:.1f} dB, {over_before_db:.1f} dB were over before")
    if measured.true_peak_dbtp > TRUE_PEAK_CEILING_DBTP:
        failed.append("the true peak is above the ceiling")
    return text, [f"{result.session.name}, {target}: {what}" for what in failed]


def draw(one: Run, path: Path) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 - only where a picture is wanted

    result, heard = one.result, one.recording.heard
    names = [track.name for track in result.session.tracks]
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    faders, spectrum = figure.subplots(1, 2)
    rows = np.arange(len(names))
    before, after = result.plan.before.track_loudness_lufs, result.after.track_loudness_lufs
    shift = [np.mean(levels) for levels in (before, after)]
    for level, mark, label, mean in ((before, "x", "before", shift[0]), (after, "o", "after", shift[1])):
        faders.plot(np.array(level) - mean, rows, mark, label=label, markersize=8)
    faders.set_yticks(rows, names)
    faders.invert_yaxis()
    faders.axvspan(-1, 1, color="0.9", zorder=0)
    faders.set_xlabel("loudness against the tracks' mean, LU")
    faders.set_title("Balance")
    faders.legend()
    band = slice(4, -2)
    freqs = heard.bands_hz[band]
    for settings, style, label in ((one.start, ":", "before"), (result.settings, "-", "after")):
        level = 10 * np.log10(Twin(heard, settings).mix_bands()[band] + 1e-20)
        spectrum.semilogx(freqs, level - level[(freqs > 99) & (freqs < 4100)].mean(), style, label=label)
    slope = -1.5 * np.log2(freqs / 1000)
    inside = (freqs > 99) & (freqs < 4100)
    spectrum.semilogx(freqs[inside], (slope - slope[inside].mean())[inside], "k--", label="target slope", linewidth=1)
    spectrum.set_xlabel("Hz")
    spectrum.set_ylabel("third-octave level, dB")
    spectrum.set_title("Spectrum of the mix")
    spectrum.grid(alpha=0.3)
    spectrum.legend()
    assert result.finish is not None
    old, new = result.before, result.finish.measured
    figure.suptitle(
        f"{result.session.name}: cost {result.plan.before.cost.total:.2f} → {result.after.cost.total:.2f}, "
        f"{old.integrated_lufs:.1f} → {new.integrated_lufs:.1f} LUFS, true peak {new.true_peak_dbtp:.1f} dBTP"
    )
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("held_out", type=Path, nargs="+")
    parser.add_argument("--picture", type=Path, help="draw the first session's balance and spectrum")
    args = parser.parse_args()
    columns = ["session", "target", "cost J", "spectrum, RMS dB", "masked bands", "LUFS", "true peak, dBTP", "LRA, LU"]
    columns += ["limiter", "s"]
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    failures: list[str] = []
    for number, folder in enumerate(session_folders(args.held_out)):
        for target in ("streaming", "broadcast"):
            one = run(folder, target, seed=number)
            text, failed = row(one, target)
            print(text, flush=True)
            failures += failed
            if args.picture and number == 0 and target == "streaming":
                draw(one, args.picture)
    print("\n".join(failures) or "\nNo term got worse; every loudness and peak is where it should be.")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
