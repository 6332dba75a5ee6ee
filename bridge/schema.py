"""mix.json: every setting and figure of a mix, as a versioned document of strict JSON.

Gains in dB, loudness in LUFS, frequencies in Hz, lengths in s. ``null`` stands for minus infinity (a closed fader, a
loudness below the gate) and for what was not measured. ``source`` of a mix's figures is ``render`` where they were
measured from audio, ``daw`` where a DAW measured loudness and peak, ``twin`` where they are predicted.
"""

import json
import math
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.taste import Knob

SCHEMA: Final = "faderbot-mix"
Db = float | None
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Part(BaseModel):
    """What all parts of the document share: frozen, no unknown fields, no NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class Band(Part):
    """An EQ band."""

    shape: Literal["low_shelf", "bell", "high_shelf"]
    freq_hz: float = Field(gt=0.0)
    gain_db: float
    bandwidth_oct: float = Field(gt=0.0)


class StripState(Part):
    """A track's strip and its loudness after EQ and fader, before the master."""

    gain_db: Db
    pan: float = Field(ge=-1.0, le=1.0)
    eq: tuple[Band, ...]
    high_pass_hz: float | None
    loudness_lufs: float | None


class TrackPart(Part):
    """A track: its file's name in the stems folder, its role, and how it was and is set.

    ``taste_db`` are the shifts by knob that the user's taste made, and absent where there are none.
    """

    name: str
    file: str | None
    role: str
    locked: bool
    silent: bool
    focus: bool
    before: StripState
    after: StripState
    taste_db: dict[Knob, float] | None = Field(None, exclude_if=lambda part: part is None)


class MasterPart(Part):
    """The master: its fader, and its EQ, which a mix leaves as it is; empty where that is flat."""

    before_db: Db
    after_db: Db
    eq: tuple[Band, ...] = ()


class Figures(Part):
    """What a mix measures."""

    source: Literal["render", "daw", "twin"]
    loudness_lufs: float | None
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None
    spectrum_rms_db: float
    masked_share: Share


class CostPart(Part):
    """The cost J and its terms, each in [0, 1]; see docs/mdp.md."""

    total: Share
    balance: Share
    spectrum: Share
    masking: Share
    loudness: Share
    peaks: Share
    width: Share


class Limiter(Part):
    """What the limiter did in mix.wav; the DAW's session has none."""

    ceiling_dbtp: float
    max_reduction_db: float = Field(ge=0.0)
    active_share: Share


class Reason(Part):
    """Why a knob was turned, in words; ``track`` is null for the master."""

    track: str | None
    text: str


class PolicyPart(Part):
    """Which policy decided."""

    algorithm: str
    steps: int
    seed: int
    sha256: str


class Before(Part):
    """The mix as it was found."""

    figures: Figures
    cost: CostPart


class After(Before):
    """The mix as it was left. ``file_gain_db`` is what mix.wav got beyond the settings, to make up for the limiter."""

    limiter: Limiter | None
    file_gain_db: float


class TempoPart(Part):
    """The tempo in BPM as it was and is, what was asked for, and what was heard, with a confidence of 0 to 1.

    ``stretched``: whether the material was, which then lasts ``length_s``; else the grid alone has changed.
    """

    asked: str
    before_bpm: float
    after_bpm: float
    heard_bpm: float | None
    confidence: Share | None
    stretched: bool
    length_s: float = Field(ge=0.0)


class WhyPart(Part):
    """A move from where the mix was found, with the values behind it; ``track`` is null for the master.

    ``by``: the policy as it was trained, or its values ``refined`` on this session. ``q`` and ``next_q``: the action
    values of what was done and of the next best; ``earned``: the reward. ``trained_q``: what the action was worth
    before it was refined, null for the policy's own moves. ``visits``: how often the table has seen what is ``seen``,
    null where no table decides.
    """

    by: Literal["policy", "refined"]
    track: str | None
    seen: str
    action: str
    q: float
    next_best: str
    next_q: float
    trained_q: float | None
    earned: float
    visits: int | None


class MixDocument(Part):
    """mix.json. ``tempo`` and ``why`` are there where they were asked for, and else absent."""

    kind: Literal["faderbot-mix"] = Field(SCHEMA, alias="schema")
    version: Literal[1] = 1
    faderbot_version: str
    daw: str
    dry_run: bool
    session: str
    sample_rate_hz: int = Field(gt=0)
    length_s: float = Field(ge=0.0)
    tempo_bpm: float
    tempo: TempoPart | None = Field(None, exclude_if=lambda part: part is None)
    target_lufs: float
    style: str
    strength: Share
    eq_allowed: bool
    seed: int
    policy: PolicyPart
    tracks: tuple[TrackPart, ...]
    master: MasterPart
    before: Before
    after: After
    steps: int = Field(ge=0, description="the agent's steps on the twin")
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]
    why: tuple[WhyPart, ...] | None = Field(None, exclude_if=lambda part: part is None)

    def text(self, *, ascii_only: bool = False) -> str:
        """Return the document as JSON, the same for the same mix."""
        whole = self.model_dump(mode="json", by_alias=True)
        return json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=ascii_only) + "\n"


def finite(value: float, digits: int | None = None) -> float | None:
    """Return a figure, rounded to so many digits where told, or None where it is not finite."""
    if not math.isfinite(value):
        return None
    return value if digits is None else round(value, digits)
