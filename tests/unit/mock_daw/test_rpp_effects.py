from dataclasses import replace

import pytest

from mock_daw.reaeq_chunk import encode
from mock_daw.rpp_effects import effects_lines, read_effects
from mock_daw.rpp_reading import Reading, not_looked_for
from mock_daw.rpp_text import parse
from mock_daw.session import FRESH_REAEQ, Effect, Equaliser

GUID = "{1923CBBE-4D92-4088-BAC2-83B0D36B59C6}"
REAEQ = 'VST "VST: ReaEQ (Cockos)" reaeq.dll 0 "" 1919247729<56535472656571726561657100000000> ""'


def chain(*lines):
    reading = Reading(not_looked_for)
    block = parse("\n".join(["<FXCHAIN", "WNDRECT 0 0 1 1", "SHOW 0", "LASTSEL 0", "DOCKED 0", *lines, ">"]))
    return read_effects(block, reading, "{TRACK}"), reading.notes


def written(*effects):
    read, _ = chain(*effects_lines("FXCHAIN", effects)[1:-1])
    return read


@pytest.mark.parametrize(
    ("opening", "name", "ident", "alias"),
    [
        ('VST "VST: ReaComp (Cockos)" reacomp.dll 0 Glue 1919247213', "VST: ReaComp (Cockos)", "reacomp.dll", "Glue"),
        ('VST "VSTi: 4klang (Alcatraz)" "4klang.dll" 0 ""', "VSTi: 4klang (Alcatraz)", "4klang.dll", ""),
        ('AU "AUi: Zebralette (u-he)" "u-he: Zebralette" "" 16 13', "AUi: Zebralette (u-he)", "u-he: Zebralette", ""),
        (
            'CLAP "CLAP: Pro-Q 4 (FabFilter)" com.FabFilter.Pro-Q.4 Q',
            "CLAP: Pro-Q 4 (FabFilter)",
            "com.FabFilter.Pro-Q.4",
            "Q",
        ),
        ('JS loser/3BandEQ ""', "JS: loser/3BandEQ", "loser/3BandEQ", ""),
        ('VIDEO_EFFECT "Video processor" ""', "Video processor", "Video processor", ""),
        ("CONTAINER Container Drums", "Container", "Container", "Drums"),
    ],
)
def test_every_kind_of_effect_has_its_name_and_the_users(opening, name, ident, alias):
    body = ("<STATE", "AAAA", ">")
    (effect,), notes = chain("BYPASS 0 0 0", f"<{opening}", *body, ">", f"FXID {GUID}", "WAK 0 0")
    assert (effect.guid, effect.name, effect.ident, effect.alias) == (GUID, name, ident, alias)
    assert effect.chunk[1:] == body
    assert effect.equaliser is None
    assert notes == (f"not heard: {name} (of all effects, only ReaEQ is)",)
    assert written(effect) == (effect,)


def test_lines_belong_to_the_effect_before_them_and_bypass_to_the_next():
    effects, _ = chain(
        "BYPASS 1 0 0",
        '<JS a ""\n>',
        'PRESETNAME "Say Again."',
        "<PARMENV 0 0 1 0.5\n  PT 0 1 0\n>",
        "BYPASS 0 1",
        '<JS b ""\n>',
        f"FXID {GUID}",
        '<JS c ""\n>',
    )
    assert [effect.name for effect in effects] == ["JS: a", "JS: b", "JS: c"]
    assert [(effect.enabled, effect.offline) for effect in effects] == [(False, False), (True, True), (True, False)]
    assert [effect.preset for effect in effects] == ["Say Again.", "", ""]
    assert effects[1].guid == GUID
    assert len({effect.guid for effect in effects}) == 3


def test_a_reaeq_is_read_and_heard():
    (effect,), notes = chain("BYPASS 0 0 0", f"<{REAEQ}", *encode(Equaliser()), ">")
    assert effect.equaliser == Equaliser(FRESH_REAEQ, 1.0)
    assert notes == ()


def test_a_reaeq_of_reaper_4_has_no_number_but_its_name():
    (effect,), _ = chain('<VST "VST: ReaEQ (Cockos)" "reaeq.dll" 0 ""', *encode(Equaliser()), ">")
    assert effect.equaliser == Equaliser()


def test_a_reaeq_that_can_not_be_read_is_kept_and_told():
    (effect,), notes = chain(f"<{REAEQ}", "AAAA", ">")
    assert effect.equaliser is None
    assert effect.chunk[1:] == ("AAAA",)
    assert notes[0] == "not heard: a ReaEQ whose settings can not be read (the state does not begin as ReaEQ's does)"


def test_a_changed_equaliser_is_written_anew():
    (effect,), _ = chain(f"<{REAEQ}", *encode(Equaliser()), ">", f"FXID {GUID}")
    changed = replace(effect, equaliser=Equaliser(FRESH_REAEQ[:2], 0.5), alias="Low end")
    (read,) = written(changed)
    assert (read.equaliser, read.alias, read.guid) == (changed.equaliser, "Low end", GUID)


@pytest.mark.parametrize(
    "effect",
    [
        Effect(GUID, "VST: ReaEQ (Cockos)", equaliser=Equaliser()),
        Effect(GUID, "VST: ReaComp (Cockos)", ident="reacomp.dll", preset="stock - Drums"),
        Effect(GUID, "VST3i: Dexed (Digital Suburban)", alias="E-Piano", enabled=False),
        Effect(GUID, "JS: loser/3BandEQ", alias="EQ", offline=True),
        Effect(GUID, "AUi: Zebralette (u-he)", ident="u-he: Zebralette"),
    ],
)
def test_an_effect_that_came_from_no_file_is_written_too(effect):
    (read,) = written(effect)
    assert replace(read, chunk=(), ident=effect.ident) == effect


def test_no_effects_are_no_chain():
    assert effects_lines("FXCHAIN", ()) == []
    assert read_effects(None, Reading(not_looked_for), "") == ()
