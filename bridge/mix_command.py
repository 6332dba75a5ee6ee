"""What ``faderbot mix`` and ``faderbot demo`` do: open the stems, run the job, write the outputs, print the report."""

import os
from dataclasses import dataclass
from pathlib import Path

import soundfile

from agent.mixing import Wish
from agent.policy import About, load, shipped
from agent.q_learning import QTable
from bridge import outputs
from bridge.demo import write_demo
from bridge.document import document
from bridge.embedded import EmbeddedDaw
from bridge.jobs import MixResult, mix, preview_mix
from bridge.json_progress import ProgressForm, showing
from bridge.outputs import OutputError, default_folder, reaper_project, staged
from bridge.report import report
from bridge.schema import MixDocument
from bridge.terminal import show, write
from bridge.wishes import style_name, wish


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line that say what is wanted, as they were typed."""

    target: str = "streaming"
    style: str = "balanced"
    focus: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    strength: float = 1.0
    eq: bool = True
    policy: Path | None = None
    seed: int = 0

    def table(self) -> tuple[QTable, About]:
        """Return the policy that is to decide. Raises ``PolicyUnreadable``."""
        return shipped() if self.policy is None else load(self.policy)


def mix_folder(
    stems: Path,
    options: Options,
    *,
    out: Path | None = None,
    dry_run: bool = False,
    as_json: bool = False,
    progress: ProgressForm = ProgressForm.BARS,
) -> None:
    """Mix a folder of stems and print the report. Raises one of ``bridge.expected.EXPECTED``."""
    daw = EmbeddedDaw.open_stems(stems)
    folder = default_folder(stems) if out is None else out
    if not dry_run and os.path.realpath(folder) == os.path.realpath(stems):
        raise OutputError(f"{folder} holds the stems, and mix.wav would be taken for one: choose another --out")
    made = _preview(daw, options, progress) if dry_run else _mix(daw, options, folder, progress)
    if as_json:
        write(made.text(ascii_only=True))  # the terminal's encoding may be any
        return
    show(*report(made))
    if not dry_run:
        write(f"\nWritten to {folder}: {outputs.WAV}, {outputs.JSON}, {outputs.RPP}\n")


def mix_demo(
    folder: Path,
    options: Options,
    *,
    dry_run: bool = False,
    as_json: bool = False,
    progress: ProgressForm = ProgressForm.BARS,
) -> None:
    """Write the demo's stems, unless they are there already, and mix them. Raises as ``mix_folder`` does."""
    stems = folder / "stems"
    if not stems.exists():
        try:
            write_demo(stems)
        except (OSError, soundfile.LibsndfileError, AssertionError) as error:
            reason = getattr(error, "strerror", None) or "the disk may be full"
            raise OutputError(f"{stems} can not be written ({reason}): choose another folder with --out") from error
    mix_folder(stems, options, out=folder / "mix", dry_run=dry_run, as_json=as_json, progress=progress)


def _preview(daw: EmbeddedDaw, options: Options, progress: ProgressForm) -> MixDocument:
    policy, about = options.table()
    wanted = _wish(daw, options)
    with showing(progress) as bars:
        result = preview_mix(daw, wanted, policy, seed=options.seed, progress=bars)
    return _document(daw, options, about, result)


def _mix(daw: EmbeddedDaw, options: Options, folder: Path, progress: ProgressForm) -> MixDocument:
    policy, about = options.table()
    wanted = _wish(daw, options)
    session = daw.read()
    made: list[MixDocument] = []
    with staged(folder, round(session.length_s * session.sample_rate_hz)) as stage, showing(progress) as bars:

        def deliver(result: MixResult) -> None:
            project, left_out = reaper_project(result.session, result.settings, daw.stems, folder)
            made.append(_document(daw, options, about, result, left_out))
            stage.write(outputs.RPP, project)
            stage.write(outputs.JSON, made[0].text())
            stage.commit()

        mix(daw, wanted, policy, stage.wav, seed=options.seed, progress=bars, deliver=deliver)
    return made[0]


def _wish(daw: EmbeddedDaw, options: Options) -> Wish:
    return wish(
        [track.name for track in daw.read().tracks],
        target=options.target,
        style=options.style,
        focus=options.focus,
        lock=options.lock,
        strength=options.strength,
        eq=options.eq,
    )


def _document(
    daw: EmbeddedDaw, options: Options, about: About, result: MixResult, left_out: tuple[str, ...] = ()
) -> MixDocument:
    files = [stem.path for stem in daw.stems]
    return document(result, about, files, style=style_name(options.style), more_notes=(*daw.notes, *left_out))
