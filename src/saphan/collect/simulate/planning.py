"""Plans a fieldwork: everything random about what is sent and when, so that writing can follow the order of arrival."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.model import Round
from saphan.collect.simulate.answers import Facts
from saphan.collect.simulate.crossings import MINUTES, World
from saphan.collect.simulate.selection import Selected
from saphan.collect.simulate.tellings import Tellings
from saphan.collect.simulate.visits import Session, Visits, seen, spells

TENFOLD, NINETY_NINE, IMPOSSIBLE_HOUR = "tenfold", "ninety-nine", "impossible-hour"
_TYPING = (IMPOSSIBLE_HOUR, TENFOLD, NINETY_NINE)
_METRES_50 = 0.00045  # degrees
_DAY_ENDS = 22 * MINUTES  # when a phone without a connection is carried home
_LOG_AT = 20 * MINUTES
_TYPED_AGAIN_AFTER, _TYPED_AGAIN_IN = 90, 6  # minutes


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A mistake put in on purpose: which submission carries it, and its kind."""

    instance: str
    error: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """One submission to be written: the form, what is true in it, and when it arrives (more than once, perhaps)."""

    concept: FormConcept
    instance: str
    person: str  # whose phone it is
    facts: Facts
    received: tuple[datetime, ...]
    crossings: NDArray[np.int64] | None = None  # of a counter: the groups that were seen
    selected: Selected | None = None  # of an interview: with whom
    error: str | None = None


class Planner:
    """Gathers the tasks of one fieldwork, and the mistakes planted in them."""

    def __init__(self, world: World, tellings: Tellings, rng: np.random.Generator) -> None:
        self.tasks: list[Task] = []
        self.planted: list[Planted] = []
        self._world = world
        self._work = world.settings.fieldwork
        self._tellings = tellings
        self._rng = rng
        self._zone = ZoneInfo(world.mission.timezone)
        self._midnights: dict[int, datetime] = {}
        self._syncs: dict[tuple[str, int], datetime | None] = {}

    def plan(self, round_: Round, visits: Visits, selected: Sequence[Selected]) -> None:
        """Plan every submission of a round."""
        for session in visits.sessions:
            for day, hour, minutes in session.hours:
                self._count(session, day, hour, minutes)
        for each in selected:
            self._screen(visits.sessions[each.session], each)
        for point, first, last, status in spells(self._world, visits, round_):
            self._log(point, first, last, status)

    def _count(self, session: Session, day: int, hour: int, minutes: int) -> None:
        rng = self._rng
        crossings = seen(self._world, session.point, day, hour, minutes)
        error = self._typing_error(crossings)
        start = hour * MINUTES + float(rng.uniform(0, 1.5))
        end = start + minutes + float(rng.uniform(0, 2.5))
        self._counted(session, day, hour, minutes, (start, end), crossings, error)
        if rng.random() < self._work.retyped:
            start += _TYPED_AGAIN_AFTER
            # Typed from memory: the first group has been forgotten.
            self._counted(session, day, hour, minutes, (start, start + _TYPED_AGAIN_IN), crossings[1:], "retyped")

    def _counted(
        self,
        session: Session,
        day: int,
        hour: int,
        minutes: int,
        open_from_to: tuple[float, float],
        crossings: NDArray[np.int64],
        error: str | None,
    ) -> None:
        person = self._person(session)
        facts = {
            **self._phone(person, day, *open_from_to),
            "point": self._world.codes.point[session.point],
            "observed_date": self._world.day(day).isoformat(),
            "observed_hour": "25" if error == IMPOSSIBLE_HOUR else str(hour),
            "minutes_observed": str(minutes),
        }
        self._add(FormConcept.COUNTER, person, day, open_from_to[1], facts, crossings=crossings, error=error)

    def _typing_error(self, crossings: NDArray[np.int64]) -> str | None:
        """A mistake that leaves a trace in this hour, seldom."""
        error = next((kind for kind in _TYPING if self._rng.random() < self._work.errors.get(kind, 0.0)), None)
        possible = {
            TENFOLD: self._tellings.has_large_group(crossings),
            NINETY_NINE: len(crossings) > 0,
            IMPOSSIBLE_HOUR: True,
        }
        return error if error and possible[error] else None

    def _screen(self, session: Session, selected: Selected) -> None:
        rng, approach = self._rng, selected.approach
        person, day = self._person(session), selected.day
        shared = {
            "point": self._world.codes.point[session.point],
            "observed_date": self._world.day(day).isoformat(),
            "observed_hour": str(selected.hour),
            "screening": selected.code,
        }
        passed = selected.hour * MINUTES + selected.minute + float(rng.uniform(0, 0.9))
        noted = passed + float(rng.uniform(0.4, 2.0))
        facts = {**self._phone(person, day, passed, noted), **shared, **self._tellings.seen(selected)}
        self._add(FormConcept.SCREENER, person, day, noted, facts)
        if approach.outcome != "interviewed":
            return
        end = noted + (approach.minutes if approach.consented else float(rng.uniform(0.5, 1.5)))
        facts = {**self._phone(person, day, noted, end), **shared, **self._tellings.told(selected, rng)}
        error = "too-short" if approach.quick and approach.consented else None
        self._add(FormConcept.FLOW_SURVEY, person, day, end, facts, selected=selected, error=error)

    def _log(self, point: str, first: date, last: date, status: str) -> None:
        person = f"{point}-F"  # the point's focal person
        day = (last - self._world.period.start).days
        facts = {
            **self._phone(person, day, _LOG_AT, _LOG_AT + 2),
            "point": point,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "point_status": status,
        }
        self._add(FormConcept.POINT_LOG, person, day, _LOG_AT + 2, facts)

    def _add(
        self,
        concept: FormConcept,
        person: str,
        day: int,
        end: float,
        facts: Facts,
        *,
        crossings: NDArray[np.int64] | None = None,
        selected: Selected | None = None,
        error: str | None = None,
    ) -> None:
        instance = f"uuid:{uuid.UUID(bytes=self._rng.bytes(16), version=4)}"
        received = [self._sync(person, day, end)]
        if self._rng.random() < self._work.sent_twice:
            received.append(received[0] + timedelta(seconds=int(self._rng.integers(40, 40_000))))
        if error:
            self.planted.append(Planted(instance=instance, error=error))
        self.tasks.append(
            Task(
                concept=concept,
                instance=instance,
                person=person,
                facts=facts,
                received=tuple(received),
                crossings=crossings,
                selected=selected,
                error=error,
            )
        )

    def _sync(self, person: str, day: int, end: float) -> datetime:
        """When the server gets it: a phone is either within reach that day, or comes into reach days later."""
        rng = self._rng
        key = (person, day)
        if key not in self._syncs:
            late = rng.random() < self._work.late
            wait = float(rng.exponential(self._work.late_days)) * 24 * MINUTES
            self._syncs[key] = self._local(day, _DAY_ENDS + wait).astimezone(UTC) if late else None
        together = self._syncs[key]
        alone = end + self._work.sync_minutes * float(np.exp(rng.normal(0, 0.8)))
        received = self._local(day, alone if together is None else end).astimezone(UTC)
        return received if together is None else max(together, received)

    def _phone(self, person: str, day: int, start: float, end: float) -> dict[str, str]:
        """What a phone fills in by itself."""
        began, ended = (self._local(day, minute).isoformat(timespec="milliseconds") for minute in (start, end))
        point = self._world.mission.places.points[person.rpartition("-")[0]]
        north, east, accuracy = self._rng.random(3).tolist()
        latitude = point.latitude + (north - 0.5) * _METRES_50
        longitude = point.longitude + (east - 0.5) * _METRES_50
        return {
            "enumerator": person,
            "start": began,
            "end": ended,
            "started_at": began,
            "ended_at": ended,
            "today": began[:10],
            "instanceName": f"{person} {began[:16]}",
            "deviceid": f"{self._world.mark}:{person}",
            "location": f"{latitude:.6f} {longitude:.6f} 0 {3 + 12 * accuracy:.1f}",
        }

    def _person(self, session: Session) -> str:
        return f"{self._world.codes.point[session.point]}-{session.enumerator + 1:02d}"

    def _local(self, day: int, minute: float) -> datetime:
        if day not in self._midnights:
            self._midnights[day] = datetime.combine(self._world.day(day), datetime.min.time(), tzinfo=self._zone)
        return self._midnights[day] + timedelta(seconds=round(minute * 60))
