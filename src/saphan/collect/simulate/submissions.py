"""The fieldwork over an invented world: the submissions that phones would have sent, with all that goes wrong.

Every submission carries the simulated mark in its source, its submitter and its device id.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from saphan.collect import forms as form_reading
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form, Submission
from saphan.collect.rounds.model import Round
from saphan.collect.simulate.answers import Facts, Writer
from saphan.collect.simulate.crossings import MINUTES, World
from saphan.collect.simulate.offered import find_codes
from saphan.collect.simulate.selection import Selected, select
from saphan.collect.simulate.tellings import Tellings
from saphan.collect.simulate.visits import Session, seen, spells, visit
from saphan.core.problem import Problem, problem

_TENFOLD, _NINETY_NINE, _IMPOSSIBLE = "tenfold", "ninety-nine", "impossible-hour"
_TYPING = (_IMPOSSIBLE, _TENFOLD, _NINETY_NINE)
_SEEN = ("men", "women", "boys", "girls")
_METRES_50 = 0.00045  # degrees
_DAY_ENDS = 22 * MINUTES  # when a phone without a connection is carried home


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A mistake put in on purpose: which submission carries it, and its kind."""

    instance: str
    error: str


@dataclass(frozen=True, kw_only=True)
class _Task:
    """One submission still to be written; `copies` are the further times at which it arrives."""

    received: datetime
    serial: int
    submitter: str
    write: Callable[[], bytes]
    copies: tuple[datetime, ...] = ()


class Fieldwork:
    """All submissions of a round in a world; iterate over it for them in the order they arrive.

    Equal arguments give equal bytes. `planted` lists the mistakes that checks should find.
    """

    def __init__(self, world: World, round_: Round, forms: Mapping[str, Form], *, seed: int) -> None:
        self.world = world
        self.round = round_
        self.seed = seed
        self.planted: tuple[Planted, ...] = ()
        self._rng = np.random.default_rng([seed, 2])
        self._zone = ZoneInfo(world.mission.timezone)
        self._forms = self._needed(forms)
        self._tellings = Tellings(world, round_)
        found = find_codes(world.settings, self._forms.values())
        if found:
            raise Problem(found)
        self._visits = visit(world, round_, self._rng)
        self.selected: tuple[Selected, ...] = tuple(select(world, round_, self._visits.sessions, self._rng))
        self._midnights: dict[int, datetime] = {}
        self._syncs: dict[tuple[str, int], datetime | None] = {}
        self._tasks = self._plan()

    def __len__(self) -> int:
        return sum(1 + len(task.copies) for task in self._tasks)

    def __iter__(self) -> Iterator[Submission]:
        """Write the submissions one by one; what arrives twice is kept only until then."""
        rng = np.random.default_rng([self.seed, 3])
        self._writers = {
            concept: Writer(form, form_reading.Reader([form]).read, self.world.settings.fieldwork, rng)
            for concept, form in self._forms.items()
        }
        arrivals = sorted(
            (when, task.serial, number, task)
            for task in self._tasks
            for number, when in enumerate((task.received, *task.copies))
        )
        waiting: dict[int, bytes] = {}
        for when, serial, number, task in arrivals:
            xml = waiting.pop(serial) if serial in waiting else task.write()
            if number < len(task.copies):
                waiting[serial] = xml
            yield Submission(xml=xml, source=self.world.mark, received=when, submitter=task.submitter)

    def _needed(self, forms: Mapping[str, Form]) -> dict[FormConcept, Form]:
        concepts = [FormConcept.COUNTER, FormConcept.POINT_LOG]
        if self.round.screening is not None:
            concepts += [FormConcept.SCREENER, FormConcept.FLOW_SURVEY]
        found = {}
        for concept in concepts:
            name = self.round.forms.get(concept, "")
            if name not in forms or forms[name].concept != concept:
                raise problem("world.form", round=self.round.id, concept=concept.value)
            found[concept] = forms[name]
        for panel in self.round.panels:
            if panel.point not in self.world.codes.point:
                raise problem("world.round", round=self.round.id, point=panel.point)
        return found

    # ---- planning: everything random about when and whether, so that writing can follow the order of arrival

    def _plan(self) -> list[_Task]:
        self._planned: list[_Task] = []
        self._errors: list[Planted] = []
        for session in self._visits.sessions:
            self._plan_counting(session)
        for selected in self.selected:
            self._plan_screening(selected)
        for point, first, last, status in spells(self.world, self._visits, self.round):
            self._plan_log(point, first, last, status)
        self.planted = tuple(self._errors)
        return self._planned

    def _plan_counting(self, session: Session) -> None:
        work, rng = self.world.settings.fieldwork, self._rng
        person = self._person(session)
        for day, hour, minutes in session.hours:
            crossings = seen(self.world, session.point, day, hour, minutes)
            error = next((kind for kind in _TYPING if rng.random() < work.errors.get(kind, 0.0)), None)
            if (error == _TENFOLD and not self._tellings.has_large_group(crossings)) or (
                error == _NINETY_NINE and not len(crossings)
            ):
                error = None
            times = 2 if rng.random() < work.retyped else 1
            for copy in range(times):
                identifier = self._identifier()
                if error and not copy:
                    self._errors.append(Planted(instance=identifier, error=error))
                if copy:
                    self._errors.append(Planted(instance=identifier, error="retyped"))
                start = hour * MINUTES + float(rng.uniform(0, 1.5)) + copy * 90
                end = start + minutes + float(rng.uniform(0, 2.5)) if not copy else start + 6.0
                facts = {
                    **self._phone(person, day, start, end),
                    "point": self.world.codes.point[session.point],
                    "observed_date": self.world.day(day).isoformat(),
                    "observed_hour": "25" if error == _IMPOSSIBLE else str(hour),
                    "minutes_observed": str(minutes),
                }
                write = partial(self._count, identifier, facts, crossings[copy:], None if copy else error)
                self._add(person, day, end, write)

    def _plan_screening(self, selected: Selected) -> None:
        rng, approach = self._rng, selected.approach
        session = self._visits.sessions[selected.session]
        person = self._person(session)
        passed = selected.hour * MINUTES + selected.minute + float(rng.uniform(0, 0.9))
        shared = {
            "point": self.world.codes.point[session.point],
            "observed_date": self.world.day(selected.day).isoformat(),
            "observed_hour": str(selected.hour),
            "screening": selected.code,
        }
        noted = passed + float(rng.uniform(0.4, 2.0))
        facts = {**self._phone(person, selected.day, passed, noted), **shared, **self._tellings.seen(selected)}
        self._add(person, selected.day, noted, partial(self._one, FormConcept.SCREENER, self._identifier(), facts))
        if approach.outcome != "interviewed":
            return
        identifier = self._identifier()
        length = approach.minutes if approach.consented else float(rng.uniform(0.5, 1.5))
        if approach.quick and approach.consented:
            self._errors.append(Planted(instance=identifier, error="too-short"))
        phone = self._phone(person, selected.day, noted, noted + length)
        told = self._tellings.told(selected, rng)
        write = partial(self._interview, identifier, {**phone, **shared, **told}, selected)
        self._add(person, selected.day, noted + length, write)

    def _plan_log(self, point: str, first: date, last: date, status: str) -> None:
        person = f"{point}-F"  # the point's focal person
        day = (last - self.world.period.start).days
        facts = {
            **self._phone(person, day, 20 * MINUTES, 20 * MINUTES + 2.0),
            "point": point,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "point_status": status,
        }
        write = partial(self._one, FormConcept.POINT_LOG, self._identifier(), facts)
        self._add(person, day, 20 * MINUTES + 2.0, write)

    def _add(self, person: str, day: int, end: float, write: Callable[[], bytes]) -> None:
        received = self._sync(person, day, end)
        copies: tuple[datetime, ...] = ()
        if self._rng.random() < self.world.settings.fieldwork.sent_twice:
            copies = (received + timedelta(seconds=int(self._rng.integers(40, 40_000))),)
        self._planned.append(
            _Task(
                received=received,
                serial=len(self._planned),
                submitter=f"{self.world.mark}:{person}",
                write=write,
                copies=copies,
            )
        )

    def _sync(self, person: str, day: int, end: float) -> datetime:
        """When the server gets it: a phone is either within reach that day, or comes into reach days later."""
        work, rng = self.world.settings.fieldwork, self._rng
        key = (person, day)
        if key not in self._syncs:
            late = rng.random() < work.late
            wait = float(rng.exponential(work.late_days)) * 24 * MINUTES
            self._syncs[key] = self._at(day, _DAY_ENDS + wait) if late else None
        together = self._syncs[key]
        alone = self._at(day, end + work.sync_minutes * float(np.exp(rng.normal(0, 0.8))))
        return alone if together is None else max(together, self._at(day, end))

    # ---- writing

    def _count(self, identifier: str, facts: Facts, crossings: np.ndarray, error: str | None) -> bytes:
        writer = self._writers[FormConcept.COUNTER]
        table = next((table for table in writer.form.tables if table.concept == "group"), None)
        if table is None:
            return writer.write(identifier, facts)
        groups = [dict(group) for group in self._tellings.groups(crossings)]
        if error == _TENFOLD:
            largest = max(groups, key=_size)
            largest.update({kind: str(int(largest[kind]) * 10) for kind in _SEEN})
        if error == _NINETY_NINE:
            groups[0]["women"] = "99"
        for group in groups:
            group["total"] = str(_size(group))
        return writer.write_cached(identifier, {**facts, "group_count": str(len(groups))}, table, groups)

    def _one(self, concept: FormConcept, identifier: str, facts: Facts) -> bytes:
        return self._writers[concept].write(identifier, facts)

    def _interview(self, identifier: str, facts: Facts, selected: Selected) -> bytes:
        writer = self._writers[FormConcept.FLOW_SURVEY]
        with_them = self._tellings.companions(selected)
        repeats = {
            table.name: with_them
            for table in writer.form.tables[1:]
            if table.parent == writer.form.root.name and selected.approach.consented
        }
        return writer.write(identifier, facts, repeats)

    # ---- what a phone knows

    def _phone(self, person: str, day: int, start: float, end: float) -> dict[str, str]:
        began, ended = self._stamp(day, start), self._stamp(day, end)
        point = self.world.mission.places.points[person.rpartition("-")[0]]
        north, east, accuracy = self._rng.random(3).tolist()
        return {
            "enumerator": person,
            "start": began,
            "end": ended,
            "started_at": began,
            "ended_at": ended,
            "today": began[:10],
            "instanceName": f"{person} {began[:16]}",
            "deviceid": f"{self.world.mark}:{person}",
            "location": f"{point.latitude + (north - 0.5) * _METRES_50:.6f} "
            f"{point.longitude + (east - 0.5) * _METRES_50:.6f} 0 {3 + 12 * accuracy:.1f}",
        }

    def _person(self, session: Session) -> str:
        return f"{self.world.codes.point[session.point]}-{session.enumerator + 1:02d}"

    def _at(self, day: int, minute: float) -> datetime:
        return self._local(day, minute).astimezone(UTC)

    def _stamp(self, day: int, minute: float) -> str:
        return self._local(day, minute).isoformat(timespec="milliseconds")

    def _local(self, day: int, minute: float) -> datetime:
        if day not in self._midnights:
            self._midnights[day] = datetime.combine(self.world.day(day), datetime.min.time(), tzinfo=self._zone)
        return self._midnights[day] + timedelta(seconds=round(minute * 60))

    def _identifier(self) -> str:
        return f"uuid:{uuid.UUID(bytes=self._rng.bytes(16), version=4)}"


def _size(group: Facts) -> int:
    return sum(int(group[kind]) for kind in _SEEN)


def fieldwork(world: World, round_: Round, forms: Mapping[str, Form], *, seed: int) -> Fieldwork:
    """The submissions of a round in a world, in the order they arrive, ready to be written.

    Problem if the round counts where nobody crosses, lacks a form, or a form does not offer a code of world.toml.
    """
    return Fieldwork(world, round_, forms, seed=seed)
