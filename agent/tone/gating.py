"""What passes the gates of BS.1770-4, heard alone: silence, fades and pauses do not count for a spectrum."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.hearing.heard import Heard
from agent.hearing.loudness import ABSOLUTE_GATE_LUFS, BLOCK_HOPS, HOP_S, RELATIVE_GATE_LU, lufs_to_power
from agent.session import Settings

F64 = NDArray[np.float64]


def gated(heard: Heard, settings: Settings | None = None) -> Heard:
    """Return a session whose cross-spectra are those of the hops that pass the gates of its mix.

    ``settings``: the faders the mix is heard at, 0 dB unless told. Each track's band is scaled by how much of its
    power lies in those hops. Where nothing passes the absolute gate, all is returned as it was.
    """
    gain = np.ones(heard.tracks)
    if settings is not None:
        gain = 10 ** (np.array([strip.gain_db for strip in settings.strips]) / 20)
    power = np.einsum("i,hij,j->h", gain, heard.gram, gain, optimize=True)
    weight = hop_weight(power, round(BLOCK_HOPS * HOP_S / heard.hop_s))
    if not weight.any():
        return heard
    energy = np.square(heard.level, dtype=np.float64)
    whole = energy.mean(1)
    inside = np.einsum("ihb,h->ib", energy, weight / weight.sum())
    scale = np.sqrt(np.divide(inside, whole, out=np.ones_like(whole), where=whole > 0))
    return replace(heard, cross=(heard.cross * scale[:, None] * scale[None]).astype(np.complex64))


def hop_weight(hop_power: F64, block: int) -> F64:
    """Return in how many of the blocks that pass both gates each hop lies; ``block``: how many hops 400 ms are."""
    if block <= 1 or len(hop_power) < block:
        blocks, block = hop_power, 1
    else:
        blocks = np.convolve(hop_power, np.full(block, 1 / block), "valid")
    passed = blocks > lufs_to_power(ABSOLUTE_GATE_LUFS)
    if passed.any():
        passed &= blocks > float(blocks[passed].mean()) * 10 ** (RELATIVE_GATE_LU / 10)
    weight: F64 = np.convolve(passed, np.ones(block))
    return weight
