"""Hidden populations against what others published of the same lists: the source stands beside each value."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from saphan.estimate.hidden import Choice, Lists, chao, chapman, lower_bound, multiple_systems
from saphan.estimate.hidden.choice import pairs_of
from saphan.estimate.hidden.loglinear import Failing, build, failing, fit, margin

# Potential victims of trafficking in 2013 on six lists (Silverman 2014; Bales, Hesketh and Silverman 2015).
AGENCIES = ("LA", "NG", "PF", "GO", "GP", "NCA")
TRAFFICKED = {
    "LA": 54, "NG": 463, "PF": 907, "GO": 695, "GP": 316, "NCA": 57, "LA NG": 15, "LA PF": 19, "LA GO": 3, "NG PF": 56,
    "NG GO": 19, "NG GP": 1, "NG NCA": 3, "PF GO": 69, "PF GP": 10, "PF NCA": 31, "GO GP": 8, "GO NCA": 6, "GP NCA": 1,
    "LA NG PF": 1, "LA NG GO": 1, "NG PF GO": 4, "NG PF NCA": 3, "PF GO NCA": 1, "LA NG PF GO": 1,
}  # fmt: skip

# Persons infected with HIV at four centres (Abeni, Brancato and Perucci 1994), in the order 1111, 1110, ... 0001, the
# last list varying fastest; data(HIV) of R's Rcapture.
INFECTED = (0, 3, 1, 33, 0, 20, 6, 403, 3, 35, 10, 545, 11, 621, 205)

# Three lists of data(Korea) and the invented ones of data(Artificial_3) in R's MultipleSystemsEstimation; the latter is
# Table 2 of Chan, Silverman and Vincent (2021).
KOREA = {(0, 0, 1): 41, (0, 1, 0): 5, (1, 0, 0): 5, (1, 1, 0): 54, (1, 0, 1): 6, (0, 1, 1): 0, (1, 1, 1): 12}
ARTIFICIAL = {(1, 0, 0): 40, (0, 1, 0): 30, (0, 0, 1): 20, (1, 1, 0): 6}


def trafficked(merged: bool) -> Lists:
    """Six lists, or five with the National Crime Agency's put to the police forces'."""
    names = AGENCIES[:5] if merged else AGENCIES
    counts: dict[tuple[int, ...], int] = {}
    for words, count in TRAFFICKED.items():
        on = {"PF" if merged and name == "NCA" else name for name in words.split()}
        history = tuple(int(name in on) for name in names)
        counts[history] = counts.get(history, 0) + count
    return Lists.of(counts, names)


def infected() -> Lists:
    histories = [history for history in itertools.product((1, 0), repeat=4) if any(history)]
    return Lists.of(dict(zip(histories, INFECTED, strict=True)))


def test_chapman() -> None:
    # Seber (1982, p. 107): 948 and 421 listed, 167 of them twice; Krebs (1989, box 2.1) prints 2383. Rcapture 1.4,
    # closedp.bc(X, dfreq = TRUE, m = "Mt"): 2382.8; closedp.t(X, dfreq = TRUE): Mt 2389.9, the bound of two lists.
    lists = Lists.of({(1, 1): 167, (1, 0): 781, (0, 1): 254})
    assert chapman(lists).value == pytest.approx(2382.8, abs=0.05)
    assert lower_bound(lists).value == pytest.approx(2389.9, abs=0.05)


def test_chao() -> None:
    # Illegal immigrants by number of apprehensions (van der Heijden et al. 2003): 1,880, of them 1,645 once, 183 twice.
    # Rcapture 1.3, closedp.0(ill, dtype = "nbcap", dfreq = TRUE, t = Inf): Mh Chao (LB) 9273.5, standard error 662.6.
    value, low, high = chao(1880, 1645, 183)
    assert value == pytest.approx(9273.5, abs=0.05)
    unseen = value - 1880
    ratio = np.exp(1.959964 * np.sqrt(np.log1p((662.6 / unseen) ** 2)))  # Chao (1987, eq. 11) with that error
    assert (low, high) == pytest.approx((1880 + unseen / ratio, 1880 + unseen * ratio), rel=1e-4)


def test_every_pair_of_four_lists() -> None:
    # Rcapture 1.3, closedpCI.t(HIV, dfreq = TRUE, mX = ~ (c1 + c2 + c3 + c4)^2): abundance 23443.5, AIC 92.073 and
    # summary(...$fit)$coefficients.
    lists = infected()
    assert (lists.n, *np.diag(lists.overlaps)) == (1896, 466, 630, 693, 236)
    fitted = fit(build(4, lists.counts, pairs_of(4)))
    assert lists.n + fitted.unseen == pytest.approx(23443.5, abs=0.05)
    assert fitted.aic == pytest.approx(92.073, abs=0.001)
    lists_alone = (9.9780167, -3.9758604, -3.6785194, -3.5469201, -4.6582017)
    in_pairs = (1.1545857, 0.4810600, 0.3339371, 0.8266913, 0.7884198, 0.6951611)
    assert fitted.coefficients == pytest.approx((*lists_alone, *in_pairs), abs=1e-6)
    errors_alone = (0.4452368, 0.4438850, 0.4437085, 0.4440686, 0.4453831)
    errors_in_pairs = (0.4329136, 0.4305346, 0.5168483, 0.4291786, 0.4612659, 0.4705025)
    assert np.sqrt(np.diag(fitted.covariance)) == pytest.approx((*errors_alone, *errors_in_pairs), abs=1e-6)


def test_one_pair_of_four_lists() -> None:
    # Rcapture 1.3, closedpCI.t(HIV, dfreq = TRUE, mX = ~ . + c1:c2): abundance 12318.5, standard error 1188.7.
    lists = infected()
    fitted = fit(build(4, lists.counts, [(0, 1)]))
    assert lists.n + fitted.unseen == pytest.approx(12318.5, abs=0.05)
    error = np.sqrt(fitted.unseen + fitted.unseen**2 * fitted.covariance[0, 0])
    assert error == pytest.approx(1188.7, abs=0.05)


@pytest.mark.parametrize(
    ("pairs", "least", "expected"),
    [
        (((0, 1), (0, 2), (1, 2)), 6.0, Failing.NOT_IDENTIFIABLE),
        (((0, 1),), 0.0, Failing.NOT_FINITE),
        (((0, 2), (1, 2)), 6.0, None),
        ((), None, None),
    ],
)
def test_existence(pairs: tuple[tuple[int, int], ...], least: float | None, expected: Failing | None) -> None:
    # Chan, Silverman and Vincent (2021, tables 2 and 3); objectives from check_identifiability(Artificial_3, ...) of
    # MultipleSystemsEstimation 1.3.
    model = build(3, Lists.of(ARTIFICIAL).counts, pairs)
    assert failing(model) is expected
    if least is not None:
        assert margin(model) == pytest.approx(least, abs=1e-9)


def test_comparison_of_models_by_criterion() -> None:
    # MultipleSystemsEstimation 1.3, estimate_population(Korea): abundance and BIC of every model with an estimate.
    lists = Lists.of(KOREA)
    found = {one.model.pairs: one for one in Choice(by="bic").ranked(3, lists.counts) if failing(one.model) is None}
    published = {
        ((0, 1), (1, 2)): (157.1667, 57.14081),
        ((0, 1),): (268.7778, 58.96860),
        ((0, 2), (1, 2)): (123.4630, 91.89711),
        ((1, 2),): (126.1944, 138.06368),
        ((0, 2),): (126.9394, 155.16018),
        (): (141.9926, 184.14431),
    }
    assert {pairs: (lists.n + one.unseen, one.bic) for pairs, one in found.items()} == {
        pairs: pytest.approx(values, rel=1e-6) for pairs, values in published.items()
    }
    best = Choice(by="bic").choose(3, lists.counts)
    assert best is not None
    assert best.aic == pytest.approx(40.2677, abs=1e-4)


def test_stepwise_choice() -> None:
    # MultipleSystemsEstimation 1.3, estimate_population(Korea, method = "stepwise"): 268.7778 by model [12,3].
    fitted = Choice().choose(3, Lists.of(KOREA).counts)
    assert fitted is not None
    assert fitted.model.pairs == ((0, 1),)
    assert 123 + fitted.unseen == pytest.approx(268.7778, abs=1e-4)


def test_trafficked_on_five_lists() -> None:
    # MSETools (Binette and Steorts 2021), estimates(list(sparsemse(UK), independence(UK))): 11312.990 with BCa limits
    # 9232.646 and 15042.869, and 13444.13. Its bootstrap holds the number seen fixed and has another seed, so that
    # limits agree only roughly.
    lists = trafficked(merged=True)
    assert lists.n == 2744
    assert lists.n + fit(build(5, lists.counts)).unseen == pytest.approx(13444.13, abs=0.01)
    found = multiple_systems(lists, seed=1, samples=200)
    assert found.value == pytest.approx(11312.990, abs=0.001)
    assert found.low == pytest.approx(9232.6, rel=0.1)
    assert found.high == pytest.approx(15042.9, rel=0.15)


def test_trafficked_on_six_lists() -> None:
    # The published interval of the Home Office is 10,000 to 13,000 (Silverman 2014).
    lists = trafficked(merged=False)
    fitted = Choice().choose(6, lists.counts)
    assert fitted is not None
    assert 10_000 < lists.n + fitted.unseen < 13_000
