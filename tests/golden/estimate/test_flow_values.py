"""Values of the flow estimator by version: one that moves without its version moving is an error.

When the estimator is meant to change, give it a new `VERSION`, run this file's `values()` and replace the entry.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flow_samples import DAYS, flow, sample, weeks, with_nights
from saphan.estimate.flow import VERSION, Design, FlowSample, fit

GOLDEN: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "flow-kriging/2": {
        "a week in each month": (419393.7116, 3448.928794, 412301.1746, 426645.6211),
        "one week of every four": (437820.8095, 1485.236815, 434673.6721, 440998.3877),
        "nights once a week": (541746.4273, 3687.266467, 534242.5507, 549380.2085),
        "half-watched days and holidays": (419227.5931, 3478.13251, 412104.4015, 426490.267),
        "in ratio to a known series": (419615.7874, 2037.79143, 415246.1204, 424045.3885),
        "nights, one point in ratio": (545337.4821, 1755.184064, 541505.6302, 549202.6501),
        "a few movements": (715.0202278, 15.74816163, 682.7471534, 749.305001),
    },
}


def cases() -> dict[str, FlowSample]:
    """Samples that reach every part of the estimator."""
    daily = flow(2)
    nights = with_nights(daily, np.round(0.3 * daily), weeks())
    holiday = tuple("feast" if day in (40, 100, 101, 200, 330) else None for day in range(DAYS))
    return {
        "a week in each month": sample(daily),
        "one week of every four": sample(daily, design=Design.EQUAL_CHANCE_WEEK),
        "nights once a week": nights,
        "half-watched days and holidays": replace(sample(daily, effort=0.5), holiday=holiday),
        "in ratio to a known series": replace(sample(daily), known=0.8 * np.roll(daily, 1, axis=1)),
        "nights, one point in ratio": replace(nights, known=np.where(np.arange(2)[:, None] == 0, 0.8 * daily, np.nan)),
        "a few movements": sample(np.floor(daily / 400)),
    }


def values() -> dict[str, tuple[float, float, float, float]]:
    """Value, standard error and limits of every case."""
    found = {}
    for name, given in cases().items():
        estimate = fit(given).total(np.ones(1))
        found[name] = (estimate.value, estimate.standard_error, estimate.low, estimate.high)
    return found


def test_values_move_only_with_the_version() -> None:
    assert VERSION in GOLDEN, f"{VERSION} has no golden values: put in what values() gives"
    for name, found in values().items():
        value, error, *limits = GOLDEN[VERSION][name]
        assert found[0] == pytest.approx(value, rel=1e-6), name
        # The likelihood is flat at its top: on another processor the search stops a little apart.
        assert found[1] == pytest.approx(error, rel=2e-3), name
        assert found[2:] == pytest.approx(limits, rel=1e-5), name
