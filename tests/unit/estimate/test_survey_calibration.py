"""Calibration that cannot be, or hardly: refused in words, or said in the diagnostics."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.calibration import calibrate, post_stratify, rake
from saphan.estimate.survey.distance import Distance
from saphan.estimate.survey.linear import total
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.sample import sample

SEX = np.repeat(["f", "m"], 20)
AGE = np.tile(["old", "young"], 20)
DRAWN = sample(np.full(40, 5.0))
X = np.column_stack([np.ones(40), np.arange(40.0)])


def margin(name: str, of: np.ndarray, **totals: float) -> Margin:
    return Margin(name=name, of=of, classes=tuple(totals), total=np.array(list(totals.values())))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (margin("sex", SEX, f=100, m=100, x=10), "sex: x has a total of 10 and nobody"),
        (margin("sex", SEX, f=100), "sex: 20 rows have a class without total, such as 'm'"),
        (margin("sex", SEX, f=-1, m=100), "sex: f has a total of -1"),
        (margin("sex", SEX, f=np.nan, m=100), "sex: f has a total of nan"),
        (margin("sex", SEX[:30], f=100, m=100), "sex: 2 totals for 2 classes, 30 rows of 40"),
        (
            Margin(name="sex", of=SEX, classes=("f", "m"), total=np.ones(2), variance=np.diag([1.0, -1.0])),
            "sex: the covariance of the totals",
        ),
        (
            Margin(name="sex", of=SEX, classes=("f", "m"), total=np.ones(2), variance=np.array([1.0, 1.0])),
            "sex: the covariance of 2 totals",
        ),
    ],
)
def test_margins_that_cannot_be_met_are_refused(wrong: Margin, words: str) -> None:
    for way in (lambda: post_stratify(DRAWN, wrong), lambda: rake(DRAWN, [wrong, margin("age", AGE, old=9, young=9)])):
        with pytest.raises(ValueError, match=words):
            way()


def test_no_margin_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one margin"):
        rake(DRAWN, [])


def test_margins_that_contradict_each_other_are_reported() -> None:
    found = rake(DRAWN, [margin("sex", SEX, f=100, m=100), margin("age", AGE, old=100, young=120)]).diagnostics
    assert not found.converged
    assert found.iterations < 50  # it sees that rounds change nothing
    assert found.worst == pytest.approx(0.1)
    assert found.worst_at in ("sex: f", "sex: m")


def test_cells_that_cannot_bear_the_margins_are_reported() -> None:
    # All women are old: as many old ones as women and men together cannot be had with 20 young men.
    old = np.where(SEX == "f", "old", "young")
    found = rake(DRAWN, [margin("sex", SEX, f=100, m=100), margin("age", old, old=150, young=50)]).diagnostics
    assert not found.converged
    assert found.worst > 0.1


def test_small_classes_are_named() -> None:
    few = np.r_[["x"] * 3, ["y"] * 37]
    found = rake(DRAWN, [margin("sex", SEX, f=100, m=100), margin("kind", few, x=10, y=190)]).diagnostics
    assert found.converged
    assert found.small == ("kind: x",)


def test_a_class_of_total_0_gets_weight_0_and_rows_of_weight_0_need_no_class() -> None:
    weight = np.full(40, 5.0)
    weight[:20] = 0.0
    found = post_stratify(sample(weight), margin("sex", np.where(SEX == "f", "", SEX), m=60)).sample
    assert found.weight.tolist() == [0.0] * 20 + [3.0] * 20
    closed = post_stratify(DRAWN, margin("sex", SEX, f=0, m=60)).sample
    assert closed.weight.tolist() == found.weight.tolist()
    assert np.isfinite(total(closed, X[:, 1]).standard_error).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"total": np.array([200.0])}, "40 x 2, with 1 totals"),
        ({"auxiliary": X[:30]}, "30 x 2"),
        ({"auxiliary": np.where(X == 7, np.nan, X), "names": ("all", "age")}, "age: row 7 has no value"),
        ({"total": np.array([200.0, np.nan])}, "total 2: the known total is missing"),
        ({"bounds": (1.2, 3.0)}, "bounds 1.2 to 3"),
        ({"distance": Distance.LOGIT}, "logit distance needs a lower and an upper"),
        (
            {"bounds": (0.9, 1.1), "total": np.array([300.0, 4000.0])},
            "total 1: weights within .* 220 at most, not to 300",
        ),
        ({"distance": Distance.RAKING, "total": np.array([200.0, -5.0])}, "total 2: .* 0 at least"),
        ({"auxiliary": np.column_stack([X[:, 0], np.zeros(40)])}, "total 2: weights .* 0 at most"),
        ({"covariance": np.eye(3)}, "covariance of 2 totals"),
    ],
)
def test_calibration_that_cannot_be_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        calibrate(DRAWN, **{"auxiliary": X, "total": np.array([200.0, 4000.0]), **given})  # type: ignore[arg-type]


def test_bounds_that_only_together_cannot_be_met_are_reported() -> None:
    # Each total can be had within the bounds, both cannot.
    found = calibrate(
        DRAWN, X, np.array([220.0, 3600.0]), bounds=(0.8, 1.2), distance=Distance.LOGIT, names=("all", "age")
    )
    assert not found.diagnostics.converged
    assert found.diagnostics.worst > 0.01
    assert found.diagnostics.worst_at in ("all", "age")


@pytest.mark.parametrize("distance", list(Distance))
def test_bounds_hold(distance: Distance) -> None:
    found = calibrate(DRAWN, X, np.array([200.0, 4400.0]), bounds=(0.7, 1.3), distance=distance).diagnostics
    assert found.converged
    assert 0.7 <= found.lowest < 1 < found.highest <= 1.3


def test_overlapping_auxiliaries_and_any_unit_are_taken() -> None:
    members = np.column_stack([X[:, 0], SEX == "f", SEX == "m", 1e9 * X[:, 1]])
    totals = np.array([200.0, 90.0, 110.0, 4.1e12])
    for distance in (Distance.LINEAR, Distance.RAKING):
        found = calibrate(DRAWN, members, totals, distance=distance)
        assert found.diagnostics.converged
        assert found.sample.weight @ members == pytest.approx(totals)
        assert total(found.sample, members[:, 3]).relative_error[0] == pytest.approx(0.0, abs=1e-9)


def test_weights_below_0_still_count() -> None:
    found = calibrate(DRAWN, X, np.array([200.0, 7500.0])).sample
    assert (found.weight < 0).any()
    assert total(found, X[:, 1]).value[0] == pytest.approx(7500.0)
