"""Every needs indicator that there is, by name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from saphan.analyse.indicators.needs.education import EDUCATION
from saphan.analyse.indicators.needs.food import FOOD
from saphan.analyse.indicators.needs.health import HEALTH
from saphan.analyse.indicators.needs.livelihoods import LIVELIHOODS
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.needs.multi_sectoral import MULTI_SECTORAL
from saphan.analyse.indicators.needs.protection import PROTECTION
from saphan.analyse.indicators.needs.shelter import SHELTER
from saphan.analyse.indicators.needs.water import WATER

SECTORS: Mapping[str, tuple[Indicator, ...]] = {
    "food-security": FOOD,
    "livelihoods": LIVELIHOODS,
    "water": WATER,
    "shelter": SHELTER,
    "health": HEALTH,
    "education": EDUCATION,
    "protection": PROTECTION,
    "multi-sectoral": MULTI_SECTORAL,
}
NEEDS: Mapping[str, Indicator] = {one.name: one for one in chain.from_iterable(SECTORS.values())}
