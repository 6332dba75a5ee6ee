"""What a surface reports of markers and regions (``csurf_osc.cpp``, ``SetMarkerBankChange`` and ``Run``)."""

from collections.abc import Iterator

from mock_daw.reaper.osc_scene import Report, Scene
from mock_daw.session import Marker, Session


def in_order(session: Session, *, regions: bool) -> list[Marker]:
    """Return the markers or the regions in the order of the timeline."""
    return sorted((m for m in session.markers if (m.end_s is not None) is regions), key=lambda m: m.position_s)


def bank(scene: Scene, *, markers_before: int = 0, regions_before: int = 0) -> Iterator[Report]:
    """Report the markers and regions of the bank, and empty places after them.

    After a change of the bank's size give the size before it: places beyond the new one are forgotten.
    """
    yield from _bank(
        "MARKER",
        in_order(scene.session, regions=False)[scene.bank.markers_from :],
        scene.device.markers,
        markers_before,
    )
    yield from _bank(
        "REGION",
        in_order(scene.session, regions=True)[scene.bank.regions_from :],
        scene.device.regions,
        regions_before,
    )


def last_marker(session: Session, position_s: float) -> Iterator[Report]:
    """Report the marker at or before a position."""
    found = marker_at(session, position_s)
    yield Report("LAST_MARKER_NAME", (), text=found.name if found else "")
    yield Report("LAST_MARKER_NUMBER", (), text=_number(found))
    yield Report("LAST_MARKER_TIME", (), raw=found.position_s if found else 0.0)


def last_region(session: Session, position_s: float) -> Iterator[Report]:
    """Report the region at a position."""
    found = region_at(session, position_s)
    yield Report("LAST_REGION_NAME", (), text=found.name if found else "")
    yield Report("LAST_REGION_NUMBER", (), text=_number(found))
    yield Report("LAST_REGION_TIME", (), raw=found.position_s if found else 0.0)
    yield Report("LAST_REGION_LENGTH", (), raw=_length_s(found) if found else 0.0)


def marker_at(session: Session, position_s: float) -> Marker | None:
    """Return the last marker that is not after a position."""
    return next((m for m in reversed(in_order(session, regions=False)) if m.position_s <= position_s), None)


def region_at(session: Session, position_s: float) -> Marker | None:
    """Return the region that a position is in, of several the one that began last."""
    regions = reversed(in_order(session, regions=True))
    return next((m for m in regions if m.position_s <= position_s < (m.end_s or 0.0)), None)


def _bank(kind: str, shown: list[Marker], size: int, size_before: int) -> Iterator[Report]:
    for place, marker in enumerate(shown[:size], 1):
        yield Report(f"{kind}_NAME", (place,), text=marker.name)
        yield Report(f"{kind}_NUMBER", (place,), text=str(marker.number))
        yield Report(f"{kind}_TIME", (place,), raw=marker.position_s)
        if kind == "REGION":
            yield Report("REGION_LENGTH", (place,), raw=_length_s(marker))
    for place in range(len(shown[:size]) + 1, max(size, size_before) + 1):
        gone = place > size
        yield Report(f"{kind}_NAME", (place,), text="", forgotten=gone)
        yield Report(f"{kind}_NUMBER", (place,), text="", forgotten=gone)
        if gone:
            yield Report(f"{kind}_TIME", (place,), forgotten=True)
            if kind == "REGION":
                yield Report("REGION_LENGTH", (place,), forgotten=True)


def _number(marker: Marker | None) -> str:
    return str(marker.number) if marker and marker.number > 0 else ""


def _length_s(region: Marker) -> float:
    return max((region.end_s or 0.0) - region.position_s, 0.0)
