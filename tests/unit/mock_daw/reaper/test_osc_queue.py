import pytest

from mock_daw.osc_packets import decode, encode
from mock_daw.reaper.osc_queue import PacketQueue, packed

MESSAGE = encode("/track/1/volume", 0.5)  # 24 bytes, and 4 for its size in a bundle


def queue_of(count, **settings):
    queue = PacketQueue(**settings)
    for _ in range(count):
        queue.put(MESSAGE)
    return queue


def test_messages_share_packets_as_far_as_they_fit():
    packets = packed([MESSAGE] * 5, 16 + 2 * 28)
    assert [len(packet) for packet in packets] == [72, 72, 24]
    assert [len(decode(packet)) for packet in packets] == [2, 2, 1]


def test_a_message_that_is_too_long_goes_alone():
    long = encode("/track/1/name", "x" * 200)
    assert packed([MESSAGE, long, MESSAGE], 100) == [MESSAGE, long, MESSAGE]


def test_one_packet_at_once_and_a_pause_after_each():
    queue = queue_of(10, packet_bytes=30, wait_ms=10.0)
    assert [len(queue.due(now_s)) for now_s in (0.0, 0.005, 0.01, 0.04, 1.0)] == [1, 0, 1, 3, 5]
    assert queue.due(2.0) == []


def test_a_rest_does_not_save_up_packets():
    queue = queue_of(1, packet_bytes=30, wait_ms=10.0)
    assert len(queue.due(0.0)) == 1
    assert queue.due(5.0) == []
    for _ in range(3):
        queue.put(MESSAGE)
    assert len(queue.due(5.0)) == 1


def test_what_comes_while_packets_wait_goes_after_them():
    queue = queue_of(2, packet_bytes=30, wait_ms=10.0)
    queue.due(0.0)
    queue.put(encode("/late", 1.0))
    assert [decode(packet)[0].address for packet in queue.due(1.0)] == ["/track/1/volume", "/late"]


@pytest.mark.parametrize("wait_ms", [0.0])
def test_without_a_pause_everything_goes_at_once(wait_ms):
    assert len(queue_of(100, packet_bytes=30, wait_ms=wait_ms).due(0.0)) == 100
