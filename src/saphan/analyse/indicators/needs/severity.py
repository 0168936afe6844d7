"""The five severities of a sector, and the yes or no of need made of them."""

from __future__ import annotations

from saphan.analyse.frames.expression import Cases, Expression, bands
from saphan.analyse.indicators.needs.model import Example, Indicator, Kind, Profile, Subject

SEVERITIES = ("1", "2", "3", "4", "5")  # none or minimal, stress, severe, extreme, very extreme
NEED, SEVERE_NEED = 3, 4  # a sector or household is in need from 3 on, in severe need from 4 on (MSNI framework 2025)


def named(severity: Expression) -> Cases:
    """The class of a severity from 1 to 5; null where it is null."""
    *below, last = SEVERITIES
    return bands(severity, *((float(one), one) for one in below), above=last)


def sector(
    name: str,
    title: str,
    severity: Expression,
    *,
    worst: int,
    source: str,
    recall: str | None,
    examples: tuple[Example, ...],
) -> Indicator:
    """The severity of a sector in a household, from 1 to the `worst` that its dimensions can reach."""
    return Indicator(
        id=name,
        profile=Profile.IMPACT_2025,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=named(severity),
        classes=SEVERITIES[:worst],
        in_need=SEVERITIES[NEED - 1 : worst],
        recall=recall,
        source=source,
        examples=examples,
    )
