"""The coverage simulation sees what it should: sound intervals hold the truth, wrong ones are seen to miss it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from benchmarks.survey_coverage import (
    GENERAL,
    RARE_TARGET,
    Coverage,
    Limits,
    Line,
    Shares,
    coverage,
    estimated,
    from_arrays,
    from_table,
    rare,
    report,
    share_draws,
    truths,
)
from benchmarks.survey_population import PEOPLE, Population, designs, population, trait_designs
from scipy import stats

import saphan.estimate as se
from saphan.estimate.survey import linear
from saphan.estimate.survey.proportions import limits

DRAWS = 100
PEOPLE_ASKED = 50


@cache
def everybody() -> Population:
    return population()


@pytest.fixture(scope="module")
def simple() -> list[Limits]:
    """Intervals of draws of one design, from arrays."""
    rng = np.random.default_rng(5)
    draw = designs(everybody())["simple random, 200"]
    return [from_arrays(everybody(), draw(rng)) for _ in range(DRAWS)]


def of_line(found: list[Limits], words: str, *, scaled: float = 1.0, moved: float = 0.0) -> Coverage:
    """Coverage of a line, with limits drawn in or out around their middle, and moved by some half-widths."""
    low, high = np.array([one[Line(words)] for one in found]).T
    reach = (high - low) / 2
    middle = low + reach * (1 + moved)
    changed = list(zip(middle - scaled * reach, middle + scaled * reach, strict=True))
    return coverage([changed], [truths(everybody())[Line(words)]], GENERAL)


SOUND = ("mean, even", "total, even", "ratio", "swept mean, even", "quantile 0.5, beta")


@pytest.mark.parametrize("words", SOUND)
def test_sound_intervals_hold_the_truth_and_halved_ones_do_not(simple: list[Limits], words: str) -> None:
    four_errors = 4 * np.sqrt(0.95 * 0.05 / DRAWS)
    assert abs(of_line(simple, words).share - 0.95) < four_errors
    halved = of_line(simple, words, scaled=0.5)
    assert halved.share < 0.95 - four_errors
    assert not halved.meets
    assert "**" in str(halved)


def test_a_shifted_interval_misses_on_the_side_that_it_left(simple: list[Limits]) -> None:
    shifted = of_line(simple, "mean, even", moved=2.0)
    assert shifted.below.mean() > 0.5
    assert not shifted.above.any()


@pytest.mark.parametrize("words", designs(everybody()))
def test_the_table_draws_as_the_arrays_do(words: str) -> None:
    of = everybody()
    drawn = designs(of)[words](np.random.default_rng(6))
    even, women = of.even[drawn.rows], of.women[drawn.rows]
    by_sex = np.where(np.stack([women, ~women], axis=1), even[:, None], np.nan)
    apart = linear.mean(drawn.sample(), by_sex, names=("women", "men")).difference("women", "men").interval()
    found = from_table(of, drawn)
    assert found[Line("difference, even")] == pytest.approx((apart[0][0], apart[1][0]), rel=1e-9)
    swept = from_arrays(of, drawn)[Line("swept mean, even")]  # the same weights, another reading of their residuals
    assert found[Line("raked mean, even")] == pytest.approx(swept, rel=0.01)
    assert found[Line("raked mean, even")] != pytest.approx(from_arrays(of, drawn)[Line("mean, even")], rel=1e-6)


def test_every_line_has_a_truth_and_every_truth_a_line() -> None:
    of = everybody()
    drawn = designs(of)["by size, 200"](np.random.default_rng(6))
    assert estimated(of, drawn).keys() == truths(of).keys()


@pytest.mark.parametrize(("held", "meets"), [(92, False), (93, True), (97, True), (98, False)])
def test_a_bound_is_met_exactly(held: int, meets: bool) -> None:
    missed = np.arange(100) >= held
    assert Coverage(below=missed[None, :], above=np.zeros((1, 100), dtype=bool), target=GENERAL).meets is meets


def test_limits_that_cannot_be_given_count_as_missing() -> None:
    assert coverage([[(np.nan, np.nan), (0.0, 1.0)]], [0.5], GENERAL).share == 0.5


def test_one_poor_share_fails_a_good_average() -> None:
    below = np.zeros((5, 100), dtype=bool)
    below[:, :3] = True
    assert Coverage(below=below, above=np.zeros_like(below), target=RARE_TARGET).meets
    below[0, :12] = True
    assert not Coverage(below=below, above=np.zeros_like(below), target=RARE_TARGET).meets


@pytest.fixture(scope="module")
def fifth() -> Shares:
    trait, draw = trait_designs(0.2, PEOPLE_ASKED)[f"simple random, {PEOPLE_ASKED}"]
    rng = np.random.default_rng(7)
    return share_draws(trait, (draw(rng) for _ in range(400)))


def test_shares_cover_as_often_as_the_hypergeometric_says(fifth: Shares) -> None:
    drawn = se.sample(None, population=np.full(PEOPLE_ASKED, float(PEOPLE)))
    exact = 0.0
    for having in range(PEOPLE_ASKED + 1):
        low, high = limits(se.proportion(drawn, (np.arange(PEOPLE_ASKED) < having).astype(float)).evidence)
        if low <= fifth.truth <= high:
            exact += stats.hypergeom.pmf(having, PEOPLE, round(fifth.truth * PEOPLE), PEOPLE_ASKED)
    [found] = [coverage([one], [fifth.truth], GENERAL).share for line, one in fifth.limits.items() if line.default]
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / fifth.value.size))


def test_printed_and_not_printed_are_counted_apart(fifth: Shares) -> None:
    assert 0 < fifth.printed.mean() < 1
    assert fifth.value[fifth.printed].mean() > fifth.value[~fifth.printed].mean()
    assert str(replace(fifth, printed=np.zeros_like(fifth.printed))).endswith("0.0, none")


@pytest.mark.parametrize(("having", "printed"), [(0, True), (1, False), (25, True)])
def test_the_table_prints_no_limits_where_the_standard_says_so(having: int, printed: bool) -> None:
    trait, draw = trait_designs(0.05, PEOPLE_ASKED)[f"simple random, {PEOPLE_ASKED}"]
    drawn = draw(np.random.default_rng(8))
    answers = np.arange(PEOPLE_ASKED) < having
    trait[drawn.rows] = answers
    lines = drawn.survey({"trait": np.where(answers, "yes", "no")}).estimate(se.share("trait", answers=("yes", "no")))
    [yes] = [line for line in lines if line.answer == "yes"]
    assert (yes.low is not None) is printed
    assert share_draws(trait, [drawn]).printed.tolist() == [printed]


def test_the_report_marks_what_the_library_does_by_default(fifth: Shares) -> None:
    text = "\n".join(report(rare({"simple random": [fifth] * 5})))
    default, comparison = text.split("for comparison, not a default")
    assert "share, wilson-kish" in default
    assert "share, korn-graubard" in comparison
