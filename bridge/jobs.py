"""The mixing job from start to end, on any DAW: read, hear, plan, apply in one undo step, render, verify.

What goes wrong after the settings were applied, an interrupt included, takes the undo step back before it is raised.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.daw import Daw, SessionUnreadable, WriteRefused
from agent.hearing.loudness import LoudnessMeter, Measurement
from agent.mixing import Figures, MixPlan, Wish, figures
from agent.q_learning import QTable
from agent.reasons import Change
from agent.session import Session, Settings
from bridge import notes
from bridge.finishing import Bounce, Finish, bounce, finish
from bridge.live import Checked
from bridge.planned import Planned, audio_of, by_ear
from bridge.progress import Progress, Silent, Stage

READ_BACK_TOLERANCE = 1e-6
_NO_AUDIO_DBFS = 100.0


@dataclass(frozen=True, slots=True)
class MixResult:
    """What a job found and did.

    ``session`` is as it was found, ``settings`` are how it stands now (after a preview: how it would stand).
    ``before`` was measured from a render, where there was one. ``after`` are the figures at ``settings``, with the
    loudness of the finished file or the one that the DAW measured (``checked``), else the predicted one.
    """

    session: Session
    wish: Wish
    seed: int
    plan: MixPlan
    settings: Settings
    reasons: tuple[Change, ...]
    before: Measurement | None
    after: Figures
    finish: Finish | None
    notes: tuple[str, ...]
    dry_run: bool
    checked: Checked | None = None
    daw: str = "embedded"


def preview_mix(daw: Daw, wish: Wish, policy: QTable, *, seed: int = 0, progress: Progress | None = None) -> MixResult:
    """Plan a mix and change nothing. Raises ``SessionUnreadable``."""
    job = _Job(daw, wish, policy, seed, progress or Silent())
    return job.previewed()


def mix(
    daw: Daw,
    wish: Wish,
    policy: QTable,
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
    job = _Job(daw, wish, policy, seed, progress or Silent())
    with _put_back_on_failure(daw, job.session.settings) as hand:
        wanted = job.plan.settings
        if wanted != job.session.settings:
            wanted = hand.apply(wanted, job.undo_name)
        raw = wav.with_suffix(".render")
        try:
            result = job.finished(hand, wanted, job.bounce(raw), wav)
        finally:
            raw.unlink(missing_ok=True)
        deliver(result)
    return result


class _Job(Planned):
    """Reads, hears and plans when it is made; then owns what it needs to report."""

    def __init__(self, daw: Daw, wish: Wish, policy: QTable, seed: int, progress: Progress) -> None:
        self.daw, self.seed, self.progress = daw, seed, progress
        session = daw.read()
        self.before = self._measure_as_found(session)
        super().__init__(session, wish, *by_ear(session, daw.audio(), wish, policy, seed, progress))

    def bounce(self, path: Path) -> Bounce:
        self.progress.begin(Stage.RENDER, _samples(self.session))
        return bounce(self.daw.render(), self.session.sample_rate_hz, path, self.progress)

    def previewed(self) -> MixResult:
        """Turn the master by what is missing on the twin, as a real run does by what is measured."""
        return self._result(self.corrected(self.plan.settings, self.plan.after.loudness_lufs), None)

    def finished(self, hand: "_Hand", applied: Settings, made: Bounce, wav: Path) -> MixResult:
        """Turn the master by what is missing, write the file and measure it."""
        settings = self.corrected(applied, made.measured.integrated_lufs)
        if settings != applied:
            settings = hand.apply(settings, self.undo_name)
        turned_db = settings.master_gain_db - applied.master_gain_db
        return self._result(settings, finish(made, turned_db, self.target_lufs, wav, self.progress))

    def _result(self, settings: Settings, finished: Finish | None) -> MixResult:
        measured_lufs = None if finished is None else finished.measured.integrated_lufs
        after = figures(self.heard, self.plan.goal, settings, measured_lufs)
        if finished is None:
            outcome = notes.on_preview(self.target_lufs, after, self.on_the_twin(settings).true_peak_estimate_dbtp())
        else:
            outcome = notes.on_finish(self.target_lufs, finished)
        said = (*notes.on_plan(self.session, self.heard, self.wish, self.plan), *outcome)
        return MixResult(
            self.session,
            self.wish,
            self.seed,
            self.plan,
            settings,
            self.reasons(settings, after.loudness_lufs, 0.0 if finished is None else finished.file_gain_db),
            self.before,
            after,
            finished,
            said,
            dry_run=finished is None,
        )

    def _measure_as_found(self, session: Session) -> Measurement:
        self.progress.begin(Stage.READ, _samples(session))
        meter = LoudnessMeter(session.sample_rate_hz)
        with audio_of(session):
            for block in self.daw.render():
                meter.feed(block)
                self.progress.advance(len(block))
        measured = meter.measurement()
        if measured.sample_peak_dbfs > _NO_AUDIO_DBFS:
            peak = f"peaks at {measured.sample_peak_dbfs:+.0f} dBFS, which no audio does"
            raise SessionUnreadable(f"{session.name} {peak}: export its stems again")
        return measured


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
        for band, (w, h) in enumerate(zip(want.eq, have.eq, strict=True), 1):
            pairs += [
                (f"EQ band {band} {where} in Hz", w.freq_hz, h.freq_hz),
                (f"EQ band {band} {where} in dB", w.gain_db, h.gain_db),
                (f"EQ band {band} {where} in octaves", w.bandwidth_oct, h.bandwidth_oct),
            ]
    for what, want_value, have_value in pairs:
        if not _close(want_value, have_value):
            yield f"{what} reads {have_value}, not {want_value}"


def _close(wanted: float | None, read: float | None) -> bool:
    if wanted is None or read is None:
        return wanted is read
    return wanted == read or abs(wanted - read) <= READ_BACK_TOLERANCE
