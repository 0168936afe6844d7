"""What a survey estimate is, and what was done to its weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Labels = npt.NDArray[np.generic]


@dataclass(frozen=True, kw_only=True)
class Share:
    """An estimated share or mean of a survey, with its interval; `n` answers in `n_clusters` primary units.

    `effective_n` is the size of a simple random sample with the same variance; infinite where the variance is 0.
    """

    value: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: float
    n: int
    n_clusters: int
    effective_n: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Response:
    """Weights of those who answered, raised for those of their class who did not.

    `weight` (n,) is 0 for those who did not answer. `rate` is the weighted response rate of each class; `pooled` names
    the classes that were too small to stand alone.
    """

    weight: FloatArray
    rate: dict[str, float]
    pooled: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One set of counted totals to calibrate to: the class of each interview and the total of each class.

    `variance` is that of the totals, (K, K), where they are themselves estimates.
    """

    name: str
    of: Labels  # (n,)
    classes: tuple[str, ...]  # K
    total: FloatArray  # (K,)
    variance: FloatArray | None = None


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Raked weights, and how far it went.

    `design` (n, K) marks the classes of all margins; a share of calibrated weights takes its variance from residuals
    on it. `small` names classes with too few interviews, which were left out of the margins; `worst` is the largest
    relative distance left between a weighted and a counted total.
    """

    weight: FloatArray
    converged: bool
    sweeps: int
    worst: float
    small: tuple[str, ...]
    design: FloatArray
    variance: FloatArray  # (K, K) of the counted totals
