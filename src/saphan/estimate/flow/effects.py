"""The usual day: level, weekday and holiday effects of one series by penalised quasi-Poisson regression.

mu = exp(level_w + weekday_wk + holiday_wd), times a known daily series to a power near 1 where there is one: a ratio
where it tracks the counts, a regression where it does so in part (at night, or with errors of its own). Effects have
normal priors, correlated between the windows of the day, so that a window watched on twelve nights a year borrows its
week from what is known. Fitted without penalty, sums of the fitted values equal the sums counted (McCullagh and Nelder
1989, ch. 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg

from saphan.estimate.flow.model import BoolArray, FloatArray, IntArray, Settings

WEEK = 7
LEVEL, WEEKDAY, HOLIDAY, RESEMBLANCE, BRIDGE, KNOWN, KIND = 0, slice(1, 8), 8, 9, 10, 11, slice(12, None)
FLAT = 10.0  # prior variance of a level about its fitted value: no opinion
STEPS = 30
PRIOR_UNEXPLAINED = 1.0  # weight, in observations, of the guess that a known series explains nothing
GUESS = 0.01  # dispersion before anything is seen: a day is 10 per cent off the usual


@dataclass(frozen=True, kw_only=True)
class Days:
    """The calendar as the regression sees it."""

    weekday: IntArray  # (D,)
    holiday: BoolArray  # (D,)
    bridge: BoolArray  # (D,) working days shut in by holidays
    kind: FloatArray  # (D, K) one column for each kind of holiday

    @property
    def width(self) -> int:
        """Number of effects of one window."""
        return 12 + int(self.kind.shape[1])

    def on(self, chosen: IntArray) -> Days:
        """The calendar of some of its days."""
        return Days(
            weekday=self.weekday[chosen],
            holiday=self.holiday[chosen],
            bridge=self.bridge[chosen],
            kind=self.kind[chosen],
        )


def days_of(weekday: IntArray, holiday: Sequence[str | None], weekend: Sequence[int]) -> Days:
    """The calendar of a sample."""
    kinds = sorted({name for name in holiday if name is not None})
    column = {name: index for index, name in enumerate(kinds)}
    kind = np.zeros((len(holiday), len(kinds)))
    for day, name in enumerate(holiday):
        if name is not None:
            kind[day, column[name]] = 1.0
    off = np.asarray(kind.any(axis=1), dtype=np.bool_)
    return Days(weekday=weekday, holiday=off, bridge=_bridges(off, np.isin(weekday, list(weekend))), kind=kind)


def _bridges(holiday: BoolArray, weekend: BoolArray) -> BoolArray:
    """(D,) working days that people take off: one between a holiday and a weekend, up to four between two holidays.

    Holidays and the weekends they touch are one stretch. What lies beyond an end of the calendar is taken to be like
    its other end: New Year follows December.
    """
    length = holiday.size
    off = holiday | weekend
    found = np.zeros(length, dtype=np.bool_)
    if not holiday.any() or not (~off).any():
        return found
    start = int(np.flatnonzero(off & ~np.roll(off, 1))[0])
    turned = np.roll(np.arange(length), -start)  # begins with the first day of a stretch
    runs = np.split(turned, np.flatnonzero(np.diff(off[turned].astype(int))) + 1)
    for place in range(1, len(runs), 2):
        before, between, after = runs[place - 1], runs[place], runs[(place + 1) % len(runs)]
        sides = int(holiday[before].any()) + int(holiday[after].any())
        if (sides == 2 and between.size <= 4) or (sides == 1 and between.size == 1):
            found[between] = True
    return found


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Normal prior of the effects of one series' W windows: mean (W, P) and covariance (W P, W P)."""

    mean: FloatArray
    covariance: FloatArray


def unexplained(count: FloatArray, effort: FloatArray, known: FloatArray) -> FloatArray:
    """(W,) share of the relative variance of each window's counts (W, D) that is left in ratio to `known` (D,).

    From the days observed; 1 where the known series explains nothing.
    """
    found = np.ones(len(count))
    for w, (counts, efforts) in enumerate(zip(count, effort, strict=True)):
        day = np.flatnonzero(efforts > 0)
        whole = counts[day] / efforts[day]
        if day.size < 2 or not whole.any() or np.ptp(whole) == 0:
            continue
        ratio = whole / known[day]
        left = (ratio.var() / ratio.mean() ** 2) / (whole.var() / whole.mean() ** 2)
        found[w] = min((day.size * left + PRIOR_UNEXPLAINED) / (day.size + PRIOR_UNEXPLAINED), 1.0)
    return found


def prior(
    days: Days,
    windows: int,
    settings: Settings,
    *,
    unexplained: FloatArray | None = None,
    week: tuple[FloatArray, FloatArray] | None = None,
) -> Prior:
    """The prior of one series; what other series say of the week enters as its mean and variance, (W, 7) each.

    What a known series leaves `unexplained` (W,) is also what it is taken to leave of holidays.
    """
    middle, deviation = settings.resemblance
    mean = np.zeros((windows, days.width))
    mean[:, RESEMBLANCE] = middle
    mean[:, BRIDGE] = middle
    mean[:, KNOWN], elastic = settings.elasticity
    variance = np.empty((windows, days.width))
    variance[:, WEEKDAY] = settings.weekday_deviation**2
    if week is not None:
        mean[:, WEEKDAY], variance[:, WEEKDAY] = week
    holidays = np.ones(windows) if unexplained is None else unexplained
    variance[:, HOLIDAY] = (settings.holiday_deviation * holidays) ** 2
    variance[:, RESEMBLANCE] = deviation**2
    variance[:, BRIDGE] = deviation**2
    variance[:, KNOWN] = elastic**2
    variance[:, KIND] = (settings.kind_deviation * holidays[:, None]) ** 2
    variance[:, LEVEL] = FLAT
    together = np.full((windows, windows), settings.window_correlation)
    np.fill_diagonal(together, 1.0)
    root = np.sqrt(variance)
    covariance = np.zeros((windows, days.width, windows, days.width))
    for effect in range(days.width):
        shared = np.eye(windows) if effect == LEVEL else together
        covariance[:, effect, :, effect] = shared * np.outer(root[:, effect], root[:, effect])
    size = windows * days.width
    return Prior(mean=mean, covariance=covariance.reshape(size, size))


@dataclass(frozen=True, kw_only=True)
class Usual:
    """The usual day of one series: effects (W, P), expected counts of whole windows (W, D), and their Jacobian.

    `jacobian` is d log mu / d effect, (W, D, P); `dispersion` is the variance of count / mu - 1 by window, (W,), times
    mu / mean mu; `information` the precision of the effects, prior included.
    """

    effects: FloatArray
    mu: FloatArray
    jacobian: FloatArray
    dispersion: FloatArray
    information: FloatArray
    prior: Prior

    def each_window(self) -> Iterator[Usual]:
        """The same for each window alone in which something was seen: nothing is expected in the others."""
        for window in np.flatnonzero(self.mu.any(axis=1)):
            yield replace(self, mu=np.where(np.arange(len(self.mu))[:, None] == window, self.mu, 0.0))

    @property
    def offset(self) -> FloatArray:
        """(W P,) how far the fitted effects lie from their prior mean; 0 for the levels, which have none."""
        moved = self.effects - self.prior.mean
        moved[:, LEVEL] = 0.0
        return moved.ravel()


def usual(
    count: FloatArray, effort: FloatArray, known: FloatArray | None, days: Days, before: Prior, settings: Settings
) -> Usual:
    """Fit the usual day to counts (W, D) in `effort` (W, D); mu is 0 in windows where nothing was seen."""
    base = np.zeros(days.weekday.size) if known is None else np.log(known / known.mean())
    watched = np.flatnonzero((effort > 0).any(axis=0))
    effects, information, dispersion, seen = _solved(
        count[:, watched], effort[:, watched], base[watched], days.on(watched), before, settings
    )
    mu, jacobian = _expected(effects, days, base, settings.rest_day)
    return Usual(
        effects=effects,
        mu=np.where(seen[:, None], mu, 0.0),
        jacobian=jacobian,
        dispersion=dispersion,
        information=information,
        prior=before,
    )


def _solved(
    count: FloatArray, effort: FloatArray, base: FloatArray, days: Days, before: Prior, settings: Settings
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Newton's method on the watched days: effects, their precision, dispersion, and the windows with any count."""
    windows, width = before.mean.shape
    precision = scipy.linalg.inv(before.covariance)
    total, hours = count.sum(axis=1), (effort * np.exp(base)).sum(axis=1)
    seen = total > 0
    effects = before.mean.copy()
    effects[:, LEVEL] = np.where(seen, np.log(np.maximum(total, 0.5) / np.maximum(hours, 1e-9)), -30.0)
    dispersion = np.full(windows, 0.05)
    observed = effort > 0
    lowest = effects[:, LEVEL] - 10.0
    for step in range(STEPS):
        mu, jacobian = _expected(effects, days, base, settings.rest_day)
        fitted = np.where(observed, mu * effort, 1.0)
        residual = np.where(observed, count / fitted - 1.0, 0.0)
        mean = (np.where(observed, fitted, 0.0).sum(axis=1) / np.maximum(observed.sum(axis=1), 1)).clip(1e-12)
        weight = np.where(observed & seen[:, None], fitted / mean[:, None] / dispersion[:, None], 0.0)
        information = np.zeros((windows, width, windows, width))
        score = np.zeros((windows, width))
        for w in range(windows):
            weighted = jacobian[w] * weight[w][:, None]
            information[w, :, w, :] = weighted.T @ jacobian[w]
            score[w] = weighted.T @ residual[w]
        flat = information.reshape(windows * width, -1) + precision
        moved = (effects - before.mean).copy()
        moved[:, LEVEL] = 0.0
        change = scipy.linalg.solve(flat, score.ravel() - precision @ moved.ravel(), assume_a="pos")
        change = np.clip(change, -1.0, 1.0).reshape(windows, width)
        effects = effects + change
        effects[:, LEVEL] = np.maximum(effects[:, LEVEL], lowest)
        # Quasi-likelihood dispersion; a few degrees are lost to the effects, and one observation says nothing of it.
        freedom = np.maximum(observed.sum(axis=1) - 5.0, 2.0)
        squares = (np.where(observed, fitted / mean[:, None], 0.0) * residual**2).sum(axis=1)
        dispersion = (squares + 2 * GUESS) / (freedom + 2.0)
        if step > 1 and np.abs(change).max() < 1e-4:
            break
    return effects, flat, dispersion, seen


def _expected(effects: FloatArray, days: Days, base: FloatArray, rest_day: int) -> tuple[FloatArray, FloatArray]:
    """Expected counts (W, D) and d log mu / d effects (W, D, P); a holiday takes part of the rest day's effect,
    and a bridge day part of a holiday's.
    """
    windows, width = effects.shape
    length = days.weekday.size
    week = effects[:, WEEKDAY]
    to_rest = week[:, [rest_day]] - week[:, days.weekday]  # (W, D)
    off, bridge = days.holiday.astype(float), days.bridge.astype(float)
    share, part = effects[:, [RESEMBLANCE]], effects[:, [BRIDGE]]
    dull = effects[:, [HOLIDAY]] + share * to_rest  # what a holiday of no special kind would do to this day
    ordinary = effects[:, [LEVEL]] + week[:, days.weekday] + effects[:, [KNOWN]] * base
    log = ordinary + (off + part * bridge) * dull + effects[:, KIND] @ days.kind.T
    # What a bridge day is seen to do says how far it is a holiday, never what holidays do: those terms are left out.
    jacobian = np.zeros((windows, length, width))
    jacobian[:, :, LEVEL] = 1.0
    each = np.arange(length)
    jacobian[:, each, 1 + days.weekday] = 1.0 - share * off
    jacobian[:, :, 1 + rest_day] += share * off
    jacobian[:, :, HOLIDAY] = off
    jacobian[:, :, RESEMBLANCE] = off * to_rest
    jacobian[:, :, BRIDGE] = bridge * dull
    jacobian[:, :, KNOWN] = base
    jacobian[:, :, KIND] = days.kind
    return np.exp(np.clip(log, -50.0, 50.0)), jacobian


def borrowed(fits: Sequence[Usual], settings: Settings) -> list[tuple[FloatArray, FloatArray]]:
    """What the other series say of each series' week: mean and variance, (W, 7) each, leaving that series out.

    Random-effects pooling (DerSimonian and Laird 1986, the variance between series given). Series of one sample share
    their days and so their shocks: together they weigh half of what independent series would.
    """
    own_prior = settings.weekday_deviation**2
    between = settings.weekday_deviation_between**2
    estimates, precisions = [], []
    for one in fits:
        windows, width = one.effects.shape
        variance = np.diag(scipy.linalg.inv(one.information)).reshape(windows, width)[:, WEEKDAY]
        gained = np.maximum(1.0 / variance - 1.0 / own_prior, 0.0)
        safe = np.where(gained > 0, gained, 1.0)
        # Undo the shrinkage towards 0 of the first fit, so that it is not shrunk twice.
        estimates.append(np.where(gained > 0, one.effects[:, WEEKDAY] / (variance * safe), 0.0))
        precisions.append(np.where(gained > 0, 0.5 / (1.0 / safe + between), 0.0))
    estimate, precision = np.stack(estimates), np.stack(precisions)
    found = []
    for index in range(len(fits)):
        others = np.delete(np.arange(len(fits)), index)
        information = 1.0 / own_prior + precision[others].sum(axis=0)
        mean = (precision[others] * estimate[others]).sum(axis=0) / information
        found.append((mean, np.minimum(1.0 / information + between, own_prior)))
    return found
