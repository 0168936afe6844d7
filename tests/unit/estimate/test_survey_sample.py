"""What a sample in memory refuses, and how it says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from saphan.estimate.survey import linear
from saphan.estimate.survey.proportions import proportion
from saphan.estimate.survey.quantiles import quantiles
from saphan.estimate.survey.regression import linear as regress
from saphan.estimate.survey.sample import Sample, sample
from saphan.estimate.survey.tables import compare_means, independence
from saphan.estimate.survey.variances import Reference, design_effects

VALUES = np.arange(6.0)
GROUP = np.tile([0.0, 1.0], 3)
ODD = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([1.0, 0.0, np.nan], "row 2 has weight nan: weights are finite numbers of 0 or more"),
        ([1.0, -2.0, 1.0], "row 1 has weight -2: weights are finite"),
        ([np.inf, 1.0, 1.0], "row 0 has weight inf: weights are finite"),
        ([0.0, 0.0, 0.0], "all 3 weights are 0, so nobody stands for anyone: give those who answered"),
        ([], r"shape \(0,\): give one to each row, of one row or more"),
        ([[1.0], [1.0]], r"shape \(2, 1\): give one to each row"),
    ],
)
def test_weights(weight: list[Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sample(np.array(weight))


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"strata": np.ones(5)}, r"stage 1: the strata have shape \(5,\) for 6 rows: give each row one"),
        ({"clusters": [np.arange(6), np.arange(7)]}, r"stage 2: the clusters have shape \(7,\) for 6 rows"),
        ({"population": np.full(4, 9.0)}, r"stage 1: the populations have shape \(4,\) for 6 rows"),
        ({"population": 100.0}, r"stage 1: the populations have shape \(\) for 6 rows"),
        ({"strata": np.array([1, 1, np.nan, 2, 2, np.nan])}, "strata are missing in 2 rows, the first of them row 2"),
        ({"clusters": np.array(["a", "b", "c", None, "e", "f"])}, "clusters are missing in 1 rows.*row 3: complete"),
    ],
)
def test_columns_of_the_design(design: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sample(np.ones(6), **design)


def test_without_weights() -> None:
    with pytest.raises(ValueError, match="needs weights, or the population"):
        sample(None)
    with pytest.raises(ValueError, match="strata have shape"):
        sample(None, strata=np.ones(3), population=np.full(6, 12.0))
    assert sample(None, population=np.full(6, 12.0)).weight == pytest.approx(np.full(6, 2.0))


def test_those_who_did_not_answer_keep_the_design() -> None:
    """Rows of weight 0 add nothing to a total and stay units of their stratum: as a domain of those who answered."""
    weight = np.array([2.0, 0.0, 2.0, 3.0, 3.0, 0.0])
    strata = np.repeat([0, 1], 3)
    found = linear.total(sample(weight, strata=strata), VALUES)
    whole = sample(np.repeat([2.0, 3.0], 3), strata=strata)
    wanted = linear.total(whole, VALUES, domain=weight > 0)
    assert found.value == pytest.approx(wanted.value)
    assert found.standard_error == pytest.approx(wanted.standard_error)
    assert (found.n[0], found.degrees[0]) == (wanted.n[0], wanted.degrees[0]) == (4, 2)


IN_A_DOMAIN: dict[str, Callable[[Sample, Any], object]] = {
    "total": lambda one, domain: linear.total(one, VALUES, domain=domain),
    "mean": lambda one, domain: linear.mean(one, VALUES, domain=domain),
    "ratio": lambda one, domain: linear.ratio(one, VALUES, GROUP, domain=domain),
    "design effects": lambda one, domain: design_effects(
        one, VALUES, domain=domain, reference=Reference.WITH_REPLACEMENT
    ),
    "proportion": lambda one, domain: proportion(one, GROUP, domain=domain),
    "quantiles": lambda one, domain: quantiles(one, VALUES, [0.5], domain=domain),
    "table": lambda one, domain: independence(one, GROUP, ODD, domain=domain),
    "means": lambda one, domain: compare_means(one, VALUES, GROUP, domain=domain),
    "regression": lambda one, domain: regress(one, VALUES, GROUP, ["group"], domain=domain),
}


@pytest.mark.parametrize("what", IN_A_DOMAIN)
def test_a_domain_is_true_or_false_of_each_row(what: str) -> None:
    drawn = sample(np.ones(6))
    IN_A_DOMAIN[what](drawn, np.ones(6, dtype=bool))
    for wrong in (np.ones(5, dtype=bool), np.ones(1, dtype=bool), np.arange(6), np.ones(6)):
        with pytest.raises(ValueError, match="give each of the 6 rows True or False"):
            IN_A_DOMAIN[what](drawn, wrong)


def test_values_of_other_rows() -> None:
    with pytest.raises(ValueError, match="5 values for 6 rows: give each row one"):
        linear.mean(sample(np.ones(6)), VALUES[:5])
