"""Checks of submissions against each other: what no single one can show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from saphan.collect.checks.model import CATALOGUE, Context, Issue
from saphan.collect.checks.settings import OFF
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form, Reading, Value

_PARTS = ("men", "women", "boys", "girls")
# Median absolute deviation to standard deviation, of a normal distribution.
_MAD = 1.4826


@dataclass(frozen=True)
class _Code:
    """A screening code as one submission carries it."""

    instance: str
    table: str
    column: str
    interviewed: bool


@dataclass(frozen=True)
class _Hour:
    """One observation hour: what was counted in it, group by group."""

    instance: str
    table: str
    sizes: tuple[int, ...]


class Across:
    """Gathers readings one by one, in any order, and then says what they show together; keeps codes and sums only.

    Give it each submission's current reading, whatever its form; those of forms without the concepts it looks at are
    passed over.
    """

    def __init__(self, forms: Iterable[Form], context: Context) -> None:
        self._settings = context.settings
        self._forms = {(form.id, form.version): form for form in forms}
        self._hours: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._columns: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, dict[str, list[_Code]]] = {
            FormConcept.SCREENER: defaultdict(list),
            FormConcept.FLOW_SURVEY: defaultdict(list),
        }
        self._counted: dict[str, list[_Hour]] = defaultdict(list)  # by point

    def add(self, reading: Reading) -> None:
        """Take one reading in; KeyError if it is of none of the forms given."""
        form = self._forms[reading.form, reading.version]
        answers = _by_concept(form, reading)
        if form.concept in {FormConcept.COUNTER, FormConcept.HOURLY_COUNT}:
            self._add_hour(form, reading, answers)
        if form.concept in self._codes and isinstance(code := answers.get("screening"), str):
            column = next(question.column for question in form.root.questions if question.concept == "screening")
            interviewed = form.concept == FormConcept.FLOW_SURVEY or answers.get("outcome") == "interviewed"
            self._codes[form.concept][code].append(_Code(reading.instance, form.id, column, interviewed))

    def issues(self) -> list[Issue]:
        """Everything noticed, in an order that does not depend on the order of the readings."""
        found = [*self._same_hours(), *self._screenings(), *self._unusual()]
        kept = [
            Issue(instance=instance, check=check, severity=severity, table=table, row=row, column=column)
            for check, instance, table, row, column in found
            if (severity := self._settings.severity.get(check, CATALOGUE[check].severity.value)) != OFF
        ]
        return sorted(kept, key=lambda issue: (issue.instance, issue.check, issue.table, issue.row))

    def _add_hour(self, form: Form, reading: Reading, answers: Mapping[str, Value]) -> None:
        place = [answers.get(concept) for concept in ("point", "observed_date", "observed_hour")]
        if None in place:
            return
        # A plain count may come by direction: the same hour in two directions is two observations.
        key = (reading.form, *map(str, place), str(answers.get("direction") or ""))
        self._hours[key].append(reading.instance)
        for table, rows in zip(form.tables, reading.tables, strict=True):
            if table.concept == "group":
                sizes = tuple(_sizes([question.concept for question in table.questions], rows.values))
                self._counted[str(place[0])].append(_Hour(reading.instance, table.name, sizes))

    def _same_hours(self) -> Iterator[tuple[str, str, str, int, str]]:
        for key, instances in self._hours.items():
            for instance in instances if len(instances) > 1 else ():
                yield "same-hour", instance, key[0], 0, ""

    def _screenings(self) -> Iterator[tuple[str, str, str, int, str]]:
        screened, asked = self._codes[FormConcept.SCREENER], self._codes[FormConcept.FLOW_SURVEY]
        for codes, others, check in ((asked, screened, "no-screening"), (screened, asked, "no-interview")):
            for code, carriers in codes.items():
                for carrier in carriers:
                    if len(carriers) > 1:
                        yield "same-code", carrier.instance, carrier.table, 0, carrier.column
                    if code not in others and carrier.interviewed:
                        yield check, carrier.instance, carrier.table, 0, carrier.column

    def _unusual(self) -> Iterator[tuple[str, str, str, int, str]]:
        for hours in self._counted.values():
            sizes = np.array([size for hour in hours for size in hour.sizes], dtype=float)
            places = [(hour, row) for hour in hours for row in range(1, len(hour.sizes) + 1)]
            for index in self._far(sizes):
                hour, row = places[index]
                yield "unusual-group", hour.instance, hour.table, row, ""
            totals = np.array([sum(hour.sizes) for hour in hours], dtype=float)
            for index in self._far(totals):
                yield "unusual-hour", hours[index].instance, hours[index].table, 0, ""

    def _far(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int]:
        """Which values lie far from the others, on a log scale by median and median absolute deviation.

        Where more than half are equal the deviation is 0; then the scale is that of counts so small, at least 0.1.
        """
        if len(values) < self._settings.unusual_least:
            return []
        logs = np.log1p(values)
        middle = np.median(logs)
        # On this scale a count of m spreads by about 1 / sqrt(m + 1): less would flag chance.
        spread = max(_MAD * float(np.median(np.abs(logs - middle))), float(np.exp(-middle / 2)), 0.1)
        return [int(index) for index in np.flatnonzero(np.abs(logs - middle) > self._settings.unusual_score * spread)]


def _by_concept(form: Form, reading: Reading) -> dict[str, Value]:
    values = reading.tables[0].values[0]
    return {
        question.concept: value for question, value in zip(form.root.questions, values, strict=True) if question.concept
    }


def _sizes(concepts: list[str | None], rows: list[list[Value]]) -> Iterator[int]:
    """The size of each group: its total if that was given, else the sum of its parts."""
    for values in rows:
        by_concept = dict(zip(concepts, values, strict=True))
        total = by_concept.get("total")
        if isinstance(total, int):
            yield total
        else:
            yield sum(value for part in _PARTS if isinstance(value := by_concept.get(part), int))
