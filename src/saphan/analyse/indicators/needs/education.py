"""Education."""

from __future__ import annotations

from saphan.analyse.indicators.needs.model import Indicator

EDUCATION: tuple[Indicator, ...] = ()
