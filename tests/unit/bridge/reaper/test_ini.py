import configparser

import pytest

from bridge.reaper.ini import Ini, IniUnreadable

# As REAPER 6 saved it (Ultraschall/ultraschall-portable, reaper.ini), shortened: sorted, one section after another.
SAVED = b"""[audioconfig]
asio_driver_name="US-1800"

[REAPER]
csurf_0=HTTP 1 8080 '' 'index.html' 0 ''
csurf_cnt=1
langpack=<>

[Recent]
recent01=C:\\Users\\J\xc3\xb6rg\\song.rpp
"""


def test_a_file_comes_back_byte_for_byte():
    for content in (
        SAVED,
        SAVED.replace(b"\n", b"\r\n"),
        b"",
        b"\xef\xbb\xbf" + SAVED,
        b"no end",
        b"\r\r\n\n\xff=\xfe",
    ):
        assert Ini.parse(content).content == content


def test_values_are_those_that_another_parser_finds():
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.read_string(SAVED.decode())
    ini = Ini.parse(SAVED)
    for section in parser.sections():
        assert {key: ini.value(section, key) for key in ini.keys(section)} == dict(parser[section])


def test_sections_and_keys_are_found_in_any_case():
    ini = Ini.parse(b"[reaper]\nCSurf_Cnt = 3 \n")
    assert ini.value("REAPER", "csurf_cnt") == "3"
    assert ini.with_raw("REAPER", "csurf_CNT", "4").content == b"[reaper]\nCSurf_Cnt =4\n"


def test_the_first_of_two_counts_and_the_second_stays():
    ini = Ini.parse(b"[A]\nk=1\nk=2\n[a]\nk=3\n")
    assert ini.value("A", "k") == "1"
    assert ini.with_raw("A", "k", "9").content == b"[A]\nk=9\nk=2\n[a]\nk=3\n"


def test_a_comment_is_no_key():
    assert Ini.parse(b"[A]\n;k=1\nk=2\n").value("A", "k") == "2"


def test_a_byte_order_mark_does_not_hide_the_first_section():
    assert Ini.parse(b"\xef\xbb\xbf[A]\nk=1\n").value("A", "k") == "1"


def test_a_new_key_goes_to_the_end_of_its_section_before_the_blank_line():
    assert Ini.parse(b"[A]\nk=1\n\n[B]\n").with_raw("A", "new", "2").content == b"[A]\nk=1\nnew=2\n\n[B]\n"


def test_a_new_section_goes_to_the_end_of_the_file():
    assert Ini.parse(b"[A]\nk=1\n").with_raw("B", "new", "2").content == b"[A]\nk=1\n[B]\nnew=2\n"


def test_new_lines_end_as_the_others_do():
    assert Ini.parse(b"[A]\r\nk=1\r\n").with_raw("A", "new", "2").content == b"[A]\r\nk=1\r\nnew=2\r\n"


def test_a_file_without_a_last_line_ending_keeps_being_one():
    longer = Ini.parse(b"[A]\r\nk=1").with_raw("A", "new", "2")
    assert longer.content == b"[A]\r\nk=1\r\nnew=2"
    assert longer.with_raw("A", "new", None).content == b"[A]\r\nk=1"


def test_a_path_in_another_encoding_stays_as_it_is():
    content = b"[A]\npath=C:\\Jos\xe9\n"
    ini = Ini.parse(content)
    raw = ini.raw("A", "path")
    assert ini.with_raw("A", "path", "x").with_raw("A", "path", raw).content == content


@pytest.mark.parametrize("content", ["[A]".encode("utf-16"), b"\xfe\xff\0[", b"[A]\nk=\0\n"])
def test_what_is_not_text_in_utf_8_is_refused(content):
    with pytest.raises(IniUnreadable):
        Ini.parse(content)
