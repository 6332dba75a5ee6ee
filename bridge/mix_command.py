"""What ``faderbot mix`` and ``faderbot demo`` do: open the stems, run the job, write the outputs, print the report."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import soundfile

from agent.mixing import Wish
from agent.policy import About, load_any, shipped
from agent.q_learning import ActionValues
from agent.taste import Taste
from agent.tempo import MOST_STRETCH
from bridge import outputs
from bridge.demo import write_demo
from bridge.document import document
from bridge.embedded import EmbeddedDaw
from bridge.jobs import mix, preview_mix
from bridge.json_progress import ProgressForm, showing
from bridge.mix_whys import why_report, with_whys
from bridge.outputs import OutputError, default_folder, reaper_project, staged
from bridge.progress import Progress
from bridge.report import report
from bridge.results import MixResult
from bridge.schema import MixDocument
from bridge.taste_used import no_taste, taste_of
from bridge.tempo import TempoChoice, TempoWish, for_stems, tempo_wish
from bridge.tempo_hearing import heard_pulse
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
    tempo: str = "keep"
    stretch_items: bool = False
    over_tempo_map: bool = False
    explain: bool = False
    taste: bool = False

    def table(self) -> tuple[ActionValues, About]:
        """Return the policy that is to decide. Raises ``PolicyUnreadable``."""
        return shipped() if self.policy is None else load_any(self.policy)

    def liked(self) -> Callable[[str], Taste]:
        """Return what tells the user's taste in a style, or none where it is left out."""
        return taste_of if self.taste else no_taste

    def tempo_wish(self) -> TempoWish:
        """Return what is wanted of the tempo. Raises ``WishUnclear``."""
        return tempo_wish(self.tempo, stretch_items=self.stretch_items, over_tempo_map=self.over_tempo_map)


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
    folder = default_folder(stems) if out is None else out
    if dry_run:
        made = _preview(EmbeddedDaw.open_stems(stems), options, progress)
    else:
        made = mix_into(folder, stems, options, showing(progress))
    if as_json:
        write(made.text(ascii_only=True))  # the terminal's encoding may be any
        return
    show(*report(made), *why_report(made))
    if not dry_run:
        write(f"\nWritten to {folder}: {outputs.WAV}, {outputs.JSON}, {outputs.RPP}\n")


def mix_into(folder: Path, stems: Path, options: Options, shown: AbstractContextManager[Progress]) -> MixDocument:
    """Mix a folder of stems into another and print nothing. Raises as ``mix_folder`` does."""
    daw = EmbeddedDaw.open_stems(stems)
    if os.path.realpath(folder) == os.path.realpath(stems):
        raise OutputError(f"{folder} holds the stems, and mix.wav would be taken for one: choose another --out")
    return _mix(daw, options, folder, shown)


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
    wanted, tempo = _wish(daw, options), options.tempo_wish()
    with showing(progress) as bars:
        daw, choice = _at_tempo(daw, tempo, bars)
        result = preview_mix(daw, _with_tempo(wanted, choice), policy, seed=options.seed, progress=bars)
    return _document(daw, options, (policy, about), result, choice)


def _mix(daw: EmbeddedDaw, options: Options, folder: Path, shown: AbstractContextManager[Progress]) -> MixDocument:
    policy, about = options.table()
    wanted, tempo = _wish(daw, options), options.tempo_wish()
    session = daw.read()
    longest_s = session.length_s * (1.0 if tempo.bpm is None else 1.0 / (1.0 - MOST_STRETCH))
    made: list[MixDocument] = []
    with staged(folder, round(longest_s * session.sample_rate_hz)) as stage, shown as bars:
        daw, choice = _at_tempo(daw, tempo, bars)

        def deliver(result: MixResult) -> None:
            project, left_out = reaper_project(result.session, result.settings, daw.stems, folder)
            made.append(_document(daw, options, (policy, about), result, choice, left_out))
            stage.write(outputs.RPP, project)
            stage.write(outputs.JSON, made[0].text())
            stage.commit()

        tempo_too = _with_tempo(wanted, choice)
        mix(daw, tempo_too, policy, stage.wav, seed=options.seed, progress=bars, deliver=deliver)
    return made[0]


def _at_tempo(daw: EmbeddedDaw, tempo: TempoWish, progress: Progress) -> tuple[EmbeddedDaw, TempoChoice | None]:
    """Hear the tempo where one is wanted, and open the stems so that they follow a new one, or keep to the time."""
    if not tempo.wanted:
        return daw, None
    session = daw.read()
    choice = for_stems(tempo, session.settings.tempo_bpm, heard_pulse(session, daw.audio(), progress))
    if choice.goal is None or not choice.goal.stretched:
        return daw.keeping_time(), choice
    return daw.recorded_at(choice.before_bpm), choice


def _with_tempo(wanted: Wish, choice: TempoChoice | None) -> Wish:
    return wanted if choice is None else replace(wanted, tempo=choice.goal)


def _wish(daw: EmbeddedDaw, options: Options) -> Wish:
    return wish(
        [track.name for track in daw.read().tracks],
        target=options.target,
        style=options.style,
        focus=options.focus,
        lock=options.lock,
        strength=options.strength,
        eq=options.eq,
        liked=options.liked(),
    )


def _document(
    daw: EmbeddedDaw,
    options: Options,
    decided_by: tuple[ActionValues, About],
    result: MixResult,
    tempo: TempoChoice | None,
    left_out: tuple[str, ...] = (),
) -> MixDocument:
    files = [stem.path for stem in daw.stems]
    notes = (*daw.notes, *left_out)
    policy, about = decided_by
    told = document(result, about, files, style=style_name(options.style), more_notes=notes, tempo=tempo)
    return with_whys(told, result, policy) if options.explain else told
