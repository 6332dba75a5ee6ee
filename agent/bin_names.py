"""Names for the bins that a figure is sorted into, as people say them."""

from collections.abc import Sequence
from itertools import pairwise


def bin_names(edges: Sequence[float], unit: str, below: str, above: str, *, middle: str = "") -> tuple[str, ...]:
    """Return a name for each bin between rising ``edges``: “2–5 LU too loud”.

    ``below`` and ``above`` say what a figure below and above zero is; ``middle`` names the bin that zero lies inside.
    """
    names = [f"over {-edges[0]:g} {unit} {below}"]
    for low, high in pairwise(edges):
        if low < 0.0 < high:
            names.append(middle)
        elif high <= 0.0:
            names.append(f"{abs(high):g}–{abs(low):g} {unit} {below}")
        else:
            names.append(f"{low:g}–{high:g} {unit} {above}")
    return (*names, f"over {edges[-1]:g} {unit} {above}")
