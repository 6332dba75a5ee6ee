"""Which tracks of a REAPER project are heard, and with what gain they reach the master. Pure: a survey in, facts out.

Folders and buses are taken as gains: what their effects do is not known here, and is said. A bus with effects that is
fed by a send (a reverb, say) is left out of what is heard; a folder with effects is passed through.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bridge.gains import Sides, balance
from bridge.reaper.survey import Survey, SurveySend, SurveyTrack

POST_FADER = 0


@dataclass(frozen=True, slots=True)
class Route:
    """How a track reaches the master: gains (left, right) from after its fader, and what they do not say."""

    sides: tuple[float, float]
    unheard: tuple[str, ...] = ()


def parents(tracks: tuple[SurveyTrack, ...]) -> tuple[int | None, ...]:
    """Return for each track the place of its folder, from REAPER's folder depths (1 opens, -n closes n)."""
    found: list[int | None] = []
    opened: list[int] = []
    for place, track in enumerate(tracks):
        found.append(opened[-1] if opened else None)
        if track.folder_depth > 0:
            opened.append(place)
        for _ in range(min(-track.folder_depth, len(opened))):
            opened.pop()
    return tuple(found)


def heard_under_solo(survey: Survey) -> tuple[bool, ...]:
    """Tell for each track whether solo lets it through: all where none is soloed, else itself or a folder above."""
    tracks = survey.tracks
    if not any(track.solo for track in tracks):
        return (True,) * len(tracks)
    above = parents(tracks)
    return tuple(any(tracks[k].solo for k in _upwards(place, above)) for place in range(len(tracks)))


@dataclass
class Routes:
    """The ways from the tracks to the master. Owns what has been worked out so far."""

    survey: Survey
    _above: tuple[int | None, ...] = field(init=False)
    _places: dict[str, int] = field(init=False)
    _known: dict[int, Route] = field(default_factory=dict, init=False)
    _on_the_way: set[int] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._above = parents(self.survey.tracks)
        self._places = {track.guid: place for place, track in enumerate(self.survey.tracks)}

    def of(self, place: int) -> Route:
        """Return the route of a track, by its place from 0."""
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._worked_out(place)
        return known

    def carries_others(self, place: int) -> bool:
        """Tell whether other tracks come through this one: it is a folder's head or a send's destination."""
        track = self.survey.tracks[place]
        if place in self._above:
            return True
        return any(send.to == track.guid for other in self.survey.tracks for send in other.sends)

    def _worked_out(self, place: int) -> Route:
        track = self.survey.tracks[place]
        sides: Sides = np.zeros(2)
        unheard: list[str] = []
        self._on_the_way.add(place)
        if track.main_send:
            above = self._above[place]
            through = Route((1.0, 1.0)) if above is None else self._through(above)
            sides += through.sides
            unheard += through.unheard
        for gains, said in self._sends(track):
            sides += gains
            unheard += said
        self._on_the_way.discard(place)
        return Route((float(sides[0]), float(sides[1])), tuple(dict.fromkeys(unheard)))

    def _sends(self, track: SurveyTrack) -> Iterator[tuple[Sides, tuple[str, ...]]]:
        for send in track.sends:
            to = self._places.get(send.to)
            if send.muted or to is None or to in self._on_the_way:
                continue
            bus = self.survey.tracks[to]
            if works(bus):
                yield np.zeros(2), (f"the send to {bus.name}, for its effects",)
            elif send.mode != POST_FADER:
                yield np.zeros(2), (f"the send to {bus.name}, which leaves before the fader",)
            else:
                through = self._through(to)
                yield _send_sides(send) * through.sides, through.unheard

    def _through(self, place: int) -> Route:
        """Return the way through a folder or bus: its own strip, then its route."""
        if place in self._on_the_way:
            return Route((0.0, 0.0))
        track = self.survey.tracks[place]
        if track.muted:
            return Route((0.0, 0.0))
        onward = self.of(place)
        sides = strip_sides(track) * onward.sides
        said = (f"the effects of {track.name}",) if works(track) else ()
        return Route((float(sides[0]), float(sides[1])), (*said, *onward.unheard))


def strip_sides(track: SurveyTrack) -> Sides:
    """Return the linear gains (left, right) of a track's fader, pan (as a stereo balance) and phase."""
    sign = -1.0 if track.phase_inverted else 1.0
    return sign * track.gain_linear * balance(track.pan)


def works(track: SurveyTrack) -> bool:
    """Tell whether effects are at work on a track."""
    return track.effects_enabled and any(effect.enabled and not effect.offline for effect in track.effects)


def _send_sides(send: SurveySend) -> Sides:
    sign = -1.0 if send.phase_inverted else 1.0
    return sign * send.gain_linear * balance(send.pan)


def _upwards(place: int, above: tuple[int | None, ...]) -> Iterator[int]:
    at: int | None = place
    while at is not None:
        yield at
        at = above[at]
