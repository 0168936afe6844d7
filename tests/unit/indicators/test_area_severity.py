"""The preliminary figures of areas, rule by rule, each on its edge and just past it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from saphan.analyse.indicators.needs.area_severity import (
    SECTORS,
    Choice,
    Raised,
    Thresholds,
    counted_pin,
    final_pin,
    people_in_need,
    pin_flags,
    preliminary_pin,
    preliminary_severity,
    severity_flags,
)
from saphan.estimate.flow import Estimate
from saphan.estimate.flow.product import product

FloatArray = npt.NDArray[np.float64]
NAN = float("nan")
NO, YES, UNKNOWN = Raised.NO, Raised.YES, Raised.UNKNOWN


def unit(**people: float) -> FloatArray:
    """One unit by sector; a sector left out has 1 person in need, so that it is neither missing nor 0."""
    named = {name.replace("_", "-"): value for name, value in people.items()}
    assert set(named) <= set(SECTORS)
    return np.array([[named.get(name, 1.0) for name in SECTORS]])


def flag(number: int, people: FloatArray, *, population: float = 1e9, **options: object) -> Raised:
    """One of the seven of a single unit."""
    flags = pin_flags(people, population=np.array([population]), **options)  # type: ignore[arg-type]
    return Raised(flags[0, number - 1])


def phases(*reported: float) -> FloatArray:
    """One unit; sectors left out are in phase 1."""
    return np.array([[*reported, *(1.0,) * (len(SECTORS) - len(reported))]])


# What stands


def test_the_preliminary_figure_is_the_highest_sector_and_never_a_sum_or_mean() -> None:
    found = preliminary_pin(np.vstack([unit(health=300, water=500), unit(health=700, water=NAN)]))
    assert found.value.tolist() == [500.0, 700.0]
    assert found.highest == (("water",), ("health",))
    assert found.partial.tolist() == [False, True]


def test_sectors_that_share_the_highest_are_all_named_and_a_unit_without_figures_has_none() -> None:
    found = preliminary_pin(np.vstack([unit(health=300, water=300), np.full((1, len(SECTORS)), NAN)]))
    assert found.highest == (("health", "water"), ())
    assert np.isnan(found.value[1])


def test_a_negative_figure_and_a_column_without_a_sector_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        preliminary_pin(unit(health=-1))
    with pytest.raises(ValueError, match="8 sectors"):
        preliminary_pin(np.ones((2, 7)))


def test_the_worksheet_counts_nobody_in_units_of_severity_1_or_2() -> None:
    found = counted_pin(np.array([10.0, 10.0, 10.0, NAN, 10.0]), np.array([2.0, 3.0, 1.0, 4.0, NAN]))
    assert found[:3].tolist() == [0.0, 10.0, 0.0]
    assert np.isnan(found[3:]).all()


# Flags of people in need


def test_flag_1_counts_sectors_that_are_missing_or_0() -> None:
    assert flag(1, unit(health=NAN)) is NO
    assert flag(1, unit(health=NAN, water=0)) is YES
    assert flag(1, unit(health=NAN), thresholds=Thresholds(silent_sectors=1)) is YES
    assert flag(1, np.where(np.arange(len(SECTORS)) < 3, NAN, np.zeros((1, len(SECTORS))))) is UNKNOWN


@pytest.mark.parametrize(("second", "raised"), [(100.0, YES), (101.0, NO), (0.0, YES)])
def test_flag_2_compares_the_highest_with_the_second_in_relation_to_the_second(second: float, raised: Raised) -> None:
    assert flag(2, unit(water=130, health=second)) is raised  # 130 is 30 per cent over 100; 0 leaves 1 the second


def test_flag_2_is_unknown_against_a_second_of_0_and_without_a_second() -> None:
    alone = np.zeros((1, len(SECTORS)))
    alone[0, 0] = 130.0
    assert flag(2, alone) is UNKNOWN
    assert flag(2, np.where(alone > 0, alone, NAN)) is UNKNOWN


@pytest.mark.parametrize(("third", "raised"), [(100.0, YES), (101.0, NO)])
def test_flag_3_compares_the_highest_with_the_third(third: float, raised: Raised) -> None:
    assert flag(3, unit(water=150, health=149, shelter=third)) is raised


def test_flag_3_is_raised_against_a_third_of_0_and_unknown_without_a_third() -> None:
    two = np.zeros((1, len(SECTORS)))
    two[0, :2] = 150.0, 140.0
    assert flag(3, two) is YES
    assert flag(3, np.where(two > 0, two, NAN)) is UNKNOWN


def test_second_and_third_are_of_distinct_figures() -> None:
    people = unit(water=200, health=190, shelter=190, protection=100)
    assert flag(3, people) is YES  # 200 over 100, not over the other 190


def test_two_sectors_that_share_the_highest_switch_off_what_asks_whether_it_stands_alone() -> None:
    people = unit(education=500, water=500, health=100)
    assert [flag(number, people) for number in (2, 3, 4)] == [NO, NO, NO]
    assert [flag(number, unit(education=500, health=100, water=90)) for number in (2, 3, 4)] == [YES, YES, YES]


def test_flag_4_asks_whether_the_highest_sector_counts_only_some_of_the_people() -> None:
    assert flag(4, unit(education=5)) is YES
    assert flag(4, unit(water=5)) is NO
    assert flag(4, unit(nutrition=5), thresholds=Thresholds(subgroups=("education", "nutrition"))) is YES
    assert flag(4, np.zeros((1, len(SECTORS)))) is UNKNOWN


@pytest.mark.parametrize(("people", "raised"), [(899.0, NO), (900.0, YES), (1100.0, YES)])
def test_flag_5_compares_with_the_population(people: float, raised: Raised) -> None:
    assert flag(5, unit(water=people), population=1000.0) is raised


@pytest.mark.parametrize("population", [0.0, NAN])
def test_flag_5_is_unknown_without_a_population(population: float) -> None:
    assert flag(5, unit(water=900), population=population) is UNKNOWN


@pytest.mark.parametrize(
    ("last_year", "raised"),
    [
        ({"water": 400, "health": 200}, YES),  # the highest doubled
        ({"water": 401, "health": 200}, NO),
        ({"water": 800, "health": 100}, YES),  # the second highest doubled
        ({"water": NAN, "health": 100}, YES),
        ({"water": NAN, "health": 150}, NO),
        ({"water": 0, "health": NAN}, UNKNOWN),
    ],
)
def test_flag_6_compares_the_two_highest_with_last_year(last_year: Mapping[str, float], raised: Raised) -> None:
    assert flag(6, unit(water=800, health=200), last_year=unit(**last_year)) is raised


def test_flag_6_is_unknown_without_last_year() -> None:
    assert flag(6, unit(water=800)) is UNKNOWN


def test_flag_7_is_raised_by_hand() -> None:
    assert flag(7, unit()) is NO
    assert flag(7, unit(), manual=np.array([True])) is YES


# Severity


@pytest.mark.parametrize(
    ("reported", "phase"),
    [
        ((), 1),
        ((5, 5, 5), 1),  # fewer than four sectors, however bad
        ((2, 2, 2, 2), 2),
        ((3, 3, 3, 2), 2),
        ((3, 3, 3, 5), 3),
        ((4, 4, 4, 3), 3),
        ((4, 4, 4, 4), 4),
        ((5, 4, 4, 4), 4),
        ((5, 5, 4, 3), 3),  # two in 5, but three in 4 or worse
        ((5, 5, 4, 4), 5),
        ((5, 5, 5, 5), 5),
        ((5, 5, 5, 4, 0, 0, 0, 0), 5),  # sectors that do not apply count for nothing
        ((0, 0, 0, 0, 0, 4, 4, 4), 1),
    ],
)
def test_a_unit_is_in_a_phase_if_four_sectors_are_in_it_or_worse(reported: tuple[float, ...], phase: int) -> None:
    assert preliminary_severity(phases(*reported)).value.tolist() == [phase]


def test_a_sector_that_did_not_report_is_no_phase_1() -> None:
    found = preliminary_severity(phases(3, 3, 3, NAN))
    assert (found.low.tolist(), found.high.tolist()) == ([1.0], [3.0])
    assert np.isnan(found.value).all()


def test_what_did_not_report_does_not_matter_where_it_can_change_nothing() -> None:
    assert preliminary_severity(phases(3, 3, 3, 3, NAN)).value.tolist() == [3.0]
    assert np.isnan(preliminary_severity(phases(5, 4, 4, 4, NAN)).value).all()  # a second 5 would make it 5


@pytest.mark.parametrize("wrong", [6.0, 2.5, -1.0])
def test_what_is_no_phase_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        preliminary_severity(phases(wrong))


def raised(number: int, reported: FloatArray, severity: float, outcomes: tuple[float, ...] | None = None) -> Raised:
    """One of the five severity flags of a single unit."""
    given = None if outcomes is None else np.array([outcomes])
    return Raised(severity_flags(reported, np.array([severity]), outcomes=given)[0, number - 1])


def test_severity_flag_1_asks_for_two_sectors_in_phase_5() -> None:
    assert raised(1, phases(5), 1.0) is NO
    assert raised(1, phases(5, 5), 1.0) is YES


@pytest.mark.parametrize(
    ("outcomes", "far", "two"),
    [
        ((3.0, 4.0), NO, NO),
        ((5.0,), YES, NO),
        ((1.0, 3.0), YES, NO),
        ((4.0, 4.0), NO, YES),
        ((2.0, 2.0), NO, YES),
        ((2.0, 4.0), NO, NO),  # one above, one below
        ((NAN, 5.0), YES, NO),
        ((NAN,), UNKNOWN, UNKNOWN),
        (None, UNKNOWN, UNKNOWN),
    ],
)
def test_severity_flags_2_and_3_compare_with_outcomes(
    outcomes: tuple[float, ...] | None, far: Raised, two: Raised
) -> None:
    assert (raised(2, phases(), 3.0, outcomes), raised(3, phases(), 3.0, outcomes)) == (far, two)


def test_severity_flags_2_to_4_are_unknown_without_a_preliminary_severity() -> None:
    assert [raised(number, phases(4, 4, 4, 4, 4), NAN, (3.0,)) for number in (2, 3, 4)] == [UNKNOWN] * 3


def test_severity_flag_4_asks_for_more_than_four_sectors_in_4_or_worse() -> None:
    assert raised(4, phases(4, 4, 4, 4), 4.0) is NO
    assert raised(4, phases(4, 4, 4, 4, 5), 4.0) is YES
    assert raised(4, phases(5, 5, 4, 4, 4), 5.0) is NO


def test_severity_flag_5_is_raised_by_hand() -> None:
    found = severity_flags(phases(), np.array([1.0]), manual=np.array([True]))
    assert found[0, 4] == YES


# What the group decides

UNITS = ("north", "south", "west")
PEOPLE = np.vstack([unit(water=500, health=400), unit(water=900, health=300, shelter=200), unit(food_security=50)])
FLAGS = np.array([[0, 0, -1], [0, 1, 0], [0, 0, 0]])


def chosen(**changed: str) -> Choice:
    given = {"unit": "south", "sector": "health", "reason": "water counts the host community too", "by": "the group"}
    return Choice(**{**given, **changed})


def test_a_flagged_unit_is_open_until_the_group_has_chosen_and_the_sum_with_it() -> None:
    found = final_pin(UNITS, PEOPLE, FLAGS, ())
    assert found.open == ("south",)
    assert found.value[[0, 2]].tolist() == [500.0, 50.0]
    assert found.sector == ("water", None, "food-security")
    assert np.isnan(found.total)


def test_the_choice_is_a_sectors_own_figure_and_the_country_is_the_sum_of_units() -> None:
    found = final_pin(UNITS, PEOPLE, FLAGS, (chosen(),))
    assert found.open == ()
    assert found.sector == ("water", "health", "food-security")
    assert found.total == 500.0 + 300.0 + 50.0


def test_a_choice_may_be_made_where_nothing_is_flagged() -> None:
    found = final_pin(UNITS, PEOPLE, FLAGS, (chosen(), chosen(unit="north")))
    assert found.total == 400.0 + 300.0 + 50.0


def test_an_unknown_flag_asks_for_no_choice() -> None:
    assert "north" not in final_pin(UNITS, PEOPLE, FLAGS, ()).open


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unit": "east"}, "no unit"),
        ({"sector": "logistics"}, "no unit"),
        ({"reason": " "}, "no reason"),
        ({"by": ""}, "nobody"),
    ],
)
def test_a_choice_names_its_unit_its_sector_its_reason_and_who_made_it(changed: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        final_pin(UNITS, PEOPLE, FLAGS, (chosen(**changed),))


def test_two_choices_for_a_unit_and_one_without_a_figure_are_refused() -> None:
    with pytest.raises(ValueError, match="two choices"):
        final_pin(UNITS, PEOPLE, FLAGS, (chosen(), chosen(sector="water")))
    with pytest.raises(ValueError, match="no figure"):
        final_pin(("south",), unit(health=NAN), FLAGS[:1], (chosen(),))


# Share times stock


def test_people_in_need_carry_the_errors_of_the_share_and_of_the_stock() -> None:
    found = people_in_need(np.array([[0.4, 0.4]]), np.array([[0.05, 0.0]]), np.array([1000.0]), np.array([100.0]))
    assert found.value.tolist() == [[400.0, 400.0]]
    assert found.standard_error[0] == pytest.approx([np.hypot(50.0, 40.0), 40.0])


def test_people_in_need_agree_with_the_product_of_a_flow_and_a_share() -> None:
    stock = Estimate(
        value=1000.0, standard_error=100.0, low=800.0, high=1200.0, degrees_of_freedom=10.0, n_clusters=5, n_days=0,
        counted=0.0,
    )  # fmt: skip
    one = product(stock, share=0.4, standard_error=0.05, degrees_of_freedom=30.0)
    found = people_in_need(np.array([[0.4]]), np.array([[0.05]]), np.array([1000.0]), np.array([100.0]))
    assert (found.value.item(), found.standard_error.item()) == pytest.approx((one.value, one.standard_error))


def test_the_error_of_people_in_need_is_that_of_the_product_of_two_draws() -> None:
    random = np.random.default_rng(4)
    draws = random.normal(0.4, 0.03, 200_000) * random.normal(1000.0, 80.0, 200_000)
    found = people_in_need(np.array([[0.4]]), np.array([[0.03]]), np.array([1000.0]), np.array([80.0]))
    assert found.standard_error.item() == pytest.approx(draws.std(), rel=0.01)


@pytest.mark.parametrize(
    ("share", "share_error", "stock", "stock_error"),
    [(1.1, 0, 1, 0), (0.5, -1, 1, 0), (0.5, 0, -1, 0), (0.5, 0, 1, -1)],
)
def test_what_is_no_share_stock_or_error_is_refused(
    share: float, share_error: float, stock: float, stock_error: float
) -> None:
    with pytest.raises(ValueError, match=r"outside|negative"):
        people_in_need(np.array([[share]]), np.array([[share_error]]), np.array([stock]), np.array([stock_error]))
