"""What informants say of invented sites, what is seen there and what is counted, as submissions of phones.

Informants err together: all of a district, those of a site, and each alone, much as in the round before. Some repeat
the number of the first, some count the next site's people too, and not all of them say so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from saphan.collect import forms as form_reading
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form, Submission
from saphan.collect.rounds.mobility import MobilityRound
from saphan.collect.simulate.answers import Facts, Writer
from saphan.collect.simulate.mobility_people import SitePeople
from saphan.collect.simulate.mobility_settings import NAME
from saphan.collect.simulate.settings import Fieldwork, Weights
from saphan.core.nearest import remedy
from saphan.core.problem import At, Problem, finding, problem
from saphan.mission.model import Mission

_INFORMANTS, _SAYING, _COUNTING, _FILLING = 22, 23, 24, 25  # streams of chance of their own
_FIRST, _LAST = 8 * 60, 17 * 60  # minutes of the day in which visits begin
_NATIONALITY = "nationality_present"

Floats = NDArray[np.float64]
Visit = tuple[datetime, FormConcept, Facts, list[Facts]]


@dataclass(frozen=True, kw_only=True)
class _Informant:
    """Somebody who is asked of one site in every round."""

    id: str
    role: str
    sex: str
    obtained: str
    error: float  # a factor
    rounds: bool
    copies: bool
    admits: bool
    knows_groups: bool
    knows_arrivals: bool


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was said of a site by its first informant, as others repeat it."""

    informant: str
    present: int
    arrived: int
    covers: str


class SiteVisits:
    """The submissions of every round of an exercise; iterate for them in the order they arrive.

    Equal arguments give equal bytes. What informants say does not depend on which sites are counted, so that sites can
    be drawn from it. Problem if a form is not of its kind or does not offer what would be answered.
    """

    def __init__(
        self, mission: Mission, people: SitePeople, forms: Mapping[str, Form], work: Fieldwork, *, seed: int
    ) -> None:
        self.mark = f"simulated:{mission.id}:{seed}"
        self._people, self._seed = people, seed
        self._forms = _needed(people, forms)
        self._zone = ZoneInfo(mission.timezone)
        self._work = msgspec.structs.replace(work, answers={})
        rng = np.random.default_rng([seed, _INFORMANTS])
        self._informants = [self._at(site.id, rng) for site in people.sites]
        said, count = people.settings.informants, len(people.sites)
        districts = sorted(set(people.district))
        shared = dict(zip(districts, _noise(rng, said.by_district, len(districts)), strict=True))
        self._error = (
            said.over_report
            * np.array([shared[district] for district in people.district])
            * _noise(rng, said.by_site, count)
        )
        self._overlaps = rng.uniform(size=count) < said.overlapping
        self._declares = rng.uniform(size=count) < said.declared

    def __iter__(self) -> Iterator[Submission]:
        filling = {
            FormConcept.KEY_INFORMANT: np.random.default_rng([self._seed, _FILLING]),
            FormConcept.SITE_COUNT: np.random.default_rng([self._seed, _FILLING, 1]),
        }
        writers = {
            concept: Writer(form, form_reading.Reader([form]).read, self._work, filling[concept])
            for concept, form in self._forms.items()
        }
        tables = {
            concept: next(table.name for table in form.tables if table.concept == _NATIONALITY)
            for concept, form in self._forms.items()
        }
        made = [*self._reports(), *self._counts()]
        for received, concept, facts, parts in sorted(made, key=lambda visit: (visit[0], visit[2]["instanceID"])):
            xml = writers[concept].write(facts["instanceID"], facts, {tables[concept]: parts})
            yield Submission(
                xml=xml, source=self.mark, received=received, submitter=f"{self.mark}:{facts['enumerator']}"
            )

    def _at(self, site: str, rng: np.random.Generator) -> list[_Informant]:
        """The informants of a site."""
        said = self._people.settings.informants
        found = []
        for number in range(int(_drawn(rng, said.number))):
            obtained = _drawn(rng, said.obtained)
            found.append(
                _Informant(
                    id=f"{site}-K{number + 1}",
                    role=_drawn(rng, said.role),
                    sex="female" if rng.uniform() < 0.4 else "male",
                    obtained=obtained,
                    error=float(_noise(rng, said.error[obtained], 1)[0]),
                    rounds=bool(rng.uniform() < said.rounded),
                    copies=bool(number and rng.uniform() < said.copied),
                    admits=bool(rng.uniform() < said.admitted),
                    knows_groups=bool(rng.uniform() >= said.groups_unknown),
                    knows_arrivals=bool(rng.uniform() >= said.arrivals_unknown),
                )
            )
        return found

    def _reports(self) -> Iterator[Visit]:
        """What is said and seen in every round."""
        people, rng = self._people, np.random.default_rng([self._seed, _SAYING])
        for number, fielded in enumerate(people.exercise.rounds):
            drift = _noise(rng, people.settings.informants.drift, len(people.sites))
            for site in np.flatnonzero(people.listed[number] & people.visited[number]).tolist():
                yield from self._visit(number, fielded, site, float(self._error[site] * drift[site]), rng)

    def _visit(
        self, number: int, fielded: MobilityRound, site: int, error: float, rng: np.random.Generator
    ) -> Iterator[Visit]:
        """One site in one round: its informants, and what the enumerator sees."""
        people, visits = self._people, self._people.settings.visits
        day, start = int(rng.integers(fielded.period.days)), int(rng.integers(_FIRST, _LAST))
        person = f"{people.district[site]}-{int(rng.integers(visits.enumerators)) + 1:02d}"
        open_ = bool(people.open[number, site])
        access = "entered" if open_ else ("seen-from-outside", "not-reached")[int(rng.integers(2))]
        common = {
            "district": people.district[site],
            "site": people.sites[site].id,
            "enumerator": person,
            "site_access": access,
        }
        first: _Told | None = None
        turn = 0
        for informant in self._informants[site]:
            refused = rng.uniform() < people.settings.informants.refused
            told, facts, parts = self._said(number, site, informant, error, first, rng)
            when = self._moment(fielded, day, start + 20 * turn)
            turn += 1
            facts |= common | self._clock(when, visits.minutes * float(_noise(rng, 0.25, 1)[0]), rng)
            if refused:
                facts["consent"], parts = "no", []
            elif first is None and not informant.copies:
                first = told
            yield self._arrival(facts, rng), FormConcept.KEY_INFORMANT, facts, parts
        if open_ and rng.uniform() < visits.observed:
            seen = people.present[number, site].sum() * visits.seen * float(_noise(rng, visits.seen_spread, 1)[0])
            facts, parts = self._counted_as(number, site, round(seen), None, rng)
            when = self._moment(fielded, day, start + 20 * turn)
            facts |= common | self._clock(when, visits.minutes * 2, rng) | {"source_role": "observation"}
            yield self._arrival(facts, rng), FormConcept.KEY_INFORMANT, facts, parts
        elif turn == 0:
            facts = common | self._clock(self._moment(fielded, day, start), 2.0, rng) | {"source_role": "nobody"}
            yield self._arrival(facts, rng), FormConcept.KEY_INFORMANT, facts, []

    def _said(
        self, number: int, site: int, informant: _Informant, error: float, first: _Told | None, rng: np.random.Generator
    ) -> tuple[_Told, dict[str, str], list[Facts]]:
        """What an informant says in a round, or repeats."""
        people, said = self._people, self._people.settings.informants
        beside = site ^ 1
        overlaps = self._overlaps[site] and beside < len(people.sites) and people.listed[number, beside]
        overlaps = bool(overlaps and people.district[beside] == people.district[site])
        true = [site, beside] if overlaps else [site]
        factor = error * informant.error * float(_noise(rng, said.anew, 1)[0])
        present = float(people.present[number, true].sum()) * factor
        arrived = float(people.arrived[number, true].sum()) * factor
        present, arrived = (_round(one) if informant.rounds else round(one) for one in (present, arrived))
        covers = people.sites[beside].id if overlaps and self._declares[site] else ""
        told = _Told(informant=informant.id, present=int(present), arrived=int(min(arrived, present)), covers=covers)
        copied = informant.copies and first is not None
        if copied and first is not None:
            told = first
        facts, parts = self._counted_as(number, site, told.present, informant, rng)
        facts |= {
            "source_role": "key-informant",
            "informant": informant.id,
            "informant_role": informant.role,
            "sex": informant.sex,
            "consent": "yes",
            "obtained": "estimate" if copied else informant.obtained,
            "number_from": told.informant if copied and informant.admits else "",
            "covers_other_sites": told.covers,
            "arrivals_since_last_round": str(told.arrived) if informant.knows_arrivals else "",
        }
        return told, facts, parts

    def _counted_as(
        self, number: int, site: int, present: int, informant: _Informant | None, rng: np.random.Generator
    ) -> tuple[dict[str, str], list[Facts]]:
        """A number in its parts, as somebody tells or sees them: shares near the true ones, which add up to it."""
        people, spread = self._people, self._people.settings.informants.parts_error
        true = people.present[number, site]
        told = present > 0
        groups = _shared(rng, true.sum(axis=0), present, spread)
        named = _shared(rng, true.sum(axis=1), present, spread)
        knows = told and (informant is None or informant.knows_groups)
        facts = {
            "presence": "yes" if told else "no",
            "persons_present": str(present),
            "households_present": "",
            "number_from": "",
            "covers_other_sites": "",
            "arrivals_since_last_round": "",
            **{name: str(many) if knows else "" for name, many in zip(people.who, groups, strict=True)},
        }
        parts: list[Facts] = [
            {"nationality": code, "persons_of_nationality": str(many)}
            for code, many in zip(people.nationalities, named, strict=True)
            if many
        ]
        # What is seen from the outside tells nobody's nationality.
        return facts, parts if told and informant is not None else []

    def _counts(self) -> Iterator[Visit]:
        """The counts of the drawn sites, which are exact where they succeed."""
        people, visits = self._people, self._people.settings.visits
        if FormConcept.SITE_COUNT not in self._forms:
            return
        for number, fielded in enumerate(people.exercise.rounds):
            rng = np.random.default_rng([self._seed, _COUNTING, fielded.number])
            for site, place in enumerate(people.sites):
                if place.id not in (fielded.counted or {}) or not people.listed[number, site]:
                    continue
                when = self._moment(fielded, int(rng.integers(fielded.period.days)), int(rng.integers(_FIRST, _LAST)))
                refused = rng.uniform() < visits.count_refused
                here = people.present[number, site]
                outcome = "not-reached" if not people.open[number, site] else "refused" if refused else "counted"
                facts = {
                    "district": people.district[site],
                    "site": place.id,
                    "enumerator": f"{people.district[site]}-{int(rng.integers(visits.enumerators)) + 1:02d}",
                    "count_outcome": outcome,
                    "persons_counted": str(int(here.sum())),
                    **{name: str(int(many)) for name, many in zip(people.who, here.sum(axis=0), strict=True)},
                    **self._clock(when, visits.minutes * 4, rng),
                }
                parts: list[Facts] = [
                    {"nationality": code, "persons_of_nationality": str(int(many))}
                    for code, many in zip(people.nationalities, here.sum(axis=1), strict=True)
                    if many
                ]
                done = outcome == "counted"
                yield self._arrival(facts, rng), FormConcept.SITE_COUNT, facts, parts if done else []

    def _clock(self, began: datetime, minutes: float, rng: np.random.Generator) -> dict[str, str]:
        ended = began + timedelta(minutes=minutes)
        start, end = began.isoformat(timespec="milliseconds"), ended.isoformat(timespec="milliseconds")
        return {
            "observed_date": start[:10],
            "started_at": start,
            "ended_at": end,
            "start": start,
            "end": end,
            "today": start[:10],
            "deviceid": self.mark,
            "instanceID": f"uuid:{uuid.UUID(bytes=rng.bytes(16), version=4)}",
        }

    def _moment(self, fielded: MobilityRound, day: int, minute: int) -> datetime:
        midnight = datetime.combine(fielded.period.start, datetime.min.time(), tzinfo=self._zone)
        return midnight + timedelta(days=day, minutes=minute)

    def _arrival(self, facts: Facts, rng: np.random.Generator) -> datetime:
        wait = timedelta(hours=float(rng.exponential(4)))
        return (datetime.fromisoformat(facts["ended_at"]) + wait).astimezone(UTC)


def _needed(people: SitePeople, forms: Mapping[str, Form]) -> dict[FormConcept, Form]:
    """The form of each kind; Problem if one is of another kind, or does not offer the nationalities of sites.toml."""
    needed: dict[FormConcept, Form] = {}
    for kind, name in people.exercise.forms.items():
        form = forms.get(name)
        inside = next((table for table in form.tables if table.concept == _NATIONALITY), None) if form else None
        if form is None or form.concept != kind or inside is None:
            detail = f"{name} is no {kind} form with a repeat whose concept is {_NATIONALITY}."
            raise problem("toml.value", At(file="mobility.toml"), detail=detail)
        needed[FormConcept(kind)] = form
    found = [
        finding("world.code", At(file=NAME), form=form.id, asked="nationality", choice=code, nearest=nearest)
        for form in needed.values()
        for offered in [_offered(form)]
        for code in people.nationalities
        if code not in offered
        for nearest in [remedy(code, offered, what="choices")]
    ]
    if found:
        raise Problem(found)
    return needed


def _offered(form: Form) -> list[str]:
    asked = [question for table in form.tables for question in table.questions if question.concept == "nationality"]
    return [choice.name for question in asked for choice in form.choices.get(question.choices or "", ())]


def _drawn(rng: np.random.Generator, weights: Weights) -> str:
    edges = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(edges / edges[-1], rng.random(), side="right"))]


def _noise(rng: np.random.Generator, deviation: float, count: int) -> Floats:
    """(count,) factors of mean 1."""
    found: Floats = np.exp(rng.normal(-(deviation**2) / 2, deviation, count))
    return found


def _shared(rng: np.random.Generator, true: NDArray[np.int64], total: int, spread: float) -> list[int]:
    """A total in whole parts, in shares near the true ones; of nobody the first part has all."""
    weights = np.maximum(true * _noise(rng, spread, true.size), 0.0)
    if not weights.any():
        weights = np.zeros(true.size)
        weights[0] = 1.0
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - int(parts.sum())]] += 1
    return [int(one) for one in parts]


def _round(value: float) -> int:
    """To fives below 50, tens below 200, fifties below 1,000, hundreds above."""
    step = 5 if value < 50 else 10 if value < 200 else 50 if value < 1000 else 100
    return step * round(value / step)
