"""The audio of a DAW's tracks from a folder of stems, for DAWs that do not give theirs: matched by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.daw import SessionUnreadable
from bridge.embedded import EmbeddedDaw

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StemsAudio:
    """A folder of stems: what plays on which track of a DAW."""

    folder: Path
    daw: EmbeddedDaw
    names: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder of stems. Raises ``SessionUnreadable``."""
        daw = EmbeddedDaw.open_stems(folder)
        return cls(folder, daw, tuple(track.name for track in daw.read().tracks))

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the audio."""
        return self.daw.read().sample_rate_hz

    @property
    def length_s(self) -> float:
        """How long the longest stem is."""
        return self.daw.read().length_s

    def places(self, tracks: Sequence[str]) -> tuple[int | None, ...]:
        """Return for each name of a track the place of its stem, or None; case does not count.

        Raises ``SessionUnreadable`` where no track has a stem, or two have the same.
        """
        stems = {name.casefold(): place for place, name in enumerate(self.names)}
        places = tuple(stems.get(name.strip().casefold()) for name in tracks)
        found = [place for place in places if place is not None]
        if not found:
            theirs, ours = ", ".join(tracks[:5]), ", ".join(self.names[:5])
            raise SessionUnreadable(
                f"no track of the session has the name of a stem in {self.folder} (tracks: {theirs or 'none'}; "
                f"stems: {ours}): name them alike"
            )
        twice = next((place for place in found if found.count(place) > 1), None)
        if twice is not None:
            raise SessionUnreadable(f"two tracks are named {self.names[twice]}: rename one")
        return places

    def blocks(self, places: Sequence[int]) -> Iterator[FloatArray]:
        """Yield the audio of stems, by place, as ``agent.daw.Daw.audio`` does."""
        chosen = list(places)
        for block in self.daw.audio():
            yield block[chosen]
