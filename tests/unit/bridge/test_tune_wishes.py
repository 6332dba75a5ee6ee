import numpy as np
import pyloudnorm
import pytest
import soundfile as sf

from agent.session import Track
from agent.tone.targets import SLOPE_DB_PER_OCT
from bridge.progress import Silent
from bridge.tune_wishes import doable, sound, tone_wish
from bridge.wishes import WishUnclear
from tests.tunings import NAMES, noise, wish

RATE_HZ = 44_100


def gone_for(style=None, reference=None, target=None):
    return sound(style, reference, target, Silent())


@pytest.fixture
def recording(tmp_path):
    def recording(audio, rate_hz=RATE_HZ, name="ref.wav", subtype="FLOAT"):
        sf.write(tmp_path / name, audio, rate_hz, subtype)
        return tmp_path / name

    return recording


def test_a_style_says_a_spectrum_and_no_loudness():
    usual, rock = gone_for(), gone_for(" Rock ")
    assert (usual.words, usual.loudness_lufs) == ("style balanced", None)
    assert (rock.words, rock.target.kind) == ("style rock", "style")
    assert list(rock.target.level_db) != list(usual.target.level_db)


def test_an_unknown_style_is_refused_with_those_there_are():
    with pytest.raises(WishUnclear, match="there is no style 'polka'") as raised:
        gone_for("polka")
    assert all(name in str(raised.value) for name in SLOPE_DB_PER_OCT)


@pytest.mark.parametrize(
    ("typed", "lufs"), [("streaming", -14.0), ("-18", -18.0), ("−20.5 LUFS", -20.5), ("keep", None), (None, None)]
)
def test_a_loudness_is_a_preset_a_number_or_kept(typed, lufs):
    assert gone_for(target=typed).loudness_lufs == lufs


@pytest.mark.parametrize(("typed", "why"), [("loud", "no target 'loud'"), ("-3", "outside -40 to -5"), ("nan", "nan")])
def test_a_loudness_that_is_none_is_refused(typed, why):
    with pytest.raises(WishUnclear, match=why):
        gone_for(target=typed)


def test_a_reference_says_spectrum_and_loudness(recording):
    audio = noise(1, 0.1, rate_hz=RATE_HZ, seconds=5.0)
    found = gone_for(reference=recording(audio))
    assert found.words == "reference ref.wav"
    assert found.loudness_lufs == pytest.approx(pyloudnorm.Meter(RATE_HZ).integrated_loudness(audio), abs=0.1)
    assert gone_for(reference=recording(audio), target="-20").loudness_lufs == -20.0
    assert gone_for(reference=recording(audio), target="keep").loudness_lufs is None


@pytest.mark.parametrize("rate_hz", [22_050, 48_000, 96_000])
def test_a_reference_of_any_rate_gives_the_same_spectrum(recording, rate_hz):
    time_s = np.arange(4 * rate_hz) / rate_hz
    wave = sum(0.05 * np.sin(2 * np.pi * hz * time_s) / k for k, hz in enumerate((110.0, 440.0, 1000.0, 3000.0), 1))
    target = gone_for(reference=recording(np.stack([wave, wave], axis=1), rate_hz)).target
    level_db = {round(hz): db for hz, db in zip(target.bands_hz, target.level_db, strict=True)}
    assert level_db[1000] - level_db[3162] == pytest.approx(20 * np.log10(4 / 3), abs=0.3)


def test_a_mono_or_clipped_reference_is_used_and_said(recording):
    loud = np.clip(noise(2, 0.6, rate_hz=RATE_HZ, seconds=4.0)[:, :1], -1.0, 1.0)
    notes = gone_for(reference=recording(loud, subtype="PCM_16"), target="keep").target.notes
    assert any("is mono" in note for note in notes)
    assert any("is clipped" in note for note in notes)


def quiet(recording, _folder):
    return recording(noise(3, 0.0005, rate_hz=RATE_HZ, seconds=5.0))


def silent(recording, _folder):
    return recording(np.zeros((5 * RATE_HZ, 2)))


def short(recording, _folder):
    return recording(noise(3, rate_hz=RATE_HZ, seconds=2.0))


def words(_recording, folder):
    (folder / "ref.wav").write_text("this is not audio")
    return folder / "ref.wav"


def missing(_recording, folder):
    return folder / "nothing.wav"


def a_folder(_recording, folder):
    return folder


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (quiet, "outside -40 to -5: say how loud with --target"),
        (silent, "ref.wav is silent"),
        (short, r"too short \(2.0 s of sound\)"),
        (words, "the reference can not be used"),
        (missing, "nothing.wav does not exist"),
        (a_folder, "no regular file"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_reference_of_no_use_is_refused_in_one_line(recording, tmp_path, made, why):
    with pytest.raises(WishUnclear, match=why) as raised:
        gone_for(reference=made(recording, tmp_path))
    assert "\n" not in str(raised.value)


def test_tracks_are_named_as_for_a_mix():
    wanted = wish(only=("kick", "#3"), lock=("Bass",), strength=0.5, sweep=False)
    assert (wanted.only, wanted.locked, wanted.strength, wanted.sweep) == ((0, 2), (1,), 0.5, False)
    with pytest.raises(WishUnclear, match="is no track: choose from Kick, Bass, Lead Vocal"):
        wish(only=("Piano",))
    with pytest.raises(WishUnclear, match="strength"):
        tone_wish(gone_for(), NAMES, "tracks", strength=1.5)


def test_tracks_without_an_eq_are_left_as_they_are():
    tracks = (Track("Kick"), Track("Bass", eq=False), Track("Vocal", locked=True))
    asked = wish(lock=(NAMES[2],))
    assert asked.locked == (2,)
    assert doable(asked, tracks).locked == (2, 1)
    assert doable(asked, tracks[:1]).locked == (2,)
