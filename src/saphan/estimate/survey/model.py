"""The arrays of a survey, and the totals that its weights are made to agree with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Labels = npt.NDArray[np.generic]


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One set of known totals to calibrate to: the class of each row and the total of each class.

    `variance` is that of the totals, (K, K), where they are themselves estimates.
    """

    name: str
    of: Labels  # (n,)
    classes: tuple[str, ...]  # K
    total: FloatArray  # (K,)
    variance: FloatArray | None = None
