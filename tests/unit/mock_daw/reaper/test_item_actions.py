from mock_daw.midi import Midi, Note
from mock_daw.reaper.actions import Actions
from mock_daw.session import Effect, Item, Source, Take
from tests.unit.mock_daw.reaper.desks import live_with, track

SELECT_ALL, UNSELECT_ALL, REMOVE, DUPLICATE = 40182, 40289, 40006, 41295
NOTES = Source("MIDI", midi=Midi((Note(0, 480, 60),)))


def item(name, position_s, *, selected=False):
    take = Take(f"{{take {name}}}", name, NOTES, effects=(Effect(f"{{fx {name}}}", "VST: X"),))
    return Item(f"{{{name}}}", position_s, 2.0, take, selected=selected)


def desk(*items, more=()):
    live = live_with(track("A", items=items), track("B", items=more))
    return live, Actions(live)


def test_selected_items_are_copied_behind_the_last_of_them():
    live, actions = desk(item("a", 1.0, selected=True), item("b", 4.0), more=(item("c", 2.0, selected=True),))
    actions.run(DUPLICATE)
    first, second = live.session.tracks
    assert [(i.position_s, i.selected) for i in first.items] == [(1.0, False), (4.0, False), (4.0, True)]
    assert [(i.position_s, i.selected) for i in second.items] == [(2.0, False), (5.0, True)]
    assert live.undo_names == ("Duplicate items",)


def test_a_copy_plays_the_same_and_is_another_item():
    live, actions = desk(item("a", 0.0, selected=True))
    actions.run(DUPLICATE)
    actions.run(DUPLICATE)
    items = live.session.tracks[0].items
    assert [i.position_s for i in items] == [0.0, 2.0, 4.0]
    assert {i.take.source for i in items} == {NOTES}
    assert len({name for i in items for name in (i.guid, i.take.guid, i.take.effects[0].guid)}) == 9


def test_without_a_selected_item_nothing_is_copied():
    live, actions = desk(item("a", 0.0))
    actions.run(DUPLICATE)
    assert (len(live.session.tracks[0].items), live.undo_names) == (1, ())


def test_items_are_selected_unselected_and_removed():
    live, actions = desk(item("a", 0.0), item("b", 4.0), more=(item("c", 2.0),))
    actions.run(SELECT_ALL)
    assert all(i.selected for t in live.session.tracks for i in t.items)
    actions.run(UNSELECT_ALL)
    assert not any(i.selected for t in live.session.tracks for i in t.items)
    assert live.undo_names == ()
    actions.run(REMOVE)
    assert live.undo_names == ()
    actions.run(SELECT_ALL)
    actions.run(REMOVE)
    assert [t.items for t in live.session.tracks] == [(), ()]
    assert live.undo_names == ("Remove items",)
