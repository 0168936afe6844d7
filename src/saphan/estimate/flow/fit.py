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

VERSION = "flow-kriging/2"  # moves whenever an estimate from the same sample would
PRIOR_PAIRS = 3.0  # weight, in pairs, of the first guess of the correlation between parts
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
    known = _filled(sample, chosen)
    needed = (sample.rest > 0).any(axis=(1, 2)) & (sample.counted > 0).any(axis=(1, 2))
    usual: dict[int, effects.Usual] = {}
    for told in (False, True):  # a week in ratio to a known series is another week: series borrow from their like
        alike = [s for s in np.flatnonzero(needed).tolist() if (known[s] is not None) == told]
        usual |= _usual(sample, alike, known, days, chosen)
    posterior = tuple(
        (
            s,
            swells(
                np.where(sample.open[s], sample.counted[s], 0.0),
                np.where(sample.open[s], sample.effort[s], 0.0),
                sample.rest[s],
                part,
                sample.first_day.weekday(),
                chosen if known[s] is None else replace(chosen, short_ratios=chosen.known_short_ratios),
            ).checked(sample.cluster, chosen),
        )
        for s in sorted(usual)
        for part in (usual[s].each_window() if known[s] is not None else [usual[s]])
    )
    return FlowFit(sample=sample, settings=chosen, posterior=posterior, correlation=_correlation(sample, posterior))


@dataclass(frozen=True, kw_only=True)
class FlowFit:
    """A fitted sample, of which every total is a linear functional.

    `posterior` has K parts, each a series' number and the swells of its windows: of all of them together or, where the
    series stands in ratio to a known one, of each alone, since a known series may leave nothing of the day and much of
    the night. Series with nothing to predict have none. `correlation` (K, K) is between the prediction errors of parts
    that share drawn weeks.
    """

    sample: FlowSample
    settings: Settings
    posterior: tuple[tuple[int, Swells], ...]
    correlation: FloatArray

    @cached_property
    def expected(self) -> FloatArray:
        """(S, W, D) what was counted plus the prediction of what was not; closed windows hold what was counted."""
        found = self.sample.counted
        for s, one in self.posterior:
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
        touched = [
            k
            for k, (s, one) in enumerate(self.posterior)
            if any((weights[s] * one.rest * one.usual.mu).any() for weights in full)
        ]
        predictions = []
        for k in touched:
            s, one = self.posterior[k]
            predictions.append(one.predict([weights[s] for weights in full]))
        return touched, predictions

    def _combined(self, touched: Sequence[int], predictions: Sequence[Prediction]) -> FloatArray:
        """(F, F) covariance of sums over parts, whose errors correlate as `correlation` says.

        The variance of any total is sum R_ij s_i s_j, with s_i its standard error in part i; covariances follow from
        those of sums of two totals (2 Cov = Var of both together less the variances of each), so that two totals of
        different parts correlate as their parts do. Made a covariance by dropping negative eigenvalues.
        """
        if not predictions:
            return np.zeros((1, 1))
        own = np.stack([one.covariance for one in predictions])  # (parts, F, F)
        each = np.diagonal(own, axis1=1, axis2=2)  # (parts, F)
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


def _usual(
    sample: FlowSample,
    alike: Sequence[int],
    known: Sequence[FloatArray | None],
    days: effects.Days,
    settings: Settings,
) -> dict[int, effects.Usual]:
    """The usual day of series that are alike: first each alone, then with what the others say of the week."""

    def one(s: int, week: tuple[FloatArray, FloatArray] | None = None) -> effects.Usual:
        count = np.where(sample.open[s], sample.counted[s], 0.0)
        effort = np.where(sample.open[s], sample.effort[s], 0.0)
        beside = known[s]
        left = None if beside is None else effects.unexplained(count, effort, beside)
        before = effects.prior(days, sample.shape[1], settings, unexplained=left, week=week)
        return effects.usual(count, effort, beside, days, before, settings)

    alone = {s: one(s) for s in alike}
    if len(alone) < 2:
        return alone
    return {s: one(s, week) for s, week in zip(alike, effects.borrowed(list(alone.values()), settings), strict=True)}


def _filled(sample: FlowSample, settings: Settings) -> list[FloatArray | None]:
    """The known series (D,) of each series without gaps, None where it has none.

    Missing days are predicted from the days that are known.
    """
    found: list[FloatArray | None] = [None] * sample.shape[0]
    if sample.known is None:
        return found
    for s, one in enumerate(sample.known):
        there = ~np.isnan(one)
        if not one[there].any():
            continue
        if not there.all():
            whole = FlowSample(
                first_day=sample.first_day,
                series=sample.series[s : s + 1],
                windows=("day",),
                count=one[None, None],
                effort=there.astype(float)[None, None],
                open=np.ones((1, 1, one.size), dtype=bool),
                cluster=sample.cluster,
                holiday=sample.holiday,
                design=sample.design,
            )
            one = fit(whole, settings=settings).expected[0, 0]
        # A day on which the known series says nobody came still has some: a ratio to zero has no answer.
        found[s] = np.maximum(one, 0.02 * one.mean())
    return found


def _correlation(sample: FlowSample, posterior: Sequence[tuple[int, Swells]]) -> FloatArray:
    """(K, K) correlation between parts of what the usual day does not explain, shrunk to what all pairs have in common.

    The residual of a day is the mean over the windows of the part.
    """
    count, days = len(posterior), sample.shape[2]
    if count < 2:
        return np.eye(count)
    values, there = np.zeros((count, days)), np.zeros((count, days))
    for k, (_, one) in enumerate(posterior):
        np.add.at(values[k], one.day, _after_effects(one) / one.amplitude[one.window])
        np.add.at(there[k], one.day, 1.0)
    values /= np.maximum(there, 1.0)
    seen = (there > 0).astype(float)
    both = seen @ seen.T
    squares = (values**2) @ seen.T
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.nan_to_num((values @ values.T) / np.sqrt(squares * squares.T))
    above = np.triu_indices(count, 1)
    pairs = (both[above] > 1).sum()
    common = (raw[above][both[above] > 1].sum() + PRIOR_PAIRS * PRIOR_CORRELATION) / (pairs + PRIOR_PAIRS)
    common = float(np.clip(common, 0.0, 0.95))
    weeks = max(len(np.unique(sample.cluster[sample.cluster >= 0])), 1)
    own = weeks / (weeks + PRIOR_CLUSTERS)
    shrunk = own * np.where(both > 1, raw, common) + (1.0 - own) * common
    np.fill_diagonal(shrunk, 1.0)
    return _positive(shrunk)


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
