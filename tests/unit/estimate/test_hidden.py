"""Hidden populations: what is refused, what is warned of, and whether intervals cover."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.hidden_populations import Trial, estimators, listed, measured

from saphan.estimate.hidden import (
    Choice,
    Doubt,
    Lists,
    RefusedError,
    chao,
    chapman,
    lower_bound,
    missed_links,
    multiple_systems,
)
from saphan.estimate.hidden.choice import pairs_of
from saphan.estimate.hidden.loglinear import build, failing, fit

THREE = {(1, 0, 0): 200, (0, 1, 0): 150, (0, 0, 1): 100, (1, 1, 0): 40, (1, 0, 1): 28, (0, 1, 1): 20, (1, 1, 1): 6}


def doubts(found: object) -> set[Doubt]:
    return {one.doubt for one in found.warnings}  # type: ignore[attr-defined]


def test_lists_from_persons_and_from_counts_are_the_same() -> None:
    rows = [history for history, count in THREE.items() for _ in range(count)]
    of_rows, of_counts = Lists.of_persons(rows, ("a", "b", "c")), Lists.of(THREE, ("a", "b", "c"))
    assert of_rows.names == of_counts.names
    assert (of_rows.counts == of_counts.counts).all()
    assert of_counts.n == 544
    assert of_counts.frequencies.tolist() == [450, 88, 6]
    assert of_counts.overlaps.tolist() == [[274, 46, 34], [46, 216, 26], [34, 26, 154]]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "no capture history"),
        ({(1,): 3}, "give 2 to 12"),
        ({(1, 0): 0, (0, 1): 0}, "nobody is on any list"),
        ({(1, 0): -1}, "whole number"),
        ({(1, 0): 1.5}, "whole number"),
        ({(0, 0): 4, (1, 0): 1}, "on no list"),
        ({(1, 0): 4, (1, 0, 1): 1}, "2 marks of 0 or 1"),
        ({(1, 2): 4}, "2 marks of 0 or 1"),
    ],
)
def test_counts_that_are_no_lists(counts: dict[tuple[int, ...], int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lists.of(counts)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1, 0], [0, 0]], "person 2 is on no list"),
        ([[1, 0], [0, 3]], "neither 0 nor 1"),
        ([1, 0], "one row for each person"),
        ([], "one row for each person"),
    ],
)
def test_persons_that_are_no_lists(rows: list[list[int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lists.of_persons(rows)


def test_names_are_one_for_each_list() -> None:
    with pytest.raises(ValueError, match="one different name"):
        Lists.of(THREE, ("police", "police", "shelter"))


@pytest.mark.parametrize(
    ("counts", "reason", "remedy"),
    [
        ({(1, 0): 10, (0, 1): 20, (1, 1): 5}, "needs 3 lists; there are 2", "Find a third list"),
        ({(1, 0, 0): 10, (0, 1, 0): 20, (1, 1, 0): 5}, "Nobody is on list 3", "Leave the list out"),
        ({(1, 0, 0): 10, (0, 1, 0): 20, (0, 0, 1): 9, (1, 1, 0): 5}, "list 3 shares nobody", "combine the list"),
        ({(1, 0, 0): 10, (0, 1, 0): 20, (0, 0, 1): 9}, "list 1 shares nobody", "combine the list"),
    ],
)
def test_multiple_systems_are_refused_with_a_way_out(
    counts: dict[tuple[int, ...], int], reason: str, remedy: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        multiple_systems(Lists.of(counts), seed=1)
    assert reason in refused.value.reason
    assert remedy in refused.value.remedy


def test_sparse_lists_are_refused_where_no_model_has_an_estimate() -> None:
    everyone_everywhere = Lists.of({(1, 1, 1): 12})
    assert failing(build(3, everyone_everywhere.counts)) is not None
    with pytest.raises(RefusedError, match="too sparse"):
        multiple_systems(everyone_everywhere, seed=1)


def test_lists_that_share_nobody_have_an_interaction_without_a_floor() -> None:
    counts = {**THREE, (0, 1, 1): 0, (1, 1, 1): 0}
    model = build(3, Lists.of(counts).counts, [(1, 2)])
    assert model.lost == ((1, 2),)
    assert not (model.histories[:, 1] & model.histories[:, 2]).any()
    fitted = fit(model)
    # Without the histories of both, the first list against the other two is all there is: a table of two by two.
    others, both, first = 150 + 100, 40 + 28, 200
    assert fitted.unseen == pytest.approx(first * others / both, rel=1e-8)
    chosen = Choice().choose(3, Lists.of(counts).counts)
    assert chosen is not None
    assert (1, 2) in chosen.model.pairs
    found = multiple_systems(Lists.of(counts, ("police", "shelter", "border")), seed=2, samples=50)
    assert ("shelter", "border") in found.interactions
    assert Doubt.EMPTY_OVERLAP in doubts(found)


def test_fitted_means_meet_the_margins_they_were_given() -> None:
    lists = Lists.of(THREE)
    for pairs in ((), ((0, 1),), ((0, 1), (1, 2)), pairs_of(3)):
        model = build(3, lists.counts, pairs)
        assert model.design.T @ fit(model).means == pytest.approx(model.design.T @ model.counts, rel=1e-9)


def test_all_pairs_of_three_lists_have_the_closed_form_of_the_odds() -> None:
    odd, even = 200 * 150 * 100 * 6, 40 * 28 * 20
    assert fit(build(3, Lists.of(THREE).counts, pairs_of(3))).unseen == pytest.approx(odd / even, rel=1e-9)


def test_equal_seeds_give_equal_limits_and_others_do_not() -> None:
    lists = Lists.of(THREE)
    first, again, other = (multiple_systems(lists, seed=seed, samples=60) for seed in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)
    assert lists.n <= first.low < first.value < first.high


def test_the_bound_of_equal_lists_is_that_of_chao() -> None:
    counts = {(1, 0, 0): 90, (0, 1, 0): 90, (0, 0, 1): 90, (1, 1, 0): 15, (1, 0, 1): 15, (0, 1, 1): 15, (1, 1, 1): 4}
    value, *_ = chao(319, 270, 45, occasions=3)
    assert lower_bound(Lists.of(counts)).value == pytest.approx(value, rel=1e-9)


def test_the_plain_form_is_no_lower_bound_of_few_lists() -> None:
    # Expected counts of 10,000 persons on three independent lists that reach a tenth each.
    value, *_ = chao(2710, 3 * 10_000 * 0.1 * 0.81, 3 * 10_000 * 0.01 * 0.9)
    assert value > 13_000
    value, *_ = chao(2710, 3 * 10_000 * 0.1 * 0.81, 3 * 10_000 * 0.01 * 0.9, occasions=3)
    assert value == pytest.approx(10_000)


def test_nobody_twice_takes_the_bias_corrected_form() -> None:
    lists = Lists.of({(1, 0, 0): 6, (0, 1, 0): 5, (0, 0, 1): 4})
    found = lower_bound(lists)
    assert found.value == pytest.approx(15 + 2 / 3 * 15 * 14 / 2)
    assert found.low >= 15
    assert {Doubt.BIAS_CORRECTED, Doubt.EMPTY_OVERLAP, Doubt.FEW_OVERLAPS, Doubt.SMALL_SHARE} <= doubts(found)
    with pytest.raises(ValueError, match="cannot be"):
        chao(10, 8, 5)


def test_lists_that_exclude_each_other_are_warned_of() -> None:
    assert Doubt.EXCLUDING not in doubts(lower_bound(Lists.of(THREE)))
    assert Doubt.EXCLUDING in doubts(lower_bound(Lists.of({**THREE, (0, 1, 1): 2})))
    assert Doubt.EXCLUDING in doubts(lower_bound(Lists.of({**THREE, (0, 1, 1): 0, (1, 1, 1): 0})))
    assert Doubt.EXCLUDING not in doubts(lower_bound(Lists.of({**THREE, (0, 1, 1): 60})))


def test_an_estimate_below_the_bound_is_warned_of() -> None:
    uneven = {**THREE, (1, 1, 1): 60}
    assert Doubt.BELOW_BOUND not in doubts(multiple_systems(Lists.of(THREE), seed=1, samples=20))
    found = multiple_systems(Lists.of(uneven), seed=1, samples=20, choice=Choice(threshold=0.0))
    assert found.value < lower_bound(Lists.of(uneven)).value
    assert Doubt.BELOW_BOUND in doubts(found)


def test_two_lists() -> None:
    lists = Lists.of({(1, 0): 30, (0, 1): 20, (1, 1): 10})
    found = chapman(lists)
    assert found.value == pytest.approx(41 * 31 / 11 - 1)
    assert found.n == 60 <= found.low < found.value < found.high
    assert Doubt.UNCHECKED in doubts(found)
    with pytest.raises(RefusedError, match="takes two lists, not 3"):
        chapman(Lists.of(THREE))
    everyone = chapman(Lists.of({(1, 1): 25}))
    assert (everyone.low, everyone.value, everyone.high) == (25, 25, 25)


def test_missed_links_are_undone() -> None:
    """A truth whose links are broken as the table supposes comes back from it."""
    truth = Lists.of({history: 1000 * count for history, count in THREE.items()})
    share, counts = 0.1, dict.fromkeys(THREE, 0.0)
    for history, count in THREE.items():
        on = [index for index, mark in enumerate(history) if mark]
        kept = 1 - share if len(on) > 1 else 1.0
        counts[history] += 1000 * count * kept
        for index in on if len(on) > 1 else ():
            alone = tuple(int(other == index) for other in range(3))
            rest = tuple(mark - apart for mark, apart in zip(history, alone, strict=True))
            counts[alone] += 1000 * count * share / len(on)
            counts[rest] += 1000 * count * share / len(on)
    broken = Lists.of({history: round(count) for history, count in counts.items()})
    none, right = missed_links(broken, (0.0, share))
    assert right.seen == pytest.approx(truth.n)
    assert none.estimate is not None
    assert right.estimate is not None
    assert right.estimate.value == pytest.approx(lower_bound(truth).value, rel=1e-3)
    assert none.estimate.value > 1.1 * right.estimate.value


def test_more_links_cannot_be_missed_than_there_are_single_records() -> None:
    rows = missed_links(Lists.of({(1, 0): 1, (0, 1): 1, (1, 1): 50}), (0.0, 0.2))
    assert rows[0].estimate is not None
    assert rows[1].estimate is None
    one_on_all_three = {**THREE, (1, 1, 0): 0}  # no link can be missed of a history that nobody has
    assert all(row.estimate is not None for row in missed_links(Lists.of(one_on_all_three)))
    with pytest.raises(ValueError, match="0 or more and below 1"):
        missed_links(Lists.of(THREE), (1.0,))


@pytest.mark.parametrize(
    ("trial", "below"),
    [
        (Trial(words="independent", people=1000, reach=(0.3, 0.25, 0.2)), 1.1),
        (Trial(words="dependent", people=1000, reach=(0.3, 0.25, 0.2), dependence=1.5), 1.02),
    ],
    ids=lambda one: getattr(one, "words", ""),
)
def test_intervals_cover(trial: Trial, below: float) -> None:
    """A quick version of the benchmark; bounds are loose, for few draws."""
    rows = measured(trial, draws=30, samples=60)
    several, bound = rows["several lists, stepwise"], rows["the fewest there can be"]
    assert several.coverage >= 82
    assert abs(several.bias) < 8
    assert several.half_width < 4
    assert 1 + bound.bias / 100 < below


def test_trials_draw_what_they_say() -> None:
    trial = Trial(words="", people=200_000, reach=(0.3, 0.2, 0.1), dependence=1.0, uneven=0.0)
    lists = listed(trial, np.random.default_rng(3))
    assert np.diag(lists.overlaps)[[0, 2]] / 200_000 == pytest.approx([0.3, 0.1], rel=0.03)
    on_first = lists.overlaps[0, 1] / lists.overlaps[0, 0]
    assert on_first / (1 - on_first) == pytest.approx(0.25 * np.e, rel=0.05)
    assert set(estimators(50, 1)) >= {"several lists, stepwise", "the fewest there can be"}
