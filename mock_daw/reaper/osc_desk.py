"""What one surface holds besides the session: its banks, its wheels, what is open and what was touched."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from mock_daw.live import Live
from mock_daw.reaper import osc_effects, osc_markers, osc_state, osc_transport
from mock_daw.reaper.osc_equaliser import Wants
from mock_daw.reaper.osc_outlet import Outlet
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.osc_scene import Bank, Report, Scene, Touched
from mock_daw.reaper.pattern import Pattern
from mock_daw.session import Effect, Session, Track

REPLACE_MODE, AUTO_REC_ARM = 41186, 40740
Handler = Callable[["Desk", Request], None]


class Commands(Protocol):
    """REAPER's actions; ``mock_daw.reaper.actions.Actions`` are."""

    def run(self, command: int | str) -> bool:
        """Run an action by number or name; return whether there is one."""
        ...

    def state(self, command: int | str) -> int:
        """Return the toggle state: 0 off, 1 on, -1 none."""
        ...


@dataclass(frozen=True, slots=True)
class Winding:
    """Whether it winds (-1 back, 1 forward, 0 not), and what the keys do: None winds, "marker" jumps, "loop" moves."""

    direction: int = 0
    mode: str | None = None


class Desk:
    """Owns the banks and modes of one device, and what of the session has been reported to it.

    Windows of effects, the parameter that was touched last and how far the mixer is scrolled belong to REAPER as a
    whole in REAPER, and here to each surface. A surface that sends nothing (``speaks`` false) keeps its banks as well.
    """

    def __init__(self, live: Live, actions: Commands, pattern: Pattern, outlet: Outlet, *, speaks: bool) -> None:
        self.live = live
        self.actions = actions
        self.outlet = outlet
        self.wants = Wants.of(pattern)
        self.device = pattern.device
        self.bank = Bank()
        self.winding = Winding()
        self.open_effects: frozenset[str] = frozenset()
        self.touched: Touched | None = None
        self.touched_track: int | None = None
        self.leftmost_track = 1
        self.begun = False
        self._speaks = speaks
        self._seen = live.session
        self._state = live.state

    @property
    def scene(self) -> Scene:
        """The session as the device sees it now."""
        return Scene(self.live.session, self.device, self.bank, self.open_effects, self.touched)

    def say(self, reports: Iterable[Report]) -> None:
        """Report, if the surface sends."""
        if self._speaks and self.begun:
            for report in reports:
                self.outlet.say(report)

    # All there is to know

    def begin(self) -> None:
        """Report everything, as the first thing a surface does."""
        self.begun = True
        self._seen, self._state = self.live.session, self.live.state
        self.bank = osc_state.settled(self.scene)
        self.outlet.assume(Report("ANY_SOLO", (), 0.0))
        transport = osc_state.Transport(
            self.live.state,
            self.winding.mode,
            self.actions.state(REPLACE_MODE) > 0,
            self.actions.state(AUTO_REC_ARM) > 0,
        )
        self.winding = replace(self.winding, direction=0)
        self.say(osc_state.everything(self.scene, self.wants, transport))

    def begin_again(self) -> None:
        """Report everything once more, whatever was said before (``CSURF_EXT_RESET``)."""
        self.outlet.forget_all()
        self.begin()
        self.say(osc_state.choice(self.scene, self.wants))

    # What changed

    def catch_up(self) -> None:
        """Report what has changed since the last time, and follow what was touched."""
        before, after = self._seen, self.live.session
        if after is not before:
            self._seen = after
            moved = osc_state.moved_last(before, after)
            self.touched = moved or self.touched
            touched = osc_state.touched_last(before, after)
            self.touched_track = self.touched_track if touched is None else touched
            self.say(osc_state.changes(before, self.scene, self.wants))
            if touched is not None and self.device.track_follows_touch:
                self.choose_track(touched)
            if moved is not None and self.device.effect_follows_touch:
                self.choose_effect_of(moved.track, moved.effect)
        if self.live.state is not self._state:
            self.say_play_state()

    def say_play_state(self) -> None:
        """Report what the transport does."""
        self._state = self.live.state
        self.say(osc_transport.play_state(self._state))

    # Banks and choices

    def choose_track(self, number: int) -> None:
        """Make a track the chosen one, if it is not."""
        if number != self.bank.track:
            self.bank = replace(self.bank, track=number)
            self.tell_choice()

    def choose_effect_of(self, number: int, place: int) -> None:
        """Make an effect and its track the chosen ones."""
        if self.scene.effect(number, place) is None:
            return
        if number != self.bank.track:
            self.bank = replace(self.bank, track=number, effect=place)
            self.tell_choice()
        elif place != self.bank.effect:
            self.bank = replace(self.bank, effect=place)
            self.tell_effect()

    def tell_choice(self) -> None:
        """Report the chosen track."""
        self.bank = osc_state.settled(self.scene)
        self.say(osc_state.choice(self.scene, self.wants))

    def tell_effect(self) -> None:
        """Report the chosen effect."""
        self.bank = osc_state.settled(self.scene)
        self.say(osc_effects.chosen(self.scene))

    def tell_instrument(self) -> None:
        """Report the instrument of the chosen track."""
        self.bank = osc_state.settled(self.scene)
        self.say(osc_effects.chosen_instrument(self.scene))

    def tell_bank(self) -> None:
        """Report all tracks of the bank."""
        self.say(osc_state.bank(self.scene, self.wants))

    def tell_markers(self, *, markers_before: int = 0, regions_before: int = 0) -> None:
        """Report the markers and regions of the bank; after a change of its size give the size before it."""
        self.say(osc_markers.bank(self.scene, markers_before=markers_before, regions_before=regions_before))

    # What a request is about

    def track_number(self, request: Request, place: int = 0) -> int | None:
        """Return the number of the track that a target names in the bank, or of the chosen one without a target.

        None where there is no such track.
        """
        target = request.target(place)
        number = self.bank.track if target is None else self.bank.tracks_from + target
        return number if 0 <= number <= len(self.live.session.tracks) else None

    def effect_place(self, request: Request, place: int = 0) -> int:
        """Return the place of the effect that a target names, or of the chosen one without a target."""
        target = request.target(place)
        return self.bank.effect if target is None else target - 1

    # Edits

    def edit_track(self, number: int, change: Callable[[Track], Track], name: str | None) -> None:
        """Change a track, in an undo step of its own or (name None) in none."""
        self.live.edit(lambda session: session.with_track(number, change(session.track(number))), name)

    def adjust_effect(self, number: int, place: int, change: Callable[[Effect], Effect], name: str) -> None:
        """Change an effect in moves that share one undo step; without such an effect nothing changes."""
        if self.scene.effect(number, place) is not None:
            self.live.adjust(lambda session: with_effect(session, number, place, change), name)

    def edit_effect(self, number: int, place: int, change: Callable[[Effect], Effect], name: str) -> None:
        """Change an effect in an undo step of its own; without such an effect nothing changes."""
        if self.scene.effect(number, place) is not None:
            self.live.edit(lambda session: with_effect(session, number, place, change), name)


def with_effect(session: Session, number: int, place: int, change: Callable[[Effect], Effect]) -> Session:
    """Return the session with an effect changed."""
    track = session.track(number)
    effects = (*track.effects[:place], change(track.effects[place]), *track.effects[place + 1 :])
    return session.with_track(number, replace(track, effects=effects))
