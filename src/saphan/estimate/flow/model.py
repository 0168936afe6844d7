"""What a flow estimator is given and what it gives back: plain arrays in, an estimate with its interval out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


class Design(StrEnum):
    """How the observed days were chosen; it decides the strata of the plain expansion and what an interval rests on."""

    RANDOM_WEEK = "random-week"  # seven consecutive days drawn inside each month
    EQUAL_CHANCE_WEEK = "equal-chance-week"  # one week of every few, drawn across month ends
    SCATTERED_DAYS = "scattered-days"  # one day of each weekday drawn in each month
    FIXED_WEEK = "fixed-week"  # chosen, not drawn: every interval rests on the model
    CENSUS = "census"  # every day and window observed


class Basis(StrEnum):
    """What an interval rests on: the chance by which days were drawn, the model alone, or a complete count."""

    DESIGN = "design"
    MODEL = "model"
    COUNT = "count"


@dataclass(frozen=True, kw_only=True)
class FlowSample:
    """What was counted, on a calendar of D consecutive days, for S series and W windows of the day.

    Shapes are given beside each field. A series is one point and direction, or a whole point; a window is a part of
    the day that is counted as one ("day", "night"). ValueError if a shape does not fit or a count lacks its effort.
    """

    first_day: date
    series: tuple[str, ...]  # S labels
    windows: tuple[str, ...]  # W labels
    count: FloatArray  # (S, W, D) movements counted in the hours observed; NaN where nothing was observed
    effort: FloatArray  # (S, W, D) share of the window's usual movements that fall in the hours observed, 0..1
    open: BoolArray  # (S, W, D) False: known to be closed, a structural zero that is not extrapolated
    cluster: IntArray  # (D,) primary unit (the week drawn) of each observed day, -1 elsewhere
    holiday: tuple[str | None, ...]  # (D,) kind of holiday by name, or None
    known: FloatArray | None = None  # (S, D) a known daily series to stand in ratio to, NaN where not known
    design: Design = Design.RANDOM_WEEK

    def __post_init__(self) -> None:
        shape = (len(self.series), len(self.windows), len(self.holiday))
        for name in ("count", "effort", "open"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")
        if self.cluster.shape != shape[2:]:
            raise ValueError(f"cluster has shape {self.cluster.shape}, expected {shape[2:]}")
        if self.known is not None and self.known.shape != (shape[0], shape[2]):
            raise ValueError(f"known has shape {self.known.shape}, expected {(shape[0], shape[2])}")
        if not ((self.effort >= 0) & (self.effort <= 1)).all():
            raise ValueError("effort lies outside 0 to 1")
        if np.isnan(self.count[self.effort > 0]).any() or (self.count[self.effort > 0] < 0).any():
            raise ValueError("a window with effort has no count, or a negative one")

    @property
    def shape(self) -> tuple[int, int, int]:
        """S, W and D."""
        series, windows, days = self.count.shape
        return series, windows, days

    @property
    def counted(self) -> FloatArray:
        """(S, W, D) what was counted, 0 where nothing was observed."""
        return np.where(self.effort > 0, np.nan_to_num(self.count), 0.0)

    @property
    def rest(self) -> FloatArray:
        """(S, W, D) share of each window that was open and not observed."""
        return np.where(self.open, 1.0 - self.effort, 0.0)

    @property
    def weekday(self) -> IntArray:
        """(D,) day of the week, Monday 0."""
        return (np.arange(self.shape[2]) + self.first_day.weekday()) % 7


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Constants of the predictor; set on simulated years and on series apart from those it is measured on.

    Standard deviations are on the log scale (about relative change). Ratios are variances relative to the daily noise
    that no neighbour shares.
    """

    level: float = 0.95  # of the intervals
    rest_day: int = 6  # the weekday that a holiday resembles, Monday 0
    weekend: tuple[int, ...] = (5, 6)
    weekday_deviation: float = 0.5  # of one weekday from the week's mean
    weekday_deviation_between: float = 0.15  # of one series' weekday effect from that of the others
    holiday_deviation: float = 0.7  # of holidays in general from an ordinary day, beyond the rest day's effect
    kind_deviation: float = 0.4  # of one kind of holiday from holidays in general
    resemblance: tuple[float, float] = (0.5, 0.5)  # share of the rest day in a holiday, of a holiday in a bridge day
    elasticity: tuple[float, float] = (1.0, 0.5)  # power of a known series in the counts: mean, deviation
    season_deviation: float = 0.2  # of a week from its year, where too few weeks were drawn to show it
    season_days: float = 35.0  # length over which the season changes
    short_days: tuple[float, ...] = (5.0, 15.0)  # lengths over which shorter swells decay; one at a time
    season_ratios: tuple[float, ...] = (0.1, 1.0, 6.0)
    short_ratios: tuple[float, ...] = (0.5, 2.0)
    known_short_ratios: tuple[float, ...] = (0.2, 1.0)  # the same where a known series has most of the swells in it
    weekday_season_ratios: tuple[float, ...] = (0.0, 0.5, 2.0)  # of a season that one weekday has for itself
    window_correlation: float = 0.5  # of two windows of one series in their swells and their effects
    within_day: float = 0.5  # share of the daily noise that arises within the day, not from the day as a whole
    model_units: float = 4.0  # weight, in drawn units, of the model's variance against that of units left out
    prior_degrees: float = 2.0  # weight, in observations, of the first guess of the noise


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimated total with its interval, and what it rests on; the unit is the movement unless the caller says so.

    `counted` is exact; only the rest is estimated, and `low` is never below it for weights that are not negative.
    """

    value: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: float
    n_clusters: int
    n_days: int
    counted: float  # the part of the value that was counted
    extrapolated: Mapping[str, float] = field(default_factory=dict)  # share of the value by kind: hours, windows, days
    closed: float = 0.0  # share of the windows asked for that were known to be closed, which add nothing
    never_observed: tuple[str, ...] = ()  # series and windows without one observation: they are not in the value
    method: str = ""  # stable id of the estimator
    words: str = ""  # the method in a sentence
    basis: Basis = Basis.DESIGN
    level: float = 0.95

    @property
    def effective_coverage(self) -> float:
        """Share of the value that was actually counted; 1 where there is nothing to estimate."""
        return self.counted / self.value if self.value > 0 else 1.0

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2
