"""The effects of a project file (``<FXCHAIN``, ``<MASTERFXLIST``, ``<TAKEFX``), read and written.

The lines of an effect's state are kept in ``Effect.chunk``: the opening line first, then what is in the block.
A ReaEQ's are also decoded, and written anew once the equaliser no longer is what they say.
"""

from dataclasses import replace

from mock_daw import reaeq_chunk
from mock_daw.rpp_reading import Reading
from mock_daw.rpp_text import Block, Words, block_text, flag_at, quoted, row_text, text_at, words
from mock_daw.session import Effect, Equaliser

# Where the words of an opening line have the plug-in's name, its file or identifier, and the user's name for it.
# VST, JS, VIDEO_EFFECT and CONTAINER as described in ReaTeam/Doc, "State Chunk Definitions"; AU and CLAP as in files
# of REAPER 5 to 7; DX and LV2 by analogy.
PLACES = {
    "VST": (1, 2, 4),
    "AU": (1, 2, 3),
    "CLAP": (1, 2, 3),
    "DX": (1, 2, 3),
    "LV2": (1, 2, 3),
    "JS": (1, 1, 2),
    "VIDEO_EFFECT": (1, 1, 2),
    "CONTAINER": (1, 1, 2),
}
REAEQ_NAME = "VST: ReaEQ (Cockos)"
REAEQ_FILE = "reaeq.dll"
REAEQ_ID = "1919247729"
REAEQ_ID_WORD = f"{REAEQ_ID}<56535472656571726561657100000000>"


def read_effects(chain: Block | None, reading: Reading, owner: str) -> tuple[Effect, ...]:
    """Read a chain, in its order; ``owner`` is the GUID of its track or take."""
    effects: list[Effect] = []
    bypass: Words = ()
    for entry in chain.entries if chain else ():
        if isinstance(entry, Block):
            if entry.name in PLACES:
                guid = reading.guid("", owner, "effect", len(effects))
                effects.append(_read_effect(entry, bypass, guid, reading))
                bypass = ()
        elif entry[0] == "BYPASS":
            bypass = entry
        elif effects and entry[0] == "FXID":
            effects[-1] = replace(effects[-1], guid=reading.guid(text_at(entry, 1), owner, "effect", len(effects)))
        elif effects and entry[0] == "PRESETNAME":
            effects[-1] = replace(effects[-1], preset=text_at(entry, 1))
    return tuple(effects)


def _read_effect(block: Block, bypass: Words, guid: str, reading: Reading) -> Effect:
    kind = block.name
    name_at, ident_at, alias_at = PLACES[kind]
    name = text_at(block.words, name_at)
    if kind == "JS" and not name.startswith("JS:"):
        name = f"JS: {name}"
    equaliser = _read_equaliser(block, reading) if _is_reaeq(block.words) else None
    if equaliser is None:
        reading.note(f"not heard: {name} (of all effects, only ReaEQ is)")
    return Effect(
        guid,
        name,
        text_at(block.words, alias_at),
        enabled=not flag_at(bypass, 1),
        offline=flag_at(bypass, 2),
        equaliser=equaliser,
        ident=text_at(block.words, ident_at),
        chunk=(" ".join(map(quoted, block.words)), *block.lines),
    )


def _is_reaeq(opening: Words) -> bool:
    return opening[0] == "VST" and (text_at(opening, 5).startswith(REAEQ_ID) or text_at(opening, 1) == REAEQ_NAME)


def _read_equaliser(block: Block, reading: Reading) -> Equaliser | None:
    try:
        return reaeq_chunk.decode(block.lines)
    except reaeq_chunk.UnreadableChunkError as error:
        reading.note(f"not heard: a ReaEQ whose settings can not be read ({error})")
        return None


def effects_lines(chain: str, effects: tuple[Effect, ...]) -> list[str]:
    """Write a chain, or nothing where there are no effects. ``chain`` is the block's name."""
    if not effects:
        return []
    lines = ["SHOW 0", "LASTSEL 0", "DOCKED 0"]
    for effect in effects:
        lines.append(row_text("BYPASS", not effect.enabled, effect.offline, 0))
        lines.extend(_block_lines(effect))
        if effect.preset:
            lines.append(row_text("PRESETNAME", effect.preset))
        lines.extend(("FLOATPOS 0 0 0 0", row_text("FXID", effect.guid), "WAK 0 0"))
    return block_text(chain, lines)


def _block_lines(effect: Effect) -> list[str]:
    opening = list(words(effect.chunk[0])) if effect.chunk else _fresh_opening(effect)
    _, _, alias_at = PLACES.get(opening[0], PLACES["VST"])
    opening += [""] * (alias_at + 1 - len(opening))
    opening[alias_at] = effect.alias
    return block_text(" ".join(map(quoted, opening)), _state_lines(effect))


def _fresh_opening(effect: Effect) -> list[str]:
    """Return the words of the opening line of an effect that came from no file."""
    if effect.equaliser is not None:
        return ["VST", effect.name, effect.ident or REAEQ_FILE, "0", "", REAEQ_ID_WORD, ""]
    kind, _, rest = effect.name.partition(": ")
    kind = kind.removesuffix("i").removesuffix("3")
    if kind == "JS":
        return ["JS", effect.ident or rest, ""]
    if kind in PLACES and kind != "VST":
        return [kind, effect.name, effect.ident, ""]
    return ["VST", effect.name, effect.ident, "0", "", ""]


def _state_lines(effect: Effect) -> tuple[str, ...]:
    old = effect.chunk[1:]
    if effect.equaliser is None:
        return old
    try:
        if old and reaeq_chunk.decode(old) == effect.equaliser:
            return old
    except reaeq_chunk.UnreadableChunkError:
        return reaeq_chunk.encode(effect.equaliser)
    return reaeq_chunk.encode(effect.equaliser, old)
