"""Our OSC pattern file against the rules of REAPER's reader (``LoadCfgContext`` in reaper-sdk's csurf_osc.cpp)."""

import re

import pytest

from bridge.setup_command import PATTERN_FILE

# Every key of REAPER's own Default.ReaperOSC (as in Ultraschall/ultraschall-portable, OSC/): REAPER reads the keys it
# knows from that file and passes over a line with any other.
KNOWN = """
DEVICE_TRACK_COUNT DEVICE_SEND_COUNT DEVICE_RECEIVE_COUNT DEVICE_FX_COUNT DEVICE_FX_PARAM_COUNT
DEVICE_FX_INST_PARAM_COUNT DEVICE_MARKER_COUNT DEVICE_REGION_COUNT REAPER_TRACK_FOLLOWS DEVICE_TRACK_FOLLOWS
DEVICE_TRACK_BANK_FOLLOWS DEVICE_FX_FOLLOWS DEVICE_EQ DEVICE_ROTARY_CENTER SCROLL_X- SCROLL_X+ SCROLL_Y- SCROLL_Y+
ZOOM_X- ZOOM_X+ ZOOM_Y- ZOOM_Y+ TIME BEAT SAMPLES FRAMES METRONOME REPLACE REPEAT RECORD STOP PLAY PAUSE AUTO_REC_ARM
SOLO_RESET ANY_SOLO REWIND FORWARD REWIND_FORWARD_BYMARKER REWIND_FORWARD_SETLOOP GOTO_MARKER GOTO_REGION SCRUB
PLAY_RATE TEMPO MARKER_NAME MARKER_NUMBER MARKER_TIME REGION_NAME REGION_NUMBER REGION_TIME REGION_LENGTH
LAST_MARKER_NAME LAST_MARKER_NUMBER LAST_MARKER_TIME LAST_REGION_NAME LAST_REGION_NUMBER LAST_REGION_TIME
LAST_REGION_LENGTH LOOP_START_TIME LOOP_END_TIME MASTER_VOLUME MASTER_PAN MASTER_VU MASTER_VU_L MASTER_VU_R
MASTER_SEND_NAME MASTER_SEND_VOLUME MASTER_SEND_PAN TRACK_NAME TRACK_NUMBER TRACK_MUTE TRACK_SOLO TRACK_REC_ARM
TRACK_MONITOR TRACK_SELECT TRACK_VU TRACK_VU_L TRACK_VU_R TRACK_VOLUME TRACK_PAN TRACK_PAN2 TRACK_PAN_MODE
TRACK_SEND_NAME TRACK_SEND_VOLUME TRACK_SEND_PAN TRACK_RECV_NAME TRACK_RECV_VOLUME TRACK_RECV_PAN TRACK_AUTO
TRACK_AUTO_TRIM TRACK_AUTO_READ TRACK_AUTO_LATCH TRACK_AUTO_TOUCH TRACK_AUTO_WRITE TRACK_VOLUME_TOUCH TRACK_PAN_TOUCH
FX_NAME FX_NUMBER FX_BYPASS FX_OPEN_UI FX_PRESET FX_PREV_PRESET FX_NEXT_PRESET FX_PARAM_NAME FX_WETDRY FX_PARAM_VALUE
FX_EQ_BYPASS FX_EQ_OPEN_UI FX_EQ_PRESET FX_EQ_PREV_PRESET FX_EQ_NEXT_PRESET FX_EQ_MASTER_GAIN FX_EQ_WETDRY
FX_EQ_HIPASS_NAME FX_EQ_HIPASS_BYPASS FX_EQ_HIPASS_FREQ FX_EQ_HIPASS_Q FX_EQ_LOSHELF_NAME FX_EQ_LOSHELF_BYPASS
FX_EQ_LOSHELF_FREQ FX_EQ_LOSHELF_GAIN FX_EQ_LOSHELF_Q FX_EQ_BAND_NAME FX_EQ_BAND_BYPASS FX_EQ_BAND_FREQ
FX_EQ_BAND_GAIN FX_EQ_BAND_Q FX_EQ_NOTCH_NAME FX_EQ_NOTCH_BYPASS FX_EQ_NOTCH_FREQ FX_EQ_NOTCH_GAIN FX_EQ_NOTCH_Q
FX_EQ_HISHELF_NAME FX_EQ_HISHELF_BYPASS FX_EQ_HISHELF_FREQ FX_EQ_HISHELF_GAIN FX_EQ_HISHELF_Q FX_EQ_LOPASS_NAME
FX_EQ_LOPASS_BYPASS FX_EQ_LOPASS_FREQ FX_EQ_LOPASS_Q FX_INST_NAME FX_INST_BYPASS FX_INST_OPEN_UI FX_INST_PRESET
FX_INST_PREV_PRESET FX_INST_NEXT_PRESET FX_INST_PARAM_NAME FX_INST_PARAM_VALUE LAST_TOUCHED_FX_TRACK_NAME
LAST_TOUCHED_FX_TRACK_NUMBER LAST_TOUCHED_FX_NAME LAST_TOUCHED_FX_NUMBER LAST_TOUCHED_FX_PARAM_NAME
LAST_TOUCHED_FX_PARAM_VALUE VKB_MIDI_NOTE VKB_MIDI_POLYAFTERTOUCH VKB_MIDI_CC VKB_MIDI_PROGRAM
VKB_MIDI_CHANNELPRESSURE VKB_MIDI_PITCH ACTION ACTION_SOFT ACTION_RELATIVE MIDIACTION MIDILISTACTION
REAPER_TRACK_FOLLOWS_REAPER REAPER_TRACK_FOLLOWS_DEVICE DEVICE_TRACK_FOLLOWS_DEVICE DEVICE_TRACK_FOLLOWS_LAST_TOUCHED
DEVICE_TRACK_BANK_FOLLOWS_DEVICE DEVICE_TRACK_BANK_FOLLOWS_MIXER DEVICE_FX_FOLLOWS_DEVICE
DEVICE_FX_FOLLOWS_LAST_TOUCHED DEVICE_FX_FOLLOWS_FOCUSED DEVICE_TRACK_SELECT DEVICE_PREV_TRACK DEVICE_NEXT_TRACK
DEVICE_TRACK_BANK_SELECT DEVICE_PREV_TRACK_BANK DEVICE_NEXT_TRACK_BANK DEVICE_FX_SELECT DEVICE_PREV_FX DEVICE_NEXT_FX
DEVICE_FX_PARAM_BANK_SELECT DEVICE_PREV_FX_PARAM_BANK DEVICE_NEXT_FX_PARAM_BANK DEVICE_FX_INST_PARAM_BANK_SELECT
DEVICE_PREV_FX_INST_PARAM_BANK DEVICE_NEXT_FX_INST_PARAM_BANK DEVICE_MARKER_BANK_SELECT DEVICE_PREV_MARKER_BANK
DEVICE_NEXT_MARKER_BANK DEVICE_REGION_BANK_SELECT DEVICE_PREV_REGION_BANK DEVICE_NEXT_REGION_BANK
"""


@pytest.fixture(scope="module")
def entries():
    lines = (line.split() for line in PATTERN_FILE.read_text("ascii").splitlines())
    return [(words[0], words[1:]) for words in lines if words and not words[0].startswith("#")]


@pytest.fixture(scope="module")
def patterns(entries):
    return {pattern: key for key, words in entries for pattern in words if "/" in pattern}


def test_every_key_is_one_that_reaper_knows(entries):
    assert {key for key, _ in entries} <= set(KNOWN.split())


def test_every_pattern_is_one_that_reaper_accepts(entries):
    """A flag of ``nfbtrsi`` and a slash; in front of them only what the DEVICE and REAPER keys take."""
    words = {"_COUNT": r"\d+", "_FOLLOWS": "REAPER|DEVICE|LAST_TOUCHED|FOCUSED|MIXER", "_EQ": "INSERT"}
    for key, (first, *others) in entries:
        setting = next((form for end, form in words.items() if key.endswith(end)), "") if "_" in key else ""
        is_setting = key.startswith(("DEVICE_", "REAPER_")) and setting and re.fullmatch(setting, first)
        for pattern in others if is_setting else (first, *others):
            assert re.fullmatch(r"[nfbtrsi]/\S{1,510}", pattern), f"{key} {pattern}"


def test_no_line_is_longer_than_reapers_buffer():
    assert max(len(line) for line in PATTERN_FILE.read_bytes().splitlines()) < 4096


def test_no_pattern_stands_for_two_keys(entries):
    used = [pattern.partition("/")[2] for _, words in entries for pattern in words if "/" in pattern]
    assert len(used) == len(set(used))


def test_a_bank_holds_64_tracks(entries):
    assert ("DEVICE_TRACK_COUNT", ["64"]) in entries


@pytest.mark.parametrize(
    "pattern",
    [
        "n/track/@/volume", "f/track/@/volume/db", "s/track/@/volume/str", "n/track/@/pan", "b/track/@/mute",
        "b/track/@/solo", "b/track/@/select", "s/track/@/name", "n/track/@/vu/L", "n/track/@/vu/R", "n/master/volume",
        "f/master/volume/db", "s/master/volume/str", "n/master/vu/L", "n/master/vu/R", "f/tempo/raw", "t/play",
        "t/stop", "t/pause", "t/record", "i/action", "s/action/str", "i/device/track/count",
        "i/device/track/bank/select", "t/device/track/bank/+", "t/device/track/bank/-", "f/track/@/fxeq/hipass/freq/hz",
        "n/track/@/fxeq/loshelf/gain", "f/track/@/fxeq/band/@/freq/hz", "f/track/@/fxeq/band/@/q/oct",
        "n/track/@/fxeq/band/@/gain",
        "s/track/@/fxeq/band/@/gain/str", "n/track/@/fxeq/hishelf/gain", "f/track/@/fxeq/lopass/freq/hz",
    ],
)  # fmt: skip
def test_what_faderbot_needs_is_there(patterns, pattern):
    assert pattern in patterns


def test_nothing_speaks_of_the_selected_track(patterns):
    """Each would be sent once more for the selected track, or act on it."""
    assert not [pattern for pattern in patterns if re.match(r"./(track|fx|fxeq|fxparam)/(?!@)", pattern)]


def test_an_eq_key_for_any_track_has_the_wildcards_that_reaper_counts(patterns):
    """``ProcessFXAction``: the band first, then the track; with fewer it takes the selected track."""
    for pattern, key in patterns.items():
        if key.startswith("FX_EQ_"):
            assert pattern.count("@") == (2 if "_BAND_" in key else 1)


def test_no_switch_of_one_band_is_offered(patterns):
    """``ProcessFXAction`` takes every FX_EQ key that ends in _BYPASS for the bypass of the whole plug-in."""
    assert [key for key in patterns.values() if key.endswith("_BYPASS")] == ["FX_EQ_BYPASS"]


@pytest.mark.parametrize(
    "flood", ["TIME", "BEAT", "SAMPLES", "FRAMES", "FX_PARAM_VALUE", "LAST_MARKER_NAME", "TRACK_VU"]
)
def test_what_would_flood_the_line_is_left_out(entries, flood):
    assert flood not in {key for key, _ in entries}
