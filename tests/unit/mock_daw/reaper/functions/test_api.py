"""The shapes that REAPER's own ``reaper_python.py`` gives, and what becomes of arguments and of dead pointers."""

import pytest

from mock_daw.reaper.functions.api import FUNCTIONS, NAMES
from mock_daw.reaper.functions.signature import KINDS
from tests.unit.mock_daw.reaper.desks import track
from tests.unit.mock_daw.reaper.functions.scripts import script_on

RESULTS = {"v", "i", "n", "d", "b", "s"} | set(KINDS)
ARGUMENTS = set("iIdDbBsSxFc") | set(KINDS)
SAMPLES = {"i": 0, "I": 0, "d": 0.0, "D": 0.0, "b": False, "B": 0, "s": "", "S": "", "c": 0, "x": 0}


def test_every_signature_is_in_known_letters():
    for name, function in FUNCTIONS.items():
        assert function.result in RESULTS, name
        assert set(function.arguments) <= ARGUMENTS, name
        assert function.signature[1] == " ", name


@pytest.mark.parametrize("name", NAMES)
def test_every_function_bears_null_and_stale_pointers(name, monkeypatch):
    script = script_on()
    gone = script.track(2)
    script.DeleteTrack(gone)
    letters = FUNCTIONS[name].arguments
    for pointer in (0, None, gone, "(MediaItem*)0x00000000054A3C10"):
        args = [[0.0] * 4 if letter == "F" else SAMPLES.get(letter, pointer) for letter in letters]
        try:
            script.functions.call(name, args)
        except AttributeError as error:
            assert "decode" in str(error)  # noqa: PT017 - no string, as REAPER's binding says it
    assert script.CountTracks(0) >= 1


def test_a_result_alone_is_no_tuple():
    script = script_on()
    assert script.CountTracks(0) == 2
    assert script.GetMediaTrackInfo_Value(script.track(1), "D_VOL") == 1.0


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda s: s.EnumProjects(-1, None, 0), "pointer -1 None 0"),
        (lambda s: s.GetTrackName(s.track(1), "", 2048), "1 track A 2048"),
        (lambda s: s.GetProjectTimeSignature2(0, 0, 0), "0 120.0 4.0"),
        (lambda s: s.GetProjectName(0, "", 64), "0 demo 64"),
        (lambda s: s.CountProjectMarkers(0, 0, 0), "0 0 0 0"),
        (lambda s: s.GetFocusedFX(0, 0, 0), "0 0 0 0"),
        (lambda s: s.GetSet_LoopTimeRange2(0, False, False, 0, 0, False), "0 False False 0.0 0.0 False"),
        (lambda s: s.GetSetProjectInfo_String(0, "RENDER_FILE", "", False), "1 0 RENDER_FILE  False"),
        (lambda s: s.ColorFromNative(0x030201, 0, 0, 0), "197121 1 2 3"),
        (lambda s: s.GetTrackState(s.track(1), 0), "A track 0"),
        (lambda s: s.TimeMap2_timeToBeats(0, 3.0, 0, 0, 0, 0), "2.0 0 3.0 1 4 6.0 4"),
        (lambda s: s.GetInputOutputLatency(0, 0), "512 512"),
    ],
)
def test_what_is_written_comes_back_among_the_arguments(call, shape):
    script = script_on()
    words = {script.track(1): "track", script.EnumProjects(-1, None, 0)[0]: "pointer"}
    assert " ".join(str(words.get(value, value)) for value in call(script)) == shape


def test_an_unknown_function_is_an_attribute_error_as_in_a_module():
    with pytest.raises(AttributeError, match="has no attribute 'RPR_NoSuchThing'"):
        script_on().NoSuchThing()


def test_too_few_arguments_are_a_type_error():
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        script_on().CountTracks()


@pytest.mark.parametrize("args", [(0, 0.5), (0, "0")])
def test_what_ctypes_refuses_is_a_type_error(args):
    with pytest.raises(TypeError):
        script_on().GetTrack(*args)


def test_the_prefix_of_reapers_module_may_be_given():
    assert script_on().RPR_CountTracks(0) == 2


def test_a_stale_track_does_nothing_and_says_zero():
    script = script_on()
    gone = script.track(2)
    script.DeleteTrack(gone)
    before = script.live.session
    assert script.GetMediaTrackInfo_Value(gone, "D_VOL") == 0.0
    assert script.SetMediaTrackInfo_Value(gone, "D_VOL", 0.5) == 0
    assert script.GetTrackName(gone, "kept", 2048) == (0, gone, "kept", 2048)
    assert script.GetTrackMediaItem(gone, 0) == "(MediaItem*)0x0000000000000000"
    assert script.live.session == before


def test_a_deleted_track_is_not_valid_until_the_deletion_is_undone():
    script = script_on()
    pointer = script.track(2)
    number = int(pointer.split("0x")[1], 16)
    assert script.ValidatePtr2(0, pointer, "MediaTrack*") == script.ValidatePtr2(0, number, "MediaTrack*") == 1
    assert script.ValidatePtr(number, "MediaItem*") == 0
    script.Undo_BeginBlock()
    script.DeleteTrack(pointer)
    script.Undo_EndBlock("Delete", -1)
    assert script.ValidatePtr2(0, pointer, "MediaTrack*") == 0
    script.Undo_DoUndo2(0)
    assert script.ValidatePtr2(0, pointer, "MediaTrack*") == 1


def test_the_project_and_the_master_are_valid():
    script = script_on(track("A"))
    assert script.ValidatePtr(script.EnumProjects(-1, None, 0)[0], "ReaProject*") == 1
    assert script.ValidatePtr2(0, script.GetMasterTrack(0), "MediaTrack*") == 1


def test_there_is_one_project():
    script = script_on()
    assert script.EnumProjects(0, None, 0)[0] == script.EnumProjects(-1, None, 0)[0]
    assert script.EnumProjects(1, None, 0)[0] == "(ReaProject*)0x0000000000000000"


def test_a_text_is_cut_to_its_buffer():
    script = script_on(track("Größe"))
    assert script.GetTrackName(script.track(1), "", 5)[2] == "Grö"
