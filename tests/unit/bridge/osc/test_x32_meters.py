import math

import pytest

from agent.mixing import Wish
from bridge.desk_meters import MeteredDesk
from bridge.errors import DawSilent
from bridge.journal import Journal
from bridge.metered_job import mix_live_by_meters
from bridge.osc import x32
from bridge.osc.packets import Message
from bridge.osc.x32_line import X32Line
from bridge.osc.x32_meters import X32Meters, peaks_dbfs
from bridge.undoing import undo_last
from tests.mixes import POLICY
from tests.x32_consoles import Console


def meters_of(console, kind=x32.X32):
    line = X32Line(console, "", kind, clock=console.clock)
    return X32Meters(console, line, "192.168.1.62:10023", clock=console.clock)


def test_a_bank_as_the_document_has_it():
    # /meters/6 of channel 17: the level before the fader, the gate, the compressor, and the level after the fader.
    blob = bytes.fromhex("04000000fd1d2137fdff7f3f0000803f6ebbd534")
    bank = x32.Bank("/meters/6", 4, linear=True)
    assert peaks_dbfs(bank, blob) == pytest.approx((-math.inf, 0.0, 0.0, -math.inf), abs=1e-5)
    assert peaks_dbfs(bank, blob[:-1]) is None


def test_an_x_airs_bank_is_in_256ths_of_a_db():
    bank = x32.Bank("/meters/1", 3, linear=False)
    assert peaks_dbfs(bank, bytes.fromhex("0300000000ec80ff0080")) == (-20.0, -0.5, -math.inf)


@pytest.mark.parametrize(("model", "channels", "kind"), [("X32", 32, x32.X32), ("XR18", 16, x32.XAIR)])
def test_peaks_are_after_the_faders(model, channels, kind):
    console = Console("Kick", "Bass", "Mute", model=model, channels=channels)
    console.put(2, "mix/fader", 0.5)
    console.put(3, "mix/on", 0)
    console.peaks[:3] = [-20.0, -20.0, -20.0]
    console.main_dbfs = (-18.0, -15.0)
    meters = meters_of(console, kind)
    meters.play()
    at_s, peaks = next(meters.levels(1.0))
    both_dbfs = 10 * math.log10((10**-1.8 + 10**-1.5) / 2)
    assert peaks == pytest.approx({0: both_dbfs, 1: -20.0, 2: -30.0, 3: -math.inf}, abs=0.05)
    assert at_s == console.time_s


def test_a_closed_dca_is_silent_and_a_pan_leaves_one_of_two_sides():
    console = Console("Kick", "Bass")
    console.peaks[:2] = [-20.0, -20.0]
    console.put(1, "mix/pan", 0.0)
    console.put(2, "grp/dca", 1)
    console.set("/dca/1/fader", 0.0)
    meters = meters_of(console)
    meters.play()
    peaks = next(meters.levels(1.0))[1]
    assert (peaks[1], peaks[2]) == (pytest.approx(-23.01, abs=0.05), -math.inf)


def test_they_are_asked_for_again_before_they_end():
    console = Console("Kick")
    meters = meters_of(console)
    meters.play()
    frames = list(meters.levels(30.0))
    assert 200 <= len(frames) <= 320
    asked = [message for message in console.sent if message.address == "/meters"]
    assert asked[:2] == [Message("/meters", ("/meters/1",)), Message("/meters", ("/meters/2",))]
    assert 6 <= len(asked) / 2 <= 9


def test_eqs_are_not_asked_for_while_it_plays():
    console = Console("Kick")
    meters = meters_of(console)
    meters.play()
    meters.nudge({1: -6.0})
    assert not any("/eq/" in message.address for message in console.sent)
    meters.stop()
    assert not meters._line.brief


def test_a_nudge_is_in_the_next_peaks():
    console = Console("Kick")
    console.peaks[0] = -20.0
    meters = meters_of(console)
    meters.play()
    meters.nudge({0: -3.0, 1: -6.0})
    assert next(meters.levels(1.0))[1][1] == pytest.approx(-26.0, abs=0.05)
    assert console.fader_db(0) == pytest.approx(-3.0, abs=0.02)


def test_a_console_that_died_is_told_of():
    console = Console("Kick")
    meters = meters_of(console)
    meters.play()
    console.dead = True
    with pytest.raises(DawSilent, match="sends no meters any more"):
        list(meters.levels(60.0))
    assert console.time_s < 5.0


def test_a_console_is_mixed_by_its_meters_and_taken_back(tmp_path):
    console = Console("Kick", "Bass", "Lead Vocal")
    console.mixes = True
    console.peaks[:3] = [-20.0, -8.0, -30.0]
    line = X32Line(console, "", clock=console.clock)
    daw = MeteredDesk(line, X32Meters(console, line, "", clock=console.clock), "")
    session = daw.read()
    before = line.read()
    result = mix_live_by_meters(
        daw, Wish(loudness_lufs=-20.0, eq=False), POLICY, Journal(tmp_path), session, budget_s=30.0, clock=console.clock
    )
    assert console.time_s < 60.0
    gains_db = [strip.gain_db for strip in result.settings.strips]
    assert gains_db[2] > gains_db[1]
    desk = line.read()
    assert desk != before
    assert [track.gain_db for track in desk.tracks] == [line.held_db(1, db) for db in gains_db]
    assert [track.eq for track in desk.tracks] == [track.eq for track in before.tracks]
    undo_last(daw, Journal(tmp_path))
    assert line.read() == before


def test_a_bank_that_was_lost_leaves_its_meters_as_they_were():
    console = Console("Kick")
    console.peaks[0] = -20.0
    meters = meters_of(console)
    meters.play()
    levels = meters.levels(10.0)
    next(levels)
    console.loses = lambda message: message.address == "/meters/1"
    console.peaks[0] = -40.0
    console.main_dbfs = (-9.0, -9.0)
    assert next(levels)[1] == pytest.approx({0: -9.0, 1: -20.0}, abs=0.05)


def test_what_is_no_bank_is_passed_over():
    console = Console("Kick")
    meters = meters_of(console)
    meters.play()
    console.coming += [Message("/meters/1", (1,)), Message("/meters/1", (b"\1\0\0\0",)), Message("/meters/9", (b"",))]
    assert len(list(meters.levels(0.3))) >= 1
