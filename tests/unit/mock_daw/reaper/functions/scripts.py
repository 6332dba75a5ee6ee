"""A script's view of a small session: REAPER's functions by name, called as from Python."""

from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import Functions
from tests.unit.mock_daw.reaper.desks import live_with, track

PROJECT = 0


class Script:
    """Functions as attributes: ``script.CountTracks(0)``."""

    def __init__(self, live):
        self.live = live
        self.functions = Functions(live, Actions(live))

    @property
    def desk(self):
        return self.functions.host.desk

    def __getattr__(self, name):
        return lambda *args: self.functions.call(name, args)

    def track(self, number):
        """Return a track's pointer, 0 the master."""
        return self.GetMasterTrack(PROJECT) if number == 0 else self.GetTrack(PROJECT, number - 1)

    def value(self, number, parameter):
        return self.GetMediaTrackInfo_Value(self.track(number), parameter)


def script_on(*tracks, **values):
    return Script(live_with(*(tracks or (track("A"), track("B"))), **values))
