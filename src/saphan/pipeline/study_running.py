"""A study after its data: the results of its plan, called what they are, and the record of its publication."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.frames.tables import name_of
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans.disclosing import disclosed
from saphan.analyse.indicators.plans.model import Finding
from saphan.analyse.indicators.plans.running import Assessment
from saphan.analyse.indicators.plans.running import run as run_plan
from saphan.analyse.indicators.plans.weighting import SAMPLE, Weighed, weigh
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core import digest
from saphan.core.problem import At, problem
from saphan.core.text import Text
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.mission.model import Mission
from saphan.pipeline import records
from saphan.pipeline.freezing import freeze
from saphan.pipeline.protocols import Judged, Standing, deviations
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.studying import LONELY, OpenStudy, folder_of, judge_study, open_study
from saphan.pipeline.workspace import Workspace
from saphan.publish.figures.model import Register
from saphan.publish.formats import csv, xlsx
from saphan.register.intake import queries as intake

RESULTS = "results.json"
COLUMNS = ("answer", "group", "value", "standard_error", "low", "high", "n", "degrees", "p_value")
NUMBERS = frozenset({"value", "standard_error", "low", "high", "n", "degrees", "p_value"})
HEADER = ("results", "of", "analysis", "title", *COLUMNS, "level", "method", "test", "show", "note")
_JSON = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, kw_only=True)
class StudyResults:
    """The results of a study as they are kept: what they may be called, what they rest on, and every number."""

    study: str
    standing: Standing
    protocol: str  # the hash of what was run
    registered: datetime | None
    registered_by: str | None
    in_force: str | None  # the hash that was registered when the first submission came
    first_submission: datetime
    first_interview: str | None  # by the phones' clocks
    last_interview: str | None
    frame: str
    simulated: bool
    interviews: int
    areas: int
    weight_effect: float
    deviations: tuple[str, ...]
    numbers: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class StudyRecord:
    """What is told of a study where it is cited; `results` are the hashes of its files of results."""

    id: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    population: Mapping[str, str]
    authors: tuple[str, ...]
    mission: str
    simulated: bool
    design: str
    interviews: int
    areas: int
    fieldwork: tuple[str | None, str | None]
    standing: Standing
    protocol: str
    registered: datetime | None
    registered_by: str | None
    first_submission: datetime
    deviations: tuple[str, ...]
    results: Mapping[str, str]
    published: datetime
    citation: str


def run(workspace: Workspace, opened: Opened, name: str, *, exploratory: bool) -> tuple[StudyResults, tuple[Path, ...]]:
    """Run the plan of a study over its interviews; every file of results says what it may be called.

    Problem "study.exploratory" unless the plan was registered before the first submission or `exploratory` is given;
    "study.no-data" where nobody of a drawn cluster was interviewed; "study.run" where the plan cannot be run.
    """
    one = open_study(workspace, name)
    publish_forms(workspace, opened)
    first = intake.first_arrival(one.form.id)
    if first is None:
        raise problem("study.no-data", At(file=one.study.sample), form=one.form.id)
    judged = judge_study(one)
    if judged.standing is not Standing.PRE_REGISTERED and not exploratory:
        raise problem("study.exploratory", At(file=one.study.file), study=name, standing=judged.standing.value)
    snapshot, _ = freeze(workspace, opened.vault, only=one.form.id)
    table = pq.read_table(snapshot.data[_frame(one)])
    weighed = _weighed(workspace.mission, one, table)
    findings = disclosed(_findings(one, snapshot, weighed), workspace.mission.disclosure.threshold)
    days = sorted(day[:10] for day in _column(table, "started_at") if day)
    registration = judged.registration
    results = StudyResults(
        study=name,
        standing=judged.standing,
        protocol=one.key,
        registered=registration.at if registration else None,
        registered_by=registration.by if registration else None,
        in_force=judged.in_force.digest if judged.in_force else None,
        first_submission=first.at,
        first_interview=days[0] if days else None,
        last_interview=days[-1] if days else None,
        frame=snapshot.key,
        simulated=workspace.mission.simulated,
        interviews=weighed.n,
        areas=sum(each.reached for each in weighed.strata),
        weight_effect=weighed.effect,
        deviations=(*_departures(one, judged, snapshot), *_early(judged, days), *weighed.notes),
        numbers=tuple(_row(judged.standing, each) for each in findings),
    )
    return results, _write(workspace, one, results)


def publish(workspace: Workspace, opened: Opened, name: str) -> tuple[StudyRecord, tuple[Path, ...]]:
    """Write the record of a study beside its results; Problem "study.results" unless they are of the study as it is."""
    one = open_study(workspace, name)
    folder = folder_of(workspace, name)
    results = _read(folder / RESULTS)
    if results is None or (results.protocol, results.standing) != (one.key, judge_study(one).standing):
        raise problem("study.results", At(file=str(folder / RESULTS)), study=name)
    mission, study = workspace.mission, one.study
    language = mission.languages[0]
    authors = ", ".join(study.authors) or mission.name.to(language)
    marked = "" if results.standing is Standing.PRE_REGISTERED else f" [{results.standing}]"
    told = f"registered {results.registered:%Y-%m-%d}" if results.registered else "not registered"
    invented = " Simulated data." if results.simulated else ""
    record = StudyRecord(
        id=name,
        title=study.title.words,
        question=study.question.words,
        population=study.population.words,
        authors=study.authors,
        mission=mission.id,
        simulated=results.simulated,
        design=_design(one),
        interviews=results.interviews,
        areas=results.areas,
        fieldwork=(results.first_interview, results.last_interview),
        standing=results.standing,
        protocol=one.key,
        registered=results.registered,
        registered_by=results.registered_by,
        first_submission=results.first_submission,
        deviations=results.deviations,
        results={path.name: digest.of_file(path) for path in sorted(folder.glob("results.*"))},
        published=opened.at,
        citation=(
            f"{authors} ({opened.at:%Y}). {study.title.to(language)}{marked}. {mission.name.to(language)}. "
            f"Protocol sha256:{one.key}, {told}.{invented}"
        ),
    )
    files = {
        folder / "record.json": msgspec.json.format(_JSON.encode(record), indent=1) + b"\n",
        folder / "record.md": _page(record, language).encode(),
    }
    for path, content in files.items():
        records.write(path, content)
    return record, tuple(files)


def _frame(one: OpenStudy) -> str:
    return name_of(one.form, one.form.root)


def _column(table: pa.Table, name: str) -> list[str]:
    return table.column(name).to_pylist() if name in table.column_names else []


def _weighed(mission: Mission, one: OpenStudy, table: pa.Table) -> Weighed:
    """The sample of a study, weighed as that of any assessment."""
    study, places = one.study, mission.places
    assessment = HouseholdAssessment(
        id=study.id,
        title=study.title,
        form=study.form,
        period=study.period,
        areas=one.areas,
        sample=study.sample,
        plan=study.plan,
        lonely=LONELY,
    )
    levels = {
        pcode: tuple(area.pcode if (area := places.ancestor(pcode, level)) else None for level in (1, 2, 3))
        for pcode in {area.place for area in one.areas}
    }
    try:
        return weigh(assessment, table, levels)
    except ValueError as error:
        raise problem("study.no-data", At(file=study.sample), form=study.form) from error


def _findings(one: OpenStudy, snapshot: Snapshot, weighed: Weighed) -> tuple[Finding, ...]:
    """Every number of the plan, over the frozen answers."""
    tables: dict[str, Path | pa.Table] = {**snapshot.data, SAMPLE: weighed.sample}
    columns = {table.name: [column for column, _ in table.columns] for table in snapshot.manifest.tables}
    members = f"{_frame(one)}.member"
    assessment = Assessment(
        engine=DuckDB(tables),
        households=_frame(one),
        sample=SAMPLE,
        design=weighed.design,
        columns_of=columns | {SAMPLE: weighed.sample.column_names},
        members=members if members in columns else None,
        choices={
            question.concept or question.column: tuple(choice.name for choice in one.form.choices[question.choices])
            for table in one.form.tables
            for question in table.questions
            if question.type == "select_multiple" and question.choices
        },
    )
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run_plan(assessment, one.lines, NEEDS, Path(folder))
    except (ValueError, NotByChanceError) as error:
        raise problem("study.run", At(file=one.study.plan), detail=str(error)) from error


def _departures(one: OpenStudy, judged: Judged, snapshot: Snapshot) -> list[str]:
    """In what the study as run departs from what was registered before the data."""
    found = []
    if judged.in_force is None:
        found.append("Nothing was registered before the first submission.")
    elif judged.in_force.digest != one.key:
        found += deviations(judged.in_force.protocol, one.protocol)
    found += [
        f"{version.frozen:,} interviews were made with version {version.version} of the form, which is not the one "
        "of the plan."
        for version in snapshot.manifest.forms
        if version.frozen and version.key != one.form.key
    ]
    return found


def _early(judged: Judged, days: Sequence[str]) -> list[str]:
    """What the phones' clocks say against the registration: told, but since they may be wrong it decides nothing."""
    registration = judged.registration
    if registration is None or not days or days[0] >= f"{registration.at:%Y-%m-%d}":
        return []
    return [f"By the phones' clocks the first interview was on {days[0]}, before the plan was registered."]


def _row(standing: Standing, finding: Finding) -> dict[str, str]:
    """One number in the words of the results' table; digits enough to read every bit again."""
    line = finding.line
    group = "; ".join(f"{name}={label if label is not None else 'missing'}" for name, label in finding.group.items())
    values = {name: getattr(finding, name) for name in NUMBERS}
    return {
        "results": standing.value,
        "of": line.of,
        "analysis": line.analysis.value,
        "title": finding.title,
        "answer": finding.answer or "",
        "group": group,
        **{name: "" if values[name] is None else repr(values[name]) for name in COLUMNS if name in NUMBERS},
        "level": repr(line.level),
        "method": finding.method,
        "test": finding.test,
        "show": finding.standing.value,
        "note": finding.note,
    }


def _write(workspace: Workspace, one: OpenStudy, results: StudyResults) -> tuple[Path, ...]:
    """The results as JSON, CSV and XLSX; each says in words what they may be called."""
    folder = folder_of(workspace, one.study.id)
    rows = [[row[name] for name in HEADER] for row in results.numbers]
    language = workspace.mission.languages[0]
    about = [
        one.study.title.to(language),
        f"These results are {results.standing}.",
        *(["The data are simulated."] if results.simulated else []),
        f"{results.interviews:,} interviews in {results.areas:,} clusters; protocol sha256:{results.protocol}.",
        *results.deviations,
    ]
    nothing = Register(
        mission=workspace.mission.id,
        simulated=results.simulated,
        frame=results.frame,
        figures={},
        sums=(),
        facts={},
    )
    sheet = xlsx.Sheet(name="results", header=HEADER, rows=rows, numbers=NUMBERS)
    files = {
        folder / RESULTS: msgspec.json.format(_JSON.encode(results), indent=1) + b"\n",
        folder / "results.csv": csv.write(HEADER, rows, numbers=[name in NUMBERS for name in HEADER]).encode(),
        folder / "results.xlsx": xlsx.write([about], [sheet], nothing, one.study.title.to(language)),
    }
    for path, content in files.items():
        records.write(path, content)
    return tuple(files)


def _read(path: Path) -> StudyResults | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=StudyResults)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _design(one: OpenStudy) -> str:
    """The design in words."""
    design, strata = one.study.design, sorted({area.stratum for area in one.areas})
    how = {True: "in one stage", False: "in two stages"}[design.stages == 1]
    asked = "" if design.stages == 1 else f", {design.interviews} interviews in each"
    return (
        f"Probability sample {how}: {len(one.areas)} clusters of {len(one.study.units)} in {len(strata)} strata "
        f"({', '.join(strata)}), drawn {design.method.value} with seed {design.seed}{asked}"
    )


def _page(record: StudyRecord, language: str) -> str:
    """The record to be read by people."""
    registered = (
        f"{record.registered.isoformat()} by {record.registered_by}" if record.registered is not None else "never"
    )
    lines = [
        f"# {Text(record.title).to(language)}",
        "",
        f"**{record.standing}**" + (", from simulated data" if record.simulated else ""),
        "",
        f"- Question: {Text(record.question).to(language)}",
        f"- Population: {Text(record.population).to(language)}",
        f"- Design: {record.design}",
        f"- Interviews: {record.interviews:,} in {record.areas:,} clusters, "
        f"{record.fieldwork[0] or 'day not known'} to {record.fieldwork[1] or 'day not known'}",
        f"- Protocol: sha256:{record.protocol}, registered {registered}",
        f"- First submission: {record.first_submission.isoformat()}",
        "",
        "## Deviations",
        "",
        *([f"- {each}" for each in record.deviations] or ["None."]),
        "",
        "## Results",
        "",
        *(f"- {name}: sha256:{key}" for name, key in record.results.items()),
        "",
        "## To cite",
        "",
        record.citation,
        "",
    ]
    return "\n".join(lines)
