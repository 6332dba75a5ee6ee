"""What a report has to say beside its figures: who was left alone, what the limiter did, what could not be reached."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from agent.hearing.heard import Heard
from agent.mixing import MixPlan, Wish
from agent.session import Session
from agent.targets import FOCUS_LIFT_DB, TRUE_PEAK_CEILING_DBTP
from bridge.finishing import CLOSE_LU, MOST_LIMITING_DB, Finish

WORTH_SAYING_DB = 0.25
SHORTEST_S = 0.4  # one block of BS.1770
_FULL_SCALE = 1.0 - 2.0**-14
_CLIPPED_HOPS = 3
_PROMISED_LU = 0.1


def of_job(
    session: Session, heard: Heard, wish: Wish, plan: MixPlan, target_lufs: float | None, finished: Finish | None
) -> tuple[str, ...]:
    """Return the notes on a job, a sentence each."""
    return (
        *_on_tracks(session, heard, wish, plan),
        *_on_strength(session, wish, plan),
        *([] if finished is None else _on_finish(target_lufs, finished)),
    )


def lufs(value: float) -> str:
    """Write a loudness; one decimal, a true minus sign, and words where there is none."""
    return f"{value:.1f} LUFS".replace("-", "−") if math.isfinite(value) else "no measurable loudness"


def listed(names: Sequence[str]) -> str:
    """Write names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _on_tracks(session: Session, heard: Heard, wish: Wish, plan: MixPlan) -> Iterator[str]:
    names = [track.name for track in session.tracks]
    if silent := [names[k] for k in plan.silent]:
        yield f"silent (below −70 LUFS), left alone: {listed(silent)}"
    locked = {*wish.locked, *(k for k, track in enumerate(session.tracks) if track.locked)}
    if locked:
        yield f"locked, left alone: {listed([names[k] for k in sorted(locked)])}"
    if wish.focus:
        yield f"focus: {listed([names[k] for k in wish.focus])} {FOCUS_LIFT_DB:.0f} dB above the level of the role"
    for track, name in enumerate(names):
        hops = int(np.count_nonzero(heard.peak[:, track] >= _FULL_SCALE))
        if hops >= _CLIPPED_HOPS:
            yield f"{name} reaches full scale {hops} times: if it was clipped, no mix mends it; export it lower"


def _on_strength(session: Session, wish: Wish, plan: MixPlan) -> Iterator[str]:
    if session.length_s < SHORTEST_S:
        yield f"{session.length_s:.2f} s are too short for a loudness ({SHORTEST_S} s): nothing was changed"
    elif len(plan.silent) == len(session.tracks):
        yield "no track is audible: nothing was changed"
    elif wish.strength == 0.0:
        yield "strength 0: nothing was changed"
    elif wish.strength < 1.0:
        yield f"strength {wish.strength:g}: every gain went that share of its way, so the loudness is no target"


def _on_finish(target_lufs: float | None, finished: Finish) -> Iterator[str]:
    measured, limiter = finished.measured, finished.limiter
    if limiter is not None:
        share = f"active {100 * limiter.active_share:.1f} % of the time"
        yield f"limiter, in the file only: took off at most {limiter.max_reduction_db:.1f} dB, {share}"
    if abs(finished.file_gain_db) >= CLOSE_LU:
        why = "made up for the limiter" if limiter is not None else "made up for a master fader at its end"
        if finished.file_gain_db < 0.0:
            why = f"kept the limiter at {MOST_LIMITING_DB:.0f} dB"
        yield f"gain, in the file only: {finished.file_gain_db:+.1f} dB {why}".replace("-", "−")
    if measured.true_peak_dbtp > TRUE_PEAK_CEILING_DBTP + CLOSE_LU:
        yield f"true peak {measured.true_peak_dbtp:+.1f} dBTP, above {TRUE_PEAK_CEILING_DBTP:+.1f}".replace("-", "−")
    if target_lufs is None:
        return
    if not math.isfinite(measured.integrated_lufs):
        yield "the mix is below −70 LUFS throughout: the master fader was left as planned"
    elif abs(measured.integrated_lufs - target_lufs) > _PROMISED_LU:
        why = f"more would take over {MOST_LIMITING_DB:.0f} dB off its peaks"
        yield f"the mix reached {lufs(measured.integrated_lufs)}, not {lufs(target_lufs)}: {why}"
