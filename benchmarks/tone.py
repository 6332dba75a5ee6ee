"""Tuning tone on held-out songs, judged after a real render: mis-equalised stems and mixes are brought back.

    python benchmarks/tone.py HELD_OUT… [--cases 36] [--no-matchering]

Each case takes a minute of a stem or of a mix, puts 1 to 4 random bands within ±9 dB on it, and asks for the clean
one's own spectrum and loudness (reference mode). The judge is not the agent's cost: RMS error in dB over the third
octaves of what a render through the engine's own biquads (scipy) measures, mean taken out. Beside the agent stand the
table alone, without a single simulated episode; a least-squares fit of the same EQ within the same limits from several
starts, which is the ceiling; and matchering 2 (GPL, run from its own package), which is not held to four bands of EQ.
Style mode follows: whole mixes of the same songs, their error against the slope before and after. Prints Markdown.

Exit code 1 where a result is louder than its target by more than 0.2 LU.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.signal import sosfilt
from threadpoolctl import threadpool_limits
from tone_cases import mis_equalisation

from agent.hearing.bands import band_response
from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.q_learning import ActionValues, QTable
from agent.session import EqBand, Session, Settings, Strip, Track
from agent.tone.gating import gated
from agent.tone.moves import limits_around
from agent.tone.searching import EPISODES
from agent.tone.targets import ReferenceUnusable, ToneTarget, heard_target, reference_target, style_target
from agent.tone.tuning import plan_tone, shipped_tone
from agent.tone.wishes import TonePlan, ToneWish
from bridge.embedded import EmbeddedDaw
from bridge.learning import session_folders
from mock_daw.equalizer import Band, Shape, band_section

Audio = NDArray[np.float64]  # (samples, 2)

SECONDS, STARTS = 60.0, 8
METHODS = ("agent", "table alone", "fixed frequencies", "least squares", "matchering")
LOUDER_LU = 0.2


@dataclass(frozen=True)
class Case:
    """One clean recording, what is wrong with its copy, and the copy."""

    name: str
    kind: str
    clean: Audio
    wrong: Audio
    rate_hz: int
    bands: tuple[EqBand, ...]


@dataclass(frozen=True)
class Result:
    """What one method made of one case: RMS error, loudness over the target's in LU, knobs moved, steps, seconds."""

    rms_db: float
    over_lu: float
    moves: int
    steps: int
    seconds: float


def filtered(audio: Audio, bands: tuple[EqBand, ...], rate_hz: int) -> Audio:
    """Run the engine's own biquads over audio."""
    turned = [Band(Shape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in bands if b.gain_db]
    return sosfilt([band_section(b, rate_hz) for b in turned], audio, axis=0) if turned else audio


def ear(audio: Audio, rate_hz: int) -> Heard:
    size = rate_hz * 2
    blocks = (audio[None, at : at + size].astype(np.float32) for at in range(0, len(audio), size))
    return hear(blocks, rate_hz, [0.0])


def measured(audio: Audio, rate_hz: int) -> ToneTarget:
    size = rate_hz * 2
    return reference_target((audio[at : at + size].astype(np.float32) for at in range(0, len(audio), size)), rate_hz)


def judge(audio: Audio, rate_hz: int, wanted: ToneTarget) -> tuple[float, float]:
    """Return the RMS error in dB of what was rendered, and by how many LU it is louder than wanted."""
    got = measured(audio, rate_hz)
    weight = wanted.weight / wanted.weight.sum()
    error = got.level_db - wanted.level_db
    error -= error @ weight
    assert got.loudness_lufs is not None
    over = 0.0 if wanted.loudness_lufs is None else got.loudness_lufs - wanted.loudness_lufs
    return float(np.sqrt(np.square(error) @ weight)), over


def cases(folders: list[Path], count: int, seconds: float, *, every: int = 1) -> Iterator[Case]:
    """Yield cases, or every third of them or so: a mix and then stems of each song in turn, with fixed seeds."""
    number = 0
    for turn in range(1 + count // len(folders)):
        for folder in folders:
            if number == count:
                return
            number += 1
            if (number - 1) % every:
                continue
            rng = np.random.default_rng(1000 + number)
            daw = EmbeddedDaw.open_stems(folder)
            session = daw.read()
            rate = session.sample_rate_hz
            audio = np.concatenate(list(daw.audio()), axis=1)
            middle = max(0, audio.shape[1] // 2 - round(seconds * rate / 2))
            audio = audio[:, middle : middle + round(seconds * rate)].astype(np.float64)
            if turn % 2 == 0:
                kind, name, clean = "mix", folder.name, audio.sum(0)
            else:
                loud = np.flatnonzero(np.abs(audio).max(axis=(1, 2)) > 0.01)
                track = int(rng.choice(loud))
                kind, name, clean = "stem", f"{folder.name}, {session.tracks[track].name}", audio[track]
            clean = clean / max(1.0, 2 * float(np.abs(clean).max()))
            bands = mis_equalisation(rng, 1 + number % 4)
            yield Case(name, kind, clean, filtered(clean, bands, rate), rate, bands)


def applied(case: Case, settings: Settings) -> Audio:
    """Render a file as a session of one track."""
    strip = settings.strips[0]
    audio = filtered(filtered(case.wrong, strip.eq, case.rate_hz), settings.master_eq, case.rate_hz)
    return audio * 10 ** ((strip.gain_db + settings.master_gain_db) / 20)


def planned(
    heard: Heard, wanted: ToneTarget, table: ActionValues, seed: int, *, episodes: int = EPISODES, sweep: bool = True
) -> TonePlan:
    """Plan as ``faderbot tune FILE --reference`` does."""
    length_s = len(heard.gram) * heard.hop_s
    session = Session("case", heard.rate_hz, length_s, (Track("case"),), Settings((Strip(),)))
    wish = ToneWish("master", wanted, loudness_lufs=wanted.loudness_lufs, sweep=sweep)
    return plan_tone(session, heard, wish, table, seed=seed, episodes=episodes)


def by_agent(
    case: Case,
    heard: Heard,
    wanted: ToneTarget,
    table: ActionValues,
    seed: int,
    *,
    episodes: int = EPISODES,
    sweep: bool = True,
) -> Result:
    """Tune a case whose wrong audio was heard, and render and judge what comes of it."""
    before = time.perf_counter()
    plan = planned(heard, wanted, table, seed, episodes=episodes, sweep=sweep)
    spent = time.perf_counter() - before
    rms_db, over_lu = judge(applied(case, plan.settings), case.rate_hz, wanted)
    return Result(rms_db, over_lu, plan.moves, plan.steps, spent)


def by_least_squares(case: Case, heard: Heard, wanted: ToneTarget, seed: int) -> Result:
    """Fit the same EQ within the same limits: gains, frequencies and widths of all four bands at once."""
    before = time.perf_counter()
    power = gated(heard).cross[:, 0, 0].real.sum(0)
    off_db = 10 * np.log10(power + 1e-20) - wanted.level_db
    root = np.sqrt(wanted.weight / wanted.weight.sum())
    found = Strip()
    limits = limits_around(Settings((found,)), 12.0)
    low, high = (
        np.concatenate([limits.gain_db[side][0], np.log2(limits.freq_hz[side][0]), np.log2(limits.width_oct[side][0])])
        for side in (0, 1)
    )

    def eq(knobs: NDArray[np.float64]) -> tuple[EqBand, ...]:
        gains, freqs, widths = knobs[:4].tolist(), (2 ** knobs[4:8]).tolist(), (2 ** knobs[8:]).tolist()
        return tuple(
            replace(b, gain_db=g, freq_hz=f, bandwidth_oct=w)
            for b, g, f, w in zip(found.eq, gains, freqs, widths, strict=True)
        )

    tries = 0

    def residual(knobs: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal tries
        tries += 1
        turned = sum(
            20 * np.log10(np.abs(band_response(b, heard.centroid_hz[0], case.rate_hz)) + 1e-12) for b in eq(knobs)
        )
        error = off_db + turned
        return (error - error @ np.square(root)) * root

    rng = np.random.default_rng(seed)
    flat = np.concatenate([np.zeros(4), np.log2([b.freq_hz for b in found.eq]), np.ones(4)])
    fits = [
        least_squares(residual, flat if start == 0 else rng.uniform(low, high), bounds=(low, high), max_nfev=300)
        for start in range(STARTS)
    ]
    best = eq(min(fits, key=lambda fit: fit.cost).x)
    settings = Settings((Strip(eq=best),))
    assert wanted.loudness_lufs is not None
    lufs = Twin(heard, settings).mix_loudness_lufs()
    settings = Settings((Strip(eq=best),), wanted.loudness_lufs - lufs)
    spent = time.perf_counter() - before
    rms_db, over_lu = judge(applied(case, settings), case.rate_hz, wanted)
    return Result(rms_db, over_lu, 13, tries, spent)


def by_matchering(case: Case, wanted: ToneTarget) -> Result:
    """Run matchering 2 as its manual says, without its limiter."""
    import matchering  # noqa: PLC0415 - a peer, of the benchmarks only

    with tempfile.TemporaryDirectory() as folder:
        target, reference, out = (Path(folder) / name for name in ("target.wav", "reference.wav", "out.wav"))
        soundfile.write(target, case.wrong, case.rate_hz, "FLOAT")
        soundfile.write(reference, case.clean, case.rate_hz, "FLOAT")
        before = time.perf_counter()
        result = matchering.Result(str(out), "FLOAT", use_limiter=False, normalize=False)
        config = matchering.Config(internal_sample_rate=case.rate_hz)
        matchering.process(target=str(target), reference=str(reference), results=[result], config=config)
        spent = time.perf_counter() - before
        made, rate = soundfile.read(out, dtype="float64", always_2d=True)
    if rate != case.rate_hz:
        raise ReferenceUnusable(f"matchering made {rate} Hz of {case.rate_hz} Hz")
    rms_db, over_lu = judge(made, rate, wanted)
    return Result(rms_db, over_lu, 0, 0, spent)


def share(before_db: float, result: Result, ceiling: Result) -> float:
    """Return a method's improvement over the ceiling's."""
    return (before_db - result.rms_db) / (before_db - ceiling.rms_db)


def reference_mode(all_cases: Iterable[Case], table: QTable, *, matchering: bool) -> list[str]:
    rows: list[tuple[Case, float, dict[str, Result]]] = []
    print("| case | mis-EQ | before, dB | agent | share | moves | least squares | matchering | over, LU |")
    print("|---|---|---|---|---|---|---|---|---|")
    for number, case in enumerate(all_cases):
        wanted, heard = measured(case.clean, case.rate_hz), ear(case.wrong, case.rate_hz)
        before_db, _ = judge(case.wrong, case.rate_hz, wanted)
        with threadpool_limits(1, "blas"):
            results = {
                "agent": by_agent(case, heard, wanted, table, number),
                "table alone": by_agent(case, heard, wanted, table, number, episodes=0),
                "fixed frequencies": by_agent(case, heard, wanted, table, number, sweep=False),
                "least squares": by_least_squares(case, heard, wanted, number),
            }
        if matchering:
            results["matchering"] = by_matchering(case, wanted)
        rows.append((case, before_db, results))
        agent, ceiling = results["agent"], results["least squares"]
        peer = f"{results['matchering'].rms_db:.2f}" if matchering else "not run"
        print(
            f"| {case.kind}: {case.name} | {', '.join(f'{b.gain_db:+.0f} at {b.freq_hz:.0f} Hz' for b in case.bands)} "
            f"| {before_db:.2f} | {agent.rms_db:.2f} | {share(before_db, agent, ceiling):.1%} | {agent.moves} "
            f"| {ceiling.rms_db:.2f} | {peer} | {agent.over_lu:+.2f} |",
            flush=True,
        )
    print("\n| method | RMS error, dB: mean ± spread, worst | share of the ceiling's improvement: mean, worst "
          "| all improvement over all of the ceiling's | knobs moved | steps | s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    before = np.array([row[1] for row in rows])
    print(f"| before | {before.mean():.2f} ± {before.std():.2f}, {before.max():.2f} | | | | | |")
    for name in METHODS:
        got = [row[2][name] for row in rows if name in row[2]]
        if got:
            print(_summary(name, before, got, [row[2]["least squares"] for row in rows]))
    return [
        f"{case.name}: {result.over_lu:+.2f} LU over its target"
        for case, _, results in rows
        for name, result in results.items()
        if name != "matchering" and result.over_lu > LOUDER_LU
    ]


def _summary(name: str, before: NDArray[np.float64], got: list[Result], ceiling: list[Result]) -> str:
    rms = np.array([one.rms_db for one in got])
    best = np.array([one.rms_db for one in ceiling])
    shares = (before - rms) / (before - best)
    moves, steps = (float(np.mean([getattr(one, what) for one in got])) for what in ("moves", "steps"))
    seconds = float(np.mean([one.seconds for one in got]))
    return (
        f"| {name} | {rms.mean():.2f} ± {rms.std():.2f}, {rms.max():.2f} | {shares.mean():.1%}, {shares.min():.1%} "
        f"| {(before - rms).sum() / (before - best).sum():.1%} | {moves:.1f} | {steps:.0f} | {seconds:.2f} |"
    )


def style_mode(folders: list[Path], table: QTable) -> None:
    """Tune whole mixes by the master's EQ, and by their tracks', to the balanced slope."""
    print("\n| mix | slope error before, dB | master tuned | tracks tuned | s, master | s, tracks |")
    print("|---|---|---|---|---|---|")
    for folder in folders:
        daw = EmbeddedDaw.open_stems(folder)
        session = daw.read()
        rate = session.sample_rate_hz
        heard = hear(daw.audio(), rate, [strip.pan for strip in session.settings.strips])
        wanted = style_target(heard.bands_hz)
        weight = wanted.weight / wanted.weight.sum()
        errors, spent = [], []
        for scope in (None, "master", "tracks"):
            settings = session.settings
            before = time.perf_counter()
            if scope is not None:
                settings = plan_tone(session, heard, ToneWish(scope, wanted), table).settings
            spent.append(time.perf_counter() - before)
            master = settings.master_eq
            daw.apply(replace(settings, master_eq=session.settings.master_eq), "benchmark")
            mix = filtered(np.concatenate(list(daw.render())).astype(np.float64), master, rate)
            got = heard_target(ear(mix, rate), "the render")
            error = got.level_db - wanted.level_db
            error -= error @ weight
            errors.append(float(np.sqrt(np.square(error) @ weight)))
        print(
            f"| {folder.name} | {' | '.join(f'{e:.2f}' for e in errors)} | {spent[1]:.1f} | {spent[2]:.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--cases", type=int, default=36)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--styles", type=int, default=8, help="how many mixes are tuned to a style")
    parser.add_argument("--no-matchering", action="store_true")
    args = parser.parse_args()
    folders = session_folders(args.songs)
    table = shipped_tone()[0]
    louder = reference_mode(cases(folders, args.cases, args.seconds), table, matchering=not args.no_matchering)
    style_mode(folders[: args.styles], table)
    print("\n" + ("\n".join(louder) or f"No result is louder than its target by more than {LOUDER_LU} LU."))
    sys.exit(1 if louder else 0)


if __name__ == "__main__":
    main()
