"""Many copies of many sessions at once: what ``agent.hearing.twin`` predicts for a tuning, in NumPy calls.

A tuning asks for less than a mix does: the spectra of mixes and tracks, and the loudness of tracks. So no copy keeps
its hops. A turned strip changes its mix's spectrum by its cross-spectra with the others, and its own loudness is that
of its blocks, which an EQ changes by what lies in each third octave.
"""

import numpy as np
from numpy.typing import NDArray

from agent.hearing.loudness import LUFS_OFFSET_DB, RELATIVE_GATE_LU
from agent.hearing.twin import ABSOLUTE_GATE
from agent.session import BAND_NAMES
from agent.tone.batch_eq import Bands, levels_db, responses
from agent.tone.batch_sessions import Sessions
from agent.tone.stacking import GRID_HZ

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

EQ = len(BAND_NAMES)
_DB = 10.0 / np.log(10.0)
_FLOOR = 1e-20
_RELATIVE_GATE = 10 ** (RELATIVE_GATE_LU / 10)


class BatchTwin:
    """Q copies, each of one of the sessions. Owns where their knobs are, and all sums that follow.

    ``session`` (Q,), ``row`` (Q, N): see ``Sessions.row``. ``fader_db`` (Q, N); ``eq`` bands (Q, N, 4). What follows:
    ``eq_db`` (Q, N, 4, B) each band's response in dB, ``curve_db`` (Q, N, 4, G) the same on ``stacking.GRID_HZ``,
    ``mixed`` (Q, B) power of mixes, ``own`` (Q, N, B) of tracks, ``loud`` (Q, N) gated power of tracks before faders,
    ``track_rms_db`` (Q, N) of their errors.
    """

    def __init__(self, sessions: Sessions, copies: int) -> None:
        self.sessions = sessions
        shape = (copies, sessions.tracks)
        self.session = np.zeros(copies, np.intp)
        self.row = np.full(shape, sessions.nowhere, np.intp)
        self.fader_db = np.zeros(shape)
        knobs = (np.zeros((*shape, EQ)), np.zeros((*shape, EQ)), np.ones((*shape, EQ)), np.ones((*shape, EQ)))
        self.eq = Bands(*knobs)
        self.eq_db = np.zeros((*shape, EQ, sessions.bands))
        self.curve_db = np.zeros((*shape, EQ, len(GRID_HZ)))
        self._response = np.ones((*shape, EQ, sessions.bands), complex)
        self._z = np.zeros((*shape, sessions.bands), complex)
        self.mixed = np.zeros((copies, sessions.bands))
        self.own = np.zeros((*shape, sessions.bands))
        self._before_fader = np.zeros((*shape, sessions.bands))
        self.loud, self.track_rms_db = np.zeros(shape), np.zeros(shape)

    def set(self, which: Ints, session: Ints, fader_db: F64, eq: Bands) -> None:
        """Put copies ``which`` (n,) to sessions (n,), faders (n, N) and bands (n, N, 4)."""
        self.session[which], self.row[which] = session, self.sessions.row[session]
        self.fader_db[which] = fader_db
        self.eq.side[which] = eq.side
        self.eq.put(which, eq)
        # Strip by strip into silence, as ``agent.hearing.batch_twin`` does it.
        self._z[which], self.mixed[which] = 0.0, 0.0
        for track in range(self.sessions.tracks):
            tracks = np.full(len(which), track)
            for band in range(EQ):
                self._respond(which, tracks, np.full(len(which), band))
            self._measure(which, tracks)
            self._sound(which, tracks)

    def turn_faders(self, which: Ints, track: Ints, change_db: F64) -> None:
        """Turn the faders of tracks (n,) in copies ``which`` (n,) by (n,) dB."""
        self.fader_db[which, track] += change_db
        self._sound(which, track)

    def turn_bands(
        self, which: Ints, track: Ints, turned: Bools, eq: Bands, matched: Bools, limits: tuple[F64, F64]
    ) -> None:
        """Set the bands of tracks (n,) in copies ``which`` (n,) to ``eq`` (n, 4).

        ``turned`` (n, 4) tells which of them are new. Where ``matched`` (n,) the fader takes back what that does to
        loudness, within limits (n,).
        """
        self.eq.put((which, track), eq)
        for band in range(EQ):
            new = np.flatnonzero(turned[:, band])
            self._respond(which[new], track[new], np.full(len(new), band))
        before = self.loud[which, track]
        self._measure(which, track)
        after = self.loud[which, track]
        heard = matched & (before > 0)
        ratio = np.divide(after, before, out=np.ones_like(after), where=heard)
        kept = (self.fader_db[which, track] - 10 * np.log10(ratio)).clip(*limits)
        self.fader_db[which, track] = np.where(matched, kept, self.fader_db[which, track])
        self._sound(which, track)

    def track_loudness_lufs(self, copies: Ints) -> F64:
        """Return the integrated loudness of the tracks of copies (n,) in LUFS after EQ and fader, (n, N)."""
        with np.errstate(divide="ignore"):
            loudness: F64 = LUFS_OFFSET_DB + 10 * np.log10(self.loud[copies]) + self.fader_db[copies]
        return loudness

    def track_error_db(self, copies: Ints, track: Ints) -> F64:
        """Return the error of tracks (n,) of copies (n,) by third octave, the weighted mean taken out; (n, B)."""
        row = self.row[copies, track]
        error = _DB * np.log(self.own[copies, track] + _FLOOR) - self.sessions.track_db[row]
        centred: F64 = error - (error * self.sessions.track_weight[row]).sum(-1, keepdims=True)
        return centred

    def _respond(self, which: Ints, track: Ints, band: Ints) -> None:
        """Work out the responses of bands (n,), of tracks (n,) in copies (n,)."""
        sessions, at = self.sessions, (which, track, band)
        bands, row = self.eq.at(*at), self.row[which, track]
        rate_hz = sessions.rate_hz[row]
        response = responses(bands, rate_hz, sessions.delay[row])
        self.eq_db[at] = levels_db(bands, rate_hz, sessions.half[row])
        self._response[at] = np.where((bands.gain_db == 0)[:, None], 1.0, response)
        self.curve_db[at] = curves_db(sessions, self.session[which], bands)

    def _measure(self, which: Ints, track: Ints) -> None:
        """Measure tracks (n,) of copies (n,) after their EQ; one that a cut pushes under the gate gets softer by it."""
        sessions, row = self.sessions, self.row[which, track]
        response = self._response[which, track].prod(1) * sessions.fixed[row]
        power = np.square(response.real) + np.square(response.imag)
        self._before_fader[which, track] = power * np.maximum(sessions.power[row], 0.0)
        blocks = self._blocks(row, ((power - 1) * sessions.coherence[row]).astype(np.float32))
        loud = gated(blocks, ABSOLUTE_GATE)
        under = (loud == 0) & sessions.sounds[row]
        if under.any():
            loud[under] = gated(blocks[under], 0.0)
        self.loud[which, track] = loud

    def _blocks(self, row: Ints, change: F32) -> F32:
        """Return the power of the blocks of tracks (n,), changed (n, B); one product serves all copies of a track."""
        sessions = self.sessions
        blocks = np.empty((len(row), sessions.flat.shape[1]), np.float32)
        for one in np.unique(row).tolist():
            which = np.flatnonzero(row == one)
            blocks[which] = sessions.flat[one] + change[which] @ sessions.square[one]
        return blocks

    def _sound(self, which: Ints, track: Ints) -> None:
        """Bring what the mixes hear of tracks (n,) of copies (n,) up to date."""
        sessions, row = self.sessions, self.row[which, track]
        gain = 10 ** (self.fader_db[which, track, None] / 20)
        response = self._response[which, track].prod(1) * sessions.fixed[row]
        step = gain * response - self._z[which, track]
        seen = np.einsum("njb,njb->nb", self._z[which].conj(), sessions.cross[row])
        self.mixed[which] += (
            2 * (step * seen).real + (np.square(step.real) + np.square(step.imag)) * sessions.power[row]
        )
        self._z[which, track] = gain * response
        self.own[which, track] = self._before_fader[which, track] * np.square(gain)
        weight = sessions.track_weight[row]
        self.track_rms_db[which, track] = np.sqrt((np.square(self.track_error_db(which, track)) * weight).sum(-1))


def curves_db(sessions: Sessions, session: Ints, bands: Bands) -> F64:
    """Return what bands (n,) in copies of sessions (n,) do in dB on ``stacking.GRID_HZ``, (n, G)."""
    rate_hz = sessions.rate_hz[sessions.row[session, 0]]
    curves: F64 = np.zeros((len(session), len(GRID_HZ)))
    turned = np.flatnonzero(bands.gain_db)
    curves[turned] = levels_db(bands.at(turned), rate_hz[turned], sessions.grid_half[session[turned]])
    return curves


def gated(blocks: F32, absolute_gate: float) -> F64:
    """Return each row's mean power of the blocks that pass both gates of BS.1770-4; 0 where none does."""
    power = blocks.astype(np.float64)
    passed = power > absolute_gate
    mean = (power * passed).sum(1) / np.maximum(passed.sum(1), 1)
    passed = power > np.maximum(_RELATIVE_GATE * mean, absolute_gate)[:, None]
    loud: F64 = (power * passed).sum(1) / np.maximum(passed.sum(1), 1)
    return loud
