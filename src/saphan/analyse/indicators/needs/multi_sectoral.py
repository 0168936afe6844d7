"""The multi-sectoral needs index over the six sectors of the framework of 2025, and the severity of food security."""

from __future__ import annotations

from dataclasses import replace

from saphan.analyse.frames.expression import cases
from saphan.analyse.indicators.needs.composites import Sector, composites
from saphan.analyse.indicators.needs.education import EDUCATION, EDUCATION_SEVERITY
from saphan.analyse.indicators.needs.health import HEALTH, HEALTH_SEVERITY
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.needs.phases import CLASSES, PHASES
from saphan.analyse.indicators.needs.protection import PROTECTION, PROTECTION_SEVERITY
from saphan.analyse.indicators.needs.severity import SEVERITIES, sector
from saphan.analyse.indicators.needs.shelter import SHELTER, SHELTER_SEVERITY
from saphan.analyse.indicators.needs.water import WATER, WATER_SEVERITY

_PHASE = next(one for one in PHASES if one.id == "food-consumption-phase")
_NUMBER = dict(zip(CLASSES, SEVERITIES, strict=True))
# The framework of 2025 takes the phase of consumption; that of 2026 takes livelihood coping in as well.
FOOD_SEVERITY = cases(*((_PHASE.value.equals(name), int(number)) for name, number in _NUMBER.items()), otherwise=None)
FOOD_COMPOSITE = sector(
    "food-security-severity",
    "Food security severity of the household",
    FOOD_SEVERITY,
    worst=5,
    source="IMPACT Initiatives, humind 2025.1, add_comp_foodsec",
    recall=_PHASE.recall,
    examples=tuple(replace(one, gives=_NUMBER.get(str(one.gives))) for one in _PHASE.examples),
)


def _worked(indicators: tuple[Indicator, ...], name: str) -> Indicator:
    return next(one for one in indicators if one.id == name)


MULTI_SECTORAL: tuple[Indicator, ...] = (
    FOOD_COMPOSITE,
    *composites(
        {
            name: Sector(severity=severity, examples=composite.examples)
            for name, severity, composite in (
                ("food-security", FOOD_SEVERITY, FOOD_COMPOSITE),
                ("shelter", SHELTER_SEVERITY, _worked(SHELTER, "shelter-severity")),
                ("water", WATER_SEVERITY, _worked(WATER, "water-sanitation-hygiene-severity")),
                ("protection", PROTECTION_SEVERITY, _worked(PROTECTION, "protection-severity")),
                ("health", HEALTH_SEVERITY, _worked(HEALTH, "health-severity")),
                ("education", EDUCATION_SEVERITY, _worked(EDUCATION, "education-severity")),
            )
        }
    ),
)
