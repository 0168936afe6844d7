"""Reads rounds.toml and finds what is wrong in it, all in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds import series, together
from saphan.collect.rounds.drawing import DRAWN, draw, every_week
from saphan.collect.rounds.model import (
    Busy,
    Cordon,
    Draw,
    FieldWeek,
    Panel,
    Round,
    Screening,
    Shift,
    WithinGroup,
    clock,
)
from saphan.core import period as periods
from saphan.core.nearest import remedy
from saphan.core.period import Period
from saphan.core.problem import Finding, Problem, finding
from saphan.core.text import Text
from saphan.mission.files import TomlFile, read_toml
from saphan.mission.model import Mission

NAME = "rounds.toml"
SURVEYED = (FormConcept.SCREENER.value, FormConcept.FLOW_SURVEY.value)

Hours = tuple[Annotated[int, msgspec.Meta(ge=0, le=23)], Annotated[int, msgspec.Meta(ge=0, le=24)]]
Words = Annotated[dict[str, str], msgspec.Meta(min_length=1)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class _CordonTable(msgspec.Struct):
    id: Identifier
    name: Words
    known_points: Positive
    inward: Words


class _ScreeningTable(msgspec.Struct):
    interval: Positive
    minimum_age: Annotated[int, msgspec.Meta(ge=1, le=99)]
    within_group: WithinGroup
    busy: Busy
    shifts: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    hours: Hours | None = None


class _ShiftTable(msgspec.Struct):
    id: Identifier
    hours: Hours
    nights_a_week: Annotated[int, msgspec.Meta(ge=1, le=7)] | None = None


class _PanelTable(msgspec.Struct):
    point: str
    period: str | None = None


class _WeekTable(msgspec.Struct):
    id: Identifier
    first: date | None = None
    days: tuple[date, ...] = ()
    night: date | None = None


class _RoundTable(msgspec.Struct):
    id: Identifier
    period: str
    draw: Draw
    cordon: dict[str, Any]
    forms: dict[str, str]
    seed: int | None = None
    reference_days: Positive = 30
    screening: dict[str, Any] | None = None
    shift: list[dict[str, Any]] = msgspec.field(default_factory=list)
    panel: list[dict[str, Any]] = msgspec.field(default_factory=list)
    week: list[dict[str, Any]] = msgspec.field(default_factory=list)
    known_series: dict[str, str] = msgspec.field(default_factory=dict)


def load(mission: Mission) -> tuple[Round, ...]:
    """The rounds of a mission's rounds.toml; Problem with everything found wrong in it."""
    rounds, found = find(mission)
    if found:
        raise Problem(found)
    return rounds


def find(mission: Mission) -> tuple[tuple[Round, ...], list[Finding]]:
    """What could be read of rounds.toml, and everything found wrong in it."""
    found: list[Finding] = []
    file = read_toml(mission.folder, NAME, found)
    if file is None:
        return (), found
    rounds: dict[str, Round] = {}
    paths: dict[str, Round] = {}
    for path, table in file.tables(_RoundTable, "round"):
        one = _Reader(mission, file, path, table, found).read()
        if one is not None and one.id in rounds:
            found.append(finding("name.duplicate", file.at(f"{path}.id"), name=one.id))
        elif one is not None:
            rounds[one.id] = paths[path] = one
            for name in dict.fromkeys(one.known_series.values()):
                series.read(mission, one, name, found)
    together.check(file, paths)
    for key in (file.raw or {}).keys() - {"round"}:
        file.wrong(key, f"There is no key {key!r} here; every round is a table [[round]].")
    return tuple(rounds.values()), found


class _Reader:
    """Reads one [[round]] and gathers its findings."""

    def __init__(self, mission: Mission, file: TomlFile, path: str, table: _RoundTable, found: list[Finding]) -> None:
        self.mission, self.file, self.path, self.table, self.found = mission, file, path, table, found
        rounds = (file.raw or {})["round"]
        self.raw: dict[str, Any] = rounds[int(path.removeprefix("round[").removesuffix("]"))]

    def read(self) -> Round | None:
        """The round, or None if it has no usable period."""
        period = self._period(f"{self.path}.period", self.table.period)
        cordon = self.file.table(_CordonTable, f"{self.path}.cordon", self.table.cordon)
        shifts = self._shifts()
        screening = self._screening(shifts)
        self._check_forms()
        self._check_known_series()
        if period is None or cordon is None:
            return None
        return Round(
            id=self.table.id,
            cordon=Cordon(
                id=cordon.id, name=Text(cordon.name), known_points=cordon.known_points, inward=Text(cordon.inward)
            ),
            period=period,
            draw=self.table.draw,
            forms=self.table.forms,
            shifts=tuple(shifts),
            screening=screening,
            panels=tuple(self._panels(period, cordon.known_points)),
            weeks=self._weeks(period),
            known_series=self.table.known_series,
            reference_days=self.table.reference_days,
        )

    def _period(self, path: str, label: str) -> Period | None:
        first, _, last = label.partition("..")
        try:
            if last and date.fromisoformat(last) < date.fromisoformat(first):
                self.found.append(finding("dates.order", self.file.at(path), later=last, earlier=first))
                label = f"{last}..{first}"  # read on as it was meant, so that one pass finds what else is wrong
            return periods.parse(label)
        except ValueError:
            self.file.wrong(path, f"{label!r} is not a period: write 2023, 2023-05 or 2023-05-01..2023-06-30.")
            return None

    def _known(self, path: str, code: str, key: str, name: str, names: Iterable[str], what: str) -> bool:
        known = list(names)
        if name in known:
            return True
        facts = {key: name, "nearest": remedy(name, known, what=what)}
        self.found.append(finding(code, self.file.at(path), **facts))
        return False

    def _shifts(self) -> list[Shift]:
        shifts: dict[str, Shift] = {}
        hours: set[int] = set()
        for path, table in self.file.tables(_ShiftTable, "shift", self.path, self.raw):
            shift = Shift(id=table.id, hours=table.hours, nights_a_week=table.nights_a_week)
            if shift.id in shifts:
                self.found.append(finding("name.duplicate", self.file.at(f"{path}.id"), name=shift.id))
                continue
            if hours & set(shift.clock_hours):
                self.file.wrong(f"{path}.hours", f"The shift {shift.id!r} shares hours with an earlier shift.")
            hours |= set(shift.clock_hours)
            shifts[shift.id] = shift
        if not shifts:
            self.file.wrong(f"{self.path}.shift", "The round has no shift: no hours are counted.")
        return list(shifts.values())

    def _screening(self, shifts: list[Shift]) -> Screening | None:
        if self.table.screening is None:
            return None
        path = f"{self.path}.screening"
        table = self.file.table(_ScreeningTable, path, self.table.screening)
        if table is None:
            return None
        named = [str(shift.get("id")) for shift in self.raw.get("shift", [])]
        known = [
            self._known(f"{path}.shifts", "shift.unknown", "shift", shift, named, "shifts") for shift in table.shifts
        ]
        fielded = {hour for shift in shifts if shift.id in table.shifts for hour in shift.clock_hours}
        if all(known) and table.hours is not None and not fielded.intersection(clock(table.hours)):
            self.file.wrong(
                f"{path}.hours", "None of these hours lies in the shifts of the screening: nobody is selected."
            )
        lacking = [kind for kind in SURVEYED if kind not in self.table.forms]
        if lacking and self.table.forms.keys() <= set(FormConcept):  # a kind that is misspelt is one mistake
            detail = f"Nobody can be selected and asked: [round.forms] names no {' and no '.join(lacking)} form."
            self.file.wrong(path, detail)
        return Screening(
            interval=table.interval,
            minimum_age=table.minimum_age,
            within_group=table.within_group,
            busy=table.busy,
            shifts=table.shifts,
            hours=table.hours,
        )

    def _panels(self, period: Period, known_points: int) -> Iterable[Panel]:
        points = self.mission.places.points
        panels: dict[str, Panel] = {}
        for path, table in self.file.tables(_PanelTable, "panel", self.path, self.raw):
            own = self._period(f"{path}.period", table.period) if table.period is not None else period
            self._known(f"{path}.point", "point.unknown", "point", table.point, points, "points")
            if table.point in panels:
                self.found.append(finding("name.duplicate", self.file.at(f"{path}.point"), name=table.point))
            elif own is not None:
                self._check_inside(f"{path}.period", (own.start, own.end - timedelta(days=1)), period)
                panels[table.point] = Panel(point=table.point, period=own)
        if not panels:
            self.file.wrong(f"{self.path}.panel", "The round has no point; write a [[round.panel]] for each.")
        if len(panels) > known_points:
            detail = f"The cordon has {known_points} known points, but {len(panels)} are counted."
            self.file.wrong(f"{self.path}.cordon.known_points", detail)
        return panels.values()

    def _check_inside(self, path: str, days: Iterable[date], period: Period) -> bool:
        outside = [day for day in days if day not in period]
        if outside:
            self.found.append(finding("dates.outside", self.file.at(path), date=outside[0], period=period.label))
        return not outside

    def _weeks(self, period: Period) -> tuple[FieldWeek, ...]:
        if self.table.draw is Draw.CENSUS and not self.raw.get("week"):
            return every_week(period)
        before = len(self.found)
        weeks: dict[str, FieldWeek] = {}
        fielded: set[date] = set()
        for path, table in self.file.tables(_WeekTable, "week", self.path, self.raw):
            week = self._week(path, table, period)
            if week is None:
                continue
            if week.id in weeks:
                self.found.append(finding("name.duplicate", self.file.at(f"{path}.id"), name=week.id))
                continue
            for day in sorted(fielded & set(week.days)):
                self.found.append(finding("name.duplicate", self.file.at(path), name=day))
            previous = next(reversed(weeks.values())).days[0] if weeks else week.days[0]
            if week.days[0] < previous:
                self.found.append(finding("dates.order", self.file.at(path), later=week.days[0], earlier=previous))
            fielded |= set(week.days)
            weeks[week.id] = week
        if not weeks:
            self.file.wrong(f"{self.path}.week", "The round has no weeks; `saphan design` draws them.")
        elif self.table.seed is not None and len(self.found) == before:
            self._check_draw(period, tuple(weeks.values()))
        return tuple(weeks.values())

    def _week(self, path: str, table: _WeekTable, period: Period) -> FieldWeek | None:
        days = table.days
        if table.first is not None:
            if not self._check_inside(f"{path}.first", [table.first], period):
                return None
            days += tuple(Period(start=table.first, end=table.first + timedelta(days=7)))
        if not days or (table.first is not None and table.days):
            self.file.wrong(path, "A week has either `first`, for seven days in a row, or `days`.")
            return None
        if list(days) != sorted(set(days)):
            swapped = next(index for index in range(len(days) - 1) if days[index + 1] <= days[index])
            at = self.file.at(f"{path}.days")
            self.found.append(finding("dates.order", at, later=days[swapped + 1], earlier=days[swapped]))
            return None
        if not self._check_inside(path, days, period):
            return None
        detail = _unlike(self.table.draw, days, period)
        if detail:
            design = self.table.draw.value
            self.found.append(finding("round.days", self.file.at(path), week=table.id, draw=design, detail=detail))
            return None
        if table.night is not None and table.night not in days:
            span = f"{days[0]}..{days[-1]}"
            self.found.append(finding("dates.outside", self.file.at(f"{path}.night"), date=table.night, period=span))
        elif table.night is None and any(shift.get("nights_a_week") for shift in self.raw.get("shift", [])):
            self.file.wrong(f"{path}.night", "A shift is counted one night a week, but the week names no `night`.")
        return FieldWeek(id=table.id, days=days, night=table.night)

    def _check_draw(self, period: Period, weeks: tuple[FieldWeek, ...]) -> None:
        path = f"{self.path}.seed"
        if self.table.draw not in DRAWN:
            self.file.wrong(path, f"A {self.table.draw.value} design is not drawn; take the seed out.")
            return
        try:
            drawn = draw(self.table.draw, period, self.table.seed or 0)
        except ValueError as error:
            self.file.wrong(path, f"The seed cannot be checked: {error}.")
            return
        unlike = [
            (index, right)
            for index, (listed, right) in enumerate(zip(weeks, drawn, strict=False))
            if listed.days != right.days or listed.night not in (None, right.night)
        ]
        if len(drawn) != len(weeks) or len(unlike) > 2:
            said = f"{len(drawn)} weeks from {_span(drawn[0])}" if drawn else "no weeks"
            self.file.wrong(path, f"The seed draws {said}: not the {len(weeks)} weeks that are listed.")
            return
        for index, right in unlike:
            at = self.file.at(f"{self.path}.week[{index}]")
            said = f"{_span(right)}, night {right.night}"
            self.found.append(finding("round.draw", at, week=weeks[index].id, seed=self.table.seed, drawn=said))

    def _check_forms(self) -> None:
        present = {file.stem for file in (self.mission.folder / "forms").glob("*.xlsx")}
        concepts = [str(concept.value) for concept in FormConcept]
        for concept, form in self.table.forms.items():
            path = f"{self.path}.forms.{concept}"
            if concept not in concepts:
                self.file.wrong(path, f"There is no kind of form {concept!r}. {remedy(concept, concepts)}")
            if form not in present:
                nearest = remedy(form, present, what="forms")
                self.file.wrong(path, f"There is no form forms/{form}.xlsx. {nearest}")

    def _check_known_series(self) -> None:
        counted = [panel.get("point") for panel in self.raw.get("panel", [])]
        for point in self.table.known_series:
            path = f"{self.path}.known_series.{point}"
            known = self._known(path, "point.unknown", "point", point, self.mission.places.points, "points")
            if known and point not in counted:
                self.file.wrong(path, f"{point} is no point of this round: nobody counts there.")


def _span(week: FieldWeek) -> str:
    first, last = week.days[0], week.days[-1]
    if (last - first).days == len(week.days) - 1:
        return f"{first}..{last}"
    return ", ".join(day.isoformat() for day in week.days)


def _unlike(design: Draw, days: tuple[date, ...], period: Period) -> str:
    """What in a week's days contradicts the design, in words; empty if nothing does."""
    in_a_row = (days[-1] - days[0]).days == len(days) - 1
    one_month = len({(day.year, day.month) for day in days}) == 1
    if design is Draw.RANDOM_WEEK and not (in_a_row and len(days) == 7 and one_month):
        return "its days are not seven in a row inside one month"
    if design is Draw.SCATTERED_DAYS and not (one_month and len(days) == 7 == len({day.weekday() for day in days})):
        return "its days are not one of each weekday inside one month"
    cut = days[0] == period.start or days[-1] == period.end - timedelta(days=1)
    if design is Draw.EQUAL_CHANCE_WEEK and not (in_a_row and (len(days) == 7 or cut)):
        return "its days are not seven in a row"
    return ""
