"""Replicate variances against R `survey` 4.5, to 1e-9, against linearisation and sums done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from r_survey import cases, design, needs_cases, table
from saphan.estimate.survey.calibration import calibrate, post_stratify, rake
from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.linear import mean, ratio, total
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.resampling import Bootstrap, Kind, balanced, bootstrap, given, jackknife
from saphan.estimate.survey.sample import Sample, sample
from saphan.estimate.survey.weighting import adjust_response, trim


def held(found: Estimates, name: str) -> None:
    case = cases()[name]
    assert found.value == pytest.approx(np.atleast_1d(case["est"]), rel=1e-9)
    assert found.standard_error == pytest.approx(np.atleast_1d(case["se"]), rel=1e-9)


def margins(data: dict[str, np.ndarray]) -> list[Margin]:
    return [
        Margin(name="type", of=data["stype"], classes=("E", "H", "M"), total=np.array([4421.0, 755.0, 1018.0])),
        Margin(name="wide", of=data["sch.wide"], classes=("No", "Yes"), total=np.array([1072.0, 5122.0])),
    ]


@needs_cases
def test_jackknife() -> None:
    # as.svrepdesign(dclus1) is JK1, as.svrepdesign(dstrat) JKn, both with populations
    drawn, data = design("dclus1")
    one = jackknife(drawn)
    both = np.column_stack([data["api00"], data["enroll"]])
    held(one.mean(both), "dclus1.jk1.mean")
    held(one.total(data["enroll"]), "dclus1.jk1.total")
    held(one.ratio(data["api.stu"], data["enroll"]), "dclus1.jk1.ratio")
    drawn, data = design("dstrat")
    held(jackknife(drawn).mean(np.column_stack([data["api00"], data["enroll"]])), "dstrat.jkn.mean")


@needs_cases
def test_replicates_are_raked_again() -> None:
    drawn, data = design("dclus1")
    found = jackknife(rake(drawn, margins(data)).sample)
    held(found.mean(data["api00"]), "dclus1.jk1.rake.mean")
    assert found.total(data["stype"] == "H").standard_error[0] == pytest.approx(0.0, abs=1e-6)


@needs_cases
def test_given_weights() -> None:
    drawn, data = design("dclus1")
    case = cases()["dclus1.rwboot.mean"]
    held(given(drawn.weight, np.array(case["rep"]), Kind.BOOTSTRAP).mean(data["api00"]), "dclus1.rwboot.mean")
    factors = np.array(case["rep"]) / drawn.weight[:, None]
    held(given(drawn.weight, factors, Kind.BOOTSTRAP, combined=False).mean(data["api00"]), "dclus1.rwboot.mean")


@needs_cases
def test_half_samples() -> None:
    data = table("scd")
    drawn = sample(np.ones(6), strata=data["ESA"], clusters=data["ambulance"])
    held(ratio(drawn, data["alive"], data["arrests"]), "scd.taylor.ratio")
    held(balanced(drawn).ratio(data["alive"], data["arrests"]), "scd.brr.ratio")
    held(balanced(drawn, fay=0.3).ratio(data["alive"], data["arrests"]), "scd.fay.ratio")


def invented(strata: int = 6, per: int = 2, *, population: float | None = None, rows: int = 5) -> tuple[Sample, Any]:
    rng = np.random.default_rng(3)
    count = strata * per * rows
    stratum, cluster = np.repeat(np.arange(strata), per * rows), np.repeat(np.arange(strata * per), rows)
    data = {
        "y": rng.gamma(3.0, 10.0, count) + 5 * rng.normal(size=strata * per)[cluster],
        "x": rng.gamma(4.0, 5.0, count),
        "sex": rng.choice(["f", "m"], count),
        "age": rng.choice(["o", "y"], count),
        "place": rng.choice(["p", "q", "r"], count),
    }
    weights = rng.uniform(1, 3, count)
    of_stratum = None if population is None else np.full(count, population)
    return sample(weights, strata=stratum, clusters=cluster, population=of_stratum), data


@pytest.mark.parametrize("population", [None, 8.0])
def test_replicates_of_totals_equal_linearisation(population: float | None) -> None:
    # A total is linear: leaving out each unit, or balanced halves of it, gives the linearised variance exactly.
    drawn, data = invented(population=population)
    wanted = total(drawn, data["y"])
    found = jackknife(drawn, mse=True).total(data["y"])
    assert found.value == pytest.approx(wanted.value)
    assert found.covariance == pytest.approx(wanted.covariance)
    assert found.degrees == pytest.approx(wanted.degrees)
    replaced, _ = invented()
    for fay in (0.0, 0.4):
        halves = balanced(replaced, fay=fay).total(data["y"])
        assert halves.covariance == pytest.approx(total(replaced, data["y"]).covariance)


@pytest.mark.parametrize("population", [None, 8.0])
@pytest.mark.parametrize("how", list(Bootstrap))
def test_bootstraps_come_near_linearisation(how: Bootstrap, population: float | None) -> None:
    drawn, data = invented(per=4, population=population)
    found = bootstrap(drawn, 4000, np.random.default_rng(1), how=how).total(data["y"])
    # Drawn without replacement from N units, the variance has N - 1 below: Canty and Davison's is N / (N - 1) as large.
    over = (8 / 7) ** 0.5 if how is Bootstrap.CANTY_DAVISON and population else 1.0
    assert found.standard_error[0] == pytest.approx(over * total(drawn, data["y"]).standard_error[0], rel=0.03)


def test_jackknife_by_hand() -> None:
    # Mean of 1, 2, 6 is 3; leaving each out 4, 3.5, 1.5, of mean 3: (n - 1) / n (1 + 0.25 + 2.25) = 7/3.
    found = jackknife(sample(np.ones(3))).mean(np.array([1.0, 2.0, 6.0]))
    assert (found.value[0], found.covariance[0, 0]) == (pytest.approx(3.0), pytest.approx(7 / 3))
    assert (found.degrees[0], found.n[0], found.method) == (2, 3, "jk1/1")


def chain(drawn: Sample, data: Any, weight: np.ndarray) -> Sample:
    """Response, post-stratification, calibration, raking, one after the other, from other first weights."""
    adjusted, _ = adjust_response(
        Sample(weight=weight, unit=drawn.unit, units=drawn.units), data["place"], data["answered"], smallest=1
    )
    sex = Margin(name="sex", of=data["sex"], classes=("f", "m"), total=np.array([70.0, 60.0]))
    age = Margin(name="age", of=data["age"], classes=("o", "y"), total=np.array([50.0, 80.0]))
    first = post_stratify(adjusted, sex).sample
    second = calibrate(first, np.column_stack([np.ones(drawn.size), data["x"]]), np.array([130.0, 2600.0])).sample
    return rake(second, [sex, age]).sample


def test_every_adjustment_is_done_again_in_every_replicate() -> None:
    drawn, data = invented()
    data["answered"] = np.random.default_rng(8).random(drawn.size) < 0.7
    done = chain(drawn, data, drawn.weight)
    found = jackknife(done)
    assert found.count == 12
    for place in range(found.count):
        left = np.where(drawn.unit == place, 0.0, np.where(drawn.unit // 2 == place // 2, 2.0, 1.0)) * drawn.weight
        assert found.weights(place) == pytest.approx(chain(drawn, data, left).weight, rel=1e-8)
    # and the linearised variance of the same chain is near
    linear = mean(done, data["y"])
    again = found.mean(data["y"])
    assert again.value == pytest.approx(linear.value)
    assert again.standard_error == pytest.approx(linear.standard_error, rel=0.25)


def test_trimming_keeps_its_factors_in_replicates() -> None:
    drawn, data = invented()
    cut = trim(drawn, upper=2.5).sample
    found = jackknife(cut)
    assert found.weight == pytest.approx(cut.weight)
    assert found.weights(0)[drawn.unit > 1] == pytest.approx(cut.weight[drawn.unit > 1])
    assert found.total(data["y"]).standard_error == pytest.approx(total(cut, data["y"]).standard_error)


def test_tables_by_domain_equal_one_domain_at_a_time() -> None:
    drawn, data = invented()
    data["y"][::7] = np.nan
    made = jackknife(rake(drawn, [Margin(name="s", of=data["sex"], classes=("f", "m"), total=np.ones(2) * 50)]).sample)
    columns = np.column_stack([data["y"], data["x"]])
    whole = made.mean(columns, by=data["place"], names=("y", "x"))
    assert whole.names == ("p y", "p x", "q y", "q x", "r y", "r x")
    for place, name in enumerate("pqr"):
        single = made.mean(columns, domain=data["place"] == name, names=("y", "x"))
        pick = slice(2 * place, 2 * place + 2)
        assert whole.value[pick] == pytest.approx(single.value)
        assert whole.covariance[pick, pick] == pytest.approx(single.covariance)
        assert whole.degrees[pick] == pytest.approx(single.degrees)
        assert whole.n[pick].tolist() == single.n.tolist()
        linear = mean(drawn, columns, domain=data["place"] == name)
        assert single.degrees == pytest.approx(linear.degrees)
        assert single.n.tolist() == linear.n.tolist()
    free = made.statistic(lambda w: np.array([w @ np.nan_to_num(data["y"]) / w[np.isfinite(data["y"])].sum()]))
    assert free.standard_error == pytest.approx(made.mean(data["y"]).standard_error)


def test_a_thousand_replicates_of_a_large_table_are_one_product() -> None:
    # 20 variables by 51 domains over 400 units: from sums, as an engine would give them.
    rng = np.random.default_rng(4)
    unit = np.arange(400)
    made = bootstrap(sample(np.ones(400), strata=unit // 10, clusters=unit), 1000, rng)
    sums = rng.gamma(2.0, 1.0, (400, 2 * 20 * 51))
    size = sums.shape[1] // 2
    names = tuple(map(str, range(size)))
    found = made.of_sums(
        sums, lambda t: t[:, :size] / t[:, size:], names=names, degrees=np.full(size, 360.0), n=np.full(size, 400)
    )
    first = ratio(sample(np.ones(400), strata=unit // 10, clusters=unit), sums[:, 7], sums[:, size + 7])
    assert found.value[7] == pytest.approx(first.value[0])
    assert found.standard_error[7] == pytest.approx(first.standard_error[0], rel=0.15)
