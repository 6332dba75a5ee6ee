"""Roles from names, as people write them, and from synthesised sounds."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.hearing.loudness import LoudnessMeter, integrated_lufs
from agent.roles import _TELLING, _VAGUE, Role, SoundFeatures, role_from_name, role_from_sound

NAMES: dict[Role | None, list[str]] = {
    Role.LEAD_VOCAL: [
        "Ld Vox 2", "Lead Vox", "LEAD VOCAL", "ldvx", "leadvox.wav", "Vocals", "01 Voc", "VOX_main", "Rap", "LV",
        "LeadVocal_01", "Voice", "Male Vox L", "vocalist", "Vox Lead Room", "Vox No. 2", "No 1 Vox", "Vocals no reverb",
    ],
    Role.BACKING_VOCAL: [
        "Backing Vocals", "BGVs", "BV 1", "bgvox", "BVox-L", "Vox BG", "Harm 3", "Harmonies", "Vox Dbl", "BackingVox2",
        "Gang Vox", "Lead Vox Dbl", "BV's", "Background Voc", "B Vox", "Ad Libs", "Oohs",
        "LeadVoxDT", "BackingVox1",
    ],
    Role.KICK: [
        "KickIn", "Kick", "kik", "KCK out", "BD", "Bass Drum", "bassdrum", "Kick_Sub", "Sub Kick", "808 Kick", "KICKIN",
        "BassDrum.02", "kickout", "Drums - Kick", "Kick Room", "BASSDRUM",
    ],
    Role.SNARE: [
        "SnareTop", "SN bot", "snr", "SD 2", "Snare Drum", "snaretop", "SNARE_BTM", "808 Snare", "Rimshot",
        "Drum Snare", "SnareUp", "SnareDown",
    ],
    Role.HAT: ["HiHat", "Hi-Hat", "hh", "HAT", "Hats", "Hi Hat Closed", "HIHAT", "high-hat", "808 Hats"],
    Role.TOM: ["Tom1", "Rack Tom", "FloorTom", "TT 2", "flr", "Toms", "Tom Hi", "Melodic Tom"],
    Role.CYMBAL: ["Ride", "crash L", "Cym", "China", "Crash Cymbal 2", "Cymbals"],
    Role.OVERHEAD: ["OH", "OHs", "OH_L", "Overheads", "ovh R", "OverheadL", "Drum Overheads", "DrumsOH", "Overheads L"],
    Role.ROOM: ["Room", "Drum Room", "Rooms L", "Room Mic", "DrumsRoom", "Amb", "Kit Rm", "RoomMono"],
    Role.DRUMS: ["Drums", "Drum Loop", "DrumKit", "Drum Bus", "drm", "Kit", "Drum Machine", "Beat 3", "Synth Drum"],
    Role.PERCUSSION: [
        "Perc", "Shkr", "Tamb", "Tambourine", "Claps", "Conga Lo", "Percussion Loop", "Percussive", "Shaker_01",
        "Timpani", "Taiko Drum", "Woodblock",
    ],
    Role.BASS: [
        "02_BassDI.L", "Bass", "bs", "DI Bass", "BASS AMP", "Sub", "808", "String Bass", "Synth Bass", "Bass Synth",
        "Bass Guitar", "BassGtr", "Slap Bass 1", "Upright Bass", "Double Bass", "bassdi", "SubBass", "Contrabass",
        "Acoustic Bass", "Fretless Bass", "Moog Bass",
    ],
    Role.ELECTRIC_GUITAR: [
        "EGtr L", "eGtr", "EG 1", "Electric Guitar", "Elec Gtr Rhythm", "Lead Guitar", "Dist Gtr", "Overdriven Guitar",
        "Clean Gtr", "elgtr", "GTR Solo", "Electric Guitar (jazz)", "ElecGtr1", "ElecGtrDI", "SlideGtr",
        "Pedal Steel",
    ],
    Role.ACOUSTIC_GUITAR: [
        "Acoustic Guitar", "AcGtr", "AG", "agtr_L", "Ac Gtr 2", "12-String Guitar", "Nylon Guitar", "Acoustic",
        "Ukulele", "AcousticGtr1", "Acoustic Guitar (steel)", "Banjo", "Guitar-Acoustic", "Acoustic 12 String",
    ],
    Role.GUITAR: [
        "GTR-rhy-L", "Guitar Bus", "gtr", "Guitars",
        "Gtr3", "Guitar Room", "gtrl", "GuitarDI", "Guitar Harmony",
    ],
    Role.PIANO: ["Pno", "Piano", "Grand Piano L", "piano_r", "Acoustic Grand Piano", "Piano Keys", "Honky-tonk Piano"],
    Role.ORGAN: ["Org", "Hammond", "B3", "b3_leslie", "Church Organ", "Organ", "Accordion", "Drawbar Organ"],
    Role.KEYS: [
        "Keys", "KB 1", "Rhodes", "Wurli", "Electric Piano 1",
        "EPiano", "EP", "Clavinet", "Harpsichord", "Keyboard",
    ],
    Role.SYNTH_LEAD: ["Lead Synth", "Synth Lead", "SynthLead2", "Lead 1 (square)", "Lead 2 (sawtooth)", "saw lead"],
    Role.SYNTH_PAD: ["Pad", "Synth Pad", "Choir Pad", "Pads", "Pad 4 (choir)", "Pad 2 (warm)", "StringPad", "WarmPad"],
    Role.SYNTH: ["Synth", "Syn 2", "Arp", "Pluck", "ArpSynth", "Moog", "SynthArp_L"],
    Role.STRINGS: [
        "Strings", "Str", "Vln 1", "Vla", "VC", "Cello", "Violins II", "String Ensemble 1", "Pizzicato Strings",
        "Synth Strings 1", "Harp", "Fiddle", "Tremolo Strings", "Ensemble",
    ],
    Role.BRASS: [
        "Brass", "brs", "Tpt 1", "Trp", "Tbn", "Hn", "Horns", "Trumpet", "French Horn", "Synth Brass 1", "Tuba",
        "HornSection", "Bass Trombone",
    ],
    Role.WOODWIND: [
        "Sax", "Fl", "Ob", "Cl", "Clarinet", "Bass Clarinet", "Alto Sax", "English Horn", "Pan Flute", "Flute",
        "Sax and Reed", "Flute and Pipe", "Bass Flute", "Harmonica",
    ],
    Role.MALLETS: ["Steel Drums", "Marimba", "Vibes", "Glock", "Tubular Bells", "Mallets", "Music Box", "Xylophone"],
    Role.CHOIR: ["Choir", "Choir Aahs", "Voice Oohs", "CHOIR_L", "Synth Voice"],
    Role.SPEECH: [
        "Speech", "Dialog", "Narration", "Host", "Guest 2", "Voice Over", "VO", "Podcast Host Mic", "Voiceover",
    ],
    Role.FX: [
        "SFX", "FX 1", "Riser", "Impact 2", "Vocal FX", "Snare Verb", "Vox Delay", "Synth FX", "Sound FX",
        "Reverse Cymbal", "Orchestra Hit", "Gunshot", "Guitar Fret Noise", "FX 8 (sci-fi)",
    ],
    Role.OTHER: [
        "Click", "Metronome", "Ethnic", "no_vocals", "No Vocals", "NoVocals", "novocals", "NOVOCALS", "Song (no vox)",
        "minus vox", "Mix minus lead vocal", "without vocals", "no_drums", "no_bass", "nodrums", "Instrumental",
        "Backing Track", "Karaoke", "no 808",
    ],
    None: [
        "Audio 3", "Track 01", "", "Lead", "1234", "Untitled", "mixdown_final_v2", "Solo", "Michael", "Harmless", "L",
        "Tomorrow", "Chathouse", "Basement", "Blackbird", "Oceans", "Submarine",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names])
def test_a_name_tells_the_role(role: Role | None, name: str) -> None:
    assert role_from_name(name) is role


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
def test_case_does_not_matter_where_words_are_apart(name: str) -> None:
    apart = name.replace("_", " ").replace("-", " ").replace(".", " ")
    if apart.islower() or apart.isupper() or apart.istitle():
        assert role_from_name(apart.lower()) is role_from_name(apart.upper()) is role_from_name(apart.title())


def test_every_role_has_a_name() -> None:
    assert set(NAMES) == {None, *Role}


@pytest.mark.parametrize("table", [_TELLING, _VAGUE])
def test_no_phrase_of_a_table_has_two_roles(table: dict[Role, str]) -> None:
    owner: dict[str, Role] = {}
    for role, phrases in table.items():
        for phrase in phrases.split(","):
            for words in product(*(alternatives.split("|") for alternatives in phrase.split())):
                assert owner.setdefault("".join(words), role) is role, words


RATE = 48_000
BANDS_HZ = 1000.0 * 2.0 ** (np.arange(-15, 13) / 3.0)  # 31 Hz to 16 kHz
Mono = NDArray[np.float64]
TIME_S = np.arange(4 * RATE) / RATE
RNG = np.random.default_rng(5)
NOISE = RNG.standard_normal(len(TIME_S))


def features(audio: Mono) -> SoundFeatures:
    power = np.abs(np.fft.rfft(audio)) ** 2
    freq_hz = np.fft.rfftfreq(len(audio), 1.0 / RATE)
    edges_hz = np.append(BANDS_HZ * 2.0 ** (-1 / 6), BANDS_HZ[-1] * 2.0 ** (1 / 6))
    band_power = np.array([power[(freq_hz >= low) & (freq_hz < high)].sum() for low, high in pairwise(edges_hz)])
    meter = LoudnessMeter(RATE)
    meter.feed(np.repeat(audio[:, None], 2, axis=1).astype(np.float32))
    hop_power = meter.hop_power
    return SoundFeatures(
        bands_hz=BANDS_HZ,
        band_db=10.0 * np.log10(band_power + 1e-12),
        crest_db=meter.true_peak_dbtp - integrated_lufs(hop_power),
        activity=float(np.mean(hop_power > 0.01 * hop_power.max())),
    )


def hits(every_s: float, decay_s: float) -> Mono:
    """An envelope that jumps to 1 and decays to 1/e, again and again."""
    return np.exp(-(TIME_S % every_s) / decay_s)


def band_noise(low_hz: float, high_hz: float) -> Mono:
    spectrum = np.fft.rfft(NOISE)
    freq_hz = np.fft.rfftfreq(len(NOISE), 1.0 / RATE)
    spectrum[(freq_hz < low_hz) | (freq_hz > high_hz)] = 0.0
    band = np.fft.irfft(spectrum, len(NOISE))
    return np.asarray(band / np.abs(band).max())


def harmonics(f0_hz: float, fall_db_per_oct: float) -> Mono:
    numbers = np.arange(1, int(16_000 / f0_hz))
    levels = 10.0 ** (-fall_db_per_oct * np.log2(numbers) / 20.0)
    tone = sum(a * np.sin(2 * np.pi * f0_hz * n * TIME_S) for n, a in zip(numbers, levels, strict=True))
    return np.asarray(tone / np.abs(tone).max())


def piano_chord() -> Mono:
    return sum((harmonics(f0_hz, 8.0) for f0_hz in (110.0, 220.0, 277.0, 330.0)), np.zeros(1)) * hits(2.0, 0.8)


def kick() -> Mono:
    since_hit_s = TIME_S % 0.5
    pitch = 50.0 * since_hit_s + 150.0 * 0.02 * (1.0 - np.exp(-since_hit_s / 0.02))
    return np.asarray(np.sin(2 * np.pi * pitch) * hits(0.5, 0.06))


def bass() -> Mono:
    return harmonics(55.0, 12.0) * hits(0.5, 0.6)


def hat() -> Mono:
    return band_noise(6000.0, 16_000.0) * hits(0.25, 0.02)


def snare() -> Mono:
    return band_noise(180.0, 12_000.0) * hits(1.0, 0.05)


def shaker() -> Mono:
    return band_noise(1500.0, 6000.0) * hits(0.5, 0.02)


def drum_kit() -> Mono:
    return kick() + np.roll(snare(), RATE // 2) + 0.5 * hat()


@pytest.mark.parametrize("level", [1.0, 0.03])
@pytest.mark.parametrize(
    ("audio", "role"),
    [
        pytest.param(kick(), Role.KICK, id="kick"),
        pytest.param(bass(), Role.BASS, id="bass guitar"),
        pytest.param(harmonics(45.0, 18.0), Role.BASS, id="sub bass"),
        pytest.param(hat(), Role.HAT, id="hat"),
        pytest.param(drum_kit(), Role.DRUMS, id="drum kit"),
        pytest.param(shaker(), Role.PERCUSSION, id="shaker"),
        pytest.param(harmonics(220.0, 6.0), Role.OTHER, id="sustained tone"),
        pytest.param(harmonics(220.0, 6.0) * hits(0.5, 0.2), Role.OTHER, id="plucked tone"),
        pytest.param(snare(), Role.OTHER, id="snare"),
        pytest.param(piano_chord(), Role.OTHER, id="piano chord"),
        pytest.param(NOISE / 5.0, Role.OTHER, id="white noise"),
        pytest.param(band_noise(6000.0, 16_000.0), Role.OTHER, id="hiss"),
    ],
)
def test_a_sound_tells_the_role(audio: Mono, role: Role, level: float) -> None:
    assert role_from_sound(features(level * audio)) is role


def test_silence_has_no_role() -> None:
    nothing = SoundFeatures(BANDS_HZ, np.full(len(BANDS_HZ), -math.inf), crest_db=math.nan, activity=0.0)
    assert role_from_sound(nothing) is Role.OTHER


OCTAVES_HZ = np.array([63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])


@pytest.mark.parametrize(
    ("band_db", "crest_db", "activity", "role"),
    [
        pytest.param([-19.7, -11.2, -2.9, 1.3, 0.0, -4.4, -7.1, -10.9], 14.0, 0.6, Role.OTHER, id="vocals"),
        pytest.param([10.9, 12.4, 8.2, 4.1, 0.0, -0.1, 2.6, 1.6], 17.0, 0.6, Role.DRUMS, id="drums"),
        pytest.param([19.4, 23.3, 16.1, 5.0, 0.0, -1.0, -9.6, -24.2], 10.0, 0.9, Role.BASS, id="bass"),
        pytest.param([-8.6, -2.8, 2.6, 2.0, 0.0, 0.1, -4.5, -18.0], 12.0, 0.95, Role.OTHER, id="other"),
    ],
)
def test_the_mean_spectra_of_stems_tell_their_role(
    band_db: list[float], crest_db: float, activity: float, role: Role
) -> None:
    assert role_from_sound(SoundFeatures(OCTAVES_HZ, np.array(band_db), crest_db, activity)) is role
