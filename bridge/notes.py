"""What a report has to say beside its figures: who was left alone, what the limiter did, what could not be reached."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from agent.hearing.heard import Heard
from agent.mixing import MixPlan, Wish
from agent.reward import LIMITER_DEAD_DB
from agent.roles import Role
from agent.session import Session
from agent.targets import FOCUS_LIFT_DB, TRUE_PEAK_CEILING_DBTP
from bridge.finishing import CLOSE_LU, MOST_LIMITING_DB, Finish
from bridge.taste_words import on_taste

WORTH_SAYING_DB = 0.25
SHORTEST_S = 0.4  # one block of BS.1770
_FULL_SCALE = 1.0 - 2.0**-14
_CLIPPED_HOPS = 3
_PROMISED_LU = 0.1


def on_plan(session: Session, heard: Heard, wish: Wish, plan: MixPlan) -> Iterator[str]:
    """Yield what is to be said of a plan, a sentence each."""
    yield from on_tracks(session, heard, plan.silent, sorted(set(wish.locked)))
    yield from on_taste(wish.taste if wish.eq else wish.taste.without_eq(), _moved_roles(plan))
    yield from _on_focus(session, wish, plan)
    yield from _on_strength(session, wish, plan)


def _moved_roles(plan: MixPlan) -> list[Role]:
    return [role for role, movable in zip(plan.roles, plan.goal.movable, strict=True) if movable]


def on_preview(target_lufs: float | None, loudness_lufs: float, true_peak_dbtp: float) -> Iterator[str]:
    """Yield what the file would need beyond the settings; their loudness and true peak are the twin's."""
    reachable = target_lufs is not None and math.isfinite(loudness_lufs)
    gain_db = target_lufs - loudness_lufs if target_lufs is not None and reachable else 0.0
    if abs(gain_db) >= CLOSE_LU:
        yield f"gain, in the file only: {gain_db:+.1f} dB would make up for a master fader at its end".replace("-", "−")
    over_db = true_peak_dbtp + gain_db - TRUE_PEAK_CEILING_DBTP
    if over_db > 0.0:
        yield f"limiter, in the file only: probably needed, for about {over_db:.1f} dB{_heard(over_db)}"


def on_finish(target_lufs: float | None, finished: Finish) -> Iterator[str]:
    """Yield what the file got beyond the settings, and what could not be reached."""
    measured, limiter = finished.measured, finished.limiter
    if limiter is not None:
        share = f"active {100 * limiter.active_share:.1f} % of the time"
        took = f"took off at most {limiter.max_reduction_db:.1f} dB, {share}"
        yield f"limiter, in the file only: {took}{_heard(limiter.max_reduction_db)}"
    if abs(finished.file_gain_db) >= CLOSE_LU:
        yield f"gain, in the file only: {finished.file_gain_db:+.1f} dB {_why_gain(finished)}".replace("-", "−")
    if measured.true_peak_dbtp > TRUE_PEAK_CEILING_DBTP + CLOSE_LU:
        yield f"true peak {measured.true_peak_dbtp:+.1f} dBTP, above {TRUE_PEAK_CEILING_DBTP:+.1f}".replace("-", "−")
    if target_lufs is None:
        return
    if not math.isfinite(measured.integrated_lufs):
        yield "the mix is below −70 LUFS throughout: the master fader was left as planned"
    elif abs(measured.integrated_lufs - target_lufs) > _PROMISED_LU:
        why = f"more would take over {MOST_LIMITING_DB:.0f} dB off its peaks"
        yield f"the mix reached {lufs(measured.integrated_lufs)}, not {lufs(target_lufs)}: {why}"


def lufs(value: float) -> str:
    """Write a loudness; one decimal, a true minus sign, and words where there is none."""
    return f"{value:.1f} LUFS".replace("-", "−") if math.isfinite(value) else "no measurable loudness"


def listed(names: Sequence[str]) -> str:
    """Write names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _locked(session: Session, wish: Wish) -> list[int]:
    return sorted({*wish.locked, *(k for k, track in enumerate(session.tracks) if track.locked)})


def on_tracks(session: Session, heard: Heard, silent: Sequence[int], locked: Sequence[int]) -> Iterator[str]:
    """Yield which tracks are left alone, and which reach full scale."""
    names = [track.name for track in session.tracks]
    if silent:
        yield f"silent (below −70 LUFS), left alone: {listed([names[k] for k in silent])}"
    if locked:
        yield f"locked, left alone: {listed([names[k] for k in locked])}"
    for track, name in enumerate(names):
        hops = int(np.count_nonzero(heard.peak[:, track] >= _FULL_SCALE))
        if hops >= _CLIPPED_HOPS:
            yield f"{name} reaches full scale {hops} times: if it was clipped, no mix mends it; export it lower"


def _on_focus(session: Session, wish: Wish, plan: MixPlan) -> Iterator[str]:
    """Say what the focus asks for, and where it comes to nothing."""
    names = [track.name for track in session.tracks]
    if silent := [names[k] for k in wish.focus if k in plan.silent]:
        yield f"focus on {listed(silent)} has no effect: silent"
    heard = [k for k in wish.focus if k not in plan.silent]
    if not heard:
        return
    focused = listed([names[k] for k in heard])
    locked = _locked(session, wish)
    movable = [k for k in range(len(names)) if k not in plan.silent and k not in locked]
    why = None
    if wish.strength == 0.0:
        why = "strength 0"
    elif len(heard) + len(plan.silent) == len(names):
        why = "every audible track is in focus"
    elif not movable:
        why = "every audible track is locked"
    if why is not None:
        yield f"focus on {focused} has no effect: {why}"
        return
    share = "" if wish.strength == 1.0 else f", and strength {wish.strength:g} goes that share of the way"
    yield f"focus: wanted is {focused} {FOCUS_LIFT_DB:.0f} dB above the level of the role{share}"
    if held := [names[k] for k in heard if k in locked]:
        yield f"focus on {listed(held)} can not lift: locked; only the others can make way"


def _on_strength(session: Session, wish: Wish, plan: MixPlan) -> Iterator[str]:
    what = "setting" if plan.settings.tempo_bpm == plan.found.tempo_bpm else "gain"
    if session.length_s < SHORTEST_S:
        yield f"{session.length_s:.2f} s are too short for a loudness ({SHORTEST_S} s): no {what} was changed"
    elif len(plan.silent) == len(session.tracks):
        yield f"no track is audible: no {what} was changed"
    elif wish.strength == 0.0:
        yield f"strength 0: no {what} was changed"
    elif wish.strength < 1.0:
        yield f"strength {wish.strength:g}: every gain went that share of its way, so the loudness is no target"


def _heard(reduction_db: float) -> str:
    if reduction_db <= LIMITER_DEAD_DB:
        return ""
    return f"; more than {LIMITER_DEAD_DB:.0f} dB may be heard, a quieter target needs less"


def _why_gain(finished: Finish) -> str:
    limiter = finished.limiter
    if limiter is None:
        return "made up for a master fader at its end"
    if finished.file_gain_db > 0.0:
        return "made up for the limiter"
    if limiter.max_reduction_db > MOST_LIMITING_DB - _PROMISED_LU:
        return f"kept the limiter at {MOST_LIMITING_DB:.0f} dB"
    return "made up for a master fader at its end"
