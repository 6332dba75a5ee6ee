"""What the program tells of a rhythm and of a tuning, as the documents of the bridge have it."""

BARS = 4
KICK, SNARE, HAT, CRASH = "x.....x.x.......", "....o.......o...", "x.x.x.x.x.x.x.x.", "o..............."
REST = "." * 16
DULL = "the mix has 2.0 dB too little there"


def rhythm(**more):
    grid = {"crash": [CRASH, REST, REST, REST], "closed hat": [HAT] * BARS, "snare": [SNARE] * BARS}
    return {
        "kind": "faderbot-rhythm",
        "version": 1,
        "faderbot_version": "0.1.0",
        "session": "song",
        "daw": "REAPER",
        "dry_run": False,
        "tempo_bpm": 120.0,
        "tempo_source": "heard",
        "confidence": 0.93,
        "meter": "4/4",
        "steps_per_beat": 4,
        "style": "rock",
        "bars": BARS,
        "density": None,
        "swing": None,
        "humanize": 0.5,
        "seed": 0,
        "hits": {"kick": 12, "snare": 8, "closed hat": 32, "crash": 1},
        "figures": {
            "coincidence": 0.84,
            "syncopation": 0.213,
            "hits_per_bar": 13.25,
            "style_distance": 0.1,
            "violations": 0,
            "repetition": 0.9,
        },
        "track": "Faderbot drums",
        "grid": {**grid, "kick": [KICK] * BARS},
        "steps": 1000,
        "reasons": ["the kick follows the bass", "a crash opens the phrase"],
        "notes": [],
        "files": [],
        **more,
    }


def _strip(gain_db, *bands, error_db=None):
    return {"gain_db": gain_db, "eq": list(bands), "error_db": error_db, "loudness_lufs": -20.0}


def _band(gain_db, freq_hz=350.0):
    return {"shape": "bell", "freq_hz": freq_hz, "gain_db": gain_db, "bandwidth_oct": 1.0}


def _track(name, **more):
    track = {"name": name, "role": "bass", "silent": False, "locked": False, "target": "bass"}
    before = _strip(0.0, _band(0.0), error_db=6.25)
    return {**track, "before": before, "after": before, "eq_db": [], **more}


def tuning(**more):
    tracks = [
        _track("Bass", after=_strip(-1.5, _band(-3.0), error_db=2.5)),
        _track("Kick", locked=True),
        _track("Lead Vocal", silent=True, before=_strip(0.0), after=_strip(0.0)),
    ]
    flat, tilted = {"gain_db": 0.0, "eq": [_band(0.0)]}, {"gain_db": 1.0, "eq": [_band(2.0, 4000.0)]}
    figures = {
        "source": "twin",
        "third_octave_rms_db": 5.2,
        "loudness_lufs": -16.0,
        "true_peak_dbtp": None,
        "masked_share": None,
    }
    return {
        "kind": "faderbot-tune",
        "version": 1,
        "faderbot_version": "0.1.0",
        "session": "song",
        "daw": "REAPER",
        "dry_run": False,
        "sample_rate_hz": 48_000,
        "length_s": 8.0,
        "scope": "tracks",
        "target": "the style balanced",
        "target_lufs": None,
        "strength": 1.0,
        "seed": 0,
        "policy": {"algorithm": "q-learning", "steps": 1000, "seed": 0, "sha256": "0" * 64},
        "tracks": tracks,
        "master": {"before": flat, "after": tilted},
        "before": figures,
        "after": {**figures, "third_octave_rms_db": 1.9, "true_peak_dbtp": -1.5},
        "limiter": None,
        "file_gain_db": 0.0,
        "curves": {name: [] for name in ("bands_hz", "before_db", "target_db", "after_db", "eq_db")},
        "steps": 90,
        "moves": 40,
        "reasons": [
            {"track": "Bass", "text": "Bass EQ low-mid −3.0 dB (350 Hz): the track has 4.0 dB too much there"},
            {"track": "Bass", "text": "Bass −1.5 dB: keeps its loudness, which the EQ would change"},
            {"track": None, "text": f"Master EQ high-mid +2.0 dB (at 4 kHz, was 2.5 kHz): {DULL}"},
            {"track": None, "text": "Master +1.0 dB: brings the mix to −16.0 LUFS"},
        ],
        "notes": [],
        "files": [],
        **more,
    }
