"""A media item through ReaScript: where it lies, how it fades, what its active take plays.

Names of values: ``GetMediaItemInfo_Value`` and ``GetMediaItemTakeInfo_Value`` in reaper_plugin_functions.h.
"""

from bridge.reaper.reascript import TEXT_BYTES, Reascript, address
from bridge.reaper.survey import SurveyItem

SECTION = "SECTION"


def item(reascript: Reascript, handle: str) -> SurveyItem:
    """Return an item with its active take. One without a take, or a take offline, plays no file."""

    def value(name: str) -> float:
        return float(reascript.call("GetMediaItemInfo_Value", handle, name))

    lies = SurveyItem(
        position_s=value("D_POSITION"),
        length_s=value("D_LENGTH"),
        gain_linear=value("D_VOL"),
        muted=value("B_MUTE") > 0,
        looped=value("B_LOOPSRC") > 0,
        fade_in_s=_fade_s(value("D_FADEINLEN"), value("D_FADEINLEN_AUTO")),
        fade_out_s=_fade_s(value("D_FADEOUTLEN"), value("D_FADEOUTLEN_AUTO")),
        fade_in_shape=int(value("C_FADEINSHAPE")),
        fade_out_shape=int(value("C_FADEOUTSHAPE")),
    )
    take = str(reascript.call("GetActiveTake", handle))
    return _with_take(reascript, lies, take) if address(take) else lies


def _fade_s(own_s: float, auto_s: float) -> float:
    """Return the fade that is heard: an automatic crossfade, -1 where there is none, goes before the item's own."""
    return auto_s if auto_s > 0.0 else own_s


def _with_take(reascript: Reascript, lies: SurveyItem, take: str) -> SurveyItem:
    def value(name: str) -> float:
        return float(reascript.call("GetMediaItemTakeInfo_Value", take, name))

    source = str(reascript.call("GetMediaItemTake_Source", take))
    kind, path, length_s = _source(reascript, source) if address(source) else ("", "", 0.0)
    return lies.model_copy(
        update={
            "source_kind": kind,
            "source_path": path,
            "source_length_s": length_s,
            "offset_s": value("D_STARTOFFS"),
            "playrate": value("D_PLAYRATE"),
            "take_gain_linear": value("D_VOL"),
            "take_pan": value("D_PAN"),
            "channel_mode": int(value("I_CHANMODE")),
            "pitch_semitones": value("D_PITCH"),
            "take_effects": reascript.count("TakeFX_GetCount", take),
            "take_envelopes": reascript.count("CountTakeEnvelopes", take),
            "stretch_markers": reascript.count("GetTakeNumStretchMarkers", take),
        }
    )


def _source(reascript: Reascript, source: str) -> tuple[str, str, float]:
    """Return kind, path and length in seconds. A section, reversed or not, keeps its kind and has its file's path."""
    kind = str(reascript.out("GetMediaSourceType", source, "", TEXT_BYTES, at=1))
    length, _, in_beats = reascript.call("GetMediaSourceLength", source, False)
    file = source
    if kind == SECTION and reascript.offers("GetMediaSourceParent"):
        parent = str(reascript.call("GetMediaSourceParent", source))
        file = parent if address(parent) else source
    path = str(reascript.out("GetMediaSourceFileName", file, "", TEXT_BYTES, at=1))
    return kind, path, 0.0 if in_beats else float(length)
