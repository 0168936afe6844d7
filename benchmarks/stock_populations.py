"""Invented districts whose stock is known, and what informants say of them; independent of `collect.simulate`.

Sites of very unequal size, one to four informants each and sometimes an observation. Errors have a part that all
informants of a district share, one that those of a site share, and one of their own, smaller the better the number is
grounded. What else informants do wrong is a `Behaviour`, none of which the estimator is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from saphan.estimate.stock import Obtained, Report, Site, Subject

OWN_ERROR = {
    Obtained.REGISTER: 0.08,
    Obtained.LIST: 0.15,
    Obtained.AID: 0.25,
    Obtained.ESTIMATE: 0.45,
    Obtained.OBSERVATION: 0.40,
}  # standard deviations of the logarithm
GROUNDS = ((Obtained.REGISTER, 0.10), (Obtained.LIST, 0.20), (Obtained.AID, 0.20), (Obtained.ESTIMATE, 0.50))
INFORMANTS = (0.25, 0.35, 0.25, 0.15)  # chance of one, two, three, four
OBSERVED = 0.4  # share of accessible sites that the enumerator looks over
SEEN = 0.8  # of those present, usually


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What informants do beside erring at random."""

    words: str
    assumed: bool  # True where the estimator's assumptions hold: reports off by one factor and noise in proportion
    over_report: float = 1.0
    by_district: float = 0.05  # standard deviation of the logarithm of the error that a district shares
    by_size: float = 1.0  # power of the true number in what is said: above 1, large sites are overstated
    rounded: bool = False
    copied: float = 0.0  # share of the informants after a site's first who repeat its number
    admitted: float = 0.6  # share of copies that the field `source` tells
    overlapping: float = 0.0  # share of sites whose informants also count people of a neighbouring site
    declared: float = 0.5  # share of overlaps that the field `catchment` tells
    hidden: float = 0.0  # share of sites that are not accessible, where many more are than is said
    empty: float = 0.0  # share of sites of which nobody knows that anyone is there


BEHAVIOURS = (
    Behaviour(words="honest noise", assumed=True),
    Behaviour(words="all over-report by 30 %", assumed=True, over_report=1.3),
    Behaviour(words="rounding to fives, tens, hundreds", assumed=False, rounded=True),
    Behaviour(words="copied sources, 40 % not admitted", assumed=False, copied=0.7),
    Behaviour(words="overlapping catchments, half declared", assumed=False, overlapping=0.4),
    Behaviour(words="inaccessible sites that differ", assumed=True, hidden=0.2),
    Behaviour(words="large sites overstated, small ones not", assumed=False, by_size=1.15),
    Behaviour(
        words="all of these, and districts differ",
        assumed=False,
        over_report=1.3,
        by_district=0.25,
        by_size=1.08,
        rounded=True,
        copied=0.5,
        overlapping=0.25,
        hidden=0.15,
        empty=0.05,
    ),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Sites with the number present, and what informants say."""

    sites: tuple[Site, ...]
    present: dict[str, int]
    reports: tuple[Report, ...]

    def truth(self, district: str, *, accessible: bool = True) -> int:
        """People at the accessible, or the other, sites of a district."""
        return sum(
            self.present[one.id] for one in self.sites if (one.district, one.accessible) == (district, accessible)
        )


def world(
    rng: np.random.Generator, behaviour: Behaviour, *, districts: int = 5, sites: tuple[int, int] = (45, 76)
) -> World:
    """Draw a world."""
    spread = rng.uniform(0.8, 1.4)  # of the logarithm of the size of sites
    shared = rng.uniform(0.10, 0.25)  # of the error that the informants of a site share
    places: list[Site] = []
    present: dict[str, int] = {}
    reports: list[Report] = []
    for number in range(districts):
        count = int(rng.integers(*sites))
        level = rng.normal(np.log(60), 0.4)
        truth = rng.poisson(np.exp(rng.normal(level, spread, count))) + 1
        named = [
            Site(id=f"{number}-{place}", district=f"district {number}", province="province") for place in range(count)
        ]
        for place in np.flatnonzero(rng.uniform(size=count) < behaviour.hidden):
            named[place] = replace(named[place], accessible=False)
            truth[place] *= 2
        middle = np.exp(level + spread**2 / 2)
        known = truth * behaviour.over_report * (truth / middle) ** (behaviour.by_size - 1.0)
        known = known * np.exp(rng.normal(0.0, behaviour.by_district)) * _noise(rng, shared, count)
        known[rng.uniform(size=count) < behaviour.empty] = 0.0
        places += named
        present |= {one.id: int(many) for one, many in zip(named, truth, strict=True)}
        for place in range(count):
            also = place ^ 1 if rng.uniform() < behaviour.overlapping and place ^ 1 < count else None
            reports += _said(rng, behaviour, named, known, truth, place, also)
    return World(sites=tuple(places), present=present, reports=tuple(reports))


def following(rng: np.random.Generator, of: World) -> World:
    """The next round: sites grow and shrink, and informants err in it nearly as they did, some districts less so."""
    trend = rng.normal(0.05, 0.15)
    change = {one.id: float(np.exp(rng.normal(trend, 0.25))) for one in of.sites}
    drift = {name: float(_noise(rng, 0.05, 1)[0]) for name in dict.fromkeys(one.district for one in of.sites)}
    home = {one.id: one.district for one in of.sites}
    present = {site: round(many * change[site]) for site, many in of.present.items()}
    reports = tuple(
        replace(
            one,
            value=float(round(one.value * change[one.site] * drift[home[one.site]] * float(_noise(rng, 0.12, 1)[0]))),
        )
        for one in of.reports
    )
    return World(sites=of.sites, present=present, reports=reports)


def nationalities(rng: np.random.Generator, of: World) -> tuple[World, World]:
    """The same world cut in two: a nationality whose share differs from site to site and is not said exactly."""
    share = {one.id: float(rng.beta(4, 2)) for one in of.sites}
    present = {site: round(many * share[site]) for site, many in of.present.items()}
    first, second = [], []
    for one in of.reports:
        told = float(np.clip(share[one.site] * _noise(rng, 0.15, 1)[0], 0.0, 1.0))
        first.append(replace(one, value=float(round(one.value * told)), subject=Subject(nationality="first")))
        second.append(replace(one, value=one.value - first[-1].value, subject=Subject(nationality="second")))
    others = {site: of.present[site] - many for site, many in present.items()}
    return (
        World(sites=of.sites, present=present, reports=tuple(first)),
        World(sites=of.sites, present=others, reports=tuple(second)),
    )


def _said(
    rng: np.random.Generator,
    behaviour: Behaviour,
    sites: list[Site],
    known: np.ndarray,
    truth: np.ndarray,
    place: int,
    also: int | None,
) -> list[Report]:
    """What the informants of a site say, and what is seen there."""
    site, found = sites[place], []
    catchment: tuple[str, ...] = ()
    said_of = known[place]
    if also is not None:
        said_of = said_of + known[also]
        catchment = (site.id, sites[also].id) if rng.uniform() < behaviour.declared else ()
    for number in range(int(rng.choice(4, p=INFORMANTS)) + 1):
        informant = f"{site.id} informant {number}"
        if number and rng.uniform() < behaviour.copied:
            source = found[0].informant if rng.uniform() < behaviour.admitted else ""
            found.append(replace(found[0], informant=informant, obtained=Obtained.ESTIMATE, source=source))
            continue
        obtained = GROUNDS[int(rng.choice(len(GROUNDS), p=[share for _, share in GROUNDS]))][0]
        value = said_of * float(_noise(rng, OWN_ERROR[obtained], 1)[0])
        found.append(
            Report(
                site=site.id,
                informant=informant,
                value=_rounded(value) if behaviour.rounded else float(round(value)),
                obtained=obtained,
                source=informant if behaviour.copied else "",  # who names a source names the first
                catchment=catchment,
            )
        )
    if site.accessible and rng.uniform() < OBSERVED:
        seen = round(truth[place] * SEEN * float(_noise(rng, OWN_ERROR[Obtained.OBSERVATION], 1)[0]))
        found.append(Report(site=site.id, informant="enumerator", value=float(seen), obtained=Obtained.OBSERVATION))
    return found


def _noise(rng: np.random.Generator, deviation: float, count: int) -> np.ndarray:
    """(count,) factors of mean 1."""
    return np.exp(rng.normal(-(deviation**2) / 2, deviation, count))


def _rounded(value: float) -> float:
    """To fives below 50, tens below 200, fifties below 1,000, hundreds above."""
    step = 5 if value < 50 else 10 if value < 200 else 50 if value < 1000 else 100
    return float(step * round(value / step))
