"""Several reports of a site made into one number, by rules that can be followed by hand, with a grade in words.

1. Reports that share an informant or a source are one, the best grounded of them (`Obtained`, in its order); of those
   grounded alike, their median.
2. A number that covers several sites is shared out among them as the reports of single sites are to each other, evenly
   where there are none. Of several such numbers of one catchment each is shared out, so that nobody is added twice.
3. The value is the weighted median of the independent sources; `WEIGHTS` by how they were obtained. Where the weight
   is cut exactly in half it lies midway between the two middle sources.
4. The grade counts five facts (International Organization for Migration, Displacement Tracking Matrix: credibility of a
   location's number) and is lowered by what weakens a number; see `_graded`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from saphan.estimate.stock.model import (
    Grade,
    Obtained,
    Reconciled,
    Report,
    Site,
    Subject,
    known_sites,
    refuse_negative,
    refuse_unknown,
)

METHOD = "stock-reconcile/1"  # moves whenever a value or a grade from the same reports would
WEIGHTS = {
    Obtained.REGISTER: 4.0,
    Obtained.LIST: 3.0,
    Obtained.AID: 2.0,
    Obtained.ESTIMATE: 1.0,
    Obtained.OBSERVATION: 1.0,
}
AGREE = 0.10  # sources agree that differ by no more than this share of the larger
CONFIRM = 0.25  # an observation confirms a value that it lies within this share of: some people are out of sight
APART = 2.0  # sources contradict each other whose largest is more than so many times the smallest
MANY_SITES = 3  # an informant who speaks for so many sites knows each of them less
BY_POINTS = {0: Grade.D, 1: Grade.C, 2: Grade.B}  # and A from 3 points on


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Reports that are one, of one site."""

    value: float
    obtained: Obtained
    informants: frozenset[str]
    shared_out: bool


def reconcile(sites: Iterable[Site], reports: Iterable[Report]) -> tuple[Reconciled, ...]:
    """One number for each site and subject with a report, in the order of sites and then of subjects' first reports.

    ValueError for a report of a site that is not in the list, a negative or missing number, a report without informant,
    a catchment that leaves out its own site, and for lists that `known_sites` refuses.
    """
    known = known_sites(sites)
    said = list(reports)
    for one in said:
        _check(one, known)
    busy = _busy(said)
    found: list[Reconciled] = []
    for subject in dict.fromkeys(one.subject for one in said):
        here = _by_site([one for one in said if one.subject == subject])
        found += [_reconciled(known[site], subject, here[site], busy) for site in known if site in here]
    place = {site: number for number, site in enumerate(known)}
    return tuple(sorted(found, key=lambda one: place[one.site]))


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value at which half the weight is reached; midway to the next where it is reached exactly."""
    ordered = sorted(zip(values, weights, strict=True))
    half, reached = sum(weights) / 2, 0.0
    for (value, weight), (following, _) in zip(ordered, [*ordered[1:], ordered[-1]], strict=True):
        reached += weight
        if reached == half:
            return (value + following) / 2
        if reached > half:
            return value
    raise ValueError("there is no value to take the median of")


def _check(one: Report, known: Mapping[str, Site]) -> None:
    refuse_unknown(f"a report of informant {one.informant!r}", one.site, known)
    refuse_negative(f"the report of {one.informant!r} for site {one.site}", one.value)
    if not one.informant:
        raise ValueError(
            f"a report for site {one.site} has no informant: give each an id, the enumerator's if it is seen"
        )
    for site in one.catchment:
        refuse_unknown(f"the catchment of {one.informant!r}", site, known)
    if one.catchment and one.site not in one.catchment:
        raise ValueError(
            f"the catchment of {one.informant!r} at site {one.site} leaves out that site: name every site it covers"
        )


def _busy(said: Sequence[Report]) -> dict[str, int]:
    """Sites that each informant speaks for, with numbers of their own or within a catchment."""
    covered: dict[str, set[str]] = defaultdict(set)
    for one in said:
        covered[one.informant].update((one.site, *one.catchment))
    return {informant: len(sites) for informant, sites in covered.items()}


def _by_site(said: Sequence[Report]) -> dict[str, list[tuple[Report, bool]]]:
    """Reports of each site, and whether each was shared out from a catchment."""
    found: dict[str, list[tuple[Report, bool]]] = defaultdict(list)
    for one in said:
        if not _shared(one):
            found[one.site].append((one, False))
    own = {site: _centre(_sources(rows)) for site, rows in found.items()}
    for one in said:
        if _shared(one):
            for site, share in _shares(one.catchment, own).items():
                found[site].append((replace(one, site=site, value=one.value * share), True))
    return found


def _shared(one: Report) -> bool:
    return len(set(one.catchment)) > 1


def _shares(catchment: Sequence[str], own: Mapping[str, float]) -> dict[str, float]:
    """Shares of the sites of a catchment; one without a report of its own counts as the mean of those with one."""
    sites = list(dict.fromkeys(catchment))
    told = [own[site] for site in sites if site in own]
    usual = sum(told) / len(told) if told else 1.0
    size = {site: own.get(site, usual) for site in sites}
    whole = sum(size.values())
    return {site: (size[site] / whole if whole else 1 / len(sites)) for site in sites}


def _sources(rows: Sequence[tuple[Report, bool]]) -> list[_Source]:
    """Independent sources: reports joined that share an informant or a named source, directly or through others."""
    group = list(range(len(rows)))
    first: dict[tuple[str, str], int] = {}
    for row, (one, _) in enumerate(rows):
        for key in [("informant", one.informant), *([("source", one.source)] if one.source else [])]:
            joined, into = group[row], group[first.setdefault(key, row)]
            group = [into if each == joined else each for each in group]
    members: dict[int, list[tuple[Report, bool]]] = defaultdict(list)
    for row, each in enumerate(group):
        members[each].append(rows[row])
    return [_joined(one) for one in members.values()]


def _joined(rows: Sequence[tuple[Report, bool]]) -> _Source:
    ranks = list(Obtained)
    best = min((shared, ranks.index(one.obtained)) for one, shared in rows)  # a report of this site alone comes first
    kept = [one for one, shared in rows if (shared, ranks.index(one.obtained)) == best]
    return _Source(
        value=median(one.value for one in kept),
        obtained=kept[0].obtained,
        informants=frozenset(one.informant for one, _ in rows),
        shared_out=best[0],
    )


def _centre(sources: Sequence[_Source]) -> float:
    return weighted_median([one.value for one in sources], [WEIGHTS[one.obtained] for one in sources])


def _reconciled(
    site: Site, subject: Subject, rows: Sequence[tuple[Report, bool]], busy: Mapping[str, int]
) -> Reconciled:
    sources = _sources(rows)
    value = _centre(sources)
    said = [one.value for one, _ in rows]
    grade, reasons = _graded(site, sources, value, busy)
    informants = len({one.informant for one, _ in rows})
    if informants > len(sources):
        reasons = (*reasons, f"{informants} informants are {len(sources)} independent source(s): copies count once")
    return Reconciled(
        site=site.id,
        subject=subject,
        value=value,
        low=min(said),
        high=max(said),
        grade=grade,
        reasons=reasons,
        informants=informants,
        sources=len(sources),
        method=METHOD,
    )


def _graded(
    site: Site, sources: Sequence[_Source], value: float, busy: Mapping[str, int]
) -> tuple[Grade, tuple[str, ...]]:
    """A grade from points: a register 2, a list, aid, agreement and confirmation 1 each; A from 3, B 2, C 1, D none.

    One grade lower for each of: sources that contradict each other; nothing but numbers of a catchment; nobody but
    informants who speak for many sites; a site that could not be entered.
    """
    told = [one for one in sources if one.obtained is not Obtained.OBSERVATION]
    seen = [one.value for one in sources if one.obtained is Obtained.OBSERVATION]
    by = {one.obtained for one in told}
    facts = [
        (2, Obtained.REGISTER in by, "an informant keeps a register"),
        (1, Obtained.LIST in by, "an informant holds a list"),
        (1, Obtained.AID in by, "an informant delivers aid there"),
        (1, _agree(told), f"independent informants agree within {AGREE:.0%}"),
        (1, bool(told) and _confirmed(seen, _centre(told) if told else value), "observation confirms the number"),
    ]
    low, high = min(one.value for one in sources), max(one.value for one in sources)
    weak = [
        (high > APART * low, f"sources differ by more than {APART:g} times"),
        (all(one.shared_out for one in sources), "known only from numbers that cover several sites"),
        (
            all(busy[name] >= MANY_SITES for one in sources for name in one.informants),
            f"every informant speaks for {MANY_SITES} sites or more",
        ),
        (not site.accessible, "the site could not be entered"),
    ]
    points = sum(each for each, holds, _ in facts if holds)
    worse = sum(holds for holds, _ in weak)
    order = list(Grade)
    grade = order[min(order.index(BY_POINTS.get(points, Grade.A)) + worse, len(order) - 1)]
    reasons = [words for _, holds, words in facts if holds] or ["no fact speaks for the number"]
    return grade, (*reasons, *(f"lowered: {words}" for holds, words in weak if holds))


def _agree(sources: Sequence[_Source]) -> bool:
    """Two independent sources lie within a tenth of each other, and so do all of them where there are more."""
    values = [one.value for one in sources]
    return len(values) > 1 and max(values) - min(values) <= AGREE * max(values)


def _confirmed(seen: Sequence[float], value: float) -> bool:
    return any(abs(one - value) <= CONFIRM * max(one, value) for one in seen)
