"""Multiple-systems estimation: three lists or more, with an interval that knows the model was chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import special, stats

from saphan.estimate.hidden.bounds import doubts, lower_bound
from saphan.estimate.hidden.choice import Choice
from saphan.estimate.hidden.model import Doubt, FloatArray, Lists, Population, RefusedError, Warned

METHOD = "hidden-multiple-systems/1"
FEWEST_LISTS = 3
SAMPLES = 1000
MOST_AMONG = 50  # models a criterion compares in each bootstrap sample: the best of the data (Silverman et al. 2024)
CLEARLY_BELOW = 0.95  # of the lower bound; nearer to it the two differ by chance

Estimator = Callable[[FloatArray], float]


def multiple_systems(
    lists: Lists, *, seed: int, choice: Choice | None = None, samples: int = SAMPLES, level: float = 0.95
) -> Population:
    """The population from three lists or more, by the log-linear model that `choice` makes, stepwise unless given.

    The interval is the BCa bootstrap (Efron 1987; DiCiccio and Efron 1996): each of `samples` populations of the
    estimated size is listed anew, multinomially, the unseen among them, and its model chosen anew (Chan, Silverman and
    Vincent 2021, who hold the number seen fixed; letting it vary, as Norris and Pollock 1996, covers better). A sample
    without an estimate counts as beyond all others. The model knows how lists depend on each other, not how persons
    differ: where some are more easily listed than others the estimate is too low, and the interval does not say so.
    Equal seeds give equal limits. Refused for fewer than three lists, for a list that is empty or shares nobody with
    any other, and where no model has an estimate.
    """
    _require(lists)
    chosen = choice or Choice()
    count = len(lists.names)
    fitted = chosen.choose(count, lists.counts)
    if fitted is None:
        raise RefusedError(
            "The overlaps are too sparse: the likelihood of every model rises without end.",
            "Combine lists of one kind, or give the lower bound alone.",
        )
    if chosen.by != "stepwise" and chosen.among is None:
        best = chosen.ranked(count, lists.counts)[:MOST_AMONG]
        chosen = replace(chosen, among=tuple(one.model.pairs for one in best))
    value = lists.counts.sum() + fitted.unseen
    estimator = _estimator(count, chosen)
    drawn = _drawn(lists, fitted.unseen, estimator, samples, seed)
    low, high = _bca(drawn, float(value), _acceleration(lists, estimator), level)
    warnings = list(doubts(lists, float(value)))
    bound = lower_bound(lists).value
    if value < CLEARLY_BELOW * bound:
        words = f"the lower bound is {bound:.0f}: some persons are more easily listed, or some lists exclude each other"
        warnings.append(Warned(doubt=Doubt.BELOW_BOUND, words=words))
    if not np.isfinite(high):
        words = f"so many of the {samples} samples had no estimate that there is no upper limit"
        warnings.append(Warned(doubt=Doubt.UNBOUNDED, words=words))
    interactions = tuple((lists.names[first], lists.names[second]) for first, second in fitted.model.pairs)
    let = ", ".join(" with ".join(pair) for pair in interactions) or "none"
    return Population(
        value=float(value),
        low=max(low, float(lists.n)),
        high=high,
        level=level,
        method=METHOD,
        n=lists.n,
        lists=lists.names,
        words=f"Log-linear model of {count} lists; pairs let depend on each other, chosen {chosen.words}: {let}. "
        f"Interval from {samples} samples, the model chosen anew in each.",
        warnings=tuple(warnings),
        interactions=interactions,
    )


def _require(lists: Lists) -> None:
    if len(lists.names) < FEWEST_LISTS:
        raise RefusedError(
            f"Multiple-systems estimation needs {FEWEST_LISTS} lists; there are {len(lists.names)}.",
            "Find a third list, or give the lower bound; `chapman` only if the two are known to be independent.",
        )
    sizes = np.diag(lists.overlaps)
    shared = lists.overlaps - np.diag(sizes)
    for index, name in enumerate(lists.names):
        if not sizes[index]:
            raise RefusedError(f"Nobody is on {name}.", "Leave the list out.")
        if not shared[index].any():
            raise RefusedError(
                f"{name} shares nobody with any other list: nothing tells what part of the population it reaches.",
                "Look again for links; if there are none, combine the list with another or leave it out.",
            )


def _estimator(count: int, choice: Choice) -> Estimator:
    def estimate(counts: FloatArray) -> float:
        fitted = choice.choose(count, counts) if counts.any() else None
        return float(counts.sum()) + (fitted.unseen if fitted is not None else np.inf)

    return estimate


def _drawn(lists: Lists, unseen: float, estimator: Estimator, samples: int, seed: int) -> FloatArray:
    """(samples,) estimates of populations listed anew."""
    rng = np.random.default_rng(seed)
    cells = np.append(lists.counts, unseen)
    listed = rng.multinomial(round(float(cells.sum())), cells / cells.sum(), size=samples)[:, :-1]
    return np.array([estimator(counts.astype(np.float64)) for counts in listed])


def _acceleration(lists: Lists, estimator: Estimator) -> float:
    """Of the BCa interval, by leaving out one person of each history, counted as often as the history was seen."""
    present = np.flatnonzero(lists.counts)
    without = np.array([estimator(lists.counts - (np.arange(lists.counts.size) == index)) for index in present])
    weight = lists.counts[present]
    if not np.isfinite(without).all():
        return 0.0  # one person more or less decides whether there is an estimate: leave the interval bias-corrected
    apart = float(weight @ without / weight.sum()) - without
    spread = float(weight @ apart**2)
    return float(weight @ apart**3) / (6 * spread**1.5) if spread > 0 else 0.0


def _bca(drawn: FloatArray, value: float, acceleration: float, level: float) -> tuple[float, float]:
    below = (np.count_nonzero(drawn < value) + np.count_nonzero(drawn == value) / 2) / drawn.size
    shift = float(special.ndtri(np.clip(below, 0.5 / drawn.size, 1 - 0.5 / drawn.size)))
    ordered = np.sort(drawn)
    limits = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        reach = shift + float(stats.norm.ppf(tail))
        share = float(special.ndtr(shift + reach / (1 - acceleration * reach)))
        limits.append(float(ordered[round(share * (drawn.size - 1))]))
    return limits[0], limits[1]
