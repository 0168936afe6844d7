"""What a round of mobility tracking says of each site: from frames to the estimator's sites, reports and counts.

Of what one informant says of a site in one round, and of what is observed or counted there, the last stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from saphan.analyse.frames.query import Known, Listing, Rows, sql, words
from saphan.analyse.indicators.observed import WHO, Frames
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.vocabulary.mobility import NOBODY, OBSERVATION
from saphan.collect.rounds.mobility import MobilityExercise, MobilityRound, home
from saphan.estimate.engines.duckdb import DIALECT, DuckDB
from saphan.estimate.stock import PRESENCE, Count, Measure, Obtained, Report, Site, Subject
from saphan.estimate.survey.design import SamplingBasis
from saphan.mission.model import Mission

Told = Mapping[str, object]  # one row of a frame: answers by concept, None where there is none

ARRIVALS = Subject(measure=Measure.ARRIVALS)
_DATED = (Known(column="site"), Known(column="observed_date"))
VISITS = Rows(frame=FormConcept.KEY_INFORMANT, where=_DATED)
COUNTS = Rows(frame=FormConcept.SITE_COUNT, where=_DATED)
VISITED = ("submission", "site", "observed_date", "ended_at", "site_access", "source_role")
SAID = ("informant", "presence", "persons_present", "obtained")
OPTIONAL = ("number_from", "covers_other_sites", "arrivals_since_last_round", *WHO)
COUNTED = ("submission", "site", "observed_date", "ended_at", "count_outcome", "persons_counted")
NATIONALITY = ("submission", "nationality", "persons_of_nationality")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The rows of both forms, with the nationalities of each submission, and the queries that gave them, in words."""

    visits: tuple[Told, ...]
    counts: tuple[Told, ...]
    nationalities: Mapping[str, Mapping[str, float]]  # submission -> nationality -> persons
    query: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """One round: its sites, what was said of them, and what was counted, by subject.

    `access` holds the best access of any visit of a site; who was not visited is not in it. `notes` say what was not
    used. Counts have the chance of being drawn and counted.
    """

    fielded: MobilityRound
    sites: tuple[Site, ...]
    access: Mapping[str, str]
    reports: tuple[Report, ...]
    counts: Mapping[Subject, tuple[Count, ...]]
    basis: SamplingBasis
    notes: tuple[str, ...]


def answers(engine: DuckDB, frames: Frames) -> Answers:
    """The rows of the frames of a snapshot; none where a form is not among them."""
    listings = [
        _listing(frames, VISITS, (*VISITED, *SAID), OPTIONAL),
        _listing(frames, COUNTS, COUNTED, WHO),
    ]
    rows = [[*map(_sound, engine.run(sql(one, DIALECT)).to_pylist())] if one is not None else [] for one in listings]
    nationalities: dict[str, dict[str, float]] = defaultdict(dict)
    for form in (FormConcept.KEY_INFORMANT, FormConcept.SITE_COUNT):
        inside = Rows(frame=f"{form}.nationality_present", where=(Known(column="nationality"),))
        listing = _listing(frames, inside, (*NATIONALITY, "row"), ())
        for row in engine.run(sql(listing, DIALECT)).to_pylist() if listing is not None else ():
            if _sound(row)["persons_of_nationality"] is not None:
                held = nationalities[row["submission"]]
                held[row["nationality"]] = held.get(row["nationality"], 0.0) + float(row["persons_of_nationality"])
    return Answers(
        visits=tuple(rows[0]),
        counts=tuple(rows[1]),
        nationalities=nationalities,
        query="; ".join(words(one) for one in listings if one is not None),
    )


def said(found: Answers, mission: Mission, exercise: MobilityExercise, fielded: MobilityRound) -> Said:
    """What one round says of the sites that were listed in it."""
    listed = exercise.sites(mission.places, fielded.period)
    notes: Counter[str] = Counter()
    visits = _latest(_within(found.visits, fielded, listed, notes), "informant", "source_role")
    counted, drawn_notes = _counted(found, fielded, listed, notes)
    access = _access(visits)
    closed = {site for site, how in access.items() if how != "entered"} - counted.keys()
    sites = []
    for name in sorted(listed):
        district, province = home(mission.places, listed[name])
        sites.append(Site(id=name, district=district, province=province, accessible=name not in closed))
    told = [row for row in visits if _number(row) is not None]
    codes = sorted({code for row in told for code in found.nationalities.get(str(row["submission"]), ())})
    sources = _sources(told)
    reports = tuple(
        report for row in told for report in _reports(row, found.nationalities, codes, listed.keys(), sources)
    )
    by_chance = fielded.counted is not None
    return Said(
        fielded=fielded,
        sites=tuple(sites),
        access=access,
        reports=reports,
        counts=_subjects(counted, found.nationalities, _chances(fielded, sites, counted)),
        basis=fielded.basis if by_chance else SamplingBasis.CONVENIENCE,
        notes=(*(f"{number} {why}" for why, number in sorted(notes.items())), *drawn_notes),
    )


def _listing(frames: Frames, rows: Rows, needed: tuple[str, ...], optional: tuple[str, ...]) -> Listing | None:
    """The needed columns and those of the others that there are; None without the frame or a needed column."""
    columns = frames.get(rows.frame, frozenset())
    if not columns.issuperset(needed):
        return None
    wanted = (*needed, *(name for name in optional if name in columns))
    return Listing(rows=rows, columns=wanted if "row" in wanted else (*wanted, "row"))


def _sound(row: Told) -> Told:
    """A row without what is no number of people, which a form's own constraint should have refused."""
    return {name: None if isinstance(value, int) and value < 0 else value for name, value in row.items()}


def _within(
    rows: Iterable[Told], fielded: MobilityRound, listed: Mapping[str, object], notes: Counter[str]
) -> list[Told]:
    """The rows of a round's days whose site was listed then."""
    kept = []
    for row in rows:
        if date.fromisoformat(str(row["observed_date"])[:10]) not in fielded.period:
            continue
        if row["site"] in listed:
            kept.append(row)
        else:
            notes["submissions are of a site that was not listed, and are not used."] += 1
    return kept


def _latest(rows: Iterable[Told], *key: str) -> list[Told]:
    """Of the rows of one site that agree in `key` the one ended last (ties: by submission), in the order of both."""
    last: dict[tuple[object, ...], Told] = {}
    for row in sorted(rows, key=lambda row: (str(row["ended_at"] or ""), str(row["submission"]))):
        last[(row["site"], *(row.get(name) for name in key))] = row
    return [last[name] for name in sorted(last, key=str)]


def _access(visits: Iterable[Told]) -> dict[str, str]:
    """The best access that any visit of a site had."""
    order = ("not-reached", "seen-from-outside", "entered")
    found: dict[str, str] = {}
    for row in visits:
        how = str(row["site_access"])
        if how in order:
            before = found.get(str(row["site"]), order[0])
            found[str(row["site"])] = max(before, how, key=order.index)
    return found


def _number(row: Told) -> float | None:
    """How many are present by one row; None where it gives no number."""
    if row["source_role"] == NOBODY or (row["source_role"] != OBSERVATION and not row["informant"]):
        return None
    if row["presence"] == "no":
        return 0.0
    return float(str(row["persons_present"])) if row["persons_present"] is not None else None


def _plain(text: object) -> str:
    return " ".join(str(text or "").split()).casefold()


def _sources(told: Iterable[Told]) -> dict[tuple[str, str], str]:
    """Whom or what each informant of a site took the number from, in plain letters; empty for its own."""
    return {(str(row["site"]), _plain(row["informant"])): _plain(row.get("number_from")) for row in told}


def _source(site: str, informant: str, sources: Mapping[tuple[str, str], str]) -> str:
    """Where a number comes from in the end: who repeats a repeater names the first."""
    seen = {informant}
    name = informant
    while (before := sources.get((site, name), "")) and before not in seen:
        seen.add(before)
        name = before
    return name


def _reports(
    row: Told,
    nationalities: Mapping[str, Mapping[str, float]],
    codes: Iterable[str],
    listed: Iterable[str],
    sources: Mapping[tuple[str, str], str],
) -> Iterator[Report]:
    """The reports of one row: of all present, of arrivals, and of each nationality and group that it tells apart."""
    site, seen = str(row["site"]), row["source_role"] == OBSERVATION
    informant = f"observation of {site}" if seen else _plain(row["informant"])
    others = row.get("covers_other_sites")
    covered = sorted(set(listed) & set(others)) if isinstance(others, list) else []
    obtained = Obtained.OBSERVATION if seen else Obtained(str(row["obtained"] or Obtained.ESTIMATE))
    source = "" if seen else _source(site, informant, sources)

    def report(subject: Subject, value: float) -> Report:
        return Report(
            site=site,
            informant=informant,
            value=value,
            obtained=obtained,
            source=source,
            catchment=(site, *(one for one in covered if one != site)) if covered else (),
            subject=subject,
        )

    present = _number(row) or 0.0
    yield report(PRESENCE, present)
    arrived = row.get("arrivals_since_last_round")
    if arrived is not None or not present:
        yield report(ARRIVALS, float(str(arrived or 0)))
    own = nationalities.get(str(row["submission"]), {})
    for code in codes if own or not present else ():
        yield report(Subject(nationality=code), own.get(code, 0.0))
    groups = [row.get(name) for name in WHO]
    if not present or all(value is not None for value in groups):
        for name, value in zip(WHO, groups, strict=True):
            yield report(Subject(group=name), float(str(value or 0)))


def _counted(
    found: Answers, fielded: MobilityRound, listed: Mapping[str, object], notes: Counter[str]
) -> tuple[dict[str, Told], list[str]]:
    """The count of each site that was to be counted, and how many of those could be."""
    rows = _latest(_within(found.counts, fielded, listed, notes))
    done = {
        str(row["site"]): row
        for row in rows
        if row["count_outcome"] == "counted" and row["persons_counted"] is not None
    }
    if fielded.counted is None:
        return done, [f"{len(done)} sites were counted by choice, not drawn."] if done else []
    chosen = done.keys() - fielded.counted.keys()
    if chosen:
        notes["counted sites were not drawn to be counted, and their counts are not used."] += len(chosen)
    wanted = fielded.counted.keys() & listed.keys()
    kept = {site: row for site, row in done.items() if site in wanted}
    return kept, [f"{len(kept)} of {len(wanted)} sites drawn to be counted were counted."]


def _chances(fielded: MobilityRound, sites: Iterable[Site], counted: Mapping[str, Told]) -> dict[str, float]:
    """The chance with which each counted site was drawn and counted: that of the draw times the district's response."""
    if fielded.counted is None:
        return dict.fromkeys(counted, 1.0)
    drawn: Counter[str] = Counter()
    done: Counter[str] = Counter()
    home_of = {}
    for site in sites:
        if site.id in fielded.counted and site.accessible:
            home_of[site.id] = site.district
            drawn[site.district] += 1
            done[site.district] += site.id in counted
    return {site: fielded.counted[site] * done[home_of[site]] / drawn[home_of[site]] for site in counted}


def _subjects(
    counted: Mapping[str, Told], nationalities: Mapping[str, Mapping[str, float]], chances: Mapping[str, float]
) -> dict[Subject, tuple[Count, ...]]:
    """Counts of each subject; of nationalities and groups at the sites where they were told apart."""
    found: dict[Subject, list[Count]] = defaultdict(list)
    codes = sorted({code for row in counted.values() for code in nationalities.get(str(row["submission"]), ())})
    for site, row in sorted(counted.items()):
        everybody = float(str(row["persons_counted"]))
        own = nationalities.get(str(row["submission"]), {})
        groups = {name: row.get(name) for name in WHO}
        parts = {Subject(nationality=code): own.get(code, 0.0) for code in codes if own or not everybody}
        if not everybody or all(value is not None for value in groups.values()):
            parts |= {Subject(group=name): float(str(value or 0)) for name, value in groups.items()}
        for subject, value in {PRESENCE: everybody, **parts}.items():
            found[subject].append(Count(site=site, value=value, chance=chances[site]))
    return {subject: tuple(each) for subject, each in found.items()}
