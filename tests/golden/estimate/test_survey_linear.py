"""Totals, means and ratios against R `survey` 4.5, to 1e-9."""

from __future__ import annotations

import numpy as np
import pytest

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.linear import mean, ratio, total

DESIGNS = ("dsrs", "dstrat", "dclus1")
pytestmark = needs_cases


def held(found: Estimates, name: str) -> None:
    """Values and standard errors are those of the case."""
    case = cases()[name]
    assert found.value == pytest.approx(np.atleast_1d(case["est"]), rel=1e-9), name
    assert found.standard_error == pytest.approx(np.atleast_1d(case["se"]), rel=1e-9), name


@pytest.mark.parametrize("name", DESIGNS)
def test_whole_sample(name: str) -> None:
    sample, data = design(name)
    kinds = np.stack([data["stype"] == kind for kind in "EHM"], axis=1).astype(float)
    several = np.column_stack([data["api00"], data["api99"], data["enroll"], kinds])
    held(mean(sample, data["api00"]), f"{name}.mean.api00")
    held(mean(sample, several), f"{name}.mean.multi")
    held(total(sample, data["enroll"]), f"{name}.total.enroll")
    held(total(sample, kinds), f"{name}.total.stype")
    held(ratio(sample, data["api.stu"], data["enroll"]), f"{name}.ratio")
    assert sample.degrees() == cases()[f"{name}.degf"]["df"]


@pytest.mark.parametrize("name", DESIGNS)
def test_domains_keep_the_whole_design(name: str) -> None:
    sample, data = design(name)
    for estimator, column, case in (("mean", "api00", "by.stype.mean"), ("total", "enroll", "by.stype.total")):
        expected = cases()[f"{name}.{case}"]
        for place, kind in enumerate(expected["names"]):
            estimate = {"mean": mean, "total": total}[estimator](sample, data[column], domain=data["stype"] == kind)
            assert estimate.value[0] == pytest.approx(expected["est"][place], rel=1e-9)
            assert estimate.standard_error[0] == pytest.approx(expected["se"][place], rel=1e-9)


def test_two_stages() -> None:
    sample, data = design("mu284")
    held(total(sample, data["y1"]), "mu284.total")
    held(mean(sample, data["y1"]), "mu284.mean")
