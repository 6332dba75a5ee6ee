"""One session's wish, worked out: its goal, its loudness, and what of its settings follows from those."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.actions import FADER_TRAVEL_DB, MASTER_TRAVEL_DB
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.mixing import scaled
from agent.roles import Role
from agent.session import FADER_MAX_DB, Session, Settings
from agent.tone.goal import ToneGoal, tone_goal
from agent.tone.moves import limits_around
from agent.tone.reasons import explained
from agent.tone.reward import ToneSound
from agent.tone.stacking import held_within, reach_db
from agent.tone.targets import ToneTarget, role_target
from agent.tone.wishes import ToneFigures, TonePlan, ToneWish

F64 = NDArray[np.float64]

# Shares of the way that a tuning of tracks may go, the largest that masks no more than before: of all, then of each.
SHARES = tuple(np.linspace(1.0, 0.0, 21).tolist())
FURTHER = (1.0, 0.75, 0.5, 0.25)
_NONE_DB = -120.0


class Wanted:
    """A session that was heard (gated to what counts), and what its settings should become.

    ``goal`` is that of the whole session; ``to_go_lu`` (N,) by how much each track is to become louder;
    ``found_lufs`` and ``loudness_lufs`` the mix's as it is and as it should be.
    """

    def __init__(self, session: Session, heard: Heard, wish: ToneWish, roles: tuple[Role, ...]) -> None:
        self.session, self.heard, self.wish, self.roles = session, heard, wish, roles
        self.found = session.settings
        twin = Twin(heard, self.found)
        self.found_lufs = twin.mix_loudness_lufs()
        told = wish.loudness_lufs
        self.loudness_lufs = self.found_lufs if told is None or not math.isfinite(self.found_lufs) else told
        self.targets = self._targets()
        level = twin.track_loudness_lufs()
        if len(session.tracks) == 1 and math.isfinite(self.found_lufs):
            level = level + (self.loudness_lufs - self.found_lufs)
        for k, lufs in wish.track_lufs:
            level[k] = lufs
        self.to_go_lu = np.zeros(len(level))
        sounding = twin.track_active()
        self.to_go_lu[sounding] = level[sounding] - twin.track_loudness_lufs()[sounding]
        self.goal: ToneGoal = tone_goal(twin, wish.target, self.targets, level_lufs=level, movable=self._movable())
        self.start = self.levelled(self.found)

    def _movable(self) -> NDArray[np.bool_]:
        movable = np.array([not track.locked for track in self.session.tracks])
        movable[list(self.wish.locked)] = False
        if self.wish.only:
            movable[np.setdiff1d(np.arange(len(movable)), self.wish.only)] = False
        return movable

    def _targets(self) -> list[ToneTarget | None]:
        wish, tracks = self.wish, len(self.session.tracks)
        targets: list[ToneTarget | None] = [None] * tracks
        if wish.on_tracks:
            told_nothing = wish.target is None and not wish.track_targets
            if tracks > 1 and (told_nothing or (wish.target is not None and wish.target.kind == "style")):
                targets = [role_target(self.heard.bands_hz, role) for role in self.roles]
            for k, target in wish.track_targets:
                targets[k] = target
        return targets

    def levelled(self, settings: Settings, strength: float = 1.0) -> Settings:
        """Bring every track that is tuned to its loudness with its fader, as far as that goes.

        ``strength``: how much of the way to its loudness.
        """
        twin = Twin(self.heard, settings)
        wanted = self.goal.level_lufs - (1.0 - strength) * self.to_go_lu
        off = np.where(self.goal.movable, twin.track_loudness_lufs() - wanted, 0.0)
        strips = []
        for strip, was, error in zip(settings.strips, self.found.strips, off.tolist(), strict=True):
            highest = min(was.gain_db + FADER_TRAVEL_DB, FADER_MAX_DB)
            gain_db = min(max(strip.gain_db - error, was.gain_db - FADER_TRAVEL_DB), highest)
            strips.append(replace(strip, gain_db=gain_db) if error else strip)
        return replace(settings, strips=tuple(strips))

    def unmasking(self, settings: Settings) -> Settings:
        """Return tracks that are tuned, by the wish's strength, and by less where more would be masked than was.

        Where the wish itself makes tracks louder, that is what counts as having been.
        """
        most = self._masked(self.levelled(self.found, self.wish.strength))

        def may_be(shares: list[float]) -> bool:
            return self._masked(self._part(settings, shares)) <= most

        tracks = len(settings.strips)
        together = next(share for share in SHARES if may_be([share] * tracks))
        shares = [together] * tracks
        for track in np.flatnonzero(self.goal.movable).tolist():
            # One track may be all that covers the others: those that do not go further by themselves.
            further = ([*shares[:track], share, *shares[track + 1 :]] for share in FURTHER if share > together)
            shares = next((way for way in further if may_be(way)), shares)
        return self._part(settings, shares)

    def _part(self, settings: Settings, shares: list[float]) -> Settings:
        """Return tracks each so far on its way, EQ and loudness, within the limits of what all bands do."""
        strips = [
            scaled(self.found, settings, self.wish.strength * share).strips[k] if share > 0 else self.found.strips[k]
            for k, share in enumerate(shares)
        ]
        return self.levelled(self.bounded(replace(self.found, strips=tuple(strips))), self.wish.strength)

    def bounded(self, settings: Settings) -> Settings:
        """Hold what each EQ does as a whole within its limits, which half the way between two EQs may not be."""
        rate_hz = self.session.sample_rate_hz
        limits = limits_around(self.found, self.goal.eq_limit_db, rate_hz)
        strips = (
            replace(strip, eq=held_within(strip.eq, limits.sum_range_db(k), rate_hz))
            for k, strip in enumerate(settings.strips)
        )
        low, high = reach_db(self.found.master_eq, rate_hz)
        around = (min(low, -self.goal.eq_limit_db), max(high, self.goal.eq_limit_db))
        return replace(settings, strips=tuple(strips), master_eq=held_within(settings.master_eq, around, rate_hz))

    def _masked(self, settings: Settings) -> float:
        return ToneSound(Twin(self.heard, settings), self.goal).masked_share

    def mastered(self, settings: Settings) -> Settings:
        """Bring the mix to its loudness with the master's fader, as far as that goes."""
        lufs = Twin(self.heard, settings).mix_loudness_lufs()
        if not math.isfinite(lufs):
            return settings
        found = self.found.master_gain_db
        wanted = self.found_lufs + self.wish.strength * (self.loudness_lufs - self.found_lufs)
        highest = min(found + MASTER_TRAVEL_DB, 2 * FADER_MAX_DB)
        gain_db = min(max(settings.master_gain_db + wanted - lufs, found - MASTER_TRAVEL_DB), highest)
        return replace(settings, master_gain_db=gain_db)

    def figures(self, settings: Settings) -> ToneFigures:
        """Return the session's figures at a setting."""
        goal, twin = self.goal, Twin(self.heard, settings)
        sound = ToneSound(twin, goal)
        spectrum = np.maximum(10 * np.log10(twin.mix_bands() + 1e-20) + twin.master_db, _NONE_DB)
        shift = float((spectrum - goal.mix_db) @ goal.mix_weight)
        audible = goal.audible
        rms = sound.track_rms_db.tolist()
        return ToneFigures(
            sound.mix_rms_db if goal.mix_weight.any() and audible.any() else None,
            twin.mix_loudness_lufs(),
            twin.true_peak_estimate_dbtp(),
            tuple(self.heard.bands_hz.tolist()),
            tuple(spectrum.tolist()),
            tuple(np.where(goal.mix_weight > 0, goal.mix_db + shift, math.nan).tolist()),
            tuple(rms[k] if goal.track_weight[k].any() and audible[k] else None for k in range(len(rms))),
            tuple(twin.track_loudness_lufs().tolist()),
            sound.masked_share,
        )

    def plan(self, settings: Settings, steps: int) -> TonePlan:
        """Return the plan that leads to a setting."""
        found, goal = self.found, self.goal
        stages = (found, replace(settings, master_eq=found.master_eq), settings)
        before, between, after = (ToneSound(Twin(self.heard, at), goal) for at in stages)
        names = [track.name for track in self.session.tracks]
        figures = self.figures(settings)
        return TonePlan(
            found,
            settings,
            self.wish.scope,
            self.roles,
            tuple(np.flatnonzero(~goal.audible).tolist()),
            tuple(None if target is None else target.source for target in self.targets),
            self.figures(found),
            figures,
            explained(names, before, between, after, found, settings, figures.loudness_lufs),
            () if self.wish.target is None else self.wish.target.notes,
            steps,
            _moved(found, settings),
        )


def _moved(found: Settings, settings: Settings) -> int:
    """Count the knobs that end up elsewhere: faders, and of each EQ band its gain, frequency and width."""
    old = [*_knobs(found), found.master_gain_db]
    new = [*_knobs(settings), settings.master_gain_db]
    return sum(not math.isclose(a, b, abs_tol=1e-6) for a, b in zip(old, new, strict=True) if a != b)


def _knobs(settings: Settings) -> list[float]:
    eqs = [*(strip.eq for strip in settings.strips), settings.master_eq]
    bands = [value for eq in eqs for band in eq for value in (band.gain_db, band.freq_hz, band.bandwidth_oct)]
    return [*(strip.gain_db for strip in settings.strips), *bands]
