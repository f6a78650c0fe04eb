"""Trees of decisions whose leaves add up to log-odds (J. Friedman, "Greedy function approximation", 2001)."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.rhythm.pulses import Floats, Ints


class Trees(msgspec.Struct, frozen=True, eq=False):
    """Whole binary trees of one depth. `columns` and `bounds` (trees, nodes) from the root on, level by level: a row
    goes right where its figure in that column is above the bound. `values` (trees, leaves): what a leaf adds."""

    columns: Ints
    bounds: Floats
    values: Floats

    def odds(self, rows: Floats) -> Floats:
        """The log-odds (rows,) of `rows` (rows, columns of evidence)."""
        trees, nodes = np.arange(len(self.columns)), self.columns.shape[1]
        at = np.zeros((len(rows), len(trees)), np.int64)
        for _ in range(nodes.bit_length()):
            above = np.take_along_axis(rows, self.columns[trees, at], axis=1) > self.bounds[trees, at]
            at = 2 * at + 1 + above
        odds: Floats = self.values[trees, at - nodes].sum(axis=1)
        return odds
