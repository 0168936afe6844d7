"""Diets of children of 6 to 23 months and of women of 15 to 49, by what they ate the day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from saphan.analyse.frames.expression import Every, Expression, HowMany, Some, answer, cases, plus
from saphan.analyse.indicators.needs.answers import any_known, yes
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

# Eight groups of a child's diet (WHO and UNICEF 2021, Indicators for assessing infant and young child feeding).
CHILD_GROUPS: Mapping[str, tuple[str, ...]] = {
    "breast milk": ("child_breastfed",),
    "grains": ("child_ate_grains", "child_ate_roots"),
    "pulses": ("child_ate_pulses",),
    "dairy": (
        "child_ate_formula",
        "child_ate_milk",
        "child_ate_yogurt_drink",
        "child_ate_yogurt",
        "child_ate_cheese",
    ),
    "flesh": ("child_ate_organ_meat", "child_ate_processed_meat", "child_ate_meat", "child_ate_fish"),
    "eggs": ("child_ate_eggs",),
    "vitamin A": ("child_ate_orange_vegetables", "child_ate_green_leafy_vegetables", "child_ate_orange_fruit"),
    "other": ("child_ate_other_vegetables", "child_ate_other_fruit"),
}
# Ten groups of a woman's diet (FAO 2021, Minimum dietary diversity for women).
WOMAN_GROUPS: Mapping[str, tuple[str, ...]] = {
    "grains": ("woman_ate_grains", "woman_ate_roots"),
    "pulses": ("woman_ate_pulses",),
    "nuts": ("woman_ate_nuts",),
    "dairy": ("woman_ate_milk", "woman_ate_milk_products"),
    "flesh": (
        "woman_ate_organ_meat",
        "woman_ate_red_meat",
        "woman_ate_processed_meat",
        "woman_ate_poultry",
        "woman_ate_fish",
    ),
    "eggs": ("woman_ate_eggs",),
    "green": ("woman_ate_green_leafy_vegetables",),
    "vitamin A": ("woman_ate_orange_vegetables", "woman_ate_orange_fruit"),
    "other vegetables": ("woman_ate_other_vegetables",),
    "other fruit": ("woman_ate_other_fruit",),
}
ENOUGH = 5  # groups, of a child's eight as of a woman's ten
_MILK = ("child_times_formula", "child_times_milk", "child_times_yogurt_drink")
_SOLIDS = "child_times_solids"
_RECALL = "24 hours"
_WFP_CHILD = "WFP VAM Resource Centre, Minimum Acceptable Diet (RAMResourcesScripts, nutMAD)"
_WFP_WOMAN = "WFP VAM Resource Centre, Minimum Dietary Diversity for Women (RAMResourcesScripts, nutMDDW)"
_IMPACT_CHILD = "IMPACT Initiatives, impactR4PHU 0.1.0, add_iycf"

_months, _years = answer("age_months"), answer("age")
_YOUNG: Expression = (_months >= 6) & (_months <= 23)
_WOMEN: Expression = answer("sex").equals("female") & (_years >= 15) & (_years <= 49)


def _with(groups: Mapping[str, tuple[str, ...]], group: str, name: str) -> dict[str, tuple[str, ...]]:
    return {**groups, group: (*groups[group], name)}


def _diverse(groups: Mapping[str, tuple[str, ...]]) -> Expression:
    """Whether groups enough were eaten; food that is missing, or not known, counts as not eaten."""
    eaten = tuple(Some(parts=tuple(yes(name) for name in names)) for names in groups.values())
    return HowMany(parts=eaten, lenient=True) >= ENOUGH


def _asked(names: Sequence[str]) -> Expression:
    """Whether yes or no was said to any of these; the scripts leave that to who is in the table at all."""
    return any_known([yes(name) for name in names])


def _flat(groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for names in groups.values() for name in names)


def _among(whom: Expression, asked: Expression, met: Expression) -> Expression:
    """1 or 0 for those whom it is about and who were asked, null for all others."""
    return cases((Every(parts=(whom, asked, met)), 1), (Every(parts=(whom, asked)), 0), otherwise=None)


# Feeds. Breastfed unless it is said so counts as not breastfed, and times not known as none. The scripts take a number
# above 7 for a code of don't know; here that is a state of its own, and a number is a number.
_BREASTFED: Expression = answer("child_breastfed").equals("yes").or_else(False)
_solids: Expression = answer(_SOLIDS).or_else(0)
_milk: Expression = plus([answer(name).or_else(0) for name in _MILK])
_OFTEN_ENOUGH: Expression = Some(
    parts=(
        Every(parts=(_BREASTFED, _months <= 8, _solids >= 2)),
        Every(parts=(_BREASTFED, _months >= 9, _solids >= 3)),
        Every(parts=(~_BREASTFED, _solids >= 1, _solids + _milk >= 4)),
    )
)
_MILK_ENOUGH: Expression = _milk >= 2
_FED: Expression = any_known([answer(name) for name in (_SOLIDS, *_MILK)])


def _acceptable(groups: Mapping[str, tuple[str, ...]]) -> Expression:
    return Every(parts=(_diverse(groups), _OFTEN_ENOUGH, Some(parts=(_BREASTFED, _MILK_ENOUGH))))


def _ate(names: Sequence[str], *eaten: str, **others: Cell) -> dict[str, Cell]:
    """Yes to some foods and no to the others."""
    return {name: "yes" if name in eaten else "no" for name in names} | others


def _child(*eaten: str, months: int | None = 12, times: tuple[int | None, ...] = (3, 0, 0, 0)) -> dict[str, Cell]:
    """A child's day; `times` are of solids, formula, milk and yogurt."""
    foods = (*_flat(CHILD_GROUPS), f"child_{_SPECIAL}")
    return _ate(foods, *(f"child_{name}" for name in eaten), age_months=months) | dict(
        zip((_SOLIDS, *_MILK), times, strict=True)
    )


_FOUR = ("breastfed", "ate_grains", "ate_pulses", "ate_eggs")
_FIVE = (*_FOUR, "ate_other_fruit")
_WEANED = ("ate_roots", "ate_milk", "ate_fish", "ate_orange_fruit", "ate_other_vegetables")
_NOTHING: dict[str, Cell] = {"age_months": 12}
_SPECIAL = "ate_specialised_nutritious_food"

_DIVERSE_EXAMPLES = (
    Example(answers=_child(*_FOUR), gives=0),
    Example(answers=_child(*_FIVE), gives=1),
    Example(answers=_child(*_WEANED), gives=1),
    Example(answers=_child(*_FOUR, "ate_roots"), gives=0),  # a group that is there already
    Example(answers=_child(*_FIVE, months=6), gives=1),
    Example(answers=_child(*_FIVE, months=23), gives=1),
    Example(answers=_child(*_FIVE, months=5), gives=None),
    Example(answers=_child(*_FIVE, months=24), gives=None),
    Example(answers=_child(*_FIVE, months=None), gives=None),
    Example(answers=_child(*_FIVE) | {"child_ate_eggs": "dont-know"}, gives=0),
    Example(answers=_child(*_FIVE) | {"child_ate_cheese": None, "child_ate_roots": "refused"}, gives=1),
    Example(answers=_NOTHING, gives=None),
    Example(answers=_NOTHING | {"child_ate_eggs": "dont-know"}, gives=None),
)
_PROGRAMME = "counting specialised nutritious food as flesh food, for programmes"


def _of_child(
    name: str,
    title: str,
    value: Expression,
    *examples: Example,
    profile: Profile = Profile.WFP_2025,
) -> Indicator:
    return Indicator(
        id=name,
        profile=profile,
        title=title,
        subject=Subject.PERSON,
        kind=Kind.YES_NO,
        value=value,
        recall=_RECALL,
        source=_IMPACT_CHILD if profile is Profile.IMPACT_2025 else _WFP_CHILD,
        examples=examples,
    )


def _diversity(groups: Mapping[str, tuple[str, ...]]) -> Expression:
    return _among(_YOUNG, _asked(_flat(groups)), _diverse(groups))


def _diet(groups: Mapping[str, tuple[str, ...]]) -> Expression:
    return _among(_YOUNG, Every(parts=(_asked(_flat(groups)), _FED)), _acceptable(groups))


# Specialised nutritious food is put with the grains to compare populations, with flesh foods to follow a programme.
_SPECIAL_CHILD = f"child_{_SPECIAL}"
_CHILDREN = _with(CHILD_GROUPS, "grains", _SPECIAL_CHILD)
_CHILDREN_PROGRAMME = _with(CHILD_GROUPS, "flesh", _SPECIAL_CHILD)
_THREE_AND_SPECIAL = ("breastfed", "ate_pulses", "ate_eggs", "ate_other_fruit", _SPECIAL)

_MEALS = (
    Example(answers=_child("breastfed", months=6, times=(2, 0, 0, 0)), gives=1),
    Example(answers=_child("breastfed", months=8, times=(2, 0, 0, 0)), gives=1),
    Example(
        answers=_child("breastfed", months=8, times=(1, 3, 0, 0)), gives=0
    ),  # milk does not count beside the breast
    Example(answers=_child("breastfed", months=9, times=(2, 0, 0, 0)), gives=0),
    Example(answers=_child("breastfed", months=9, times=(3, 0, 0, 0)), gives=1),
    Example(answers=_child("breastfed", months=23, times=(8, 0, 0, 0)), gives=1),
    Example(answers=_child(months=7, times=(1, 1, 1, 1)), gives=1),
    Example(answers=_child(months=7, times=(1, 1, 1, 0)), gives=0),
    Example(answers=_child(months=7, times=(0, 4, 0, 0)), gives=0),  # one solid feed at least
    Example(answers=_child(months=12, times=(4, None, None, None)), gives=1),
    Example(answers=_child(months=12, times=(4, 0, 0, 0)) | {"child_breastfed": "dont-know"}, gives=1),
    Example(answers=_child(months=12, times=(3, 0, 0, 0)) | {"child_breastfed": None}, gives=0),
    Example(answers=_child("breastfed", months=5, times=(3, 0, 0, 0)), gives=None),
    Example(answers=_child("breastfed", months=24, times=(3, 0, 0, 0)), gives=None),
    Example(answers=_child("breastfed", times=(None, None, None, None)), gives=None),
)
_DIETS = (
    Example(answers=_child(*_FIVE), gives=1),
    Example(answers=_child(*_FOUR), gives=0),
    Example(answers=_child(*_FIVE, times=(2, 2, 2, 0)), gives=0),
    Example(answers=_child(*_WEANED, times=(2, 0, 2, 0)), gives=1),
    Example(answers=_child(*_WEANED, times=(3, 0, 1, 0)), gives=0),  # meals enough, one of milk
    Example(answers=_child(*_WEANED, times=(0, 0, 4, 0)), gives=0),
    Example(answers=_child(*_FIVE, months=24), gives=None),
    Example(answers=_child(*_FIVE, times=(None, None, None, None)), gives=None),
    Example(answers=_NOTHING, gives=None),
)

_WOMAN_FOODS = _flat(WOMAN_GROUPS)
_SPECIAL_WOMAN = f"woman_{_SPECIAL}"


def _woman(*eaten: str, age: int | None = 30, sex: str = "female") -> dict[str, Cell]:
    return _ate((*_WOMAN_FOODS, _SPECIAL_WOMAN), *(f"woman_{name}" for name in eaten), age=age, sex=sex)


_FOUR_GROUPS = ("ate_grains", "ate_pulses", "ate_nuts", "ate_milk")
_FIVE_GROUPS = (*_FOUR_GROUPS, "ate_poultry")
_PLANTS_AND_EGGS = (
    "ate_eggs",
    "ate_green_leafy_vegetables",
    "ate_orange_fruit",
    "ate_other_vegetables",
    "ate_other_fruit",
)
_WOMAN_EXAMPLES = (
    Example(answers=_woman(*_FOUR_GROUPS), gives=0),
    Example(answers=_woman(*_FIVE_GROUPS), gives=1),
    Example(answers=_woman(*_PLANTS_AND_EGGS), gives=1),
    Example(answers=_woman(*_FOUR_GROUPS, "ate_roots", "ate_milk_products"), gives=0),  # groups that are there already
    Example(answers=_woman(*_FIVE_GROUPS, age=15), gives=1),
    Example(answers=_woman(*_FIVE_GROUPS, age=49), gives=1),
    Example(answers=_woman(*_FIVE_GROUPS, age=14), gives=None),
    Example(answers=_woman(*_FIVE_GROUPS, age=50), gives=None),
    Example(answers=_woman(*_FIVE_GROUPS, age=None), gives=None),
    Example(answers=_woman(*_FIVE_GROUPS, sex="male"), gives=None),
    Example(answers=_woman(*_FIVE_GROUPS) | {"woman_ate_nuts": "dont-know"}, gives=0),
    Example(answers=_woman(*_FIVE_GROUPS) | {"woman_ate_fish": None}, gives=1),
    Example(answers={"age": 30, "sex": "female"}, gives=None),
)


def _of_women(name: str, title: str, group: str, *examples: Example) -> Indicator:
    groups = _with(WOMAN_GROUPS, group, _SPECIAL_WOMAN)
    return Indicator(
        id=name,
        profile=Profile.WFP_2025,
        title=title,
        subject=Subject.PERSON,
        kind=Kind.YES_NO,
        value=_among(_WOMEN, _asked(_flat(groups)), _diverse(groups)),
        recall=_RECALL,
        source=_WFP_WOMAN,
        examples=(*_WOMAN_EXAMPLES, *examples),
    )


NUTRITION: tuple[Indicator, ...] = (
    _of_child(
        "minimum-dietary-diversity-children",
        "Minimum dietary diversity, 6 to 23 months",
        _diversity(_CHILDREN),
        *_DIVERSE_EXAMPLES,
        Example(answers=_child(*_THREE_AND_SPECIAL), gives=1),
        Example(answers=_child(*_THREE_AND_SPECIAL, "ate_grains"), gives=1),
        Example(answers=_child(*_FOUR, _SPECIAL), gives=0),
    ),
    _of_child(
        "minimum-dietary-diversity-children-programme",
        f"Minimum dietary diversity, 6 to 23 months, {_PROGRAMME}",
        _diversity(_CHILDREN_PROGRAMME),
        *_DIVERSE_EXAMPLES,
        Example(answers=_child(*_THREE_AND_SPECIAL), gives=1),
        Example(answers=_child(*_FOUR, _SPECIAL), gives=1),
    ),
    # No question on specialised food. A missing food makes its whole group null, and so not eaten, in add_iycf, even
    # where another food of the group was eaten; here it does not.
    _of_child(
        "minimum-dietary-diversity-children",
        "Minimum dietary diversity, 6 to 23 months",
        _diversity(CHILD_GROUPS),
        *_DIVERSE_EXAMPLES,
        profile=Profile.IMPACT_2025,
    ),
    _of_child(
        "minimum-meal-frequency-children",
        "Minimum meal frequency, 6 to 23 months",
        _among(_YOUNG, _FED, _OFTEN_ENOUGH),
        *_MEALS,
    ),
    _of_child(
        "minimum-milk-feeding-frequency-children",
        "Minimum milk feeding frequency, children of 6 to 23 months who are not breastfed",
        _among(Every(parts=(_YOUNG, ~_BREASTFED)), _FED, _MILK_ENOUGH),
        Example(answers=_child(times=(3, 1, 0, 1)), gives=1),
        Example(answers=_child(times=(3, 1, 0, 0)), gives=0),
        Example(answers=_child(times=(3, None, 2, None)), gives=1),
        Example(answers=_child("breastfed", times=(3, 1, 1, 0)), gives=None),
        Example(answers=_child(months=24, times=(3, 1, 1, 0)), gives=None),
        Example(answers=_child(times=(None, None, None, None)), gives=None),
    ),
    _of_child(
        "minimum-acceptable-diet-children",
        "Minimum acceptable diet, 6 to 23 months",
        _diet(_CHILDREN),
        *_DIETS,
        Example(answers=_child(*_FOUR, _SPECIAL), gives=0),
    ),
    _of_child(
        "minimum-acceptable-diet-children-programme",
        f"Minimum acceptable diet, 6 to 23 months, {_PROGRAMME}",
        _diet(_CHILDREN_PROGRAMME),
        *_DIETS,
        Example(answers=_child(*_FOUR, _SPECIAL), gives=1),
    ),
    _of_women(
        "minimum-dietary-diversity-women",
        "Minimum dietary diversity, women of 15 to 49",
        "grains",
        Example(answers=_woman(*_FOUR_GROUPS, _SPECIAL), gives=0),
        Example(answers=_woman("ate_pulses", "ate_nuts", "ate_milk", "ate_eggs", _SPECIAL), gives=1),
    ),
    _of_women(
        "minimum-dietary-diversity-women-programme",
        f"Minimum dietary diversity, women of 15 to 49, {_PROGRAMME}",
        "flesh",
        Example(answers=_woman(*_FOUR_GROUPS, _SPECIAL), gives=1),
    ),
)
