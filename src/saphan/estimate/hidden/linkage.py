"""What an estimate would be if linkage had missed some of those who are on several lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from saphan.estimate.hidden.bounds import lower_bound
from saphan.estimate.hidden.model import FloatArray, Lists, Population

SHARES = (0.0, 0.05, 0.1, 0.2)


@dataclass(frozen=True, kw_only=True)
class Missed:
    """An estimate if a `share` of the persons on several lists had one record that was not linked to the others.

    `seen` persons are left once the records are joined; `estimate` is None where the lists do not hold enough single
    records for so many to have been missed.
    """

    share: float
    seen: float
    estimate: Population | None


def missed_links(
    lists: Lists, shares: Sequence[float] = SHARES, *, estimator: Callable[[Lists], Population] = lower_bound
) -> tuple[Missed, ...]:
    """The estimate by share of missed links: a table that stands in for an error nobody can see in the data.

    A person on k lists appears, with chance `share`, as two: one record, each as likely, apart from the other k - 1.
    What was seen is that law applied to the truth, which is had back from the longest histories down. A missed link
    takes from the overlaps and adds to the single records, and so raises the estimate. ValueError unless every share is
    0 or more and below 1.
    """
    if any(not 0 <= share < 1 for share in shares):
        raise ValueError("a share of missed links is 0 or more and below 1")
    table = []
    for share in shares:
        counts = _joined(lists, share)
        possible = bool((counts >= 0).all())
        estimate = estimator(replace(lists, counts=counts)) if possible else None
        table.append(Missed(share=share, seen=float(counts.sum()), estimate=estimate))
    return tuple(table)


def _joined(lists: Lists, share: float) -> FloatArray:
    """(2^L - 1,) counts before a share of the histories fell in two; a single record below 0 says that cannot be.

    A history of several lists that by the law should hold more than the few it does is taken to hold none.
    """
    histories = lists.histories
    times = histories.sum(axis=1)
    powers = 2 ** np.arange(len(lists.names) - 1, -1, -1)
    counts = lists.counts.copy()
    for index in np.argsort(-times, kind="stable"):
        if times[index] < 2:
            break
        counts[index] = max(counts[index], 0.0) / (1 - share)
        fallen = share * counts[index] / times[index]
        for power in powers[histories[index]]:
            counts[power - 1] -= fallen
            counts[index - power] -= fallen  # the history of code index + 1 without that list
    return counts
