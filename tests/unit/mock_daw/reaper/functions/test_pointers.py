import re

from hypothesis import given
from hypothesis import strategies as st

from mock_daw.reaper.functions.pointers import Pointers


def test_a_pointer_reads_as_reaper_writes_it():
    assert re.fullmatch(r"\(MediaTrack\*\)0x[0-9A-F]{16}", Pointers().text("MediaTrack*", "{A}"))


def test_no_object_is_the_null_pointer():
    assert Pointers().text("MediaTrack*", None) == "(MediaTrack*)0x0000000000000000"


@given(st.text(), st.sampled_from(["MediaTrack*", "MediaItem*"]))
def test_a_pointer_leads_back_to_its_object(name, kind):
    pointers = Pointers()
    assert pointers.name(kind, pointers.text(kind, name)) == name
    assert pointers.name("void*", pointers.text(kind, name)) == name


@given(st.text())
def test_an_address_survives_being_a_double(name):
    address = Pointers().address("MediaTrack*", name)
    assert int(float(address)) == address
    assert address % 16 == 0


def test_a_pointer_is_the_same_in_every_run():
    assert Pointers().text("MediaTrack*", "{A}") == Pointers().text("MediaTrack*", "{A}")


def test_a_pointer_of_another_kind_is_null():
    pointers = Pointers()
    assert pointers.name("MediaItem*", pointers.text("MediaTrack*", "{A}")) is None


def test_what_was_never_handed_out_is_null():
    known = Pointers().text("MediaTrack*", "{A}")
    for pointer in (known, 0, None, "", "(MediaTrack*)", "(MediaTrack*)0xZZ", known + " "):
        assert Pointers().name("MediaTrack*", pointer) is None
