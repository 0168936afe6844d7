"""Food security: consumption, coping, hunger, and the phases made of them."""

from __future__ import annotations

from saphan.analyse.frames.expression import Expression, answer, bands, plus
from saphan.analyse.indicators.needs.model import Example, Indicator, Kind, Profile, Subject

# Days of the last 7 on which a household ate each group, and what a day counts (WFP 2008, Food consumption analysis).
FOOD_GROUPS = {
    "food_days_cereals": 2.0,
    "food_days_pulses": 3.0,
    "food_days_dairy": 4.0,
    "food_days_protein": 4.0,
    "food_days_vegetables": 1.0,
    "food_days_fruit": 1.0,
    "food_days_oil": 0.5,
    "food_days_sugar": 0.5,
}
ACCEPTABLE, BORDERLINE, POOR = "acceptable", "borderline", "poor"
_SOURCE = "WFP VAM Resource Centre, Food Consumption Score (RAMResourcesScripts, 2026-02)"
_SCORE: Expression = plus([answer(name) * weight for name, weight in FOOD_GROUPS.items()])


def _days(*days: int) -> dict[str, int]:
    return dict(zip(FOOD_GROUPS, days, strict=True))


FOOD_CONSUMPTION_SCORE = Indicator(
    id="food-consumption-score",
    profile=Profile.WFP_2025,
    title="Food consumption score",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=_SCORE,
    recall="7 days",
    source=_SOURCE,
    examples=(
        Example(answers=_days(7, 4, 6, 2, 5, 3, 2, 0), gives=67.0),
        Example(answers=_days(0, 0, 0, 0, 0, 0, 0, 0), gives=0.0),
        Example(answers=_days(7, 7, 7, 7, 7, 7, 7, 7), gives=112.0),
        Example(answers={**_days(7, 4, 6, 2, 5, 3, 2, 0), "food_days_dairy": None}, gives=None),
    ),
)


def _groups(name: str, poor: float, borderline: float, *examples: Example) -> Indicator:
    return Indicator(
        id=name,
        profile=Profile.WFP_2025,
        title=f"Food consumption group, poor up to {poor:g}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=bands(_SCORE, (poor, POOR), (borderline, BORDERLINE), above=ACCEPTABLE),
        classes=(ACCEPTABLE, BORDERLINE, POOR),
        in_need=(POOR,),
        recall="7 days",
        source=_SOURCE,
        examples=examples,
    )


FOOD_CONSUMPTION_GROUP = _groups(
    "food-consumption-group",
    21.0,
    35.0,
    Example(answers=_days(7, 0, 0, 0, 7, 0, 0, 0), gives=POOR),  # 21
    Example(answers=_days(7, 0, 0, 0, 7, 0, 1, 0), gives=BORDERLINE),  # 21.5
    Example(answers=_days(7, 0, 0, 3, 7, 0, 4, 0), gives=BORDERLINE),  # 35
    Example(answers=_days(7, 0, 0, 3, 7, 0, 5, 0), gives=ACCEPTABLE),  # 35.5
)
FOOD_CONSUMPTION_GROUP_HIGH = _groups(
    "food-consumption-group-high",  # where oil and sugar are eaten daily
    28.0,
    42.0,
    Example(answers=_days(7, 0, 0, 0, 7, 0, 7, 7), gives=POOR),  # 28
    Example(answers=_days(7, 1, 0, 0, 7, 0, 7, 7), gives=BORDERLINE),  # 31
    Example(answers=_days(7, 0, 0, 4, 7, 0, 7, 7), gives=ACCEPTABLE),  # 44
)

FOOD = (FOOD_CONSUMPTION_SCORE, FOOD_CONSUMPTION_GROUP, FOOD_CONSUMPTION_GROUP_HIGH)
