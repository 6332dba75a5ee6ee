import json
import math
from dataclasses import replace

import pytest
from pydantic import ValidationError

from agent.session import Strip
from bridge.schema import Band, MixDocument, Reason, finite
from tests.mixes import described, finished, previewed


def test_the_document_reads_back_as_it_was_written():
    made = described(previewed())
    assert MixDocument.model_validate_json(made.text()) == made
    assert MixDocument.model_validate_json(made.text(ascii_only=True)) == made


def test_its_first_words_say_what_it_is():
    assert list(json.loads(described(previewed()).text()).items())[:2] == [("schema", "faderbot-mix"), ("version", 1)]


def test_every_setting_of_the_result_is_in_it():
    result = previewed()
    made = described(result)
    for track, strip in zip(made.tracks, result.settings.strips, strict=True):
        assert (track.after.gain_db, track.after.pan) == (strip.gain_db, strip.pan)
        assert [band.gain_db for band in track.after.eq] == list(strip.eq_gains_db)
    assert made.master.after_db == result.settings.master_gain_db
    assert [(track.name, track.file) for track in made.tracks][:1] == [("Kick", "Kick.wav")]


def test_locked_silent_and_focused_tracks_are_marked():
    tracks = {track.name: track for track in described(previewed()).tracks}
    assert [name for name, track in tracks.items() if track.locked] == ["Bass"]
    assert [name for name, track in tracks.items() if track.silent] == ["Spare"]
    assert [name for name, track in tracks.items() if track.focus] == ["Lead Vocal"]
    assert tracks["Lead Vocal"].role == "lead_vocal"


def test_a_preview_is_predicted_and_a_mix_is_measured():
    preview, mix = described(previewed()), described(replace(previewed(), finish=finished(), dry_run=False))
    assert (preview.dry_run, preview.after.figures.source, preview.after.figures.true_peak_dbtp) == (True, "twin", None)
    assert (mix.dry_run, mix.after.figures.source, mix.after.figures.true_peak_dbtp) == (False, "render", -1.05)
    assert mix.after.limiter is not None
    assert (mix.after.limiter.max_reduction_db, mix.after.file_gain_db) == (2.31, 0.4)


def test_a_closed_fader_and_silence_are_null_and_the_json_is_strict():
    result = previewed()
    closed = replace(result.settings, strips=(Strip(-math.inf), *result.settings.strips[1:]))
    made = described(replace(result, settings=closed))
    assert made.tracks[0].after.gain_db is None
    assert made.tracks[3].before.loudness_lufs is None

    def no_such_constant(name: str) -> None:
        raise AssertionError(name)

    json.loads(made.text(), parse_constant=no_such_constant)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_that_json_lacks_gets_in(value):
    with pytest.raises(ValidationError):
        Band(shape="bell", freq_hz=100.0, gain_db=value, bandwidth_oct=1.0)
    assert finite(value) is None


def test_another_version_or_an_unknown_field_is_refused():
    text = described(previewed()).text()
    with pytest.raises(ValidationError):
        MixDocument.model_validate_json(text.replace('"version": 1', '"version": 2'))
    with pytest.raises(ValidationError):
        MixDocument.model_validate_json(text.replace('"seed"', '"sead"', 1))


def test_nothing_in_it_changes():
    with pytest.raises(ValidationError):
        Reason(track=None, text="because").text = "else"
