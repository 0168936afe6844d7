"""Reads assessments.toml and the samples it names, and finds what is wrong in them, all in one pass."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import msgspec

from saphan.collect.rounds.assessments import Area, HouseholdAssessment, StockRound
from saphan.core import period as periods
from saphan.core.nearest import remedy
from saphan.core.period import Period
from saphan.core.problem import At, Finding, Problem, finding
from saphan.core.text import Text
from saphan.estimate.survey.design import Lonely, SamplingBasis
from saphan.mission.files import Row, TomlFile, read_csv, read_toml
from saphan.mission.model import Mission

NAME = "assessments.toml"
COLUMNS = ("cluster", "stratum", "pcode", "chance", "clusters", "households", "interviews")
_MOST = 10_000_000  # of areas or households: more is a slip of the pen

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
Sample = Annotated[str, msgspec.Meta(pattern=r"^samples/[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")]
Plan = Annotated[str, msgspec.Meta(pattern=r"^plans/[A-Za-z0-9][A-Za-z0-9._-]*\.(csv|xlsx)$")]


class _StockTable(msgspec.Struct, forbid_unknown_fields=True):
    exercise: str
    round: int


class _AssessmentTable(msgspec.Struct):
    id: Identifier
    title: Annotated[dict[str, str], msgspec.Meta(min_length=1)]
    form: str
    period: str
    sample: Sample
    plan: Plan
    basis: SamplingBasis = SamplingBasis.PROBABILITY
    lonely: Lonely = Lonely.FAIL
    stock: _StockTable | None = None


def load_assessments(mission: Mission) -> tuple[HouseholdAssessment, ...]:
    """The household assessments of a mission, none if it has no assessments.toml; Problem with everything wrong."""
    assessments, found = find_assessments(mission)
    if found:
        raise Problem(found)
    return assessments


def find_assessments(mission: Mission) -> tuple[tuple[HouseholdAssessment, ...], list[Finding]]:
    """What could be read of assessments.toml and its samples, and everything found wrong in them."""
    found: list[Finding] = []
    if not (mission.folder / NAME).is_file():
        return (), found
    file = read_toml(mission.folder, NAME, found)
    if file is None:
        return (), found
    assessments: dict[str, HouseholdAssessment] = {}
    for path, table in file.tables(_AssessmentTable, "assessment"):
        one = _assessment(mission, file, path, table, found)
        if table.id in assessments:
            found.append(finding("name.duplicate", file.at(f"{path}.id"), name=table.id))
        elif one is not None:
            assessments[table.id] = one
    for key in (file.raw or {}).keys() - {"assessment"}:
        file.wrong(key, f"There is no key {key!r} here; every assessment is a table [[assessment]].")
    return tuple(assessments.values()), found


def read_areas(mission: Mission, name: str, *, lonely: Lonely, found: list[Finding]) -> tuple[Area, ...]:
    """The drawn areas of one sample's file; what is wrong in it goes to `found`."""
    return _Sample(mission, name, found).areas(lonely=lonely)


def _assessment(
    mission: Mission, file: TomlFile, path: str, table: _AssessmentTable, found: list[Finding]
) -> HouseholdAssessment | None:
    """One [[assessment]], or None if it has no usable period; what is wrong in it or its sample goes to `found`."""
    missing = [language for language in mission.languages if not table.title.get(language)]
    if missing:
        file.wrong(f"{path}.title", f"The title has no words in {', '.join(missing)}.")
    forms = [one.stem for one in (mission.folder / "forms").glob("*.xlsx")]
    if table.form not in forms:
        nearest = remedy(table.form, forms, what="forms")
        file.wrong(f"{path}.form", f"There is no form forms/{table.form}.xlsx. {nearest}")
    for key, name in (("sample", table.sample), ("plan", table.plan)):
        if not (mission.folder / name).is_file():
            file.wrong(f"{path}.{key}", f"There is no file {name}.")
    areas: tuple[Area, ...] = ()
    if (mission.folder / table.sample).is_file():
        areas = read_areas(mission, table.sample, lonely=table.lonely, found=found)
    period = _period(file, f"{path}.period", table.period)
    if period is None:
        return None
    return HouseholdAssessment(
        id=table.id,
        title=Text(table.title),
        form=table.form,
        period=period,
        areas=areas,
        sample=table.sample,
        plan=table.plan,
        basis=table.basis,
        lonely=table.lonely,
        stock=None if table.stock is None else StockRound(exercise=table.stock.exercise, round=table.stock.round),
    )


def _period(file: TomlFile, path: str, label: str) -> Period | None:
    try:
        return periods.parse(label)
    except ValueError:
        file.wrong(path, f"{label!r} is not a period: write 2023, 2023-05 or 2023-05-01..2023-06-30, in order.")
        return None


class _Sample:
    """Reads the drawn areas of one sample and gathers its findings."""

    def __init__(self, mission: Mission, name: str, found: list[Finding]) -> None:
        self.mission, self.name, self.found = mission, name, found

    def areas(self, *, lonely: Lonely) -> tuple[Area, ...]:
        """The areas that can be read; the strata are only looked at where every area could be."""
        before = len(self.found)
        rows = read_csv(self.mission.folder, self.name, COLUMNS, self.found)
        if not rows and len(self.found) == before:
            at = At(file=self.name, row=1)
            self.found.append(finding("csv.value", at, value="", expected="a sample: give each drawn area a row"))
        first: dict[str, Row] = {}
        areas: list[tuple[Row, Area]] = []
        for row in rows:
            if row["cluster"] in first:
                self.found.append(finding("name.duplicate", row.at("cluster"), name=row["cluster"]))
                continue
            first[row["cluster"]] = row
            area = self._area(row)
            if area is not None:
                areas.append((row, area))
        if len(self.found) == before:
            self._check_strata(areas, lonely)
        return tuple(area for _, area in areas)

    def _area(self, row: Row) -> Area | None:
        before = len(self.found)
        for column in ("cluster", "stratum"):
            if not row[column]:
                self._wrong(row, column, "the id of an area" if column == "cluster" else "the name of a stratum")
        places = self.mission.places.areas
        if row["pcode"] not in places:
            nearest = remedy(row["pcode"], places)
            self.found.append(finding("place.unknown", row.at("pcode"), pcode=row["pcode"], nearest=nearest))
        chance = row.number_in("chance", "a chance of being drawn, above 0 and up to 1", 0.0, 1.0, self.found)
        if chance == 0:
            self._wrong(row, "chance", "a chance of being drawn, above 0 and up to 1")
        clusters = None
        if row["clusters"]:
            expected = "a whole number of areas in the stratum, or empty where it is not known"
            clusters = row.number_in("clusters", expected, 1, _MOST, self.found, whole=True)
        listed = row.number_in(
            "households", "a whole number of households, 1 or more", 1, _MOST, self.found, whole=True
        )
        asked = row.number_in(
            "interviews",
            "a whole number of interviews, from 1 to the households listed there",
            1,
            listed or _MOST,
            self.found,
            whole=True,
        )
        if len(self.found) > before or chance is None or listed is None or asked is None:
            return None
        return Area(
            id=row["cluster"],
            stratum=row["stratum"],
            place=row["pcode"],
            chance=chance,
            clusters=int(clusters) if clusters is not None else None,
            households=int(listed),
            interviews=int(asked),
        )

    def _check_strata(self, areas: list[tuple[Row, Area]], lonely: Lonely) -> None:
        """Whether the areas of a stratum agree on how many it has, and whether they can show its variance."""
        drawn = Counter(area.stratum for _, area in areas)
        first: dict[str, Area] = {}
        for row, area in areas:
            known = first.setdefault(area.stratum, area)
            if area.clusters != known.clusters:
                told = known.clusters if known.clusters is not None else "empty"
                self._wrong(row, "clusters", f"what other areas of the stratum {area.stratum} have: {told}")
            elif area.clusters is not None and area.clusters < drawn[area.stratum]:
                self._wrong(row, "clusters", f"{drawn[area.stratum]} or more, the areas of the stratum in this file")
            elif drawn[area.stratum] == 1 and area.clusters != 1 and lonely is Lonely.FAIL:
                joined = "that of two areas or more; join it with another, or say in assessments.toml what to do"
                self._wrong(row, "stratum", f"{joined} with `lonely`")

    def _wrong(self, row: Row, column: str, expected: str) -> None:
        self.found.append(finding("csv.value", row.at(column), value=row[column], expected=expected))
