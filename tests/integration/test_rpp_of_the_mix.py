"""The project that ``faderbot mix`` writes, opened by the mock's own reader, which shares no code with the writer."""

import pytest
import soundfile as sf

from bridge.cli import main
from bridge.schema import MixDocument
from mock_daw.opening import open_session
from mock_daw.session import EqKind
from tests.mixes import STEMS, tone, write_song

KINDS = {"low_shelf": EqKind.LOW_SHELF, "bell": EqKind.BELL, "high_shelf": EqKind.HIGH_SHELF}
DB = 1e-6


@pytest.fixture(scope="module")
def mix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mix")
    stems = write_song(folder / "stems", Rumble=tone(45.0, 0.2))
    assert main(["mix", str(stems), "--out", str(folder / "out")]) == 0
    document = MixDocument.model_validate_json((folder / "out" / "mix.json").read_bytes())
    return stems, document, open_session(folder / "out" / "mix.RPP")


def linear(gain_db):
    return 10.0 ** (gain_db / 20.0)


def test_it_opens_without_a_word(mix):
    _, document, session = mix
    assert session.notes == ()
    assert (session.name, session.rate_hz, session.tempo_bpm) == ("mix", document.sample_rate_hz, document.tempo_bpm)
    assert session.length_s == pytest.approx(document.length_s)


def test_its_tracks_play_the_stems(mix):
    stems, document, session = mix
    assert [track.name for track in session.tracks] == [track.name for track in document.tracks]
    for track, mixed in zip(session.tracks, document.tracks, strict=True):
        (item,) = track.items
        assert item.take is not None
        assert item.take.source.path is not None
        assert item.take.source.path.samefile(stems / mixed.file)
        assert item.take.source.rate_hz == sf.info(stems / mixed.file).samplerate
        assert (item.position_s, item.take.offset_s) == (0.0, 0.0)


def test_its_faders_are_those_of_the_document(mix):
    _, document, session = mix
    for track, mixed in zip(session.tracks, document.tracks, strict=True):
        assert track.gain_linear == pytest.approx(linear(mixed.after.gain_db), rel=DB)
        assert track.pan == pytest.approx(mixed.after.pan)
    assert session.master.gain_linear == pytest.approx(linear(document.master.after_db), rel=DB)
    assert any(track.gain_linear != 1.0 for track in session.tracks)


def test_its_equalisers_are_those_of_the_document(mix):
    _, document, session = mix
    changed = 0
    for track, mixed in zip(session.tracks, document.tracks, strict=True):
        wanted = [(KINDS[b.shape], b.freq_hz, b.gain_db, b.bandwidth_oct) for b in mixed.after.eq if b.gain_db]
        heard = [
            band
            for effect in track.effects
            if effect.equaliser is not None and effect.enabled
            for band in effect.equaliser.bands
            if band.enabled and band.kind is not EqKind.HIGH_PASS and band.gain_linear != 1.0
        ]
        assert [(band.kind, band.freq_hz) for band in heard] == [(kind, freq_hz) for kind, freq_hz, *_ in wanted]
        for band, (_, _, gain_db, bandwidth_oct) in zip(heard, wanted, strict=True):
            assert band.gain_linear == pytest.approx(linear(gain_db), rel=DB)
            assert band.bandwidth_oct == pytest.approx(bandwidth_oct)
        passes = [
            band.freq_hz
            for effect in track.effects
            if effect.equaliser is not None
            for band in effect.equaliser.bands
            if band.enabled and band.kind is EqKind.HIGH_PASS
        ]
        assert passes == ([] if mixed.after.high_pass_hz is None else [mixed.after.high_pass_hz])
        changed += len(heard)
    assert changed
    assert len(session.tracks) == len(STEMS) + 1
