import io
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_daw.reaper import frames


def through(message):
    line = io.BytesIO()
    frames.write(line, message)
    line.seek(0)
    return frames.read(line)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_what_is_written_is_read(value):
    assert through({"value": value}) == {"value": value}


@given(st.lists(st.floats(allow_nan=False)))
def test_audio_travels_exactly(samples):
    assert through({"value": (1, array("d", samples))}) == {"value": [1, array("d", samples)]}


def test_messages_follow_one_another():
    line = io.BytesIO()
    frames.write(line, ["first"])
    frames.write(line, array("d", [0.5]))
    line.seek(0)
    assert [frames.read(line), frames.read(line)] == [["first"], array("d", [0.5])]


@pytest.mark.parametrize("kept", [0, 3, 8, 12, -1])
def test_a_line_that_ends_is_closed(kept):
    line = io.BytesIO()
    frames.write(line, {"value": array("d", [0.5])})
    with pytest.raises(frames.LineClosedError):
        frames.read(io.BytesIO(line.getvalue()[:kept]))
