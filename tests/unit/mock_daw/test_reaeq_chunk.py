import base64
import struct
from dataclasses import replace

import pytest

from mock_daw.reaeq_chunk import UnreadableChunkError, decode, encode
from mock_daw.session import EqBand, EqKind, Equaliser

# What REAPER 7 saved: five bands of which a high-pass at 100.4 Hz is on, and a preset's name.
SAVED_BY_REAPER_7 = (
    "cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAAzQAAAAEAAAAAABAA",
    "IQAAAAUAAAAEAAAAAQAAAG9ScPi3GllAAAAAAAAA8D8AAAAAAAAAQAEAAAAAAAAAAAQEaDDZCWlAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAAAAAAEaHb6ED4lAAAAAAAAA",
    "8D8AAAAAAADwPwEIAAAAAAAAAHfH++l3aKdAAAAAAAAA8D8AAAAAAADwPwEBAAAAAAAAAKWt3qUPUL9AAAAAAAAA8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAAPA/AAAA",
    "AP0BAABcAQAAAgAAAA==",
    "AFByb2dyYW0gMQAQAAAA",
)
# What REAPER 6.82 saved: four bands, the second a cut.
SAVED_BY_REAPER_6 = (
    "cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAArAAAAAEAAAAAABAA",
    "IQAAAAQAAAAAAAAAAQAAAAAAAAAAAFlAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAQAAAHhjCpNytntAZLbE9gGH2D8AAAAAAAAAQAEIAAAAAQAAAAAAAAAAQI9AAAAAAAAA",
    "8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAiLNAAAAAAAAA8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAAPA/AAAAAEACAABrAQAAAgAAAA==",
    "AAAQAAAA",
)
SAVED = (SAVED_BY_REAPER_7, SAVED_BY_REAPER_6)


def test_bands_are_read_as_reaper_wrote_them():
    high_pass, low_shelf, *_, high_shelf = decode(SAVED_BY_REAPER_7).bands
    assert high_pass == EqBand(EqKind.HIGH_PASS, 100.41747866600939, 1.0, 2.0)
    assert low_shelf == EqBand(EqKind.LOW_SHELF, 200.3077623397404, 1.0, 2.0, enabled=False)
    assert high_shelf == EqBand(EqKind.HIGH_SHELF, 8016.061124722856, 1.0, 2.0, enabled=False)
    first, cut, *_ = decode(SAVED_BY_REAPER_6).bands
    assert first == EqBand(EqKind.LOW_SHELF, 100.0, 1.0, 2.0)
    assert cut == EqBand(EqKind.BELL, pytest.approx(443.403, abs=1e-3), pytest.approx(0.38324, abs=1e-5), 2.0)


@pytest.mark.parametrize("saved", SAVED)
def test_what_reaper_wrote_is_written_again_to_the_letter(saved):
    assert encode(decode(saved), saved) == saved


@pytest.mark.parametrize("saved", SAVED)
def test_a_changed_gain_changes_nothing_else(saved):
    before = decode(saved)
    bands = (replace(before.bands[0], gain_linear=0.25), *before.bands[1:])
    lines = encode(replace(before, bands=bands), saved)
    assert decode(lines) == Equaliser(bands, 1.0)
    assert (lines[0], lines[-1]) == (saved[0], saved[-1])
    assert sum(old != new for old, new in zip(saved, lines, strict=True)) == 1


def test_another_number_of_bands_is_told_in_the_header():
    equaliser = Equaliser((EqBand(EqKind.BELL, 1000.0, 2.0, 1.0),), 0.5)
    assert decode(encode(equaliser)) == equaliser
    assert decode(encode(equaliser, SAVED_BY_REAPER_7)) == equaliser


@pytest.mark.parametrize("kind", list(EqKind))
def test_every_kind_of_band_has_a_number_of_its_own(kind):
    equaliser = Equaliser((EqBand(kind, 440.0, 1.5, 0.5, enabled=False),))
    assert decode(encode(equaliser)) == equaliser


def with_type(number):
    """Return a state whose first band is of a type that we have no word for."""
    lines = list(encode(Equaliser((EqBand(EqKind.BELL, 440.0),))))
    body = bytearray(base64.b64decode(lines[1]))
    body[8:12] = struct.pack("<i", number)
    lines[1] = base64.b64encode(body).decode()
    return tuple(lines)


@pytest.mark.parametrize(("number", "kind"), [(9, EqKind.BELL), (2, EqKind.BELL), (77, EqKind.ALL_PASS)])
def test_a_type_that_nobody_knows_is_kept(number, kind):
    lines = with_type(number)
    equaliser = decode(lines)
    assert equaliser.bands[0].kind is kind
    moved = replace(equaliser, bands=(replace(equaliser.bands[0], freq_hz=880.0),))
    kept = encode(moved, lines)
    assert struct.unpack_from("<i", base64.b64decode(kept[1]), 8) == (number,)
    assert decode(kept) == moved


def test_blocks_that_share_a_line_are_told_apart():
    header, *middle, preset = SAVED_BY_REAPER_7
    assert decode((header, *middle[:-1], middle[-1] + preset)) == decode(SAVED_BY_REAPER_7)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("AAAA",),
        ("!!!!",),
        ("A",),
        SAVED_BY_REAPER_7[:1],
        SAVED_BY_REAPER_7[:2],
        (SAVED_BY_REAPER_6[0], *SAVED_BY_REAPER_7[1:]),
    ],
)
def test_what_is_no_state_of_a_reaeq_is_refused(lines):
    with pytest.raises(UnreadableChunkError):
        decode(lines)


@pytest.mark.parametrize(
    "bad", [EqBand(EqKind.BELL, float("nan")), EqBand(EqKind.BELL, 0.0), EqBand(EqKind.BELL, 9.0, -1.0)]
)
def test_bands_that_no_reaeq_has_are_refused(bad):
    with pytest.raises(UnreadableChunkError, match="no ReaEQ has"):
        decode(encode(Equaliser((bad,))))


def test_an_unreadable_model_is_not_followed():
    assert encode(Equaliser(), ("no state",)) == encode(Equaliser())
