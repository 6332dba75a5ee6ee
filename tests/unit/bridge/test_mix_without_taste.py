"""A mix without a taste is what it was before there were tastes: held against figures of 2026-11-24, commit c227089.

The policy is a tiny table that knows nothing, with its figures named here, so that another one that ships changes
nothing. Should the planner or the cost be changed on purpose, the figures are to be taken anew.
"""

import numpy as np
import pytest

from agent.mixing import Wish
from agent.q_learning import Hyper, QTable
from agent.roles import Role
from agent.targets import STYLES
from agent.taste import Knob, Preference, taste
from bridge.jobs import preview_mix
from tests.mixes import RATE_HZ, daw_of

BANDS_HZ = {"Bass": (60.0, 400.0, 0.05), "Guitar": (200.0, 4000.0, 0.1), "Lead Vocal": (300.0, 5000.0, 0.04)}
HYPER = Hyper(
    gamma=0.5, alpha_min=0.02, alpha_decay=0.65, epsilon_start=0.5, epsilon_end=0.3, optimism=0.05, double=True
)
SEED = 7
# The last digits of a sum hang on the machine's vector units: what is left of them is far below a rounded figure.
LAST_DIGITS = 1e-9
FOUND_COST, COST = 0.3701769668993429, 0.005269072668954957
GAINS_DB, MASTER_DB = [0.0, -8.0, 1.0], 7.58
EQ_DB = [(6.0, -4.5, -4.5, 6.0), (0.0, 6.0, -6.0, 3.0), (0.0, 6.0, -1.5, 0.0)]


def swelling_noise(seed, low_hz, high_hz, gain, seconds=3.0):
    """Return noise of a band, swelling, shape (samples, 2)."""
    samples = round(seconds * RATE_HZ)
    freq_hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
    inside = (freq_hz >= low_hz) & (freq_hz < high_hz)
    spectrum = np.zeros(len(freq_hz), complex)
    spectrum[inside] = np.exp(2j * np.pi * np.random.default_rng(seed).random(inside.sum()))
    wave = np.fft.irfft(spectrum, samples)
    wave *= gain / np.sqrt(np.mean(wave**2))
    wave *= 0.6 + 0.4 * np.sin(2 * np.pi * (1 + seed) * np.arange(samples) / RATE_HZ)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_it_is_what_it_was_to_the_last_digit():
    daw = daw_of(**{name: swelling_noise(seed, *how) for seed, (name, how) in enumerate(BANDS_HZ.items())})
    nothing = taste([Preference(Role.BASS, "pop", Knob.LEVEL, 2.0)], "rock")  # of another style
    wish = Wish(style_name="rock", style=STYLES["rock"], taste=nothing)
    made = preview_mix(daw, wish, QTable.fresh(HYPER), seed=SEED)
    costs = [made.plan.before.cost.total, made.plan.after.cost.total]
    assert costs == pytest.approx([FOUND_COST, COST], abs=LAST_DIGITS, rel=0.0)
    strips = made.settings.strips
    assert [strip.gain_db for strip in strips] == pytest.approx(GAINS_DB, abs=LAST_DIGITS, rel=0.0)
    assert made.settings.master_gain_db == pytest.approx(MASTER_DB, abs=LAST_DIGITS, rel=0.0)
    assert np.array([strip.eq_gains_db for strip in strips]) == pytest.approx(np.array(EQ_DB), abs=LAST_DIGITS, rel=0.0)
    assert not any("taste" in note for note in made.notes)
