"""Shelter and non-food items."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

SHELTER: tuple[Indicator, ...] = ()
