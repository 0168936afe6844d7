"""Draws: their chances by simulation, their repetition, and what a frame must be."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from scipy import optimize

from saphan.estimate.sampling import (
    Method,
    Record,
    Role,
    Sample,
    Stage,
    brewer,
    draw,
    draw_again,
    inclusion,
    joint_inclusion,
    sen_yates_grundy,
    substitute,
    variance,
    with_replacement,
)

SIZED = (Method.PPS, Method.PPS_SYSTEMATIC)


def areas(number: int, seed: int = 1) -> pa.Table:
    """Enumeration areas in two regions, of very different sizes."""
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "area": [f"EA-{i:04}" for i in range(number)],
            "region": ["north" if i % 3 else "south" for i in range(number)],
            "households": np.ceil(np.exp(random.normal(4, 0.8, number))).astype(int),
        }
    )


def households(table: pa.Table, per_area: int = 9) -> pa.Table:
    """A list of households; their numbers begin again in each area."""
    names = table["area"].to_pylist()
    return pa.table({"area": np.repeat(names, per_area), "household": list(range(1, per_area + 1)) * len(names)})


def stage(method: Method, size: int, **more: object) -> Stage:
    measure = "households" if method in SIZED else None
    return Stage(unit="area", method=method, size=size, measure=measure, **more)  # type: ignore[arg-type]


def main(sample: Sample) -> list[str]:
    return sample.active["area"].to_pylist()


def shuffled(table: pa.Table, seed: int = 3) -> pa.Table:
    return table.take(np.random.default_rng(seed).permutation(table.num_rows))


@pytest.mark.parametrize(
    ("method", "order_by"),
    [
        *((method, ()) for method in Method),
        (Method.SYSTEMATIC, ("region", "households")),
        (Method.PPS_SYSTEMATIC, ("region", "households")),
    ],
)
def test_units_are_drawn_as_often_as_their_probability_says(method: Method, order_by: tuple[str, ...]) -> None:
    table, size, draws = areas(12), 5, 2000
    one = stage(method, size, order_by=order_by)
    found: Counter[str] = Counter()
    for seed in range(draws):
        sample = draw(table, one, seed=seed)
        assert sample.units.num_rows == size
        found.update(main(sample))
    measure = np.array(table["households"].to_pylist(), dtype=float) if method in SIZED else np.ones(12)
    wanted = inclusion(measure, size)
    rate = np.array([found[name] for name in table["area"].to_pylist()]) / draws
    assert (rate[wanted == 1] == 1).all()
    loose = wanted < 1
    deviation = np.sqrt(wanted[loose] * (1 - wanted[loose]) / draws)
    assert np.abs((rate[loose] - wanted[loose]) / deviation).max() < 4.5


def test_replacements_of_a_simple_draw_are_a_simple_draw() -> None:
    table, draws = areas(10), 4000
    found = Counter(
        name
        for seed in range(draws)
        for name in draw(table, stage(Method.SIMPLE, 3, replacements=2), seed=seed)
        .units.filter(pa.array([False] * 3 + [True] * 2))["area"]
        .to_pylist()
    )
    rate = np.array([found[name] for name in table["area"].to_pylist()]) / draws
    assert np.abs(rate - 0.2).max() < 4.5 * math.sqrt(0.2 * 0.8 / draws)


def test_replacements_of_a_sized_draw_come_in_proportion_to_size() -> None:
    table, draws = areas(6), 3000
    one = stage(Method.PPS, 1, replacements=1)
    found = Counter(draw(table, one, seed=seed).units["area"][1].as_py() for seed in range(draws))
    measure = np.array(table["households"].to_pylist(), dtype=float)
    total = measure.sum()
    second = np.outer(measure / total / (total - measure), measure)  # who is first, who of the others is second
    wanted = second.sum(axis=0) - np.diag(second)
    rate = np.array([found[name] for name in table["area"].to_pylist()]) / draws
    assert wanted.sum() == pytest.approx(1)
    assert np.abs((rate - wanted) / np.sqrt(wanted * (1 - wanted) / draws)).max() < 4.5


@pytest.mark.parametrize("method", list(Method))
def test_a_draw_depends_on_seed_and_frame_not_on_rows(method: Method) -> None:
    table = areas(80)
    one = stage(method, 12, stratum=("region",), replacements=3)
    first = draw(table, one, seed=20241205)
    again = draw(shuffled(table), one, seed=20241205)
    assert again.units.equals(first.units)
    assert again.record == first.record
    assert main(draw(table, one, seed=20241206)) != main(first)


@pytest.mark.parametrize("method", [Method.SIMPLE, Method.PPS])
def test_a_frame_that_grows_keeps_most_of_its_sample(method: Method) -> None:
    table = areas(303)
    kept = []
    for seed in range(50):
        before = set(main(draw(table.slice(0, 300), stage(method, 40), seed=seed)))
        after = set(main(draw(table, stage(method, 40), seed=seed)))
        kept.append(len(before & after))
    # Another seed would keep 40 * 40 / 300: about 5.
    assert np.mean(kept) > 38


def test_the_design_of_maximum_entropy_against_all_its_samples() -> None:
    """Joint probabilities and variances, from the list of all samples and weights solved for by another method."""
    measure, size = np.array([3.0, 9.0, 4.0, 12.0, 7.0, 6.0, 40.0]), 4
    probability = inclusion(measure, size)
    assert (probability == 1).tolist() == [False] * 6 + [True]
    samples = np.array([[1 if i in one else 0 for i in range(6)] + [1] for one in itertools.combinations(range(6), 3)])

    def chance(logit: np.ndarray) -> np.ndarray:
        weight = np.exp(samples[:, :6] @ np.append(logit, 0.0))
        return weight / weight.sum()

    solved = optimize.root(lambda logit: (chance(logit) @ samples)[:5] - probability[:5], np.zeros(5), tol=1e-13)
    p = chance(solved.x)
    joint = joint_inclusion(probability, np.arange(7))
    assert joint == pytest.approx(samples.T @ (samples * p[:, None]), abs=1e-9)

    values = np.array([10.0, 21.0, 15.0, 30.0, 22.0, 14.0, 90.0])
    totals = samples @ (values / probability)
    truth = p @ (totals - values.sum()) ** 2
    assert p @ totals == pytest.approx(values.sum())
    inside = [np.flatnonzero(one) for one in samples]
    exact = [sen_yates_grundy(values[one], joint[np.ix_(one, one)]) for one in inside]
    assert p @ exact == pytest.approx(truth)
    near = [variance(values[one], probability[one], brewer(probability[one])) for one in inside]
    assert p @ near == pytest.approx(truth, rel=0.1)  # three of six units: the approximation is for larger n
    with_one_back = [variance(values[one], probability[one], with_replacement(probability[one])) for one in inside]
    assert p @ with_one_back > 1.5 * truth


def test_brewer_is_exact_for_simple_samples() -> None:
    values, probability = np.array([3.0, 8.0, 5.0, 9.0]), np.full(4, 4 / 20)
    # N^2 (1 - f) s^2 / n: Cochran 1977, 2.6
    assert variance(values, probability, brewer(probability)) == pytest.approx(400 * 0.8 * values.var(ddof=1) / 4)


def test_the_largest_units_are_taken_for_certain_and_probabilities_add_up() -> None:
    measure = np.array([100.0, 30.0, 5.0, 4.0, 3.0, 2.0])
    # 4 * 100 / 144 is above 1; then 3 * 30 / 44; then 2 * 5 / 14 is not.
    assert inclusion(measure, 4) == pytest.approx([1, 1, 2 * 5 / 14, 2 * 4 / 14, 2 * 3 / 14, 2 * 2 / 14])
    assert inclusion(np.ones(3), 3).tolist() == [1, 1, 1]
    table = pa.table({"area": list("abcdef"), "households": measure})
    sample = draw(table, stage(Method.PPS, 4), seed=1)
    assert sample.units["certain"].to_pylist() == [True, True, False, False]
    assert sample.units["area"].to_pylist()[:2] == ["a", "b"]


def test_systematic_draws_spread_over_their_order() -> None:
    table = pa.table({"area": [f"{i:03}" for i in range(100)], "height": range(100)})
    one = Stage(unit="area", size=8, method=Method.SYSTEMATIC, order_by=("height",))
    for seed in range(30):
        heights = np.array([int(name) for name in main(draw(table, one, seed=seed))])
        assert set(np.diff(heights)) <= {12, 13}  # the interval is 12.5


def test_each_stratum_has_a_random_start_of_its_own() -> None:
    table = pa.table(
        {"area": [f"{i:03}" for i in range(200)], "height": list(range(100)) * 2, "half": [0] * 100 + [1] * 100}
    )
    one = Stage(unit="area", size=4, method=Method.SYSTEMATIC, order_by=("height",), stratum=("half",))
    first = np.array([[int(name) for name in main(draw(table, one, seed=seed))] for seed in range(400)])[:, [0, 4]]
    assert abs(np.corrcoef(first.T)[0, 1]) < 0.2


def two_stages(table: pa.Table, lists: pa.Table, seed: int) -> Sample:
    first = draw(table, stage(Method.PPS, 6, stratum=("region",), replacements=2), seed=seed)
    return draw(lists, Stage(unit="household", size=4, replacements=2), seed=seed, parent=first)


def test_two_stages_multiply() -> None:
    table = areas(60)
    sample = two_stages(table, households(table), 11)
    units = sample.units
    assert sample.record.sizes == dict.fromkeys(sorted(set(units["area"].to_pylist())), 4)
    assert len(sample.record.sizes) == 12
    first = np.array(units["probability.area"].to_pylist())
    assert units["probability.household"].to_pylist() == [4 / 9] * units.num_rows
    assert np.array(units["probability"].to_pylist()) == pytest.approx(first * 4 / 9)
    assert np.array(units["weight"].to_pylist()) == pytest.approx(1 / (first * 4 / 9))
    assert Counter(units["role"].to_pylist()) == {"main": 48, "reserve": 24}
    assert units["order"].to_pylist() == [1, 2, 3, 4, 5, 6] * 12
    # Households of the same number in other areas have random numbers of their own.
    places = [tuple(units["household"].to_pylist()[row : row + 4]) for row in range(0, units.num_rows, 6)]
    assert len(set(places)) > 8


def test_weights_of_two_stages_add_up_to_the_population_on_average() -> None:
    table = areas(40)
    lists = households(table)
    totals = [sum(two_stages(table, lists, seed).active["weight"].to_pylist()) for seed in range(400)]
    assert np.mean(totals) == pytest.approx(360, abs=4 * np.std(totals) / 20)


def test_a_third_stage_follows_the_same_way() -> None:
    table = areas(40)
    lists = households(table)
    second = two_stages(table, lists, 5)
    people = pa.table(
        {
            "area": np.repeat(lists["area"].to_pylist(), 3),
            "household": np.repeat(lists["household"].to_pylist(), 3),
            "person": ["a", "b", "c"] * lists.num_rows,
        }
    )
    third = draw(people, Stage(unit="person", size=1), seed=5, parent=second)
    assert third.units.num_rows == second.active.num_rows
    assert third.units["weight"].to_numpy() == pytest.approx(
        3 * second.active.sort_by([("area", "ascending"), ("household", "ascending")])["weight"].to_numpy()
    )
    assert draw_again(third.record, [table, lists, people]).units.equals(third.units)


def test_the_record_draws_the_sample_again() -> None:
    table = areas(60)
    lists = households(table)
    sample = two_stages(table, lists, 11)
    lost = sample.active.slice(0, 1).to_pylist()[0]
    sample = substitute(sample, lost["area"], str(lost["household"]), why="moved away")
    record = msgspec.json.decode(msgspec.json.encode(sample.record), type=Record)
    assert record == sample.record
    again = draw_again(record, [shuffled(table), shuffled(lists)])
    assert again.units.equals(sample.units)


def test_what_was_changed_after_the_draw_is_found() -> None:
    table = areas(60)
    sample = draw(table, stage(Method.SIMPLE, 6), seed=1)
    other = table.set_column(0, "area", pa.array([*table["area"].to_pylist()[:-1], "EA-9999"]))
    with pytest.raises(ValueError, match="not the one that was drawn from"):
        draw_again(sample.record, [other])
    with pytest.raises(ValueError, match="not what the record says"):
        draw_again(replace(sample.record, seed=2), [table])
    with pytest.raises(ValueError, match="drawn by draw/0"):
        draw_again(replace(sample.record, version="draw/0"), [table])
    with pytest.raises(ValueError, match="2 frames for 1 stages"):
        draw_again(sample.record, [table, table])


def test_a_lost_cluster_is_replaced_by_the_next_and_leaves_the_others_alone() -> None:
    table = areas(60)
    lists = households(table)
    first = draw(table, stage(Method.PPS, 6, stratum=("region",), replacements=1), seed=4)
    before = draw(lists, Stage(unit="household", size=4), seed=4, parent=first)
    gone = first.units.to_pylist()[0]
    after = substitute(first, gone["area"], why="flooded")
    change = after.record.substitutions[0]
    assert change.lost == (gone["area"],)
    roles = {row["area"]: (row["role"], row["region"]) for row in after.units.to_pylist()}
    assert roles[gone["area"]] == (Role.LOST, gone["region"])
    assert roles[change.by[0]] == (Role.SUBSTITUTE, gone["region"])
    new = draw(lists, Stage(unit="household", size=4), seed=4, parent=after)
    same = [row for row in new.units.to_pylist() if row["area"] != change.by[0]]
    assert same == [row for row in before.units.to_pylist() if row["area"] != gone["area"]]
    with pytest.raises(ValueError, match="no replacement is left"):
        substitute(after, change.by[0], why="flooded too")
    with pytest.raises(ValueError, match="not an active unit"):
        substitute(after, gone["area"], why="twice")


def test_sizes_by_stratum() -> None:
    sample = draw(
        areas(60), replace(stage(Method.SIMPLE, 1, stratum=("region",)), size={"north": 7, "south": 3}), seed=1
    )
    assert sample.record.sizes == {"north": 7, "south": 3}
    weight = dict(zip(sample.units["region"].to_pylist(), sample.units["weight"].to_pylist(), strict=True))
    assert weight == pytest.approx({"north": 40 / 7, "south": 20 / 3})


def _column(name: str, values: list[object]) -> pa.Table:
    table = areas(6)
    return table.set_column(table.column_names.index(name), name, pa.array(values))


STRATA = stage(Method.SIMPLE, 2, stratum=("region",))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: draw(areas(6), stage(Method.SIMPLE, 7), seed=1), "7 of 6 units in all"),
        (lambda: draw(areas(6), stage(Method.SIMPLE, 0), seed=1), "0 in all; give 1 or more"),
        (lambda: draw(areas(6), replace(STRATA, size=3), seed=1), "3 of 2 units in south"),
        (lambda: draw(areas(6), replace(STRATA, size={"north": 2}), seed=1), "none is given for south"),
        (
            lambda: draw(areas(6), replace(STRATA, size={"north": 2, "south": 1, "nort": 1}), seed=1),
            "no 'nort'. Did you mean 'north'",
        ),
        (lambda: draw(areas(6), replace(STRATA, replacements=-1), seed=1), "replacements of area: -1"),
        (lambda: draw(_column("households", [5, 4, 0, 3, 2, 1]), stage(Method.PPS, 2), seed=1), "EA-0002 is 0"),
        (lambda: draw(_column("households", [5, 4, 3, -3, 2, 1]), stage(Method.PPS, 2), seed=1), "EA-0003 is -3"),
        (lambda: draw(_column("area", ["a", "b", "c", "a", "e", "f"]), STRATA, seed=1), "a stands in it twice"),
        (lambda: draw(_column("region", ["n", "n", None, "n", "n", "n"]), STRATA, seed=1), "region is empty in row 3"),
        (lambda: draw(areas(6), replace(STRATA, stratum=("regio",)), seed=1), "Did you mean 'region'"),
        (lambda: draw(areas(6).slice(0, 0), STRATA, seed=1), "it has no rows"),
        (lambda: stage(Method.SIMPLE, 2, order_by=("region",)), "follows no order"),
        (lambda: Stage(unit="area", size=2, method=Method.PPS), "needs a measure of size"),
        (lambda: Stage(unit="area", size=2, measure="households"), "has no use for a measure of size"),
        (lambda: Stage(unit="weight", size=2), "named as the sample's own"),
        (
            lambda: draw(areas(6), STRATA, seed=1, parent=draw(areas(6), STRATA, seed=1)),
            "an earlier stage has a column",
        ),
        (
            lambda: draw(
                households(areas(2)), Stage(unit="household", size=2), seed=1, parent=draw(areas(6), STRATA, seed=1)
            ),
            "was drawn and has no units in it",
        ),
        (lambda: sen_yates_grundy(np.ones(2), np.array([[0.5, 0.0], [0.0, 0.5]])), "joint: a zero"),
        (lambda: variance(np.ones(3), np.full(2, 0.5), np.ones(2)), r"values: \(3,\)"),
        (lambda: brewer(np.array([1.0, 0.5])), "one unit was drawn by chance"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
