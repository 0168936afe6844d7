"""Two lists, and the fewest that there can be: Chapman's estimate and Chao's lower bound."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from scipy import stats

from saphan.estimate.hidden.choice import Choice
from saphan.estimate.hidden.loglinear import build, failing, fit
from saphan.estimate.hidden.model import Doubt, Lists, Population, RefusedError, Warned, lognormal

CHAPMAN = "hidden-chapman/1"
BOUND = "hidden-chao-bound/1"
FEWEST_SHARED = 7  # on both of two lists: above it Chapman's bias is below 2 per cent (Robson and Regier 1964)
SMALL_SHARE = 0.2  # of the population that was seen; below it the unseen are mostly the model's
FIRST_TWO = 2


def chapman(lists: Lists, *, level: float = 0.95) -> Population:
    """The population from two lists that do not depend on each other, by Chapman (1951).

    (n1 + 1)(n2 + 1) / (m + 1) - 1, with the variance of Seber (1970) and a log-normal interval of the unseen. Refused
    for more or fewer lists than two.
    """
    if len(lists.names) != FIRST_TWO:
        raise RefusedError(f"Chapman's estimate takes two lists, not {len(lists.names)}.", "Use `multiple_systems`.")
    overlaps = lists.overlaps
    first, second, both = float(overlaps[0, 0]), float(overlaps[1, 1]), float(overlaps[0, 1])
    value = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    seen = float(lists.counts.sum())
    low, high = lognormal(seen, value - seen, variance, _quantile(level))
    return Population(
        value=value,
        low=low,
        high=high,
        level=level,
        method=CHAPMAN,
        n=lists.n,
        lists=lists.names,
        words="Two lists, taken to be independent (Chapman, with Seber's variance).",
        warnings=doubts(lists, value),
    )


def chao(
    n: float, once: float, twice: float, *, occasions: float = math.inf, level: float = 0.95
) -> tuple[float, float, float]:
    """Chao's (1987) estimate of the fewest there can be, with its limits, from n persons of whom some were seen once
    and some twice, on so many `occasions`, all of equal reach.

    n + c once^2 / (2 twice) with c = (occasions - 1) / occasions (Chao 1989), 1 where any number could have been; with
    nobody seen twice the bias-corrected n + c once (once - 1) / 2. Of few lists, or of lists unequally large, it is no
    lower bound: use `lower_bound`. ValueError if a count is negative or there are more of them than n.
    """
    if min(n, once, twice) < 0 or once + twice > n or occasions <= 1:
        raise ValueError(f"{once} seen once and {twice} twice cannot be of {n} persons on {occasions} occasions")
    share = 1.0 if math.isinf(occasions) else (occasions - 1) / occasions
    if twice > 0:
        ratio = once / twice
        unseen = share * once * ratio / 2
        variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    else:
        unseen = share * once * (once - 1) / 2
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        variance -= share**2 * once**4 / (4 * (n + unseen)) if n + unseen > 0 else 0.0
    low, high = lognormal(n, unseen, max(variance, 0.0), _quantile(level))
    return n + unseen, low, high


def lower_bound(lists: Lists, *, level: float = 0.95) -> Population:
    """The fewest there can be, by Chao's bound for lists of unequal reach: the headline of a hidden population.

    The dark figure of a main-effects model of the persons on one list or on two. If some persons are more easily
    listed than others, on all lists alike, the truth is above it, by the inequality of Cauchy and Schwarz (Chao 1987;
    with unequal lists Rivest and Baillargeon 2007). For lists of equal size it is Chao's n + (L - 1) / L f1^2 / (2 f2),
    for two it is Lincoln and Petersen's. Lists that exclude each other break it, and are warned of. Log-normal interval
    (Chao 1987). Where nobody is on exactly two lists, Chao's bias-corrected form.
    """
    count, seen = len(lists.names), float(lists.counts.sum())
    model = build(count, lists.counts, most=FIRST_TWO)
    if failing(model) is None:
        fitted = fit(model)
        unseen = fitted.unseen
        variance = unseen + unseen**2 * float(fitted.covariance[0, 0])
        value = seen + unseen
        low, high = lognormal(seen, unseen, variance, _quantile(level))
        warnings = (*doubts(lists, value), *_excluding(lists))
    else:
        once, twice = float(lists.frequencies[0]), float(lists.frequencies[1])
        value, low, high = chao(seen, once, twice, occasions=count, level=level)
        words = "too few overlap for unequal lists: the bias-corrected form for lists of equal size is used"
        warnings = (*doubts(lists, value), Warned(doubt=Doubt.BIAS_CORRECTED, words=words))
    return Population(
        value=value,
        low=low,
        high=high,
        level=level,
        method=BOUND,
        n=lists.n,
        lists=lists.names,
        words=f"The fewest there can be, from those on one and on two of {count} lists (Chao's lower bound).",
        warnings=warnings,
        lower_bound=True,
    )


def doubts(lists: Lists, value: float) -> tuple[Warned, ...]:
    """What weakens any estimate of `value` from these lists."""
    found = []
    if len(lists.names) == FIRST_TWO:
        words = "two lists cannot show whether who is on one is more or less likely to be on the other"
        found.append(Warned(doubt=Doubt.UNCHECKED, words=words))
    shared = float(lists.counts.sum() - lists.frequencies[0])
    if shared < FEWEST_SHARED:
        words = f"only {shared:g} persons are on more than one list: the estimate rests on them alone"
        found.append(Warned(doubt=Doubt.FEW_OVERLAPS, words=words))
    overlaps = lists.overlaps
    for pair in itertools.combinations(range(len(lists.names)), 2):
        if not overlaps[pair]:
            words = f"{lists.words(pair)} share nobody: ask whether they could, and whether linkage failed"
            found.append(Warned(doubt=Doubt.EMPTY_OVERLAP, words=words))
    if lists.n < SMALL_SHARE * value:
        words = f"{lists.n} persons were seen of {value:.0f} estimated: most of the number is the model's"
        found.append(Warned(doubt=Doubt.SMALL_SHARE, words=words))
    return tuple(found)


def _excluding(lists: Lists) -> Iterator[Warned]:
    """By the model chosen stepwise: beside main effects alone, a pair that goes together makes others look apart."""
    chosen = Choice().choose(len(lists.names), lists.counts)
    if chosen is None:
        return
    for pair in chosen.model.pairs:
        if chosen.interaction(pair) < 0:
            words = f"{lists.words(pair)} share fewer than they would by chance: the bound may be too high"
            yield Warned(doubt=Doubt.EXCLUDING, words=words)


def _quantile(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2))
