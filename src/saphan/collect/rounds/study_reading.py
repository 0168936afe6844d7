"""Reads studies/*.toml and the frames they name, and finds what is wrong in them, all in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from saphan.collect.rounds.assessment_reading import read_areas
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.collect.rounds.studies import LONELY, STRATUM, Design, Study, Unit, Wanted
from saphan.core import period as periods
from saphan.core.nearest import remedy
from saphan.core.period import Period
from saphan.core.problem import At, Finding, Problem, finding, problem
from saphan.core.text import Text
from saphan.estimate.sampling import Method, Rule
from saphan.mission.files import Row, TomlFile, read_csv, read_toml
from saphan.mission.model import Mission

FOLDER = "studies"
COLUMNS = ("cluster", "stratum", "pcode", "households")
_MOST = 10_000_000  # units of a cluster: more is a slip of the pen
_SIZED = (Method.PPS, Method.PPS_SYSTEMATIC)
_RULES = (Rule.PROPORTIONAL, Rule.EQUAL, Rule.COMPROMISE)  # the others rest on a spread in each stratum

Words = Annotated[dict[str, str], msgspec.Meta(min_length=1)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Above = Annotated[float, msgspec.Meta(gt=0)]
Frame = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")]
Plan = Annotated[str, msgspec.Meta(pattern=r"^plans/[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")]


class _StudyTable(msgspec.Struct):
    id: str
    title: Words
    question: Words
    population: Words
    period: str
    frame: Frame
    form: str
    plan: Plan
    design: dict[str, Any]
    estimate: list[dict[str, Any]]
    authors: tuple[str, ...] = ()
    strata: dict[str, Words] | None = None


class _DesignTable(msgspec.Struct):
    seed: int
    interviews: Positive = 1
    stages: Annotated[int, msgspec.Meta(ge=1, le=2)] = 2
    method: Method = Method.PPS
    measure: str = "households"
    allocation: Rule = Rule.PROPORTIONAL
    clusters: dict[str, Positive] | None = None
    correlation: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    response: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0


class _WantedTable(msgspec.Struct):
    of: Annotated[str, msgspec.Meta(min_length=1)]
    share: Share | None = None
    mean: float | None = None
    deviation: Above | None = None
    half_width: Above | None = None
    difference: float | None = None
    power: Annotated[float, msgspec.Meta(ge=0.5, lt=1)] = 0.8
    level: Share = 0.95
    by: str | None = None
    smallest: Annotated[float, msgspec.Meta(gt=0, le=0.5)] | None = None


def find_studies(mission: Mission) -> tuple[tuple[Study, ...], list[Finding]]:
    """What could be read of the studies of a mission, none if it has none, and everything found wrong in them."""
    found: list[Finding] = []
    studies = [_Reader(mission, path.stem, found).read() for path in sorted((mission.folder / FOLDER).glob("*.toml"))]
    return tuple(one for one in studies if one is not None), found


def load_study(mission: Mission, name: str) -> Study:
    """One study by its id; Problem with everything wrong in its file and frame, or if there is none."""
    known = [path.stem for path in (mission.folder / FOLDER).glob("*.toml")]
    if name not in known:
        raise problem("study.unknown", study=name, nearest=remedy(name, known, what="studies"))
    found: list[Finding] = []
    study = _Reader(mission, name, found).read()
    if found or study is None:
        raise Problem(found)
    return study


def read_fielded(mission: Mission, study: Study, found: list[Finding]) -> HouseholdAssessment:
    """A study in its drawn clusters, none if it was not drawn; what is wrong in its sample goes to `found`."""
    drawn = (mission.folder / study.sample).is_file()
    return study.fielded(read_areas(mission, study.sample, lonely=LONELY, found=found) if drawn else ())


class _Reader:
    """Reads one study and gathers its findings."""

    def __init__(self, mission: Mission, stem: str, found: list[Finding]) -> None:
        self.mission, self.stem, self.found = mission, stem, found

    def read(self) -> Study | None:
        """The study, or None if too much of it is wrong to be used."""
        before = len(self.found)
        file = read_toml(self.mission.folder, f"{FOLDER}/{self.stem}.toml", self.found)
        table = None if file is None else file.table(_StudyTable)
        if file is None or table is None:
            return None
        if table.id != self.stem:
            file.wrong("id", f"The file is called {self.stem}.toml: its id is {self.stem!r}, not {table.id!r}.")
        for key in ("title", "question", "population"):
            missing = [each for each in self.mission.languages if not getattr(table, key).get(each)]
            if missing:
                file.wrong(key, f"{key} has no words in {', '.join(missing)}.")
        self._check_files(file, table)
        period = self._period(file, table.period)
        design = self._design(file, table)
        estimates = self._estimates(file)
        units = self._units(table.frame, design) if design else ()
        if design is not None:
            self._check_clusters(file, design, units)
        if table.strata is not None and units:
            self._check_strata(file, table.strata, units)
        if design is None or period is None or len(self.found) > before:
            return None
        return Study(
            id=table.id,
            title=Text(table.title),
            question=Text(table.question),
            population=Text(table.population),
            authors=table.authors,
            period=period,
            frame=f"{FOLDER}/{table.frame}",
            units=units,
            design=design,
            estimates=estimates,
            form=table.form,
            plan=table.plan,
            strata={name: Text(words) for name, words in (table.strata or {}).items()},
        )

    def _check_files(self, file: TomlFile, table: _StudyTable) -> None:
        forms = [one.stem for one in (self.mission.folder / "forms").glob("*.xlsx")]
        if table.form not in forms:
            nearest = remedy(table.form, forms, what="forms")
            file.wrong("form", f"There is no form forms/{table.form}.xlsx. {nearest}")
        if not (self.mission.folder / table.plan).is_file():
            file.wrong("plan", f"There is no file {table.plan}.")

    def _period(self, file: TomlFile, label: str) -> Period | None:
        try:
            return periods.parse(label)
        except ValueError:
            file.wrong("period", f"{label!r} is not a period: write 2023, 2023-05 or 2023-05-01..2023-06-30, in order.")
            return None

    def _design(self, file: TomlFile, table: _StudyTable) -> Design | None:
        read = file.table(_DesignTable, "design", table.design)
        if read is None:
            return None
        if read.stages == 1 and (read.interviews, read.correlation) != (1, 0.0):
            file.wrong("design.interviews", "With one stage a row of the frame is one interview, correlated with none.")
        if read.allocation not in _RULES:
            file.wrong("design.allocation", f"A study's clusters are shared out by one of {', '.join(_RULES)}.")
        return Design(
            stages=read.stages,
            method=read.method,
            measure=read.measure,
            allocation=read.allocation,
            clusters=read.clusters,
            interviews=read.interviews,
            correlation=read.correlation,
            response=read.response,
            seed=read.seed,
        )

    def _estimates(self, file: TomlFile) -> tuple[Wanted, ...]:
        wanted = []
        for path, table in file.tables(_WantedTable, "estimate"):
            if (table.share is None) == (table.mean is None):
                file.wrong(path, "What is expected is either a `share`, or a `mean` with its `deviation`.")
            if (table.mean is None) != (table.deviation is None):
                file.wrong(path, "A `mean` needs the `deviation` of single answers, and a share has none.")
            if (table.half_width is None) == (table.difference is None):
                file.wrong(path, "The precision is either a `half_width`, or a `difference` to be found.")
            if table.difference == 0:
                file.wrong(f"{path}.difference", "The difference is 0; take the smallest that would matter.")
            elif table.share is not None and not 0 < table.share + (table.difference or 0.0) < 1:
                file.wrong(f"{path}.difference", "Share and difference together lie outside 0 to 1.")
            if (table.smallest is None) != (table.by in (None, STRATUM)):
                file.wrong(
                    path,
                    "By a column, `smallest` is the share of its smallest group; by stratum or none it is left out.",
                )
            given = msgspec.structs.asdict(table) | {"smallest": table.smallest or 1.0}
            wanted.append(Wanted(**given))
        if isinstance((file.raw or {}).get("estimate"), list) and not (file.raw or {})["estimate"]:
            file.wrong("estimate", "Nothing is to be estimated; write an [[estimate]] for each figure wanted.")
        return tuple(wanted)

    def _units(self, name: str, design: Design) -> tuple[Unit, ...]:
        file = f"{FOLDER}/{name}"
        before = len(self.found)
        columns = dict.fromkeys([*COLUMNS, design.measure] if design.method in _SIZED else COLUMNS)
        rows = read_csv(self.mission.folder, file, tuple(columns), self.found)
        if not rows and len(self.found) == before:
            expected = "a frame: give each cluster of the population a row"
            self.found.append(finding("csv.value", At(file=file, row=1), value="", expected=expected))
        units: dict[str, Unit] = {}
        for row in rows:
            if row["cluster"] in units:
                self.found.append(finding("name.duplicate", row.at("cluster"), name=row["cluster"]))
                continue
            unit = self._unit(row, design)
            if unit is not None:
                units[unit.cluster] = unit
        return tuple(units.values())

    def _unit(self, row: Row, design: Design) -> Unit | None:
        before = len(self.found)
        for column, expected in (("cluster", "the id of a cluster"), ("stratum", "the name of a stratum")):
            if not row[column]:
                self.found.append(finding("csv.value", row.at(column), value="", expected=expected))
        places = self.mission.places.areas
        if row["pcode"] not in places:
            nearest = remedy(row["pcode"], places)
            self.found.append(finding("place.unknown", row.at("pcode"), pcode=row["pcode"], nearest=nearest))
        expected = "a whole number of units, 1 or more"
        held = row.number_in("households", expected, 1, _MOST, self.found, whole=True)
        measure: float | None = 1.0
        if design.method in _SIZED:
            measure = row.number_in(design.measure, "a measure of size above 0", 1e-9, 1e12, self.found)
        if len(self.found) > before or held is None or measure is None:
            return None
        return Unit(
            cluster=row["cluster"],
            stratum=row["stratum"],
            place=row["pcode"],
            households=int(held),
            measure=measure,
        )

    def _check_clusters(self, file: TomlFile, design: Design, units: tuple[Unit, ...]) -> None:
        """Whether the clusters that are given are those of the frame's strata, as many as can be and two at least."""
        strata = [unit.stratum for unit in units]
        for name, number in (design.clusters or {}).items():
            path = f"design.clusters.{name}"
            if name not in strata:
                file.wrong(path, f"The frame has no stratum {name!r}. {remedy(name, set(strata), what='strata')}")
            elif number > strata.count(name):
                file.wrong(path, f"The stratum {name} has {strata.count(name)} clusters, and {number} are to be drawn.")
            elif number < min(2, strata.count(name)):
                file.wrong(path, f"Of one cluster of {name} no error can be known; draw two or more.")
        for name in sorted(set(strata) - (design.clusters or dict.fromkeys(strata)).keys()):
            file.wrong("design.clusters", f"The frame has a stratum {name}, and no clusters are to be drawn in it.")

    def _check_strata(self, file: TomlFile, named: Mapping[str, dict[str, str]], units: tuple[Unit, ...]) -> None:
        """Whether every stratum of the frame, and no other, has words in every language."""
        strata = {unit.stratum for unit in units}
        for name, words in named.items():
            missing = [each for each in self.mission.languages if not words.get(each)]
            if name not in strata:
                file.wrong(
                    f"strata.{name}", f"The frame has no stratum {name!r}. {remedy(name, strata, what='strata')}"
                )
            elif missing:
                file.wrong(f"strata.{name}", f"The stratum {name} has no words in {', '.join(missing)}.")
        for name in sorted(strata - named.keys()):
            file.wrong("strata", f"The stratum {name} is not named.")
