import base64
import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import rpp

from agent.session import EqShape, Session, Settings, Strip, Track
from bridge.rpp import (
    HIGH_PASS_OCT,
    Item,
    ProjectUnwritable,
    ReaEqBand,
    ReaEqType,
    ReaEqUnreadable,
    decode_reaeq,
    encode_reaeq,
    project_text,
    quoted,
    reaeq_bands,
)


def lines_of(text: str) -> list[str]:
    return text.split()


# A new ReaEQ with five bands, as REAPER on Linux saved it; quoted in the public repository e-lie/renardo,
# tests/reaside/test_preexisting_fxchain.py (commit 73dcd26f).
NEW_INSTANCE = lines_of("""
    cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAAzQAAAAEAAAAAABAA
    IQAAAAUAAAAAAAAAAQAAAAAAAAAAAFlAAAAAAAAA8D+amZmZmZnpPwEIAAAAAQAAAAAAAAAAwHJAAAAAAAAA8D8AAAAAAAAAQAEIAAAA
    AQAAAAAAAAAAQI9AAAAAAAAA8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAiLNAAAAAAAAA8D+amZmZmZnpPwEEAAAAAAAAAAAAAAAAAFlAAAAAAAAA8D8AAAAAAAAAQAEB
    AAAAAQAAAAAAAAAAAPA/AAAAGIQCAACWAQAAAgAAAA==
    AAAQAAAA
""")
# Two older instances as REAPER on Windows saved them: all flat, and a vocal preset. Public repository
# koulaxizis/reaper, "FX Chains/CK - Track Mastering.RfxChain" (10195913) and "CK - Vocals.RfxChain" (a12fa993).
FLAT_FOUR_BANDS = lines_of("""
    cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAArAAAAAEAAAAAABAA
    IQAAAAQAAAAAAAAAAQAAAAAAAAAAAFlAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAQAAAAAAAAAAwHJAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAQAAAAAAAAAAQI9AAAAAAAAA
    8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAiLNAAAAAAAAA8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAAPA/AAAAAP0BAABcAQAAAgAAAA==
    AAAQAAAA
""")
VOCAL_PRESET = lines_of("""
    cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAArAAAAAEAAAAAABAA
    IQAAAAQAAAAAAAAAAQAAAID4JZOYi1hAgO21oPfGsD4AAAAAAAAAQAEIAAAAAQAAAAAAAAAAwHJAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAQAAAIBiZ6IDLZ9AgDW9oXk8
    8z8AAAAAAAAAQAEBAAAAAQAAAIASdEfCq8NAgNnpYGHM8j8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAAPA/AAAAAP0BAABcAQAAAgAAAA==
    AENLIC0gUmVhRVEgLSBIaXBIb3AgVm9jYWxzABAAAAA=
""")
NEW_BANDS = (
    ReaEqBand(ReaEqType.LOW_SHELF, 100.0, 1.0, 0.8),
    ReaEqBand(ReaEqType.BAND, 300.0),
    ReaEqBand(ReaEqType.BAND, 1000.0),
    ReaEqBand(ReaEqType.HIGH_SHELF, 5000.0, 1.0, 0.8),
    ReaEqBand(ReaEqType.HIGH_PASS, 100.0, enabled=False),
)


def session_of(*strips: Strip, names: Sequence[str] = (), master_gain_db: float = 0.0) -> Session:
    names = names or [f"Track {number}" for number in range(1, len(strips) + 1)]
    settings = Settings(strips, master_gain_db, tempo_bpm=97.5)
    return Session("Song", 48_000, 12.0, tuple(Track(name) for name in names), settings)


def parsed(session: Session, *items: Item | None) -> Any:
    return rpp.loads(project_text(session, items or [None] * len(session.tracks)))


def state_of(lines: Sequence[str]) -> bytes:
    return b"".join(base64.b64decode(line) for line in lines[1:-1])


def test_tracks_keep_their_order_and_names() -> None:
    project = parsed(session_of(Strip(), Strip(), names=["Kick In", "Lead Vox"]))
    assert [track.find("NAME")[1] for track in project.findall("TRACK")] == ["Kick In", "Lead Vox"]


def test_faders_are_linear_gains_and_a_closed_one_is_zero() -> None:
    project = parsed(session_of(Strip(-6.0), Strip(-math.inf), Strip(12.0), master_gain_db=-3.0))
    gains = [float(track.find("VOLPAN")[1]) for track in project.findall("TRACK")]
    assert gains == pytest.approx([10 ** (-6 / 20), 0.0, 10 ** (12 / 20)], rel=1e-9)
    assert float(project.find("MASTER_VOLUME")[1]) == pytest.approx(10 ** (-3 / 20), rel=1e-9)


def test_pans_rate_and_tempo_are_those_of_the_session() -> None:
    project = parsed(session_of(Strip(pan=-0.25), Strip(pan=1.0)))
    assert [float(track.find("VOLPAN")[2]) for track in project.findall("TRACK")] == [-0.25, 1.0]
    assert project.find("SAMPLERATE")[1] == "48000"
    assert project.find("TEMPO")[1:] == ["97.5", "4", "4", "0"]


def test_a_flat_strip_gets_no_effect() -> None:
    track = parsed(session_of(Strip())).find("TRACK")
    assert track.find("FXCHAIN") is None


def test_an_eq_is_a_named_reaeq_with_the_strips_bands() -> None:
    strip = replace(Strip().with_eq_gains((0.0, -4.5, 2.0, 0.0)), high_pass_hz=80.0)
    effect = parsed(session_of(strip)).find("TRACK").find("FXCHAIN").find("VST")
    assert effect.attrib[0] == "VST: ReaEQ (Cockos)"
    assert effect.attrib[3] == "Faderbot EQ"
    bands = decode_reaeq(list(effect))
    assert [band.kind for band in bands] == [0, 8, 8, 1, 4]
    assert [band.freq_hz for band in bands] == [100.0, 350.0, 2500.0, 8000.0, 80.0]
    assert [band.gain_db for band in bands] == pytest.approx([0.0, -4.5, 2.0, 0.0, 0.0], abs=1e-9)
    assert all(band.enabled for band in bands)


def test_a_strip_without_high_pass_leaves_that_band_off() -> None:
    *_, high_pass = reaeq_bands(Strip().with_eq_gains((1.0, 0.0, 0.0, 0.0)))
    assert high_pass.kind == ReaEqType.HIGH_PASS
    assert not high_pass.enabled


def test_the_high_pass_is_a_butterworth() -> None:
    assert pytest.approx(1.9, abs=0.001) == HIGH_PASS_OCT
    assert 1 / (2 * math.sinh(math.log(2) / 2 * HIGH_PASS_OCT)) == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("stems/a.wav", "WAVE"),
        ("a.AIFF", "WAVE"),
        ("a.aifc", "WAVE"),
        ("a.bwf", "WAVE"),
        ("a.rf64", "WAVE"),
        ("/home/me/a b.flac", "FLAC"),
        (r"C:\Music\it's.mp3", "MP3"),
        ("a.ogg", "VORBIS"),
        ("a.oga", "VORBIS"),
    ],
)
def test_an_item_plays_its_file_once_from_the_start(path: str, kind: str) -> None:
    item = parsed(session_of(Strip()), Item(path, 12.25)).find("TRACK").find("ITEM")
    assert item.find("POSITION")[1] == "0"
    assert item.find("LENGTH")[1] == "12.25"
    assert item.find("LOOP")[1] == "0"
    assert item.find("SOURCE").attrib == [kind]
    assert item.find("SOURCE").find("FILE")[1] == path


def test_an_item_is_named_by_its_file() -> None:
    items = [Item(path, 1.0) for path in ("stems/Kick In.wav", r"D:\Song\Kick In.wav")]
    tracks = parsed(session_of(Strip(), Strip()), *items).findall("TRACK")
    assert [track.find("ITEM").find("NAME")[1] for track in tracks] == ["Kick In.wav", "Kick In.wav"]


@pytest.mark.parametrize("path", ["a.mid", "a", "two\nlines.wav", "\"'`.wav"])
def test_a_file_that_reaper_would_not_find_is_refused(path: str) -> None:
    with pytest.raises(ProjectUnwritable):
        project_text(session_of(Strip()), [Item(path, 1.0)])


def test_there_must_be_an_item_or_none_for_each_track() -> None:
    with pytest.raises(ValueError, match="1 items for 2 tracks"):
        project_text(session_of(Strip(), Strip()), [None])


def test_the_text_is_the_same_each_time_and_no_identity_occurs_twice() -> None:
    session = session_of(Strip(high_pass_hz=80.0), Strip(high_pass_hz=80.0))
    items = [Item("a.wav", 1.0), Item("a.wav", 1.0)]
    text = project_text(session, items)
    assert text == project_text(session, items)
    identities = [line.split()[1] for line in text.splitlines() if "{" in line and "TRACKID" not in line]
    assert len(identities) == len(set(identities)) == 8
    assert project_text(replace(session, name="Other"), items) != text


def test_the_first_line_says_what_and_when() -> None:
    first, *_ = project_text(session_of(Strip()), [None], saved_at_s=1_700_000_000).splitlines()
    assert first == '<REAPER_PROJECT 0.1 "7.0/faderbot" 1700000000'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("Kick", '"Kick"'),
        ('12" Snare', "'12\" Snare'"),
        ("""12" Bob's""", """`12" Bob's`"""),
        ("""12" Bob's `x`""", """`12" Bob's 'x'`"""),
        ("two\nlines", '"two lines"'),
    ],
)
def test_names_are_quoted_as_reaper_quotes_them(text: str, written: str) -> None:
    assert quoted(text) == written


def test_a_new_instance_of_reaper_has_the_documented_bands() -> None:
    assert decode_reaeq(NEW_INSTANCE) == NEW_BANDS


def test_we_write_a_new_instance_as_reaper_does() -> None:
    ours = encode_reaeq(NEW_BANDS)
    assert base64.b64decode(ours[0]) == base64.b64decode(NEW_INSTANCE[0])
    assert ours[-1] == NEW_INSTANCE[-1]
    # All but the view flags and the size of the editor's window, which was another on that computer.
    before_view = 8 + 5 * 33 + 8 + 8
    assert state_of(ours)[:before_view] == state_of(NEW_INSTANCE)[:before_view]
    assert state_of(ours)[-4:] == state_of(NEW_INSTANCE)[-4:]
    assert len(state_of(ours)) == len(state_of(NEW_INSTANCE)) == 205


def test_we_write_a_flat_instance_byte_for_byte_and_line_by_line() -> None:
    assert encode_reaeq(decode_reaeq(FLAT_FOUR_BANDS)) == FLAT_FOUR_BANDS


def test_a_preset_of_another_user_is_read_and_comes_back_but_for_its_name() -> None:
    bands = decode_reaeq(VOCAL_PRESET)
    assert [band.kind for band in bands] == [0, 8, 8, 1]
    assert bands[0].gain_db == pytest.approx(-120.0, abs=0.1)
    assert bands[2].freq_hz == pytest.approx(1995.0, abs=1.0)
    assert bands[2].gain_db == pytest.approx(1.6, abs=0.05)
    assert encode_reaeq(bands)[:-1] == VOCAL_PRESET[:-1]


def test_a_gain_of_zero_is_minus_infinity() -> None:
    assert ReaEqBand(ReaEqType.BAND, 100.0, gain_linear=0.0).gain_db == -math.inf


def unknown_layout() -> list[str]:
    state = bytearray(state_of(FLAT_FOUR_BANDS))
    struct.pack_into("<i", state, 0, 41)
    return [FLAT_FOUR_BANDS[0], base64.b64encode(state).decode(), FLAT_FOUR_BANDS[-1]]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["no base64 !"],
        ["AAAA"],
        [base64.b64encode(bytes(60)).decode()],
        FLAT_FOUR_BANDS[:2],
        unknown_layout(),
    ],
)
def test_lines_that_are_no_reaeq_state_are_refused(lines: list[str]) -> None:
    with pytest.raises(ReaEqUnreadable):
        decode_reaeq(lines)


def test_every_shape_of_ours_has_a_type_of_theirs() -> None:
    shapes = [band.shape for band in Strip().eq]
    assert set(shapes) == set(EqShape)
    assert [band.kind for band in reaeq_bands(Strip())[:4]] == [0, 8, 8, 1]
