"""How much a source must be turned up to reach a level."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import soundfile

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.loudness import measure
from mock_daw.session import Source

INTEGRATED, RMS, PEAK, TRUE_PEAK, MOMENTARY, SHORT_TERM = range(6)


def gain(_host: Host, source: Source, what: int, target_db: float, start_s: float, end_s: float) -> float:
    """Return the linear gain that brings a source to a level in dB or LUFS; 1 where it has none (the SDK's header).

    ``what`` is 0 integrated loudness, 1 RMS, 2 peak, 3 true peak, 4 momentary maximum, 5 short-term maximum. Equal
    start and end mean the whole source.
    """
    if source.path is None:
        return 1.0
    try:
        audio, rate_hz = soundfile.read(source.path, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError):
        return 1.0
    if end_s > start_s:
        audio = audio[round(start_s * rate_hz) : round(end_s * rate_hz)]
    measured = measure(audio, rate_hz)
    rms = float(np.sqrt(np.mean(np.square(audio, dtype=np.float64)))) if len(audio) else 0.0
    level = {
        INTEGRATED: measured.integrated_lufs,
        RMS: 20.0 * math.log10(rms) if rms > 0.0 else None,
        PEAK: measured.peak_dbfs,
        TRUE_PEAK: measured.true_peak_dbtp,
        MOMENTARY: measured.momentary_max_lufs,
        SHORT_TERM: measured.short_term_max_lufs,
    }.get(what)
    return 1.0 if level is None else 10.0 ** ((target_db - level) / 20.0)


FUNCTIONS: Mapping[str, Function] = MappingProxyType({"CalculateNormalization": Function("d uiddd", gain)})
