"""Totals of flows from partly observed time: what was counted stands as counted, only the rest is predicted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

from saphan.estimate.flow import effects
from saphan.estimate.flow.model import Basis, BoolArray, Design, Estimate, FloatArray, FlowSample, Settings
from saphan.estimate.flow.swells import Prediction, Swells, seen_effects, swells

VERSION = "flow-kriging/1"  # moves whenever an estimate from the same sample would
PRIOR_PAIRS = 3.0  # weight, in pairs of series, of the first guess of the correlation between series
PRIOR_CORRELATION = 0.3
PRIOR_CLUSTERS = 12.0  # weight, in weeks, of the common correlation against a pair's own
RULE_OF_THREE = 3.0  # -log(0.05): upper limit of a rate of which nothing was seen (Hanley and Lippman-Hand 1983)


def fit(sample: FlowSample, *, settings: Settings | None = None) -> FlowFit:
    """Fit the predictor of unobserved hours, windows and days to a sample.

    Weekday and holiday effects by penalised quasi-Poisson regression, kriging of the relative residual, hyperparameters
    averaged over a grid; see `effects` and `swells`. Cost: about 10 ms for one series of 84 observed days in a year.
    """
    chosen = settings or Settings()
    days = effects.days_of(sample.weekday, sample.holiday, chosen.weekend)
    known = None if sample.known is None else _filled(sample, sample.known, chosen)
    series, windows, _ = sample.shape
    counted, observed = sample.counted, np.where(sample.open, sample.effort, 0.0)
    needed = [bool((sample.rest[s] > 0).any() and (counted[s] > 0).any()) for s in range(series)]

    def usual(s: int, before: effects.Prior) -> effects.Usual:
        return effects.usual(
            np.where(sample.open[s], counted[s], 0.0),
            observed[s],
            None if known is None else known[s],
            days,
            before,
            chosen,
        )

    plain = effects.prior(days, windows, chosen, known=known is not None)
    first = {s: usual(s, plain) for s in range(series) if needed[s]}
    if len(first) > 1:
        others = effects.borrowed(list(first.values()), chosen)
        for s, (mean, variance) in zip(list(first), others, strict=True):
            informed = effects.prior(
                days, windows, chosen, known=known is not None, weekday_mean=mean, weekday_variance=variance
            )
            first[s] = usual(s, informed)
    posterior = {
        s: swells(
            np.where(sample.open[s], counted[s], 0.0),
            observed[s],
            sample.rest[s],
            one,
            sample.first_day.weekday(),
            chosen,
        ).checked(sample.cluster, chosen)
        for s, one in first.items()
    }
    return FlowFit(sample=sample, settings=chosen, posterior=posterior, correlation=_correlation(sample, posterior))


@dataclass(frozen=True, kw_only=True)
class FlowFit:
    """A fitted sample, of which every total is a linear functional; `posterior` lacks series with nothing to predict.

    `correlation` (S, S) is between the prediction errors of series that share drawn weeks.
    """

    sample: FlowSample
    settings: Settings
    posterior: dict[int, Swells]
    correlation: FloatArray

    @cached_property
    def expected(self) -> FloatArray:
        """(S, W, D) what was counted plus the prediction of what was not; closed windows hold what was counted."""
        found = self.sample.counted
        for s, one in self.posterior.items():
            found[s] += one.each()
        found.setflags(write=False)
        return found

    def total(self, weights: FloatArray) -> Estimate:
        """The sum of movements with `weights`, broadcastable to (S, W, D), and its interval.

        Student's t on the logarithm of the predicted rest, so that no limit falls below what was counted; on the plain
        scale where a weight is negative.
        """
        sample = self.sample
        full = np.broadcast_to(np.asarray(weights, dtype=float), sample.shape)
        counted = float((full * sample.counted).sum())
        touched, predictions = self._predict([full])
        rest = float(sum(one.centre[0] for one in predictions))
        variance = float(self._combined(touched, predictions)[0, 0])
        error = math.sqrt(max(variance, 0.0))
        freedom = _degrees([(float(one.covariance[0, 0]), float(one.degrees()[0])) for one in predictions])
        quantile = float(stats.t.ppf(0.5 + self.settings.level / 2, freedom))
        negative = bool((full < 0).any())
        if negative or rest <= 0:
            low, high = counted + rest - quantile * error, counted + rest + quantile * error
            low = low if negative else max(low, counted)
        else:
            reach = math.exp(quantile * math.sqrt(math.log1p((error / rest) ** 2)))
            low, high = counted + rest / reach, counted + rest * reach
        unseen = self._unseen(full)
        return Estimate(
            value=counted + rest,
            standard_error=error,
            low=low,
            high=high + unseen,
            degrees_of_freedom=freedom,
            counted=counted,
            extrapolated=self._extrapolated(full, counted + rest),
            closed=_share(~sample.open, full),
            never_observed=self._never(full),
            method=VERSION,
            words=_words(sample),
            basis=_basis(sample, full),
            level=self.settings.level,
            **_sizes(sample, full),
        )

    def covariance(self, weights: Sequence[FloatArray]) -> FloatArray:
        """(F, F) covariance of the errors of several totals."""
        full = [np.broadcast_to(np.asarray(one, dtype=float), self.sample.shape) for one in weights]
        touched, predictions = self._predict(full)
        return self._combined(touched, predictions) if touched else np.zeros((len(full), len(full)))

    def _predict(self, full: Sequence[FloatArray]) -> tuple[list[int], list[Prediction]]:
        touched = [s for s, one in self.posterior.items() if any((weights[s] * one.rest).any() for weights in full)]
        return touched, [self.posterior[s].predict([weights[s] for weights in full]) for s in touched]

    def _combined(self, touched: Sequence[int], predictions: Sequence[Prediction]) -> FloatArray:
        """(F, F) covariance of sums over series, whose errors correlate as `correlation` says.

        The variance of any total is sum R_ij s_i s_j, with s_i its standard error in series i; covariances follow from
        those of sums of two totals (2 Cov = Var of both together less the variances of each), so that two totals of
        different series correlate as their series do. Made a covariance by dropping negative eigenvalues.
        """
        if not predictions:
            return np.zeros((1, 1))
        own = np.stack([one.covariance for one in predictions])  # (series, F, F)
        each = np.diagonal(own, axis1=1, axis2=2)  # (series, F)
        correlation = self.correlation[np.ix_(touched, touched)]
        variance: FloatArray = np.einsum("if,ij,jf->f", np.sqrt(each), correlation, np.sqrt(each))
        if len(variance) == 1:
            return variance[:, None]
        both = np.sqrt(np.maximum(each[:, :, None] + each[:, None, :] + 2.0 * own, 0.0))
        together = np.einsum("ifg,ij,jfg->fg", both, correlation, both, optimize=True)
        values, vectors = np.linalg.eigh((together - variance[:, None] - variance[None, :]) / 2.0)
        combined: FloatArray = (vectors * np.maximum(values, 0.0)) @ vectors.T
        return combined

    def _extrapolated(self, full: FloatArray, value: float) -> dict[str, float]:
        """Share of the value predicted for hours of watched windows, for other windows of watched days, for days."""
        if value <= 0:
            return {}
        predicted = full * (self.expected - self.sample.counted)
        partly = self.sample.effort > 0
        same_day = np.broadcast_to(partly.any(axis=1, keepdims=True), partly.shape)
        kinds = {"hours": partly, "windows": same_day & ~partly, "days": ~same_day}
        return {kind: float(predicted[where].sum()) / value for kind, where in kinds.items()}

    def _never(self, full: FloatArray) -> tuple[str, ...]:
        sample = self.sample
        wanted = ((full != 0) & (sample.rest > 0)).any(axis=2) & ~(sample.effort > 0).any(axis=2)
        return tuple(f"{sample.series[s]} {sample.windows[w]}" for s, w in np.argwhere(wanted))

    def _unseen(self, full: FloatArray) -> float:
        """What may have passed where nothing was ever seen: the rule of three over the share watched, added above."""
        sample = self.sample
        watched = np.where(sample.open, sample.effort, 0.0).sum(axis=2)
        empty = (sample.counted.sum(axis=2) == 0) & (watched > 0)
        rest = (np.abs(full) * sample.rest).sum(axis=2)
        return float((RULE_OF_THREE * rest[empty] / watched[empty]).sum())


def _filled(sample: FlowSample, known: FloatArray, settings: Settings) -> FloatArray:
    """(S, D) the known series without gaps: missing days are predicted from the days that are known."""
    if np.isnan(known).any():
        there = ~np.isnan(known)
        whole = replace(
            sample,
            windows=("day",),
            count=known[:, None, :],
            effort=there[:, None, :].astype(float),
            open=np.ones((known.shape[0], 1, known.shape[1]), dtype=bool),
            known=None,
        )
        known = fit(whole, settings=settings).expected[:, 0]
    # A day on which the known series says nobody came still has some: a ratio to zero has no answer.
    floor = 0.02 * np.maximum(known.mean(axis=1, keepdims=True), 1e-9)
    filled: FloatArray = np.maximum(known, floor)
    return filled


def _correlation(sample: FlowSample, posterior: dict[int, Swells]) -> FloatArray:
    """Correlation between series of what the usual day does not explain, shrunk to the pairs' common value."""
    found = np.eye(sample.shape[0])
    if len(posterior) < 2:
        return found
    rows = []
    for one in posterior.values():
        row = np.full(sample.shape[1:], np.nan)
        row[one.window, one.day] = _after_effects(one) / one.amplitude[one.window]
        rows.append(row.ravel())
    stacked = np.stack(rows)
    there = ~np.isnan(stacked)
    values = np.where(there, stacked, 0.0)
    both = there.astype(float) @ there.T.astype(float)
    squares = (values**2) @ there.T.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.nan_to_num((values @ values.T) / np.sqrt(squares * squares.T))
    above = np.triu_indices(len(rows), 1)
    pairs = (both[above] > 1).sum()
    common = (raw[above][both[above] > 1].sum() + PRIOR_PAIRS * PRIOR_CORRELATION) / (pairs + PRIOR_PAIRS)
    common = float(np.clip(common, 0.0, 0.95))
    weeks = max(len(np.unique(sample.cluster[sample.cluster >= 0])), 1)
    own = weeks / (weeks + PRIOR_CLUSTERS)
    shrunk = own * np.where(both > 1, raw, common) + (1.0 - own) * common
    np.fill_diagonal(shrunk, 1.0)
    index = np.array(list(posterior))
    found[np.ix_(index, index)] = _positive(shrunk)
    return found


def _after_effects(one: Swells) -> FloatArray:
    """(n,) the residual less the averaged effects: swells and noise."""
    at_seen = seen_effects(one.usual, one.window, one.day)
    moved = one.coefficient @ (at_seen.T @ (one.weight @ one.solved))
    left: FloatArray = one.residual - at_seen @ moved
    return left


def _positive(matrix: FloatArray) -> FloatArray:
    """The nearest correlation matrix by clipping eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    repaired = (vectors * np.maximum(values, 1e-9)) @ vectors.T
    size = np.sqrt(np.diag(repaired))
    correlation: FloatArray = repaired / np.outer(size, size)
    return correlation


def _degrees(parts: Sequence[tuple[float, float]]) -> float:
    """Degrees of freedom of a sum of variances (Satterthwaite 1946)."""
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return math.inf
    return total**2 / sum(variance**2 / freedom for variance, freedom in parts if variance > 0)


def _share(where: BoolArray, full: FloatArray) -> float:
    size = np.abs(full)
    return float(size[where].sum() / size.sum()) if size.any() else 0.0


def _sizes(sample: FlowSample, full: FloatArray) -> dict[str, int]:
    """Primary units and days on which something that the total asks for was observed."""
    used = ((full != 0) & (sample.effort > 0)).any(axis=(0, 1))
    clusters = sample.cluster[used]
    return {"n_clusters": len(np.unique(clusters[clusters >= 0])), "n_days": int(used.sum())}


def _basis(sample: FlowSample, full: FloatArray) -> Basis:
    if not ((full != 0) & (sample.rest > 0)).any():
        return Basis.COUNT
    return Basis.MODEL if sample.design in (Design.FIXED_WEEK, Design.CENSUS) else Basis.DESIGN


def _words(sample: FlowSample) -> str:
    ratio = ", in ratio to a known daily series" if sample.known is not None else ""
    chosen = (
        "the weeks were fixed, not drawn, so the interval rests on the model"
        if sample.design is Design.FIXED_WEEK
        else "days were drawn by chance"
    )
    return (
        "What was counted, plus a prediction of the hours, windows and days not observed from level, weekday, holidays "
        f"and swells over days and weeks{ratio}; {chosen}."
    )
