"""How the way to REAPER can fail: one line each, with what happened, where, and how to mend it.

agent.daw.DawError
├── DawUnreachable          nothing listens there, or something that is not REAPER
│   ├── DawSilent           it accepts but does not answer in time, or has stopped answering
│   ├── DawStale            what an earlier REAPER left behind: a port without a server, an action that starts none
│   └── CredentialsRefused  the web interface asks for a user name and password, and these are not they
└── TrackGone               a track that is asked for is no longer in the project
"""

from agent.daw import DawError


class DawUnreachable(DawError):  # noqa: N818 - a state, named as the user sees it
    """REAPER can not be reached."""


class DawSilent(DawUnreachable):
    """REAPER does not answer in time."""


class DawStale(DawUnreachable):
    """The way to REAPER leads to a server that is no longer there."""


class CredentialsRefused(DawUnreachable):
    """The web interface refuses the user name and password."""


class TrackGone(DawError):  # noqa: N818 - a state, named as the user sees it
    """A track is no longer in the project."""
