"""Numbers for labels: what `numpy.unique` gives, without its sort, which takes most of the time of large designs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saphan.estimate.survey.model import IntArray, Labels

ROOM = 4  # a table of all whole numbers in a range is quicker than a sort, if it is not much longer than the labels


def codes(labels: Labels) -> tuple[Labels, IntArray]:
    """The distinct labels in order (k,), and the place among them of each label (n,)."""
    if labels.dtype.kind == "O" and all(type(one) is str for one in labels[:1]):
        return _of_text(labels)
    if labels.dtype.kind in "iufb" and labels.size:
        low, high = labels.min(), labels.max()
        if np.isfinite(low) and np.isfinite(high) and float(high) - float(low) < ROOM * labels.size:
            whole = labels.astype(np.int64)
            if labels.dtype.kind != "f" or np.array_equal(whole, labels):
                whole -= int(low)
                return _of_range(labels, whole)
    present, code = np.unique(labels, return_inverse=True)
    return present, np.asarray(code, dtype=np.int64)


def firsts(code: IntArray, count: int) -> IntArray:
    """(k,) the first row (n,) that has each code."""
    found = np.empty(count, dtype=np.int64)
    found[code[::-1]] = np.arange(code.size - 1, -1, -1)  # of several values given to one place the last one stays
    return found


def _of_range(labels: Labels, whole: IntArray) -> tuple[Labels, IntArray]:
    there = np.zeros(int(whole.max()) + 1, dtype=bool)
    there[whole] = True
    place = np.cumsum(there) - 1
    code = place[whole]
    return labels[firsts(code, int(place[-1]) + 1)], code


def _of_text(labels: Labels) -> tuple[Labels, IntArray]:
    try:
        encoded = pa.array(labels, pa.string()).dictionary_encode()
    except pa.ArrowException as error:
        raise ValueError(f"labels are text in some rows and something else in others: {error}") from error
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    present = encoded.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)
    return present, rank[encoded.indices.to_numpy()]
