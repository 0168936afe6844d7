"""Protection, documentation, access to services and accountability."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

PROTECTION: tuple[Indicator, ...] = ()
