from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from numpy.typing import NDArray

from agent.roles import Role, role_from_name
from bridge.demo import BEAT_S, STEMS, TEMPO_BPM, Score, Stem, render, write_demo

RATE_HZ = 48_000
Wave = NDArray[np.float64]
Read = Callable[[str], Wave]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demos") / "demo"
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def read(folder: Path) -> Read:
    return lambda name: soundfile.read(folder / f"{name}.wav", always_2d=True)[0]


def loudness_lufs(wave: Wave) -> float:
    # A mono stem plays on both sides.
    both = np.repeat(wave, 2, axis=1) if wave.shape[1] == 1 else wave
    return float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(both))


def stem_of(name: str) -> Stem:
    return next(stem for stem in STEMS if stem.name == name)


def power_db(wave: Wave, low_hz: float, high_hz: float) -> float:
    """Return the power in a band, per FFT bin, in dB."""
    spectrum = np.abs(np.fft.rfft(wave[:, 0] * np.hanning(len(wave)))) ** 2
    freqs_hz = np.fft.rfftfreq(len(wave), 1 / RATE_HZ)
    return float(10 * np.log10(spectrum[(freqs_hz >= low_hz) & (freqs_hz < high_hz)].mean()))


def between(wave: Wave, start_beat: float, end_beat: float) -> Wave:
    return wave[round(start_beat * BEAT_S * RATE_HZ) : round(end_beat * BEAT_S * RATE_HZ)]


def test_the_stems_are_24_bit_files_of_one_length(folder: Path) -> None:
    infos = {path.stem: soundfile.info(path) for path in folder.iterdir()}
    assert set(infos) == {stem.name for stem in STEMS}
    assert {(info.subtype, info.samplerate, info.frames) for info in infos.values()} == {
        ("PCM_24", RATE_HZ, 20 * RATE_HZ)
    }
    assert {info.channels for info in infos.values()} == {1, 2}


def test_the_names_say_what_the_stems_are() -> None:
    roles = [role_from_name(stem.name) for stem in STEMS]
    assert None not in roles
    assert len(set(roles)) == len(roles)
    assert {Role.KICK, Role.SNARE, Role.HAT, Role.BASS, Role.KEYS, Role.LEAD_VOCAL} <= set(roles)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_demo(tmp_path / name, seconds=3.0, seed=seed)
    first, again, other = (
        [(tmp_path / name / f"{stem.name}.wav").read_bytes() for stem in STEMS] for name in ("first", "again", "other")
    )
    assert first == again
    assert all(one != another for one, another in zip(first, other, strict=True))


def test_nothing_clips_and_nothing_is_silent(read: Read) -> None:
    for stem in STEMS:
        assert 0.01 < np.abs(read(stem.name)).max() < 0.97


def test_the_levels_are_wrong_by_what_the_table_says(read: Read) -> None:
    for stem in STEMS:
        assert abs(stem.fault_db) + 1.0 <= 12.0
        rms_dbfs = 10 * np.log10(np.mean(read(stem.name) ** 2))
        wrong_db = rms_dbfs - stem.rms_dbfs
        # The mud adds to the level of the keys, a fade at the end takes little from all.
        assert wrong_db == pytest.approx(stem.fault_db, abs=1.3 + stem.mud_db)


def test_the_vocal_is_buried_where_it_ought_to_lead(read: Read) -> None:
    found = {stem.name: loudness_lufs(read(stem.name)) for stem in STEMS}
    sensible = {stem.name: found[stem.name] - stem.fault_db for stem in STEMS}
    assert max(sensible, key=lambda name: sensible[name]) == "Vocal"
    assert found["Vocal"] < found["Keys"] - 6.0
    assert max(found, key=lambda name: found[name]) == "Kick"
    assert -45.0 < min(found.values()) < max(found.values()) < -10.0


def test_the_keys_are_muddy() -> None:
    def excess_db(stem: Stem) -> float:
        wave = render(stem, Score(5 * RATE_HZ, RATE_HZ, np.random.default_rng(1)))
        return power_db(wave, 280.0, 320.0) - power_db(wave, 4000.0, 8000.0)

    keys = stem_of("Keys")
    assert excess_db(keys) - excess_db(replace(keys, mud_db=0.0)) == pytest.approx(5.0, abs=0.5)


def test_the_kick_keeps_the_tempo(read: Read) -> None:
    wave = np.abs(read("Kick")[:, 0])
    loud = np.flatnonzero(wave > 0.1 * wave.max()) / RATE_HZ
    onsets_s = loud[np.diff(loud, prepend=-1.0) > 0.2]
    quavers = np.diff(onsets_s) / (30.0 / TEMPO_BPM)
    assert len(onsets_s) > 16
    assert np.abs(quavers - np.round(quavers)).max() < 0.05
    # Bars of four beats begin where the pattern does.
    assert np.min(np.abs(onsets_s - 8 * BEAT_S)) < 0.01


def test_the_snare_is_on_two_and_four(read: Read) -> None:
    wave = read("Snare")
    hits = [np.abs(between(wave, beat, beat + 0.5)).max() for beat in range(8)]
    assert min(hits[1::2]) > 5 * max(hits[0::2])


def test_the_vocal_has_the_formants_of_what_it_sings(read: Read) -> None:
    vocal = read("Vocal")
    a_on_g4, o_on_a4 = between(vocal, 12.5, 14.0), between(vocal, 1.75, 2.75)
    # G4 is 392 Hz: its second and third partials lie on the formants of "a", 800 and 1150 Hz, its first on none.
    first, second, third, fifth = (power_db(a_on_g4, k * 392.0 - 40.0, k * 392.0 + 40.0) for k in (1, 2, 3, 5))
    assert second > first + 6.0
    assert third > first
    assert third > fifth + 10.0
    # A4 is 440 Hz: its first partial lies on the formant of "o", 450 Hz.
    assert power_db(o_on_a4, 400.0, 480.0) > power_db(o_on_a4, 840.0, 920.0) + 6.0
    # Over all that is sung the third formant, 2500 to 2830 Hz, stands out from below.
    assert power_db(vocal, 2600.0, 3000.0) > power_db(vocal, 2050.0, 2450.0)


def test_the_voice_breathes_between_its_phrases(read: Read) -> None:
    vocal = read("Vocal")
    rest, breath, sung = between(vocal, 6.0, 7.0), between(vocal, 7.3, 7.8), between(vocal, 8.0, 9.0)
    assert np.std(rest) < 0.1 * np.std(breath) < 0.1 * np.std(sung)


@pytest.mark.parametrize(("seconds", "rate_hz"), [(0.05, 48_000), (2.0, 16_000), (1.0, 96_000), (21.0, 22_050)])
def test_it_can_be_of_any_length_and_rate(tmp_path: Path, seconds: float, rate_hz: int) -> None:
    write_demo(tmp_path / "demo", seconds=seconds, rate_hz=rate_hz)
    for path in (tmp_path / "demo").iterdir():
        wave, rate = soundfile.read(path)
        assert rate == rate_hz
        assert len(wave) == round(seconds * rate_hz)
        assert np.abs(wave).max() < 1.0


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with pytest.raises(FileExistsError):
        write_demo(tmp_path / "demo", seconds=1.0)
    assert list((tmp_path / "demo").iterdir()) == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(soundfile, "write", full)
    with pytest.raises(OSError, match="no space"):
        write_demo(tmp_path / "demo", seconds=0.1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"seconds": 0.0}, {"rate_hz": 8000}])
def test_no_length_or_too_low_a_rate_is_refused(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="the demo needs"):
        write_demo(tmp_path / "demo", **wrong)  # type: ignore[arg-type]
