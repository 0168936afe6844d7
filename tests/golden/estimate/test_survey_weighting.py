"""Response classes and trimming against R `survey` 4.5 and sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.calibration import rake
from saphan.estimate.survey.linear import mean, total
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.weighting import adjust_response, design_effect, trim


@needs_cases
def test_trimming_equals_r() -> None:
    # trimWeights(rake(dclus1, list(~stype, ~sch.wide), ...), upper = 45, strict = TRUE)
    drawn, data = design("dclus1")
    types = Margin(name="type", of=data["stype"], classes=("E", "H", "M"), total=np.array([4421.0, 755.0, 1018.0]))
    wide = Margin(name="wide", of=data["sch.wide"], classes=("No", "Yes"), total=np.array([1072.0, 5122.0]))
    found = trim(rake(drawn, [types, wide]).sample, upper=45.0)
    case = cases()["dclus1.trim"]
    assert found.sample.weight == pytest.approx(np.array(case["w"]), rel=1e-9)
    assert found.rows == (np.array(case["w"]) == 45).sum()
    estimate = mean(found.sample, data["api00"])
    assert estimate.value[0] == pytest.approx(case["est"], rel=1e-9)
    assert estimate.standard_error[0] == pytest.approx(case["se"], rel=1e-9)


def test_trimming_by_hand() -> None:
    # 20 is cut to 8 and its 12 shared by four: 4, 4, 7 and 9. 9 is cut again and its 1 shared by three.
    weights = np.array([1.0, 1.0, 4.0, 6.0, 20.0, 0.0])
    once = trim(sample(weights), upper=8.0, strict=False)
    assert once.sample.weight == pytest.approx([4, 4, 7, 9, 8, 0])
    strict = trim(sample(weights), upper=8.0)
    assert strict.sample.weight == pytest.approx([4 + 1 / 3, 4 + 1 / 3, 7 + 1 / 3, 8, 8, 0])
    assert strict.rows == 2
    assert strict.moved == pytest.approx((12 + 2) / 32)  # from 20 to 8, and up from 6 to 8 instead of 9
    low = trim(sample(weights), lower=3.0)
    assert low.sample.weight == pytest.approx([3, 3, 3, 4.5, 18.5, 0])  # 4 is cut after its share of 4 / 3
    assert design_effect(weights) == pytest.approx(5 * (1 + 1 + 16 + 36 + 400) / 32**2)


def test_response_by_hand() -> None:
    # Class a: 2 of 3 answered, b: 2 of 4; weights 10. Answers weigh 15 and 20; the total is 15 (1 + 3) + 20 (2 + 4).
    classes = np.array(["a"] * 3 + ["b"] * 4)
    answered = np.array([True, True, False, True, True, False, False])
    values = np.array([1.0, 3.0, np.nan, 2.0, 4.0, np.nan, np.nan])
    found, response = adjust_response(sample(np.full(7, 10.0)), classes, answered, smallest=1)
    assert response.rate == {"a": pytest.approx(2 / 3), "b": pytest.approx(0.5)}
    assert found.weight.tolist() == pytest.approx([15, 15, 0, 20, 20, 0, 0])
    estimate = total(found, values)
    assert estimate.value[0] == pytest.approx(180.0)
    # Influence, class mean m: answered 15 (y - m) + 10 m, not answered 10 m; with m = 2 and 3.
    z = np.array([15 * -1 + 20, 15 * 1 + 20, 20, 20 * -1 + 30, 20 * 1 + 30, 30, 30])
    assert estimate.covariance[0, 0] == pytest.approx(7 / 6 * ((z - z.mean()) ** 2).sum())
    # Everyone is known to be of a class: its total has the variance that it has without non-response.
    full, known = sample(np.full(7, 10.0)), (classes == "a").astype(float)
    assert total(found, known).covariance[0, 0] == pytest.approx(total(full, known).covariance[0, 0])


def test_intervals_after_response_and_raking_cover() -> None:
    """400 samples of 150 from 3,000 of whom the young answer half as often, weighted by age, then to sex."""
    rng = np.random.default_rng(11)
    size, drawn = 3000, 150
    young, woman = rng.random(size) < 0.5, rng.random(size) < 0.5
    y = 10 + 5 * young + 3 * woman + rng.normal(0, 2, size)
    margin_total = np.array([woman.sum(), size - woman.sum()], dtype=float)
    held = 0
    for _ in range(400):
        rows = rng.choice(size, drawn, replace=False)
        answered = rng.random(drawn) < np.where(young[rows], 0.4, 0.8)
        first = sample(None, population=np.full(drawn, float(size)))
        second, _ = adjust_response(first, np.where(young[rows], "young", "old"), answered)
        of = np.where(woman[rows], "f", "m")
        third = rake(second, [Margin(name="sex", of=of, classes=("f", "m"), total=margin_total)]).sample
        estimate = mean(third, np.where(answered, y[rows], np.nan))
        low, high = estimate.interval()
        held += bool(low[0] <= y.mean() <= high[0])
    assert 0.92 <= held / 400 <= 0.98
