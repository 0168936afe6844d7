"""A study after its data: the results of its plan, called what they are, and the record of its publication."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans import opening
from saphan.analyse.indicators.plans.disclosing import disclosed
from saphan.analyse.indicators.plans.running import run as run_plan
from saphan.core import digest
from saphan.core.problem import At, problem
from saphan.core.text import Text
from saphan.estimate.sampling import Method
from saphan.mission.model import Mission
from saphan.pipeline import records
from saphan.pipeline.freezing import freeze
from saphan.pipeline.protocols import Judged, Standing, deviations
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.reporting import LANGUAGE, SIMULATED, report, words
from saphan.pipeline.studying import OpenStudy, folder_of, judge_study, open_study
from saphan.pipeline.workspace import Workspace
from saphan.publish.formats import results as tables
from saphan.publish.formats import results_book
from saphan.register.intake import queries as intake

RESULTS = "results.json"
_JSON = msgspec.json.Encoder(order="sorted")
_DRAWN = {
    Method.PPS: "drawn with chances in proportion to size",
    Method.PPS_SYSTEMATIC: "drawn systematically with chances in proportion to size",
    Method.SIMPLE: "drawn with equal chances",
    Method.SYSTEMATIC: "drawn systematically with equal chances",
}


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
    wanted: int  # interviews to be made
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
    wanted: int
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
    try:
        ready = opening.opened(snapshot, one.fielded, one.form, workspace.mission.places)
    except ValueError as error:
        raise problem("study.no-data", At(file=one.study.sample), form=one.form.id) from error
    try:
        with tempfile.TemporaryDirectory() as work:
            found = run_plan(ready.assessment, one.lines, NEEDS, Path(work))
    except ValueError as error:
        raise problem("study.run", At(file=one.study.plan), detail=str(error)) from error
    findings = disclosed(found, workspace.mission.disclosure.threshold)
    weighed, days = ready.weighed, _days(snapshot, ready)
    registration = judged.registration
    departed = (*_departures(one, judged, snapshot), *(() if workspace.mission.simulated else _early(judged, days)))
    told = report(
        workspace.mission,
        one.fielded,
        one.form,
        snapshot,
        weighed,
        findings,
        workspace.mission.folder / one.study.plan,
        head=_head(workspace.mission, one, judged, departed),
        standing=judged.standing.value,
        strata=one.study.strata,
    )
    labels = words(workspace.mission, one.form, one.study.strata)
    tidy = tables.tidied(told, findings, NEEDS, results_book.words(labels, LANGUAGE))
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
        wanted=sum(each.asked for each in weighed.strata),
        areas=sum(each.reached for each in weighed.strata),
        weight_effect=weighed.effect,
        deviations=(*departed, *weighed.notes),
        numbers=tuple(dict(zip(tidy.header, row, strict=True)) for row in tidy.rows),
    )
    folder = folder_of(workspace, name)
    records.write(folder / RESULTS, msgspec.json.format(_JSON.encode(results), indent=1) + b"\n")
    with tempfile.TemporaryDirectory() as work:
        for made in tables.write(Path(work), told, findings, NEEDS, labels, LANGUAGE):
            records.write(folder / made.name, made.read_bytes())
    return results, tuple(folder / file for file in (RESULTS, tables.TIDY, tables.WORKBOOK))


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
        wanted=results.wanted,
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


def _days(snapshot: Snapshot, ready: opening.Opened) -> list[str]:
    """The days on which interviews began by the phones' clocks, in order; none where the form does not say."""
    table = ready.assessment.households
    if "started_at" not in ready.assessment.columns_of[table]:
        return []
    began = pq.read_table(snapshot.data[table], columns=["started_at"]).column(0).to_pylist()
    return sorted(day[:10] for day in began if day)


def _head(mission: Mission, one: OpenStudy, judged: Judged, departed: Sequence[str]) -> tuple[str, ...]:
    """What the workbook begins with: what was asked of whom, and what the results may be called."""
    study, registration = one.study, judged.registration
    when = f"registered {registration.at:%Y-%m-%d} by {registration.by}" if registration else "not registered"
    return (
        study.title.to(LANGUAGE),
        *((SIMULATED,) if mission.simulated else ()),
        f"These results are {judged.standing}. Protocol sha256:{one.key}, {when}.",
        f"Question: {study.question.to(LANGUAGE)}",
        f"Population: {study.population.to(LANGUAGE)}.",
        f"Design: {_design(one)}.",
        mission.name.to(LANGUAGE),
        f"Fieldwork {study.period.label}; form {one.form.title.to(LANGUAGE)}.",
        mission.contact.to(LANGUAGE),
        *(f"Deviation: {told}" for told in departed),
    )


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


def _read(path: Path) -> StudyResults | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=StudyResults)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _design(one: OpenStudy) -> str:
    """The design in words."""
    design, areas = one.study.design, one.fielded.areas
    strata = [
        called.to(LANGUAGE) if (called := one.study.strata.get(name)) else name
        for name in sorted({area.stratum for area in areas})
    ]
    how = {True: "in one stage", False: "in two stages"}[design.stages == 1]
    asked = "" if design.stages == 1 else f", {design.interviews} interviews in each"
    return (
        f"Probability sample {how}: {len(areas)} clusters of {len(one.study.units)} in {len(strata)} strata "
        f"({', '.join(strata)}), {_DRAWN[design.method]}, with seed {design.seed}{asked}"
    )


def _page(record: StudyRecord, language: str) -> str:
    """The record to be read by people."""
    registered = (
        f"{record.registered.isoformat()} by {record.registered_by}" if record.registered is not None else "never"
    )
    days = (
        f"{'invented days, ' if record.simulated else ''}{record.fieldwork[0]} to {record.fieldwork[1]}"
        if record.fieldwork[0]
        else "days not known"
    )
    lines = [
        f"# {Text(record.title).to(language)}",
        "",
        f"Results: **{record.standing}**." + (f" **{SIMULATED}**" if record.simulated else ""),
        "",
        f"- Question: {Text(record.question).to(language)}",
        f"- Population: {Text(record.population).to(language)}",
        f"- Design: {record.design}",
        f"- Interviews: {record.interviews:,} of {record.wanted:,} to be made, in {record.areas:,} clusters; {days}",
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
