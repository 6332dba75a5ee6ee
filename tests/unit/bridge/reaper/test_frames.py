import io

import pytest

from bridge.reaper.frames import Frame, FrameBroken, read_frame, write_frame


def test_frames_come_out_as_they_went_in():
    frames = [Frame({"do": "survey"}), Frame({"ok": "Café", "peak": -float("inf")}, b"\x00\xff" * 9), Frame({})]
    stream = io.BytesIO()
    for frame in frames:
        write_frame(stream, frame)
    stream.seek(0)
    assert [read_frame(stream) for _ in frames] == frames
    assert read_frame(stream) is None


@pytest.mark.parametrize(
    "content",
    [b"\x01", b"\x05\x00\x00\x00\x00\x00\x00\x00{}", b"\x02\x00\x00\x00\x09\x00\x00\x00{}short", b"\xff" * 64],
)
def test_a_stream_that_ends_within_a_frame_is_broken(content):
    with pytest.raises(FrameBroken):
        read_frame(io.BytesIO(content))


@pytest.mark.parametrize("header", [b"nonsense", b"[1, 2]", b"\xff\xfe"])
def test_a_header_that_is_no_object_is_broken(header):
    with pytest.raises(FrameBroken):
        read_frame(io.BytesIO(len(header).to_bytes(4, "little") + bytes(4) + header))
