"""What ``faderbot tune`` does: on a folder of stems, on one recording, or with a running DAW."""

import os
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.daw import DawError
from agent.policy import About
from agent.q_learning import QTable
from agent.tone.tuning import load_tone, shipped_tone
from agent.tone.wishes import Scope
from bridge import tune_picture
from bridge.connecting import Door, connected
from bridge.embedded import EmbeddedDaw
from bridge.journal import Journal
from bridge.journal import default_folder as journal_folder
from bridge.json_progress import ProgressForm, showing
from bridge.live import LiveDaw
from bridge.live_command import NOTHING_TO_DO, alone, warn_of_open_port, way_back
from bridge.outputs import OutputError, default_folder, reaper_project, staged
from bridge.progress import Progress, Stage
from bridge.reaper.file_report import FileProgress, telling
from bridge.reaper.file_wish import wished
from bridge.terminal import show, write
from bridge.tune_document import TuneDocument, tune_document
from bridge.tune_job import ToneResult, preview_tune, tune, tune_live
from bridge.tune_report import tune_report
from bridge.tune_wishes import Sound, doable, sound, tone_wish

WAV, JSON, RPP, PNG = "tune.wav", "tune.json", "tune.RPP", "tune.png"
OUTPUTS: Final = (WAV, RPP, PNG, JSON)
LIVE_OUTPUTS: Final = (PNG, JSON)


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """The options of the command line that say what is wanted, as they were typed; None where nothing was."""

    scope: Scope = "tracks"
    style: str | None = None
    reference: Path | None = None
    target: str | None = None
    only: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    strength: float = 1.0
    policy: Path | None = None
    seed: int = 0

    def table(self) -> tuple[QTable, About]:
        """Return the policy that is to decide. Raises ``PolicyUnreadable``."""
        return shipped_tone() if self.policy is None else load_tone(self.policy)

    def sound(self, progress: Progress) -> Sound:
        """Return what is to be gone for. Raises ``WishUnclear``."""
        return sound(self.style, self.reference, self.target, progress)


def tune_path(
    path: Path,
    options: TuneOptions,
    *,
    out: Path | None = None,
    dry_run: bool = False,
    as_json: bool = False,
    progress: ProgressForm = ProgressForm.BARS,
) -> None:
    """Tune a folder of stems or one recording and print the report. Raises one of ``bridge.expected.EXPECTED``."""
    daw = EmbeddedDaw.open_stems(path) if path.is_dir() else EmbeddedDaw.open_file(path)
    folder = default_folder(path, "tune") if out is None else out
    if not dry_run:
        _keep_apart(path, folder)
    policy, about = options.table()
    session = daw.read()
    with showing(progress) as bars:
        gone_for = options.sound(bars)
        wanted = tone_wish(
            gone_for,
            [track.name for track in session.tracks],
            options.scope,
            only=options.only,
            lock=options.lock,
            strength=options.strength,
        )
        if dry_run:
            result = preview_tune(daw, wanted, policy, seed=options.seed, progress=bars)
            made = tune_document(result, about, gone_for.words, more_notes=daw.notes)
        else:
            with staged(folder, round(session.length_s * session.sample_rate_hz), OUTPUTS) as stage:
                documents: list[TuneDocument] = []

                def deliver(result: ToneResult) -> None:
                    project, left_out = reaper_project(result.session, result.settings, daw.stems, folder, RPP)
                    more = (*daw.notes, *left_out)
                    told = tune_document(result, about, gone_for.words, files=OUTPUTS, more_notes=more)
                    stage.write(RPP, project)
                    tune_picture.draw(told, stage.hidden / PNG)
                    stage.write(JSON, told.text())
                    stage.commit()
                    documents.append(told)

                tune(daw, wanted, policy, stage.hidden / WAV, seed=options.seed, progress=bars, deliver=deliver)
            made = documents[0]
    _print(made, as_json, "" if dry_run else f"Written to {folder}: {', '.join(OUTPUTS)}")


def tune_daw(
    door: Door,
    options: TuneOptions,
    *,
    stems: Path | None = None,
    out: Path | None = None,
    dry_run: bool = False,
    as_json: bool = False,
    progress: ProgressForm = ProgressForm.BARS,
) -> None:
    """Tune the session that is open in a running DAW and print the report. Raises as ``tune_path`` does.

    With ``out`` the document and the picture are written there too.
    """
    policy, about = options.table()
    warn_of_open_port(door)
    with (
        telling(door.through) as told,
        nullcontext() if dry_run else alone(door),
        connected(door, stems=stems) as daw,
        nullcontext() if out is None else staged(out, 0, LIVE_OUTPUTS) as stage,
        showing(progress) as shown,
    ):
        bars: Progress = shown if door.through is None else FileProgress(door.through, shown)
        gone_for = options.sound(bars)
        bars.begin(Stage.READ, 1.0)
        session = daw.read()
        bars.advance(1.0)
        _check(daw, options.scope)
        names = [track.name for track in session.tracks]
        more = wished(door.through, names)
        asked = tone_wish(
            gone_for,
            names,
            options.scope,
            only=options.only,
            lock=(*options.lock, *more.lock),
            strength=options.strength,
            sweep=daw.eq_sweeps,
        )
        wanted = doable(asked, session.tracks)
        journal = Journal(journal_folder())
        result = tune_live(daw, wanted, policy, journal, session, seed=options.seed, progress=bars, dry_run=dry_run)
        changes = daw.changes(result.settings)
        written = bool(changes) and not dry_run
        files = () if stage is None else LIVE_OUTPUTS
        made = tune_document(result, about, gone_for.words, files=files, more_notes=more.notes)
        told(
            {
                "document": made.model_dump(mode="json"),
                "written": written,
                "changes": [change.model_dump(mode="json") for change in changes],
            }
        )
        if stage is not None:
            tune_picture.draw(made, stage.hidden / PNG)
            stage.write(JSON, made.text())
            stage.commit()
    lines = [] if dry_run else [way_back(door, stems) if written else NOTHING_TO_DO]
    if out is not None:
        lines.append(f"Written to {out}: {', '.join(LIVE_OUTPUTS)}")
    _print(made, as_json, "\n".join(lines))


def _print(made: TuneDocument, as_json: bool, last: str) -> None:
    if as_json:
        write(made.text(ascii_only=True))  # the terminal's encoding may be any
        return
    show(*tune_report(made))
    if last:
        write(f"\n{last}\n")


def _check(daw: LiveDaw, scope: Scope) -> None:
    """Raise ``DawError`` where there is no EQ to tune with."""
    if scope != "tracks" and not daw.master_eq:
        raise DawError(f"{daw.name} lets no EQ be set on its master over this line: tune its tracks, with --tracks")
    if scope != "master" and not daw.eq:
        raise DawError(f"{daw.name} lets no EQ be set on any track over this line, and tone needs one ({_said(daw)})")


def _said(daw: LiveDaw) -> str:
    return next((note for note in daw.notes if note.startswith("faders only")), "faders alone can be moved there")


def _keep_apart(path: Path, folder: Path) -> None:
    """Raise ``OutputError`` where an output would lie among the stems, or over the recording."""
    if path.is_dir() and os.path.realpath(folder) == os.path.realpath(path):
        raise OutputError(f"{folder} holds the stems, and {WAV} would be taken for one: choose another --out")
    if os.path.realpath(folder / WAV) == os.path.realpath(path):
        raise OutputError(f"{folder / WAV} is the recording itself: choose another --out")
