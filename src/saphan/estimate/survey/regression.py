"""Linear and logistic regression in a population: weighted estimating equations, and a variance that knows the design.

Coefficients solve sum w x (y - mu) = 0. The influence of a row is A^-1 x (y - mu), A the weighted information (Binder
1983; Fuller 1975), so that the variance is the sandwich of the design. Degrees of freedom are those of the design, plus
one, less the number of coefficients, as in R `svyglm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize, special, stats

from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.model import BoolArray, FloatArray, Labels
from saphan.estimate.survey.sample import Sample, missing
from saphan.estimate.survey.tables import Test

INTERCEPT = "intercept"
COLLINEAR = 1e-7  # share of a column, at unit length, that the others leave unexplained: R's
STEPS = 50
EXTREME = 15.0  # a linear predictor past this gives fitted chances within 3e-7 of 0 or 1: separation is looked for


@dataclass(frozen=True, kw_only=True)
class Regression:
    """Coefficients with their joint covariance: slopes, or on the logit scale where `logistic`.

    Their `method`, and that of a test of them, says the model that they rest on where the sample was not drawn by
    chance.
    """

    coefficients: Estimates
    logistic: bool

    @property
    def p_value(self) -> FloatArray:
        """(k,) the chance of a coefficient as far from 0 where it is 0, by Student's t."""
        ratio = np.abs(self.coefficients.value) / self.coefficients.standard_error
        return np.asarray(2.0 * stats.t.sf(ratio, self.coefficients.degrees), dtype=float)

    def odds_ratios(self, level: float = 0.95) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Odds ratios (k,) and their limits. ValueError for a linear regression, which has none."""
        if not self.logistic:
            raise ValueError("a linear regression has no odds ratios: take its coefficients")
        low, high = self.coefficients.interval(level)
        return np.exp(self.coefficients.value), np.exp(low), np.exp(high)

    def joint(self, names: Sequence[str]) -> Test:
        """Wald's test that all coefficients of `names` are 0, as those of a factor. KeyError where there is no such."""
        estimates = self.coefficients
        for name in names:
            if name not in estimates.names:
                raise KeyError(f"no coefficient is named {name!r}; there are {', '.join(estimates.names)}")
        at = [estimates.names.index(name) for name in names]
        value = estimates.value[at]
        statistic = float(value @ np.linalg.solve(estimates.covariance[np.ix_(at, at)], value)) / len(at)
        freedom = (float(len(at)), float(estimates.degrees[0]))
        chance = float(stats.f.sf(statistic, *freedom))
        method = estimates.stated("wald-F/1")
        return Test(statistic=statistic, degrees=freedom, p_value=chance, n=int(estimates.n[0]), method=method)


def linear(
    sample: Sample,
    outcome: FloatArray,
    terms: FloatArray,
    names: Sequence[str],
    *,
    domain: BoolArray | None = None,
    intercept: bool = True,
) -> Regression:
    """Least squares of `outcome` (n,) on `terms` (n, k) with `names`, weighted; rows with NaN are left out.

    ValueError where a term follows from the others or there are too few rows or units for the coefficients;
    NotByChanceError where the sample was not drawn by chance and states no model.
    """
    rows, target, columns, labels = _matrix(sample, outcome, terms, names, domain, intercept)
    weight = sample.weight[rows]
    information = columns.T @ (weight[:, None] * columns)
    root = np.sqrt(weight)
    value = np.asarray(linalg.lstsq(root[:, None] * columns, root * target)[0], dtype=float)
    residual = target - columns @ value
    return Regression(
        coefficients=_coefficients(sample, rows, columns, labels, value, residual, information, "linear/1"),
        logistic=False,
    )


def logistic(
    sample: Sample,
    outcome: FloatArray,
    terms: FloatArray,
    names: Sequence[str],
    *,
    domain: BoolArray | None = None,
    intercept: bool = True,
) -> Regression:
    """Logistic regression of `outcome` (n,) of 0, 1 and NaN on `terms` (n, k) with `names`; as `linear`.

    ValueError also where terms separate the answers, so that no finite odds ratio is most likely (Albert and Anderson
    1984), and names these terms.
    """
    rows, target, columns, labels = _matrix(sample, outcome, terms, names, domain, intercept)
    if not np.isin(target, (0.0, 1.0)).all():
        worst = target[~np.isin(target, (0.0, 1.0))][0]
        raise ValueError(f"the outcome of a logistic regression is 0 or 1, with NaN for no answer; there is {worst:g}")
    if target.min() == target.max():
        raise ValueError(f"all {target.size} outcomes are {target[0]:g}: there is nothing to explain")
    weight = sample.weight[rows] / sample.weight[rows].mean()
    length = np.linalg.norm(columns, axis=0)
    columns = columns / length  # terms in thousands and in shares alike
    value = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        chance = special.expit(columns @ value)
        information = columns.T @ ((weight * chance * (1.0 - chance))[:, None] * columns)
        score = columns.T @ (weight * (target - chance))
        step = _halved(columns, target, weight, value, linalg.lstsq(information, score)[0])
        value = value + step
        if np.abs(columns @ step).max() < 1e-12 * (1.0 + np.abs(columns @ value).max()):
            break
    else:
        _refuse_separation(columns, target, labels)
        raise ValueError(f"the regression has not settled in {STEPS} steps: look for extreme values of the terms")
    if np.abs(columns @ value).max() > EXTREME:
        _refuse_separation(columns, target, labels)
    columns, value = columns * length, value / length
    chance = special.expit(columns @ value)
    information = columns.T @ ((sample.weight[rows] * chance * (1.0 - chance))[:, None] * columns)
    return Regression(
        coefficients=_coefficients(sample, rows, columns, labels, value, target - chance, information, "logistic/1"),
        logistic=True,
    )


def indicators(labels: Labels, name: str, reference: object) -> tuple[FloatArray, tuple[str, ...]]:
    """Columns (n, k) of 0 and 1 for every label (n,) but the `reference`, and their names; a missing label is NaN.

    ValueError where nobody has the reference.
    """
    given = np.asarray(labels)
    gap = missing(given)
    present = np.unique(given[~gap]).tolist()
    if reference not in present:
        raise ValueError(f"nobody has the reference {reference!r} of {name}; there are {', '.join(map(str, present))}")
    others = [one for one in present if one != reference]
    columns = np.column_stack([np.where(gap, np.nan, given == one) for one in others]).astype(float)
    return columns, tuple(f"{name}={one}" for one in others)


def _matrix(
    sample: Sample,
    outcome: FloatArray,
    terms: FloatArray,
    names: Sequence[str],
    domain: BoolArray | None,
    intercept: bool,
) -> tuple[BoolArray, FloatArray, FloatArray, tuple[str, ...]]:
    """Rows that count (n,), and of these the outcome (m,) and the columns (m, k) with their names."""
    sample.need("regression")
    target, columns = np.asarray(outcome, dtype=float), np.asarray(terms, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    labels = (INTERCEPT, *names) if intercept else tuple(names)
    if target.shape != (sample.size,) or columns.shape[0] != sample.size:
        raise ValueError(f"outcome {target.shape} and terms {columns.shape} are not of the {sample.size} rows")
    if columns.shape[1] != len(names) or len(set(labels)) < len(labels):
        raise ValueError(f"{columns.shape[1]} terms need as many names, all different; there are {', '.join(names)}")
    rows = np.isfinite(target) & np.isfinite(columns).all(axis=1) & (sample.weight > 0) & sample.within(domain)
    used = columns[rows]
    if intercept:
        used = np.column_stack([np.ones(used.shape[0]), used])
    if used.shape[0] <= used.shape[1]:
        raise ValueError(f"{used.shape[0]} rows have all answers: too few for {used.shape[1]} coefficients")
    if sample.degrees(rows) + 1 - used.shape[1] < 1:
        raise ValueError(
            f"{sample.degrees(rows)} degrees of freedom of the design do not carry {used.shape[1]} coefficients: "
            "take fewer terms"
        )
    _refuse_collinearity(used, sample.weight[rows], labels)
    return rows, target[rows], used, labels


def _refuse_collinearity(columns: FloatArray, weight: FloatArray, labels: tuple[str, ...]) -> None:
    scaled = np.sqrt(weight)[:, None] * columns
    length = np.linalg.norm(scaled, axis=0)
    if (length == 0).any():
        raise ValueError(f"{labels[int(np.argmin(length))]} is 0 in every row that counts: leave it out")
    left = np.abs(np.diagonal(linalg.qr(scaled / length, mode="r")[0]))  # what each column adds to those before it
    if (left < COLLINEAR).any():
        at = int(np.argmax(left < COLLINEAR))
        raise ValueError(f"{labels[at]} follows from {', '.join(labels[:at])}: leave one of them out")


def _halved(
    columns: FloatArray, target: FloatArray, weight: FloatArray, value: FloatArray, step: FloatArray
) -> FloatArray:
    """Newton's step, halved while it worsens the likelihood."""

    def deviance(at: FloatArray) -> float:
        predictor = columns @ at
        return float(weight @ (np.logaddexp(0.0, predictor) - target * predictor))

    best = deviance(value)
    for _ in range(30):
        if deviance(value + step) <= best * (1 + 1e-12):
            break
        step = step / 2
    return step


def _refuse_separation(columns: FloatArray, target: FloatArray, labels: tuple[str, ...]) -> None:
    """Name the terms without which the answers would not be separated, or all that take part."""
    signed = np.where(target == 1, 1.0, -1.0)[:, None] * columns / np.abs(columns).max(axis=0)
    direction = _separating(signed)
    if direction is None:
        return
    parts = [at for at, label in enumerate(labels) if label != INTERCEPT and abs(direction[at]) > 1e-7]
    guilty = [at for at in parts if _separating(np.delete(signed, at, axis=1)) is None] or parts
    raise ValueError(
        f"{', '.join(labels[at] for at in guilty)} separate the answers: with them an outcome is certain, and its odds "
        "ratio infinite; join categories or leave the term out"
    )


def _separating(signed: FloatArray) -> FloatArray | None:
    """A direction with no answer on its wrong side and some beyond, by linear programming (Konis 2007), or None."""
    gain = signed.sum(axis=0)
    found = optimize.linprog(-gain, A_ub=-signed, b_ub=np.zeros(signed.shape[0]), bounds=(-1, 1), method="highs")
    if found.x is None or float(gain @ found.x) <= 1e-7:
        return None
    return np.asarray(found.x, dtype=float)


def _coefficients(
    sample: Sample,
    rows: BoolArray,
    columns: FloatArray,
    labels: tuple[str, ...],
    value: FloatArray,
    residual: FloatArray,
    information: FloatArray,
    method: str,
) -> Estimates:
    influence = np.zeros((sample.size, value.size))
    influence[rows] = np.linalg.solve(information, (columns * residual[:, None]).T).T
    return Estimates(
        names=labels,
        value=value,
        covariance=sample.covariance(influence),
        degrees=np.full(value.size, float(sample.degrees(rows) + 1 - value.size)),
        n=np.full(value.size, int(rows.sum())),
        method=sample.stated(method),
        basis=sample.basis,
        model=sample.model,
    )
