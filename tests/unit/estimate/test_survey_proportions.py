"""What a proportion refuses, and what the presentation standard says."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.proportions import Evidence, ProportionInterval, Verdict, limits, proportion, reliability
from saphan.estimate.survey.sample import sample


def evidence(value: float, n: int, *, effective: float | None = None, degrees: float = 60) -> Evidence:
    size = n if effective is None else effective
    return Evidence(
        value=value,
        standard_error=(value * (1 - value) / size) ** 0.5,
        n=n,
        effective_n=size,
        weight_n=n,
        degrees=degrees,
    )


@pytest.mark.parametrize(
    ("given", "verdict", "why"),
    [
        (evidence(0.4, 29), Verdict.SUPPRESS, "fewer than 30"),
        (evidence(0.4, 200, effective=25), Verdict.SUPPRESS, "effective n = 25.0"),
        (evidence(0.5, 40), Verdict.SUPPRESS, "wide: 0.30 or more"),
        (evidence(0.05, 100), Verdict.SUPPRESS, "of the proportion"),
        (evidence(0.4, 400), Verdict.SHOW, ""),
        (evidence(0.005, 2000), Verdict.SHOW, ""),  # relative width 150 per cent, but narrower than 0.05
        (evidence(0.4, 400, degrees=7), Verdict.REVIEW, "7 degrees of freedom"),
        (evidence(0.0, 100), Verdict.REVIEW, "alike"),
        (evidence(0.0, 20), Verdict.SUPPRESS, "fewer than 30"),
    ],
)
def test_presentation_standard(given: Evidence, verdict: Verdict, why: str) -> None:
    found = reliability(given)
    assert found.verdict is verdict
    assert why in "; ".join(found.reasons)
    assert found.standard == "nchs-2017"


@pytest.mark.parametrize("interval", ["logit", "xlogit", "asin", "mean"])
def test_no_interval_without_width(interval: str) -> None:
    with pytest.raises(ValueError, match=r"all 12 answers are alike.*wilson"):
        proportion(sample(np.ones(12)), np.zeros(12), interval=ProportionInterval(interval))


@pytest.mark.parametrize("interval", ["wilson", "wilson-kish", "beta", "likelihood", "korn-graubard"])
def test_nobody_and_everybody_mirror(interval: str) -> None:
    nobody = proportion(sample(np.ones(12)), np.zeros(12), interval=ProportionInterval(interval))
    everybody = proportion(sample(np.ones(12)), np.ones(12), interval=ProportionInterval(interval))
    assert nobody.low == 0
    assert 0.1 < nobody.high < 0.4
    assert (everybody.low, everybody.high) == pytest.approx((1 - nobody.high, 1.0), abs=1e-12)


def test_a_census_has_no_width() -> None:
    whole = sample(np.ones(10), population=np.full(10, 10.0), basis=SamplingBasis.CENSUS)
    found = proportion(whole, np.repeat([1.0, 0.0], 5))
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)


def test_the_ceiling_of_effective_n_allows_for_the_fraction_drawn() -> None:
    half = sample(None, population=np.full(50, 100.0))
    found = proportion(half, np.repeat([1.0, 0.0], 25))
    assert found.evidence.weight_n == pytest.approx(100)  # 50 / (1 - 0.5)
    assert found.evidence.effective_n == pytest.approx(98)  # 49 / (1 - 0.5)


def test_limits_never_cross_nor_leave_the_unit_interval() -> None:
    for interval in ProportionInterval:
        if interval is ProportionInterval.MEAN:
            continue
        for value in (0.01, 0.5, 0.99):
            low, high = limits(evidence(value, 5, degrees=2), interval)
            assert 0 <= low <= value <= high <= 1, interval


def test_refusals() -> None:
    few = sample(np.ones(3))
    with pytest.raises(ValueError, match="row 1 is 2: a proportion is of values 0 and 1"):
        proportion(few, np.array([0.0, 2.0, 1.0]))
    with pytest.raises(ValueError, match="nobody in the domain"):
        proportion(few, np.full(3, np.nan))
    with pytest.raises(ValueError, match="one column"):
        proportion(few, np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"give 0\.95"):
        proportion(few, np.array([0.0, 1.0, 1.0]), level=95)
    with pytest.raises(NotByChanceError, match="quota"):
        proportion(sample(np.ones(3), basis=SamplingBasis.QUOTA, model="cells"), np.array([0.0, 1.0, 1.0]))
