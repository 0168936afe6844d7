"""What was asked of a survey, as the rows of `plan.csv` that `reproduce.R` is driven by: names and answers are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import pyarrow as pa

from saphan.estimate.survey.analysis_rows import Rows, told
from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.plan import EVERY, Columns, Quantity
from saphan.estimate.survey.raked import Margins
from saphan.estimate.survey.replicates import Replicates

# Columns of the data file that the survey has not; `DRAWN` where its weights follow from its populations.
DRAWN, WEIGHT, REPLICATE = "weight_drawn", "weight_final", "replicate_"
Domain = tuple[tuple[str, ...], tuple[object, ...]]  # columns, and the label of each


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact: what it is about, which of its kind, and the column, text or number that it names."""

    part: str
    number: int
    column: str | None = None
    text: str | None = None
    value: float | None = None


def plan_table(
    rows: Rows,
    columns: Columns,
    quantities: Sequence[Quantity],
    domains: Mapping[Domain, int],
    margins: Margins,
    residual: Residual,
    level: float,
    replicates: Replicates | None,
) -> pa.Table:
    """The design, weights, quantities and domains, a row for each fact."""
    found = [
        Row(part="basis", number=1, text=str(columns.basis), value=float(columns.basis.by_chance)),
        Row(part="lonely", number=1, text=str(columns.lonely)),
        Row(part="level", number=1, value=level),
        Row(part="weight", number=1, column=columns.weight or DRAWN),
        Row(part="weight_final", number=1, column=WEIGHT),
    ]
    for part, names in (
        ("strata", columns.strata),
        ("clusters", columns.clusters),
        ("population", columns.populations),
    ):
        found += [Row(part=part, number=stage, column=name) for stage, name in enumerate(names, 1) if name is not None]
    if margins:
        found.append(Row(part="residual", number=1, text=str(residual)))
    for place, (column, classes) in enumerate(margins.items(), 1):
        for answer, total in classes.items():
            found.append(
                Row(part="margin", number=place, column=column, text=rows.answer(column, answer), value=float(total))
            )
    for place, one in enumerate(quantities, 1):
        found.append(
            Row(part="quantity", number=place, column=None if one.column == EVERY else one.column, text=str(one.kind))
        )
        if one.over is not None:
            found.append(Row(part="over", number=place, column=one.over))
        found += [
            Row(part="among", number=place, column=column, text=rows.answer(column, answer))
            for column, answers in one.among
            for answer in answers
        ]
        found += [
            Row(part="aside", number=place, column=one.column, text=rows.answer(one.column, answer))
            for answer in one.aside
        ]
    for (by, label), place in domains.items():
        found += [
            Row(part="domain", number=place, column=column, text=told(answer))
            for column, answer in zip(by, label, strict=True)
        ]
    if replicates is not None:
        found.append(Row(part="replicates", number=replicates.count, text=replicates.method, value=replicates.scale))
        found.append(Row(part="mse", number=1, value=float(replicates.mse)))
        found += [
            Row(part="rscale", number=place, column=f"{REPLICATE}{place}", value=float(scale))
            for place, scale in enumerate(replicates.rscales, 1)
        ]
    names = ("part", "number", "column", "text", "value")
    kinds = (pa.string(), pa.int64(), pa.string(), pa.string(), pa.float64())
    values = zip(*(astuple(one) for one in found), strict=True)
    return pa.table({name: pa.array(one, kind) for name, kind, one in zip(names, kinds, values, strict=True)})
