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
    "flow-kriging/1": {
        "a week in each month": (419393.7116, 3448.928619, 412301.175, 426645.6207),
        "one week of every four": (437820.8095, 1485.236225, 434673.673, 440998.3868),
        "nights once a week": (541746.4273, 3687.03167, 534243.0244, 549379.7183),
        "half-watched days and holidays": (419227.5931, 3478.132664, 412104.4013, 426490.2671),
        "in ratio to a known series": (419459.83, 2303.963499, 414387.7018, 424612.9292),
        "a few movements": (715.0202278, 15.74816164, 682.7471534, 749.3050011),
    },
}


def cases() -> dict[str, FlowSample]:
    """Samples that reach every part of the estimator."""
    daily = flow(2)
    holiday = tuple("feast" if day in (40, 100, 101, 200, 330) else None for day in range(DAYS))
    return {
        "a week in each month": sample(daily),
        "one week of every four": sample(daily, design=Design.EQUAL_CHANCE_WEEK),
        "nights once a week": with_nights(daily, np.round(0.3 * daily), weeks()),
        "half-watched days and holidays": replace(sample(daily, effort=0.5), holiday=holiday),
        "in ratio to a known series": replace(sample(daily), known=0.8 * np.roll(daily, 1, axis=1)),
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
        assert found == pytest.approx(GOLDEN[VERSION][name], rel=1e-6), name
