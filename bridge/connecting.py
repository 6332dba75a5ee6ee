"""From the options of the command line to a DAW that answers."""

import _thread
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from bridge.errors import CredentialsRefused
from bridge.fader_daw import FaderDaw
from bridge.live import LiveDaw
from bridge.osc.link import OscLink, OscPorts
from bridge.osc.surface import Surface
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.file_link import FileLink
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.web import WebInterface
from bridge.reaper.web_faders import WebFaders
from bridge.stems_audio import StemsAudio
from bridge.wishes import WishUnclear

LOGIN_VARIABLE = "FADERBOT_WEB_LOGIN"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a DAW is: its host, REAPER's web port, and "USER:PASSWORD" where the web interface wants it.

    With ``osc`` it is reached over OSC alone: the UDP port that it receives on, and the one here that it sends to. With
    ``through`` REAPER's own script is talked to, by files in that folder.
    """

    host: str = "127.0.0.1"
    web_port: int = 2307
    login: str | None = None
    osc: tuple[int, int] | None = None
    through: Path | None = None

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
    def local(self) -> bool:
        """Whether the DAW is on this machine."""
        if self.host == "localhost" or self.through is not None:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def files(self) -> FileLink:
        """Connect to REAPER's own script; that it is stopped there comes as Ctrl-C does. Raises ``DawUnreachable``."""
        if self.through is None:
            raise WishUnclear("no folder of REAPER's script is named: see --through")
        return FileLink.connect(self.through, on_cancel=_thread.interrupt_main)

    def web(self) -> WebInterface:
        """Return REAPER's web interface behind the door."""
        return WebInterface(self.host, self.web_port, credentials=self.credentials)

    @contextmanager
    def surface(self) -> Iterator[Surface]:
        """Open REAPER's control surface behind the door. Raises ``DawUnreachable``."""
        if self.osc is None:
            raise WishUnclear("no OSC ports are named: see --daw osc")
        port, listen_port = self.osc
        link = OscLink.open(OscPorts(self.host, port, listen_port))
        with closing(Surface(link, self.where, listen_port)) as surface:
            yield surface


@contextmanager
def connected(door: Door, *, stems: Path | None = None, only_selected: bool = False) -> Iterator[LiveDaw]:
    """Connect to a running DAW; with ``stems`` its audio comes from there, and reapy is not needed.

    Raises ``DawError`` within 5 s where nothing answers; over OSC only once something is asked.
    """
    if door.through is not None:
        if stems is not None or door.osc is not None:
            raise WishUnclear("--through needs neither a folder of stems nor OSC: leave them out")
        with closing(door.files()) as files:
            yield ReaperDaw(files, door.where, only_selected=only_selected)
        return
    if door.osc is not None:
        audio = None if stems is None else StemsAudio.open(stems)
        with door.surface() as surface:
            yield FaderDaw(surface, door.where, audio, only_selected=only_selected)
        return
    web = door.web()
    web.transport()  # says in one line what is wrong before reapy is even started
    if stems is not None:
        yield FaderDaw(WebFaders(web), door.where, StemsAudio.open(stems), only_selected=only_selected)
        return
    with closing(_reapy(door)) as link:
        yield ReaperDaw(link, door.where, witness=web, only_selected=only_selected)


def _reapy(door: Door) -> ReapyLink:
    try:
        return ReapyLink.connect(door.host, door.web_port)
    except CredentialsRefused as error:
        raise CredentialsRefused(
            f"reapy can not log in to REAPER's web interface at {door.where}, which asks for a password: take that out "
            "in REAPER's preferences, Control/OSC/web, or name the folder of stems too, for faders only"
        ) from error
