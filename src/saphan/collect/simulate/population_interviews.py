"""The interviews of those drawn from an invented population, as submissions that phones would have sent."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from saphan.collect import forms as form_reading
from saphan.collect.forms.model import Form, Question, Submission, Table
from saphan.collect.rounds.assessments import Area
from saphan.collect.simulate.answers import Facts, Writer
from saphan.collect.simulate.populations import Everybody, Told
from saphan.collect.simulate.settings import Fieldwork
from saphan.core.nearest import remedy
from saphan.core.problem import At, Problem, finding, problem
from saphan.mission.model import Mission

_VISITS, _FILLING = 12, 13  # streams of chance of their own
_FIRST, _LAST = 8 * 60, 17 * 60  # minutes of the day in which interviews begin


class Interviews:
    """The submissions of a survey in an invented population; iterate for them in the order they arrive.

    Equal arguments give equal bytes. Of those approached in an area some are not found at home and send nothing, some
    refuse and send that. What a form asks and does not ask is its own relevance.
    """

    def __init__(self, mission: Mission, population: Everybody, form: Form, work: Fieldwork, *, seed: int) -> None:
        self.mark = f"simulated:{mission.id}:{seed}"
        self._population, self._form = population, form
        self._peopled = peopled = population.peopled
        self._chance = (seed, crc32(peopled.survey.id.encode()))
        self._zone = ZoneInfo(mission.timezone)
        visits = peopled.settings.visits
        # How phones are filled is the mission's; what is answered is the population's own.
        self._work = msgspec.structs.replace(
            work, answers={}, item_unknown=visits.item_unknown, item_refused=visits.item_refused
        )
        self._member = _fitting(form, population)
        self._first = np.searchsorted(population.household, np.arange(population.area.size + 1))

    def __iter__(self) -> Iterator[Submission]:
        reader = form_reading.Reader([self._form])
        writer = Writer(self._form, reader.read, self._work, self._stream(_FILLING))
        made = sorted(self._visited(), key=lambda visit: visit[0])
        for received, facts, members in made:
            xml = writer.write(facts["instanceID"], facts, {self._member.name: members} if self._member else {})
            submitter = f"{self.mark}:{facts['enumerator']}"
            yield Submission(xml=xml, source=self.mark, received=received, submitter=submitter)

    def _visited(self) -> Iterator[tuple[datetime, Facts, list[Facts]]]:
        """Everybody who was found: when their form arrives, what is true of them, and of each member."""
        rng = self._stream(_VISITS)
        visits = self._peopled.settings.visits
        days = self._peopled.survey.period.days
        for area in self._peopled.survey.areas:
            day = int(rng.integers(days))
            person = f"{area.stratum}-{int(rng.integers(visits.enumerators)) + 1:02d}"
            listed = np.flatnonzero(self._population.area == area.id)
            drawn = rng.permutation(listed)[: math.ceil(area.interviews / self._peopled.response - 1e-9)]
            made = 0
            starts = np.sort(rng.integers(_FIRST, _LAST, drawn.size))
            for number, (household, start) in enumerate(zip(drawn.tolist(), starts.tolist(), strict=True), start=1):
                if made == area.interviews:
                    break
                chance = rng.random()
                minutes = visits.minutes * float(np.exp(visits.minutes_spread * rng.normal()))
                instance = f"uuid:{uuid.UUID(bytes=rng.bytes(16), version=4)}"
                wait = timedelta(hours=float(rng.exponential(4)))
                if chance < visits.absent:
                    continue
                refused = chance < visits.absent + visits.refused
                made += not refused
                began = self._moment(day, start)
                ended = began + timedelta(minutes=2 if refused else minutes)
                facts = self._facts(area, number, household, person, began, ended)
                facts |= {"instanceID": instance, "consent": "no" if refused else "yes"}
                inside = range(self._first[household], self._first[household + 1])
                members: list[Facts] = [_known(self._population.members, row) for row in inside]
                yield (ended + wait).astimezone(UTC), facts, [] if refused else members

    def _facts(
        self, area: Area, number: int, household: int, person: str, began: datetime, ended: datetime
    ) -> dict[str, str]:
        instruments = self._peopled.settings.instruments
        sets = {"instrument": instruments[(number - 1) % len(instruments)]} if instruments else {}
        answers = _known(self._population.answers, household)
        start, end = began.isoformat(timespec="milliseconds"), ended.isoformat(timespec="milliseconds")
        return (
            answers
            | sets
            | {
                "province": self._population.provinces[area.id] or "",
                "cluster": area.id,
                "household_number": str(number),
                "enumerator": person,
                "observed_date": start[:10],
                "started_at": start,
                "ended_at": end,
                "start": start,
                "end": end,
                "today": start[:10],
                "deviceid": f"{self.mark}:{person}",
                "instanceName": f"{area.id} {number}",
            }
        )

    def _stream(self, number: int) -> np.random.Generator:
        seed, survey = self._chance
        return np.random.default_rng([seed, number, survey])

    def _moment(self, day: int, minute: int) -> datetime:
        midnight = datetime.combine(self._peopled.survey.period.start, datetime.min.time(), tzinfo=self._zone)
        return midnight + timedelta(days=day, minutes=minute)


def _known(answers: Mapping[str, Told], row: int) -> dict[str, str]:
    """What is true of a row; the rest is the filler's: who does not know one thing may be asked another."""
    return {concept: told.text(row) for concept, told in answers.items() if told.asked[row]}


def _fitting(form: Form, population: Everybody) -> Table | None:
    """The form's repeat of members, None where a population has none; Problem if the form is another's.

    It is another's if it is of another kind, or does not offer what the population answers.
    """
    peopled = population.peopled
    member = next((table for table in form.tables if table.concept == "member"), None)
    if form.concept != peopled.kind or (population.members and member is None):
        kind = f"{peopled.kind.value} form" + (" with a repeat whose concept is member" if population.members else "")
        raise problem("toml.value", At(file=peopled.file), detail=f"The form {form.id} is no {kind}.")
    asked = {question.concept: question for table in form.tables for question in table.questions}
    found = [
        finding(
            "world.code", At(file=peopled.file), form=form.id, asked=concept, choice=code, nearest=remedy(code, offered)
        )
        for answer in peopled.settings.answer
        for concept in answer.concepts
        for offered in [_offered(form, asked.get(concept))]
        for code in answer.codes
        if offered and code not in offered
    ]
    if found:
        raise Problem(found)
    return member if population.members else None


def _offered(form: Form, question: Question | None) -> list[str]:
    return [choice.name for choice in form.choices.get((question and question.choices) or "", ())]
