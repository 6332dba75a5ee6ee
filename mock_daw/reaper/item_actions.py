"""Actions on media items, by number, in REAPER's words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.live import Live
from mock_daw.reaper.action import Action, Run
from mock_daw.session import Item, Session, Track, guid


def _on_items(change: Callable[[Item], Item], name: str | None) -> Run:
    """Return an action that changes every item."""

    def changed(session: Session) -> Session:
        tracks = (replace(track, items=tuple(map(change, track.items))) for track in session.tracks)
        return replace(session, tracks=tuple(tracks))

    return lambda live: live.edit(changed, name)


def _duplicate(live: Live) -> None:
    """Copy the selected items behind the last of them, each as far from the others as it was; select the copies."""
    chosen = [item for track in live.session.tracks for item in track.items if item.selected]
    if not chosen:
        return
    shift_s = max(item.end_s for item in chosen) - min(item.position_s for item in chosen)
    mark = live.changes

    def changed(session: Session) -> Session:
        return replace(session, tracks=tuple(_with_copies(track, shift_s, mark) for track in session.tracks))

    live.edit(changed, "Duplicate items")


def _with_copies(track: Track, shift_s: float, mark: int) -> Track:
    copies = [_copy(item, shift_s, mark) for item in track.items if item.selected]
    old = [replace(item, selected=False) for item in track.items]
    return replace(track, items=tuple(sorted((*old, *copies), key=lambda item: item.position_s)))


def _copy(item: Item, shift_s: float, mark: int) -> Item:
    name = guid("duplicate of", item.guid, mark)
    take = item.take and replace(
        item.take,
        guid=guid("take of", name),
        effects=tuple(replace(effect, guid=guid(name, effect.guid)) for effect in item.take.effects),
    )
    return replace(item, guid=name, position_s=item.position_s + shift_s, take=take)


def _remove(live: Live) -> None:
    def changed(session: Session) -> Session:
        left = (replace(t, items=tuple(item for item in t.items if not item.selected)) for t in session.tracks)
        return replace(session, tracks=tuple(left))

    live.edit(changed, "Remove items")


TABLE: Mapping[int, Action] = MappingProxyType(
    {
        40006: Action("Item: Remove items", _remove),
        40182: Action("Item: Select all items", _on_items(lambda item: replace(item, selected=True), None)),
        40289: Action(
            "Item: Unselect (clear selection of) all items", _on_items(lambda item: replace(item, selected=False), None)
        ),
        41295: Action("Item: Duplicate items", _duplicate),
    }
)
