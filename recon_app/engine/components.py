"""Connected components: from links between two sides to cases over all sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recon_app.engine.match import Linking
from recon_app.engine.normalise import Ints
from recon_app.engine.union import connected
from recon_app.models.record import Side


def cases(sizes: Mapping[Side, int], linkings: Sequence[tuple[Side, Side, Linking]]) -> dict[Side, Ints]:
    """Join the linkings of several pairs of sides.

    Args:
        sizes: Number of entries of each side.
        linkings: Left side, right side and what was linked between them.

    Returns:
        For each side the case number of every entry. Numbers run from 0 without gaps; an entry that
        nothing was linked to is a case of its own, so that each record is in exactly one case.
    """
    first: dict[Side, int] = {}
    total = 0
    for side, size in sizes.items():
        first[side] = total
        total += size
    entries, groups = [], []
    node = total  # each group is a node of its own, linked to its members
    for left, right, linking in linkings:
        for side, group in ((left, linking.left), (right, linking.right)):
            rows = np.flatnonzero(group >= 0)
            entries.append(first[side] + rows)
            groups.append(node + group[rows])
        node += len(linking.outcome)
    smallest = connected(_whole(entries), _whole(groups), node)[:total]
    # the smallest node of a component is an entry: groups come after all entries
    dense = (np.cumsum(smallest == np.arange(total)) - 1)[smallest]
    return {side: dense[first[side] : first[side] + size] for side, size in sizes.items()}


def _whole(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts])
