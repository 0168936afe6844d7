"""An analysis file: a folder with the rows, weights, design and figures of a survey, and R that computes them again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from saphan.estimate.survey.analysis_plan import DRAWN, REPLICATE, WEIGHT, Domain, plan_table
from saphan.estimate.survey.analysis_readme import readme
from saphan.estimate.survey.analysis_rows import Rows, label_columns, told
from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.model import FloatArray
from saphan.estimate.survey.options import option
from saphan.estimate.survey.plan import Plan, Quantity
from saphan.estimate.survey.raked import Margins
from saphan.estimate.survey.replicates import Replicates
from saphan.estimate.survey.resampling import jackknife
from saphan.estimate.survey.sample import Sample
from saphan.estimate.survey.survey import Line, Results, Survey

MOST = 2000  # replicates of a jackknife, each a column of the data file
SCRIPT = "reproduce.R"


def write_analysis(
    folder: Path | str,
    survey: Survey,
    *quantities: Quantity,
    by: str | Sequence[str | Sequence[str]] = (),
    margins: Margins | None = None,
    residual: Residual = Residual.REGRESSION,
    level: float = 0.95,
    replicates: Callable[[Sample], Replicates] | None = jackknife,
) -> Results:
    """Write what `Survey.estimate` finds to a new folder, with all that computes it again, and give it back.

    `data.csv` and `data.parquet` hold the columns that design, quantities, domains and margins need, the final weights
    and the columns of `replicates`, which is `jackknife`, `balanced`, any function such as `lambda sample:
    bootstrap(sample, 500, np.random.default_rng(1))`, or None for none; a sample not drawn by chance gets none.
    `figures.csv` holds the estimates, `plan.csv` what was asked; `reproduce.R`, with R and its package survey, fails
    unless it finds the same to 1e-9; `README.md` says so in words. The folder is complete or is not there.

    The rows are microdata: a disclosure review must pass them before they are given to anyone, and until then only
    their writer may open the folder. ValueError where the folder has something in it, where the survey cannot be
    estimated or replicated as asked, or where a file could not tell values apart. Rows are held in memory.
    """
    target = Path(folder)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise ValueError(f"{target} is there already and not empty: name a new folder, or remove it first")
    residual = option(Residual, residual)
    results = survey.estimate(*quantities, by=by, margins=margins, residual=residual, level=level)
    lines = list(results)
    domains = {domain: place for place, domain in enumerate(dict.fromkeys(map(_domain, lines)), 1)}
    rows, labels = _rows(survey, quantities, domains, margins or {})
    weighted = rows.raked(margins, residual) if margins else rows.sample
    made = _made(weighted, replicates)
    plain, typed = rows.table(labels)
    columns = {} if survey.columns.weight else {DRAWN: rows.sample.weight}
    columns |= {WEIGHT: weighted.weight}
    if made is not None:
        columns |= {f"{REPLICATE}{place + 1}": made.weights(place) for place in range(made.count)}
    taken = [name for name in columns if name in plain.column_names]
    if taken:
        raise ValueError(f"the table has a column {taken[0]}, a name that the analysis file needs: rename it")
    plan = plan_table(rows, survey.columns, quantities, domains, margins or {}, residual, level, made)
    figures = _figures(rows, lines, quantities, domains, made)
    with _complete(target) as work:
        _write_csv(_with(plain, columns), work / "data.csv")
        pa.parquet.write_table(_with(typed, columns), work / "data.parquet")
        _write_csv(figures, work / "figures.csv")
        _write_csv(plan, work / "plan.csv")
        script = files(__package__).joinpath(SCRIPT).read_bytes()
        (work / SCRIPT).write_bytes(script)
        told_in_words = readme(weighted, len(lines), margins or {}, residual, level, made)
        (work / "README.md").write_text(told_in_words, encoding="utf-8", newline="\n")
    return results


def _rows(
    survey: Survey, quantities: Sequence[Quantity], domains: Sequence[Domain] | dict[Domain, int], margins: Margins
) -> tuple[Rows, list[str]]:
    """The columns that are needed, and which of them tell rows apart rather than measure them."""
    design = survey.columns
    by = [column for columns, _ in domains for column in columns]
    named = [name for name in (*design.strata, *design.clusters) if name is not None]
    labels = list(dict.fromkeys([*named, *by, *margins, *label_columns(quantities)]))
    wanted = dict.fromkeys([*design.names, *by, *margins, *Plan(quantities=tuple(quantities)).columns])
    sample, data = survey.rows(*wanted)
    return Rows(sample=sample, data=data), labels


def _made(sample: Sample, replicates: Callable[[Sample], Replicates] | None) -> Replicates | None:
    if replicates is None or not sample.basis.by_chance:
        return None
    units = int(sample.units.stages[0].stratum.size)
    if replicates is jackknife and units > MOST:
        raise ValueError(
            f"a jackknife of {units} primary units makes as many columns: ask for a bootstrap (replicates=lambda "
            "sample: bootstrap(sample, 500, numpy.random.default_rng(1))), or for none (replicates=None)"
        )
    try:
        return replicates(sample)
    except ValueError as error:
        raise ValueError(f"no replicate weights: {error}; or ask for none (replicates=None)") from error


def _domain(line: Line) -> Domain:
    return tuple(line.domain), tuple(line.domain.values())


def _figures(
    rows: Rows,
    lines: Sequence[Line],
    quantities: Sequence[Quantity],
    domains: dict[Domain, int],
    made: Replicates | None,
) -> pa.Table:
    """A row for each estimate: its domain in words, then by number as in the plan, what it is, and its numbers."""
    named = dict.fromkeys(column for columns, _ in domains for column in columns)
    found: dict[str, pa.Array] = {
        f"by {name}": pa.array([told(line.domain.get(name)) for line in lines], pa.string()) for name in named
    }
    found["quantity"] = pa.array([line.name for line in lines], pa.string())
    found["domain"] = pa.array([domains[_domain(line)] for line in lines], pa.int64())
    found["item"] = pa.array([quantities.index(line.quantity) + 1 for line in lines], pa.int64())
    answers = [rows.answer(line.quantity.column, line.answer) if line.answer is not None else None for line in lines]
    found["answer"] = pa.array(answers, pa.string())
    for name in ("value", "standard_error", "low", "high", "degrees"):
        # From pandas: NaN, the ratio of nobody, is missing.
        found[name] = pa.array(np.array([getattr(line, name) for line in lines], dtype=float), from_pandas=True)
    found["n"] = pa.array([line.n for line in lines], pa.int64())
    if made is not None:
        found["standard_error_replicates"] = pa.array(_replicated(rows, made, lines, domains), from_pandas=True)
    found["method"] = pa.array([line.method for line in lines], pa.string())
    notes = ["; ".join(line.reliability.reasons) if line.reliability else None for line in lines]
    found["note"] = pa.array([note or None for note in notes], pa.string())
    return pa.table(found)


def _replicated(rows: Rows, made: Replicates, lines: Sequence[Line], domains: dict[Domain, int]) -> FloatArray:
    """(L,) the standard error of each line by replicates, NaN where a replicate has nobody."""
    found = np.full(len(lines), np.nan)
    together: dict[tuple[tuple[str, ...], Quantity, object], list[int]] = {}
    for place, line in enumerate(lines):
        together.setdefault((tuple(line.domain), line.quantity, line.answer), []).append(place)
    code_of = {
        by: rows.domains(by, [label for columns, label in domains if columns == by])
        for by in dict.fromkeys(columns for columns, _ in domains)
    }
    for (by, quantity, answer), places in together.items():
        above, below = rows.terms(quantity, answer)
        code = code_of[by]
        one = made.total(above, by=code) if below is None else made.ratio(above, below, by=code)
        found[places] = one.standard_error
    return np.where(np.isfinite(found), found, np.nan)


def _with(table: pa.Table, columns: dict[str, FloatArray]) -> pa.Table:
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    return table


def _write_csv(table: pa.Table, path: Path) -> None:
    """Text in quotes, missing values empty, numbers as short as they can be and still come back the same."""
    pa.csv.write_csv(table, path)


@contextmanager
def _complete(target: Path) -> Iterator[Path]:
    """A folder to write in that takes the place of `target` at the end, or leaves nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield work
        if target.exists():
            target.rmdir()  # empty, or this fails
        work.rename(target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
