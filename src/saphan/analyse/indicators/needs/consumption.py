"""What households eat and whether they go hungry: consumption score, dietary diversity, hunger scale."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.frames.expression import Expression, HowMany, answer, bands, cases, plus
from saphan.analyse.indicators.needs.answers import any_known, within, yes
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

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
STANDARD = (21.0, 35.0)  # poor up to the first, borderline up to the second
RAISED = (28.0, 42.0)  # where oil and sugar are eaten daily
LOW, MEDIUM, HIGH = "low", "medium", "high"
DIET = tuple(
    f"household_ate_{food}"
    for food in (
        "cereals", "roots", "vegetables", "fruit", "meat", "eggs", "fish", "pulses", "dairy", "oil", "sugar",
        "condiments",
    )
)  # fmt: skip
HUNGER = ("hunger_no_food", "hunger_slept_hungry", "hunger_whole_day")
NONE, LITTLE, MODERATE, SEVERE, VERY_SEVERE = "none", "little", "moderate", "severe", "very-severe"
LITTLE_OR_NONE = "little-or-none"
_WEEK, _MONTH, _DAY = "7 days", "30 days", "24 hours"
_WFP = "WFP VAM Resource Centre, {} (RAMResourcesScripts, 2026-01)"
_IMPACT = "IMPACT Initiatives, impactR4PHU 0.1.0, {}"
_YES_NO = {"y": "yes", "n": "no", "k": "dont-know"}
_OFTEN = {"1": "rarely", "2": "sometimes", "3": "often", "k": "dont-know"}


def _source(profile: Profile, title: str, function: str) -> str:
    return _WFP.format(title) if profile is Profile.WFP_2025 else _IMPACT.format(function)


# Food consumption score. IMPACT: null where a group is missing. WFP: a missing group counts 0 days (na.rm = TRUE), and
# only a household of which no group is known is null; the script gives it 0, which is poor, though nobody asked.
_EATEN = {name: within(name, 0, 7) for name in FOOD_GROUPS}
_STRICT: Expression = plus([_EATEN[name] * weight for name, weight in FOOD_GROUPS.items()])
_LENIENT: Expression = cases(
    (
        any_known(tuple(_EATEN.values())),
        plus([_EATEN[name].or_else(0) * weight for name, weight in FOOD_GROUPS.items()]),
    ),
    otherwise=None,
)
SCORES: Mapping[Profile, Expression] = {Profile.WFP_2025: _LENIENT, Profile.IMPACT_2025: _STRICT}


def days(*days: int | None) -> dict[str, Cell]:
    """The days of the last 7 on which each food group was eaten, in the order of `FOOD_GROUPS`."""
    return dict(zip(FOOD_GROUPS, days, strict=True))


def _score(profile: Profile) -> Indicator:
    strict = profile is Profile.IMPACT_2025
    return Indicator(
        id="food-consumption-score",
        profile=profile,
        title="Food consumption score",
        subject=Subject.HOUSEHOLD,
        kind=Kind.NUMBER,
        value=SCORES[profile],
        recall=_WEEK,
        source=_source(profile, "Food Consumption Score", "add_fcs"),
        examples=(
            Example(answers=days(7, 4, 6, 2, 5, 3, 2, 0), gives=67.0),
            Example(answers=days(0, 0, 0, 0, 0, 0, 0, 0), gives=0.0),
            Example(answers=days(7, 7, 7, 7, 7, 7, 7, 7), gives=112.0),
            # The next two are of addindicators, tests/testthat/test-add_fcs.R.
            Example(answers=days(1, 3, 1, 5, 3, 1, 2, 1), gives=40.5),
            Example(answers=days(None, 3, 1, 5, 3, 1, 2, 1), gives=None if strict else 38.5),
            Example(answers=days(9, 3, 1, 5, 3, 1, 2, 1), gives=None if strict else 38.5),  # a week has 7 days
            Example(answers=days(*[None] * 8), gives=None),
        ),
    )


def _consumption_group(profile: Profile, edges: tuple[float, float], name: str, *examples: Example) -> Indicator:
    poor, borderline = edges
    return Indicator(
        id=name,
        profile=profile,
        title=f"Food consumption group, poor up to {poor:g}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=bands(SCORES[profile], (poor, POOR), (borderline, BORDERLINE), above=ACCEPTABLE),
        classes=(ACCEPTABLE, BORDERLINE, POOR),
        in_need=(POOR,),
        recall=_WEEK,
        source=_source(profile, "Food Consumption Score", "add_fcs"),
        examples=(
            *examples,
            Example(
                answers=days(7, 7, 7, 7, None, 7, 7, 7), gives=None if profile is Profile.IMPACT_2025 else ACCEPTABLE
            ),
            Example(answers=days(*[None] * 8), gives=None),
        ),
    )


_STANDARD_EXAMPLES = (
    Example(answers=days(7, 0, 0, 0, 7, 0, 0, 0), gives=POOR),  # 21
    Example(answers=days(7, 0, 0, 0, 7, 0, 1, 0), gives=BORDERLINE),  # 21.5
    Example(answers=days(7, 0, 0, 3, 7, 0, 4, 0), gives=BORDERLINE),  # 35
    Example(answers=days(7, 0, 0, 3, 7, 0, 5, 0), gives=ACCEPTABLE),  # 35.5
)
_RAISED_EXAMPLES = (
    Example(answers=days(7, 0, 0, 0, 7, 0, 7, 7), gives=POOR),  # 28
    Example(answers=days(7, 0, 0, 0, 7, 1, 7, 6), gives=BORDERLINE),  # 28.5
    Example(answers=days(7, 0, 0, 3, 7, 2, 7, 7), gives=BORDERLINE),  # 42
    Example(answers=days(7, 0, 0, 3, 7, 3, 7, 6), gives=ACCEPTABLE),  # 42.5
)


# Household dietary diversity score: null where a group is neither yes nor no, in both conventions.
DIVERSITY: Expression = HowMany(parts=tuple(yes(name) for name in DIET))


def ate(letters: str) -> dict[str, Cell]:
    """Answers to the twelve groups by letter: yes, no, don't know (k), missing (-)."""
    return {name: _YES_NO.get(letter) for name, letter in zip(DIET, letters, strict=True)}


_ATE = (
    ("nnnnnnnnnnnn", 0, LOW),
    ("yynnnnnnnnnn", 2, LOW),
    ("yyynnnnnnnnn", 3, MEDIUM),
    ("nnnnnnnnyyyy", 4, MEDIUM),
    ("yyyyynnnnnnn", 5, HIGH),
    ("yynynyyynyyn", 8, HIGH),  # the first row of the example of add_hdds
    ("yyyyyyyyyyyy", 12, HIGH),
    ("yyyyyyyyyyy-", None, None),
    ("yyyyyyyyyyyk", None, None),
    ("------------", None, None),
)


def _diversity(profile: Profile) -> tuple[Indicator, ...]:
    source = _source(profile, "Household Dietary Diversity Score", "add_hdds")
    return (
        Indicator(
            id="household-dietary-diversity-score",
            profile=profile,
            title="Household dietary diversity score",
            subject=Subject.HOUSEHOLD,
            kind=Kind.NUMBER,
            value=DIVERSITY,
            recall=_DAY,
            source=source,
            examples=tuple(Example(answers=ate(letters), gives=score) for letters, score, _ in _ATE),
        ),
        Indicator(
            id="household-dietary-diversity-group",
            profile=profile,
            title="Household dietary diversity, as in the phases of the IPC: 1 to 2, 3, and 4 to 5",
            subject=Subject.HOUSEHOLD,
            kind=Kind.CLASS,
            value=bands(DIVERSITY, (2, LOW), (4, MEDIUM), above=HIGH),
            classes=(HIGH, MEDIUM, LOW),
            in_need=(MEDIUM, LOW),
            recall=_DAY,
            source=source,
            examples=tuple(Example(answers=ate(letters), gives=group) for letters, _, group in _ATE),
        ),
    )


# Household hunger scale: three questions, each 1 where it happened rarely or sometimes, 2 where often.
def _points(name: str) -> tuple[tuple[Expression, int], ...]:
    often = answer(f"{name}_frequency")
    return ((often.one_of("rarely", "sometimes"), 1), (often.equals("often"), 2))


def _hunger_strict(name: str) -> Expression:
    """IMPACT: yes counts by its frequency, no counts 0; anything unknown is null.

    add_hhs scores a yes whose frequency is missing 0; its form cannot leave it out, and here silence is not taken for
    no hunger.
    """
    sure = yes(name)
    return cases((~sure, 0), *((sure & often, points) for often, points in _points(name)), otherwise=None)


def _told(name: str) -> tuple[Expression, ...]:
    """What of the two answers is more than don't know, refused or silence."""
    return (yes(name), cases(*_points(name), otherwise=None))


# WFP: the frequency alone counts, and one that is missing counts 0. Only a household that said nothing to any of the
# questions is null; the script gives it 0.
HUNGER_SCALES: Mapping[Profile, Expression] = {
    Profile.IMPACT_2025: plus([_hunger_strict(name) for name in HUNGER]),
    Profile.WFP_2025: cases(
        (
            any_known([part for name in HUNGER for part in _told(name)]),
            plus([cases(*_points(name), otherwise=0) for name in HUNGER]),
        ),
        otherwise=None,
    ),
}


def hungry(no_food: str, slept_hungry: str, whole_day: str) -> dict[str, Cell]:
    """Answers by question: `n`, or `y` and how often (1 to 3), don't know (k), missing (-)."""
    told: dict[str, Cell] = {}
    for name, said in zip(HUNGER, (no_food, slept_hungry, whole_day), strict=True):
        told |= {name: _YES_NO.get(said[0]), f"{name}_frequency": _OFTEN.get(said[1:])}
    return told


def _hunger_examples(profile: Profile, *, place: int) -> tuple[Example, ...]:
    """The score, the three groups or the five of each."""
    wfp = profile is Profile.WFP_2025
    none = (0, LITTLE_OR_NONE, NONE)
    little, two = (1, LITTLE_OR_NONE, LITTLE), (2, MODERATE, MODERATE)
    unknown = (None, None, None)
    given: tuple[tuple[tuple[str, str, str], tuple[int | str | None, ...]], ...] = (
        # The example of add_hhs.
        (("n", "n", "n"), none),
        (("y1", "n", "n"), little),
        (("n", "y3", "y3"), (4, SEVERE, SEVERE)),
        (("n", "n", "y2"), little),
        # The other edges.
        (("y3", "n", "n"), two),
        (("y1", "y2", "y1"), (3, MODERATE, MODERATE)),
        (("y3", "y3", "y1"), (5, SEVERE, VERY_SEVERE)),
        (("y3", "y3", "y3"), (6, SEVERE, VERY_SEVERE)),
        # Silence, don't know, and answers that do not go together.
        (("-", "-", "-"), unknown),
        (("k", "k", "k"), unknown),
        (("n", "n", "-"), none if wfp else unknown),
        (("y1", "k", "n"), little if wfp else unknown),
        (("y3", "y", "n"), two if wfp else unknown),
        (("y3", "yk", "n"), two if wfp else unknown),
        (("n3", "n", "n"), two if wfp else none),
    )
    return tuple(Example(answers=hungry(*said), gives=gives[place]) for said, gives in given)


def _hunger(profile: Profile) -> tuple[Indicator, ...]:
    score, source = HUNGER_SCALES[profile], _source(profile, "Household Hunger Scale", "add_hhs")
    return (
        Indicator(
            id="household-hunger-scale",
            profile=profile,
            title="Household hunger scale",
            subject=Subject.HOUSEHOLD,
            kind=Kind.NUMBER,
            value=score,
            recall=_MONTH,
            source=source,
            examples=_hunger_examples(profile, place=0),
        ),
        Indicator(
            id="household-hunger-group",
            profile=profile,
            title="Household hunger",
            subject=Subject.HOUSEHOLD,
            kind=Kind.CLASS,
            value=bands(score, (1, LITTLE_OR_NONE), (3, MODERATE), above=SEVERE),
            classes=(LITTLE_OR_NONE, MODERATE, SEVERE),
            in_need=(MODERATE, SEVERE),
            recall=_MONTH,
            source=source,
            examples=_hunger_examples(profile, place=1),
        ),
        Indicator(
            id="household-hunger-phase",
            profile=profile,
            title="Household hunger, as in the five phases of the IPC",
            subject=Subject.HOUSEHOLD,
            kind=Kind.CLASS,
            value=bands(score, (0, NONE), (1, LITTLE), (3, MODERATE), (4, SEVERE), above=VERY_SEVERE),
            classes=(NONE, LITTLE, MODERATE, SEVERE, VERY_SEVERE),
            in_need=(MODERATE, SEVERE, VERY_SEVERE),
            recall=_MONTH,
            source=source,
            examples=_hunger_examples(profile, place=2),
        ),
    )


CONSUMPTION: tuple[Indicator, ...] = (
    *(
        indicator
        for profile in (Profile.WFP_2025, Profile.IMPACT_2025)
        for indicator in (
            _score(profile),
            _consumption_group(profile, STANDARD, "food-consumption-group", *_STANDARD_EXAMPLES),
            _consumption_group(profile, RAISED, "food-consumption-group-high", *_RAISED_EXAMPLES),
            *_diversity(profile),
            *_hunger(profile),
        )
    ),
)
