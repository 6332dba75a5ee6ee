"""``json.lua`` against Python's own codec."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lua_reaper import LuaReaper, as_lua, raw
from tests.unit.mock_daw.reaper.desks import live_with


@pytest.fixture(scope="module")
def lua(tmp_path_factory):
    return LuaReaper(live_with(), tmp_path_factory.mktemp("lua"))


@pytest.fixture(scope="module")
def codec(lua):
    return lua.require("json")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_what_lua_writes_python_reads_and_the_other_way_round(lua, codec, value):
    written = codec[b"encode"](as_lua(lua, value))
    assert json.loads(written) == value
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert codec[b"encode"](codec[b"decode"](text.encode())) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_last_bit(codec, number):
    back = float(json.loads(codec[b"encode"](number)))
    assert struct.pack("<d", back) == struct.pack("<d", number)
    assert struct.pack("<d", float(codec[b"decode"](repr(number).encode()))) == struct.pack("<d", number)


@given(st.binary())
def test_bytes_that_are_no_utf_8_survive_both_ways(codec, content):
    written = codec[b"encode"](content)
    seen = json.loads(written.decode("utf-8", "surrogateescape"))
    assert raw(seen) == content
    assert codec[b"decode"](json.dumps(seen).encode()) == content


@pytest.mark.parametrize(
    "text",
    [
        *["", "{", "[1,]", "{'a':1}", "01", "1.", "+1", "nul", "NaN", '"\t"', '"\\x"', '"\\u12"', '"\\ud800"', "[1] 2"],
        *['{"a":1,"a":2}', '{"a" 1}', "{1:2}", "[" * 70 + "]" * 70, "truefalse"],
    ],
)
def test_what_is_no_json_is_refused_with_its_place(lua, codec, text):
    is_read, said = lua.globals[b"pcall"](codec[b"decode"], text.encode())
    assert not is_read
    assert said.startswith(b"no JSON at byte ")


@pytest.mark.parametrize("source", [b"1/0", b"0/0", b"print", b"{[1] = 2}"])
def test_what_json_has_not_is_not_written(lua, codec, source):
    is_written, _ = lua.globals[b"pcall"](codec[b"encode"], lua.lua.eval(source))
    assert not is_written
