"""Only the draw carries errors; a stated model carries tests and regressions, and is printed with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from saphan.estimate.survey import linear
from saphan.estimate.survey.calibration import post_stratify
from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.proportions import proportion
from saphan.estimate.survey.quantiles import quantiles
from saphan.estimate.survey.regression import linear as regress
from saphan.estimate.survey.regression import logistic
from saphan.estimate.survey.resampling import bootstrap, jackknife
from saphan.estimate.survey.sample import Sample, sample
from saphan.estimate.survey.tables import TableStatistic, Test, compare_means, compare_ranks, independence
from saphan.estimate.survey.variances import Reference, correlation, covariance, design_effects, variance

MODEL = "quota cells taken as strata, respondents as drawn at random within them"
RNG = np.random.default_rng(3)
CELL = np.repeat(np.arange(5), 8)
WEIGHT = RNG.uniform(1, 4, 40)
VALUES = RNG.normal(size=40)
GROUP = np.tile([0.0, 1.0], 20)
ANSWER = (RNG.random(40) < 0.5).astype(float)
INDICATIVE = [one for one in SamplingBasis if not one.by_chance]
DRAWN = sample(WEIGHT, strata=CELL)


def quota(model: str = "", basis: SamplingBasis = SamplingBasis.QUOTA) -> Sample:
    return sample(WEIGHT, strata=CELL, basis=basis, model=model)


DESCRIPTIONS: dict[str, Callable[[Sample], Estimates]] = {
    "total": lambda one: linear.total(one, VALUES),
    "mean": lambda one: linear.mean(one, np.column_stack([VALUES, ANSWER])),
    "ratio": lambda one: linear.ratio(one, VALUES, ANSWER),
    "variance": lambda one: variance(one, VALUES),
    "covariance": lambda one: covariance(one, VALUES, ANSWER),
    "correlation": lambda one: correlation(one, VALUES, ANSWER),
    "combined": lambda one: linear.mean(one, np.column_stack([VALUES, ANSWER])).difference("0", "1"),
    "replaced": lambda one: replace(linear.mean(one, VALUES), method="another/1"),
    "jackknife": lambda one: jackknife(one).total(VALUES),
    "bootstrap": lambda one: bootstrap(one, 20, np.random.default_rng(1)).mean(VALUES, by=GROUP),
    "statistic": lambda one: jackknife(one).statistic(lambda weight: weight @ VALUES),
}
TESTS: dict[str, Callable[[Sample], Test]] = {
    **{
        f"table {kind}": lambda one, kind=kind: independence(one, GROUP, ANSWER, statistic=kind)
        for kind in TableStatistic
    },
    "means": lambda one: compare_means(one, VALUES, GROUP).test,
    "ranks": lambda one: compare_ranks(one, VALUES, GROUP).test,
    "joint": lambda one: regress(one, VALUES, np.column_stack([GROUP, ANSWER]), ["group", "answer"]).joint(["group"]),
    "joint odds": lambda one: logistic(one, ANSWER, GROUP, ["group"]).joint(["group"]),
}
LIMITED: dict[str, Callable[[Sample], object]] = {
    "interval: take the mean": lambda one: proportion(one, ANSWER),
    "interval: take weighted_quantiles": lambda one: quantiles(one, VALUES, [0.5]),
    "design effect: no draw gave it": lambda one: design_effects(one, VALUES, reference=Reference.WITH_REPLACEMENT),
}


@pytest.mark.parametrize("basis", INDICATIVE)
@pytest.mark.parametrize("model", ["", MODEL])
@pytest.mark.parametrize("what", DESCRIPTIONS)
def test_descriptions_have_values_and_no_errors_whatever_is_stated(what: str, model: str, basis: SamplingBasis) -> None:
    found, drawn = DESCRIPTIONS[what](quota(model, basis)), DESCRIPTIONS[what](DRAWN)
    assert (found.value == drawn.value).all() and (found.n == drawn.n).all()
    assert (found.degrees == drawn.degrees).all()
    assert found.method == f"indicative ({basis})"
    assert np.isfinite(drawn.standard_error).all()
    assert found.covariance.shape == drawn.covariance.shape and np.isnan(found.covariance).all()
    errors: list[tuple[str, Callable[[], object]]] = [
        ("interval", found.interval),
        ("standard error", lambda: found.standard_error),
        ("standard error", lambda: found.relative_error),
    ]
    for name, ask in errors:
        with pytest.raises(NotByChanceError, match=f"a {basis} sample carries no {name}: print its values as"):
            ask()
    assert "indicative" in repr(found)  # a notebook prints it


@pytest.mark.parametrize("model", ["", MODEL])
@pytest.mark.parametrize("what", LIMITED)
def test_what_has_limits_is_refused_whatever_is_stated(what: str, model: str) -> None:
    assert LIMITED[what](DRAWN) is not None
    with pytest.raises(NotByChanceError, match=f"a quota sample carries no {what}"):
        LIMITED[what](quota(model))


@pytest.mark.parametrize("what", TESTS)
def test_a_test_needs_the_draw_or_a_model_and_prints_the_model(what: str) -> None:
    by_chance, modelled = TESTS[what](DRAWN), TESTS[what](quota(MODEL))
    assert replace(modelled, method="") == replace(by_chance, method="")
    assert modelled.method == f"{by_chance.method} under the model: {MODEL}"
    with pytest.raises(
        NotByChanceError, match=r"a quota sample carries no (test|regression): .* state the model .*\(model="
    ):
        TESTS[what](quota())


@pytest.mark.parametrize("what", ["coefficients", "difference"])
def test_limits_under_a_model_say_so(what: str) -> None:
    def limited(one: Sample) -> Estimates:
        if what == "difference":
            return compare_means(one, VALUES, GROUP).difference
        return regress(one, VALUES, GROUP, ["group"]).coefficients

    modelled, by_chance = limited(quota(MODEL)), limited(DRAWN)
    assert modelled.method == f"{by_chance.method} under the model: {MODEL}"
    assert np.array_equal(modelled.interval(), by_chance.interval())
    contrast = modelled.combined(np.ones((1, modelled.value.size)), ["sum"])
    assert contrast.method == modelled.method and np.isfinite(contrast.standard_error).all()


def test_odds_ratios_under_a_model() -> None:
    found = logistic(quota(MODEL), ANSWER, GROUP, ["group"])
    assert np.array_equal(found.odds_ratios(), logistic(DRAWN, ANSWER, GROUP, ["group"]).odds_ratios())
    assert found.coefficients.model == MODEL and MODEL in found.coefficients.method


def test_adjusted_weights_keep_the_basis_and_the_model() -> None:
    counted = Margin(name="group", of=GROUP, classes=("0.0", "1.0"), total=np.array([60.0, 40.0]))
    for model in ("", MODEL):
        held = post_stratify(quota(model), counted).sample
        assert (held.basis, held.model) == (SamplingBasis.QUOTA, model)
        with pytest.raises(NotByChanceError):
            _ = linear.mean(held, VALUES).standard_error


def test_the_covariance_of_a_sample_is_no_way_around() -> None:
    with pytest.raises(NotByChanceError, match="carries no covariance"):
        quota().covariance(VALUES[:, None])
    assert np.array_equal(quota(MODEL).covariance(VALUES[:, None]), DRAWN.covariance(VALUES[:, None]))
    by_chance = linear.mean(DRAWN, VALUES)
    given = replace(by_chance, basis=SamplingBasis.QUOTA)
    assert np.isnan(given.covariance).all()
    assert np.isnan(replace(given, basis=SamplingBasis.PROBABILITY).standard_error).all()


def test_values_need_no_answer_to_lonely_units() -> None:
    """A stratum of one is a question of variance; a sample that has none is not asked it."""
    alone = sample(np.ones(3), strata=np.array([0, 0, 1]), basis=SamplingBasis.QUOTA)
    assert linear.mean(alone, np.arange(3.0)).value[0] == 1.0


def test_a_model_is_words_and_stands_for_a_draw() -> None:
    with pytest.raises(ValueError, match="the model is blank"):
        quota("  \n")
    for basis in (SamplingBasis.PROBABILITY, SamplingBasis.CENSUS):
        with pytest.raises(ValueError, match=f"a {basis} sample needs no model"):
            quota(MODEL, basis)
        with pytest.raises(ValueError, match="needs no model"):
            replace(quota(MODEL), basis=basis)


def test_a_basis_may_be_its_text() -> None:
    assert sample(WEIGHT, basis="respondent-driven").basis is SamplingBasis.RESPONDENT_DRIVEN  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'snowball' is none of probability, census, quota"):
        sample(WEIGHT, basis="snowball")  # type: ignore[arg-type]


@pytest.mark.parametrize("basis", [SamplingBasis.PROBABILITY, SamplingBasis.CENSUS])
def test_a_draw_by_chance_carries_all(basis: SamplingBasis) -> None:
    found = linear.mean(quota(basis=basis), VALUES)
    assert found.method == "taylor/1"
    assert found.interval()[0] < found.value < found.interval()[1]
    with pytest.raises(ValueError, match=r"a level of 95 is not between 0 and 1"):
        found.interval(95)
