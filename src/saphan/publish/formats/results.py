"""The results of the plan of an assessment or a study: one tidy table (CSV), and a workbook to be read (XLSX).

The tidy table has every number that may be told, with its standing; the tables of the workbook print what the
presentation standard prints. Numbers that the mission's threshold protects are in neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.plans.model import Finding
from saphan.analyse.indicators.plans.wording import Words, analysis_key, denominator
from saphan.collect.rounds.assessments import Asked
from saphan.publish.formats import csv, results_book, xlsx
from saphan.publish.formats.table import Labels

TIDY, WORKBOOK, STANDING = "results.csv", "results.xlsx", "results"
MISSING = "missing"  # the group of those whose group is not known
BEFORE = ("analysis_key", "indicator", "profile", "title", "analysis", "answer")
NUMBERS = ("value", "standard_error", "low", "high", "level", "n", "degrees", "p_value")
AFTER = (
    *("value", "standard_error", "low", "high", "level", "n", "degrees", "method", "standing", "note", "test"),
    *("p_value", "denominator", "sampling_basis", "simulated", "snapshot"),
)


@dataclass(frozen=True, kw_only=True)
class Study:
    """What a reader has to know beside the numbers: `about` are blocks of lines, the first of each a heading.

    `titles` are the words of questions and indicators, `several` the questions with several choices, `sectors` the
    sector of each indicator by name. `marks` stand on every sheet; `standing` says in every row what the results may be
    called, if it has to be said.
    """

    title: str
    about: tuple[tuple[str, ...], ...]
    basis: str
    snapshot: str
    titles: Mapping[str, str]
    several: frozenset[str]
    sectors: Mapping[str, str]
    asked: Asked = Asked.HOUSEHOLD
    simulated: bool = False
    marks: tuple[str, ...] = ()
    standing: str = ""


def write(
    folder: Path,
    study: Study,
    findings: Sequence[Finding],
    indicators: Mapping[str, Indicator],
    labels: Labels,
    language: str,
) -> list[Path]:
    """Write both files into `folder`; equal input gives equal bytes. Give findings that were disclosed."""
    tidy = tidied(study, findings, indicators, results_book.words(labels, language))
    numbers = [name in NUMBERS for name in tidy.header]
    paths = [folder / TIDY, folder / WORKBOOK]
    paths[0].write_bytes(csv.write(tidy.header, tidy.rows, numbers=numbers).encode())
    tables = results_book.tables(findings, study.titles, study.sectors, study.asked, labels, language)
    paths[1].write_bytes(results_book.write(study.title, study.about, study.marks, tables, tidy))
    return paths


def tidied(
    study: Study, findings: Sequence[Finding], indicators: Mapping[str, Indicator], answers: Words
) -> xlsx.Sheet:
    """One row for each number, codes in the cells; a column for each column of a grouping, empty where it has none.

    `answers` are the words of codes, for the denominator.
    """
    groups = list(dict.fromkeys(name for one in findings for name in one.group))
    first = (STANDING,) if study.standing else ()
    told = {name: f"by {name}" if name in first + BEFORE + AFTER else name for name in groups}
    rows = [
        (
            *((study.standing,) if study.standing else ()),
            *_before(one, study, indicators),
            *(("" if name not in one.group else one.group[name] or MISSING) for name in groups),
            *_after(one, study, answers),
        )
        for one in findings
    ]
    header = (*first, *BEFORE, *told.values(), *AFTER)
    return xlsx.Sheet(name="results", header=header, rows=rows, numbers=frozenset(NUMBERS))


def _before(one: Finding, study: Study, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    definition = indicators.get(one.line.of)
    return (
        analysis_key(one, study.several),
        one.line.of if definition is None else definition.id,
        "" if definition is None else definition.profile.value,
        study.titles.get(one.line.of, one.title),
        one.line.analysis.value,
        one.answer or "",
    )


def _after(one: Finding, study: Study, answers: Words) -> tuple[str, ...]:
    return (
        *map(_number, (one.value, one.standard_error, one.low, one.high, one.line.level, one.n, one.degrees)),
        one.method,
        one.standing.value,
        one.note,
        one.test,
        _number(one.p_value),
        denominator(one.line, one.subject, study.titles, answers, study.asked),
        study.basis,
        "true" if study.simulated else "false",
        study.snapshot,
    )


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:.12g}"
