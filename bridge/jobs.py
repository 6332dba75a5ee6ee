"""Jobs from start to end in a DAW of our own: read, hear, plan, apply in one undo step, render, verify.

What goes wrong after the settings were applied, an interrupt included, takes the undo step back before it is raised.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.daw import Daw, SessionUnreadable, WriteRefused
from agent.hearing.loudness import LoudnessMeter, Measurement
from agent.mixing import Wish
from agent.q_learning import ActionValues
from agent.session import EqBand, Session, Settings
from bridge import notes
from bridge.finishing import Bounce, Finish, bounce, finish
from bridge.planned import FiguresT, Planned, PlannedMix, PlanT, WishT, audio_of, by_ear
from bridge.progress import Progress, Silent, Stage
from bridge.results import MixResult, Result

READ_BACK_TOLERANCE = 1e-6
_NO_AUDIO_DBFS = 100.0


def preview_mix(
    daw: Daw, wish: Wish, policy: ActionValues, *, seed: int = 0, progress: Progress | None = None
) -> MixResult:
    """Plan a mix and change nothing. Raises ``SessionUnreadable``."""
    return previewed(*_heard(daw, wish, policy, seed, progress or Silent()), seed=seed)


def mix(
    daw: Daw,
    wish: Wish,
    policy: ActionValues,
    wav: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    deliver: Callable[[MixResult], None] = lambda _result: None,
) -> MixResult:
    """Mix a session and write the mix into ``wav``; the render stays beside it as ``.render`` while it is worked on.

    ``deliver`` is called with the result at the end: where it fails, the session is put back as well. Raises
    ``SessionUnreadable``, ``WriteRefused`` and ``OSError``.
    """
    progress = progress or Silent()
    job, before = _heard(daw, wish, policy, seed, progress)
    return rendered(daw, job, before, wav, seed=seed, progress=progress, deliver=deliver)


def _heard(daw: Daw, wish: Wish, policy: ActionValues, seed: int, progress: Progress) -> tuple[PlannedMix, Measurement]:
    session = daw.read()
    before = measured_as_found(daw, session, progress)
    return PlannedMix(session, wish, *by_ear(session, daw.audio(), wish, policy, seed, progress)), before


def measured_as_found(daw: Daw, session: Session, progress: Progress) -> Measurement:
    """Measure a render of the session that was just read. Raises ``SessionUnreadable``."""
    progress.begin(Stage.READ, _samples(session))
    meter = LoudnessMeter(session.sample_rate_hz)
    with audio_of(session):
        for block in daw.render():
            meter.feed(block)
            progress.advance(len(block))
    measured = meter.measurement()
    if measured.sample_peak_dbfs > _NO_AUDIO_DBFS:
        peak = f"peaks at {measured.sample_peak_dbfs:+.0f} dBFS, which no audio does"
        raise SessionUnreadable(f"{session.name} {peak}: export its stems again")
    return measured


def previewed(
    job: Planned[WishT, PlanT, FiguresT], before: Measurement, *, seed: int
) -> Result[WishT, PlanT, FiguresT]:
    """Return what a plan would come to: the master is turned on the twin as a real run does by what is measured."""
    return _result(job, before, seed, job.corrected(job.plan.settings, job.plan.after.loudness_lufs), None)


def rendered(
    daw: Daw,
    job: Planned[WishT, PlanT, FiguresT],
    before: Measurement,
    wav: Path,
    *,
    seed: int,
    progress: Progress,
    deliver: Callable[[Result[WishT, PlanT, FiguresT]], None],
) -> Result[WishT, PlanT, FiguresT]:
    """Apply a plan, render, turn the master by what is missing, write the file and measure it. See ``mix``."""
    with _put_back_on_failure(daw, job.session.settings) as hand:
        applied = job.plan.settings
        if applied != job.session.settings:
            applied = hand.apply(applied, job.undo_name)
        raw = wav.with_suffix(".render")
        try:
            made = _bounced(daw, job.session, raw, progress)
            settings = job.corrected(applied, made.measured.integrated_lufs)
            if settings != applied:
                settings = hand.apply(settings, job.undo_name)
            turned_db = settings.master_gain_db - applied.master_gain_db
            finished = finish(made, turned_db, job.target_lufs, wav, progress)
        finally:
            raw.unlink(missing_ok=True)
        result = _result(job, before, seed, settings, finished)
        deliver(result)
    return result


def _bounced(daw: Daw, session: Session, path: Path, progress: Progress) -> Bounce:
    progress.begin(Stage.RENDER, _samples(daw.read()))  # a tempo may have made it longer
    return bounce(daw.render(), session.sample_rate_hz, path, progress)


def _result(
    job: Planned[WishT, PlanT, FiguresT],
    before: Measurement,
    seed: int,
    settings: Settings,
    finished: Finish | None,
) -> Result[WishT, PlanT, FiguresT]:
    after = job.figures(settings, None if finished is None else finished.measured.integrated_lufs)
    if finished is None:
        peak_dbtp = job.on_the_twin(settings).true_peak_estimate_dbtp()
        outcome = notes.on_preview(job.target_lufs, after.loudness_lufs, peak_dbtp)
    else:
        outcome = notes.on_finish(job.target_lufs, finished)
    return Result(
        job.session,
        job.wish,
        seed,
        job.plan,
        settings,
        job.reasons(settings, after.loudness_lufs, 0.0 if finished is None else finished.file_gain_db),
        before,
        after,
        finished,
        (*job.said(), *outcome),
        dry_run=finished is None,
        heard=job.heard,
    )


def _samples(session: Session) -> int:
    return round(session.length_s * session.sample_rate_hz)


class _Hand:
    """Writes to the DAW in one undo step, however often; owns whether anything was written."""

    def __init__(self, daw: Daw, found: Settings) -> None:
        self._daw, self._found = daw, found
        self._wrote = False

    def apply(self, settings: Settings, undo_name: str) -> Settings:
        """Set everything, in place of what was set before, and return what was read back. Raises ``WriteRefused``."""
        self.put_back()
        self._wrote = True
        read = self._daw.apply(settings, undo_name)
        refused = next(differences(settings, read), None)
        if refused is not None:
            raise WriteRefused(f"the DAW did not take a setting, so all was put back: {refused}")
        return read

    def put_back(self) -> None:
        """Undo what was written. A step that was never made is not undone, for the last one is then the user's."""
        if self._wrote and any(differences(self._found, self._daw.read().settings)):
            self._daw.undo()
        self._wrote = False


@contextmanager
def _put_back_on_failure(daw: Daw, found: Settings) -> Iterator[_Hand]:
    hand = _Hand(daw, found)
    try:
        yield hand
    except BaseException:
        hand.put_back()
        raise


def differences(wanted: Settings, read: Settings) -> Iterator[str]:
    """Yield in words where two settings differ by more than the tolerance."""
    if len(wanted.strips) != len(read.strips):
        yield f"there are {len(read.strips)} tracks, not {len(wanted.strips)}"
        return
    pairs: list[tuple[str, float | None, float | None]] = [
        ("the master fader in dB", wanted.master_gain_db, read.master_gain_db),
        ("the tempo in BPM", wanted.tempo_bpm, read.tempo_bpm),
    ]
    for number, (want, have) in enumerate(zip(wanted.strips, read.strips, strict=True), 1):
        where = f"of track {number}"
        pairs += [
            (f"the fader {where} in dB", want.gain_db, have.gain_db),
            (f"the pan {where}", want.pan, have.pan),
            (f"the high-pass {where} in Hz", want.high_pass_hz, have.high_pass_hz),
        ]
        pairs += _on_eq(where, want.eq, have.eq)
    pairs += _on_eq("of the master", wanted.master_eq, read.master_eq)
    for what, want_value, have_value in pairs:
        if not _close(want_value, have_value):
            yield f"{what} reads {have_value}, not {want_value}"


def _on_eq(
    where: str, wanted: tuple[EqBand, ...], read: tuple[EqBand, ...]
) -> Iterator[tuple[str, float | None, float | None]]:
    for band, (want, have) in enumerate(zip(wanted, read, strict=True), 1):
        yield f"EQ band {band} {where} in Hz", want.freq_hz, have.freq_hz
        yield f"EQ band {band} {where} in dB", want.gain_db, have.gain_db
        yield f"EQ band {band} {where} in octaves", want.bandwidth_oct, have.bandwidth_oct


def _close(wanted: float | None, read: float | None) -> bool:
    if wanted is None or read is None:
        return wanted is read
    return wanted == read or abs(wanted - read) <= READ_BACK_TOLERANCE
