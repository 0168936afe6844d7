"""How many there are in a district and a province: lines with a range, a grade and, if a draw supports it, an interval.

Sites that were counted stand as counted. Where they were drawn by chance, reports of other sites are brought to what
counts have shown (`ratio`); sites that are said to be empty are given the mean count of such sites. Otherwise reports
stand as reported, and no interval is made. Sites that could not be entered have a line of their own and no number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.stock import ratio
from saphan.estimate.stock.model import (
    Area,
    Assessed,
    BoolArray,
    Coverage,
    FloatArray,
    Grade,
    IntArray,
    Interval,
    Reconciled,
    Site,
    Stock,
)

RATIO = "stock-ratio/1"  # these move whenever a total from the same numbers would
REPORTS = "stock-reports/1"
LEVEL = 0.90
NOBODY_COUNTED = "no site was counted"
NOT_ENTERED = "these sites could not be entered, and no number is made of them"


@dataclass(frozen=True, kw_only=True)
class Estimated:
    """People at N assessed and accessible sites in D districts; errors of what was not counted.

    `rest` (D,) are those at uncounted sites, its errors of `covariance` (D, D) and `degrees` (D,) of freedom; `why`
    says for each district why it has none, or nothing. `fit` is of the sites `fitted` (N,), said not to be empty.
    """

    districts: tuple[str, ...]
    ids: tuple[str, ...]
    district: IntArray  # (N,)
    counted: FloatArray  # (N,) NaN where not counted
    reported: FloatArray  # (N,) NaN where nothing was said
    rest: FloatArray
    covariance: FloatArray
    degrees: FloatArray
    why: tuple[str, ...]
    fit: ratio.RatioFit | None
    fitted: BoolArray

    @property
    def total(self) -> FloatArray:
        """(D,)"""
        return self.sums(np.nan_to_num(self.counted)) + self.rest

    def sums(self, values: FloatArray) -> FloatArray:
        """(D,) sums of values (N,) by district."""
        return np.bincount(self.district, weights=values, minlength=len(self.districts)).astype(float)


def stocks(assessed: Assessed, *, level: float = LEVEL) -> tuple[Stock, ...]:
    """A line for each district and province, then for its inaccessible sites where it has any.

    Intervals are Student's t on the logarithm of what was not counted, so that no limit falls below what was.
    ValueError for a level that is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of {level:g} is not between 0 and 1: for 90 per cent give 0.9")
    found = estimated(assessed)
    lines: list[Stock] = []
    for area in Area:
        for name in dict.fromkeys(getattr(site, area.value) for site in assessed.sites):
            of = [site for site in assessed.sites if getattr(site, area.value) == name]
            rows = [found.districts.index(one) for one in dict.fromkeys(site.district for site in of)]
            lines.append(_line(assessed, found, area, name, of, rows, level))
            if not all(site.accessible for site in of):
                lines.append(_inaccessible(assessed, area, name, of))
    return tuple(lines)


def estimated(
    assessed: Assessed, only: frozenset[str] | None = None, districts: tuple[str, ...] | None = None
) -> Estimated:
    """Totals of the assessed and accessible sites, or of those of them that are named in `only`.

    `districts` gives the order of the districts, that of the sites unless given; it names all that have a site.
    """
    said = {one.site: one.value for one in assessed.reconciled}
    counts = {one.site: one for one in assessed.counts}
    sites = [
        one
        for one in assessed.sites
        if one.accessible and (one.id in said or one.id in counts) and (only is None or one.id in only)
    ]
    districts = districts or tuple(dict.fromkeys(one.district for one in assessed.sites))
    district = np.array([districts.index(one.district) for one in sites], dtype=np.int64)
    reported = np.array([said.get(one.id, np.nan) for one in sites], dtype=float)
    counted = np.array([counts[one.id].value if one.id in counts else np.nan for one in sites], dtype=float)
    chance = np.array([counts[one.id].chance if one.id in counts else np.nan for one in sites], dtype=float)
    size, known = len(districts), ~np.isnan(counted)
    as_said = np.bincount(district, weights=np.where(known, 0.0, np.nan_to_num(reported)), minlength=size).astype(float)
    fitted = np.nan_to_num(reported) > 0
    rest, covariance = as_said, np.full((size, size), np.nan)
    degrees, why, fit = np.full(size, np.inf), [_no_draw(assessed)] * size, None
    if not why[0]:
        drawn = ratio.Drawn(
            district=district[fitted],
            reported=reported[fitted],
            counted=counted[fitted],
            chance=chance[fitted],
            districts=size,
        )
        fit = ratio.fit(drawn)
        covariance, degrees = fit.covariance, fit.degrees
        rest = np.where(fit.enough, fit.rest, as_said)
        empty, spread, freedom = ratio.empty_sites(district, reported == 0, counted, chance, size)
        rest, degrees = rest + empty, _joined(np.diag(covariance), degrees, np.diag(spread), freedom)
        covariance = covariance + spread
        why = [_unsupported(bool(fit.enough[row]), float(rest[row]), float(as_said[row])) for row in range(size)]
    for row in np.flatnonzero(np.bincount(district, weights=~known, minlength=size) == 0):
        if len(district) and (district == row).any():  # every site was counted, by chance or not: nothing is left
            covariance[row], covariance[:, row], why[row] = 0.0, 0.0, ""
            degrees[row] = np.inf
    return Estimated(
        districts=districts,
        ids=tuple(one.id for one in sites),
        district=district,
        counted=counted,
        reported=reported,
        rest=rest,
        covariance=covariance,
        degrees=degrees,
        why=tuple(why),
        fit=fit,
        fitted=fitted,
    )


def limits(value: float, counted: float, error: float, degrees: float, level: float) -> Interval:
    """The interval of a total of which `counted` is known."""
    rest = value - counted
    if error == 0 or rest <= 0:
        return Interval(low=value, high=value, level=level, standard_error=0.0, degrees=degrees)
    quantile = float(stats.t.ppf(0.5 + level / 2, degrees))
    reach = math.exp(quantile * math.sqrt(math.log1p((error / rest) ** 2)))
    return Interval(
        low=counted + rest / reach, high=counted + rest * reach, level=level, standard_error=error, degrees=degrees
    )


def combined(covariance: FloatArray, degrees: FloatArray, rows: Sequence[int]) -> tuple[float, float]:
    """Standard error and degrees of freedom of a sum of districts (Satterthwaite 1946)."""
    of = np.asarray(rows)
    variance = max(float(covariance[np.ix_(of, of)].sum()), 0.0)
    own = np.diag(covariance)[of]
    if not own.any():
        return math.sqrt(variance), math.inf
    lost = np.where(own > 0, own**2 / np.maximum(degrees[of], 1.0), 0.0).sum()
    return math.sqrt(variance), float(own.sum() ** 2 / max(lost, 1e-300))


def coverage(assessed: Assessed, of: Sequence[Site]) -> Coverage:
    """What was reached and done of some sites."""
    there = {one.id for one in of}
    open_ = {one.id for one in of if one.accessible}
    counted = {one.site for one in assessed.counts} & there
    told = {one.site for one in assessed.reconciled} | counted
    return Coverage(
        sites=len(there),
        accessible=len(open_),
        inaccessible=len(there) - len(open_),
        assessed=len(told & open_),
        counted=len(counted),
    )


def _line(
    assessed: Assessed, found: Estimated, area: Area, name: str, of: Sequence[Site], rows: Sequence[int], level: float
) -> Stock:
    there = {site.id for site in of if site.accessible}
    numbers = [one for one in assessed.reconciled if one.site in there]
    counts = {one.site: one.value for one in assessed.counts if one.site in there}
    counted = math.fsum(counts.values())
    shown = coverage(assessed, of)
    value = float(found.total[list(rows)].sum()) if shown.assessed else None
    parts = [row for row in rows if found.district.size and (found.district == row).any()]
    why = _reasons(found, parts)
    interval = None
    if not parts:
        why = "no accessible site was assessed"
    elif not why and value is not None:
        error, degrees = combined(found.covariance, found.degrees, parts)
        interval = limits(value, counted, error, degrees, level)
    low, high = _range(numbers, counts)
    return Stock(
        area=area,
        name=name,
        accessible=True,
        value=value,
        low=low,
        high=high,
        interval=interval,
        why=why,
        grade=_grade(numbers),
        grades=_grades(numbers),
        coverage=shown,
        counted=counted,
        method=RATIO if found.fit is not None and found.fit.enough[parts].any() else REPORTS,
        basis=assessed.basis if counts else None,
        subject=assessed.subject,
    )


def _inaccessible(assessed: Assessed, area: Area, name: str, of: Sequence[Site]) -> Stock:
    closed = {site.id for site in of if not site.accessible}
    numbers = [one for one in assessed.reconciled if one.site in closed]
    low, high = _range(numbers, {})
    return Stock(
        area=area,
        name=name,
        accessible=False,
        value=None,
        low=low,
        high=high,
        interval=None,
        why=NOT_ENTERED,
        grade=_grade(numbers),
        grades=_grades(numbers),
        coverage=coverage(assessed, [site for site in of if not site.accessible]),
        counted=0.0,
        method=REPORTS,
        basis=None,
        subject=assessed.subject,
    )


def _reasons(found: Estimated, rows: Sequence[int]) -> str:
    """Why there is no interval: districts by reason, unnamed where it is the reason of all."""
    by: dict[str, list[str]] = {}
    for row in rows:
        by.setdefault(found.why[row], []).append(found.districts[row])
    if len(by) == 1:
        return next(iter(by))
    return "; ".join(f"{', '.join(names)}: {why}" for why, names in by.items() if why)


def _range(numbers: Sequence[Reconciled], counts: dict[str, float]) -> tuple[float | None, float | None]:
    if not numbers and not counts:
        return None, None
    low = [one.low for one in numbers if one.site not in counts]
    high = [one.high for one in numbers if one.site not in counts]
    return math.fsum([*low, *counts.values()]), math.fsum([*high, *counts.values()])


def _grades(numbers: Sequence[Reconciled]) -> dict[Grade, float]:
    """Shares of the people reported, of the sites where nobody was."""
    people = [one.value for one in numbers]
    weight = people if any(people) else [1.0] * len(people)
    whole = math.fsum(weight)
    return {
        grade: math.fsum(each for one, each in zip(numbers, weight, strict=True) if one.grade is grade) / whole
        for grade in Grade
        if numbers
    }


def _grade(numbers: Sequence[Reconciled]) -> Grade | None:
    reached = 0.0
    for grade, share in _grades(numbers).items():
        reached += share
        if reached >= 0.5:
            return grade
    return None


def _no_draw(assessed: Assessed) -> str:
    """Why no district has an interval."""
    if not assessed.counts:
        return NOBODY_COUNTED
    if not assessed.basis.by_chance:
        return f"sites were counted by {assessed.basis}, not drawn by chance"
    return ""


def _unsupported(enough: bool, rest: float, said: float) -> str:
    if not enough:
        return f"fewer than {ratio.FEWEST} of its sites with reports were drawn by chance and counted"
    if rest <= 0 < said:
        return "nobody was found at the sites drawn, which does not show how many are at the others"
    return ""


def _joined(first: FloatArray, degrees: FloatArray, second: FloatArray, freedom: float) -> FloatArray:
    """(D,) degrees of freedom of the sum of two independent errors (Satterthwaite 1946)."""
    lost = first**2 / np.maximum(degrees, 1.0) + second**2 / max(freedom, 1.0)
    return np.divide((first + second) ** 2, lost, out=np.array(degrees), where=lost > 0)
