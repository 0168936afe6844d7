"""Health, disability and mental health."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

HEALTH: tuple[Indicator, ...] = ()
