"""Disclosure control by examples small enough to check by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pytest

from saphan.analyse.disclosure import WHOLE, Cell, Ratio, Reason, Standing, attack, pattern, protect
from saphan.analyse.disclosure.system import build


@dataclass(frozen=True)
class Equation:
    total: str
    parts: tuple[str, ...]


def cell(name: str, count: int, value: float | None = None, **more: object) -> Cell:
    return Cell(name=name, rests_on=count, value=float(count * 4 if value is None else value), **more)  # type: ignore[arg-type]


def test_a_small_part_takes_the_cheapest_partner_with_it() -> None:
    cells = [cell("all", 300, cost=9), cell("few", 4), cell("boat", 196, cost=3), cell("foot", 100, cost=2)]
    hidden = protect(cells, [Equation("all", ("few", "boat", "foot"))], 10).hidden
    assert hidden == {"few": Reason.TOO_FEW, "foot": Reason.RECOVERABLE}


def test_without_sums_only_the_small_are_hidden() -> None:
    assert set(protect([cell("a", 9), cell("b", 10), cell("c", 0)], [], 10).hidden) == {"a", "c"}


def test_zero_by_design_is_no_secret() -> None:
    cells = [cell("all", 90), cell("closed", 0, structural=True), cell("open", 90)]
    assert not protect(cells, [Equation("all", ("closed", "open"))], 10).hidden


def test_hiding_reaches_over_linked_tables() -> None:
    """Each total is parted twice; hiding within one table alone would leave the other to subtract from."""
    cells = [
        cell("all", 400, cost=9),
        *(cell(name, count) for name, count in [("north", 100), ("south", 300)]),
        *(cell(name, count) for name, count in [("north men", 95), ("north women", 5)]),
        *(cell(name, count) for name, count in [("south men", 150), ("south women", 150)]),
        *(cell(name, count) for name, count in [("men", 245), ("women", 155)]),
    ]
    sums = [
        Equation("all", ("north", "south")),
        Equation("all", ("men", "women")),
        Equation("north", ("north men", "north women")),
        Equation("south", ("south men", "south women")),
        Equation("men", ("north men", "south men")),
        Equation("women", ("north women", "south women")),
    ]
    protection = protect(cells, sums, 10)
    assert "north women" in protection.hidden
    assert len(protection.hidden) == 4  # a rectangle, or two of its sides' margins: fewer would not do
    low, high = protection.bounds["north women"].count
    assert high - low >= 10


def test_two_small_cells_alone_in_a_small_total_need_a_third() -> None:
    """Hidden together, 1 and 2 could be at most 3: provably few. So a larger one is hidden with them."""
    cells = [cell("all", 203, cost=9), cell("a", 1), cell("b", 2), cell("c", 200, cost=2)]
    protection = protect(cells, [Equation("all", ("a", "b", "c"))], 10)
    assert set(protection.hidden) == {"a", "b", "c"}
    assert protection.bounds["a"].count[1] >= 10


def test_a_share_and_its_part_are_one_fact() -> None:
    """The part is hidden for its smallness; its share of a published total would tell it, were it published."""
    cells = [
        cell("all", 400, 4000, cost=9),
        cell("few", 4, 40),
        cell("rest", 396, 3960),
        cell("share of few", 400, 0.01, cost=5),
    ]
    ratio = Ratio(share="share of few", part="few", total="all")
    hidden = protect(cells, [Equation("all", ("few", "rest"))], 10, [ratio]).hidden
    assert {"few", "share of few"} <= set(hidden)
    assert "all" not in hidden


def test_a_share_of_a_hidden_total_is_hidden() -> None:
    cells = [cell("total", 8, 80), cell("part", 40, 40), cell("share", 40, 0.5)]
    assert set(protect(cells, [], 10, [Ratio(share="share", part="part", total="total")]).hidden) >= {"total", "share"}


def test_a_withheld_place_is_not_its_district_less_the_others() -> None:
    cells = [
        cell("district", 900, cost=8),
        cell("bridge", 700, cost=2),
        cell("river crossing", 200, standing=Standing.WITHHELD),
    ]
    protection = protect(cells, [Equation("district", ("bridge", "river crossing"))], 10)
    assert protection.hidden == {"bridge": Reason.RECOVERABLE}
    low, high = protection.bounds["river crossing"].value
    assert high - low >= 0.2 * 800


def test_a_withheld_place_alone_in_its_district_appears_as_the_district() -> None:
    cells = [cell("district", 200), cell("river crossing", 200, standing=Standing.WITHHELD)]
    assert not protect(cells, [Equation("district", ("river crossing",))], 10).hidden


def test_what_a_total_leaves_beside_its_listed_parts_is_protected() -> None:
    cells = [cell("all", 103, cost=9), cell("listed", 100), cell("others", 3, standing=Standing.UNLISTED)]
    assert protect(cells, [Equation("all", ("listed", "others"))], 10).hidden == {"listed": Reason.RECOVERABLE}


def test_parts_that_some_contributors_miss_still_bound_each_other() -> None:
    """One of 404 was of unseen sex: women and boys together are 9 at most, whatever their values leave open."""
    cells = [cell("all", 404, 4000, cost=9), cell("men", 395, 960), cell("women", 5, 40), cell("boys", 3, 3000)]
    hidden = protect(cells, [Equation("all", ("men", "women", "boys"))], 10).hidden
    assert hidden == {"women": Reason.TOO_FEW, "boys": Reason.TOO_FEW, "men": Reason.RECOVERABLE}


def test_a_whole_of_one_forces_what_nothing_can_hide() -> None:
    cells = [cell("yes", 8, 1.0), cell("no", 0, 0.0, structural=True)]
    protection = protect(cells, [Equation(WHOLE, ("yes", "no"))], 10)
    assert protection.forced == ("yes",)


@pytest.mark.parametrize("exact", [0, 5000])
def test_both_searches_protect_the_same_table(exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saphan.analyse.disclosure.search.EXACT", exact)
    cells, sums = _table(9, 6, seed=3)
    protection = protect(cells, sums, 10)
    hidden = np.array([one.name in protection.hidden for one in cells])
    for system in build(cells, sums, (), 10).systems:
        assert not (attack.determined(system, hidden) & hidden).any()


def test_hundreds_of_cells_take_seconds() -> None:
    cells, sums = _table(24, 18, seed=11)
    assert (len(cells), len(sums)) == (475, 44)
    start = time.process_time()
    protect(cells, sums, 10)
    assert time.process_time() - start < 10  # two or three on an ordinary laptop


def test_the_same_release_is_protected_the_same_way() -> None:
    cells, sums = _table(8, 7, seed=2)
    assert protect(cells, sums, 10) == protect(cells, sums, 10)


def test_elimination_sees_what_equations_alone_give_away() -> None:
    cells = [cell("all", 30), cell("a", 10), cell("b", 10), cell("c", 10), cell("d", 10)]
    sums = [Equation("all", ("a", "b", "c")), Equation("all", ("a", "b", "d"))]
    system = build(cells, sums, (), 5).systems[0]
    hidden = np.array([False, True, True, True, False])
    # The second sum gives a + b, so the first gives c; a and b stay open.
    assert attack.determined(system, hidden).tolist() == [False, False, False, True, False]


def test_a_demand_that_nothing_can_meet_finds_no_pattern() -> None:
    cells = [cell("a", 5, 0.5), cell("b", 5, 0.5)]
    release = build(cells, [Equation(WHOLE, ("a", "b"))], (), 10)
    demand = pattern.Demand(system=release.systems[0], cell=0, need=3.0)
    assert pattern.extend(release, np.array([True, False]), demand, [0, 1]) is None


def _table(rows: int, columns: int, seed: int) -> tuple[list[Cell], list[Equation]]:
    """A two-way table with its margins."""
    random = np.random.default_rng(seed)
    counts = np.zeros((rows + 1, columns + 1), dtype=int)
    counts[1:, 1:] = random.negative_binomial(0.8, 0.8 / 90, size=(rows, columns))
    counts[0, 1:] = counts[1:, 1:].sum(axis=0)
    counts[:, 0] = counts[:, 1:].sum(axis=1)
    cells = [
        cell(f"{row},{column}", int(counts[row, column]), cost=1 + 3 * (row == 0) + 3 * (column == 0))
        for row in range(rows + 1)
        for column in range(columns + 1)
    ]
    sums = [
        Equation(f"{row},0", tuple(f"{row},{column}" for column in range(1, columns + 1))) for row in range(rows + 1)
    ]
    sums += [
        Equation(f"0,{column}", tuple(f"{row},{column}" for row in range(1, rows + 1))) for column in range(columns + 1)
    ]
    return cells, sums
