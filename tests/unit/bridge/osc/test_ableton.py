import math

import pytest

from bridge.osc import ableton
from bridge.osc.ableton import Told
from bridge.osc.packets import Message

# Seen in Live 12 every 3 dB, as a public script keeps them; from -18 dB on AbletonOSC's issue 44 has a straight line.
SEEN = {
    6: 1.0, 3: 0.92494, 0: 0.85, -3: 0.77494, -6: 0.7, -9: 0.62494, -12: 0.55, -15: 0.47494, -18: 0.4,
    -21: 0.34366, -24: 0.30241, -27: 0.26826, -30: 0.23844, -33: 0.21163, -36: 0.18704, -39: 0.16422, -42: 0.14288,
    -45: 0.12272, -48: 0.10354, -51: 0.08524, -54: 0.06779, -57: 0.05101, -60: 0.03462, -63: 0.02135,
}  # fmt: skip
METERS = {0.07: -64.7, 0.425: -37.7, 0.539: -29.0, 0.6: -24.4, 0.631: -22.0, 0.674: -18.8, 0.842: -6.0, 0.921: 0.0}


@pytest.mark.parametrize(("gain_db", "place"), SEEN.items())
def test_a_fader_stands_where_live_shows_it(gain_db, place):
    assert ableton.gain_db(place) == pytest.approx(gain_db, abs=0.015)
    assert ableton.place(gain_db) == pytest.approx(place, abs=3e-4)


def test_the_ends_of_a_fader():
    assert (ableton.gain_db(0.0), ableton.gain_db(1.0)) == (-math.inf, ableton.FADER_HIGHEST_DB)
    assert (ableton.place(-math.inf), ableton.place(-70.0), ableton.place(12.0)) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(("level", "peak_dbfs"), METERS.items())
def test_a_meter_is_what_live_shows(level, peak_dbfs):
    assert ableton.peak_dbfs(level) == pytest.approx(peak_dbfs, abs=0.06)
    assert ableton.meter(peak_dbfs) == pytest.approx(level, abs=1e-3)


def test_silence_on_a_meter():
    assert ableton.peak_dbfs(0.0) == -math.inf


def test_a_pan_is_louder_at_its_side():
    assert ableton.sides(0.0) == pytest.approx((1.0, 1.0))
    assert ableton.sides(1.0) == pytest.approx((0.0, math.sqrt(2.0)))
    assert ableton.sides(-1.0) == pytest.approx((math.sqrt(2.0), 0.0))


def test_an_answer_is_known_by_its_question():
    told = Told()
    for message in (
        Message("/live/song/get/num_tracks", (2,)),
        Message("/live/track/get/volume", (1, 0.85)),
        Message("/live/track/get/name", (1, "Bass")),
        Message("/live/track/get/devices/name", (1,)),
        Message("/live/device/get/parameters/value", (1, 0, 1.0, 0.5)),
        Message("/live/device/get/parameter/value_string", (1, 0, 3, "100 Hz")),
    ):
        assert told.take(message)
    assert told.number(ableton.TRACKS) == 2.0
    assert (told.number(ableton.VOLUME, 1), told.number(ableton.VOLUME, 0)) == (0.85, None)
    assert (told.text(ableton.NAME, 1), told.texts(ableton.DEVICE_NAMES, 1)) == ("Bass", ())
    assert told.numbers(ableton.PARAMETER_VALUES, 1, 0) == (1.0, 0.5)
    assert told.text(ableton.PARAMETER_TEXT, 1, 0, 3) == "100 Hz"
    asked = [Message(ableton.VOLUME, (1,)), Message(ableton.VOLUME, (2,)), Message(ableton.DEVICE_NAMES, (1,))]
    assert told.lacking(asked) == [Message(ableton.VOLUME, (2,))]


@pytest.mark.parametrize(
    "message",
    [
        Message("/live/track/get/volume", (1,)),
        Message("/live/track/get/volume", (1, "0.85")),
        Message("/live/track/get/volume", (1, math.nan)),
        Message("/live/track/get/volume", (0.5, 0.85)),
        Message("/live/track/get/volume", ()),
        Message("/live/track/get/name", (1, 2)),
        Message("/live/track/get/name", (1, b"Bass")),
        Message("/live/device/get/parameters/name", (1, 0, "Device On", 1)),
        Message("/live/device/get/parameters/value", (1, 0, "1.0")),
        Message("/live/song/beat", (4,)),
        Message("/elsewhere", (1, 0.5)),
    ],
)
def test_what_means_nothing_is_passed_over(message):
    told = Told()
    assert not told.take(message)
    assert told == Told()


def test_an_error_is_kept():
    told = Told()
    assert not told.take(Message("/live/error", ("Unknown OSC address: /live/x",)))
    assert told.error == "Unknown OSC address: /live/x"


def test_what_is_set():
    assert ableton.fader(3, -6.0) == Message("/live/track/set/volume", (3, pytest.approx(0.7)))
    assert ableton.fader(0, -math.inf) == Message("/live/track/set/volume", (0, 0.0))
    assert ableton.setting(ableton.TEMPO, 98.5) == Message("/live/song/set/tempo", (98.5,))
    listened = Message("/live/track/start_listen/output_meter_left", (2,))
    assert ableton.listening(ableton.METERS[0], 2, on=True) == listened
    assert ableton.listening(ableton.METERS[1], 2, on=False).address == "/live/track/stop_listen/output_meter_right"
