"""Sizes, power and allocation, against textbooks and against their own inverses."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from saphan.estimate.sampling import (
    Comparison,
    Rule,
    Strata,
    Terms,
    allocate,
    allocate_for,
    design_effect,
    margin_of_mean,
    margin_of_proportion,
    margin_of_strata,
    margin_of_total,
    of_shares,
    size_for_mean,
    size_for_proportion,
    size_for_total,
)

TWO_DEVIATIONS = math.erf(math.sqrt(2))  # the level at which the quantile is 2, as in Cochran's examples


def test_sizes_of_textbooks() -> None:
    # Cochran 1977, ch. 4: blood groups, 40 per cent to within 5; then on an island of 3,200 people.
    assert size_for_proportion(0.4, 0.05, Terms(level=TWO_DEVIATIONS)).complete == 384
    assert size_for_proportion(0.4, 0.05, Terms(level=TWO_DEVIATIONS, population=3200)).exact == pytest.approx(
        343, abs=0.5
    )
    # Cochran 1977, ch. 4: beds of seedlings, N = 430, S^2 = 85.6, mean 19 to within 10 per cent.
    assert size_for_mean(math.sqrt(85.6), 1.9, Terms(level=TWO_DEVIATIONS, population=430)).complete == 78
    # Lohr 2010, ch. 2: recipes of a cook book of 1,251, to within 3 per cent: 576.
    assert size_for_proportion(0.5, 0.03, Terms(population=1251)).exact == pytest.approx(576, abs=0.5)


def test_clusters_and_unequal_weights_cost_interviews() -> None:
    assert design_effect(10, 0.05) == pytest.approx(1.45)  # Kish 1965, 5.4: 1 + (10 - 1) 0.05
    assert design_effect(1, 0.05, weight_cv=0.5) == pytest.approx(1.25)  # Kish 1987: 1 + cv^2
    plain = size_for_proportion(0.5, 0.05)
    clustered = size_for_proportion(0.5, 0.05, Terms(deff=design_effect(10, 0.05), response=0.8))
    assert clustered.exact == pytest.approx(1.45 * plain.exact)
    assert clustered.issue == math.ceil(clustered.complete / 0.8)


def test_each_size_has_its_margin_by_stratum() -> None:
    terms = Terms(deff=[1.0, 1.8, 2.5], population=[300, 9000, np.inf], response=[0.9, 0.8, 1.0])
    size = size_for_proportion([0.2, 0.5, 0.7], 0.06, terms)
    assert size.exact.shape == (3,)
    assert margin_of_proportion([0.2, 0.5, 0.7], size.exact, terms) == pytest.approx(0.06)
    assert (margin_of_proportion([0.2, 0.5, 0.7], size.complete, terms) <= 0.06).all()
    assert (margin_of_proportion([0.2, 0.5, 0.7], size.complete - 1, terms) > 0.06).all()
    mean = size_for_mean([4.0, 5.0, 6.0], 0.7, terms)
    assert margin_of_mean([4.0, 5.0, 6.0], mean.exact, terms) == pytest.approx(0.7)
    finite = replace(terms, population=[300, 9000, 1e6])
    total = size_for_total(4.0, [200, 5000, 7e5], finite)
    assert margin_of_total(4.0, total.exact, finite) == pytest.approx(np.array([200, 5000, 7e5]))


def test_a_census_has_no_margin_and_never_more_than_all_are_asked() -> None:
    terms = Terms(population=50)
    assert margin_of_mean(3.0, 50, terms) == 0
    assert size_for_proportion(0.5, 0.001, terms).complete == 50


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: size_for_proportion(1.2, 0.05), "share: 1.2"),
        (lambda: size_for_proportion(0.5, 0), "margin: 0"),
        (lambda: size_for_mean(-1, 0.05), "deviation: -1"),
        (lambda: size_for_total(1, 5, Terms()), "population: inf"),
        (lambda: margin_of_mean(1, 60, Terms(population=50)), "completed: 60"),
        (lambda: Terms(level=95), "level: 95"),
        (lambda: Terms(response=80), "response: 80"),
        (lambda: Terms(deff=0), "deff: 0"),
        (lambda: Terms(population=1), "population: 1"),
        (lambda: size_for_proportion(0.5, 0.01, Terms(population=[90, 1e7], response=0.5)), r"strata \[0\]"),
        (lambda: design_effect(0, 0.1), "cluster_size: 0"),
        (lambda: design_effect(11, -0.1), "correlation: -0.1"),
        (
            lambda: of_shares(0.1, 0.9, overlap=0.5, correlation=0.9),
            "correlation: 0.9 was given; it lies between -1.000",
        ),
        (lambda: Comparison(deviation=(1, 1), ratio=0.5, overlap=0.8), "overlap: 0.8"),
        (lambda: Comparison(deviation=(0, 1)), "deviation"),
        (lambda: Comparison(deviation=(1, 1), overlap=1, correlation=1), "correlation: 1"),
        (lambda: Comparison(deviation=(1, 1)).size(0), "difference: 0"),
        (lambda: Comparison(deviation=(1, 1)).size(1, power=0.01), "power: 0.01"),
        (lambda: Comparison(deviation=(1, 1)).power(1, 0), "completed: 0"),
    ],
)
def test_what_no_size_has_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()  # type: ignore[operator]


def test_power_is_the_share_of_surveys_that_find_the_difference() -> None:
    """Two rounds of 400, 300 of whom were asked twice; answers correlate by 0.6."""
    side = Comparison(deviation=(1.0, 1.5), overlap=0.75, correlation=0.6)
    random = np.random.default_rng(7)
    draws, n, common = 20_000, 400, 300
    # Means of the parts are normal: the answers themselves need not be drawn.
    shared = random.multivariate_normal([0, 0], np.array([[1, 0.9], [0.9, 2.25]]) / common, draws) * common
    alone = random.normal(0, np.array([1.0, 1.5]) * math.sqrt(n - common), (draws, 2))
    first, second = ((shared + alone) / n).T
    found = (second + 0.15 - first) / math.sqrt(side.unit_variance / n) > 1.959964
    assert side.power(0.15, n) == pytest.approx(found.mean(), abs=4 * math.sqrt(0.25 / draws))


def test_size_power_and_smallest_difference_agree() -> None:
    for side in (
        of_shares(0.3, 0.4, deff=(1.5, 2.0), ratio=1.5, overlap=0.5, correlation=0.3),
        Comparison(deviation=(2.0, 3.0), ratio=0.5),
    ):
        size = side.size(0.1, power=0.9)
        assert size.exact[1] == pytest.approx(size.exact[0] * side.ratio)
        assert side.power(0.1, float(size.exact[0])) == pytest.approx(0.9)
        assert side.detectable(float(size.exact[0]), power=0.9) == pytest.approx(0.1)
    panel = of_shares(0.3, 0.4, overlap=1.0, correlation=0.5)
    assert panel.size(0.1).exact[0] < 0.6 * of_shares(0.3, 0.4).size(0.1).exact[0]
    assert (of_shares(0.3, 0.4, response=(0.5, 1.0)).size(0.1).issue == [708, 354]).all()


CARIBOU = Strata(  # Lohr 2010, ch. 3, the caribou survey, after Siniff and Skoog 1964
    name=list("ABCDEF"),
    population=[400, 30, 61, 18, 70, 120],
    deviation=[3000, 2000, 9000, 2000, 12000, 1000],
)


def test_neyman_of_a_textbook() -> None:
    sizes = allocate(225, CARIBOU, Rule.NEYMAN)
    assert sizes == {"A": 96, "B": 5, "C": 44, "D": 3, "E": 67, "F": 10}


def test_rules_share_out_by_their_scores() -> None:
    strata = replace(CARIBOU, mean=[24, 25, 268, 196, 293, 33], cost=[1, 1, 4, 1, 4, 1])
    assert set(allocate(60, strata, Rule.EQUAL).values()) == {10}
    assert list(allocate(70, strata, Rule.PROPORTIONAL, minimum=0).values()) == [40, 3, 6, 2, 7, 12]
    optimal, neyman = allocate(120, strata, Rule.OPTIMAL), allocate(120, strata, Rule.NEYMAN)
    assert optimal["E"] < neyman["E"]
    assert optimal["A"] > neyman["A"]
    # Bankier 1988: with X the total of the stratum, q = 1 is Neyman's; with q = 0, sizes go as the variation.
    total = np.array(strata.population) * np.array(strata.mean)
    assert allocate(120, replace(strata, measure=total), Rule.POWER, power=1) == neyman
    even = allocate(60, replace(strata, mean=strata.deviation), Rule.POWER, power=0)
    assert set(even.values()) == {10}
    # Kish 1976: from equal sizes, where the strata are all, towards proportional ones, where the whole is.
    assert set(allocate(60, strata, Rule.COMPROMISE, importance=0).values()) == {10}
    whole = allocate(70, strata, Rule.COMPROMISE, importance=1e9, minimum=0)
    assert whole == allocate(70, strata, Rule.PROPORTIONAL, minimum=0)


def test_under_limits_neyman_stays_the_optimum() -> None:
    """No other whole numbers within the limits do better by more than rounding can: all are tried."""
    strata = Strata(name=["a", "b", "c"], population=[12, 40, 60], deviation=[30.0, 6.0, 1.0])
    found = allocate(30, strata, Rule.NEYMAN, minimum=4, maximum=[12, 14, 30])
    assert found == {"a": 12, "b": 14, "c": 4}
    best = min(
        margin_of_strata(strata, {"a": a, "b": b, "c": 30 - a - b})
        for a, b in itertools.product(range(4, 13), range(4, 15))
        if 4 <= 30 - a - b <= 30
    )
    assert margin_of_strata(strata, found) == pytest.approx(best)


def test_a_stratum_without_spread_comes_last_but_comes() -> None:
    strata = Strata(name=["a", "b"], population=[10, 90], deviation=[1.0, 0.0])
    assert allocate(10, strata, Rule.NEYMAN) == {"a": 8, "b": 2}
    assert allocate(50, strata, Rule.NEYMAN) == {"a": 10, "b": 40}


@given(
    population=some.lists(some.integers(1, 5000), min_size=1, max_size=12),
    share=some.floats(0, 1),
    rule=some.sampled_from([Rule.EQUAL, Rule.PROPORTIONAL, Rule.NEYMAN, Rule.POWER, Rule.COMPROMISE]),
    minimum=some.integers(0, 4),
    data=some.data(),
)
def test_sizes_add_up_exactly_within_their_limits(
    population: list[int], share: float, rule: Rule, minimum: int, data: some.DataObject
) -> None:
    deviation = data.draw(some.lists(some.floats(0.01, 1e6), min_size=len(population), max_size=len(population)))
    strata = Strata(name=[str(i) for i in range(len(population))], population=population, deviation=deviation, mean=1.0)
    least = sum(min(minimum, each) for each in population)
    total = round(least + share * (sum(population) - least))
    sizes = allocate(total, strata, rule, minimum=minimum)
    assert sum(sizes.values()) == total
    assert all(min(minimum, each) <= size <= each for size, each in zip(sizes.values(), population, strict=True))


def test_the_smallest_sample_for_an_overall_margin() -> None:
    sizes = allocate_for(300, CARIBOU, Rule.NEYMAN)
    total = sum(sizes.values())
    assert margin_of_strata(CARIBOU, sizes) <= 300
    assert margin_of_strata(CARIBOU, allocate(total - 1, CARIBOU, Rule.NEYMAN)) > 300
    assert sum(allocate_for(300, CARIBOU, Rule.PROPORTIONAL).values()) > total
    assert sum(allocate_for(300, replace(CARIBOU, deff=1.5), Rule.NEYMAN).values()) > total


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: allocate(700, CARIBOU, Rule.EQUAL), "total: 700"),
        (lambda: allocate(5, CARIBOU, Rule.EQUAL), "total: 5"),
        (lambda: allocate(50, CARIBOU, Rule.EQUAL, minimum=9, maximum=8), "stratum A"),
        (lambda: allocate(50, CARIBOU, Rule.EQUAL, minimum=[1, 2]), "minimum: 2 values for 6 strata"),
        (lambda: allocate(50, CARIBOU, Rule.OPTIMAL), "cost: the rule needs it"),
        (lambda: allocate(50, replace(CARIBOU, mean=0), Rule.POWER), "mean: 0"),
        (lambda: allocate(50, replace(CARIBOU, mean=1), Rule.POWER, power=2), "power: 2"),
        (lambda: allocate(50, replace(CARIBOU, deviation=0), Rule.NEYMAN), "deviation: 0"),
        (lambda: replace(CARIBOU, population=[400, 30, 61, 0, 70, -1]), "population: F is negative"),
        (lambda: replace(CARIBOU, population=[400, 30, 61, 0, 70, 1]), "population: D is not of a whole number"),
        (lambda: replace(CARIBOU, population=[400, 30]), "population: 2 values for 6 strata"),
        (lambda: replace(CARIBOU, name=list("AACDEF")), "give each stratum one name"),
        (lambda: margin_of_strata(CARIBOU, {"A": 3}), "stratum B: it has no size"),
        (lambda: margin_of_strata(CARIBOU, dict.fromkeys("ABCDEF", 20)), "sizes"),
        (lambda: allocate_for(1, CARIBOU, Rule.EQUAL, maximum=20), "margin: 1 is not reached"),
        (lambda: allocate_for(300, CARIBOU, Rule.EQUAL, minimum=0), "minimum: 0"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()  # type: ignore[operator]
