"""Household expenditure: the share of food in it, and whether it covers what essential needs cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.analyse.frames.expression import Expression, answer, cases
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

_MONTH_OF_FOOD = 30.0  # days of a month, where food is asked about for 7 (WFP)
_EXPENDITURE = "7 days for food, 1 month and 6 months for other things"
_WITH_CASH = f"{_EXPENDITURE}; 3 months for cash assistance"

# By the month. The form adds up what it asked item by item, and puts 0 where there was none. WFP's scripts take every
# amount that is missing for 0, and so a household that said nothing for a poor one; a total left out is unknown here.
_FOOD_BOUGHT = answer("food_bought_7_days") * _MONTH_OF_FOOD / 7
_FOOD_GIVEN = answer("food_given_7_days") * _MONTH_OF_FOOD / 7
_FOOD_GROWN = answer("food_grown_7_days") * _MONTH_OF_FOOD / 7
_OTHER_BOUGHT = answer("other_bought_month") + answer("other_bought_6_months") / 6
_OTHER_GIVEN = answer("other_given_month") + answer("other_given_6_months") / 6
_FOOD = _FOOD_BOUGHT + _FOOD_GIVEN + _FOOD_GROWN
_ALL = _FOOD + _OTHER_BOUGHT + _OTHER_GIVEN
_CASH = cases(
    (answer("cash_assistance_3_months").equals(0), 0.0),
    otherwise=answer("cash_assistance_3_months") / 3 * answer("cash_assistance_consumed_percent") / 100,
)
_SHARE = _FOOD / _ALL

_NOTHING: Mapping[str, Cell] = {
    "food_bought_7_days": 0,
    "food_given_7_days": 0,
    "food_grown_7_days": 0,
    "other_bought_month": 0,
    "other_given_month": 0,
    "other_bought_6_months": 0,
    "other_given_6_months": 0,
}


def _spent(**amounts: int | None) -> Mapping[str, Cell]:
    return {**_NOTHING, **amounts}


FOOD_EXPENDITURE_SHARE = Indicator(
    id="food-expenditure-share",
    profile=Profile.WFP_2025,
    title="Share of food in household expenditure",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=_SHARE,
    recall=_EXPENDITURE,
    source="WFP VAM Resource Centre, Food Expenditure Share (RAMResourcesScripts, 2026-02)",
    examples=(
        Example(answers=_spent(food_bought_7_days=70, other_bought_month=300), gives=0.5),
        Example(answers=_spent(food_bought_7_days=70, other_bought_6_months=1800), gives=0.5),
        Example(
            answers={
                "food_bought_7_days": 35,
                "food_given_7_days": 14,
                "food_grown_7_days": 21,
                "other_bought_month": 40,
                "other_given_month": 20,
                "other_bought_6_months": 180,
                "other_given_6_months": 60,
            },
            gives=0.75,
        ),
        Example(answers=_spent(food_bought_7_days=70), gives=1.0),
        Example(answers=_spent(other_bought_month=5), gives=0.0),
        Example(answers=_spent(), gives=None),  # no expenditure has no share
        Example(answers=_spent(food_bought_7_days=70, other_given_month=None), gives=None),
        Example(answers=_spent(food_bought_7_days=70, food_given_7_days=None), gives=None),
    ),
)
UNDER_HALF, HALF, TWO_THIRDS, THREE_QUARTERS = "under-50", "50-to-65", "65-to-75", "75-or-more"
FOOD_EXPENDITURE_CLASS = Indicator(
    id="food-expenditure-class",
    profile=Profile.WFP_2025,
    title="Share of food in household expenditure, per cent, in classes",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    # A share on an edge is in the class above it, as in the SPSS and Stata scripts; the R script cuts 65 and 75 below.
    value=cases(
        (_SHARE < 0.5, UNDER_HALF),
        (_SHARE < 0.65, HALF),
        (_SHARE < 0.75, TWO_THIRDS),
        (_SHARE >= 0.75, THREE_QUARTERS),
        otherwise=None,
    ),
    classes=(UNDER_HALF, HALF, TWO_THIRDS, THREE_QUARTERS),
    in_need=(TWO_THIRDS, THREE_QUARTERS),  # moderate and severe in the CARI console
    recall=_EXPENDITURE,
    source=FOOD_EXPENDITURE_SHARE.source,
    examples=(
        Example(answers=_spent(food_bought_7_days=70, other_bought_month=301), gives=UNDER_HALF),
        Example(answers=_spent(food_bought_7_days=70, other_bought_month=300), gives=HALF),
        Example(answers=_spent(food_bought_7_days=91, other_bought_month=211), gives=HALF),
        Example(answers=_spent(food_bought_7_days=91, other_bought_month=210), gives=TWO_THIRDS),
        Example(answers=_spent(food_bought_7_days=70, other_bought_month=101), gives=TWO_THIRDS),
        Example(answers=_spent(food_bought_7_days=70, other_bought_month=100), gives=THREE_QUARTERS),
        Example(answers=_spent(), gives=None),
        Example(answers=_spent(food_bought_7_days=None), gives=None),
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Capacity:
    """One convention of what counts as a household's economic capacity, by the month.

    `rest` are answers of a household that has 1000 a month for itself, all of it from what it bought.
    """

    name: str
    title: str
    profile: Profile
    monthly: Expression
    recall: str
    source: str
    rest: Mapping[str, Cell]


LEAST, VULNERABLE, HIGHLY = "least-vulnerable", "vulnerable", "highly-vulnerable"
_BASKET, _SURVIVAL = "minimum_expenditure_basket", "survival_minimum_expenditure_basket"


def _capacity(of: _Capacity, *examples: Example) -> tuple[Indicator, ...]:
    """Against the basket, against the survival basket, and against both; `examples` are of the first."""
    per_person = of.monthly / answer("household_size")
    four = {**of.rest, "household_size": 4}  # 250 a month each

    def above(name: str, basket: str, *more: Example) -> Indicator:
        return Indicator(
            id=f"{of.name}{name}",
            profile=of.profile,
            title=f"{of.title}, above the {basket.replace('_', ' ')}",
            subject=Subject.HOUSEHOLD,
            kind=Kind.YES_NO,
            value=cases(
                (per_person > answer(basket), 1),
                (per_person <= answer(basket), 0),  # on the basket is not above it
                otherwise=None,
            ),
            recall=of.recall,
            source=of.source,
            examples=(
                Example(answers={**four, basket: 249}, gives=1),
                Example(answers={**four, basket: 250}, gives=0),
                Example(answers={**four, basket: 251}, gives=0),
                Example(answers=four, gives=None),
                Example(answers={**four, basket: 100, "household_size": None}, gives=None),
                Example(answers={**four, basket: 100, "other_bought_month": None}, gives=None),
                *more,
            ),
        )

    return (
        above("", _BASKET, *examples),
        above("-for-survival", _SURVIVAL),
        Indicator(
            id=f"{of.name}-class",
            profile=of.profile,
            title=f"{of.title}, between the baskets",
            subject=Subject.HOUSEHOLD,
            kind=Kind.CLASS,
            value=cases(
                (per_person > answer(_BASKET), LEAST),
                ((per_person <= answer(_BASKET)) & (per_person > answer(_SURVIVAL)), VULNERABLE),
                ((per_person <= answer(_BASKET)) & (per_person <= answer(_SURVIVAL)), HIGHLY),
                otherwise=None,
            ),
            classes=(LEAST, VULNERABLE, HIGHLY),
            in_need=(VULNERABLE, HIGHLY),
            recall=of.recall,
            source=of.source,
            examples=(
                Example(answers={**four, _BASKET: 249, _SURVIVAL: 150}, gives=LEAST),
                Example(answers={**four, _BASKET: 249}, gives=LEAST),  # whatever survival costs
                Example(answers={**four, _BASKET: 250, _SURVIVAL: 249}, gives=VULNERABLE),
                Example(answers={**four, _BASKET: 300, _SURVIVAL: 250}, gives=HIGHLY),
                Example(answers={**four, _BASKET: 300}, gives=None),
                Example(answers={**four, _SURVIVAL: 100}, gives=None),
            ),
        ),
    )


_OWN = _spent(food_bought_7_days=140, other_bought_month=300, other_bought_6_months=600)  # 600 + 300 + 100
_AIDED = {**_OWN, "food_given_7_days": 14, "other_given_month": 40, "other_given_6_months": 600}  # 60 + 40 + 100 more
INCLUDING_ASSISTANCE = _capacity(
    _Capacity(
        name="economic-capacity-including-assistance",
        title="Economic capacity to meet essential needs, assistance included",
        profile=Profile.WFP_2025,
        monthly=_ALL,
        recall=_EXPENDITURE,
        source="WFP VAM Resource Centre, ECMEN including assistance (RAMResourcesScripts, 2026-02)",
        rest=_OWN,
    ),
    Example(answers={**_AIDED, "household_size": 4, _BASKET: 299}, gives=1),
    Example(answers={**_AIDED, "household_size": 4, _BASKET: 300}, gives=0),
)
EXCLUDING_ASSISTANCE = _capacity(
    _Capacity(
        name="economic-capacity-excluding-assistance",
        title="Economic capacity to meet essential needs, assistance left out",
        # Each household's own share of its cash assistance that was consumed is taken off. WFP takes the survey's
        # median share off all, which is no answer of a household.
        profile=Profile.SAPHAN,
        monthly=_FOOD_BOUGHT + _FOOD_GROWN + _OTHER_BOUGHT - _CASH,
        recall=_WITH_CASH,
        source="After WFP VAM Resource Centre, ECMEN excluding assistance (RAMResourcesScripts, 2026-02)",
        rest={**_OWN, "cash_assistance_3_months": 0},
    ),
    Example(answers={**_AIDED, "cash_assistance_3_months": 0, "household_size": 4, _BASKET: 250}, gives=0),
    Example(  # 1000 a month, of which 300 * 80 per cent from cash: 190 each
        answers={
            **_OWN,
            "cash_assistance_3_months": 900,
            "cash_assistance_consumed_percent": 80,
            "household_size": 4,
            _BASKET: 190,
        },
        gives=0,
    ),
    Example(
        answers={
            **_OWN,
            "cash_assistance_3_months": 900,
            "cash_assistance_consumed_percent": 80,
            "household_size": 4,
            _BASKET: 189,
        },
        gives=1,
    ),
    Example(answers={**_OWN, "cash_assistance_3_months": 900, "household_size": 4, _BASKET: 100}, gives=None),
    Example(answers={**_OWN, "household_size": 4, _BASKET: 249}, gives=None),
)

EXPENDITURE = (
    FOOD_EXPENDITURE_SHARE,
    FOOD_EXPENDITURE_CLASS,
    *INCLUDING_ASSISTANCE,
    *EXCLUDING_ASSISTANCE,
)
