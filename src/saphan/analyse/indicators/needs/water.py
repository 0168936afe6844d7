"""Water, sanitation and hygiene."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

WATER: tuple[Indicator, ...] = ()
