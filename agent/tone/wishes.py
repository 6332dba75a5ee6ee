"""What is asked of a tuning, and what is made of it: the wish, the figures of a setting, and the plan."""

from dataclasses import dataclass
from typing import Literal

from agent.reasons import Change
from agent.roles import Role
from agent.session import Settings
from agent.tone.targets import ToneTarget

Scope = Literal["tracks", "master", "both"]


@dataclass(frozen=True, slots=True)
class ToneWish:
    """What the user asks of a tuning.

    ``scope``: each track's EQ and fader, or the master's, or first the tracks' and then the master's for what they
    leave. ``target``: the wanted spectrum of the mix (None: only the tracks' own). ``track_targets``: by track number,
    in place of the averages of roles, which count where the mix's target is a style's. ``track_lufs``: how loud tracks
    should be, by number; the others keep their loudness. ``loudness_lufs``: the mix's, None to keep it. ``locked``
    tracks never move, and where ``only`` is not empty no others do. ``strength`` in [0, 1]: how far to go. ``sweep``:
    whether the DAW's EQ can move in frequency and width.
    """

    scope: Scope = "master"
    target: ToneTarget | None = None
    track_targets: tuple[tuple[int, ToneTarget], ...] = ()
    track_lufs: tuple[tuple[int, float], ...] = ()
    loudness_lufs: float | None = None
    locked: tuple[int, ...] = ()
    only: tuple[int, ...] = ()
    strength: float = 1.0
    sweep: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"a strength of {self.strength} is outside 0 to 1")
        if self.loudness_lufs is not None and not -40.0 <= self.loudness_lufs <= -5.0:
            raise ValueError(f"a loudness target of {self.loudness_lufs} LUFS is outside -40 to -5")
        if self.on_master and self.target is None:
            raise ValueError("tuning the master needs a target for the mix")

    @property
    def on_tracks(self) -> bool:
        """Whether tracks are tuned."""
        return self.scope != "master"

    @property
    def on_master(self) -> bool:
        """Whether the master's EQ is tuned."""
        return self.scope != "tracks"


@dataclass(frozen=True, slots=True)
class ToneFigures:
    """A session's tone as the twin hears it at one setting.

    ``third_octave_rms_db``: the mix's RMS error against its target, None without one. ``track_rms_db``: each track's
    against its own. ``spectrum_db`` and ``target_db`` (B,) are the mix's, the target shifted to lie on it (NaN where it
    says nothing). ``masked_share``: of the tracks' strong bands, those that the rest lies 6 dB or more over.
    """

    third_octave_rms_db: float | None
    loudness_lufs: float
    true_peak_estimate_dbtp: float
    bands_hz: tuple[float, ...]
    spectrum_db: tuple[float, ...]
    target_db: tuple[float, ...]
    track_rms_db: tuple[float | None, ...]
    track_lufs: tuple[float, ...]
    masked_share: float


@dataclass(frozen=True, slots=True)
class TonePlan:
    """Where the session stands, where it should go, and why.

    ``settings`` are ready to be applied, scaled by the wish's strength. ``silent`` tracks are left alone. ``targets``
    names each track's target, None for those without. ``steps``: tried on the twin; ``moves``: knobs that end up
    elsewhere.
    """

    found: Settings
    settings: Settings
    scope: Scope
    roles: tuple[Role, ...]
    silent: tuple[int, ...]
    targets: tuple[str | None, ...]
    before: ToneFigures
    after: ToneFigures
    reasons: tuple[Change, ...]
    notes: tuple[str, ...]
    steps: int
    moves: int
