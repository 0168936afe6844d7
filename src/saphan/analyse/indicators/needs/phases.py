"""Phases of food consumption and of livelihood coping, by the matrices of FEWS NET as IMPACT applies them."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from saphan.analyse.frames.expression import Expression, bands, cases, constant
from saphan.analyse.indicators.needs.consumption import DIVERSITY, HUNGER_SCALES, SCORES, STANDARD, ate, days, hungry
from saphan.analyse.indicators.needs.coping import (
    CRISIS,
    EMERGENCY,
    LIVELIHOOD_COPING,
    NONE,
    REDUCED_COPING,
    STRESS,
    livelihood,
    reduced,
)
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

ONE, TWO, THREE, FOUR, FIVE = CLASSES = tuple(f"phase-{number}" for number in range(1, 6))
_RECALL = "7 days for consumption and coping, 30 days for hunger"
# Cells of the matrix from 1 to 45; those not named are phase 3.
_CELLS = {
    ONE: (1, 6),
    TWO: (2, 3, 7, 11, 12, 16, 17, 18, 21, 22, 26, 31, 32, 36),
    FOUR: (10, 14, 15, 25, 29, 35, 39, 40, 44),
    FIVE: (30, 45),
}


def _cell(worse: Expression) -> Expression:
    """The cell of the matrix; `worse` is 0 to 2 by food consumption score or dietary diversity. Null where one is."""
    coping = bands(REDUCED_COPING, (3, 0), (18, 1), above=2)
    hunger = bands(HUNGER_SCALES[Profile.IMPACT_2025], (0, 0), (1, 1), (3, 2), (4, 3), above=4)
    return constant(1) + worse * 5 + coping * 15 + hunger


def _phase(cell: Expression) -> Expression:
    named = ((cell.one_of(*cells), phase) for phase, cells in _CELLS.items())
    return cases(*named, (cell.known, THREE), otherwise=None)


_POOR, _BORDERLINE = STANDARD
_BY_SCORE = _cell(bands(SCORES[Profile.IMPACT_2025], (_POOR, 2), (_BORDERLINE, 1), above=0))
_BY_DIVERSITY = _cell(bands(DIVERSITY, (2, 2), (4, 1), above=0))

# Answers of a household for each level of each measure, to put examples together.
CONSUMPTION_LEVELS = (days(7, 7, 0, 0, 7, 0, 0, 0), days(7, 0, 0, 3, 7, 0, 4, 0), days(7, 0, 0, 0, 7, 0, 0, 0))
DIVERSITY_LEVELS = (ate("yyyyynnnnnnn"), ate("yyynnnnnnnnn"), ate("yynnnnnnnnnn"))
COPING_LEVELS = (reduced(0, 0, 0, 0, 1), reduced(1, 0, 0, 0, 1), reduced(1, 0, 2, 4, 4))
HUNGER_LEVELS = (
    hungry("n", "n", "n"),
    hungry("y1", "n", "n"),
    hungry("y3", "y2", "n"),
    hungry("y3", "y3", "n"),
    hungry("y3", "y3", "y1"),
)
LIVELIHOOD_LEVELS = {
    NONE: livelihood("nnaa nnn nna"),
    STRESS: livelihood("nyan ann aan"),
    CRISIS: livelihood("anny xna nan"),
    EMERGENCY: livelihood("nnnn nnn nnx"),
}


def household(
    consumption: int, coping: int, hunger: int, livelihoods: str | None = None, *, by_diversity: bool = False
) -> dict[str, Cell]:
    """Answers of a household at these levels, 0 the best."""
    eaten = DIVERSITY_LEVELS if by_diversity else CONSUMPTION_LEVELS
    worn = {} if livelihoods is None else LIVELIHOOD_LEVELS[livelihoods]
    return eaten[consumption] | COPING_LEVELS[coping] | HUNGER_LEVELS[hunger] | worn


# Level of consumption, of reduced coping and of hunger; each edge between two phases along a row of the matrix.
_GIVEN = (
    ((0, 0, 0), ONE),
    ((1, 0, 0), ONE),
    ((2, 0, 0), TWO),
    ((0, 0, 2), TWO),
    ((0, 0, 3), THREE),
    ((1, 0, 3), THREE),
    ((1, 0, 4), FOUR),
    ((2, 0, 2), THREE),
    ((2, 0, 3), FOUR),
    ((2, 1, 0), TWO),
    ((2, 1, 1), THREE),
    ((2, 1, 3), FOUR),
    ((2, 1, 4), FIVE),
    ((2, 2, 0), THREE),
    ((2, 2, 3), FOUR),
    ((2, 2, 4), FIVE),
)


def _consumption_phase(name: str, title: str, cell: Expression, *, by_diversity: bool) -> Indicator:
    whole = household(0, 0, 0, by_diversity=by_diversity)
    return Indicator(
        id=name,
        profile=Profile.IMPACT_2025,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=_phase(cell),
        classes=CLASSES,
        in_need=(THREE, FOUR, FIVE),
        recall=_RECALL,
        source="FEWS NET food consumption matrix, as in IMPACT Initiatives, impactR4PHU 0.1.0, add_fcm_phase",
        examples=(
            *(Example(answers=household(*levels, by_diversity=by_diversity), gives=phase) for levels, phase in _GIVEN),
            *(Example(answers=whole | {name: None}, gives=None) for name in ("coping_days_borrowed", "hunger_no_food")),
            Example(answers=whole | {next(iter(whole)): None}, gives=None),
        ),
    )


_BY_LIVELIHOOD: dict[str, tuple[str, str, str, str]] = {  # none, stress, crisis, emergency
    ONE: (ONE, ONE, TWO, THREE),
    TWO: (TWO, TWO, THREE, THREE),
    THREE: (THREE, THREE, THREE, FOUR),
    FOUR: (FOUR, FOUR, FOUR, FOUR),
    FIVE: (FIVE, FIVE, FIVE, FIVE),
}


def _worn(phase: str) -> Expression:
    """The phase of a household of one phase of consumption, by its livelihood coping, which is known."""
    levels = zip((NONE, STRESS, CRISIS, EMERGENCY), _BY_LIVELIHOOD[phase], strict=True)
    *better, (worst, _) = [(made, [level for level, _ in run]) for made, run in groupby(levels, key=itemgetter(1))]
    if not better:
        return constant(worst)
    return cases(*((LIVELIHOOD_COPING.one_of(*run), made) for made, run in better), otherwise=worst)


_BOTH = Indicator(
    id="food-consumption-and-livelihood-phase",
    profile=Profile.IMPACT_2025,
    title="Phase of food consumption and livelihood coping",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=cases(
        (~LIVELIHOOD_COPING.known, None),
        *((_BY_SCORE.one_of(*cells), _worn(phase)) for phase, cells in _CELLS.items()),
        (_BY_SCORE.known, _worn(THREE)),
        otherwise=None,
    ),
    classes=CLASSES,
    in_need=(THREE, FOUR, FIVE),
    recall="7 days for consumption and coping, 30 days for hunger and livelihoods",
    source="FEWS NET, as in IMPACT Initiatives, impactR4PHU 0.1.0, add_fclcm_phase",
    examples=(
        Example(answers=household(0, 0, 0, NONE), gives=ONE),
        Example(answers=household(0, 0, 0, STRESS), gives=ONE),
        Example(answers=household(0, 0, 0, CRISIS), gives=TWO),
        Example(answers=household(0, 0, 0, EMERGENCY), gives=THREE),
        Example(answers=household(2, 0, 0, STRESS), gives=TWO),
        Example(answers=household(2, 0, 0, CRISIS), gives=THREE),
        Example(answers=household(2, 0, 0, EMERGENCY), gives=THREE),
        Example(answers=household(2, 2, 0, CRISIS), gives=THREE),
        Example(answers=household(2, 2, 0, EMERGENCY), gives=FOUR),
        Example(answers=household(2, 2, 3, NONE), gives=FOUR),
        Example(answers=household(2, 2, 4, NONE), gives=FIVE),
        Example(answers=household(2, 2, 4), gives=None),
        Example(answers=household(2, 2, 4, NONE) | {"food_days_oil": None}, gives=None),
    ),
)

PHASES: tuple[Indicator, ...] = (
    _consumption_phase(
        "food-consumption-phase",
        "Phase of food consumption, by consumption score, reduced coping and hunger",
        _BY_SCORE,
        by_diversity=False,
    ),
    _consumption_phase(
        "food-consumption-phase-by-diversity",
        "Phase of food consumption, by dietary diversity, reduced coping and hunger",
        _BY_DIVERSITY,
        by_diversity=True,
    ),
    _BOTH,
)
