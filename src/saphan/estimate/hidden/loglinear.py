"""Log-linear models of capture histories: whether the estimate exists, whether it is one, and what it is.

log mean(h) = a + sum b_i + sum c_ij over the lists i and chosen pairs ij of history h (Fienberg 1972). The mean of the
history on no list is exp(a): the dark figure. A list or pair with nobody on it has parameter minus infinity: histories
that hold it have mean 0 and leave the fit (Chan, Silverman and Vincent 2021).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import optimize, special

from saphan.estimate.hidden.model import BoolArray, FloatArray, Pair, observable

STEPS = 100
TOLERANCE = 1e-10
SMALLEST_MEAN = 1e-9  # of a linear programme's answer, relative to the persons seen; below it the optimum is 0


class Failing(StrEnum):
    """Why a model has no estimate on given counts."""

    NOT_FINITE = "not-finite"  # the likelihood rises without end
    NOT_IDENTIFIABLE = "not-identifiable"  # several parameters give the same means


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model on given counts: the histories (H, L) it holds, their counts (H,), its design (H, P), and what it lost.

    `terms` are the P terms of the design, the intercept first; `lost` have parameter minus infinity.
    """

    pairs: tuple[Pair, ...]
    terms: tuple[tuple[int, ...], ...]
    lost: tuple[tuple[int, ...], ...]
    histories: BoolArray
    design: FloatArray
    counts: FloatArray


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted model: `coefficients` (P,) and their `covariance` (P, P) in the order of the model's terms."""

    model: Model
    coefficients: FloatArray
    covariance: FloatArray
    means: FloatArray  # (H,)
    log_likelihood: float

    @property
    def unseen(self) -> float:
        """The dark figure."""
        return math.exp(self.coefficients[0])

    @property
    def parameters(self) -> int:
        """How many were estimated, those at minus infinity included."""
        return len(self.model.terms) + len(self.model.lost)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, for as many observations as persons were seen."""
        return math.log(self.model.counts.sum()) * self.parameters - 2 * self.log_likelihood

    def shared(self, pair: Pair) -> tuple[float, float]:
        """Persons on both of two lists: as many as there are, and as the model expects."""
        both = _column(self.model.histories, pair)
        return float(both @ self.model.counts), float(both @ self.means)

    def interaction(self, pair: Pair) -> float:
        """How far two lists depend on each other: a log odds ratio, minus infinity if they share nobody."""
        return -math.inf if pair in self.model.lost else float(self.coefficients[self.model.terms.index(pair)])

    def p_value(self, pair: Pair) -> float:
        """Of the persons shared by two lists: the smaller tail of a Poisson law of the mean the model expects."""
        seen, expected = self.shared(pair)
        return float(min(special.pdtr(seen, expected), special.pdtrc(seen - 1, expected) if seen > 0 else 1.0))


def build(lists: int, counts: FloatArray, pairs: Iterable[Pair] = (), most: int | None = None) -> Model:
    """The model of main effects and `pairs` on counts (2^L - 1,), of persons on at most `most` lists if given."""
    chosen = tuple(sorted(pairs))
    histories = observable(lists)
    terms: list[tuple[int, ...]] = [(), *((index,) for index in range(lists)), *chosen]
    columns = [_column(histories, term) for term in terms]
    held = histories.sum(axis=1) <= (most or lists)
    kept = [index for index, column in enumerate(columns) if column[held] @ counts[held] > 0]
    lost = tuple(term for index, term in enumerate(terms) if index not in kept)
    for term in lost:
        held &= _column(histories, term) == 0
    return Model(
        pairs=chosen,
        terms=tuple(terms[index] for index in kept),
        lost=lost,
        histories=histories[held],
        design=np.column_stack([columns[index][held] for index in kept]),
        counts=counts[held],
    )


def failing(model: Model) -> Failing | None:
    """What forbids an estimate of the model, or None: first existence, then identifiability."""
    if margin(model) <= SMALLEST_MEAN * max(float(model.counts.sum()), 1.0):
        return Failing.NOT_FINITE
    if np.linalg.matrix_rank(model.design) < model.design.shape[1]:
        return Failing.NOT_IDENTIFIABLE
    return None


def margin(model: Model) -> float:
    """The largest smallest mean of any means that meet the observed margins; the estimate exists if it is above 0.

    Linear programme of Fienberg and Rinaldo (2012), as corrected by Chan, Silverman and Vincent (2021, section 2.6).
    """
    # Means are the least of them, which is sought, plus what each has above it: both are 0 or more.
    least = model.design.sum(axis=0)
    solved = optimize.linprog(
        np.append(np.zeros(len(model.counts)), -1.0),
        A_eq=np.column_stack([model.design.T, least]),
        b_eq=model.design.T @ model.counts,
        method="highs",
    )
    return -float(solved.fun or 0.0) if solved.status == 0 else 0.0


def fit(model: Model) -> Fit:
    """Maximum likelihood by Newton's method with halved steps; ask `failing` first whether there is any to find.

    A model without a finite estimate comes back with the likelihood it tends to, for comparison; its dark figure has
    no meaning.
    """
    design, counts = model.design, model.counts
    raised = counts + 0.5
    coefficients = _solve(design.T @ (design * raised[:, None]), design.T @ (raised * np.log(raised)))
    reached = _likelihood(design, counts, coefficients)
    for _ in range(STEPS):
        means = np.exp(design @ coefficients)
        score = design.T @ (counts - means)
        step = _solve(design.T @ (design * means[:, None]), score)
        gain = float(score @ step)
        if gain < TOLERANCE:
            coefficients = coefficients + step  # of order TOLERANCE: too small to compare likelihoods by
            break
        size = 1.0
        while _likelihood(design, counts, coefficients + size * step) < reached and size > TOLERANCE:
            size /= 2
        coefficients = coefficients + size * step
        reached = _likelihood(design, counts, coefficients)
    means = np.exp(design @ coefficients)
    information = design.T @ (design * means[:, None])
    return Fit(
        model=model,
        coefficients=coefficients,
        covariance=np.linalg.pinv(information, hermitian=True).astype(np.float64),
        means=means,
        log_likelihood=_likelihood(design, counts, coefficients) - float(special.gammaln(counts + 1).sum()),
    )


def _likelihood(design: FloatArray, counts: FloatArray, coefficients: FloatArray) -> float:
    linear = design @ coefficients
    return float(counts @ linear - np.exp(np.minimum(linear, 700.0)).sum())


def _solve(information: FloatArray, score: FloatArray) -> FloatArray:
    """The shortest step where parameters are not identifiable; then no dark figure is read from the fit."""
    step: FloatArray = np.linalg.lstsq(information, score, rcond=None)[0].astype(np.float64)
    return step


def _column(histories: BoolArray, term: Sequence[int]) -> FloatArray:
    column: FloatArray = (histories[:, list(term)].sum(axis=1) == len(term)).astype(np.float64)
    return column
