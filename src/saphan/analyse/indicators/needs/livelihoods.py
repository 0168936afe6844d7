"""Livelihoods, debt and recruitment."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

LIVELIHOODS: tuple[Indicator, ...] = ()
