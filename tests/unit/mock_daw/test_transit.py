"""Loss, duplication, reordering and delay of packets, drawn by seed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mock_daw.transit import LONGEST_HOLD_S, Rates, Transit


def transit(**rates: float) -> Transit[int]:
    made: Transit[int] = Transit(np.random.default_rng(7))
    made.rates = Rates(**rates)
    return made


def arrived(wire: Transit[int], now_s: float) -> list[int]:
    packets = []
    while (packet := wire.pop(now_s)) is not None:
        packets.append(packet)
    return packets


def sent(wire: Transit[int], count: int) -> list[int]:
    for k in range(count):
        wire.put(k, 0.0)
    return arrived(wire, 0.0)


def test_a_good_wire_keeps_everything_in_order():
    assert sent(transit(), 50) == list(range(50))


@pytest.mark.parametrize(("share", "low", "high"), [(0.1, 60, 140), (0.5, 440, 560), (1.0, 1000, 1000)])
def test_so_many_are_lost(share, low, high):
    assert low <= 1000 - len(sent(transit(loss=share), 1000)) <= high


def test_so_many_arrive_twice_one_behind_the_other():
    packets = sent(transit(duplicate=0.2), 1000)
    assert 150 <= len(packets) - 1000 <= 250
    assert packets == sorted(packets)
    assert set(packets) == set(range(1000))


def test_so_many_are_overtaken_by_the_next_and_none_is_lost():
    wire = transit(reorder=0.2)
    packets = sent(wire, 1000) + arrived(wire, LONGEST_HOLD_S)
    assert sorted(packets) == list(range(1000))
    overtaken = sum(a > b for a, b in pairwise(packets))
    assert 100 <= overtaken <= 250


def test_a_packet_that_none_overtakes_arrives_a_little_later():
    wire = transit(reorder=1.0)
    wire.put(1, 0.0)
    assert arrived(wire, LONGEST_HOLD_S / 2) == []
    assert arrived(wire, LONGEST_HOLD_S) == [1]


def test_a_delay_is_kept_to():
    wire = transit(delay=0.2)
    wire.put(1, 1.0)
    assert arrived(wire, 1.19) == []
    assert arrived(wire, 1.2) == [1]


def test_the_same_seed_loses_the_same_packets_whenever_the_fault_begins():
    from_the_start, later = transit(loss=0.3), transit()
    first = sent(from_the_start, 100)
    early = sent(later, 40)
    later.rates = replace(later.rates, loss=0.3)
    for k in range(40, 100):
        later.put(k, 0.0)
    assert early == list(range(40))
    assert arrived(later, 0.0) == [k for k in first if k >= 40]


def test_a_cleared_wire_is_empty():
    wire = transit(reorder=0.5)
    for k in range(10):
        wire.put(k, 0.0)
    wire.clear()
    assert arrived(wire, 10.0) == []


def test_of_more_packets_at_once_than_a_wire_takes_the_rest_is_lost():
    transit = Transit(np.random.default_rng(0))
    transit.rates = Rates(burst=2)
    for packet in "abc":
        transit.put(packet, 1.0)
    transit.put("d", 1.1)
    assert [transit.pop(1.1) for _ in range(4)] == ["a", "b", "d", None]
