"""Shares of an invented year's interviews: their weights, what their variance knows, and when they have no interval.

`GOLDEN` holds values by method: where a share is meant to move, give `profiles.METHOD` a new version and put in what
`values()` gives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from benchmarks import persons as years
from numpy.typing import NDArray

from saphan import mission as missions
from saphan.analyse.indicators import profiles
from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.model import Result
from saphan.analyse.indicators.weighting import Weighted
from saphan.collect import rounds, simulate
from saphan.collect.forms.concepts import FormConcept
from saphan.estimate.flow import Basis
from saphan.estimate.survey.linear import mean

ASKED = years.COLUMNS | {"nationality", "nationality.state"}
Survey = Callable[[pa.Table], tuple[Flows, Weighted]]
GOLDEN: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "survey-hajek/2 raked": {
        "mmr": (0.9644334623, 0.002869398331, 0.9575592082, 0.9702288918),
        "other": (0.003703826957, 0.0009253415588, 0.002150660446, 0.006371498993),
        "stateless": (0.007590001419, 0.00149354115, 0.004935615505, 0.01165520174),
        "tha": (0.02427270931, 0.001518021668, 0.01984032473, 0.0296653317),
    },
}


@pytest.fixture(scope="module")
def told(thailand) -> tuple[Survey, pa.Table]:
    """A fieldwork, and the answers that its survey brought."""
    mission = missions.open(thailand)
    fielded = rounds.load(mission)[0]
    world = simulate.world(mission, simulate.load(mission), period=fielded.period, seed=3)
    data = years.frames(world, fielded, 3)

    def surveyed(rows: pa.Table) -> tuple[Flows, Weighted]:
        return years.surveyed(mission, fielded, {**data, FormConcept.FLOW_SURVEY: rows}, ASKED)

    return surveyed, data[FormConcept.FLOW_SURVEY]


def shares(flows: Flows, weighted: Weighted) -> dict[str, Result]:
    results = profiles.compute(flows, weighted).results
    return {one.cell["answer"]: one for one in results if one.indicator == profiles.SHARE}


def of_point(weighted: Weighted) -> NDArray[np.float64]:
    """(n, P) which point an interview is of."""
    return (weighted.interviews.point[:, None] == np.unique(weighted.interviews.point)).astype(float)


def test_weights_meet_every_counted_total(told: tuple[Survey, pa.Table]) -> None:
    survey, rows = told
    flows, weighted = survey(rows)
    assert weighted.raked.converged
    wanted = [
        flows.fit.total(flows.sampled.weights(points=(point,), direction="in")).value * share
        for point, share in zip(flows.sampled.observed.points, weighted.eligible, strict=True)
    ]
    assert weighted.weights.sum() == pytest.approx(sum(wanted))


def test_a_share_that_points_alone_make_varies_as_their_movements_do(told: tuple[Survey, pa.Table]) -> None:
    """The share p = T_i / T of one point: V(p) = g V(T) g with g = (1_i - p) / T, and no variance from interviews."""
    survey, rows = told
    flows, weighted = survey(rows)
    names = flows.sampled.observed.points
    member = of_point(weighted)
    points = np.unique(weighted.interviews.point)
    covariance = flows.fit.covariance(
        [flows.sampled.weights(points=(names[p],), direction="in") * weighted.eligible[p] for p in points]
    )
    total = weighted.weights @ member
    slope = (np.eye(points.size) - total / total.sum()) / total.sum()  # of share j by total i
    found = mean(weighted.sample, member)
    assert found.covariance == pytest.approx(slope.T @ covariance @ slope, rel=1e-6, abs=1e-15)


def values(told: tuple[Survey, pa.Table]) -> dict[str, tuple[float, float, float, float]]:
    """Value, standard error and limits of every share."""
    survey, rows = told
    found = {}
    for answer, one in shares(*survey(rows)).items():
        assert one.standard_error is not None and one.low is not None and one.high is not None
        found[answer] = (one.value, one.standard_error, one.low, one.high)
    return found


def test_values_move_only_with_the_method(told: tuple[Survey, pa.Table]) -> None:
    assert profiles.METHOD in GOLDEN, f"{profiles.METHOD} has no golden values: put in what values() gives"
    found = values(told)
    assert found.keys() == GOLDEN[profiles.METHOD].keys()
    for answer, numbers in found.items():
        assert numbers == pytest.approx(GOLDEN[profiles.METHOD][answer], rel=1e-6), answer


def test_few_interviews_give_shares_without_interval(told: tuple[Survey, pa.Table]) -> None:
    survey, rows = told
    flows, weighted = survey(rows.take(pa.array(np.arange(0, rows.num_rows, rows.num_rows // 20))))
    found = profiles.compute(flows, weighted)
    made = [one for one in found.results if one.indicator != "flow.persons"]
    assert {one.indicator for one in made} == {profiles.SHARE, "flow.movements"}
    for one in made:
        assert (one.low, one.high, one.standard_error, one.degrees_of_freedom) == (None, None, None, None)
    assert sum(one.value for one in made if one.indicator == profiles.SHARE) == pytest.approx(1.0)
    assert f"{len(made)} profiles have no interval: too few answers for one." in found.notes


def test_interviews_of_one_week_tell_how_well_the_week_is_known(told: tuple[Survey, pa.Table]) -> None:
    survey, rows = told
    dates = rows["observed_date"].to_pylist()
    month = np.array([date[:7] == "2023-05" for date in dates])
    flows, weighted = survey(rows.filter(pa.array(month)))
    assert weighted.one_week
    for one in shares(flows, weighted).values():
        assert (one.basis, one.clusters) == (Basis.MODEL, 1)
        assert one.standard_error is None or one.standard_error > 0
    day = np.array([date == dates[int(np.argmax(month))] for date in dates])
    _, lone = survey(rows.filter(pa.array(day)))
    assert lone.sample.units.count == lone.interviews.size  # of a single day, the interviews
