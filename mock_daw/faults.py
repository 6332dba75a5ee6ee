"""What can go wrong with a DAW, on request: one table. ``mock_daw.fault_spec`` reads the rows from words.

A fault begins at a time or after a count of what was handled, and ends after its ``for`` where it has one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from mock_daw import user
from mock_daw.errors import FaultError
from mock_daw.inbox import Wire
from mock_daw.live import Live
from mock_daw.transit import Rates

Value = float | int | str
OSC = (Wire.OSC_IN, Wire.OSC_OUT)
ANY = (*OSC, Wire.WEB, Wire.REAPY)


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a fault begins: at so many of the mock's ``seconds``, or after so many of what is counted.

    Counted are ``osc`` datagrams, ``web`` requests and ``reapy`` calls handled, and ``write``s: changes of the session
    that came over any of them.
    """

    of: str
    at: float

    def met(self, reached: Mapping[str, float]) -> bool:
        """Return whether it is time, given what each kind has reached."""
        return reached[self.of] >= self.at


COUNTED = ("osc", "web", "reapy", "write")
AT_THE_START = Trigger("seconds", 0.0)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as it was asked for. ``name`` is a key of ``TABLE``."""

    name: str
    value: float | None = None
    wires: tuple[Wire, ...] = ()
    trigger: Trigger = AT_THE_START
    for_s: float | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    spec: str = ""


class Target(Protocol):
    """The running mock, as faults see it."""

    @property
    def live(self) -> Live:
        """The open session."""
        ...

    def rates(self, wire: Wire) -> Rates:
        """Return how bad a wire is."""
        ...

    def set_rates(self, wire: Wire, rates: Rates) -> None:
        """Make a wire as bad as that."""
        ...

    def freeze(self) -> None:
        """Open a modal dialog."""
        ...

    def thaw(self) -> None:
        """Close it."""
        ...

    def vanish(self) -> None:
        """End the DAW: its ports are closed."""
        ...

    def come_back(self) -> None:
        """Start the DAW again on the same ports."""
        ...

    def crash_reapy(self) -> None:
        """End reapy's server, and leave its port published."""
        ...

    def save(self) -> None:
        """Save the session: what a restart opens."""
        ...


Act = Callable[[Target, Fault], None]


@dataclass(frozen=True, slots=True)
class Option:
    """A key that a fault takes after a colon; without a default it must be there."""

    kind: type[int] | type[float] | type[str]
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of fault: what it does, the wires it can befall, the range of its value, its options, an example."""

    words: str
    example: str
    begin: Act
    end: Act | None = None
    wires: tuple[Wire, ...] = ()
    highest: float | None = None
    options: Mapping[str, Option] = field(default_factory=dict)


def _rated(target: Target, fault: Fault, value: float) -> None:
    for wire in fault.wires:
        target.set_rates(wire, replace(target.rates(wire), **{fault.name: value}))


def _begin_rate(target: Target, fault: Fault) -> None:
    assert fault.value is not None
    _rated(target, fault, fault.value)


def _end_rate(target: Target, fault: Fault) -> None:
    _rated(target, fault, 0.0)


def _restart(target: Target, fault: Fault) -> None:
    target.vanish()
    if fault.for_s is None:
        target.come_back()


def _by_user(deed: Callable[..., None]) -> Act:
    def act(target: Target, fault: Fault) -> None:
        try:
            deed(target.live, **fault.options)
        except IndexError as error:
            raise FaultError(fault.spec, f"there is no track {fault.options.get('track')} by then") from error

    return act


TRACK = Option(int)

TABLE: Mapping[str, Row] = MappingProxyType(
    {
        "loss": Row("so many of the datagrams never arrive (0.1 = 10 %)", "loss=0.1",
                    _begin_rate, _end_rate, OSC, 1.0),
        "duplicate": Row("so many of the datagrams arrive twice", "osc-in:duplicate=0.05",
                         _begin_rate, _end_rate, OSC, 1.0),
        "reorder": Row("so many of the datagrams are overtaken by the next", "osc-out:reorder=0.2@5s for 10s",
                       _begin_rate, _end_rate, OSC, 1.0),
        "delay": Row("everything arrives so many seconds late", "web:delay=0.2",
                     _begin_rate, _end_rate, ANY, 60.0),
        "burst": Row("of more datagrams than this in one turn of the main loop the rest is lost", "osc-in:burst=256",
                     _begin_rate, _end_rate, OSC, 65536.0),
        "freeze": Row("a modal dialog: nothing is answered, the sockets stay open", "freeze@5s for 3s",
                      lambda target, _: target.freeze(), lambda target, _: target.thaw()),
        "restart": Row("ends and starts again on the same ports, after `for` if given; what was not saved is lost",
                       "restart@write#5 for 2s", _restart, lambda target, _: target.come_back()),
        "vanish": Row("the process is gone, the ports are closed; the answer to what did it is lost", "vanish@web#3",
                      lambda target, _: target.vanish()),
        "reapy-crash": Row("reapy's server is gone, its port stays published", "reapy-crash@reapy#20",
                           lambda target, _: target.crash_reapy()),
        "user-fader": Row("the user moves a fader (track 0 is the master)", "user-fader@5s:track=3,db=-10",
                          _by_user(user.move_fader), options={"track": TRACK, "db": Option(float)}),
        "user-mute": Row("the user mutes a track, or unmutes it with on=0", "user-mute@5s:track=2",
                         _by_user(user.mute), options={"track": TRACK, "on": Option(int, 1)}),
        "user-select": Row("the user selects a track, or unselects it with on=0", "user-select@5s:track=2",
                           _by_user(user.select), options={"track": TRACK, "on": Option(int, 1)}),
        "user-rename": Row("the user renames a track", "user-rename@write#2:track=1,name=Drums",
                           _by_user(user.rename), options={"track": TRACK, "name": Option(str)}),
        "user-add": Row("the user inserts an empty track, which gets that number", "user-add@5s:track=1,name=New",
                        _by_user(user.add_track), options={"track": TRACK, "name": Option(str, "")}),
        "user-delete": Row("the user deletes a track", "user-delete@osc#10:track=2",
                           _by_user(user.delete_track), options={"track": TRACK}),
        "user-undo": Row("the user undoes the last step", "user-undo@write#4", _by_user(user.undo)),
        "user-play": Row("the user presses play", "user-play@1s", _by_user(user.play)),
        "user-stop": Row("the user presses stop", "user-stop@5s", _by_user(user.stop)),
        "user-save": Row("the user saves: a restart opens the session as it is then", "user-save@3s",
                         lambda target, _: target.save()),
    }
)  # fmt: skip
