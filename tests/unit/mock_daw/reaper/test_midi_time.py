import pytest

from mock_daw.midi import Midi, Text
from mock_daw.reaper.midi_time import lyrics
from mock_daw.session import Item, Session, Source, Take
from tests.unit.mock_daw.reaper.desks import track


def singing(*ticks, offset_s=0.0, length_s=8.0):
    texts = tuple(Text(tick, 5, f"w{tick}".encode()) for tick in ticks)
    take = Take("{k}", source=Source("MIDI", midi=Midi(texts=(*texts, Text(0, 1, b"no lyric")))), offset_s=offset_s)
    return Session("s", 48_000, (track("Vox", items=(Item("{i}", 0.0, length_s, take),)),))


@pytest.mark.parametrize(
    ("ticks", "text"),
    [
        ((), ""),
        ((0,), "w0"),
        ((0, 480), "w0\tw480"),
        ((0, 3840), "w0\t\tw3840"),
        ((0, 7680), "w0\t\t\tw7680"),
        ((0, 11520), "w0\t\t\tw11520"),
    ],
)
def test_tabs_tell_the_ends_of_measures(ticks, text):
    """The SDK's header: two at the end of a measure, three where measures are skipped."""
    assert lyrics(singing(*ticks), 1, 1) == text


def test_a_lyric_outside_its_item_is_not_sung():
    assert lyrics(singing(0, 960, 4 * 3840), 1, 0) == "w0\tw960"
    assert lyrics(singing(0, 960, offset_s=0.5), 1, 2) == "1.1.00\tw960\t"


def test_bytes_that_are_no_text_are_shown_as_such():
    take = Take("{k}", source=Source("MIDI", midi=Midi(texts=(Text(0, 5, b"\xff"),))))
    session = Session("s", 48_000, (track("Vox", items=(Item("{i}", 0.0, 1.0, take),)),))
    assert lyrics(session, 1, 0) == "\ufffd"
