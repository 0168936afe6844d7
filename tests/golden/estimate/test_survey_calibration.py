"""Post-stratification, raking and calibration against R `survey` 4.5, to 1e-9, and sums done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.calibration import Calibrated, Residual, calibrate, post_stratify, rake
from saphan.estimate.survey.distance import Distance
from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.linear import mean, total
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.sample import Sample, sample

# model.matrix(~stype + api99): intercept, stypeH, stypeM, api99 of all 6,194 schools
TOTALS = np.array([6194.0, 755.0, 1018.0, 3914069.0])
CALIBRATIONS: dict[str, dict[str, Any]] = {
    "dclus1.cal.linear": {},
    "dclus1.cal.raking": {"distance": Distance.RAKING},
    "dclus1.cal.logit": {"distance": Distance.LOGIT, "bounds": (0.5, 2.0)},
    "dclus1.cal.linear.bounded": {"bounds": (0.4, 1.6)},
    "dstrat.cal.raking": {"distance": Distance.RAKING},
}


def types(data: dict[str, np.ndarray]) -> Margin:
    return Margin(name="type", of=data["stype"], classes=("E", "H", "M"), total=np.array([4421.0, 755.0, 1018.0]))


def wide(data: dict[str, np.ndarray]) -> Margin:
    return Margin(name="wide", of=data["sch.wide"], classes=("No", "Yes"), total=np.array([1072.0, 5122.0]))


def auxiliary(data: dict[str, np.ndarray]) -> np.ndarray:
    return np.column_stack([np.ones(len(data["stype"])), data["stype"] == "H", data["stype"] == "M", data["api99"]])


def held(found: Estimates, case: dict[str, Any]) -> None:
    assert found.value == pytest.approx(np.atleast_1d(case["est"]), rel=1e-9)
    assert found.standard_error == pytest.approx(np.atleast_1d(case["se"]), rel=1e-9)


def held_by_domain(one: Sample, data: dict[str, np.ndarray], by: str, case: dict[str, Any]) -> None:
    for place, answer in enumerate(("No", "Yes")):
        found = mean(one, data["api00"], domain=data[by] == answer)
        held(found, {key: case[key][place] for key in ("est", "se")})


@needs_cases
def test_post_stratification() -> None:
    drawn, data = design("dclus1")
    found = post_stratify(drawn, types(data))
    held(mean(found.sample, data["api00"]), cases()["dclus1.ps.mean"])
    held(total(found.sample, data["enroll"]), cases()["dclus1.ps.total"])
    held_by_domain(found.sample, data, "sch.wide", cases()["dclus1.ps.by"])


@needs_cases
def test_raking() -> None:
    drawn, data = design("dclus1")
    found = rake(drawn, [types(data), wide(data)])
    assert found.diagnostics.converged
    assert found.sample.weight == pytest.approx(np.array(cases()["dclus1.rake.weights"]["w"]), rel=1e-9)
    held(mean(found.sample, data["api00"]), cases()["dclus1.rake.mean"])
    held(total(found.sample, data["enroll"]), cases()["dclus1.rake.total"])
    held_by_domain(found.sample, data, "comp.imp", cases()["dclus1.rake.by"])


@needs_cases
@pytest.mark.parametrize("name", CALIBRATIONS)
def test_calibration(name: str) -> None:
    drawn, data = design(name.split(".")[0])
    found = calibrate(drawn, auxiliary(data), TOTALS, **CALIBRATIONS[name])
    case = cases()[name]
    assert found.diagnostics.converged
    assert found.sample.weight == pytest.approx(np.array(case["w"]), rel=1e-9)
    columns = [data["api00"], data["enroll"]]
    held(mean(found.sample, np.column_stack(columns[: np.size(case["est"])])), case)
    if "tot" in case:
        held(total(found.sample, data["enroll"]), case["tot"])


@needs_cases
def test_raking_by_cells_is_calibration_by_rows() -> None:
    # Two algorithms, fitting cells round by round and Newton's method on rows, make one estimator.
    drawn, data = design("dstrat")
    cells = rake(drawn, [types(data), wide(data)], residual=Residual.REGRESSION)
    members = np.column_stack([auxiliary(data)[:, :3], data["sch.wide"] == "Yes"])
    rows = calibrate(drawn, members, np.array([6194.0, 755.0, 1018.0, 5122.0]), distance=Distance.RAKING)
    assert cells.sample.weight == pytest.approx(rows.sample.weight, rel=1e-9)
    first, second = mean(cells.sample, data["api00"]), mean(rows.sample, data["api00"])
    assert first.standard_error == pytest.approx(second.standard_error, rel=1e-9)
    swept = mean(rake(drawn, [types(data), wide(data)]).sample, data["api00"])
    assert swept.standard_error[0] != pytest.approx(first.standard_error[0], rel=1e-6)
    assert swept.standard_error[0] == pytest.approx(first.standard_error[0], rel=0.01)


def by_hand(variance: np.ndarray | None = None) -> Calibrated:
    """Four rows of weight 1 in two classes, post-stratified to 20 and 60: weights 10 and 30."""
    margin = Margin(name="sex", of=np.array(["a", "a", "b", "b"]), classes=("a", "b"), total=np.array([20.0, 60.0]))
    if variance is not None:
        margin = Margin(name=margin.name, of=margin.of, classes=margin.classes, total=margin.total, variance=variance)
    return post_stratify(sample(np.ones(4)), margin)


VALUES = np.array([1.0, 3.0, 5.0, 9.0])


def test_post_stratification_by_hand() -> None:
    # Mean (20 x 2 + 60 x 7) / 80 = 5.75. Residuals from class means, weighted: 10 x -1, 10 x 1, 30 x -2, 30 x 2, each
    # / 80; variance n / (n - 1) = 4/3 times their squares: 4/3 x 2 x (0.125^2 + 0.75^2) = 1.541667.
    found = by_hand()
    estimate = mean(found.sample, VALUES)
    assert estimate.value[0] == pytest.approx(5.75)
    assert estimate.covariance[0, 0] == pytest.approx(4 / 3 * 2 * (0.125**2 + 0.75**2))
    assert (found.diagnostics.lowest, found.diagnostics.highest) == (10.0, 30.0)
    assert found.diagnostics.design_effect == pytest.approx(4 * 2000 / 80**2)  # n sum w^2 / (sum w)^2
    assert found.diagnostics.small == ("sex: a", "sex: b")
    assert total(found.sample, np.array([0.0, 0.0, 1.0, 1.0])).standard_error[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("way", ["post-stratified", "raked", "calibrated"])
def test_estimated_totals_add_their_variance(way: str) -> None:
    # d mean / d T_a = (2 - 5.75) / 80, d mean / d T_b = (7 - 5.75) / 80, with a covariance of 50 between them.
    variance = np.array([[100.0, 50.0], [50.0, 400.0]])
    slope = np.array([2 - 5.75, 7 - 5.75]) / 80
    known, guessed = by_hand().sample, by_hand(variance).sample
    if way == "raked":
        of = np.array(["a", "a", "b", "b"])
        margin = Margin(name="sex", of=of, classes=("a", "b"), total=np.array([20.0, 60.0]), variance=variance)
        guessed = rake(sample(np.ones(4)), [margin]).sample
    elif way == "calibrated":
        members = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
        guessed = calibrate(sample(np.ones(4)), members, np.array([20.0, 60.0]), covariance=variance).sample
    added = mean(guessed, VALUES).covariance - mean(known, VALUES).covariance
    assert added[0, 0] == pytest.approx(slope @ variance @ slope)


def test_calibration_to_a_continuous_total_by_hand() -> None:
    # Ratio-like: one auxiliary x = 1, 2, 3 of total 28, weights 1: g = 1 + x (28 - 14'th part) with b = (28 - 6) / 14.
    x = np.array([1.0, 2.0, 3.0])
    found = calibrate(sample(np.ones(3)), x, np.array([28.0]))
    assert found.sample.weight == pytest.approx(1 + x * 22 / 14)
    # y on x by least squares: (1 x 2 + 2 x 2 + 3 x 6) / 14 = 24/14; z = g (y - x 24/14); V = 3/2 sum (z - mean)^2
    y = np.array([2.0, 2.0, 6.0])
    z = found.sample.weight * (y - x * 24 / 14)
    estimate = total(found.sample, y)
    assert estimate.covariance[0, 0] == pytest.approx(1.5 * ((z - z.mean()) ** 2).sum())


def test_what_the_last_of_several_adjustments_holds_has_no_variance() -> None:
    rng = np.random.default_rng(5)
    sex, age, x = rng.choice(["f", "m"], 60), rng.choice(["o", "y"], 60), rng.gamma(4.0, 1.0, 60)
    drawn = sample(np.full(60, 20.0), clusters=np.repeat(np.arange(20), 3))
    first = post_stratify(drawn, Margin(name="sex", of=sex, classes=("f", "m"), total=np.array([700.0, 500.0]))).sample
    second = calibrate(first, np.column_stack([np.ones(60), x]), np.array([1200.0, 5000.0])).sample
    third = rake(second, [Margin(name="age", of=age, classes=("o", "y"), total=np.array([500.0, 700.0]))]).sample
    assert total(third, age == "o").standard_error[0] == pytest.approx(0.0, abs=1e-9)
    # What an earlier one held is moved by the last, but far less than without it.
    alone = rake(drawn, [Margin(name="age", of=age, classes=("o", "y"), total=np.array([500.0, 700.0]))]).sample
    assert total(third, x).standard_error[0] < 0.3 * total(alone, x).standard_error[0]
