from dataclasses import replace

import numpy as np
import pytest

from bridge.reaper.daw import ReaperDaw
from tests.reapers import MemoryLink, survey, track


def daw_of(*tracks):
    return ReaperDaw(MemoryLink(survey(*tracks)), "127.0.0.1:2307")


def test_what_differs_less_than_a_daw_keeps_is_no_change():
    daw = daw_of()
    settings = daw.read().settings
    assert daw.changes(replace(settings, master_gain_db=0.004)) == ()
    assert len(daw.changes(replace(settings, master_gain_db=0.04))) == 1


def test_a_track_with_its_phase_inverted_is_heard_upside_down():
    plain, inverted = (
        np.concatenate(list(daw_of(track("Kick", phase_inverted=phase)).audio()), axis=1) for phase in (False, True)
    )
    assert plain.any()
    assert inverted == pytest.approx(-plain)
