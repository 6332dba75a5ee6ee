from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from mock_daw.errors import EngineError
from mock_daw.live import Live
from mock_daw.reaper.rendering import bounds, loudness_stats, render_to_file, targets
from mock_daw.render_settings import Bounds, RenderSettings
from mock_daw.session import Marker, Send, guid
from tests.takes import RATE_HZ, constant, item, noise, session, track
from tests.unit.mock_daw.reaper.desks import Silence

FLOAT_WAVE = "ZXZhdyAAAA=="  # "evaw", then 32: floating point


@pytest.fixture
def mixed(tmp_path):
    """A session of two tracks that stand still at 0.25 and 0.125 for a second; the master halves."""
    media = tmp_path / "media"
    media.mkdir()
    one = track(1, item(media, constant(0.25)), name="Kick", selected=True)
    two = track(2, item(media, constant(0.125)), name="Bass/DI", gain_linear=0.5)
    made = session(one, two, path=tmp_path / "song.rpp")
    return replace(made, master=replace(made.master, gain_linear=0.5))


def settings(folder="out", **changes):
    return replace(RenderSettings(folder, "$project", tail_flags=0, sink=FLOAT_WAVE), **changes)


def written(mixed, **changes):
    live = Live(mixed, Silence())
    paths = render_to_file(live, settings(**changes))
    return [(path.name, *sf.read(path, always_2d=True)) for path in paths]


def test_the_mix_is_written_below_the_projects_folder(mixed, tmp_path):
    [(name, audio, rate_hz)] = written(mixed)
    assert name == "demo.wav"
    assert (tmp_path / "out" / "demo.wav").is_file()
    assert audio.shape == (RATE_HZ, 2)
    assert rate_hz == RATE_HZ
    assert audio[4000] == pytest.approx([0.15625, 0.15625])


def test_stems_are_the_selected_tracks_before_the_master(mixed):
    (kick, stem, _), (name, mix, _) = written(mixed, source=1, pattern="$project-$track")
    assert (kick, name) == ("demo-Kick.wav", "demo-master.wav")
    assert stem[4000] == pytest.approx([0.25, 0.25])
    assert mix[4000] == pytest.approx([0.15625, 0.15625])


def test_a_stem_has_what_is_sent_to_its_track_and_what_its_folder_holds(mixed, tmp_path):
    media = tmp_path / "media"
    sent = track(3, item(media, constant(0.0625)), sends=(Send(guid("s"), guid("track", 5)),))
    child = track(6, item(media, constant(0.5)), folder_depth=-1)
    bus = track(5, selected=True, folder_depth=1, gain_linear=0.5)
    [(_, stem, _)] = written(
        session(sent, bus, child, track(7, item(media, constant(0.75))), path=mixed.path), source=2
    )
    assert stem[4000] == pytest.approx([0.28125, 0.28125])


def test_files_of_one_name_do_not_overwrite_each_other(mixed):
    both = replace(mixed, tracks=tuple(replace(one, selected=True) for one in mixed.tracks))
    names = [target.path.name for target in targets(both, settings(source=2))]
    assert names == ["demo-001.wav", "demo-002.wav"]


def test_no_pattern_makes_the_folder_the_file(mixed, tmp_path):
    [target] = targets(mixed, settings(str(tmp_path / "here" / "mix.wav"), pattern=""))
    assert target.path == tmp_path / "here" / "mix.wav"


def test_a_name_holds_no_character_of_a_path(mixed):
    second = replace(mixed, tracks=tuple(replace(one, selected=not one.selected) for one in mixed.tracks))
    assert targets(second, settings(source=2, pattern="$tracknumber $track $other"))[0].path.name == (
        "02 Bass_DI $other.wav"
    )


@pytest.mark.parametrize(
    ("changes", "stretch"),
    [
        ({}, (0.0, 1.0)),
        ({"tail_flags": 2, "tail_ms": 500}, (0.0, 1.5)),
        ({"bounds": Bounds.CUSTOM, "start_s": 0.25, "end_s": 0.5}, (0.25, 0.5)),
        ({"bounds": Bounds.TIME_SELECTION}, (0.1, 0.2)),
        ({"bounds": Bounds.SELECTED_ITEMS}, (0.0, 0.0)),
    ],
)
def test_bounds_are_as_the_settings_say(mixed, changes, stretch):
    assert bounds(replace(mixed, loop_start_s=0.1, loop_end_s=0.2), settings(**changes)) == stretch


def test_rate_and_channels_are_as_the_settings_say(mixed):
    [(_, audio, rate_hz)] = written(mixed, rate_hz=2 * RATE_HZ, channels=1)
    assert (audio.shape, rate_hz) == ((2 * RATE_HZ, 1), 2 * RATE_HZ)
    assert audio[8000, 0] == pytest.approx(0.15625, abs=1e-4)


@pytest.mark.parametrize(
    ("sink", "subtype"),
    [("evaw", "PCM_24"), ("ZXZhdxAAAA==", "PCM_16"), ("ZXZhdxgAAQ==", "PCM_24"), (FLOAT_WAVE, "FLOAT")],
)
def test_the_depth_is_that_of_the_sink(mixed, sink, subtype):
    [path] = render_to_file(Live(mixed, Silence()), settings(sink=sink))
    assert sf.info(path).subtype == subtype


@pytest.mark.parametrize(
    ("sink", "suffix", "kind"),
    [("calf", ".flac", "FLAC"), ("Y2FsZg==", ".flac", "FLAC"), ("vggo", ".ogg", "OGG"), ("l3pm", ".mp3", "MP3")],
)
def test_another_format_has_its_own_suffix(mixed, sink, suffix, kind):
    [path] = render_to_file(Live(mixed, Silence()), settings(sink=sink))
    assert (path.suffix, sf.info(path).format) == (suffix, kind)


def with_regions(mixed, *names):
    regions = tuple(Marker(guid("r", k), k, 0.25 * k, 0.25 * k + 0.5, name) for k, name in enumerate(names))
    return replace(mixed, markers=(*regions, Marker("{m}", 1, 0.1, name="Mark")))


def region_files(mixed, selected=(), **changes):
    changes = {"pattern": "$region", "bounds": Bounds.REGIONS, **changes}
    found = targets(mixed, settings(**changes), frozenset(selected))
    return [(target.path.name, target.start_s, target.end_s) for target in found]


def test_every_region_is_a_file_of_its_own(mixed):
    named = with_regions(mixed, "intro", "verse; 2")
    assert region_files(named) == [("intro.wav", 0.0, 0.5), ("verse; 2.wav", 0.25, 0.75)]
    assert region_files(named, tail_flags=8, tail_ms=250)[0] == ("intro.wav", 0.0, 0.75)
    [first, second] = written(named, pattern="$region/mix", bounds=Bounds.REGIONS)
    assert [first[0], second[0]] == ["mix.wav", "mix.wav"]
    assert len(first[1]) == RATE_HZ // 2


def test_the_selected_regions_are_rendered_or_all_where_none_is(mixed):
    named = with_regions(mixed, "a", "b")
    names = [name for name, *_ in region_files(named, [guid("r", 1)], bounds=Bounds.SELECTED_REGIONS)]
    assert names == ["b.wav"]
    assert len(region_files(named, bounds=Bounds.SELECTED_REGIONS)) == 2


def test_regions_of_one_name_are_numbered(mixed):
    assert [name for name, *_ in region_files(with_regions(mixed, "take", "", "take"))] == [
        "take-001.wav",
        "1.wav",
        "take-002.wav",
    ]


@pytest.mark.parametrize(
    "changes", [{"sink": "FVAX"}, {"sink": "?"}, {"bounds": Bounds.TIME_SELECTION}, {"bounds": Bounds.REGIONS}]
)
def test_what_can_not_be_rendered_is_refused(mixed, changes):
    with pytest.raises(EngineError):
        render_to_file(Live(mixed, Silence()), settings(**changes))


def test_a_file_that_can_not_be_written_is_refused(mixed, tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(EngineError, match="can not be written"):
        render_to_file(Live(mixed, Silence()), settings())


def test_a_render_leaves_its_statistics(mixed, tmp_path):
    live = Live(mixed, Silence())
    [path] = render_to_file(live, settings())
    assert live.render_stats.startswith(f"FILE:{path};LENGTH:0:01.000;PEAK:{20 * np.log10(0.15625):.6f};")


@pytest.mark.parametrize(
    ("action", "files"), [(42438, ["Kick"]), (42439, ["Kick"]), (42440, ["demo"]), (42441, ["demo"])]
)
def test_a_dry_run_measures_and_writes_nothing(mixed, tmp_path, action, files):
    live = Live(replace(mixed, loop_start_s=0.1, loop_end_s=0.2), Silence())
    before = sorted(tmp_path.rglob("*"))
    text = loudness_stats(live, action)
    assert text == live.render_stats
    assert [part[5:] for part in text.split(";") if part.startswith("FILE:")] == files
    assert ("LENGTH:0:00.100" in text) == (action in (42439, 42441))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_dry_run_of_items_has_one_line_each(tmp_path):
    items = [item(tmp_path, noise(k), position_s=k, selected=k != 1, take={"name": f"take {k}"}) for k in range(3)]
    text = loudness_stats(Live(session(track(1, *items)), Silence()), 42437)
    assert [part for part in text.split(";") if part.startswith("FILE:")] == ["FILE:take 0", "FILE:take 2"]
