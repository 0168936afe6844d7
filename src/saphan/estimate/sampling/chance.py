"""Permanent random numbers: a unit's number follows from the seed and its id, whatever else the frame holds.

No generator of a library is used: their streams change between versions, and follow the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_BETWEEN = "\x1f"  # no id of a frame holds the unit separator of ASCII


def numbers(seed: int, use: str, ids: Iterable[Sequence[str]]) -> npt.NDArray[np.float64]:
    """Numbers above 0 and below 1, uniform and independent, one for each id: 52 bits of SHA-256 of seed, use and id.

    Ids are sequences of strings, as (cluster, household). Different uses of one seed are independent of each other.
    Ohlsson 1995, on permanent random numbers.
    """
    digests = (hashlib.sha256(_BETWEEN.join((str(seed), use, *one)).encode()).digest() for one in ids)
    return np.array([((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / 2**52 for digest in digests])
