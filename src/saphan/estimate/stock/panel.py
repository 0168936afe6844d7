"""How a stock changed from one round to the next, at the sites that were assessed in both, and which sites stand out.

Errors of two rounds are correlated: a site that was underreported is underreported again. The correlation r of u (see
`ratio`) is that of the sites counted by chance in both rounds, all districts together; with it the covariance of two
totals is r times the sum of the products of their scores, which also knows that a site counted in one round only pulls
the other way. It takes the place of the covariance of overlapping samples (`survey.rounds`), which needs equal chances.
How ratios of districts differ is taken to last as long as the errors of sites do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.stock.model import Area, Assessed, Coverage, FloatArray, Interval, Subject
from saphan.estimate.stock.totals import LEVEL, RATIO, REPORTS, Estimated, combined, coverage, estimated

FENCE = 3.5  # robust standard deviations from the median change (Iglewicz and Hoaglin 1993)
LEAST_SPREAD = 0.10  # of the logarithm of a change: where hardly any site changes, one of 10 per cent is no outlier yet
STEADY = 5.0  # people added to both numbers, so that 1 to 3 is no threefold change
LEAST_PEOPLE = 20.0  # an outlier differs by at least so many from what the median change would have made of it
FEW_PAIRS = 2.0  # sites counted twice that show nothing yet of how errors correlate


@dataclass(frozen=True, kw_only=True)
class Change:
    """The later number less the earlier of the sites assessed in both rounds, as `Stock`.

    `low` and `high` are the least and the greatest change that reports allow. `panel` is how many sites were assessed
    in both; `coverage` of each round is that of the whole area.
    """

    area: Area
    name: str
    value: float
    earlier: float
    later: float
    low: float
    high: float
    interval: Interval | None
    why: str
    panel: int
    coverage: tuple[Coverage, Coverage]  # earlier, later
    correlation: float  # of errors of one site in the two rounds, as it was used
    method: str
    subject: Subject


@dataclass(frozen=True, kw_only=True)
class Outlier:
    """A site whose number changed unlike those of the others; `deviations` are robust standard deviations."""

    site: str
    earlier: float
    later: float
    expected: float  # the earlier number with the median change
    deviations: float
    words: str


def changes(earlier: Assessed, later: Assessed, *, level: float = LEVEL) -> tuple[Change, ...]:
    """The change of each district and province that has sites in the panel.

    The interval is Student's t on the plain scale. ValueError for rounds of two subjects, a level that is not between
    0 and 1, a site that moved to another district, and rounds without a common site.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of {level:g} is not between 0 and 1: for 90 per cent give 0.9")
    panel = _panel(earlier, later)
    districts = tuple(dict.fromkeys(site.district for one in (earlier, later) for site in one.sites))
    then, now = (estimated(one, panel, districts) for one in (earlier, later))
    correlation = _correlation(then, now)
    shared = _shared(then, now, correlation)
    covariance = then.covariance + now.covariance - shared - shared.T
    degrees = np.minimum(then.degrees, now.degrees)
    said = [_said(one) for one in (earlier, later)]
    found = []
    for area in Area:
        for name in dict.fromkeys(getattr(site, area.value) for site in later.sites if site.id in panel):
            of = [site for site in later.sites if getattr(site, area.value) == name]
            sites = [site for site in of if site.id in panel]
            rows = [now.districts.index(one) for one in dict.fromkeys(site.district for site in sites)]
            before, after = float(then.total[rows].sum()), float(now.total[rows].sum())
            why = "; ".join(dict.fromkeys(one.why[row] for one in (then, now) for row in rows if one.why[row]))
            interval = None
            if not why:
                error, freedom = combined(covariance, degrees, rows)
                reach = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
                change = after - before
                interval = Interval(
                    low=change - reach, high=change + reach, level=level, standard_error=error, degrees=freedom
                )
            past = [site for site in earlier.sites if getattr(site, area.value) == name]
            found.append(
                Change(
                    area=area,
                    name=name,
                    value=after - before,
                    earlier=before,
                    later=after,
                    low=math.fsum(said[1][site.id][0] - said[0][site.id][1] for site in sites),
                    high=math.fsum(said[1][site.id][1] - said[0][site.id][0] for site in sites),
                    interval=interval,
                    why=why,
                    panel=len(sites),
                    coverage=(coverage(earlier, past), coverage(later, of)),
                    correlation=correlation,
                    method=RATIO if now.fit is not None and then.fit is not None else REPORTS,
                    subject=later.subject,
                )
            )
    return tuple(found)


def outliers(earlier: Assessed, later: Assessed) -> tuple[Outlier, ...]:
    """Sites of the panel whose reconciled number stands out against the last round, the furthest first.

    The logarithm of (later + 5) / (earlier + 5) lies more than 3.5 robust standard deviations (1.4826 times the median
    absolute deviation, 0.10 at least) from its median over the panel, and the number at least 20 people from what the
    median change would have made of it. A flag asks for a second look; it corrects nothing.
    """
    panel = _panel(earlier, later)
    before, after = ({one.site: one.value for one in of.reconciled} for of in (earlier, later))
    sites = [site.id for site in later.sites if site.id in panel and site.id in before and site.id in after]
    if not sites:
        return ()
    was, is_ = np.array([before[one] for one in sites]), np.array([after[one] for one in sites])
    moved = np.log((is_ + STEADY) / (was + STEADY))
    middle = float(np.median(moved))
    spread = max(1.4826 * float(np.median(np.abs(moved - middle))), LEAST_SPREAD)
    expected = np.maximum((was + STEADY) * math.exp(middle) - STEADY, 0.0)
    away = (moved - middle) / spread
    far = np.flatnonzero((np.abs(away) > FENCE) & (np.abs(is_ - expected) >= LEAST_PEOPLE))
    return tuple(
        Outlier(
            site=sites[at],
            earlier=float(was[at]),
            later=float(is_[at]),
            expected=float(expected[at]),
            deviations=float(away[at]),
            words=f"{was[at]:.0f} in the last round, {is_[at]:.0f} in this one; the median change makes it "
            f"{expected[at]:.0f}",
        )
        for at in far[np.argsort(-np.abs(away[far]), kind="stable")]
    )


def _panel(earlier: Assessed, later: Assessed) -> frozenset[str]:
    """Sites that could be entered and were assessed in both rounds."""
    if earlier.reconciled and later.reconciled and earlier.subject != later.subject:
        raise ValueError(f"the rounds are of {earlier.subject} and of {later.subject}: compare like with like")
    homes = {one.id: (one.district, one.province) for one in earlier.sites}
    for one in later.sites:
        home = homes.get(one.id, (one.district, one.province))
        if home != (one.district, one.province):
            raise ValueError(
                f"site {one.id} lies in {home[0]} in the earlier round and in {one.district} in the later: give both "
                "rounds one list of sites"
            )
    there = []
    for of in (earlier, later):
        told = {each.site for each in of.reconciled} | {each.site for each in of.counts}
        there.append({site.id for site in of.sites if site.accessible} & told)
    if not there[0] & there[1]:
        raise ValueError("no site was assessed in both rounds: keep the ids of sites from round to round")
    return frozenset(there[0] & there[1])


def _said(of: Assessed) -> dict[str, tuple[float, float]]:
    """The least and the greatest that was said of each site; the count where there is one."""
    found = {one.site: (one.low, one.high) for one in of.reconciled}
    return found | {one.site: (one.value, one.value) for one in of.counts}


def _correlation(then: Estimated, now: Estimated) -> float:
    """r, drawn to 0 where few sites were counted twice; never below 0, which few pairs may show."""
    if then.fit is None or now.fit is None:
        return 0.0
    first, second = _errors(then), _errors(now)
    pairs = [(first[site], second[site]) for site in first.keys() & second.keys()]
    if not pairs:
        return 0.0
    a, b = np.array(sorted(pairs)).T
    whole = math.sqrt(float(a @ a) * float(b @ b))
    found = float(a @ b) / whole if whole else 0.0
    return max(found, 0.0) * len(pairs) / (len(pairs) + FEW_PAIRS)


def _errors(of: Estimated) -> dict[str, float]:
    """u of the sites counted by chance, in standard deviations of its district."""
    if of.fit is None:
        return {}
    spread = np.sqrt(of.fit.spread)[of.district[of.fitted]]
    scaled = np.divide(of.fit.residual, spread, out=np.zeros(spread.size), where=spread > 0)
    return {one: float(u) for one, u in zip(_fitted(of), scaled, strict=True) if not np.isnan(u)}


def _shared(then: Estimated, now: Estimated, correlation: float) -> FloatArray:
    """(D, D) covariance of the errors of the earlier and the later totals."""
    size = len(now.districts)
    if then.fit is None or now.fit is None:
        return np.zeros((size, size))
    place = {one: at for at, one in enumerate(_fitted(now))}
    both = [(place[one], at) for at, one in enumerate(_fitted(then)) if one in place]
    if not both:
        return np.zeros((size, size))
    after, before = np.array(both).T
    variance = now.fit.spread[now.district[now.fitted][after]] * then.fit.spread[then.district[then.fitted][before]]
    of_sites = (now.fit.score[:, after] * np.sqrt(variance)) @ then.fit.score[:, before].T
    of_ratios = _geometric(now.fit.distance, then.fit.distance)
    found: FloatArray = correlation * (of_sites + of_ratios)
    return found


def _geometric(first: FloatArray, second: FloatArray) -> FloatArray:
    """(D, D) the covariance of errors of these two covariances that correlate fully: their mean correlation, scaled."""
    scales, correlations = [], []
    for one in (first, second):
        scale = np.sqrt(np.maximum(np.diag(one), 0.0))
        scales.append(scale)
        whole = np.outer(scale, scale)
        correlations.append(np.divide(one, whole, out=np.zeros_like(one), where=whole > 0))
    found: FloatArray = scales[0][:, None] * (correlations[0] + correlations[1]) / 2 * scales[1]
    return found


def _fitted(of: Estimated) -> list[str]:
    """Ids of the sites that a fit is of, in its order."""
    return [one for one, kept in zip(of.ids, of.fitted, strict=True) if kept]
