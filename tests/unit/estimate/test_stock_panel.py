"""Change between rounds on the common panel, and the sites that stand out against the last round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.stock_populations import BEHAVIOURS
from benchmarks.stock_worlds import by_size, changed, measure

from saphan.estimate.stock import (
    PRESENCE,
    Area,
    Assessed,
    Change,
    Count,
    Grade,
    Measure,
    Reconciled,
    Site,
    Subject,
    changes,
    outliers,
)
from saphan.estimate.stock.totals import RATIO, REPORTS


def told(site: str, value: float, subject: Subject = PRESENCE) -> Reconciled:
    return Reconciled(
        site=site,
        subject=subject,
        value=value,
        low=value - 2,
        high=value + 3,
        grade=Grade.C,
        reasons=("invented",),
        informants=1,
        sources=1,
        method="invented",
    )


def assessed(values: dict[str, float], counts: dict[str, float] | None = None, chance: float = 0.25) -> Assessed:
    """Sites `a1`, `b2`, ... of the district that their first letter names."""
    return Assessed(
        sites=tuple(Site(id=one, district=one[0], province="p") for one in values),
        reconciled=tuple(told(one, value) for one, value in values.items()),
        counts=tuple(Count(site=one, value=value, chance=chance) for one, value in (counts or {}).items()),
    )


def rounds(again: bool, growth: float = 1.2) -> tuple[Assessed, Assessed]:
    """Two rounds of two districts by formula, every fourth site counted: the same sites `again`, or others."""
    said = {f"{'ab'[number % 2]}{number}": 20.0 + 31 * number % 83 for number in range(48)}
    off = {one: 0.6 + (17 * number % 29) / 40 for number, one in enumerate(said)}
    first = [one for number, one in enumerate(said) if number // 2 % 4 == 0]
    second = first if again else [one for number, one in enumerate(said) if number // 2 % 4 == 1]
    return (
        assessed(said, {one: round(said[one] * off[one]) for one in first}),
        assessed(
            {one: growth * value for one, value in said.items()},
            {one: round(growth * said[one] * off[one]) for one in second},
        ),
    )


def of_district(found: tuple[Change, ...], name: str = "a") -> Change:
    (one,) = [each for each in found if each.area is Area.DISTRICT and each.name == name]
    return one


def test_only_sites_assessed_in_both_rounds_and_the_coverage_of_both() -> None:
    earlier = assessed({"a1": 10, "a2": 20, "a3": 40, "b1": 5})
    later = assessed({"a2": 30, "a3": 40, "a4": 900, "b1": 5})
    later = replace(later, sites=tuple(replace(one, accessible=one.id != "a3") for one in later.sites))
    found = changes(earlier, later)
    assert [(one.area, one.name) for one in found] == [
        (Area.DISTRICT, "a"),
        (Area.DISTRICT, "b"),
        (Area.PROVINCE, "p"),
    ]
    one = of_district(found)
    assert (one.earlier, one.later, one.value, one.panel) == (20, 30, 10, 1)
    assert (one.low, one.high) == (28 - 23, 33 - 18)
    assert (one.interval, one.why, one.method) == (None, "no site was counted", REPORTS)
    assert [each.assessed for each in one.coverage] == [3, 2]
    assert one.coverage[1].inaccessible == 1


def test_all_counted_twice_is_exact() -> None:
    values = {"a1": 10.0, "a2": 20.0, "b1": 30.0}
    earlier, later = assessed(values, values, 1.0), assessed(values, {**values, "a1": 25.0}, 1.0)
    one = of_district(changes(earlier, later))
    assert one.interval is not None
    assert one.value == one.interval.low == one.interval.high == one.low == one.high == 15


def test_the_same_sites_counted_again_tell_a_change_far_better_than_others() -> None:
    same, other = (of_district(changes(*rounds(again))) for again in (True, False))
    assert same.interval is not None
    assert other.interval is not None
    assert same.method == RATIO
    assert same.correlation > 0.8
    assert other.correlation == 0  # nothing was counted twice to show one
    assert same.interval.half_width < 0.6 * other.interval.half_width
    assert same.interval.low < same.value < same.interval.high
    assert same.value == pytest.approx(0.2 * same.earlier, rel=0.02)


def test_golden_value() -> None:
    """Moves only with the version, stock-ratio/1."""
    assert RATIO == "stock-ratio/1"
    one = of_district(changes(*rounds(again=True)))
    assert one.interval is not None
    found = (one.value, one.interval.standard_error, one.interval.degrees, one.correlation)
    assert found == pytest.approx((293.254750566, 62.6458006391, 9.04507682853, 0.856645977252), rel=1e-9)


def test_a_district_of_one_round_only_moves_nothing_of_the_others() -> None:
    earlier, later = rounds(again=True)
    more = replace(
        earlier,
        sites=(Site(id="c1", district="c", province="p"), *earlier.sites),
        reconciled=(told("c1", 70.0), *earlier.reconciled),
    )
    for name in ("a", "b"):
        first, second = of_district(changes(earlier, later), name), of_district(changes(more, later), name)
        assert first.interval is not None
        assert second.interval is not None
        assert second.value == pytest.approx(first.value)
        assert second.interval.half_width == pytest.approx(first.interval.half_width)


def test_one_round_without_counts_has_no_interval() -> None:
    earlier, later = rounds(again=True)
    one = of_district(changes(replace(earlier, counts=()), later))
    assert (one.interval, one.why) == (None, "no site was counted")


def test_outliers_by_hand() -> None:
    earlier = {f"a{number}": 95.0 for number in range(20)} | {"a20": 95.0, "a21": 95.0, "a22": 1.0}
    later = {**earlier, "a20": 195.0, "a21": 120.0, "a22": 9.0}
    (one,) = outliers(assessed(earlier), assessed(later))
    # All else steady: the spread is the least there is, 0.10, and (195 + 5) / (95 + 5) = 2. a21 moves by 0.22, not
    # 0.35; a22 by fewer than 20 people.
    assert one.site == "a20"
    assert one.deviations == pytest.approx(np.log(2) / 0.10)
    assert one.expected == pytest.approx(95)
    assert "95 in the last round, 195 in this one" in one.words


def test_an_outlier_is_one_against_what_the_others_did() -> None:
    earlier = {f"a{number}": 40.0 + number for number in range(20)}
    doubled = {one: 2 * value for one, value in earlier.items()}
    assert outliers(assessed(earlier), assessed(doubled)) == ()
    (one,) = outliers(assessed(earlier), assessed({**doubled, "a3": 43.0}))
    assert one.site == "a3"
    assert one.deviations < 0


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (assessed({"b9": 1.0}), "no site was assessed in both rounds"),
        (
            Assessed(sites=(Site(id="a1", district="b", province="p"),), reconciled=(told("a1", 1.0),)),
            "site a1 lies in a in the earlier round and in b in the later",
        ),
        (
            replace(assessed({"a1": 1.0}), reconciled=(told("a1", 1.0, Subject(measure=Measure.ARRIVALS)),)),
            "compare like with like",
        ),
    ],
)
def test_rounds_that_do_not_compare(later: Assessed, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changes(assessed({"a1": 1.0}), later)


def test_a_level_is_between_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"give 0\.9"):
        changes(*rounds(again=True), level=90)


@pytest.mark.parametrize("again", [True, False])
def test_changes_of_small_worlds_are_covered(again: bool) -> None:
    found = measure(changed(BEHAVIOURS[0], 4, 2, lambda of, seed: by_size(of, seed, 10), again=again))
    assert found.coverage >= 75  # 40 intervals in 4 worlds: the benchmark says more
    assert found.half_width < 4  # and not because they are wide
