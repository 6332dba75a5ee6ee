"""Numbers in the texts that DAWs show beside their controls. Pure."""

import re

_SHOWN = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*(k?)", re.IGNORECASE)


def number_in(text: str) -> float | None:
    """Return the number that a text shows, as of "2.50 kHz" 2500; None where there is none."""
    found = _SHOWN.search(text.replace("\N{MINUS SIGN}", "-"))
    return None if found is None else float(found[1].replace(",", ".")) * (1e3 if found[2] else 1.0)
