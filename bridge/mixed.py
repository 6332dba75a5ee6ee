"""What a mix set, track by track: what the journal keeps so that the user's own changes can be learned from."""

from pydantic import Field

from agent.taste import Knob
from bridge.changes import BandValue, Part


class MixedTrack(Part):
    """A track that a mix was free to move: the DAW's key of it, its role, and how the mix left it.

    ``fader`` and ``eq`` are in the DAW's exact form, as in ``bridge.changes.Change``; ``eq`` is None where it is not
    learned from. ``taste_db`` are the shifts of the user's that the mix had taken into account.
    """

    key: str
    name: str
    role: str
    fader: float
    eq: tuple[BandValue, ...] | None = None
    taste_db: dict[Knob, float] = Field(default_factory=dict)


class Mixed(Part):
    """A mix as it was left: its style, how far it went (0 to 1), and the tracks that it was free to move."""

    style: str
    strength: float
    tracks: tuple[MixedTrack, ...]
