import math
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import sosfilt

from mock_daw.engine import Engine, Strip
from mock_daw.equalizer import Band, Shape
from mock_daw.errors import EngineError
from mock_daw.player import LONGEST_WINDOW_SAMPLES, Player, render
from mock_daw.project import Project, Stem
from mock_daw.reaeq_filters import band_section
from mock_daw.session import EqBand, EqKind, Send, SendMode, guid
from tests.takes import RATE_HZ, constant, item, noise, reaeq, rendered, session, track

BELL = EqBand(EqKind.BELL, 300.0, 2.0, 1.0)
HP = EqBand(EqKind.HIGH_PASS, 60.0)


def played(player, sessions, samples):
    return np.concatenate([player.play(each, samples) for each in sessions])


def peaks_of(player, played_session, samples=800):
    return player.advance(played_session, samples)


# Against the engine of the embedded DAW


def octaves_of_q(freq_hz, q, rate_hz):
    w0 = 2 * math.pi * freq_hz / rate_hz
    return 2 * math.asinh(1 / (2 * q)) / math.log(2) * math.sin(w0) / w0


def as_reaeq(strip, rate_hz):
    kinds = {Shape.BELL: EqKind.BELL, Shape.LOW_SHELF: EqKind.LOW_SHELF, Shape.HIGH_SHELF: EqKind.HIGH_SHELF}
    bands = [EqBand(kinds[b.shape], b.freq_hz, 10 ** (b.gain_db / 20), b.bandwidth_oct) for b in strip.eq]
    if strip.high_pass_hz is not None:
        octaves = octaves_of_q(strip.high_pass_hz, math.sqrt(0.5), rate_hz)
        bands.append(EqBand(EqKind.HIGH_PASS, strip.high_pass_hz, bandwidth_oct=octaves))
    return reaeq(*bands)


@pytest.mark.parametrize("file_rate_hz", [48_000, 44_100])
def test_a_stems_session_sounds_as_in_the_engine(tmp_path, file_rate_hz):
    rate_hz = 48_000
    strips = (
        Strip(-3.0, 0.25, high_pass_hz=80.0),
        Strip(2.0, -0.5, tuple(Band(shape, f, g, w) for shape, f, g, w in EQ)),
        Strip(-30.0, muted=True),
        Strip(-6.0, 1.0, (Band(Shape.BELL, 1000.0, -12.0, 0.5),), 300.0),
    )
    items = [item(tmp_path, noise(n, 100_000 - 7000 * n), rate_hz=file_rate_hz) for n in range(4)]
    stems = tuple(Stem.from_file(each.take.source.path).at_rate(rate_hz) for each in items)
    engine = Engine(Project("demo", rate_hz, stems))
    engine.set_all(strips, -2.0, 120.0, "mix")
    expected = np.concatenate(list(engine.render()))
    tracks = tuple(
        replace(
            track(n, replace(each, length_s=stem.length_samples / rate_hz)),
            gain_linear=10 ** (strip.gain_db / 20),
            pan=strip.pan,
            muted=strip.muted,
            effects=(as_reaeq(strip, rate_hz),),
        )
        for n, (each, stem, strip) in enumerate(zip(items, stems, strips, strict=True), 1)
    )
    ours = replace(session(*tracks), rate_hz=rate_hz)
    ours = replace(ours, master=replace(ours.master, gain_linear=10 ** (-2.0 / 20)))
    output = rendered(ours, 0.0, len(expected) / rate_hz, 4800)
    assert output.shape == expected.shape
    assert np.abs(output - expected).max() < 1e-6


EQ = (
    (Shape.LOW_SHELF, 120.0, 5.0, 2.0),
    (Shape.BELL, 400.0, -7.0, 1.5),
    (Shape.BELL, 2500.0, 4.0, 0.7),
    (Shape.HIGH_SHELF, 9000.0, -6.0, 2.0),
)


# Renders


@pytest.mark.parametrize("block_samples", [1, 333, 2000, 10**6])
def test_a_render_is_the_same_in_blocks_of_any_size(tmp_path, block_samples):
    busy = session(track(1, item(tmp_path, noise()), effects=(reaeq(BELL, HP),)))
    blocks = list(render(busy, 0.0, 0.25, block_samples))
    assert {len(block) for block in blocks[:-1]} <= {block_samples}
    assert np.array_equal(np.concatenate(blocks), rendered(busy, 0.0, 0.25, 777))


def test_a_render_from_the_middle_is_that_part_of_the_whole(tmp_path):
    plain = session(track(1, item(tmp_path, noise()), pan=0.3), track(2, item(tmp_path, noise(1), 0.2)))
    assert np.array_equal(rendered(plain, 0.4, 0.9), rendered(plain)[3200:7200])


def test_a_render_beyond_the_end_is_silent_and_one_of_no_length_is_empty(tmp_path):
    short = session(track(1, item(tmp_path, noise(samples=100))))
    assert rendered(short).shape == (RATE_HZ, 2)
    assert not rendered(short)[100:].any()
    assert list(render(short, 0.5, 0.5, 100)) == []


def test_a_block_that_holds_nothing_is_refused_at_once():
    with pytest.raises(EngineError):
        render(session(), 0.0, 1.0, 0)


def test_a_filter_rings_on_after_its_items(tmp_path):
    click = np.zeros((100, 2), np.float32)
    click[0] = 0.5
    output = rendered(session(track(1, item(tmp_path, click), effects=(reaeq(HP),))), block_samples=50)
    impulse = np.zeros(RATE_HZ)
    impulse[0] = 0.5
    expected = sosfilt(np.array([band_section(HP, RATE_HZ)]), impulse)
    assert np.abs(output[:, 0] - expected).max() < 1e-7


# Playing


def test_playing_gives_what_a_render_gives_in_any_pieces(tmp_path):
    busy = session(track(1, item(tmp_path, noise()), effects=(reaeq(BELL, HP),), sends=SENDS), track(2))
    with closing(Player(RATE_HZ)) as player:
        pieces = [player.play(busy, samples) for samples in (1, 500, 3000, 7, 4492)]
    assert np.array_equal(np.concatenate(pieces), rendered(busy))


SENDS = (Send(guid("send"), guid("track", 2), 0.5, mode=SendMode.PRE_FADER),)


def test_a_seek_gives_the_same_samples_as_playing_there(tmp_path):
    plain = session(track(1, item(tmp_path, noise())))
    with closing(Player(RATE_HZ)) as player:
        player.play(plain, 100)
        player.seek(0.5)
        assert np.array_equal(player.play(plain, 1000), rendered(plain)[4000:5000])
        player.seek(0.0)
        assert np.array_equal(player.play(plain, 1000), rendered(plain)[:1000])


def test_a_seek_puts_filters_at_rest(tmp_path):
    busy = session(track(1, item(tmp_path, noise()), effects=(reaeq(HP),)))
    with closing(Player(RATE_HZ)) as player:
        player.play(busy, 3000)
        player.seek(0.0)
        assert np.array_equal(player.play(busy, 1000), rendered(busy)[:1000])


@pytest.mark.parametrize(("samples", "before"), [(1000, 13), (50, 8), (50, 9), (7, 30)])
def test_a_turn_of_a_knob_counts_from_the_next_sample_and_filters_keep_their_memory(tmp_path, samples, before):
    audio = noise(samples=3 * RATE_HZ)
    first = session(track(1, item(tmp_path, audio), effects=(reaeq(HP, BELL),)))
    turned = replace(BELL, gain_linear=0.5)
    then = first.with_track(1, replace(first.tracks[0], effects=(reaeq(HP, turned),)))
    with closing(Player(RATE_HZ)) as player:
        # The window worked out ahead has grown by then, and the change falls into the middle of one.
        output = played(player, [first] * before + [then] * 5, samples)
    state = np.zeros((2, 2, 2))
    expected = []
    turn, end = before * samples, (before + 5) * samples
    for bell, part in ((BELL, audio[:turn]), (turned, audio[turn:end])):
        sections = np.array([band_section(HP, RATE_HZ), band_section(bell, RATE_HZ)])
        filtered, state = sosfilt(sections, part, axis=0, zi=state)
        expected.append(filtered)
    assert np.abs(output - np.concatenate(expected)).max() < 1e-6


def test_edits_at_every_step_sound_as_if_nothing_were_worked_out_ahead(tmp_path):
    base = session(track(1, item(tmp_path, noise(samples=30_000)), effects=(reaeq(HP, BELL),)), track(2), track(3))
    steps = [base] * 9
    for k in range(20):
        gain = 0.5 + 0.02 * (k // 3)
        steps.append(base.with_track(1, replace(base.tracks[0], gain_linear=gain, name=str(k))))
    with closing(Player(RATE_HZ)) as player:
        output = played(player, steps, 1000)
    faders = np.repeat([step.tracks[0].gain_linear for step in steps], 1000)[:, None]
    assert np.abs(output - rendered(base, 0.0, len(output) / RATE_HZ) * faders).max() < 1e-6


def test_tracks_come_go_and_change_places_while_others_play_on(tmp_path):
    steady = track(1, item(tmp_path, noise(samples=30_000)), effects=(reaeq(HP),))
    other = track(2, item(tmp_path, constant(0.1, samples=30_000)))
    alone, both, swapped = session(steady), session(steady, other), session(other, steady)
    with closing(Player(RATE_HZ)) as player:
        output = played(player, [alone, alone, both, both, swapped, alone, session(), alone], 1000)
    expected = rendered(alone, 0.0, 1.0)
    added = np.repeat([0.0, 0.0, 0.1, 0.1, 0.1, 0.0], 1000)[:, None]
    assert np.abs(output[:6000] - expected[:6000] - added).max() < 1e-6
    assert not output[6000:7000].any()
    assert output[7000:].any()


def test_a_bus_with_items_of_its_own_can_be_turned_in_the_middle(tmp_path):
    one = track(1, item(tmp_path, noise(1)), sends=(Send(guid("send"), guid("track", 2)),), main_send=False)
    two = track(2, item(tmp_path, noise(2)))
    before = session(one, two)
    turned = before.with_track(2, replace(two, gain_linear=0.5))
    with closing(Player(RATE_HZ)) as player:
        output = played(player, [before] * 9 + [turned] * 3, 100)
    assert np.array_equal(output[:900], rendered(before)[:900])
    assert np.array_equal(output[900:], rendered(turned)[900:1200])


def test_a_track_that_was_muted_comes_back_with_its_filters_at_rest(tmp_path):
    one = session(track(1, item(tmp_path, constant(0.5, samples=1000)), effects=(reaeq(HP),)))
    muted = one.with_track(1, replace(one.tracks[0], muted=True))
    with closing(Player(RATE_HZ)) as player:
        played(player, [one, muted], 1000)
        assert not player.play(one, 1000).any()


def test_an_item_can_be_moved_while_it_plays(tmp_path):
    before = session(track(1, item(tmp_path, noise())))
    moved = session(track(1, replace(before.tracks[0].items[0], position_s=0.1)))
    with closing(Player(RATE_HZ)) as player:
        output = played(player, [before] * 3 + [moved] * 2, 1000)
    assert np.array_equal(output[:3000], rendered(before)[:3000])
    assert np.array_equal(output[3000:], rendered(moved)[3000:5000])


# Meters


def test_peaks_are_those_after_the_fader_with_the_master_first(tmp_path):
    one = track(1, item(tmp_path, constant(0.8, -0.4)), gain_linear=0.5)
    two = track(2, item(tmp_path, constant(-0.1)), pan=1.0)
    three = track(3, item(tmp_path, constant(0.5)), muted=True)
    four = track(4, item(tmp_path, constant(0.5)), main_send=False, gain_linear=0.5)
    with closing(Player(RATE_HZ)) as player:
        peaks = peaks_of(player, session(one, two, three, four))
    assert peaks == pytest.approx(np.array([[0.4, 0.3], [0.4, 0.2], [0, 0.1], [0, 0], [0.25, 0.25]]))


def test_peaks_are_those_of_the_stretch_alone(tmp_path):
    audio = np.concatenate([constant(0.9, samples=1000), constant(0.1, samples=1000)])
    with closing(Player(RATE_HZ)) as player:
        heard = [peaks_of(player, session(track(1, item(tmp_path, audio))), 500)[0, 0] for _ in range(5)]
    assert heard == pytest.approx([0.9, 0.9, 0.1, 0.1, 0.0])


def test_a_stretch_may_be_longer_than_what_is_worked_out_ahead(tmp_path):
    late = item(tmp_path, constant(0.5), 10.0)
    with closing(Player(RATE_HZ)) as player:
        assert peaks_of(player, session(track(1, late)), 5 * LONGEST_WINDOW_SAMPLES + 1)[0, 0] == pytest.approx(0.5)


def test_solo_silences_the_meters_of_the_others(tmp_path):
    tracks = [track(n, item(tmp_path, constant(0.5)), solo=int(n == 2)) for n in (1, 2)]
    with closing(Player(RATE_HZ)) as player:
        assert peaks_of(player, session(*tracks))[:, 0].tolist() == pytest.approx([0.5, 0.0, 0.5])


def test_an_empty_session_has_a_silent_master():
    with closing(Player(RATE_HZ)) as player:
        assert peaks_of(player, session()).tolist() == [[0.0, 0.0]]


def test_playing_goes_on_after_a_close(tmp_path):
    plain = session(track(1, item(tmp_path, noise())))
    with closing(Player(RATE_HZ)) as player:
        player.play(plain, 1000)
        player.close()
        assert np.array_equal(player.play(plain, 1000), rendered(plain)[1000:2000])


def test_offline_media_is_noted(tmp_path):
    gone = item(tmp_path, noise())
    gone.take.source.path.unlink()
    with closing(Player(RATE_HZ)) as player:
        assert peaks_of(player, session(track(1, gone))).tolist() == [[0.0, 0.0], [0.0, 0.0]]
        assert len(player.notes) == 1
