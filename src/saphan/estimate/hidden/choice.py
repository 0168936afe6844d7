"""Which pairs of lists a model lets depend on each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from saphan.estimate.hidden.loglinear import Fit, build, failing, fit
from saphan.estimate.hidden.model import FloatArray, Pair

Criterion = Literal["stepwise", "aic", "bic"]
THRESHOLD = 0.02  # found best on seven trafficking data sets and four models each (Chan, Silverman and Vincent 2021)
MOST_COMPARED = 5  # lists of which every model is compared: 1,024


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How pairs are chosen: forward by p-value below `threshold`, or the model of least AIC or BIC.

    `among` limits what a criterion compares, as the bootstrap does to the models that were best on the data.
    """

    by: Criterion = "stepwise"
    threshold: float = THRESHOLD
    among: tuple[tuple[Pair, ...], ...] | None = None

    def choose(self, lists: int, counts: FloatArray) -> Fit | None:
        """The chosen model, fitted to counts (2^L - 1,); None if no model has a finite, identifiable estimate."""
        if self.by == "stepwise":
            return _stepwise(lists, counts, self.threshold)
        for candidate in self.ranked(lists, counts):
            if failing(candidate.model) is None:
                return candidate
        return None

    def ranked(self, lists: int, counts: FloatArray) -> list[Fit]:
        """Every model that a criterion compares, best first; whether its estimate exists is not asked."""
        models = self.among if self.among is not None else _every(lists)
        fits = [fit(build(lists, counts, pairs)) for pairs in models]
        return sorted(fits, key=lambda one: one.aic if self.by == "aic" else one.bic)

    @property
    def words(self) -> str:
        """The choice in words."""
        return f"stepwise at p < {self.threshold:g}" if self.by == "stepwise" else f"by {self.by.upper()}"


def pairs_of(lists: int) -> tuple[Pair, ...]:
    """Every pair of lists."""
    return tuple(itertools.combinations(range(lists), 2))


def _every(lists: int) -> Sequence[tuple[Pair, ...]]:
    if lists > MOST_COMPARED:
        raise ValueError(f"there are too many models of {lists} lists to compare: choose stepwise")
    pairs = pairs_of(lists)
    return [chosen for size in range(len(pairs) + 1) for chosen in itertools.combinations(pairs, size)]


def _stepwise(lists: int, counts: FloatArray, threshold: float) -> Fit | None:
    """Forward from main effects, each time the pair whose overlap is least like what the model expects.

    A pair with which the estimate would not exist is passed over (Chan, Silverman and Vincent 2021, section 3.2).
    """
    model = build(lists, counts)
    if failing(model) is not None:
        return None
    best = fit(model)
    left = set(pairs_of(lists))
    while left:
        p_value = {pair: best.p_value(pair) for pair in sorted(left)}
        for pair in sorted(left, key=lambda pair: p_value[pair]):
            if p_value[pair] >= threshold:
                return best
            model = build(lists, counts, (*best.model.pairs, pair))
            if failing(model) is None:
                best = fit(model)
                left.remove(pair)
                break
        else:
            return best
    return best
