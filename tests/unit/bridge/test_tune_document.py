import json
import math
import struct
import warnings

import numpy as np
import pytest
from pydantic import ValidationError
from rich.console import Console

from bridge.embedded import EmbeddedDaw
from bridge.tune_document import TuneDocument
from bridge.tune_job import tune
from bridge.tune_picture import draw
from bridge.tune_report import tune_report
from tests.tunings import GAINS_DB, NAMES, TABLE, by_hand, described, noise, preview, previewed, song, wish, write_song

LONG = "A very long name for a track that somebody typed in full"


@pytest.fixture(scope="module")
def tracks():
    return described(previewed())


@pytest.fixture(scope="module")
def master():
    return described(previewed("master"))


def renamed(document, *names):
    some = (document.tracks * len(names))[: len(names)]
    return document.model_copy(
        update={"tracks": tuple(t.model_copy(update={"name": n}) for t, n in zip(some, names, strict=True))}
    )


def printed(document, width=80):
    console = Console(width=width, record=True, force_terminal=False, markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        for part in tune_report(document):
            console.print(part)
    return captured.get()


def size(path):
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    return struct.unpack(">2I", content[16:24])


# tune.json


def test_it_reads_back_as_it_was_written_and_says_first_what_it_is(tracks):
    assert TuneDocument.model_validate_json(tracks.text()) == tracks
    assert list(json.loads(tracks.text()))[:2] == ["schema", "version"]
    assert json.loads(tracks.text())["schema"] == "faderbot-tune"
    with pytest.raises(ValidationError):
        TuneDocument.model_validate(json.loads(tracks.text()) | {"more": 1})


def test_every_setting_is_in_it(tracks, master):
    kick, bass, vocal, spare = tracks.tracks
    assert [band.gain_db for band in kick.after.eq] == list(GAINS_DB)
    assert [band.gain_db for band in bass.after.eq] == [0.0] * 4
    assert (bass.locked, vocal.locked, spare.silent, kick.silent) == (True, False, True, False)
    assert (tracks.scope, tracks.target, tracks.target_lufs) == ("tracks", "style balanced", None)
    assert [band.gain_db for band in master.master.after.eq] == list(GAINS_DB)
    assert all(band.gain_db == 0.0 for track in master.tracks for band in track.after.eq)
    assert master.master.before.gain_db == 0.0


def test_how_much_is_masked_is_said_of_tracks_and_never_of_one(tmp_path):
    loud = preview(song(Loud=noise(9, 0.5, tilt=2.2)), wish(names=(*NAMES, "Loud")))
    tracks = described(loud)
    shares = (tracks.before.masked_share, tracks.after.masked_share)
    assert shares == pytest.approx((loud.plan.before.masked_share, loud.after.masked_share), abs=1e-4)
    assert shares[0] > 0.5
    said = next(line for line in printed(tracks).splitlines() if line.startswith("Masked bands"))
    assert said.split()[2:] == [f"{100 * shares[0]:.0f}", "%", f"{100 * shares[1]:.0f}", "%"]
    write_song(tmp_path / "song")
    alone = described(preview(EmbeddedDaw.open_file(tmp_path / "song" / "Bass.wav"), wish("master", ("Bass",))))
    assert (alone.before.masked_share, alone.after.masked_share) == (None, None)
    assert "Masked" not in printed(alone)


def test_both_say_and_show_the_tracks_and_the_master(tmp_path):
    both = described(preview(song(), wish("both")))
    assert [band.gain_db for band in both.master.after.eq] == list(GAINS_DB)
    assert "its tracks and the master tuned to" in " ".join(printed(both).split())
    assert printed(both).count("−4.0  −2.0  +3.0  +5.0") == 4
    draw(both, tmp_path / "tune.png")
    assert size(tmp_path / "tune.png")[1] == pytest.approx(110 * (0.75 + 3.3 + 2 * 0.55 + 1.7 + 1.57), abs=2)


def test_the_curves_are_of_one_length_and_the_target_lies_on_what_came_out(master):
    curves = master.curves
    assert len({len(values) for values in (curves.bands_hz, curves.before_db, curves.after_db, curves.eq_db)}) == 1
    off = [t - a for t, a in zip(curves.target_db, curves.after_db, strict=True) if t is not None]
    assert abs(np.mean(off)) < 2.0
    turned = np.array(curves.after_db) - curves.before_db
    assert turned - turned.mean() == pytest.approx(np.array(curves.eq_db) - np.mean(curves.eq_db), abs=0.7)


def test_a_preview_is_predicted_and_a_run_is_measured(tmp_path, master):
    assert (master.before.source, master.after.source, master.dry_run) == ("render", "twin", True)
    done = described(tune(song(), wish("master"), TABLE, tmp_path / "a.wav", planner=by_hand))
    assert (done.after.source, done.dry_run) == ("render", False)
    assert done.after.loudness_lufs == pytest.approx(done.before.loudness_lufs, abs=0.2)
    assert done.after.true_peak_dbtp <= -1.0


def test_silence_is_null_and_the_json_is_strict(tracks):
    assert tracks.tracks[3].before.loudness_lufs is None
    assert "NaN" not in tracks.text()
    assert "Infinity" not in tracks.text()


# The report


def test_it_says_what_was_off_and_what_is(tracks, master):
    text = printed(tracks)
    assert "its tracks tuned to: style balanced, as loud as it was, strength 1" in " ".join(text.split())
    assert "Off the target, third octaves dB" in text
    assert "−4.0  −2.0  +3.0  +5.0" in text
    assert "Bass (locked)" in text
    assert "at Hz   100   350  2.5k    8k" in printed(master)
    assert "Kick" not in printed(master)
    assert "left out: notes.txt (not audio)" in text
    assert "Dry run: nothing was changed" in " ".join(text.split())


@pytest.mark.parametrize("name", [LONG, "🎤 嗓音 " * 12, "[red]x[/red]", "x" * 200])
def test_it_fits_into_eighty_columns_whatever_the_names(tracks, name):
    text = printed(renamed(tracks, name, "Bass"))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "[red]" in text or "[red]" not in name


def test_an_eq_that_was_not_flat_shows_before_and_after(tracks):
    kick = tracks.tracks[0]
    swapped = kick.model_copy(update={"before": kick.before.model_copy(update={"eq": kick.after.eq})})
    assert "→  −4.0" in printed(tracks.model_copy(update={"tracks": (swapped,)}))


# The picture


MANY = [pytest.param(count, marks=pytest.mark.slow) for count in (1, 12, 40)]


@pytest.mark.parametrize("count", [3, *MANY])
def test_it_grows_with_the_tracks(tracks, tmp_path, count):
    few = renamed(tracks, *(f"Track {k}" for k in range(count)))
    draw(few, tmp_path / "tune.png")
    width, height = size(tmp_path / "tune.png")
    assert width == 1210
    columns = {1: 1, 3: 3, 12: 4, 40: 5}[count]
    assert height == pytest.approx(110 * (0.75 + 3.3 + 0.55 + math.ceil(count / columns) * 1.57), abs=2)


def test_the_masters_is_as_high_whatever_the_tracks(master, tmp_path):
    draw(master, tmp_path / "one.png")
    draw(renamed(master, *map(str, range(30))), tmp_path / "many.png")
    assert size(tmp_path / "one.png") == size(tmp_path / "many.png")


def test_names_that_no_font_has_or_that_look_like_formulas_are_no_trouble(tracks, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(renamed(tracks, "嗓音", "a $x_1^{$ b", "[red]", "🎤"), tmp_path / "tune.png")
    assert size(tmp_path / "tune.png")[0] == 1210


def test_without_a_target_there_is_a_picture_too(tmp_path):
    document = described(preview(song(), wish("master", strength=0.0)))
    draw(document, tmp_path / "tune.png")
    nothing = document.curves.model_copy(update={"target_db": (None,) * len(document.curves.bands_hz)})
    draw(document.model_copy(update={"curves": nothing}), tmp_path / "none.png")
    assert size(tmp_path / "none.png") == size(tmp_path / "tune.png")
