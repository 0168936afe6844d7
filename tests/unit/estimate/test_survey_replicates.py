"""Replicates that cannot be made are refused in words; balance and degrees of freedom hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saphan.estimate.survey.calibration import calibrate
from saphan.estimate.survey.design import Lonely, SamplingBasis
from saphan.estimate.survey.distance import Distance
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.hadamard import hadamard
from saphan.estimate.survey.resampling import Kind, balanced, bootstrap, given, jackknife
from saphan.estimate.survey.sample import Sample, sample

RNG = np.random.default_rng(0)


def alone(lonely: Lonely) -> Sample:
    """Three strata: of three units, of two, of one."""
    return sample(np.ones(6), strata=np.array([0, 0, 0, 1, 1, 2]), lonely=lonely)


def test_hadamard_matrices_of_all_orders_balance() -> None:
    for least in range(1, 130):
        found = hadamard(least)
        assert (found @ found.T == found.shape[0] * np.eye(found.shape[0])).all()
        assert (found[0] == 1).all() and (found[:, 0] == 1).all()
        assert least <= found.shape[0] <= max(2, least + 7)


def test_strata_of_one_unit_follow_the_design() -> None:
    for make in (jackknife, lambda one: bootstrap(one, 50, RNG)):
        with pytest.raises(ValueError, match="1 strata hold one primary unit"):
            make(alone(Lonely.FAIL))
    values = np.array([1.0, 2.0, 4.0, 3.0, 7.0, 5.0])
    for lonely in (Lonely.REMOVE, Lonely.CERTAINTY, Lonely.AVERAGE):
        drawn = alone(lonely)
        wanted = drawn.covariance(values[:, None])
        assert jackknife(drawn, mse=True).total(values).covariance == pytest.approx(wanted)
    adjusted = jackknife(alone(Lonely.ADJUST), mse=True)
    # The lonely unit of 5 is left out and the rest of 17 raised by 3/2: (22 - 25.5)^2 x 2/3 is added.
    rest = alone(Lonely.REMOVE).covariance(values[:, None])[0, 0]
    assert adjusted.total(values).covariance[0, 0] == pytest.approx(rest + (22 - 25.5) ** 2 * 2 / 3)
    with pytest.raises(ValueError, match="no strata of one unit that are adjust"):
        bootstrap(alone(Lonely.ADJUST), 50, RNG)


def test_half_samples_need_pairs() -> None:
    with pytest.raises(ValueError, match="2 strata do not hold two primary units, the first of them 3"):
        balanced(alone(Lonely.REMOVE))
    with pytest.raises(ValueError, match="from 0 to below 1"):
        balanced(sample(np.ones(2)), fay=1.0)


def test_nothing_to_resample_is_refused() -> None:
    drawn = sample(np.ones(4), population=np.full(4, 4.0))
    for make in (jackknife, lambda one: bootstrap(one, 50, RNG)):
        with pytest.raises(ValueError, match="drawn in full"):
            make(drawn)
    with pytest.raises(ValueError, match="1 replicates show no variance"):
        bootstrap(sample(np.ones(4)), 1, RNG)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight": np.ones(3)}, r"3 weights and replicate weights \(4, 2\)"),
        ({"replicate_weights": np.ones((4, 1))}, "two or more"),
        ({"replicate_weights": np.array([[1, 1], [1, np.nan], [1, 1], [1, 1]])}, "row 1 lacks"),
        ({"rscales": np.ones(3)}, "3 scales for 2 replicates"),
        ({"rscales": np.array([1.0, -1.0])}, "0 or more"),
        ({"kind": Kind.JKN}, "kind jkn need a scale of each replicate"),
        ({"kind": Kind.FAY}, "kind fay need the share"),
        ({"kind": Kind.OTHER}, "kind other need a scale"),
    ],
)
def test_given_weights_that_lack_something_are_refused(change: dict[str, Any], words: str) -> None:
    whole = {"weight": np.ones(4), "replicate_weights": np.ones((4, 2)), "kind": Kind.BRR, **change}
    with pytest.raises(ValueError, match=words):
        given(whole.pop("weight"), whole.pop("replicate_weights"), whole.pop("kind"), **whole)


@pytest.mark.parametrize(
    ("kind", "more", "scale"),
    [
        (Kind.JK1, {}, 0.75),
        (Kind.BRR, {}, 0.25),
        (Kind.FAY, {"fay": 0.5}, 1.0),
        (Kind.BOOTSTRAP, {}, 1 / 3),
        (Kind.SUCCESSIVE, {}, 1.0),
        (Kind.JKN, {"rscales": np.full(4, 0.5)}, 1.0),
        (Kind.OTHER, {"scale": 0.1}, 0.1),
    ],
)
def test_scales_of_given_weights(kind: Kind, more: dict[str, Any], scale: float) -> None:
    assert given(np.ones(5), np.ones((5, 4)), kind, **more).scale == pytest.approx(scale)


def test_given_weights_have_the_degrees_of_their_rank() -> None:
    made = jackknife(sample(np.ones(12), clusters=np.arange(12) // 3))
    table = np.stack([made.weights(place) for place in range(made.count)], axis=1)
    values = np.arange(12.0) ** 1.5
    again = given(made.weight, table, Kind.JK1).mean(values)
    assert again.degrees[0] == made.mean(values).degrees[0] == 3
    assert again.standard_error == pytest.approx(made.mean(values).standard_error)


def test_a_domain_that_a_replicate_loses_has_no_error_and_leaves_the_others_theirs() -> None:
    made = jackknife(sample(np.ones(6), clusters=np.arange(6) // 2))
    by = np.array(["a", "a", "b", "b", "b", "b"])
    found = made.mean(np.arange(6.0), by=by)
    assert found.names == ("a", "b")
    assert found.value == pytest.approx([0.5, 3.5])
    assert np.isnan(found.standard_error[0]) and np.isfinite(found.standard_error[1])
    values = np.where(by == "a", np.nan, 1.0)
    assert np.isnan(made.mean(values, by=by).value[0])
    with pytest.raises(ValueError, match="nobody in the domain"):
        made.mean(values, domain=by == "a")


def test_columns_of_another_length_are_refused() -> None:
    made = jackknife(sample(np.ones(6)))
    for call, words in (
        (lambda: made.mean(np.ones(5)), "5 values for 6 rows"),
        (lambda: made.mean(np.ones(6), by=np.ones(5)), "5 labels of domains for 6 rows"),
        (lambda: made.mean(np.ones((6, 2)), names=("one",)), "1 names for 2 columns"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_a_replicate_that_cannot_be_calibrated_is_refused() -> None:
    x = np.column_stack([np.ones(6), [0.0, 0, 0, 0, 1, 9]])
    held = calibrate(sample(np.ones(6)), x, np.array([6.0, 11.0]), bounds=(0.5, 1.5), distance=Distance.LOGIT)
    assert held.diagnostics.converged
    with pytest.raises(ValueError, match="replicate 5: its weights cannot be calibrated"):
        jackknife(held.sample)


def test_totals_with_a_variance_are_refused() -> None:
    held = calibrate(sample(np.ones(6)), np.ones(6), np.array([9.0]), covariance=np.array([[1.0]]))
    with pytest.raises(ValueError, match="totals that are estimates"):
        jackknife(held.sample)


def test_replicates_of_a_quota_sample_have_no_interval() -> None:
    made = jackknife(sample(np.ones(6), basis=SamplingBasis.QUOTA))
    for found in (made.mean(np.arange(6.0)), made.statistic(lambda weight: weight @ np.arange(6.0) / weight.sum())):
        assert found.value == pytest.approx([2.5])
        assert np.isnan(found.covariance).all()
        for ask in (found.interval, lambda one=found: one.standard_error, lambda one=found: one.relative_error):
            with pytest.raises(NotByChanceError, match="a quota sample carries no"):
                ask()
    with pytest.raises(NotByChanceError, match="carries no covariance"):
        made.covariance(np.arange(12.0).reshape(6, 2), np.zeros(2))


def test_given_replicates_know_their_basis_by_its_text() -> None:
    table = np.ones((4, 3))
    assert given(np.ones(4), table, Kind.BRR, basis="quota").basis is SamplingBasis.QUOTA  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'snowball' is none of probability"):
        given(np.ones(4), table, Kind.BRR, basis="snowball")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="all 4 weights are 0"):
        given(np.zeros(4), table, Kind.BRR)


def test_a_domain_says_something_of_each_row() -> None:
    made = jackknife(sample(np.ones(6)))
    with pytest.raises(ValueError, match="each of the 6 rows True or False"):
        made.mean(np.arange(6.0), domain=np.ones(5, dtype=bool))
