"""How many people of concern are present at the sites of each district and province, and how that changed.

Values, ranges, grades and intervals are the estimator's (`saphan.estimate.stock`). A line has an interval where sites
were drawn by chance and counted; elsewhere it has the range of what was said, and a grade.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators import stock_lines
from saphan.analyse.indicators.fieldwork import count
from saphan.analyse.indicators.model import Results
from saphan.analyse.indicators.observed import WHO
from saphan.analyse.indicators.site_reports import ARRIVALS, Answers, Said, answers, said
from saphan.analyse.indicators.stock_lines import ARRIVED, OUTLIERS, PRESENT, SITES, Lines, Place, Sheet
from saphan.collect.rounds.mobility import MobilityExercise
from saphan.core.unit import Unit
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.stock import (
    PRESENCE,
    Area,
    Assessed,
    Outlier,
    Reconciled,
    Subject,
    changes,
    outliers,
    reconcile,
    stocks,
)
from saphan.mission.model import Mission


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One round, reconciled: what was said, and the numbers of its sites by subject."""

    said: Said
    numbers: Mapping[Subject, tuple[Reconciled, ...]]

    @property
    def present(self) -> Assessed:
        """Everybody present."""
        return self.of(PRESENCE)

    def of(self, subject: Subject) -> Assessed:
        """One subject at all sites; a part of those present only in districts where anybody told of it.

        Elsewhere nobody is said to be, and counts of districts where they are many would put some of them there.
        """
        numbers, counts = self.numbers.get(subject, ()), self.said.counts.get(subject, ())
        sites = self.said.sites
        if subject.nationality or subject.group:
            home = {site.id: site.district for site in sites}
            told = {home[one.site] for one in numbers if one.value > 0}
            told |= {home[one.site] for one in counts if one.value > 0}
            sites = tuple(site for site in sites if site.district in told)
            numbers = tuple(one for one in numbers if home[one.site] in told)
            counts = tuple(one for one in counts if home[one.site] in told)
        return Assessed(sites=sites, reconciled=numbers, counts=counts, basis=self.said.basis)

    def sheet(self, query: str) -> Sheet:
        """What its results have in common."""
        within: dict[str, dict[str, None]] = {}
        for site in self.said.sites:
            within.setdefault(site.province, {})[site.district] = None
        return Sheet(
            period=self.said.fielded.period.label,
            query=query,
            within={province: tuple(districts) for province, districts in within.items()},
        )


def compute(snapshot: Snapshot, mission: Mission, exercise: MobilityExercise) -> Results:
    """The results of every round of an exercise; only a note for a round of which there is no report yet."""
    found = read(snapshot)
    made = Results(results=())
    rounds = []
    for one in assess(found, mission, exercise):
        label = f"{exercise.id}, round {one.said.fielded.number}"
        if not one.numbers.get(PRESENCE):
            made += Results(results=(), notes=(f"Nothing has been reported in {label}.",))
            continue
        rounds.append(one)
        notes = tuple(f"{label}: {note}" for note in one.said.notes)
        made += _round(one, one.sheet(found.query)) + Results(results=(), notes=notes)
    for earlier, later in pairwise(rounds):
        made += _changed(earlier, later, found.query)
    return made


def read(snapshot: Snapshot) -> Answers:
    """What informants said, and what was counted, in a snapshot."""
    frames = {table.name: frozenset(name for name, _ in table.columns) for table in snapshot.manifest.tables}
    return answers(DuckDB(snapshot.data), frames)


def assess(found: Answers, mission: Mission, exercise: MobilityExercise) -> list[Assessment]:
    """Every round of an exercise in which a site was listed, reconciled."""
    rounds = []
    for fielded in exercise.rounds:
        one = said(found, mission, exercise, fielded)
        numbers: dict[Subject, list[Reconciled]] = {}
        for number in reconcile(one.sites, one.reports) if one.sites else ():
            numbers.setdefault(number.subject, []).append(number)
        rounds.append(Assessment(said=one, numbers={subject: tuple(each) for subject, each in numbers.items()}))
    return rounds


def outlying(earlier: Assessment, later: Assessment) -> tuple[Outlier, ...]:
    """The sites that changed unlike the others; none where no site was assessed in both rounds."""
    return outliers(earlier.present, later.present) if _panel(earlier, later) else ()


def _round(one: Assessment, sheet: Sheet) -> Results:
    """The figures of one round: coverage, those present and their parts, and those who came."""
    present = one.present
    whole = stock_lines.lines(present)
    made = _coverage(present, sheet)
    made += stock_lines.results(PRESENT, whole, stock_lines.rests(present), sheet)
    codes = {subject.nationality for subject in (*one.numbers, *one.said.counts) if subject.nationality}
    made += _parted(one, whole, "nationality", {code: Subject(nationality=code) for code in sorted(codes)}, sheet)
    made += _parted(one, whole, "who", {name: Subject(group=name) for name in WHO}, sheet)
    arrivals = one.of(ARRIVALS)
    came = stock_lines.lines(arrivals) if arrivals.reconciled else {}
    return made + stock_lines.results(ARRIVED, came, stock_lines.rests(arrivals), sheet)


def _parted(one: Assessment, whole: Lines, key: str, subjects: Mapping[str, Subject], sheet: Sheet) -> Results:
    """Those present by nationality or by group."""
    assessed = {code: held for code, subject in subjects.items() if (held := one.of(subject)).sites}
    parts = stock_lines.brought(whole, {code: stock_lines.lines(held) for code, held in assessed.items()}, sheet)
    made = Results(results=(), totals=stock_lines.sums_of_parts(whole, parts, key, sheet))
    for code, held in assessed.items():
        made += stock_lines.results(PRESENT, parts[code], stock_lines.rests(held), sheet, **{key: code})
    return made


def _coverage(present: Assessed, sheet: Sheet) -> Results:
    """How many sites are known, could be entered or not, were assessed and counted."""
    made = []
    for line in stocks(present, level=stock_lines.LEVEL):
        if line.accessible:
            shown = line.coverage
            states = {
                "known": shown.sites,
                "accessible": shown.accessible,
                "inaccessible": shown.inaccessible,
                "assessed": shown.assessed,
                "counted": shown.counted,
            }
            for state, number in states.items():
                cell = {line.area.value: line.name, "state": state}
                made.append(count(SITES, sheet.period, Unit.SITE, number, number, sheet.query, cell))
    return Results(results=tuple(made))


def _panel(earlier: Assessment, later: Assessment) -> frozenset[str]:
    """The sites that could be entered and were assessed in both rounds."""
    there = []
    for one in (earlier.present, later.present):
        told = {each.site for each in one.reconciled} | {each.site for each in one.counts}
        there.append({site.id for site in one.sites if site.accessible} & told)
    return frozenset(there[0] & there[1])


def _changed(earlier: Assessment, later: Assessment, query: str) -> Results:
    """How each place changed from one round to the next, and how many sites stand out."""
    panel = _panel(earlier, later)
    before, after = earlier.sheet(query), later.sheet(query)
    if not panel:
        why = f"No site was assessed in both {before.period} and {after.period}: no change is told."
        return Results(results=(), notes=(why,))
    rests = [stock_lines.rests(one.present, panel) for one in (earlier, later)]
    least: dict[Place, int] = {
        place: math.floor(min(rests[0].get(place, 0.0), rests[1].get(place, 0.0)) + stock_lines.EXACT)
        for place in rests[1]
    }
    found = changes(earlier.present, later.present, level=stock_lines.LEVEL)
    made = stock_lines.changed(found, least, before, after)
    home = {site.id: site.province for site in later.said.sites}
    flagged = [home[one.site] for one in outlying(earlier, later)]
    panels = [home[site] for site in panel]
    counts = tuple(
        count(
            OUTLIERS,
            after.period,
            Unit.SITE,
            flagged.count(name),
            panels.count(name),
            query,
            {Area.PROVINCE.value: name},
        )
        for name in sorted(set(panels))
    )
    return made + Results(results=counts)
