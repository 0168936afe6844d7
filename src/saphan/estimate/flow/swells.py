"""What the calendar does not explain: swells over days and weeks, predicted where nobody watched.

The relative residual count / mu - 1 is a Gaussian process on a linear scale (no back-transformation, hence no bias of
the logarithm): a slow season, a shorter swell, a season of each weekday's own, and noise. Universal kriging with the
effects of the usual day as random coefficients (Robinson 1991; Cressie 1993, ch. 3) predicts any weighted sum of the
unobserved windows; the variance ratios are averaged over a grid with their posterior weights (Handcock and Stein 1993).

Two things are then taken from the draw, not from the model. The noise is rescaled by how well each drawn week is
predicted from the others (`_recalibrated`), and the ends of the calendar, which are extrapolated and which a week drawn
inside a month seldom reaches, are corrected by inverse chance (`drawn`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from saphan.estimate.flow.drawn import calibration, left_out, unit_of
from saphan.estimate.flow.effects import Usual
from saphan.estimate.flow.model import FloatArray, IntArray, Settings

NEGLIGIBLE = 3e-3  # posterior weight below which a point of the grid is dropped
PASSES = 4  # at the scale of the noise
FEW = 4  # drawn units below which nothing can be checked on units left out


@lru_cache(maxsize=8)
def kernels(days: int, first_weekday: int, season_days: float, short_days: tuple[float, ...]) -> FloatArray:
    """Correlations (C, D, D) between days: season, each short swell, and the season of each weekday's own."""
    day = np.arange(days)
    apart = np.abs(day[:, None] - day[None, :]).astype(float)
    weekday = (day + first_weekday) % 7
    season = np.exp(-0.5 * (apart / season_days) ** 2)
    short = [np.exp(-apart / length) for length in short_days]
    return np.stack([season, *short, season * (weekday[:, None] == weekday[None, :])])


@lru_cache(maxsize=8)
def grid(settings: Settings) -> FloatArray:
    """Variance ratios (H, C) that are averaged over: at most one short swell at a time."""
    swells = [(0.0,) * len(settings.short_days)]
    for place in range(len(settings.short_days)):
        for ratio in settings.short_ratios:
            swells.append(tuple(ratio if index == place else 0.0 for index in range(len(settings.short_days))))
    return np.array(
        [
            (season, *swell, own)
            for season in settings.season_ratios
            for swell in swells
            for own in settings.weekday_season_ratios
        ]
    )


@dataclass(frozen=True, kw_only=True)
class Swells:
    """The posterior of one series, from which any weighted sum of what was not observed is predicted.

    Arrays run over H kept points of the grid and n observed windows: `weight` (H,), `scale` (H,) the noise variance,
    `inverse` (H, n, n), `solved` (H, n) = inverse @ residual.
    """

    usual: Usual
    rest: FloatArray  # (W, D) share of each window to predict
    window: IntArray  # (n,)
    day: IntArray  # (n,)
    kernel: FloatArray  # (C, D, D)
    ratio: FloatArray  # (H, C)
    amplitude: FloatArray  # (W,) size of a window's swells and noise relative to the series'
    together: FloatArray  # (W, W)
    noise: FloatArray  # (W, D) variance of the daily noise of a whole window, relative to `scale`
    within_day: float
    coefficient: FloatArray  # (W P, W P) prior covariance of the effects, relative to `scale`
    weight: FloatArray
    scale: FloatArray
    inverse: FloatArray
    solved: FloatArray
    residual: FloatArray  # (n,) count / mu - 1 less the effects' prior mean
    unseen: float  # relative variance of what too few drawn units cannot show
    freedom: float

    def predict(self, functionals: Sequence[FloatArray]) -> Prediction:
        """Predict sums of the unobserved rest with weights (W, D) each."""
        prior, cross, own = self._moments(functionals)
        mean = prior + np.einsum("hfn,hn->hf", cross, self.solved)
        explained = np.einsum("hfn,hnm,hgm->hfg", cross, self.inverse, cross, optimize=True)
        variance = self.scale[:, None, None] * (own - explained)
        if self.unseen:
            variance = variance + self.unseen * np.einsum("hf,hg->hfg", mean, mean)
        return Prediction(weight=self.weight, mean=mean, variance=variance, freedom=self.freedom)

    def checked(self, cluster: IntArray, settings: Settings) -> Swells:
        """The same with its noise calibrated on drawn units left out; `cluster` (D,) is the unit of each day.

        A window seen in few units is no check: left out, nothing else says how much passes in it. Where all units are
        few, they cannot show the season either, and its usual size is added.
        """
        unit = unit_of(cluster, self.day)
        count = np.unique(unit).size
        often = [np.unique(unit[self.window == w]).size >= FEW for w in range(self.rest.shape[0])]
        if not any(often):
            return replace(self, unseen=settings.season_deviation**2 / count)
        units = left_out(self.inverse, self.solved, unit)
        _, cross, _ = self._moments([np.ones_like(self.rest) * np.array(often)[:, None]])
        counted = self.usual.mu[self.window, self.day] * (1.0 - self.rest[self.window, self.day])
        pull = counted + np.einsum("hnm,hm->hn", self.inverse, cross[:, 0])
        checks = np.where(np.array(often)[self.window], pull, 0.0)
        factor, freedom = calibration(units, checks, self.scale, self.weight, settings.model_units)
        return replace(self, scale=self.scale * factor, freedom=1.0 / (1.0 / self.freedom + 1.0 / freedom))

    def _moments(self, functionals: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Prior mean (F,), covariance with what was observed (H, F, n) and variance (H, F, F), over `scale`."""
        amount = np.stack([weights * self.usual.mu * self.rest for weights in functionals])  # (F, W, D)
        count, windows, length = amount.shape
        swelling = amount * self.amplitude[:, None]
        mixed = np.einsum("vw,fwd->fvd", self.together, swelling)
        own = self.amplitude[self.window]
        with_seen, with_self = [], []
        for kernel in self.kernel:
            spread = mixed @ kernel  # (F, W, D)
            with_seen.append(spread[:, self.window, self.day] * own)
            with_self.append(np.einsum("fwd,gwd->fg", spread, swelling))
        jacobian = self.usual.jacobian
        effects = np.einsum("fwd,wdp->fwp", amount, jacobian).reshape(count, -1)
        carried = effects @ self.coefficient
        # A window partly observed shares the noise of its day with the part that is not.
        shared = amount[:, self.window, self.day] * self.noise[self.window, self.day] * (1.0 - self.within_day)
        cross = np.einsum("hc,cfn->hfn", self.ratio, np.stack(with_seen)) + carried @ self._seen_effects().T + shared
        divided = np.divide(1.0, self.rest, out=np.zeros((windows, length)), where=self.rest > 0)
        per_cell = self.noise * ((1.0 - self.within_day) + self.within_day * divided)
        own_noise = np.einsum("fwd,wd,gwd->fg", amount, per_cell, amount)
        total = np.einsum("hc,cfg->hfg", self.ratio, np.stack(with_self)) + carried @ effects.T + own_noise
        prior: FloatArray = amount.sum(axis=(1, 2)) - effects @ self.usual.offset
        return prior, cross, total

    def each(self) -> FloatArray:
        """(W, D) prediction of the unobserved rest of every window."""
        own = self.amplitude[self.window]
        windows, length, width = self.usual.jacobian.shape
        ratio = np.einsum("h,hc,hn->cn", self.weight, self.ratio, self.solved)  # the kriging weights, averaged
        swell = np.zeros((windows, length))
        for c, kernel in enumerate(self.kernel):
            pulled = np.zeros((windows, length))
            np.add.at(pulled, (self.window, self.day), ratio[c] * own)
            swell += (self.together @ pulled) @ kernel
        swell *= self.amplitude[:, None]
        solved = self.weight @ self.solved
        moved = self.coefficient @ (self._seen_effects().T @ solved) - self.usual.offset
        effect = np.einsum("wdp,wp->wd", self.usual.jacobian, moved.reshape(windows, width))
        shared = np.zeros((windows, length))
        np.add.at(
            shared,
            (self.window, self.day),
            solved * self.noise[self.window, self.day] * (1.0 - self.within_day),
        )
        predicted: FloatArray = self.usual.mu * self.rest * (1.0 + swell + effect + shared)
        return predicted

    def _seen_effects(self) -> FloatArray:
        return seen_effects(self.usual, self.window, self.day)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Predicted sums under each point of the grid: mean (H, F), covariance (H, F, F), weight (H,)."""

    weight: FloatArray
    mean: FloatArray
    variance: FloatArray
    freedom: float

    @property
    def centre(self) -> FloatArray:
        """(F,) the averaged prediction."""
        averaged: FloatArray = self.weight @ self.mean
        return averaged

    @property
    def covariance(self) -> FloatArray:
        """(F, F) variance within the points of the grid and between them."""
        away = self.mean - self.centre
        within = np.einsum("h,hfg->fg", self.weight, self.variance)
        between = np.einsum("h,hf,hg->fg", self.weight, away, away)
        total: FloatArray = within + between
        return total

    def degrees(self) -> FloatArray:
        """(F,) degrees of freedom of each variance, from its spread over the grid (Satterthwaite 1946)."""
        each = np.einsum("hff->hf", self.variance)
        mean = self.weight @ each
        spread = self.weight @ (each - mean) ** 2
        share = np.divide(spread, mean**2, out=np.zeros_like(mean), where=mean > 0)
        found: FloatArray = 1.0 / (share / 2.0 + 1.0 / self.freedom)
        return found


def seen_effects(usual: Usual, window: IntArray, day: IntArray) -> FloatArray:
    """(n, W P) how each observed window depends on the effects."""
    windows, _, width = usual.jacobian.shape
    found = np.zeros((window.size, windows, width))
    found[np.arange(window.size), window] = usual.jacobian[window, day]
    return found.reshape(window.size, windows * width)


def swells(
    count: FloatArray, effort: FloatArray, rest: FloatArray, fitted: Usual, weekday: int, settings: Settings
) -> Swells:
    """The posterior of one series given counts and effort (W, D), and the share (W, D) to predict."""
    windows, length = count.shape
    alive = fitted.mu.sum(axis=1) > 0
    window, day = np.nonzero((effort > 0) & alive[:, None])
    part = effort[window, day]
    mu = fitted.mu[window, day]
    residual = count[window, day] / (mu * part) - 1.0
    amplitude, noise, reference = _noise(fitted, window, day, residual)
    at_seen = seen_effects(fitted, window, day)
    residual = residual + at_seen @ fitted.offset
    together = np.full((windows, windows), settings.window_correlation)
    np.fill_diagonal(together, 1.0)
    kernel = kernels(length, weekday, settings.season_days, settings.short_days)
    own = amplitude[window]
    between = together[np.ix_(window, window)] * np.outer(own, own)
    near = kernel[:, day[:, None], day[None, :]] * between
    daily = noise[window, day] * ((1.0 - settings.within_day) + settings.within_day / part)
    ratio = grid(settings)
    guess = reference
    effects = at_seen @ fitted.prior.covariance @ at_seen.T
    for _ in range(PASSES):
        # The effects' prior is absolute: it must not shrink or grow with a wrong guess of the noise.
        few = _averaged(near, effects, daily, residual, ratio[:: len(ratio) // 4], reference, guess, settings)
        size = float(few.weight @ few.scale)
        if 0.5 < size / reference < 2.0:
            break
        reference = size
    found = _averaged(near, effects, daily, residual, ratio, reference, guess, settings)
    return Swells(
        usual=fitted,
        rest=rest,
        window=window,
        day=day,
        kernel=kernel,
        ratio=ratio[found.kept],
        amplitude=amplitude,
        together=together,
        noise=noise,
        within_day=settings.within_day,
        coefficient=fitted.prior.covariance / reference,
        weight=found.weight,
        scale=found.scale,
        inverse=found.inverse,
        solved=found.solved,
        residual=residual,
        unseen=0.0,
        freedom=settings.prior_degrees + window.size,
    )


@dataclass(frozen=True, kw_only=True)
class _Averaged:
    """The kept points of the grid (K,), their posterior weights, and what each solves to."""

    kept: IntArray
    weight: FloatArray
    scale: FloatArray
    inverse: FloatArray
    solved: FloatArray


def _averaged(
    near: FloatArray,
    effects: FloatArray,
    daily: FloatArray,
    residual: FloatArray,
    ratio: FloatArray,
    reference: float,
    guess: float,
    settings: Settings,
) -> _Averaged:
    """Weigh the grid by the likelihood of the residual, its scale integrated out about a first `guess`."""
    n, before = residual.size, settings.prior_degrees
    fixed = effects / reference
    fixed[np.diag_indices(n)] += daily
    likelihood, scale, factor, solved = [], [], [], []
    for one in ratio:
        lower, info = dpotrf(np.tensordot(one, near, 1) + fixed, lower=1)
        if info:
            raise FloatingPointError("the covariance of the observed windows is not positive definite")
        alpha, _ = dpotrs(lower, residual, lower=1)
        squares = before * guess + float(residual @ alpha)
        likelihood.append(-np.log(np.diagonal(lower)).sum() - 0.5 * (before + n) * math.log(squares))
        scale.append(squares / (before + n))
        factor.append(lower)
        solved.append(alpha)
    weight = np.exp(np.array(likelihood) - max(likelihood))
    kept = np.flatnonzero(weight > NEGLIGIBLE * weight.sum())
    inverse = np.empty((kept.size, n, n))
    for place, index in enumerate(kept):
        inverse[place], _ = dpotri(factor[index], lower=1)
    return _Averaged(
        kept=kept,
        weight=weight[kept] / weight[kept].sum(),
        scale=np.array(scale)[kept],
        inverse=np.where(np.tri(n, dtype=bool), inverse, inverse.transpose(0, 2, 1)),
        solved=np.array(solved)[kept],
    )


def _noise(
    fitted: Usual, window: IntArray, day: IntArray, residual: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Relative size of each window's swells (W,), its noise (W, D) relative to the series', and a first guess of it.

    A window with few observations is held to the size of the whole series. Counting noise grows as counts get small:
    that part of the variance is inverse to mu, the rest is the same on every day.
    """
    windows = fitted.mu.shape[0]
    held = 10.0
    # The dispersion allows for the effects that were fitted: few observations leave little residual of any size.
    overall = max(float(fitted.dispersion[window].mean()), 1e-6)
    amplitude = np.ones(windows)
    noise = np.ones_like(fitted.mu)
    for w in range(windows):
        mine = residual[window == w]
        size = float(fitted.dispersion[w] * mine.size + held * overall) / (mine.size + held)
        amplitude[w] = math.sqrt(size / overall)
        if mine.size == 0:
            continue
        mean = float(fitted.mu[w, day[window == w]].mean())
        counting = min(1.5 / (mean * size), 1.0)
        with np.errstate(divide="ignore"):
            inverse = np.where(fitted.mu[w] > 0, mean / fitted.mu[w], 1.0)
        noise[w] = amplitude[w] ** 2 * ((1.0 - counting) + counting * np.minimum(inverse, 1e6))
    # About half of the residual's variance is noise; only a starting scale, the likelihood decides.
    return amplitude, noise, 0.5 * overall
