import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_daw.player import Player
from mock_daw.session import EqBand, EqKind, Item, Send, SendMode, guid
from tests.takes import RATE_HZ, item, noise, reaeq, rendered, session, track

TRACKS = 4
LENGTH_S = 0.5


@pytest.fixture(scope="module")
def items() -> Iterator[list[Item]]:
    with tempfile.TemporaryDirectory() as folder:
        yield [item(Path(folder), noise(n, 3000), 0.03 * n) for n in range(TRACKS)]


gains = st.floats(0.0, 2.0)
pans = st.floats(-1.0, 1.0)
bands = st.builds(EqBand, st.sampled_from(EqKind), st.floats(20, 4000), st.floats(0.1, 4), st.floats(0.3, 4))


@st.composite
def mixes(draw, *, eq=True, solo=True):
    """Draw changes of tracks: folders, sends (in circles too), faders, EQ, mute and solo."""
    changes = []
    for n in range(1, TRACKS + 1):
        targets = draw(st.lists(st.integers(1, TRACKS), max_size=2))
        sends = tuple(
            Send(guid(n, k), guid("track", to), draw(gains), draw(pans), mode=draw(st.sampled_from(SendMode)))
            for k, to in enumerate(targets)
        )
        effects = (reaeq(*draw(st.lists(bands, max_size=3)), number=n),) if eq else ()
        changes.append(
            {
                "gain_linear": draw(gains),
                "pan": draw(pans),
                "muted": draw(st.integers(0, 5)) == 0,
                "solo": int(solo and draw(st.integers(0, 7)) == 0),
                "main_send": draw(st.integers(0, 5)) > 0,
                "folder_depth": draw(st.integers(-2, 1)),
                "sends": sends,
                "effects": effects,
            }
        )
    return changes


def of(items, changes):
    return session(*(track(n, placed, **c) for n, (placed, c) in enumerate(zip(items, changes, strict=True), 1)))


def close(first, second):
    return np.abs(first - second).max(initial=0.0) <= 2e-6 * max(1.0, np.abs(second).max(initial=0.0))


@settings(max_examples=40, deadline=None)
@given(changes=mixes(), pieces=st.lists(st.integers(1, 1500), min_size=1, max_size=12))
def test_playing_in_any_pieces_is_what_a_render_gives(items, changes, pieces):
    mix = of(items, changes)
    with closing(Player(RATE_HZ)) as player:
        output = np.concatenate([player.play(mix, samples) for samples in pieces])
    assert close(output, rendered(mix, 0.0, len(output) / RATE_HZ, 4000))


@settings(max_examples=40, deadline=None)
@given(first=mixes(), second=mixes(), before=st.integers(1, 9))
def test_working_ahead_is_never_heard(items, first, second, before):
    mixed = [of(items, first)] * before + [of(items, second)] * (10 - before)
    # A player that is asked for one short piece after another of sessions that always differ never works ahead.
    with closing(Player(RATE_HZ)) as ahead, closing(Player(RATE_HZ)) as stepping:
        heard = np.concatenate([ahead.play(each, 300) for each in mixed])
        stepped = np.concatenate([stepping.play(_distinct(each, k), 300) for k, each in enumerate(mixed)])
    assert close(heard, stepped)


def _distinct(mix, number):
    """Return a session that sounds alike and whose plan is another."""
    placed = tuple(replace(i, locked=bool(number % 2)) for i in mix.tracks[0].items)
    return mix.with_track(1, replace(mix.tracks[0], items=placed))


@settings(max_examples=40, deadline=None)
@given(changes=mixes(solo=False))
def test_a_mix_is_the_sum_of_its_items_alone(items, changes):
    def only(n):
        return [replace(placed, muted=k != n) for k, placed in enumerate(items)]

    alone = sum(rendered(of(only(n), changes), 0.0, LENGTH_S) for n in range(TRACKS))
    assert close(alone, rendered(of(items, changes), 0.0, LENGTH_S))


@settings(max_examples=40, deadline=None)
@given(changes=mixes(eq=False), start=st.integers(0, 3000))
def test_without_eq_any_part_sounds_as_in_the_whole(items, changes, start):
    mix = of(items, changes)
    whole = rendered(mix, 0.0, LENGTH_S)
    assert np.array_equal(rendered(mix, start / RATE_HZ, LENGTH_S), whole[start:])


@settings(max_examples=40, deadline=None)
@given(changes=mixes())
def test_meters_show_the_peaks_of_what_is_heard(items, changes):
    mix = of(items, changes)
    with closing(Player(RATE_HZ)) as player:
        peaks = player.advance(mix, 4000)
    assert peaks.shape == (TRACKS + 1, 2)
    assert close(peaks[0], np.abs(rendered(mix, 0.0, LENGTH_S)).max(axis=0))
