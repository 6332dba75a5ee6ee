"""What messages ask of the server."""

import math

import pytest

from bridge.control.requests import Button, Pinged, Pressed, Refused, Subscribed, Unsubscribed, Wanted, request
from bridge.control.values import MOST_TRACKS, Values
from bridge.osc.packets import Message


def asked(address, *arguments, values=None):
    return request(Message(f"/faderbot/{address}", arguments), values or Values())


def wanted(address, *arguments, values=None):
    found = asked(address, *arguments, values=values)
    assert isinstance(found, Wanted)
    return found.values


@pytest.mark.parametrize("button", Button)
@pytest.mark.parametrize("arguments", [(), (1,), (1.0,), (0.5,), (True,)])
def test_a_button_is_pressed_without_a_value_or_with_any_but_0(button, arguments):
    assert asked(button.value, *arguments) == Pressed(button)


@pytest.mark.parametrize("button", Button)
@pytest.mark.parametrize("arguments", [(0,), (0.0,), (False,), (-0.0,)])
def test_a_release_does_nothing(button, arguments):
    assert asked(button.value, *arguments) is None


def test_what_is_not_below_our_address_is_not_ours():
    for address in ("/mix", "/track/1/volume", "/faderbot", "/faderbotmix", ""):
        assert request(Message(address, (1,)), Values()) is None


def test_an_address_of_ours_that_is_not_known_is_told_with_those_that_are():
    with pytest.raises(Refused, match="there is no /faderbot/mux: choose from mix, dryrun, undo, ab, cancel"):
        asked("mux")


def test_targets_are_loudness_or_a_presets_name():
    assert wanted("target", -18.5).target_lufs == -18.5
    assert wanted("target", -16).target_lufs == -16.0
    assert wanted("target", "broadcast").target_lufs == -23.0
    assert wanted("target", "-20 LUFS").target_lufs == -20.0


def test_values_are_set_one_by_one_and_the_others_kept():
    values = wanted("style", "Rock", values=wanted("strength", 0.25, values=wanted("eq", 0)))
    assert (values.style, values.strength, values.eq, values.target) == ("rock", 0.25, False, "streaming")


def test_the_tempo_is_kept_matched_or_a_number():
    assert wanted("tempo", "Match").options()[-1] == "--tempo=match"
    assert wanted("tempo", 96.5).options()[-1] == "--tempo=96.5"
    assert not any("tempo" in option for option in wanted("tempo", "keep", values=wanted("tempo", 96)).options())


def test_a_rhythm_is_asked_for_value_by_value_and_given_back_to_the_style():
    values = Values()
    for name, value in (("style", "Jazz"), ("density", 0.75), ("swing", 0.30000001), ("humanize", 0), ("bars", 12.0)):
        values = wanted(f"rhythm/{name}", value, values=values)
    assert wanted("rhythm/seed", 7, values=values).rhythm.options() == (
        *("--style=jazz", "--density=0.75", "--swing=0.3", "--humanize=0", "--bars=12", "--seed=7"),
    )
    for name, value in (("density", "style"), ("swing", "Style"), ("bars", 0)):
        values = wanted(f"rhythm/{name}", value, values=values)
    assert values.rhythm.options() == ("--style=jazz", "--humanize=0", "--seed=0")


def test_a_tuning_goes_for_a_style_or_a_recording_the_last_that_was_named():
    values = wanted("tune/reference", "/music/my song.wav", values=wanted("tune/style", "Rock"))
    assert values.tune_options() == ("--reference=/music/my song.wav", "--tracks", "--strength=1")
    assert wanted("tune/reference", "", values=values).tune.options()[0] == "--style=rock"
    assert wanted("tune/style", "pop", values=values).tune.options()[0] == "--style=pop"
    assert wanted("tune/reference", "--out=x").tune.options()[0] == "--reference=--out=x"


def test_a_tuning_takes_strength_and_locks_with_it_but_no_locks_to_the_master():
    values = wanted("lock", "Bass", values=wanted("strength", 0.5))
    assert values.tune_options() == ("--style=balanced", "--tracks", "--strength=0.5", "--lock==Bass")
    assert wanted("tune/scope", "Master", values=values).tune_options() == (
        *("--style=balanced", "--master", "--strength=0.5"),
    )


def test_tracks_are_locked_and_unlocked_by_number_or_by_exact_name():
    values = wanted("lock", 3.0)
    values = wanted("lock", "Bass", 1, values=values)
    values = wanted("focus", "Lead Vocal", values=values)
    assert values.options()[-3:] == ("--lock=#3", "--lock==Bass", "--focus==Lead Vocal")
    values = wanted("lock", 3, 0.0, values=values)
    assert wanted("lock", "Never locked", 0, values=values).lock == ("=Bass",)


def test_locking_twice_is_locking_once():
    assert wanted("lock", "Bass", values=wanted("lock", "Bass")).lock == ("=Bass",)


def test_a_name_that_looks_like_an_option_stays_one_word_and_a_value():
    assert wanted("lock", "--dry-run").options()[-1] == "--lock==--dry-run"


@pytest.mark.parametrize(
    ("address", "arguments", "why"),
    [
        ("target", (), "it takes 1 arguments, not 0"),
        ("target", (-14.0, 1.0), "it takes 1 arguments, not 2"),
        ("target", ("quiet",), "there is no target 'quiet'"),
        ("target", (3.0,), "outside -40 to -5"),
        ("target", ("nan",), "outside -40 to -5"),
        ("target", (math.nan,), "nan is no number"),
        ("strength", (1.5,), "outside 0 to 1"),
        ("strength", (math.inf,), "inf is no number"),
        ("strength", ("much",), "'much' is no number"),
        ("style", ("polka",), "there is no style 'polka'"),
        ("style", (1,), "1 is no text"),
        ("eq", (b"on",), "a blob of 2 bytes is no number"),
        ("lock", (0,), "they count from 1"),
        ("lock", (1.5,), "1.5 is no whole number"),
        ("lock", (True,), "True is no whole number"),
        ("lock", ("",), "1 to 200 characters"),
        ("focus", ("x" * 201,), "1 to 200 characters"),
        ("focus", (), "it takes 1 or 2 arguments, not 0"),
        ("mix", ("now",), "'now' is no number"),
        ("mix", (1, 1), "it takes 0 or 1 arguments, not 2"),
        ("tempo", ("fast",), "there is no tempo 'fast'"),
        ("tempo", (1000,), "outside 20 to 400"),
        ("tempo", (), "it takes 1 arguments, not 0"),
        ("rhythm/style", ("polka",), "there is no style 'polka': choose from auto, ballad"),
        ("rhythm/style", (1,), "1 is no text"),
        ("rhythm/density", (1.5,), "a density of 1.5 is outside 0 to 1"),
        ("rhythm/density", ("much",), "'much' is neither a number nor 'style'"),
        ("rhythm/swing", (math.nan,), "nan is no number"),
        ("rhythm/humanize", ("style",), "'style' is no number"),
        ("rhythm/humanize", (-0.1,), "outside 0 to 1"),
        ("rhythm/bars", (-1,), "-1 bars are outside 1 to 10000"),
        ("rhythm/bars", (2.5,), "2.5 is no whole number"),
        ("rhythm/seed", (-1,), "a seed of -1 is outside"),
        ("rhythm/seed", (1, 2), "it takes 1 arguments, not 2"),
        ("rhythm", ("now",), "'now' is no number"),
        ("tune/style", ("polka",), "there is no style 'polka'"),
        ("tune/reference", ("a\nb",), "characters that can be printed"),
        ("tune/reference", ("x" * 1001,), "1 to 1000 characters"),
        ("tune/reference", (1,), "1 is no text"),
        ("tune/scope", ("bus",), "there is no scope 'bus': choose from tracks, master"),
        ("tune", (1, 1), "it takes 0 or 1 arguments, not 2"),
        ("subscribe", (0,), "0 is no UDP port"),
        ("subscribe", (70_000.0,), "70000 is no UDP port"),
        ("subscribe", ("9000",), "'9000' is no number"),
    ],
)
def test_bad_arguments_are_refused_with_the_reason(address, arguments, why):
    with pytest.raises(Refused, match=f"^/faderbot/{address}: .*{why}"):
        asked(address, *arguments)


def test_tracks_do_not_pile_up_for_ever():
    values = Values()
    for number in range(1, MOST_TRACKS + 1):
        values = wanted("lock", number, values=values)
    with pytest.raises(Refused, match="256 tracks are the most"):
        wanted("lock", MOST_TRACKS + 1, values=values)
    assert wanted("lock", 1, values=values).lock[-1] == "#1"


def test_subscribing_and_pinging():
    assert (asked("subscribe"), asked("subscribe", 9978.0)) == (Subscribed(), Subscribed(9978))
    assert (asked("unsubscribe"), asked("ping")) == (Unsubscribed(), Pinged())


def test_strengths_of_32_bits_are_told_as_they_were_meant():
    values = wanted("strength", 0.699999988079071)
    assert "--strength=0.7" in values.options()
    assert "strength 0.7" in values.words()
