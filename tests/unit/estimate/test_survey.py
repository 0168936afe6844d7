"""Shares, weights and persons, against R's survey package and sums done by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from saphan.estimate.survey import Margin, calibrate, nonresponse_weights, persons, sensitivity, share

R_FPC = (1 - 15 / 757) ** 0.5  # R's dclus1 has a finite population correction: 15 of 757 districts


@pytest.fixture
def clusters(shared_data: Path) -> dict[str, np.ndarray]:
    """The one-stage cluster sample of R's survey package."""
    with (shared_data / "r-survey" / "apiclus1.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([row[name] for row in rows]) for name in ("stype", "sch.wide", "api00", "dnum", "pw")}


@pytest.fixture
def cases(shared_data: Path) -> dict[str, dict[str, list[float]]]:
    """What R's survey 4.5 says."""
    found: dict[str, dict[str, list[float]]] = json.loads((shared_data / "r-survey" / "cases.json").read_text())
    return found


def test_means_and_shares_equal_r(clusters: dict[str, np.ndarray], cases: dict[str, dict[str, list[float]]]) -> None:
    # svymean(~api00 + ... + stype, svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc))
    one = np.zeros(len(clusters["pw"]))
    weights = clusters["pw"].astype(float)
    mean = share(clusters["api00"].astype(float), weights, one, clusters["dnum"])
    wanted = cases["dclus1.mean.multi"]
    assert mean.value == pytest.approx(wanted["est"][0], rel=1e-9)
    assert mean.standard_error * R_FPC == pytest.approx(wanted["se"][0], rel=1e-9)
    assert mean.degrees_of_freedom == 14
    for position, kind in enumerate("EHM", start=3):
        found = share((clusters["stype"] == kind).astype(float), weights, one, clusters["dnum"])
        assert found.value == pytest.approx(wanted["est"][position], rel=1e-9)
        assert found.standard_error * R_FPC == pytest.approx(wanted["se"][position], rel=1e-9)


def test_domains_equal_r(clusters: dict[str, np.ndarray], cases: dict[str, dict[str, list[float]]]) -> None:
    # svyby(~api00, ~stype, dclus1, svymean): clusters without the domain count as zero.
    wanted = cases["dclus1.by.stype.mean"]
    for position, kind in enumerate("EHM"):
        found = share(
            clusters["api00"].astype(float),
            clusters["pw"].astype(float),
            np.zeros(len(clusters["pw"])),
            clusters["dnum"],
            domain=clusters["stype"] == kind,
        )
        assert found.value == pytest.approx(wanted["est"][position], rel=1e-9)
        assert found.standard_error * R_FPC == pytest.approx(wanted["se"][position], rel=1e-9)


def test_raking_equals_r(clusters: dict[str, np.ndarray], cases: dict[str, dict[str, list[float]]]) -> None:
    # rake(dclus1, list(~stype, ~sch.wide), list(pop.types, pop.schwide))
    margins = [
        Margin(name="type", of=clusters["stype"], classes=("E", "H", "M"), total=np.array([4421.0, 755.0, 1018.0])),
        Margin(name="wide", of=clusters["sch.wide"], classes=("No", "Yes"), total=np.array([1072.0, 5122.0])),
    ]
    raked = calibrate(clusters["pw"].astype(float), margins)
    assert raked.converged
    assert raked.weight == pytest.approx(np.array(cases["dclus1.rake.weights"]["w"]), rel=1e-6)
    mean = share(
        clusters["api00"].astype(float),
        raked.weight,
        np.zeros(len(raked.weight)),
        clusters["dnum"],
        calibration=raked,
    )
    wanted = cases["dclus1.rake.mean"]
    assert mean.value == pytest.approx(wanted["est"], rel=1e-6)
    # R sweeps residuals over one margin after the other; ours are least squares on all of them.
    assert mean.standard_error * R_FPC == pytest.approx(wanted["se"], rel=0.02)


def test_a_share_and_its_interval_by_hand() -> None:
    # Two strata of three units; z_i = w (y - p) / sum w, summed by unit, n / (n - 1) times squares about the mean.
    values = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0], dtype=float)
    weights = np.array([1, 1, 2, 2, 1, 1, 3, 3, 1, 1, 2, 2], dtype=float)
    stratum, unit = np.repeat([0, 1], 6), np.repeat(np.arange(6), 2)
    found = share(values, weights, stratum, unit)
    p = (weights @ values) / weights.sum()
    z = np.bincount(unit, weights * (values - p) / weights.sum()).reshape(2, 3)
    variance = (1.5 * ((z - z.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)).sum()
    assert (found.value, found.standard_error) == pytest.approx((p, variance**0.5))
    assert found.degrees_of_freedom == 4
    logit = np.log(p / (1 - p)) + np.array([-1, 1]) * stats.t.ppf(0.975, 4) * variance**0.5 / (p * (1 - p))
    assert (found.low, found.high) == pytest.approx(tuple(1 / (1 + np.exp(-logit))))


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_unanimous_answers_still_have_an_interval(answer: float) -> None:
    found = share(np.full(30, answer), np.ones(30), np.zeros(30), np.repeat(np.arange(6), 5))
    assert found.value == answer
    assert found.high - found.low == pytest.approx(1 - 0.025 ** (1 / 30))


def test_answers_not_given_leave_the_domain() -> None:
    values = np.array([1.0, np.nan, 0.0, 1.0])
    found = share(values, np.ones(4), np.zeros(4), np.arange(4))
    assert (found.n, found.value) == (3, pytest.approx(2 / 3))
    with pytest.raises(ValueError, match="no answer"):
        share(np.full(4, np.nan), np.ones(4), np.zeros(4), np.arange(4))


def test_those_who_answered_stand_for_their_class() -> None:
    of = np.repeat(["woman", "man", "child"], [40, 40, 3])
    answered = np.r_[np.arange(40) < 20, np.arange(40) < 10, [True, False, False]]
    response = nonresponse_weights(of, answered, np.ones(83))
    assert response.rate == {"man": 0.25, "woman": pytest.approx(21 / 43), "child": pytest.approx(21 / 43)}
    assert response.pooled == ("child",)
    assert response.weight[(of == "man") & answered].sum() == pytest.approx(40)
    assert response.weight[(of != "man") & answered].sum() == pytest.approx(43)
    assert not response.weight[~answered].any()
    with pytest.raises(ValueError, match="nobody answered"):
        nonresponse_weights(of, np.zeros(83, dtype=bool), np.ones(83))


def test_margins_that_contradict_each_other_are_reported() -> None:
    of = np.repeat(["a", "b"], 20)
    margins = [
        Margin(name="first", of=of, classes=("a", "b"), total=np.array([10.0, 30.0])),
        Margin(name="second", of=of, classes=("a", "b"), total=np.array([30.0, 10.0])),
    ]
    found = calibrate(np.ones(40), margins)
    assert not found.converged
    assert found.worst > 0.5


def test_small_classes_are_left_alone_and_named() -> None:
    of = np.array(["a"] * 30 + ["b"] * 3)
    found = calibrate(np.ones(33), [Margin(name="point", of=of, classes=("a", "b"), total=np.array([60.0, 90.0]))])
    assert found.small == ("point: b",)
    assert found.weight[of == "b"].tolist() == [1.0] * 3
    assert found.weight[of == "a"].sum() == pytest.approx(60)


def test_uncertain_totals_widen_a_calibrated_share() -> None:
    of = np.repeat(["a", "b"], 40)
    values = np.r_[np.arange(40) % 10 < 7, np.arange(40) % 10 < 2].astype(float)
    unit = np.tile(np.arange(8), 10)
    errors = []
    for variance in (None, np.diag([900.0, 900.0])):
        margin = Margin(name="point", of=of, classes=("a", "b"), total=np.array([300.0, 100.0]), variance=variance)
        raked = calibrate(np.ones(80), [margin])
        errors.append(share(values, raked.weight, np.zeros(80), unit, calibration=raked).standard_error)
    # d p / d T_a = (p_a - p) / T = 0.125 / 400 and d p / d T_b = -0.375 / 400
    assert errors[1] ** 2 - errors[0] ** 2 == pytest.approx(900 * (0.125**2 + 0.375**2) / 400**2, rel=1e-6)


def weeks_alike(crossings: float, months: int) -> dict[str, Any]:
    """A year of months in which everybody met has crossed equally often, seven interviews on seven days of each."""
    month = np.repeat(np.arange(months), 7)
    return {
        "crossings": np.full(month.size, crossings),
        "weights": np.ones(month.size),
        "month": month,
        "day": month * 30 + np.tile(np.arange(7), months),
        "days": [30] * months,
        "smallest": 7,
    }


def test_who_crosses_often_counts_as_one_person() -> None:
    # One person who crosses 30 times in 30 days and thirty who cross once are met in equal numbers.
    given = {**weeks_alike(1.0, 1), "crossings": np.array([30.0, 1.0] * 3 + [np.nan]), "smallest": 6}
    found = persons(**given)
    assert found.by_month[0].value == pytest.approx((1 / 30 + 1) / 2)
    assert found.by_month[0].n == 6
    assert persons(**{**given, "smallest": 7}).by_month == {}
    with pytest.raises(ValueError, match="at least once"):
        persons(**{**given, "crossings": np.zeros(7)})


@pytest.mark.parametrize("days", [28, 30, 31])
def test_who_crossed_once_is_one_person_however_long_the_month(days: int) -> None:
    assert persons(**{**weeks_alike(1.0, 1), "days": [days]}).by_month[0].value == 1
    # Of 16 crossings in 30 days, 15 are others, spread over the days.
    often = persons(**{**weeks_alike(16.0, 1), "days": [days]}).by_month[0].value
    assert often == pytest.approx(1 / (1 + 15 * days / 30))


@pytest.mark.parametrize("other", [2.0, 2.1, 4.0])
def test_the_spread_of_weeks_is_that_of_neighbouring_months_raised_to_what_is_assumed(other: float) -> None:
    # By hand: logarithms alternate by d, so the mean square of successive differences is d^2, half of it each week's.
    told = np.where(np.arange(12 * 7) // 7 % 2 == 0, 2.0, other)
    found = persons(**{**weeks_alike(1.0, 12), "crossings": told})
    weight = 4 / (4 + 2 * 11**2 / (3 * 12 - 4))
    own = np.log(other / 2.0) ** 2 / 2
    assert found.assumed == pytest.approx(weight)
    assert found.between**2 == pytest.approx(max(own, weight * 0.05**2 + (1 - weight) * own))
    month = found.by_month[3]
    assert month.standard_error == pytest.approx(month.value * found.between)  # nobody in a week differs from another
    assert month.value - month.low < month.high - month.value  # on the logarithm


def test_a_month_alone_rests_on_what_is_assumed_and_is_wider() -> None:
    alone, among = persons(**weeks_alike(2.0, 1)), persons(**weeks_alike(2.0, 12))
    assert (alone.assumed, alone.between) == (1.0, 0.05)
    assert alone.by_month[0].degrees_of_freedom == pytest.approx(4)
    assert among.between < alone.between
    assert alone.by_month[0].high > among.by_month[0].high


def test_intervals_of_persons_cover_where_weeks_differ_from_their_months() -> None:
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(60):
        months, size = 12, 210
        frequent = 0.5 + np.repeat(rng.normal(0, 0.08, months), size)  # the week's share; the month's is a half
        given = {
            "crossings": np.where(rng.random(months * size) < frequent, 20.0, 1.0),
            "weights": rng.uniform(0.5, 1.5, months * size),
            "month": np.repeat(np.arange(months), size),
            "day": np.repeat(np.arange(months), size) * 30 + np.tile(np.repeat(np.arange(7), size // 7), months),
        }
        truth = (1 + 1 / 20) / 2
        found = persons(**given, days=[30] * months)
        covered.append([one.low <= truth <= one.high for one in found.by_month.values()])
    assert 0.93 < np.mean(covered) < 0.98


def test_sensitivity_undoes_a_known_refusal() -> None:
    truth, ratio = 0.3, 0.5
    seen = truth * ratio / (truth * ratio + 1 - truth)
    table = sensitivity(seen, [1.0, ratio])
    assert table == {1.0: pytest.approx(seen), ratio: pytest.approx(truth)}
