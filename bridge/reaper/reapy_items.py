"""A media item from what ``bridge.reaper.reapy_inside`` tells of it: where it lies, how it fades, what its take plays.

Names of values: ``GetMediaItemInfo_Value`` and ``GetMediaItemTakeInfo_Value`` in reaper_plugin_functions.h.
"""

from collections.abc import Mapping
from typing import Any

from bridge.reaper.survey import SurveyItem


def item(told: Mapping[str, Any]) -> SurveyItem:
    """Return an item with its active take. One without a take, or a take offline, plays no file."""
    values, take = told["values"], told["take"]
    return SurveyItem(
        position_s=values["D_POSITION"],
        length_s=values["D_LENGTH"],
        gain_linear=values["D_VOL"],
        muted=values["B_MUTE"] > 0,
        looped=values["B_LOOPSRC"] > 0,
        fade_in_s=_fade_s(values["D_FADEINLEN"], values["D_FADEINLEN_AUTO"]),
        fade_out_s=_fade_s(values["D_FADEOUTLEN"], values["D_FADEOUTLEN_AUTO"]),
        fade_in_shape=int(values["C_FADEINSHAPE"]),
        fade_out_shape=int(values["C_FADEOUTSHAPE"]),
        timebase=int(values["C_BEATATTACHMODE"]),
        **({} if take is None else _take(take)),
    )


def _fade_s(own_s: float, auto_s: float) -> float:
    """Return the fade that is heard: an automatic crossfade, -1 where there is none, goes before the item's own."""
    return auto_s if auto_s > 0.0 else own_s


def _take(told: Mapping[str, Any]) -> dict[str, Any]:
    values, source = told["values"], told["source"]
    return {
        "offset_s": values["D_STARTOFFS"],
        "playrate": values["D_PLAYRATE"],
        "take_gain_linear": values["D_VOL"],
        "take_pan": values["D_PAN"],
        "channel_mode": int(values["I_CHANMODE"]),
        "pitch_semitones": values["D_PITCH"],
        "take_effects": told["effects"],
        "take_envelopes": told["envelopes"],
        "stretch_markers": told["stretch_markers"],
        **({} if source is None else _source(source)),
    }


def _source(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is played; that of MIDI, for example, has no length in seconds."""
    length_s = 0.0 if told["in_beats"] else told["length"]
    return {"source_kind": told["kind"], "source_path": told["path"], "source_length_s": length_s}
