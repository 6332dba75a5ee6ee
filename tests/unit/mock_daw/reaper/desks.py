"""A small live session for the tests of REAPER's protocols."""

import numpy as np

from mock_daw.live import Live
from mock_daw.session import Send, Session, Track


class Silence:
    """A player that plays nothing, or the peaks it is given."""

    def __init__(self):
        self.peaks = None

    def seek(self, position_s):
        """Go on from anywhere."""

    def advance(self, session, samples):
        rows = len(session.tracks) + 1
        return np.zeros((rows, 2)) if self.peaks is None else np.array(self.peaks)

    def close(self):
        """There is nothing to close."""


def track(name, **values):
    return Track(f"{{{name}}}", name, **values)


def live_with(*tracks, player=None, **values):
    return Live(Session("demo", 48_000, tracks, **values), player or Silence())


def send(to, **values):
    return Send(f"{{send to {to}}}", f"{{{to}}}", **values)
