import pytest

from mock_daw.reaper.osc_surface import HANDLERS
from mock_daw.reaper.pattern import default_keys, default_pattern, parse

# Keys that a device can not write: REAPER listens to their addresses and does nothing.
READ_ONLY = {"TRACK_NUMBER", "TRACK_PAN_MODE", "FX_NAME", "FX_NUMBER", "FX_PARAM_NAME"}


def test_the_default_pattern_is_that_of_the_documentation():
    pattern = default_pattern()
    device = pattern.device
    assert (device.tracks, device.sends, device.receives, device.effects) == (8, 4, 4, 8)
    assert (device.effect_parameters, device.instrument_parameters, device.markers, device.regions) == (16, 16, 0, 0)
    assert device.inserts_equaliser
    assert pattern.problem is None
    assert not pattern.unknown


def test_the_default_pattern_reads_the_same_through_the_front_door():
    text = "\n".join(
        f"{key} " + " ".join(a.flag + a.text for a in addresses) for key, addresses in default_pattern().keys.items()
    )
    assert parse(text).keys == default_pattern().keys


def test_every_default_key_is_handled_or_only_reported():
    unhandled = {key for key in default_pattern().keys if key not in HANDLERS}
    only_reported = {key for key in unhandled if key.endswith(("_NAME", "_VU", "_VU_L", "_VU_R", "_NUMBER"))}
    assert unhandled - only_reported - READ_ONLY == set()


def test_no_handler_is_for_a_key_that_reaper_does_not_know():
    assert set(HANDLERS) - default_keys() == {
        "FX_EQ_HIPASS_GAIN",  # ReaEQ has no such parameter, REAPER's source treats the three alike
        "FX_EQ_LOPASS_GAIN",
    }


def test_an_unknown_key_is_skipped():
    pattern = parse("TRACK_WIGGLE n/track/@/wiggle\nMASTER_MUTE t/master/mute\nTRACK_MUTE b/t/@/m")
    assert pattern.unknown == ("TRACK_WIGGLE", "MASTER_MUTE")
    assert list(pattern.keys) == ["TRACK_MUTE"]


def test_a_later_line_of_a_key_goes_before_an_earlier_one():
    pattern = parse("TRACK_VOLUME n/a/@ s/b/@\nTRACK_MUTE b/m\nTRACK_VOLUME f/c/@ n/d")
    assert [a.flag + a.text for a in pattern.keys["TRACK_VOLUME"]] == ["f/c/@", "n/d", "n/a/@", "s/b/@"]


def test_comments_blank_lines_line_ends_and_quotes():
    text = "# TRACK_MUTE b/no\r\n\r\n#\r\n  TRACK_MUTE\tb/yes  \r\nTRACK_NAME \"s/with space\" 's/x'\r\n"
    keys = parse(text).keys
    assert [a.text for a in keys["TRACK_MUTE"]] == ["/yes"]
    assert [a.text for a in keys["TRACK_NAME"]] == ["/with space", "/x"]


def test_a_line_with_an_open_quote_or_without_an_address_is_skipped():
    pattern = parse('TRACK_NAME "s/never\nDEVICE_TRACK_SELECT\nTRACK_MUTE b/m')
    assert list(pattern.keys) == ["TRACK_MUTE"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("TRACK_MUTE x/track/mute", "starts with unknown flag"),
        ("TRACK_MUTE btrack/mute", "does not start with"),
        ("TRACK_MUTE b/track/mute # a remark", "starts with unknown flag"),
        ("TRACK_MUTE b/" + "m" * 520, "too long"),
        ("DEVICE_EQ EXISTING", "starts with unknown flag"),  # documented, and yet not accepted
    ],
)
def test_one_bad_address_makes_reaper_take_its_default(line, problem):
    pattern = parse(f"TRACK_VOLUME n/mine/@\n{line}\n")
    assert pattern.problem is not None
    assert problem in pattern.problem
    assert pattern.keys == default_pattern().keys


def test_a_file_without_a_line_for_reaper_gives_the_default():
    assert parse("hello\n\n1 encoder\n").keys == default_pattern().keys


def test_settings_come_first_on_a_line_and_addresses_may_follow():
    pattern = parse(
        "DEVICE_TRACK_COUNT 24 i/count\nDEVICE_SEND_COUNT 0\nREAPER_TRACK_FOLLOWS DEVICE\nDEVICE_FX_FOLLOWS FOCUSED\n"
        "DEVICE_TRACK_FOLLOWS LAST_TOUCHED\nDEVICE_TRACK_BANK_FOLLOWS MIXER\nDEVICE_ROTARY_CENTER 0.5\n"
        "DEVICE_FX_COUNT n/fx/count"
    )
    device = pattern.device
    assert (device.tracks, device.sends, device.effects, device.rotary_center) == (24, 4, 8, 0.5)
    assert (device.reaper_follows_device, device.effect_follows_focus, device.track_follows_touch) == (True, True, True)
    assert device.bank_follows_mixer
    assert not device.inserts_equaliser
    assert [a.text for a in pattern.keys["DEVICE_TRACK_COUNT"]] == ["/count"]
    assert [a.flag for a in pattern.keys["DEVICE_FX_COUNT"]] == ["n"]


def test_a_device_that_asks_in_its_own_words_as_makers_of_such_files_do():
    """What differs in files found in public: numbers at the end, bare numbers, one address for two keys, a lone @."""
    pattern = parse(
        "DEVICE_TRACK_COUNT 88\nTRACK_VOLUME n/fader/@ s/@/scribble\nTRACK_VU_L n/meter/0/@\n"
        "VKB_MIDI_NOTE i/midi/@/@\nFX_PRESET s/track/@/info\nFX_PRESET s/track/@/info2\n"
        "PLAY_RATE r/playrate/rotary\nMASTER_VOLUME s/25/name"
    )
    assert pattern.problem is None
    assert pattern.reports("TRACK_VOLUME", 1)[1].at((7,)) == "/7/scribble"
    assert [a.text for a in pattern.reports("FX_PRESET", 1)] == ["/track/@/info2", "/track/@/info"]
    assert pattern.reports("PLAY_RATE", 0) == ()


def test_numbers_are_put_in_from_the_innermost_outwards():
    (address,) = parse("FX_PARAM_VALUE n/track/@/fx/@/fxparam/@/value").keys["FX_PARAM_VALUE"]
    assert address.at((3, 2, 1)) == "/track/1/fx/2/fxparam/3/value"


def test_adjacent_wildcards_take_numbers_in_their_own_order():
    (address,) = parse("FX_PARAM_VALUE n/p/@@").keys["FX_PARAM_VALUE"]
    assert address.at((3, 2)) == "/p/32"
