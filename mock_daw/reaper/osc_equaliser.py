"""What a surface reports of moved parameters, those of ReaEQ by band among them (``csurf_osc.cpp``).

REAPER reports an equaliser in whole when its track is chosen: first every band as if it were not there, then what is
there; later only what moves. Frequencies, gains and widths are reported in their normal form and as text, never raw,
and a band's switch only with the choice. The global gain is not reported here: what REAPER does with it is not known
(its source sends it out as the frequency of a band).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_daw.reaper import reaeq
from mock_daw.reaper.effect_parameters import Shown, shown, wet_place
from mock_daw.reaper.osc_effects import equaliser_place, touched
from mock_daw.reaper.osc_scene import Report, Scene, Touched
from mock_daw.reaper.pattern import Pattern
from mock_daw.reaper.reaeq import BandType
from mock_daw.session import Effect

BANDS = ("HIPASS", "LOSHELF", "BAND", "NOTCH", "HISHELF", "LOPASS")
PARAMETERS = ("FREQ", "GAIN", "Q")
UNITS = ("Hz", "dB", "")
NO_BAND = (("FREQ", 0.0, "0Hz"), ("GAIN", 0.5, "0dB"), ("Q", 0.5, "1.0"))
MOST_BANDS = 8


@dataclass(frozen=True, slots=True)
class Wants:
    """Which moves of parameters a pattern asks for: of the chosen track, and of all tracks in the bank.

    REAPER reports on the tracks of the bank only where an address has room for their number. For equalisers its
    published source means to and does not (a flag is never set); REAPER 7.74 and later do.
    """

    effects: bool
    instrument: bool
    equaliser: bool
    touched: bool
    bank_effects: bool
    bank_instruments: bool
    bank_equalisers: bool

    @classmethod
    def of(cls, pattern: Pattern) -> "Wants":
        """Return what a pattern wants."""
        return cls(
            effects=pattern.wants("FX_PARAM_VALUE", "FX_WETDRY"),
            instrument=pattern.wants("FX_INST_"),
            equaliser=pattern.wants("FX_EQ_"),
            touched=pattern.wants("LAST_TOUCHED_FX_"),
            bank_effects=pattern.wants("FX_PARAM_VALUE", targets=3)
            or pattern.wants("FX_WETDRY", "FX_INST_", targets=2),
            bank_instruments=pattern.wants("FX_INST_PARAM_VALUE", targets=2),
            bank_equalisers=pattern.wants("FX_EQ_", targets=2),
        )


def chosen_equaliser(scene: Scene, wants: Wants) -> Iterator[Report]:
    """Report the equaliser of the chosen track, as after a choice."""
    number = scene.bank.track
    place = equaliser_place(scene, number)
    effect = None if place is None else scene.effect(number, place)
    yield Report("FX_EQ_PRESET", (), text=effect.preset if effect else "")
    yield Report("FX_EQ_BYPASS", (), float(effect is not None and effect.enabled))
    yield Report("FX_EQ_OPEN_UI", (), float(effect is not None and effect.guid in scene.open_effects))
    for kind, band in enumerate(BANDS):
        rows = [(k,) for k in range(MOST_BANDS)] if band == "BAND" else [()]
        for parameter, position, text in NO_BAND:
            for row in rows:
                yield Report(f"FX_EQ_{band}_{parameter}", row, position, text=text)
        if effect is not None and effect.equaliser is not None:
            for row in rows:
                on = reaeq.enabled(effect.equaliser, kind, row[0] if row else 0)
                yield Report(f"FX_EQ_{band}_BYPASS", row, float(on))
    if effect is not None and place is not None:
        for index in range(len(shown(effect))):
            yield from moved(scene, wants, Touched(number, place, index))


def names() -> Iterator[Report]:
    """Report what the bands are called, as at the start."""
    for band, name in zip(BANDS, ("HPF", "Lo Shlf", "Band", "Notch", "Hi Shlf", "LPF"), strict=True):
        yield Report(f"FX_EQ_{band}_NAME", (), text=name)


def moved(scene: Scene, wants: Wants, at: Touched) -> Iterator[Report]:
    """Report that a parameter of an effect moved."""
    effect = scene.effect(at.track, at.effect)
    track = scene.track(at.track)
    if effect is None or track is None:
        return
    one = shown(effect)[at.parameter]
    if not one.text:
        one = Shown(one.name, one.position, f"{one.position:.3f}")
    is_instrument = wants.instrument and track.instrument == at.effect
    if wants.equaliser and not is_instrument and equaliser_place(scene, at.track) == at.effect:
        text = _band_text(effect, at.parameter, one.text)
        one = Shown(one.name, one.position, text)
        yield from _moved_band(scene, wants, effect, at, one)
    yield from _moved_effect(scene, wants, effect, at, one)
    if is_instrument:
        yield from _moved_instrument(scene, wants, at, one)
    if wants.touched and scene.touched == at:
        yield from touched(scene, effect, at, one)


def _moved_band(scene: Scene, wants: Wants, effect: Effect, at: Touched, one: Shown) -> Iterator[Report]:
    found = effect.equaliser and reaeq.locate(effect.equaliser, at.parameter)
    if not found or not BandType.HIGH_PASS <= found[0] < len(BANDS):
        return
    kind, band, parameter = found
    key = f"FX_EQ_{BANDS[kind]}_{PARAMETERS[parameter]}"
    row = (band,) if kind == BandType.BAND else ()
    if at.track == scene.bank.track:
        yield Report(key, row, one.position, text=one.text)
    if wants.bank_equalisers and scene.in_bank(at.track):
        yield Report(key, (*row, at.track - scene.bank.tracks_from), one.position, text=one.text)


def _moved_effect(scene: Scene, wants: Wants, effect: Effect, at: Touched, one: Shown) -> Iterator[Report]:
    is_wet = at.parameter == wet_place(effect)
    offset = at.parameter - scene.bank.parameters_from
    is_shown = 0 <= offset < scene.device.effect_parameters
    if wants.effects and at.track == scene.bank.track and at.effect == scene.bank.effect:
        if is_shown:
            yield Report("FX_PARAM_VALUE", (offset + 1,), one.position, text=one.text)
        if is_wet:
            yield Report("FX_WETDRY", (), one.position, text=one.text)
    if wants.bank_effects and scene.in_bank(at.track):
        where = (at.effect + 1, at.track - scene.bank.tracks_from)
        if is_shown:
            yield Report("FX_PARAM_VALUE", (offset + 1, *where), one.position, text=one.text)
        if is_wet:
            yield Report("FX_WETDRY", where, one.position, text=one.text)


def _moved_instrument(scene: Scene, wants: Wants, at: Touched, one: Shown) -> Iterator[Report]:
    offset = at.parameter - scene.bank.instrument_parameters_from
    if not 0 <= offset < scene.device.instrument_parameters:
        return
    if at.track == scene.bank.track:
        yield Report("FX_INST_PARAM_VALUE", (offset + 1,), one.position, text=one.text)
    if wants.bank_instruments and scene.in_bank(at.track):
        yield Report(
            "FX_INST_PARAM_VALUE", (offset + 1, at.track - scene.bank.tracks_from), one.position, text=one.text
        )


def _band_text(effect: Effect, parameter: int, text: str) -> str:
    """Return the text with the unit that REAPER adds for its surfaces, from then on for every key."""
    found = effect.equaliser and reaeq.locate(effect.equaliser, parameter)
    return text + UNITS[found[2]] if found and found[0] in range(len(BANDS)) else text
