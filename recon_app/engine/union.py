"""Union-find over whole columns."""

from __future__ import annotations

import numpy as np

from recon_app.engine.normalise import Ints


def connected(a: Ints, b: Ints, count: int) -> Ints:
    """Label the connected components of a graph.

    Args:
        a: One end of each edge.
        b: The other end.
        count: Number of nodes.

    Returns:
        For each node the smallest node of its component.
    """
    label = np.arange(count, dtype=np.int64)
    while len(a):
        low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
        apart = low != high
        a, b, low, high = a[apart], b[apart], low[apart], high[apart]
        np.minimum.at(label, high, low)
        label = _flattened(label)
    return label


def _flattened(label: Ints) -> Ints:
    """Let every node point at its root."""
    while True:
        up = label[label]
        if np.array_equal(up, label):
            return label
        label = up
