"""From the options of the command line to a DAW that answers."""

import _thread
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bridge.deadline import REACHING_S, Deadline
from bridge.desk_daw import DeskDaw
from bridge.desk_meters import MeteredDesk, Meters
from bridge.errors import CredentialsRefused
from bridge.interrupts import heeded
from bridge.live import LiveDaw
from bridge.machine import THIS, machine
from bridge.osc.link import PAUSE_S, OscLink, OscPorts
from bridge.osc.surface import Surface
from bridge.other_daws import OtherDaw, Talk
from bridge.playing import MeteredDaw
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.file_link import FileLink
from bridge.reaper.metered_daw import MeteredReaperDaw
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.web import WebInterface
from bridge.reaper.web_faders import WebFaders
from bridge.stems_audio import StemsAudio
from bridge.wishes import WishUnclear

LOGIN_VARIABLE = "FADERBOT_WEB_LOGIN"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a DAW is: its host, REAPER's web port, and "USER:PASSWORD" where the web interface wants it.

    With ``osc`` it is reached over OSC alone: the UDP port that it receives on, and the one here that it sends to; as
    ``other`` says, it is no REAPER then. With ``through`` REAPER's own script is talked to, by files in that folder.
    """

    host: str = "127.0.0.1"
    web_port: int = 2307
    login: str | None = None
    osc: tuple[int, int] | None = None
    through: Path | None = None
    other: OtherDaw | None = None

    @property
    def daw(self) -> str:
        """Which DAW it leads to."""
        return "REAPER" if self.other is None else self.other.name

    @property
    def credentials(self) -> tuple[str, str] | None:
        """The user name and password. Raises ``WishUnclear``."""
        if not self.login:
            return None
        user, colon, password = self.login.partition(":")
        if not colon:
            raise WishUnclear(f"{LOGIN_VARIABLE} has no colon: it is USER:PASSWORD")
        return user, password

    @property
    def where(self) -> str:
        """The door in words."""
        if self.through is not None:
            return str(self.through)
        return f"{self.host}:{self.web_port if self.osc is None else self.osc[0]}"

    @property
    def machine(self) -> str:
        """The machine that the DAW is on, as ``bridge.machine`` spells it."""
        return THIS if self.through is not None else machine(self.host)

    @property
    def local(self) -> bool:
        """Whether the DAW is on this machine."""
        return self.machine == THIS

    def files(self, deadline: Deadline | None = None) -> FileLink:
        """Connect to REAPER's own script; that it is stopped there comes as Ctrl-C does. Raises ``DawUnreachable``."""
        if self.through is None:
            raise WishUnclear("no folder of REAPER's script is named: see --through")
        heeded()
        return FileLink.connect(self.through, on_cancel=_thread.interrupt_main, deadline=deadline)

    def web(self, deadline: Deadline | None = None) -> WebInterface:
        """Return REAPER's web interface behind the door; all it is asked ends by the deadline."""
        return WebInterface(self.host, self.web_port, credentials=self.credentials, deadline=deadline)

    @contextmanager
    def surface(self) -> Iterator[Surface]:
        """Open REAPER's control surface behind the door. Raises ``DawUnreachable``."""
        link = self._link()
        with closing(Surface(link, self.where, self.ports[1])) as surface:
            yield surface

    @contextmanager
    def talk(self, *, with_eq: bool = True) -> Iterator[tuple[Talk, Meters]]:
        """Open the line to another DAW, and what watches its meters. Raises ``DawUnreachable``."""
        if self.other is None:
            raise WishUnclear("no other DAW is named: see --daw")
        with ExitStack() as ends:
            link = self._link()
            ends.callback(link.close)
            talk, meters = self.other.opened(link, self.where, with_eq)
            ends.pop_all()
        with closing(talk):
            yield talk, meters

    @property
    def ports(self) -> tuple[int, int]:
        """The UDP ports there and here. Raises ``WishUnclear``."""
        if self.osc is None:
            raise WishUnclear("no OSC ports are named: see --daw osc")
        return self.osc

    def _link(self) -> OscLink:
        port, listen_port = self.ports
        pause_s = PAUSE_S if self.other is None else self.other.pause_s
        return OscLink.open(OscPorts(self.host, port, listen_port), pause_s=pause_s)


@contextmanager
def metered(door: Door, *, only_selected: bool = False, deadline: Deadline | None = None) -> Iterator[MeteredDaw]:
    """Connect to a running DAW that is to be mixed by its meters. Raises as ``connected``."""
    deadline = deadline or Deadline.after(REACHING_S)
    if door.through is not None:
        with closing(door.files(deadline)) as files:
            yield MeteredReaperDaw(files, door.where, only_selected=only_selected)
        return
    if door.other is not None:
        with door.talk(with_eq=False) as (talk, meters):
            yield MeteredDesk(talk, meters, door.where, only_selected=only_selected)
        return
    if door.osc is not None:
        raise WishUnclear("REAPER's meters are watched through reapy or the button: use --daw reaper")
    door.web(deadline).transport()  # says in one line what is wrong before reapy is even started
    with closing(reapy(door, deadline)) as link:
        yield MeteredReaperDaw(link, door.where, only_selected=only_selected)


@contextmanager
def connected(
    door: Door, *, stems: Path | None = None, only_selected: bool = False, deadline: Deadline | None = None
) -> Iterator[LiveDaw]:
    """Connect to a running DAW; with ``stems`` its audio comes from there, and reapy is not needed.

    Raises ``DawError`` by the ``deadline``, 5 s from now, where nothing answers, whatever was slow on the way. It holds
    until the DAW gives the first sign of life when it is read; from then on every wait has a limit of its own. Over OSC
    there is one wait, of less than 5 s, once something is asked.
    """
    deadline = deadline or Deadline.after(REACHING_S)
    if door.through is not None:
        if stems is not None or door.osc is not None:
            raise WishUnclear("--through needs neither a folder of stems nor OSC: leave them out")
        with closing(door.files(deadline)) as files:
            yield ReaperDaw(files, door.where, only_selected=only_selected)
        return
    if door.other is not None:
        audio = None if stems is None else StemsAudio.open(stems)
        with door.talk() as (talk, _):
            yield DeskDaw(talk, door.where, audio, only_selected=only_selected)
        return
    if door.osc is not None:
        audio = None if stems is None else StemsAudio.open(stems)
        with door.surface() as surface:
            yield DeskDaw(surface, door.where, audio, only_selected=only_selected)
        return
    if stems is not None:
        WebFaders(door.web(deadline)).read()  # says in one line what is wrong before any audio is opened
        yield DeskDaw(WebFaders(door.web()), door.where, StemsAudio.open(stems), only_selected=only_selected)
        return
    door.web(deadline).transport()  # says in one line what is wrong before reapy is even started
    with closing(reapy(door, deadline)) as link:
        yield ReaperDaw(link, door.where, witness=door.web(), only_selected=only_selected)


def faders_alone(door: Door) -> tuple[LiveDaw, ...]:
    """Return what the door leads to as the web interface alone shows it, where it has one.

    That is how jobs with a folder of stems see it, and how they can be taken back.
    """
    if door.through is not None or door.osc is not None:
        return ()
    return (DeskDaw(WebFaders(door.web()), door.where, None),)


def reapy(door: Door, deadline: Deadline) -> ReapyLink:
    """Connect through reapy. Raises ``DawUnreachable``."""
    try:
        return ReapyLink.connect(door.host, door.web_port, deadline=deadline)
    except CredentialsRefused as error:
        raise CredentialsRefused(
            f"reapy can not log in to REAPER's web interface at {door.where}, which asks for a password: take that out "
            "in REAPER's preferences, Control/OSC/web, or name the folder of stems too, for faders only"
        ) from error
