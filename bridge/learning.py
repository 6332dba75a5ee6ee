"""Train and evaluate policies on folders of sessions, from the command line."""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from threadpoolctl import threadpool_limits

from agent.daw import SessionUnreadable
from agent.environment import Scene
from agent.evaluation import AGENT, METHODS, Trial, evaluate, summary
from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.mixing import roles_of
from agent.q_learning import ActionValues
from agent.session import Session
from agent.targets import LOUDNESS_LUFS, goal
from bridge.embedded import EmbeddedDaw, is_audio
from bridge.notes import SHORTEST_S
from bridge.outputs import JSON
from bridge.schema import SCHEMA
from bridge.terminal import complain

Step = Callable[[str], None]
TRAINED_FOR = ("streaming", "broadcast")


@dataclass(frozen=True, slots=True)
class Recording:
    """A session that was read and heard."""

    session: Session
    heard: Heard


def session_folders(folders: Iterable[Path], say: Callable[[str], None] = complain) -> list[Path]:
    """Return the sessions in these folders: a folder that has audio files in it, else each of its sub-folders, by name.

    Hidden sub-folders and mixes that Faderbot made are left out; ``say`` is told of each. Raises
    ``SessionUnreadable`` where a folder is not there or nothing in it is left.
    """
    found: list[Path] = []
    for folder in folders:
        try:
            inside = _sessions_in(folder, say)
        except OSError as error:
            raise SessionUnreadable(
                f"{folder} can not be read ({error.strerror}): name a folder of sessions"
            ) from error
        if not inside:
            raise SessionUnreadable(
                f"{folder} holds no session: name a folder of stems, or one that holds such folders"
            )
        found += inside
    return found


def _sessions_in(folder: Path, say: Callable[[str], None]) -> list[Path]:
    if not folder.is_dir():
        raise SessionUnreadable(f"{folder}: there is no such folder; name one that holds sessions")
    entries = sorted(folder.iterdir())
    own = any(is_audio(path) for path in entries)
    sessions = []
    for candidate in [folder] if own else [path for path in entries if path.is_dir()]:
        if candidate != folder and candidate.name.startswith("."):
            say(f"left out: {candidate} (hidden)")
        elif _made_by_faderbot(candidate):
            say(f"left out: {candidate} (a mix that Faderbot made, no stems)")
        else:
            sessions.append(candidate)
    return sessions


def _made_by_faderbot(folder: Path) -> bool:
    """Tell whether a folder holds a mix.json of ours."""
    try:
        whole = json.loads((folder / JSON).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(whole, dict) and whole.get("schema") == SCHEMA


def listen(folder: Path) -> Recording:
    """Read and hear one folder of stems. Raises ``SessionUnreadable``, also where it has nothing to be learned from."""
    daw = EmbeddedDaw.open_stems(folder)
    session = daw.read()
    if session.length_s < SHORTEST_S:
        short = f"{session.length_s:.2f} s are too short for a loudness ({SHORTEST_S} s)"
        raise SessionUnreadable(f"{folder}: {short}: leave this session out")
    pans = [strip.pan for strip in session.settings.strips]
    try:
        heard = hear(daw.audio(), session.sample_rate_hz, pans)
    except ValueError as error:
        raise SessionUnreadable(f"{folder} can not be heard: {error}: export its stems again") from error
    movable = np.array([not track.locked for track in session.tracks])
    if not (Twin(heard.coarse(), session.settings).track_active() & movable).any():
        raise SessionUnreadable(f"{folder}: no track is audible and may be moved: leave this session out")
    return Recording(session, heard)


def scene(recording: Recording, loudness_lufs: float) -> Scene:
    """Return a recording as an environment's scene, in hops of 400 ms."""
    heard, found = recording.heard.coarse(), recording.session.settings
    twin = Twin(heard, found)
    return Scene(twin, goal(twin, roles_of(recording.session, heard), loudness_lufs=loudness_lufs), found)


def scene_of_folder(folder: Path) -> Scene:
    """Return a folder of stems as a scene that goes for −14 LUFS. Raises ``SessionUnreadable``."""
    return scene(listen(folder), LOUDNESS_LUFS["streaming"])


def training_scenes(recordings: Sequence[Recording]) -> list[Scene]:
    """Return each recording once for each loudness that the policy is trained for."""
    return [scene(r, LOUDNESS_LUFS[name]) for r in recordings for name in TRAINED_FOR]


def evaluate_all(
    recordings: Sequence[Recording],
    table: ActionValues,
    *,
    scrambles: int,
    seed: int,
    episodes: int,
    cma_evaluations: int,
    loudness_lufs: float,
    workers: int,
    progress: Callable[[], None],
) -> dict[str, list[Trial]]:
    """Return each session's trials, worked out in ``workers`` processes; the result does not depend on how many."""
    names = _distinct([r.session.name for r in recordings])
    jobs = [
        (name, (r, table, seed + count, episodes, cma_evaluations, loudness_lufs))
        for name, r in zip(names, recordings, strict=True)
        for count in range(scrambles)
    ]
    trials: dict[str, list[Trial]] = {name: [] for name in names}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for (name, _), found in zip(jobs, pool.map(_one, [job for _, job in jobs]), strict=True):
            trials[name] += found
            progress()
    return trials


def _distinct(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def _one(job: tuple[Recording, ActionValues, int, int, int, float]) -> list[Trial]:
    recording, table, seed, episodes, cma_evaluations, loudness_lufs = job
    with threadpool_limits(1, "blas"):
        return evaluate(
            scene(recording, loudness_lufs),
            table,
            scrambles=1,
            seed=seed,
            episodes=episodes,
            cma_evaluations=cma_evaluations,
        )


def rows(trials: Sequence[Trial]) -> dict[str, dict[str, float]]:
    """Return the figures of each method over trials, and of doing nothing."""
    methods = [m for m in METHODS if all(m in t.outcomes for t in trials)]
    names = ("share_mean", "share_worst", "cost", "evaluations", "seconds", "residual_db")
    table = {m: dict(zip(names, summary(trials, m), strict=True)) for m in methods}
    nothing = (
        0.0,
        0.0,
        float(np.mean([t.start_cost for t in trials])),
        0.0,
        0.0,
        float(np.mean([t.start_residual_db for t in trials])),
    )
    return {"nothing": dict(zip(names, nothing, strict=True)), **table}


def as_json(trials: dict[str, list[Trial]]) -> str:
    """Return every trial of every session as JSON."""
    return json.dumps({name: [_named(t) for t in found] for name, found in trials.items()}, indent=1)


def _named(trial: Trial) -> dict[str, Any]:
    """Return a trial as a dictionary all the way down: ``asdict`` leaves the cost's terms a tuple without names."""
    outcomes = {
        method: asdict(outcome) | {"terms": outcome.terms._asdict()} for method, outcome in trial.outcomes.items()
    }
    return asdict(trial) | {"start_terms": trial.start_terms._asdict(), "outcomes": outcomes}


def as_markdown(trials: dict[str, list[Trial]]) -> str:
    """Return the results as Markdown: a table over all sessions, then one of shares and residuals by session."""
    whole = rows([t for found in trials.values() for t in found])
    lines = [
        "| method | share of best known | worst | cost J | settings tried | seconds | residual, dB |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {m} | {r['share_mean']:.1%} | {r['share_worst']:.1%} | {r['cost']:.4f} | {r['evaluations']:.0f} "
        f"| {r['seconds']:.2f} | {r['residual_db']:.2f} |"
        for m, r in whole.items()
    ]
    shown = list(whole)
    lines += ["", "| session | " + " | ".join(shown) + " |", "|---|" + "---|" * len(shown)]
    for name, found in trials.items():
        by = rows(found)
        cells = [f"{by[m]['share_mean']:.1%}, {by[m]['residual_db']:.2f} dB" for m in shown]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def result_tables(trials: dict[str, list[Trial]]) -> tuple[Table, Table]:
    """Return the results as tables for a terminal: by method, and the agent's by session."""
    by_method = _table(
        "Mean over sessions and scrambles; share: of the best known solution's improvement",
        ("method", "share", "worst", "cost J", "tried", "seconds", "residual dB"),
    )
    for method, r in rows([t for found in trials.values() for t in found]).items():
        by_method.add_row(
            method,
            f"{r['share_mean']:.1%}",
            f"{r['share_worst']:.1%}",
            f"{r['cost']:.4f}",
            f"{r['evaluations']:.0f}",
            f"{r['seconds']:.2f}",
            f"{r['residual_db']:.2f}",
        )
    by_session = _table(
        "The agent by session; residual: mean |fader error| in dB, before, after, and of equal loudness",
        ("session", "share", "worst", "cost before", "after", "residual", "after", "equal"),
    )
    for name, found in trials.items():
        by = rows(found)
        agent, nothing = by[AGENT], by["nothing"]
        by_session.add_row(
            name,
            f"{agent['share_mean']:.1%}",
            f"{agent['share_worst']:.1%}",
            f"{nothing['cost']:.3f}",
            f"{agent['cost']:.3f}",
            f"{nothing['residual_db']:.2f}",
            f"{agent['residual_db']:.2f}",
            f"{by['equal loudness']['residual_db']:.2f}",
        )
    return by_method, by_session


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    return table
