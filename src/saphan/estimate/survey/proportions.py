"""Intervals of a proportion from a complex sample, and whether it is fit to print.

Every interval is a function of a few numbers: the proportion p, its design-based standard error, the respondents n,
the effective n = p (1 - p) / variance, the degrees of freedom, and the n that the weights alone leave,
(sum w)^2 / sum w^2 (1 - f) (Kish 1965, 11.7), which stands in where all answers are alike and show no variance.

The default is Wilson's score interval with an effective n of at most that of the weights: rare attributes often show
too little variance by chance. Of 50 in a simple random sample and true proportions of 0.01 to 0.05 it covers 0.96 on
average and 0.90 at worst; Korn and Graubard's covers 0.99 (too wide), the likelihood's 0.86 at worst, those on the
logit, arcsine and plain scales 0.71 to 0.74 on average. Of 40 clusters of 10 with unequal weights and a proportion of
0.02 it covers 0.95, Wilson's without the ceiling 0.90, Korn and Graubard's 0.93.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import optimize, special

from saphan.estimate.survey.grounds import need_chance
from saphan.estimate.survey.linear import TAYLOR, mean
from saphan.estimate.survey.model import BoolArray, FloatArray
from saphan.estimate.survey.options import option
from saphan.estimate.survey.sample import Sample


class ProportionInterval(StrEnum):
    """How limits are drawn; all but the last two are the methods of R `svyciprop`."""

    LOGIT = "logit"  # Student's t on the logit scale, from an intercept-only logistic regression
    XLOGIT = "xlogit"  # the same on the logit of the mean, and the same number
    LIKELIHOOD = "likelihood"  # binomial likelihood ratio, scaled by the design effect (Rao and Scott 1984)
    ASIN = "asin"  # Student's t on the scale of the arcsine of the square root
    BETA = "beta"  # Clopper and Pearson's with effective n (Korn and Graubard 1998)
    MEAN = "mean"  # Student's t on the plain scale; may pass 0 and 1
    WILSON = "wilson"  # score interval with Student's t and effective n (Wilson 1927)
    WILSON_KISH = "wilson-kish"  # wilson, with effective n at most what the weights leave
    KORN_GRAUBARD = "korn-graubard"  # beta, with effective n at most n (National Center for Health Statistics 2017)


DEFAULT = ProportionInterval.WILSON_KISH
ROUNDING = 1e-12  # a standard error of a share that is no more than this is 0, as of one that margins hold


class Verdict(StrEnum):
    """What a presentation standard says of an estimate."""

    SHOW = "show"
    REVIEW = "review"
    SUPPRESS = "suppress"


@dataclass(frozen=True, kw_only=True)
class PresentationStandard:
    """When a proportion may be printed; widths are those of its Korn-Graubard 95 per cent interval."""

    name: str
    least_n: int
    narrow: float  # a width that is shown whatever its share of the proportion
    wide: float  # a width that is not shown
    relative: float  # greatest width as a share of the proportion
    least_degrees: int


# Parker et al. 2017, National Center for Health Statistics data presentation standards for proportions (Series 2, 175)
NCHS_2017 = PresentationStandard(name="nchs-2017", least_n=30, narrow=0.05, wide=0.30, relative=1.30, least_degrees=8)


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """The verdict of a presentation standard, and why; `reasons` is empty where nothing stands against showing."""

    verdict: Verdict
    reasons: tuple[str, ...]
    standard: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the interval of a proportion rests on.

    `effective_n` is the size of a simple random sample with the same variance, infinite where there is no sampling
    error; `weight_n` that of one with the same weights.
    """

    value: float
    standard_error: float
    n: int
    effective_n: float
    weight_n: float
    degrees: float


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """A proportion with its limits `low` and `high` at `level`, drawn by `interval`."""

    evidence: Evidence
    low: float
    high: float
    level: float
    interval: ProportionInterval
    reliability: Reliability
    method: str

    @property
    def value(self) -> float:
        """The weighted share."""
        return self.evidence.value


def proportion(
    sample: Sample,
    values: FloatArray,
    *,
    domain: BoolArray | None = None,
    interval: ProportionInterval = DEFAULT,
    level: float = 0.95,
    standard: PresentationStandard = NCHS_2017,
) -> Proportion:
    """The weighted share of 1 among `values` (n,) of 0, 1 and NaN (no answer), in a `domain` (n,).

    ValueError for other values, an empty domain, or an interval that the data cannot carry; NotByChanceError where the
    sample was not drawn by chance.
    """
    need_chance(sample.basis, "interval", "take the mean, and print it as indicative, with how respondents were chosen")
    column = np.asarray(values, dtype=float)
    if column.ndim != 1:
        raise ValueError(f"a proportion is of one column; the values have shape {column.shape}")
    estimate = mean(sample, column, domain=domain)
    inside = np.isfinite(column) & (sample.weight > 0) & sample.within(domain)
    if not np.isin(column[inside], (0.0, 1.0)).all():
        row = int(np.flatnonzero(inside & ~np.isin(column, (0.0, 1.0)))[0])
        raise ValueError(f"row {row} is {column[row]:g}: a proportion is of values 0 and 1, with NaN for no answer")
    constant = bool((column[inside] == column[inside][0]).all())
    value = float(column[inside][0]) if constant else float(estimate.value[0])
    error = float(estimate.standard_error[0])
    squares = float(sample.weight[inside] ** 2 @ (1.0 - sample.units.chance[sample.unit[inside]]))
    found = evidence(
        value, error, int(estimate.n[0]), float(estimate.degrees[0]), float(sample.weight[inside].sum()), squares
    )
    low, high = limits(found, interval, level)
    return Proportion(
        evidence=found,
        low=low,
        high=high,
        level=level,
        interval=interval,
        reliability=reliability(found, standard),
        method=TAYLOR,
    )


def evidence(value: float, standard_error: float, n: int, degrees: float, weights: float, squares: float) -> Evidence:
    """What the interval of a share rests on: the sum of the `weights` of those asked, and that of their `squares`, each
    less the part of it that was drawn with certainty: w^2 (1 - f), f the chance of the row, 0 where unknown.

    Where everybody answers alike the variance is that of the weights alone.
    """
    weight_n = weights**2 / squares if squares > 0 else math.inf  # infinite in a census
    constant = value <= 0.0 or value >= 1.0
    varied = math.inf if standard_error <= ROUNDING else value * (1.0 - value) / standard_error**2
    return Evidence(
        value=value,
        standard_error=0.0 if constant else standard_error,
        n=n,
        effective_n=weight_n if constant else varied,
        weight_n=weight_n,
        degrees=degrees,
    )


def limits(evidence: Evidence, interval: ProportionInterval = DEFAULT, level: float = 0.95) -> tuple[float, float]:
    """The lower and upper limit of a proportion.

    ValueError where the method has no limits at a proportion of 0 or 1: it would print certainty.
    """
    interval = option(ProportionInterval, interval)
    if not 0 < level < 1:
        raise ValueError(f"a level of {level:g} is not between 0 and 1: for 95 per cent give 0.95")
    if math.isinf(evidence.effective_n):
        return evidence.value, evidence.value
    if evidence.standard_error == 0 and interval not in _AT_THE_EDGE:
        raise ValueError(
            f"all {evidence.n} answers are alike and the {interval} interval would have no width: "
            f"take one of {', '.join(sorted(_AT_THE_EDGE))}"
        )
    low, high = _LIMITS[interval](evidence, (1.0 - level) / 2.0)
    return float(low), float(high)


def reliability(evidence: Evidence, standard: PresentationStandard = NCHS_2017) -> Reliability:
    """Whether a proportion is shown, reviewed by a statistician or suppressed, and why."""
    low, high = limits(evidence, ProportionInterval.KORN_GRAUBARD)
    width, share = high - low, evidence.value
    effective = min(float(evidence.n), evidence.effective_n)
    against: list[str] = []
    if effective < standard.least_n:
        against.append(f"n = {evidence.n}, effective n = {effective:.1f}: fewer than {standard.least_n}")
    if width >= standard.wide:
        against.append(f"the interval is {width:.2f} wide: {standard.wide:.2f} or more")
    elif 0 < share < 1 and width > standard.narrow and width > standard.relative * share:
        against.append(f"the interval is {width / share:.0%} of the proportion: more than {standard.relative:.0%}")
    if against:
        return Reliability(verdict=Verdict.SUPPRESS, reasons=tuple(against), standard=standard.name)
    if evidence.degrees < standard.least_degrees:
        against.append(f"{evidence.degrees:g} degrees of freedom: fewer than {standard.least_degrees}")
    if share in (0.0, 1.0):
        against.append(f"all {evidence.n} answers are alike")
    verdict = Verdict.REVIEW if against else Verdict.SHOW
    return Reliability(verdict=verdict, reasons=tuple(against), standard=standard.name)


def _student(evidence: Evidence, tail: float) -> float:
    return float(-special.stdtrit(max(evidence.degrees, 1.0), tail))


def _plain(evidence: Evidence, tail: float) -> tuple[float, float]:
    reach = _student(evidence, tail) * evidence.standard_error
    return evidence.value - reach, evidence.value + reach


def _logit(evidence: Evidence, tail: float) -> tuple[float, float]:
    p = evidence.value
    reach = _student(evidence, tail) * evidence.standard_error / (p * (1.0 - p))
    return special.expit(special.logit(p) - reach), special.expit(special.logit(p) + reach)


def _arcsine(evidence: Evidence, tail: float) -> tuple[float, float]:
    """Folded at 0 and 1: beyond them the sine turns back, and limits would cross."""
    p = evidence.value
    reach = _student(evidence, tail) * evidence.standard_error / (2.0 * np.sqrt(p * (1.0 - p)))
    angle = np.arcsin(np.sqrt(p))
    return np.sin(max(angle - reach, 0.0)) ** 2, np.sin(min(angle + reach, np.pi / 2)) ** 2


def _wilson(evidence: Evidence, tail: float) -> tuple[float, float]:
    return _score(evidence, tail, evidence.effective_n)


def _wilson_kish(evidence: Evidence, tail: float) -> tuple[float, float]:
    return _score(evidence, tail, min(evidence.effective_n, evidence.weight_n))


def _score(evidence: Evidence, tail: float, size: float) -> tuple[float, float]:
    """Wilson's limits for `size` trials, which need not be whole."""
    p, spread = evidence.value, _student(evidence, tail) ** 2 / size
    centre = (p + spread / 2.0) / (1.0 + spread)
    reach = math.sqrt(spread * (p * (1.0 - p) + spread / 4.0)) / (1.0 + spread)
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def _likelihood(evidence: Evidence, tail: float) -> tuple[float, float]:
    """Where the deviance from p, at effective n, is Student's t squared; (n - 1) / n is the scale of R's residuals."""
    p = evidence.value
    size = evidence.effective_n * (evidence.n - 1) / evidence.n
    reach = _student(evidence, tail) ** 2 / (2.0 * size)
    if p in (0.0, 1.0):  # the deviance is -log of the share of the others
        return (0.0, -np.expm1(-reach)) if p == 0 else (np.exp(-reach), 1.0)

    def over(logit: float) -> float:
        divergence = p * (np.log(p) - special.log_expit(logit)) + (1 - p) * (np.log1p(-p) - special.log_expit(-logit))
        return float(divergence - reach)

    # at a logit of -x the divergence is more than p x - 1, at x more than (1 - p) x - 1: the roots lie within
    middle = float(special.logit(p))
    low = optimize.brentq(over, -(reach + 1.0) / p, middle, xtol=1e-14)
    high = optimize.brentq(over, middle, (reach + 1.0) / (1.0 - p), xtol=1e-14)
    return special.expit(low), special.expit(high)


def _exact(evidence: Evidence, tail: float, size: float) -> tuple[float, float]:
    """Clopper and Pearson's limits for `size` trials, which need not be whole."""
    yes, no = size * evidence.value, size * (1.0 - evidence.value)
    low = float(special.betaincinv(yes, no + 1.0, tail)) if yes > 0 else 0.0
    high = float(special.betainccinv(yes + 1.0, no, tail)) if no > 0 else 1.0
    return low, high


def _shrunk(evidence: Evidence, tail: float) -> float:
    """Effective n, less for the few degrees of freedom that its variance was estimated with."""
    respondents = -special.stdtrit(max(evidence.n - 1, 1), tail)
    return float(evidence.effective_n * (respondents / _student(evidence, tail)) ** 2)


def _beta(evidence: Evidence, tail: float) -> tuple[float, float]:
    return _exact(evidence, tail, _shrunk(evidence, tail))


def _korn_graubard(evidence: Evidence, tail: float) -> tuple[float, float]:
    """The standard takes n where the answers are alike, and knows nothing without degrees of freedom."""
    if evidence.standard_error == 0:
        return _exact(evidence, tail, evidence.n)
    if evidence.degrees <= 0:
        return 0.0, 1.0
    return _exact(evidence, tail, min(float(evidence.n), _shrunk(evidence, tail)))


_LIMITS: dict[ProportionInterval, Callable[[Evidence, float], tuple[float, float]]] = {
    ProportionInterval.LOGIT: _logit,
    ProportionInterval.XLOGIT: _logit,
    ProportionInterval.LIKELIHOOD: _likelihood,
    ProportionInterval.ASIN: _arcsine,
    ProportionInterval.BETA: _beta,
    ProportionInterval.MEAN: _plain,
    ProportionInterval.WILSON: _wilson,
    ProportionInterval.WILSON_KISH: _wilson_kish,
    ProportionInterval.KORN_GRAUBARD: _korn_graubard,
}
_AT_THE_EDGE = {
    ProportionInterval.LIKELIHOOD,
    ProportionInterval.BETA,
    ProportionInterval.WILSON,
    ProportionInterval.WILSON_KISH,
    ProportionInterval.KORN_GRAUBARD,
}
