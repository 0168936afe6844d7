"""From the estimator's lines of districts and provinces to results: what they rest on, and what adds up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from saphan.analyse.indicators.model import Result, Results, Total
from saphan.analyse.indicators.wording import define
from saphan.core.naming import name_of
from saphan.core.unit import Unit
from saphan.estimate.stock import Area, Assessed, Change, Interval, Stock, apportioned, stocks

PRESENT, ARRIVED, CHANGED = "stock.present", "stock.arrivals", "stock.change"
SITES, OUTLIERS = "stock.sites", "stock.outliers"
LEVEL = 0.95  # of every interval of this house
EXACT = 1e-9  # relative: sums that miss their total by more are not declared

Place = tuple[Area, str]  # a district or a province, by P-code
Lines = Mapping[Place, Stock]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the results of one round have in common: its period, the query, and the districts of each province."""

    period: str
    query: str
    within: Mapping[str, tuple[str, ...]]

    def name(self, indicator: str, place: Place, part: Mapping[str, str] | None = None) -> str:
        """The name of a figure of a place."""
        return name_of(indicator, {place[0].value: place[1], **(part or {})}, self.period)

    def districts(self, place: Place) -> tuple[Place, ...]:
        """The districts of a province; none of a district."""
        return tuple((Area.DISTRICT, one) for one in self.within[place[1]]) if place[0] is Area.PROVINCE else ()


def lines(assessed: Assessed) -> dict[Place, Stock]:
    """The lines that have a number: those of sites that could be entered and were assessed."""
    found = stocks(assessed, level=LEVEL)
    return {(line.area, line.name): line for line in found if line.accessible and line.value is not None}


def rests(assessed: Assessed, only: frozenset[str] | None = None) -> dict[Place, float]:
    """People counted, or else reported, at the sites of each line (or those of them in `only`): what it rests on."""
    known = {one.site: one.value for one in assessed.reconciled} | {one.site: one.value for one in assessed.counts}
    found: dict[Place, float] = {}
    for site in assessed.sites:
        if site.accessible and site.id in known and (only is None or site.id in only):
            for place in ((Area.DISTRICT, site.district), (Area.PROVINCE, site.province)):
                found[place] = found.get(place, 0.0) + known[site.id]
    return found


def brought(whole: Lines, parts: Mapping[str, Lines], sheet: Sheet) -> dict[str, dict[Place, Stock]]:
    """Parts by code: those of a district brought to it, those of a province brought to the sum of its districts'.

    So both ways of adding up a province hold. A part that says something else of nobody than its districts is left out.
    """
    found: dict[str, dict[Place, Stock]] = {code: {} for code in parts}
    for place, line in whole.items():
        here = {code: held[place] for code, held in parts.items() if place in held}
        if place[0] is Area.DISTRICT and here and (not line.value or any(part.value for part in here.values())):
            for code, part in zip(here, apportioned(line, tuple(here.values())), strict=True):
                found[code][place] = part
    for code, held in parts.items():
        for place, part in held.items():
            below = [found[code][one] for one in sheet.districts(place) if one in found[code]]
            value = math.fsum(one.value or 0.0 for one in below)
            if below and (part.value or not value):
                (found[code][place],) = apportioned(replace(part, value=value), (part,))
    return found


def results(indicator: str, found: Lines, rest: Mapping[Place, float], sheet: Sheet, **part: str) -> Results:
    """A result for each line of one indicator or one `part` of it, and the sums of provinces that hold."""
    made: list[Result] = []
    totals: list[Total] = []
    for place, line in found.items():
        below = [one for one in sheet.districts(place) if one in found]
        names = tuple(sheet.name(indicator, one, part) for one in below)
        above = (sheet.name(indicator, place),) if part else looked_at(sheet, place)
        low, high, error, degrees = _ends(line.interval)
        value = line.value or 0.0
        result = Result(
            indicator=indicator,
            cell={place[0].value: place[1], **part},
            period=sheet.period,
            unit=Unit.PERSON,
            value=value,
            low=low,
            high=high,
            standard_error=error,
            degrees_of_freedom=degrees,
            rests_on=math.floor(rest.get(place, 0.0) + EXACT),
            clusters=line.coverage.assessed,
            effective_coverage=min(line.counted / value, 1.0) if value > 0 and line.interval is not None else None,
            method=line.method,
            basis=_basis(line.interval),
            definition=define(indicator),
            parents=(*names, *above),
            query=sheet.query,
            said=_said(line.interval, line.low, line.high),
            grade=line.grade.value if line.interval is None and line.grade is not None else "",
        )
        made.append(result)
        if below and adds_up(value, (found[one].value or 0.0 for one in below)):
            totals.append(Total(total=result.name, parts=names, in_print=not part))
    return Results(results=tuple(made), totals=tuple(totals))


def sums_of_parts(whole: Lines, parts: Mapping[str, Lines], key: str, sheet: Sheet) -> tuple[Total, ...]:
    """The statements that the parts of each place add up to it, where they do."""
    totals = []
    for place, line in whole.items():
        here = {code: held[place].value or 0.0 for code, held in parts.items() if place in held}
        if here and adds_up(line.value or 0.0, here.values()):
            names = tuple(sheet.name(PRESENT, place, {key: code}) for code in here)
            totals.append(Total(total=sheet.name(PRESENT, place), parts=names))
    return tuple(totals)


def changed(found: Iterable[Change], rest: Mapping[Place, int], before: Sheet, after: Sheet) -> Results:
    """A result for each change, of the sites assessed in both rounds; it rests on the smaller of the two."""
    made: dict[Place, Result] = {}
    totals: list[Total] = []
    for one in found:
        place = (one.area, one.name)
        low, high, error, degrees = _ends(one.interval)
        made[place] = Result(
            indicator=CHANGED,
            cell={one.area.value: one.name},
            period=after.period,
            unit=Unit.CHANGE,
            value=one.value,
            low=low,
            high=high,
            standard_error=error,
            degrees_of_freedom=degrees,
            rests_on=rest.get(place, 0),
            clusters=one.panel,
            method=one.method,
            basis=_basis(one.interval),
            definition=define(CHANGED),
            parents=(before.name(PRESENT, place), after.name(PRESENT, place)),
            query=after.query,
            said=_said(one.interval, one.low, one.high),
        )
    for place, result in made.items():
        below = [made[each] for each in after.districts(place) if each in made]
        if below and adds_up(result.value, (each.value for each in below)):
            totals.append(Total(total=result.name, parts=tuple(each.name for each in below)))
    return Results(results=tuple(made.values()), totals=tuple(totals))


def looked_at(sheet: Sheet, place: Place) -> tuple[str, ...]:
    """The counts of sites that a number rests on."""
    return tuple(sheet.name(SITES, place, {"state": state}) for state in ("assessed", "counted"))


def adds_up(total: float, parts: Iterable[float]) -> bool:
    """Whether parts are their total, but for the noise of sums."""
    listed = list(parts)
    return abs(total - math.fsum(listed)) <= EXACT * max(abs(total), math.fsum(map(abs, listed)))


def _ends(interval: Interval | None) -> tuple[float | None, float | None, float | None, float | None]:
    if interval is None:
        return None, None, None, None
    degrees = interval.degrees if math.isfinite(interval.degrees) else None
    return interval.low, interval.high, interval.standard_error, degrees


def _basis(interval: Interval | None) -> str:
    return "reports" if interval is None else "design"


def _said(interval: Interval | None, low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if interval is not None or low is None or high is None else (low, high)
