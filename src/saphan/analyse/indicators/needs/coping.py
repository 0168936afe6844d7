"""Coping: the reduced coping strategies index, and livelihood strategies for food or for essential needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saphan.analyse.frames.expression import Expression, Holds, Some, answer, bands, cases, plus
from saphan.analyse.indicators.needs.answers import any_known, one_or_zero, within
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

# Days of the last 7 on which a household did each, and what a day counts.
STRATEGY_DAYS = {
    "coping_days_less_preferred": 1,
    "coping_days_borrowed": 2,
    "coping_days_fewer_meals": 1,
    "coping_days_smaller_portions": 1,
    "coping_days_adults_restricted": 3,
}
LOW, MEDIUM, HIGH, VERY_HIGH = "low", "medium", "high", "very-high"
NONE, STRESS, CRISIS, EMERGENCY = "none", "stress", "crisis", "emergency"
GRADES = {STRESS: 4, CRISIS: 3, EMERGENCY: 3}  # and how many strategies of it are asked about
_WEEK, _MONTH = "7 days", "30 days"
_REDUCED_SOURCES = {
    Profile.WFP_2025: "WFP VAM Resource Centre, Reduced Coping Strategies Index (RAMResourcesScripts, 2026-01)",
    Profile.IMPACT_2025: "IMPACT Initiatives, impactR4PHU 0.1.0, add_rcsi",
}
_WFP_FOOD = "WFP VAM Resource Centre, Livelihood Coping Strategies - Food Security (RAMResourcesScripts, 2026-01)"
_WFP_NEEDS = "WFP VAM Resource Centre, Livelihood Coping Strategies - Essential Needs (RAMResourcesScripts, 2026-01)"
_IMPACT_FOOD = "IMPACT Initiatives, impactR4PHU 0.1.0, add_lcsi, save that its missing answers are all looked at"

# A sum: null where one of the five is missing, in both conventions.
REDUCED_COPING: Expression = plus([within(name, 0, 7) * weight for name, weight in STRATEGY_DAYS.items()])


def reduced(*days: int | None) -> dict[str, Cell]:
    """Answers to the five questions, in the order of `STRATEGY_DAYS`."""
    return dict(zip(STRATEGY_DAYS, days, strict=True))


def _index(profile: Profile) -> Indicator:
    return Indicator(
        id="reduced-coping-strategies-index",
        profile=profile,
        title="Reduced coping strategies index",
        subject=Subject.HOUSEHOLD,
        kind=Kind.NUMBER,
        value=REDUCED_COPING,
        recall=_WEEK,
        source=_REDUCED_SOURCES[profile],
        examples=(
            # The first three are of addindicators, tests/testthat/test-add_rcsi.R.
            Example(answers=reduced(1, 0, 2, 4, 4), gives=19),
            Example(answers=reduced(2, 0, 5, 2, 3), gives=18),
            Example(answers=reduced(3, 3, None, 6, 5), gives=None),
            Example(answers=reduced(1, 1, 1, 1, 1), gives=8),
            Example(answers=reduced(0, 0, 0, 0, 0), gives=0),
            Example(answers=reduced(7, 7, 7, 7, 7), gives=56),
            Example(answers=reduced(8, 0, 0, 0, 0), gives=None),  # a week has 7 days
        ),
    )


_REDUCED_EXAMPLES = (
    Example(answers=reduced(0, 0, 0, 0, 1), gives=LOW),  # 3
    Example(answers=reduced(1, 0, 0, 0, 1), gives=MEDIUM),  # 4
    Example(answers=reduced(2, 0, 5, 2, 3), gives=MEDIUM),  # 18
    Example(answers=reduced(1, 0, 2, 4, 4), gives=HIGH),  # 19
    Example(answers=reduced(0, 0, 0, 0, None), gives=None),
)


def _group(profile: Profile) -> Indicator:
    return Indicator(
        id="reduced-coping-strategies-group",
        profile=profile,
        title="Reduced coping strategies, as in the phases of the IPC: 1, 2, and 3 or worse",
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=bands(REDUCED_COPING, (3, LOW), (18, MEDIUM), above=HIGH),
        classes=(LOW, MEDIUM, HIGH),
        in_need=(HIGH,),
        recall=_WEEK,
        source=_REDUCED_SOURCES[profile],
        examples=_REDUCED_EXAMPLES,
    )


_GROUP_FOUR = Indicator(
    id="reduced-coping-strategies-group-four",  # where many households are above 18: above 42 is phase 4, tentatively
    profile=Profile.WFP_2025,
    title="Reduced coping strategies, as in the phases of the IPC: 1, 2, 3, and tentatively 4",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=bands(REDUCED_COPING, (3, LOW), (18, MEDIUM), (42, HIGH), above=VERY_HIGH),
    classes=(LOW, MEDIUM, HIGH, VERY_HIGH),
    in_need=(HIGH, VERY_HIGH),
    recall=_WEEK,
    source=_REDUCED_SOURCES[Profile.WFP_2025],
    examples=(
        *_REDUCED_EXAMPLES,
        Example(answers=reduced(7, 7, 0, 0, 7), gives=HIGH),  # 42
        Example(answers=reduced(7, 7, 1, 0, 7), gives=VERY_HIGH),  # 43
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Module:
    """One set of ten questions on livelihood strategies: what they are for, and how its concepts begin."""

    id: str
    prefix: str
    title: str

    def strategies(self, grade: str) -> tuple[str, ...]:
        return tuple(f"{self.prefix}_{grade}_{number}" for number in range(1, GRADES[grade] + 1))

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(name for grade in GRADES for name in self.strategies(grade))

    def used(self, grade: str) -> Expression:
        """Whether a strategy of the grade was used, or exhausted: null where one is unknown and none was."""
        return Some(parts=tuple(_used(name) for name in self.strategies(grade)))

    @property
    def answered(self) -> Expression:
        """Whether anything is known of any of the ten."""
        return any_known([_used(name) for name in self.all])


_FOOD = _Module(id="livelihood-coping-food", prefix="livelihood_coping_food", title="because of a lack of food")
_NEEDS = _Module(id="livelihood-coping-needs", prefix="livelihood_coping_needs", title="to meet essential needs")


def _used(name: str) -> Expression:
    """Whether used in the last 30 days, or not because it is exhausted; don't know and refused are null."""
    told = answer(name)
    return cases(
        (told.one_of("yes", "exhausted"), True), (told.one_of("no-need", "not-applicable"), False), otherwise=None
    )


def _worst_told(module: _Module) -> Expression:
    """WFP: the worst grade known to be used. An unknown strategy counts as not used; all ten unknown are null.

    The scripts of 2026 give "none" to a household without any answer as well; that would take whoever was not asked
    for well off, and the earlier one for essential needs (LCS-EN-indicator.R) gave null there.
    """
    return cases(
        (module.used(EMERGENCY), EMERGENCY),
        (module.used(CRISIS), CRISIS),
        (module.used(STRESS), STRESS),
        (module.answered, NONE),
        otherwise=None,
    )


def _worst_sure(module: _Module) -> Expression:
    """IMPACT: the worst grade used, null as long as an unknown strategy could make it worse.

    add_lcsi looks only at the first strategy of each grade for missing answers; here all count.
    """
    emergency, crisis, stress = (module.used(grade) for grade in (EMERGENCY, CRISIS, STRESS))
    return cases(
        (emergency, EMERGENCY),
        (~emergency.known, None),
        (crisis, CRISIS),
        (~crisis.known, None),
        (stress, STRESS),
        (stress.known, NONE),
        otherwise=None,
    )


LIVELIHOOD_COPING: Expression = _worst_sure(_FOOD)
_CODES = {"y": "yes", "n": "no-need", "x": "exhausted", "a": "not-applicable", "k": "dont-know", "r": "refused"}


def livelihood(letters: str, module: _Module = _FOOD) -> dict[str, Cell]:
    """The ten answers by letter: yes, no need, exhausted (x), not applicable, don't know (k), refused, missing (-)."""
    written = letters.replace(" ", "")
    return {name: _CODES.get(letter) for name, letter in zip(module.all, written, strict=True)}


def _examples(module: _Module, given: Sequence[tuple[str, str | int | None]]) -> tuple[Example, ...]:
    return tuple(Example(answers=livelihood(letters, module), gives=gives) for letters, gives in given)


_AGREED = (
    # Of addindicators, tests/testthat/test-add_lcsi.R.
    ("nnaa nnn nna", NONE),
    ("nyan ann aan", STRESS),
    ("xayy yny aya", EMERGENCY),
    ("anny xna nan", CRISIS),
    ("nnnn nnn nnx", EMERGENCY),
    # One of each grade, used or exhausted; an unknown one below the worst changes nothing.
    ("nnnx nnn nnn", STRESS),
    ("nnnn nny nnn", CRISIS),
    ("knnn nrn -ny", EMERGENCY),
    ("yyyy yyy yyy", EMERGENCY),
    ("aaaa aaa aaa", NONE),
    ("---- --- ---", None),
    ("kkkk rrr ---", None),
)
_TOLD = (*_AGREED, ("-nnn nnn nnn", NONE), ("nnny nnn nnk", STRESS), ("y--- --- ---", STRESS))
_SURE = (*_AGREED, ("n-nn nnn nnn", None), ("nnny nnn nnk", None), ("y--- --- ---", None), ("nnny n-n nnn", None))


def _livelihood(module: _Module, profile: Profile, source: str) -> Indicator:
    impact = profile is Profile.IMPACT_2025
    return Indicator(
        id=module.id,
        profile=profile,
        title=f"Worst livelihood coping strategy used or exhausted {module.title}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=(_worst_sure if impact else _worst_told)(module),
        classes=(NONE, STRESS, CRISIS, EMERGENCY),
        in_need=(CRISIS, EMERGENCY),
        recall=_MONTH,
        source=source,
        examples=_examples(module, _SURE if impact else _TOLD),
    )


def _grade(module: _Module, grade: str, profile: Profile, source: str) -> Indicator:
    used, impact = module.used(grade), profile is Profile.IMPACT_2025
    whole = {other: "n" * many for other, many in GRADES.items()}

    def letters(of_grade: str, others: str = "n") -> str:
        return " ".join(of_grade if other == grade else others * len(text) for other, text in whole.items())

    rest = "n" * (GRADES[grade] - 1)
    given: list[tuple[str, int | None]] = [
        (letters("n" * GRADES[grade]), 0),
        (letters("n" * GRADES[grade], others="y"), 0),
        (letters("y" + rest), 1),
        (letters(rest + "x"), 1),
        (letters("a" * GRADES[grade]), 0),
        (letters("-" + rest), None if impact else 0),
        (letters(rest + "k"), None if impact else 0),
        (letters("-" * GRADES[grade], others="-"), None),
    ]
    return Indicator(
        id=f"{module.id}-{grade}",
        profile=profile,
        title=f"Used or exhausted a {grade} livelihood coping strategy {module.title}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.YES_NO,
        value=one_or_zero(used) if impact else cases((used, 1), (module.answered, 0), otherwise=None),
        recall=_MONTH,
        source=source,
        examples=_examples(module, given),
    )


def _for_food(reasons: Sequence[str] | None, letters: str, gives: str | None) -> Example:
    answers = livelihood(letters, _NEEDS) | {"livelihood_coping_needs_reasons": reasons}
    return Example(answers=answers, gives=gives)


# Where only the essential needs were asked about: the grade counts for food where food was among the reasons, and where
# no reason was given it does not (coalesce to 0 in the script).
_FOOD_FROM_NEEDS = Indicator(
    id="livelihood-coping-food-from-needs",
    profile=Profile.WFP_2025,
    title="Worst livelihood coping strategy used or exhausted to buy food among other needs",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=cases(
        (Holds(column="livelihood_coping_needs_reasons", choice="food"), _worst_told(_NEEDS)),
        (_NEEDS.answered, NONE),
        otherwise=None,
    ),
    classes=(NONE, STRESS, CRISIS, EMERGENCY),
    in_need=(CRISIS, EMERGENCY),
    recall=_MONTH,
    source=_WFP_NEEDS,
    examples=(
        _for_food(["food"], "xnnn nnn nnn", STRESS),
        _for_food(["rent", "food"], "xnnn nyn nnn", CRISIS),
        _for_food(["food", "debt"], "xxxx xxx xxx", EMERGENCY),
        _for_food(["education"], "yyyy yyy yyy", NONE),
        _for_food(None, "nnnn nny nnn", NONE),
        _for_food(None, "nnnn nnn nnn", NONE),
        _for_food(["dont-know"], "nnnn nny nnn", NONE),
        _for_food(["food"], "---- --- ---", None),
        _for_food(None, "---- --- ---", None),
    ),
)

COPING: tuple[Indicator, ...] = (
    *(_index(profile) for profile in _REDUCED_SOURCES),
    *(_group(profile) for profile in _REDUCED_SOURCES),
    _GROUP_FOUR,
    *(
        indicator
        for module, profile, source in (
            (_FOOD, Profile.WFP_2025, _WFP_FOOD),
            (_FOOD, Profile.IMPACT_2025, _IMPACT_FOOD),
            (_NEEDS, Profile.WFP_2025, _WFP_NEEDS),
        )
        for indicator in (
            _livelihood(module, profile, source),
            *(_grade(module, grade, profile, source) for grade in GRADES),
        )
    ),
    _FOOD_FROM_NEEDS,
)
