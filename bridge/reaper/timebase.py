"""What a change of tempo does to the items of a REAPER project, by their timebase. Pure.

An item has a timebase of its own (C_BEATATTACHMODE in reaper_plugin_functions.h), or its track's, or the project's.
That of the project is PROJECT_TIMEBASE of GetSetProjectInfo, which the SDK's header does not list; scripts use it, and
a REAPER without it answers 0, as it does for timebase time. So a project that says time is taken at its word, and asked
while the tempo is set whether its items stay (``bridge.reaper.reapy_writing``).
"""

from collections.abc import Iterable, Iterator

from bridge.reaper.survey import Survey, SurveyItem, SurveyTrack
from bridge.tempo import TempoRoom

TIME, BEATS, POSITION = 0, 1, 2
_DEFAULT = -1


def tempo_room(survey: Survey) -> TempoRoom:
    """Return what follows the tempo in a project, by the names of the tracks that it lies on."""
    bases = [(_name(track, place), set(_bases(survey, track))) for place, track in enumerate(survey.tracks)]

    def named(wanted: int) -> tuple[str, ...]:
        return tuple(_once(name for name, found in bases if wanted in found))

    return TempoRoom(
        stretched=named(BEATS),
        moved=named(POSITION),
        still=named(TIME),
        markers=survey.tempo_markers,
        beats_per_bar=survey.beats_per_bar,
    )


def _bases(survey: Survey, track: SurveyTrack) -> Iterator[int]:
    """Yield the timebases of a track's items; an item at the very start has nowhere to be moved to."""
    own = survey.timebase if track.timebase == _DEFAULT else track.timebase
    for item in track.items:
        base = own if item.timebase == _DEFAULT else item.timebase
        yield TIME if base == POSITION and _at_start(item) else base


def _at_start(item: SurveyItem) -> bool:
    return item.position_s == 0.0


def _name(track: SurveyTrack, place: int) -> str:
    return track.name or f"Track {place + 1}"


def _once(names: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(names)
