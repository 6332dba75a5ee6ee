"""The pages for surfaces: their files are what is generated, and what they send is what the server takes."""

import json
from xml.etree import ElementTree as ET

import lupa
import pytest

from bridge.control.requests import Pressed, Subscribed, Wanted, request
from bridge.control.rhythm_values import OF_THE_STYLE
from bridge.control.subscribers import LASTS_S
from bridge.control.values import Values
from bridge.osc.packets import Message
from daw_scripts import make_surfaces, open_stage_control_session, touchosc_layout
from daw_scripts.control_page import HEIGHT, PAGE, SUBSCRIBE_EVERY_MS, SURFACE_PORT, WIDTH, argument
from daw_scripts.make_surfaces import FOLDER, OPEN_STAGE_CONTROL, TOUCHOSC

TOLD = {"/faderbot/status", "/faderbot/progress", "/faderbot/done", "/faderbot/error"}


@pytest.fixture(scope="module")
def layout():
    return ET.fromstring(touchosc_layout.unpacked((FOLDER / TOUCHOSC).read_bytes()))  # noqa: S314 - our own


@pytest.fixture(scope="module")
def session():
    return json.loads((FOLDER / OPEN_STAGE_CONTROL).read_text("utf-8"))


def property_of(node, key):
    return next(p.find("value") for p in node.find("properties") if p.find("key").text == key)


def nodes(layout):
    return layout.findall("./node/children/node")


def widgets(session):
    return session["content"]["widgets"]


# The page


def test_widgets_have_names_of_their_own_and_lie_on_the_page_without_covering_each_other():
    assert len({widget.name for widget in PAGE}) == len(PAGE)
    frames = [widget.frame for widget in PAGE]
    for k, (x, y, w, h) in enumerate(frames):
        assert 0 <= x < x + w <= WIDTH
        assert 0 <= y < y + h <= HEIGHT
        assert not any(x < a + c and a < x + w and y < b + d and b < y + h for a, b, c, d in frames[:k])


def test_what_the_page_sends_is_taken_and_what_it_shows_is_told():
    for widget in PAGE:
        if widget.kind in {"text", "bar"} and widget.address:
            assert widget.address in TOLD
        elif widget.address:
            for value in [argument(widget)] if argument(widget) else [widget.lowest, widget.highest, 1.0, 0.0]:
                in_range = widget.kind != "fader" or widget.lowest <= value <= widget.highest
                if in_range:
                    asked = request(Message(widget.address, (value,)), Values())
                    assert isinstance(asked, Pressed | Wanted) or (widget.kind == "button" and value == 0.0)


def test_faders_begin_where_the_server_does():
    begin = {message.address: message.arguments[0] for message in Values().messages()}
    for widget in PAGE:
        if widget.kind in {"fader", "toggle"}:
            assert begin[widget.address] in {widget.at_first, OF_THE_STYLE}
    left_to_the_style = {address for address, value in begin.items() if value == OF_THE_STYLE}
    assert left_to_the_style == {"/faderbot/rhythm/density", "/faderbot/rhythm/swing"}


# The files


def test_the_files_are_what_is_generated():
    assert make_surfaces.main(["--check"]) == 0


@pytest.mark.parametrize("name", [TOUCHOSC, OPEN_STAGE_CONTROL])
def test_a_file_that_is_missing_or_different_is_found_and_written_again(tmp_path, capsys, name):
    make_surfaces.main([], tmp_path)
    before = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(b"{}")
    assert make_surfaces.main(["--check"], tmp_path) == 1
    assert str(name) in capsys.readouterr().err
    (tmp_path / name).unlink()
    assert make_surfaces.main(["--check"], tmp_path) == 1
    assert make_surfaces.main([], tmp_path) == 0
    assert (tmp_path / name).read_bytes() == before


# TouchOSC


def test_the_layout_is_built_as_touchosc_builds_its_own(layout):
    assert (layout.tag, layout.attrib) == ("lexml", {"version": "3"})
    (root,) = layout
    assert root.attrib["type"] == "GROUP"
    ids = [node.attrib["ID"] for node in layout.iter("node")]
    assert len(set(ids)) == len(ids)
    assert {node.attrib["type"] for node in nodes(layout)} == {"BUTTON", "FADER", "LABEL"}
    for node in layout.iter("node"):
        assert [child.tag for child in node if child.tag not in {"messages", "children"}] == ["properties", "values"]
        frame = property_of(node, "frame")
        assert [part.tag for part in frame] == ["x", "y", "w", "h"]


def test_each_control_sends_and_hears_at_its_address(layout):
    found = {property_of(node, "name").text: node for node in nodes(layout)}
    for widget in PAGE:
        message = found[widget.name].find("messages/osc")
        if not widget.address:
            assert message is None
            continue
        assert message.find("path/partial/value").text == widget.address
        assert message.find("send").text == str(int(widget.kind in {"button", "toggle", "fader"}))
        assert message.find("receive").text == str(int(widget.kind != "button"))
        if widget.kind == "fader":
            scale = [float(message.find(f"arguments/partial/{name}").text) for name in ("scaleMin", "scaleMax")]
            assert scale == [widget.lowest, widget.highest]


def test_its_script_subscribes_now_and_again_and_shows_what_is_being_done(layout):
    lua = lupa.LuaRuntime(unpack_returned_tuples=True)
    sent, words = [], lua.table(values=lua.table(text=""))
    values = lua.globals()
    now = {"ms": 5.0}
    values["getMillis"] = lambda: now["ms"]
    values["sendOSC"] = lambda *message: sent.append(message)
    values["self"] = lua.table(children=lua.table(words=words))
    lua.execute(property_of(layout.find("node"), "script").text)
    for ms in (5.0, 100.0, 19_000.0, 20_005.0, 30_000.0):
        now["ms"] = ms
        values["update"]()
    assert sent == [("/faderbot/subscribe", SURFACE_PORT)] * 2
    assert request(Message(*sent[0][:1], sent[0][1:]), Values()) == Subscribed(SURFACE_PORT)
    argument_table = lua.table_from([lua.table(tag="f", value=0.5), lua.table(tag="s", value="plan")])
    values["onReceiveOSC"](lua.table_from(["/faderbot/progress", argument_table]))
    values["onReceiveOSC"](lua.table_from(["/faderbot/done", argument_table]))
    assert words["values"]["text"] == "plan"


# Open Stage Control


def test_the_session_is_headed_as_open_stage_control_heads_its_own(session):
    assert session["createdWith"] == "Open Stage Control"
    assert session["type"] == "session"
    assert session["content"]["type"] == "root"


def test_each_widget_is_there_at_its_address(session):
    found = {widget["id"]: widget for widget in widgets(session)}
    assert set(found) == {widget.name for widget in PAGE} | {"progress_heard"}
    for widget in PAGE:
        made = found[widget.name]
        if widget.kind == "bar":
            assert made["bypass"]
            assert found["progress_heard"]["address"] == widget.address
            assert f"set('{widget.name}'" in found["progress_heard"]["onValue"]
        elif widget.address:
            assert made["address"] == widget.address
        if widget.kind == "fader":
            assert made["range"] == {"min": widget.lowest, "max": widget.highest}
        if widget.kind == "button":
            assert isinstance(request(Message(made["address"], (made["on"],)), Values()), Pressed | Wanted)


def test_it_subscribes_more_often_than_subscriptions_last():
    assert SUBSCRIBE_EVERY_MS / 1000.0 < LASTS_S / 2
    assert open_stage_control_session.session()["content"]["onCreate"].count("/faderbot/subscribe") == 2
