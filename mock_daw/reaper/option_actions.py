"""Actions that switch REAPER's preferences: they keep their state, and change nothing that the mock does.

Numbers and words are those of public scripts; 40740 is in ``csurf_osc.cpp``. Which are on in a fresh REAPER is a guess
but for "(default)".
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.live import Live
from mock_daw.reaper.action import Action

TOGGLES: Mapping[int, str] = MappingProxyType(
    {
        1157: "Options: Toggle snapping",
        40041: "Options: Toggle auto-crossfade on/off",
        40740: "Track: Toggle automatic record-arm for all tracks",
        41117: "Options: Toggle trim content behind media items when editing",
    }
)
# Of these one is on.
NEW_RECORDING: Mapping[int, str] = MappingProxyType(
    {
        41186: "Options: New recording trims existing items behind new recording (tape mode)",
        41329: "Options: New recording creates new media items in separate lanes (layers)",
        41330: "Options: New recording splits existing items and creates new takes (default)",
    }
)


def _toggle(number: int, words: str) -> Action:
    def run(live: Live) -> None:
        live.options = live.options ^ {number}

    return Action(words, run, lambda live: number in live.options)


def _choice(number: int, words: str) -> Action:
    def run(live: Live) -> None:
        live.options = live.options - NEW_RECORDING.keys() | {number}

    return Action(words, run, lambda live: number in live.options)


TABLE: Mapping[int, Action] = MappingProxyType(
    {
        **{number: _toggle(number, words) for number, words in TOGGLES.items()},
        **{number: _choice(number, words) for number, words in NEW_RECORDING.items()},
    }
)
