"""A counted total times a share from the survey: the survey's own variance joins that of the count."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import stats

from saphan.estimate.flow.model import Estimate


def product(total: Estimate, *, share: float, standard_error: float, degrees_of_freedom: float) -> Estimate:
    """Movements of a kind that only the survey tells: T x p, with V = p^2 V(T) + T^2 V(p) (Goodman 1960).

    Count and interviews of the same weeks are taken as uncorrelated: a busy week does not by itself have another mix.
    The interval is Student's t on the logarithm, its degrees of freedom after Satterthwaite; it never exceeds the
    upper limit of the total itself. ValueError if the share lies outside 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share of {share} lies outside 0 to 1")
    value = total.value * share
    of_total, of_share = (share * total.standard_error) ** 2, (total.value * standard_error) ** 2
    error = math.sqrt(of_total + of_share)
    freedom = math.inf
    if error > 0:
        parts = ((of_total, total.degrees_of_freedom), (of_share, degrees_of_freedom))
        freedom = error**4 / max(sum(part**2 / max(degrees, 1.0) for part, degrees in parts), 1e-300)
    quantile = float(stats.t.ppf(0.5 + total.level / 2, freedom))
    if value > 0:
        reach = math.exp(quantile * math.sqrt(math.log1p((error / value) ** 2)))
        low, high = value / reach, min(value * reach, total.high)
    else:
        low, high = 0.0, min(quantile * error, total.high)
    return replace(
        total,
        value=value,
        standard_error=error,
        low=low,
        high=max(high, value),
        degrees_of_freedom=freedom,
        counted=0.0,
        extrapolated={},
        method=f"{total.method} x survey-share/1",
        words=f"{total.words} Times the share found in the survey, whose own variance is included.",
    )
