"""Food security."""

from __future__ import annotations

from saphan.analyse.indicators.needs.consumption import CONSUMPTION
from saphan.analyse.indicators.needs.coping import COPING
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.needs.nutrition import NUTRITION
from saphan.analyse.indicators.needs.phases import PHASES

FOOD: tuple[Indicator, ...] = (*CONSUMPTION, *COPING, *PHASES, *NUTRITION)
