"""Sums of whole numbers as engines give them, in 128 bits: read, added on, and rounded to doubles everywhere alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

HALF = 32  # bits of the lower part: sums of 62-bit numbers then add on in 64 bits, up to 2^33 rows
_LOWER = 2**HALF - 1


def limbs(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The lower and the upper 64 bits (n,) of decimals without fraction; 0 where there is none."""
    array = column.combine_chunks()
    both = np.frombuffer(array.buffers()[1], np.uint64).reshape(-1, 2)[array.offset :][: len(array)]
    if array.null_count:
        both = np.where(array.is_valid().to_numpy(zero_copy_only=False)[:, None], both, np.uint64(0))
    return both[:, 0], both[:, 1].astype(np.int64)


def parts(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What a sum of 62-bit numbers has above its lowest 32 bits, and these (n,): each of them adds up on its own."""
    lower, upper = limbs(column)
    return (upper << HALF) | (lower >> HALF).astype(np.int64), (lower & _LOWER).astype(np.int64)


def joined(
    high: npt.NDArray[np.int64], low: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The lower and the upper 64 bits of sums of `parts`."""
    carried = high + (low >> HALF)
    return ((carried & _LOWER) << HALF | low & _LOWER).astype(np.uint64), carried >> HALF


def rounded(lower: npt.NDArray[np.uint64], upper: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """As doubles, each half rounded and then their sum, as DuckDB does: to the same bits."""
    plain = upper * 2.0**64
    plain += lower
    return np.where(upper == -1, -(~lower).astype(float) - 1.0, plain)
