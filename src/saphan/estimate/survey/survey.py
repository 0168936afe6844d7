"""A survey as its user sees it: a table, where it holds its design, and estimates by domain in one pass."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.analysis_rows import told as text
from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.codes import codes
from saphan.estimate.survey.design import Lonely, SamplingBasis
from saphan.estimate.survey.domains import Domains, finished
from saphan.estimate.survey.estimates import Estimates, student
from saphan.estimate.survey.model import IntArray
from saphan.estimate.survey.options import option
from saphan.estimate.survey.plan import Columns, Kind, Plan, Quantity
from saphan.estimate.survey.proportions import Reliability, Verdict, limits, reliability
from saphan.estimate.survey.quantiles import QuantileInterval, QuantileRule, quantiles
from saphan.estimate.survey.query import from_table
from saphan.estimate.survey.raked import Margins, raked
from saphan.estimate.survey.replicated import Make, replicated
from saphan.estimate.survey.rounds import change, covariance
from saphan.estimate.survey.sample import Sample, missing, sample
from saphan.estimate.survey.sums import gather

TABLE = "survey"
COLUMNS = ("quantity", "value", "standard_error", "low", "high", "degrees", "n", "method", "note")  # of results


@runtime_checkable
class ArrowStream(Protocol):
    """Any table that hands itself over as Arrow: Polars, pandas, PyArrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """An Arrow C stream."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One estimate of a table.

    `low` and `high` are None where the sample was not drawn by chance, where there is no degree of freedom, and where a
    share fails the presentation standard: `reliability` says why.
    """

    domain: Mapping[str, object]
    quantity: Quantity
    answer: object
    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    degrees: float
    n: int
    method: str
    reliability: Reliability | None = None

    @property
    def name(self) -> str:
        """What it is, in a word or two: `mean api00`, `share stype=E`."""
        one = self.quantity
        over = f"/{one.over}" if one.over is not None else ""
        answer = f"={self.answer}" if one.kind is Kind.SHARE else ""
        among = ", ".join(f"{column}={'|'.join(map(str, answers))}" for column, answers in one.among)
        return f"{one.kind} {one.column}{over}{answer}" + (f" among {among}" if among else "")


@dataclass(frozen=True, kw_only=True)
class Results:
    """The estimates of a plan, grouping by grouping."""

    groupings: tuple[Domains, ...]
    level: float

    def __iter__(self) -> Iterator[Line]:
        for grouping in self.groupings:
            yield from _lines(grouping, self.level)

    def table(self) -> pa.Table:
        """One row for each estimate; domain columns are text, empty in the groupings that lack them.

        A domain column that bears the name of another column here is called `by` and its name.
        """
        lines = list(self)
        columns: dict[str, list[object]] = {
            f"by {name}" if name in COLUMNS else name: [
                None if line.domain.get(name) is None else str(line.domain[name]) for line in lines
            ]
            for name in dict.fromkeys(name for line in lines for name in line.domain)
        }
        columns["quantity"] = [line.name for line in lines]
        for name in COLUMNS[1:-1]:
            columns[name] = [getattr(line, name) for line in lines]
        columns["note"] = ["; ".join(line.reliability.reasons) if line.reliability else "" for line in lines]
        return pa.table(columns)

    def difference(
        self, quantity: Quantity, first: Mapping[str, object], second: Mapping[str, object], *, answer: object = None
    ) -> Estimates:
        """A quantity in one domain less the same in another of the same grouping, with their covariance.

        KeyError where there is no such domain or quantity.
        """
        grouping, chosen = self._found(quantity, answer, first, second)
        names = [" ".join(f"{key}={value}" for key, value in one.items()) for one in (first, second)]
        return grouping.estimates(chosen, names).difference(*names)

    def change(
        self,
        earlier: Results,
        quantity: Quantity,
        domain: Mapping[str, object] | None = None,
        *,
        answer: object = None,
        same_units: bool,
    ) -> Estimates:
        """A quantity less the same in an `earlier` round, in the whole sample or in a domain that both have.

        `same_units` says that primary units with the same labels are the same, whose covariance then counts; without,
        the rounds were drawn apart. KeyError where one has no such domain or quantity; ValueError where no unit is in
        both.
        """
        now, (place,) = self._found(quantity, answer, domain or {})
        then, (before,) = earlier._found(quantity, answer, domain or {})
        shared = 0.0
        if same_units:
            if not (now.columns.clusters and then.columns.clusters):
                raise ValueError("rows were drawn themselves, so that no unit has a label: say same_units=False")
            scores = now.scores(place[0], [place[1]])[:, 0], then.scores(before[0], [before[1]])[:, 0]
            shared = covariance(now.units, scores[0], then.units, scores[1])
        return change(now.estimates([place], ["later"]), then.estimates([before], ["earlier"]), shared)

    def _found(
        self, quantity: Quantity, answer: object, *domains: Mapping[str, object]
    ) -> tuple[Domains, list[tuple[int, int]]]:
        """The first grouping that has all the domains, and the numbers of each with those of the quantity."""
        for grouping in self.groupings:
            labels = [dict(zip(grouping.sums.by, label, strict=True)) for label in grouping.sums.domains]
            asked = [(one.quantity, one.answer) for one in grouping.estimands]
            if all(dict(one) in labels for one in domains) and (quantity, answer) in asked:
                return grouping, [(labels.index(dict(one)), asked.index((quantity, answer))) for one in domains]
        raise KeyError(
            f"no grouping holds {' and '.join(str(dict(one)) for one in domains)} with that quantity"
            + (": of a share, say which answer" if quantity.kind is Kind.SHARE and answer is None else "")
        )


class Survey:
    """A table and its design. `data` is a Parquet file, an Arrow, Polars or pandas table, or an engine that knows a
    table named `survey`.

    One name for `strata`, `clusters` and `population` describes a design of one stage, a sequence of them several.
    Without `weight` every row stands for the population over the sample of each stage. Of a `basis` that is not by
    chance values are indicative; `model` says under which model its tests and regressions stand. ValueError where a
    column does not exist or the design contradicts itself.
    """

    def __init__(
        self,
        data: Path | str | ArrowStream | Engine,
        *,
        weight: str | None = None,
        strata: str | Sequence[str | None] = (),
        clusters: str | Sequence[str] = (),
        population: str | Sequence[str | None] = (),
        lonely: Lonely = Lonely.FAIL,
        basis: SamplingBasis = SamplingBasis.PROBABILITY,
        model: str = "",
    ) -> None:
        self.columns = Columns(
            weight=weight,
            strata=_names(strata),
            clusters=tuple(name for name in _names(clusters) if name is not None),
            populations=_names(population),
            lonely=option(Lonely, lonely),
            basis=basis,
            model=model,
        )
        stages = max(len(self.columns.clusters), 1)
        if max(len(self.columns.strata), len(self.columns.populations)) > stages:
            raise ValueError("strata or populations of several stages need the clusters of each stage")
        if weight is None and None in (*self.columns.populations, None)[:stages]:
            raise ValueError("a survey needs a column of weights, or one of the population of each stage")
        self._engine = _engine(data)
        self.names = tuple(self._engine.run(f"SELECT * FROM {TABLE} LIMIT 0").schema.names)
        self._check(self.columns.names)

    def estimate(
        self,
        *quantities: Quantity,
        by: str | Sequence[str | Sequence[str]] = (),
        margins: Margins | None = None,
        residual: Residual = Residual.REGRESSION,
        replicates: Make | None = None,
        level: float = 0.95,
    ) -> Results:
        """Estimate quantities in the whole sample and in each domain of `by`, in one pass over the data.

        `by` names columns, or tuples of columns for their combinations. With `margins`, the known total of each answer
        of some columns, weights are raked to them first and the variance allows for it. `replicates` makes replicates
        of a sample, such as `jackknife`: errors then come from them. ValueError for both, since each replicate would
        have to be raked again: take `rows`, `rake` and then `jackknife`.
        """
        _between_0_and_1(level)
        if not quantities or not all(isinstance(one, Quantity) for one in quantities):
            raise ValueError("say what to estimate: mean(column), total(column), ratio(column, over), share(column)")
        groupings = [by] if isinstance(by, str) else list(by)
        named = [(one,) if isinstance(one, str) else tuple(one) for one in groupings]
        plan = Plan(quantities=quantities, by=tuple(dict.fromkeys(((), *named))))
        self._check([*plan.domains, *plan.columns, *(margins or {})])
        if margins is None:
            plain = finished(gather(self._engine, TABLE, self.columns, plan), self.columns)
            return Results(groupings=plain if replicates is None else replicated(plain, replicates), level=level)
        if replicates is not None:
            raise ValueError("replicates of raked weights are raked again: take rows(), rake and then the replicates")
        found = raked(self._engine, TABLE, self.columns, plan, margins, residual=option(Residual, residual))
        return Results(groupings=found, level=level)

    def quantiles(
        self,
        columns: str | Sequence[str],
        probabilities: Sequence[float] = (0.25, 0.5, 0.75),
        *,
        by: str | None = None,
        rule: QuantileRule = QuantileRule.MATH,
        interval: QuantileInterval = QuantileInterval.BETA,
        level: float = 0.95,
    ) -> pa.Table:
        """Quantiles of columns in the whole sample and in each domain of `by`, one row for each probability.

        Rows are in memory, 8 bytes a number: the design, and of columns one after the other where the engine keeps the
        order of rows, else all. Those without a domain are in the whole.
        """
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        self._check(names)
        one_by_one = self._engine.ordered
        drawn, data = self.rows(*(() if by is None else (by,)), *(() if one_by_one else names))
        parts: list[tuple[object, Sample, slice | IntArray]] = [(None, drawn, slice(None))]
        if by is not None:
            told = np.flatnonzero(~missing(data[by]))
            labels, code = codes(data[by][told])
            order = np.argsort(code, kind="stable")
            ends = np.searchsorted(code[order], np.arange(labels.size + 1))
            chosen = [told[order[ends[place] : ends[place + 1]]] for place in range(labels.size)]
            parts += [(text(label), drawn.only(rows), rows) for label, rows in zip(labels, chosen, strict=True)]
        found: list[list[dict[str, object]]] = [[] for _ in parts]
        for name in names:
            values = self._arrays((name,))[name] if one_by_one else data[name]
            if values.dtype == object:
                raise ValueError(f"column {name} holds text: quantiles are of numbers")
            for (domain, part, rows), into in zip(parts, found, strict=True):
                mine = values[rows]
                if not (np.isfinite(mine) & (part.weight > 0)).any():
                    continue
                one = quantiles(part, mine, probabilities, rule=rule, interval=interval, level=level)
                for place, probability in enumerate(one.probability):
                    row = {"column": name, "probability": float(probability), "n": one.n, "degrees": one.degrees}
                    numbers = {
                        key: float(getattr(one, key)[place]) for key in ("value", "standard_error", "low", "high")
                    }
                    into.append(({} if by is None else {by: domain}) | row | numbers | {"method": one.method})
        every = [row for rows_of in found for row in rows_of]
        return pa.table({key: [row[key] for row in every] for key in every[0]} if every else {})

    def rows(self, *columns: str) -> tuple[Sample, dict[str, np.ndarray]]:
        """The sample in memory with some of its columns (n,), for estimators that need rows: quantiles, regression.

        Numbers are floats with NaN for missing; text stays text with None.
        """
        self._check(columns)
        arrays = self._arrays(tuple(dict.fromkeys([*self.columns.names, *columns])))
        drawn = sample(
            None if self.columns.weight is None else arrays[self.columns.weight],
            strata=[None if name is None else arrays[name] for name in self.columns.strata],
            clusters=[arrays[name] for name in self.columns.clusters] or None,
            population=[None if name is None else arrays[name] for name in self.columns.populations],
            lonely=self.columns.lonely,
            basis=self.columns.basis,
            model=self.columns.model,
        )
        return drawn, {name: arrays[name] for name in columns}

    def _arrays(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Columns (n,) in memory. ValueError where there are no rows."""
        query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_(from_table(TABLE))
        count = exp.select(exp.Count(this=exp.Star()).as_("n")).from_(from_table(TABLE))
        size = int(self._engine.run(count.sql(dialect=self._engine.dialect)).column(0)[0].as_py())
        if not size:
            raise ValueError(f"{TABLE} has no rows: there is nothing to estimate from")
        arrays: dict[str, np.ndarray] = {}
        start = 0
        for batch in self._engine.batches(query.sql(dialect=self._engine.dialect)):
            for name in names:
                part = _array(batch.column(name))
                arrays.setdefault(name, np.empty(size, part.dtype))[start : start + len(part)] = part
            start += batch.num_rows
        return arrays

    def _check(self, names: Sequence[str]) -> None:
        missing = [name for name in dict.fromkeys(names) if name not in self.names]
        if missing:
            raise ValueError(f"the table has no column {', '.join(missing)}; it has {', '.join(self.names)}")


def _engine(data: Path | str | ArrowStream | Engine) -> Engine:
    if isinstance(data, (str, Path)):
        if not Path(data).exists():
            raise ValueError(f"there is no file {data}")
        return DuckDB({TABLE: Path(data)})
    if isinstance(data, ArrowStream):
        table = pa.table(data)
        twice = [name for name, times in Counter(table.column_names).items() if times > 1]
        if twice:
            raise ValueError(f"the table has several columns named {', '.join(twice)}: name them apart")
        # What pandas calls missing is NaN in a column of numbers; here it is null.
        for place, field in enumerate(table.schema):
            if pa.types.is_floating(field.type):
                column = table.column(place)
                table = table.set_column(
                    place, field, pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
                )
        return DuckDB({TABLE: table})
    if not hasattr(data, "run"):
        raise ValueError(f"{type(data).__name__} is no table: give a Parquet file, or an Arrow, Polars or pandas table")
    return data


def _between_0_and_1(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level of {level:g} is not between 0 and 1: for 95 per cent give 0.95")


def _names(given: str | Sequence[str | None]) -> tuple[str | None, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _array(column: pa.Array) -> np.ndarray:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)


def _lines(grouping: Domains, level: float) -> Iterator[Line]:
    by_chance = grouping.columns.basis.by_chance
    value, degrees, n = grouping.value, grouping.degrees, grouping.n
    error = grouping.standard_error if by_chance else np.full(value.shape, np.nan)
    reach = student(level, degrees, grouping.columns.basis) * error
    method = grouping.method if by_chance else grouping.columns.stated(grouping.method)
    # As Python's own numbers, all at once: taken one by one from an array each costs as much as the rest of a line.
    every = [one.tolist() for one in (value, error, value - reach, value + reach, degrees, n)]
    for g, (label, *numbers) in enumerate(zip(grouping.sums.domains, *every, strict=True)):
        domain = dict(zip(grouping.sums.by, label, strict=True))
        told = zip(grouping.estimands, *numbers, strict=True)
        for e, (one, point, spread, low, high, freedom, rows) in enumerate(told):
            limit, verdict = (_told(low), _told(high)), None
            if one.squares is not None and by_chance and math.isfinite(point):
                evidence = grouping.evidence(g, e)
                verdict = reliability(evidence)
                shown = verdict.verdict is not Verdict.SUPPRESS and math.isfinite(low)
                limit = limits(evidence, level=level) if shown else (None, None)
            yield Line(
                domain=domain,
                quantity=one.quantity,
                answer=one.answer,
                value=point,
                standard_error=_told(spread),
                low=limit[0],
                high=limit[1],
                degrees=freedom,
                n=rows,
                method=method,
                reliability=verdict,
            )


def _told(number: float) -> float | None:
    return number if math.isfinite(number) else None
