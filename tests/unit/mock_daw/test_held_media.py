import numpy as np
import pytest
import soundfile as sf

from mock_daw.errors import ProjectError
from mock_daw.held_media import hold
from mock_daw.item_audio import track_audio
from mock_daw.opening import open_session
from mock_daw.session import Item, Source, Take, Track
from mock_daw.stem import Stem

RATE_HZ = 48_000
LOUD, SOFT = 0.5, 0.125


def written(path, level):
    sf.write(path, np.full((RATE_HZ, 2), level, np.float32), RATE_HZ, subtype="FLOAT")
    return path


def heard(source):
    track = Track("{t}", items=(Item("{i}", 0.0, 1.0, Take("{k}", source=source)),))
    return float(track_audio(track, RATE_HZ, 0.5, 8)[0, 0])


def source_of(path):
    return Source("WAVE", path, 1.0, RATE_HZ, 2, held=hold(path))


def test_a_file_that_is_held_plays_on_where_its_name_is_deleted(tmp_path):
    source = source_of(written(tmp_path / "a.wav", LOUD))
    (tmp_path / "a.wav").unlink()
    assert heard(source) == LOUD
    assert heard(Source("WAVE", tmp_path / "a.wav", 1.0, RATE_HZ, 2)) == 0.0


def test_a_file_that_is_held_plays_on_where_its_name_is_another_files(tmp_path):
    source = source_of(written(tmp_path / "a.wav", LOUD))
    written(tmp_path / "b.wav", SOFT).replace(tmp_path / "a.wav")
    assert heard(source) == LOUD
    assert heard(source_of(tmp_path / "a.wav")) == SOFT


def test_both_files_of_one_name_play_side_by_side(tmp_path):
    old = source_of(written(tmp_path / "a.wav", LOUD))
    (tmp_path / "a.wav").unlink()
    new = source_of(written(tmp_path / "a.wav", SOFT))
    items = tuple(Item(f"{{i{k}}}", 0.0, 1.0, Take(f"{{k{k}}}", source=source)) for k, source in enumerate((old, new)))
    assert track_audio(Track("{t}", items=items), RATE_HZ, 0.5, 8)[0, 0] == LOUD + SOFT


def test_readers_of_one_file_do_not_disturb_each_other(tmp_path):
    ramp = np.linspace(-0.5, 0.5, RATE_HZ * 2, dtype=np.float32).reshape(-1, 2)
    sf.write(tmp_path / "a.wav", ramp, RATE_HZ, subtype="FLOAT")
    held = hold(tmp_path / "a.wav")
    (tmp_path / "a.wav").unlink()
    stem = Stem.from_file(tmp_path / "a.wav", held)
    first, second = stem.reader(), stem.reader(100)
    assert np.array_equal(first.read(50), ramp[:50])
    assert np.array_equal(second.read(50), ramp[100:150])
    assert np.array_equal(first.read(50), ramp[50:100])
    first.close()
    second.close()


def test_a_file_that_has_its_name_is_read_by_it(tmp_path):
    """A file that the user mends in place is played as it is now."""
    source = source_of(written(tmp_path / "a.wav", LOUD))
    written(tmp_path / "a.wav", SOFT)
    assert heard(source) == SOFT


def test_what_can_not_be_opened_is_not_held(tmp_path):
    assert hold(tmp_path / "none.wav") is None
    with pytest.raises(ProjectError):
        Stem.from_file(tmp_path / "none.wav", None)


def test_a_project_holds_its_media(tmp_path):
    written(tmp_path / "Bass.wav", LOUD)
    session = open_session(tmp_path)
    (tmp_path / "Bass.wav").unlink()
    assert track_audio(session.tracks[0], RATE_HZ, 0.5, 8)[0, 0] == LOUD


def test_an_rpp_file_holds_its_media(tmp_path):
    written(tmp_path / "Bass.wav", LOUD)
    item = '<ITEM\nPOSITION 0\nLENGTH 1\n<SOURCE WAVE\nFILE "Bass.wav"\n>\n>'
    (tmp_path / "song.rpp").write_text(f"<REAPER_PROJECT 0.1\nSAMPLERATE 48000 1 0\n<TRACK\n{item}\n>\n>\n")
    session = open_session(tmp_path / "song.rpp")
    (tmp_path / "Bass.wav").unlink()
    assert track_audio(session.tracks[0], RATE_HZ, 0.5, 8)[0, 0] == LOUD
