"""Jobs in a DAW that somebody works in: hear, plan, journal, one undo step, read back, measure.

Whatever goes wrong after the first write, an interrupt included, is taken back; where the DAW can no longer be asked,
the error says so, and the journal keeps every value for ``faderbot undo``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from agent.daw import DawError, SessionUnreadable, WriteRefused
from agent.mixing import Wish
from agent.q_learning import ActionValues
from agent.session import Session, Settings
from agent.targets import TRUE_PEAK_CEILING_DBTP
from bridge import notes
from bridge.changes import MASTER, Change, Value, same
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, Loudness, State, now
from bridge.live import Checked, LiveDaw, SessionMoved
from bridge.mix_record import mix_record
from bridge.mixed import Mixed
from bridge.planned import AnyPlanned, FiguresT, Planned, PlannedMix, PlanT, WishT, by_ear
from bridge.progress import Progress, Silent, Stage
from bridge.reach import cut_off, within_reach
from bridge.results import MixResult, Result

PUT_BACK = "Faderbot: put back"


class LeftInBetween(DawError):  # noqa: N818 - a state, named as the user sees it
    """The DAW could not be brought back, or not be asked whether it was."""


def mix_live(
    daw: LiveDaw,
    wish: Wish,
    policy: ActionValues,
    journal: Journal,
    session: Session,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> MixResult:
    """Mix the session that was just read from a DAW; with ``dry_run`` only say how.

    Raises ``DawError`` (and then all is as it was, unless it is a ``LeftInBetween``) and ``JournalError``.
    """
    progress = progress or Silent()
    job = PlannedMix(session, wish, *by_ear(session, daw.audio(), wish, policy, seed, progress))
    return carry_out(daw, job, journal, seed=seed, progress=progress, dry_run=dry_run)


def carry_out(
    daw: LiveDaw,
    job: Planned[WishT, PlanT, FiguresT],
    journal: Journal,
    *,
    seed: int,
    progress: Progress,
    dry_run: bool,
    said: tuple[str, ...] = (),
) -> Result[WishT, PlanT, FiguresT]:
    """Write a plan, read it back and measure; ``said`` goes into the report. Raises as ``mix_live``."""
    reached = _reached(job, daw)
    lowest_db = _master_lowest_db(job, daw)
    wanted = job.corrected(reached, _loudness_lufs(job, reached), daw.master_highest_db, lowest_db)
    changes = daw.changes(wanted)
    checked: Checked | None = None
    if changes and not dry_run:
        _still_as_heard(daw, changes)
        known = _Known(_heard(job, daw, wanted), mix_record(job, daw, changes))
        hand = _Hand(daw, changes, _step_name(daw, job), journal, known)
        try:
            with undisturbed():
                strange = hand.write()
            checked, unchecked = _checked(daw, progress)
            said = (*said, *strange, *unchecked)
        except BaseException:
            with undisturbed():
                hand.put_back()
            raise
    return _result(job, daw, seed, wanted, checked, said, dry_run=dry_run)


def _step_name(daw: LiveDaw, job: AnyPlanned) -> str:
    """Return a name that the DAW's last step has not, so that a step of that name is this job's."""
    name = job.undo_name
    return f"{name}, again" if daw.undo_name() == name else name


class _Known(NamedTuple):
    """What the journal keeps of a job beside its changes."""

    heard: Loudness | None
    mixed: Mixed | None


class _Hand:
    """Writes a job's changes and takes them back. Owns the journal's entry of the job."""

    def __init__(
        self, daw: LiveDaw, changes: Sequence[Change], undo_name: str, journal: Journal, known: _Known
    ) -> None:
        self._daw, self._changes, self._undo_name = daw, tuple(changes), undo_name
        self._journal, self._known = journal, known
        self._file: Path | None = None

    def write(self) -> tuple[str, ...]:
        """Journal and write everything, read it back, and return what somebody else changed meanwhile.

        Raises ``DawError`` and ``JournalError``.
        """
        self._file = self._journal.open(self._entry())
        self._daw.put(self._changes, self._undo_name)
        values = self._daw.standing(self._changes)
        strange = [c.words for c, value in zip(self._changes, values, strict=True) if not same(value, c.wanted)]
        if strange and self._daw.undo_name() in {"", self._undo_name}:
            raise WriteRefused(f"{self._daw.name} did not take {notes.listed(strange)}")
        self._journal.set_state(self._file, State.DONE)
        return (f"changed by somebody else while it was written, left so: {notes.listed(strange)}",) if strange else ()

    def put_back(self) -> None:
        """Bring every value back to what was found, but for those that the user set since. Raises ``LeftInBetween``."""
        if self._file is None:
            return
        try:
            left = take_back(self._daw, self._mine(), self._undo_name)
        except DawError as error:
            raise LeftInBetween(
                f"{self._daw.name} can not be asked any more, so what was applied is not known ({error}): "
                f"once it answers, `faderbot undo` restores all {len(self._changes)} values"
            ) from error
        if left:
            raise LeftInBetween(
                f"not put back: {notes.listed(left)}; everything else is as it was. `faderbot undo` tries again"
            )
        self._journal.set_state(self._file, State.UNDONE)

    def _mine(self) -> tuple[Change, ...]:
        """Return the changes without the faders and pans that somebody else set since, in a step of their own."""
        if self._daw.undo_name() in {"", self._undo_name}:
            return self._changes
        values = self._daw.standing(self._changes)
        pairs = zip(self._changes, values, strict=True)
        return tuple(c for c, value in pairs if c.what == "eq" or not set_since(c, value))  # an EQ may be half written

    def _entry(self) -> Entry:
        return Entry(
            at=now(),
            daw=self._daw.name,
            where=self._daw.where,
            project=self._daw.project,
            undo_name=self._undo_name,
            state=State.WRITING,
            changes=self._changes,
            heard=self._known.heard,
            mixed=self._known.mixed,
        )


def _heard(job: AnyPlanned, daw: LiveDaw, wanted: Settings) -> Loudness | None:
    """Return how loud it was and will be, both as the twin hears it; None where one has no measurable loudness."""
    found = job.session.settings
    before_lufs, after_lufs = (_loudness_lufs(job, settings) for settings in (found, wanted))
    if not (math.isfinite(before_lufs) and math.isfinite(after_lufs)):
        return None
    if wanted.master_gain_db != found.master_gain_db:
        return Loudness(before_lufs=before_lufs, after_lufs=after_lufs)
    lower = daw.changes(replace(found, master_gain_db=found.master_gain_db - 1.0))
    master = next((c.model_copy(update={"wanted": c.found}) for c in lower if c.track == MASTER), None)
    return Loudness(before_lufs=before_lufs, after_lufs=after_lufs, master=master)


def set_since(change: Change, value: Value | None) -> bool:
    """Tell whether a value was set by somebody else: it is neither what was found nor what was wanted."""
    return value is not None and not any(same(value, known) for known in (change.found, change.wanted))


def take_back(daw: LiveDaw, changes: Sequence[Change], undo_name: str) -> list[str]:
    """Bring all changes back to the values found, and return in words which could not be.

    The DAW's own undo is used where the last step is ours, else the values are written. Tracks that are gone stay gone.
    """
    if not _away(daw, changes):
        return []
    if undo_name and daw.undo_name() == undo_name:
        daw.undo()
    away = _away(daw, changes)
    if away:
        daw.put([c.model_copy(update={"found": c.wanted, "wanted": c.found}) for c in away], PUT_BACK)
    return [change.words for change in _away(daw, changes)]


def _away(daw: LiveDaw, changes: Sequence[Change]) -> list[Change]:
    """Return the changes that do not stand at the value found; those of tracks that are gone are left out."""
    values = daw.standing(changes)
    return [c for c, value in zip(changes, values, strict=True) if value is not None and not same(value, c.found)]


def not_recording(daw: LiveDaw) -> None:
    """Raise ``SessionUnreadable`` where the DAW recorded when it was looked at last."""
    if daw.recording:
        raise SessionUnreadable(f"{daw.name} is recording: stop the recording first, nothing was changed")


def _still_as_heard(daw: LiveDaw, changes: Sequence[Change]) -> None:
    moved = [
        c.words if value is not None else f"{c.words} (gone)"
        for c, value in zip(changes, daw.standing(changes), strict=True)
        if not same(value, c.found)
    ]
    not_recording(daw)
    if moved:
        raise SessionMoved(
            f"the session changed while it was heard ({notes.listed(moved)}): nothing was written, start again"
        )


def _checked(daw: LiveDaw, progress: Progress) -> tuple[Checked | None, tuple[str, ...]]:
    """Measure the mix by the DAW's means; that it has none, or fails, is no reason to take a mix back."""
    progress.begin(Stage.VERIFY, 1.0)
    try:
        checked = daw.check()
    except DawError as error:
        return None, (f"the mix was applied and read back, but its loudness could not be measured there: {error}",)
    progress.advance(1.0)
    if checked is None:
        return None, (f"the loudness after is predicted: {daw.name} measured none",)
    return checked, (f"loudness measured by {checked.means}",)


def _result(
    job: Planned[WishT, PlanT, FiguresT],
    daw: LiveDaw,
    seed: int,
    wanted: Settings,
    checked: Checked | None,
    said: tuple[str, ...],
    *,
    dry_run: bool,
) -> Result[WishT, PlanT, FiguresT]:
    after = job.figures(wanted, None if checked is None else checked.integrated_lufs)
    return Result(
        session=job.session,
        wish=job.wish,
        seed=seed,
        plan=job.plan,
        settings=wanted,
        reasons=job.reasons(wanted, after.loudness_lufs),
        before=None,
        after=after,
        finish=None,
        notes=(
            *daw.notes,
            *job.said(),
            *_on_reach(job, daw),
            *_on_loudness(job, after.loudness_lufs, _at_its_end(job, daw, wanted)),
            *_on_peak(job, wanted, checked),
            *said,
        ),
        dry_run=dry_run,
        checked=checked,
        daw=daw.name,
        heard=job.heard,
    )


def _reached(job: AnyPlanned, daw: LiveDaw) -> Settings:
    """Return the plan at its target as far as the DAW's faders go; the master and they make up for each other."""
    planned = job.plan.settings
    right = job.corrected(planned, _loudness_lufs(job, planned))
    return within_reach(
        right,
        job.session,
        daw.fader_highest_db,
        daw.master_highest_db,
        master_lowest_db=_master_lowest_db(job, daw),
        locked=job.held,
        silent=job.plan.silent,
    )


def _master_lowest_db(job: AnyPlanned, daw: LiveDaw) -> float:
    """Return where the master's fader ends below: where it stands, if the DAW has none that can be turned."""
    found = job.session.settings
    softer = replace(found, master_gain_db=found.master_gain_db - 1.0)
    can_be_turned = any(change.track == MASTER for change in daw.changes(softer))
    return -math.inf if can_be_turned else found.master_gain_db


def _loudness_lufs(job: AnyPlanned, settings: Settings) -> float:
    return job.on_the_twin(settings).mix_loudness_lufs()


def _on_reach(job: AnyPlanned, daw: LiveDaw) -> Iterator[str]:
    if cut := cut_off(job.plan.settings, _reached(job, daw), job.session, job.plan.silent):
        end = f"the faders of {daw.name} end at +{daw.fader_highest_db:.0f} dB"
        yield f"{end}, so these are lower than planned: {notes.listed(cut)}"


def _at_its_end(job: AnyPlanned, daw: LiveDaw, wanted: Settings) -> bool:
    """Tell whether the master's fader, where there is one, can go no higher."""
    return wanted.master_gain_db >= daw.master_highest_db and not math.isfinite(_master_lowest_db(job, daw))


def _on_loudness(job: AnyPlanned, loudness_lufs: float, at_its_end: bool) -> Iterator[str]:
    if job.target_lufs is None:
        return
    short_db = job.target_lufs - loudness_lufs
    if abs(short_db) >= notes.WORTH_SAYING_DB:
        end = " (the master fader is at its end)" if at_its_end else ""
        yield f"the mix is at {notes.lufs(loudness_lufs)}, not {notes.lufs(job.target_lufs)}{end}"


def _on_peak(job: AnyPlanned, wanted: Settings, checked: Checked | None) -> Iterator[str]:
    measured = None if checked is None else checked.true_peak_dbtp
    peak_dbtp = job.on_the_twin(wanted).true_peak_estimate_dbtp() if measured is None else measured
    if peak_dbtp > TRUE_PEAK_CEILING_DBTP:
        over = f"{'about ' if measured is None else ''}{peak_dbtp:+.1f} dBTP".replace("-", "−")
        yield f"true peak {over} on the master: put a limiter there, or choose a quieter target"
