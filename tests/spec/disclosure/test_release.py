"""Over random linked tables: no attack succeeds, nothing is hidden without need, a stricter rule includes a laxer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spec.disclosure.attacker import Equation, ranges

from saphan.analyse.disclosure import WHOLE, Cell, Reason, protect

Release = tuple[list[Cell], list[Equation]]
SLACK = 1e-4


def table(counts: np.ndarray, weights: np.ndarray, prefix: str = "") -> Release:
    """A table of two or three dimensions with all its margins, and every sum that holds among them."""
    values = counts * weights
    dimensions = counts.ndim
    numbers = {}
    for axes in np.ndindex(*([2] * dimensions)):
        summed = tuple(axis for axis in range(dimensions) if axes[axis])
        left = [size if not axes[axis] else 1 for axis, size in enumerate(counts.shape)]
        count = counts.sum(axis=summed, keepdims=True)
        value = values.sum(axis=summed, keepdims=True)
        for at in np.ndindex(*left):
            label = tuple("*" if axes[axis] else str(at[axis]) for axis in range(dimensions))
            numbers[label] = (int(count[at]), float(value[at]))
    cells = [
        Cell(name=prefix + ",".join(label), rests_on=count, value=value, cost=1 + count**0.5 + 5 * label.count("*"))
        for label, (count, value) in numbers.items()
    ]
    sums = [
        Equation(
            total=prefix + ",".join(label),
            parts=tuple(
                prefix + ",".join([*label[:axis], str(at), *label[axis + 1 :]]) for at in range(counts.shape[axis])
            ),
        )
        for label in numbers
        for axis in range(dimensions)
        if label[axis] == "*"
    ]
    return cells, sums


@st.composite
def releases(draw: st.DrawFn, least: int = 0) -> Release:
    """One table, or two that share their first margin (districts by sex, districts by mode)."""
    shape = draw(st.sampled_from([(2, 2), (2, 5), (3, 4), (4, 6), (2, 2, 3), (3, 3, 2)]))
    size = int(np.prod(shape))
    entry = st.one_of(st.integers(least, least + 14), st.integers(least, least + 200))
    counts = np.array(draw(st.lists(entry, min_size=size, max_size=size))).reshape(shape)
    weights = np.array(draw(st.lists(st.sampled_from([1.0, 3.5, 12.0, 250.0]), min_size=size, max_size=size))).reshape(
        shape
    )
    cells, sums = table(counts, weights)
    if len(shape) == 2 and draw(st.booleans()):
        # The same rows parted by something else.
        rows, row_values = counts.sum(axis=1), (counts * weights).sum(axis=1)
        split = np.array([draw(st.integers(0, int(row))) for row in rows])
        for at, (row, value, part) in enumerate(zip(rows, row_values, split, strict=True)):
            share = part / row if row else 0.0
            cells += [
                Cell(name=f"{at},first", rests_on=int(part), value=value * share),
                Cell(name=f"{at},second", rests_on=int(row - part), value=value * (1 - share)),
            ]
            sums.append(Equation(total=f"{at},*", parts=(f"{at},first", f"{at},second")))
    return cells, sums


@settings(max_examples=40, deadline=None)
@given(release=releases(), threshold=st.sampled_from([3, 10]))
def test_no_hidden_number_can_be_had(release: Release, threshold: int) -> None:
    cells, sums = release
    protection = protect(cells, sums, threshold)
    small = {cell.name for cell in cells if cell.rests_on < threshold}
    assert small == {name for name, reason in protection.hidden.items() if reason is Reason.TOO_FEW}
    values, counts = (ranges(cells, sums, protection.hidden, what) for what in ("value", "rests_on"))
    for name in protection.hidden.keys() - set(protection.forced):
        assert values[name][1] - values[name][0] > SLACK, name
        wide = threshold if name in small else 1
        assert counts[name][1] - counts[name][0] >= wide - SLACK, name


@settings(max_examples=10, deadline=None)
@given(release=releases(least=10))
def test_nothing_is_hidden_where_nothing_is_small(release: Release) -> None:
    cells, sums = release
    if all(cell.rests_on >= 10 for cell in cells):
        assert not protect(cells, sums, 10).hidden


@settings(max_examples=10, deadline=None)
@given(release=releases())
def test_what_holds_at_a_threshold_holds_below_it(release: Release) -> None:
    cells, sums = release
    strict, lax = protect(cells, sums, 10), protect(cells, sums, 4)
    few = [{name for name, reason in one.hidden.items() if reason is Reason.TOO_FEW} for one in (strict, lax)]
    assert few[0] >= few[1]
    counts = ranges(cells, sums, strict.hidden, "rests_on")
    for name in few[1] - set(strict.forced):
        assert counts[name][1] - counts[name][0] >= 4 - SLACK


@pytest.mark.parametrize("shape", [(6, 5), (10, 6), (14, 8)])
def test_hiding_only_the_small_would_give_them_away(shape: tuple[int, int]) -> None:
    """The trial of the reference: hidden primaries are recovered until further cells are hidden, and then none is."""
    random = np.random.default_rng(7)
    counts = random.negative_binomial(0.9, 0.9 / 60, size=shape)
    cells, sums = table(counts, random.uniform(5, 50, size=shape))
    small = {cell.name for cell in cells if cell.rests_on < 10}
    given_away = [name for name, (low, high) in ranges(cells, sums, small, "value").items() if high - low < SLACK]
    assert given_away
    protection = protect(cells, sums, 10)
    after = ranges(cells, sums, protection.hidden, "value")
    assert not [name for name, (low, high) in after.items() if high - low < SLACK]


@settings(max_examples=20, deadline=None)
@given(counts=st.lists(st.integers(0, 60), min_size=2, max_size=6).filter(lambda counts: sum(counts) > 20))
def test_shares_of_a_whole(counts: list[int]) -> None:
    base = sum(counts)
    cells = [Cell(name=str(at), rests_on=count, value=count / base) for at, count in enumerate(counts)]
    sums = [Equation(total=WHOLE, parts=tuple(cell.name for cell in cells))]
    protection = protect(cells, sums, 10)
    for name, (low, high) in ranges(cells, sums, protection.hidden, "value").items():
        assert high - low > SLACK, name
