"""Food security against others' numbers: WFP's example data with their results, and the cells of IMPACT's matrices.

The tables are outputs of the World Food Programme's scripts (RAMResourcesScripts, 2026-01) on its example data. Each
row goes through the compiled query; only column and choice names are put into ours first.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.model import Cell
from saphan.analyse.indicators.needs.phases import household
from saphan.collect.forms.concepts import CONCEPTS
from saphan.estimate.engines.duckdb import DuckDB

Row = Mapping[str, str]

DAYS = {
    "FCSStap": "food_days_cereals",
    "FCSPulse": "food_days_pulses",
    "FCSDairy": "food_days_dairy",
    "FCSPr": "food_days_protein",
    "FCSVeg": "food_days_vegetables",
    "FCSFruit": "food_days_fruit",
    "FCSFat": "food_days_oil",
    "FCSSugar": "food_days_sugar",
}
COPING_DAYS = {
    "rCSILessQlty": "coping_days_less_preferred",
    "rCSIBorrow": "coping_days_borrowed",
    "rCSIMealNb": "coping_days_fewer_meals",
    "rCSIMealSize": "coping_days_smaller_portions",
    "rCSIMealAdult": "coping_days_adults_restricted",
}
STRATEGIES = {
    "stress_DomAsset": "stress_1",
    "stress_Utilities": "stress_2",
    "stress_Saving": "stress_3",
    "stress_BorrowCash": "stress_4",
    "crisis_ProdAssets": "crisis_1",
    "crisis_Health": "crisis_2",
    "crisis_OutSchool": "crisis_3",
    "em_ResAsset": "emergency_1",
    "em_Begged": "emergency_2",
    "em_IllegalAct": "emergency_3",
}
CODES = {"10": "no-need", "20": "exhausted", "30": "yes", "9999": "not-applicable", "999": "dont-know"}
REASONS = {
    "1": "food",
    "2": "rent",
    "3": "education",
    "4": "health",
    "5": "household-items",
    "6": "water-sanitation",
    "7": "dwelling-services",
    "8": "debt",
    "999": "other",
}
REDUCED_PHASES = {
    "rCSI [0–3] - IPC Phase 1": "low",
    "rCSI [0–3]  - IPC Phase 1": "low",
    "rCSI [4–18] - IPC Phase 2": "medium",
    "rCSI [≥19] - IPC Phase 3–5": "high",
    "rCSI [19–42] - IPC Phase 3": "high",
}
BEHAVIOUR = {
    "Household did not apply coping strategies": "none",
    "Household applied stress coping strategies": "stress",
    "Household applied crisis coping strategies": "crisis",
    "Household applied emergency coping strategies": "emergency",
}
LIVELIHOOD_PHASES = {
    "LCSI [none] - IPC Phase 1": "none",
    "LCSI [stress] - IPC Phase 2": "stress",
    "LCSI [crisis] - IPC Phase 3": "crisis",
    "LCSI [emergency] - IPC Phase 4-5": "emergency",
}
POINTS = {"stress": 2, "crisis": 3, "emergency": 4}  # what the scripts give a grade that was used, else 0


def read(shared_data: Path, name: str) -> list[Row]:
    """The rows of a table, of which there must be some."""
    with (shared_data / "needs" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows: list[Row] = list(csv.DictReader(file))
    assert rows
    return rows


def values(name: str, answers: Sequence[Mapping[str, Cell]]) -> list[object]:
    """What a definition makes of rows of answers, on the default engine."""
    indicator = NEEDS[name]
    columns = {
        concept: pa.array([row.get(concept) for row in answers], _type(CONCEPTS[concept].types))
        for concept in indicator.reads
    }
    table = pa.table({"place": pa.array(range(len(answers)), pa.int64()), **columns})
    query = select(Derived(frame="households", columns={"value": indicator.value}, keep=("place",)))
    engine = DuckDB({"households": table})
    made: list[object] = engine.run(query.sql(dialect=engine.dialect)).sort_by("place").column("value").to_pylist()
    return made


def _type(types: Sequence[str]) -> pa.DataType:
    if "integer" in types:
        return pa.int64()
    return pa.list_(pa.string()) if "select_multiple" in types else pa.string()


def days(rows: Sequence[Row], names: Mapping[str, str]) -> list[dict[str, Cell]]:
    return [{ours: int(row[theirs]) for theirs, ours in names.items()} for row in rows]


def strategies(rows: Sequence[Row], theirs: str, ours: str) -> list[dict[str, Cell]]:
    return [{f"{ours}_{to}": CODES[row[f"{theirs}_{of}"]] for of, to in STRATEGIES.items()} for row in rows]


@pytest.mark.parametrize("profile", ["wfp-2025", "impact-2025"])
@pytest.mark.parametrize(
    ("table", "column", "group"),
    [
        ("fcs_low", "FCSCat21", "food-consumption-group"),
        ("fcs_high", "FCSCat28", "food-consumption-group-high"),
    ],
)
def test_food_consumption(shared_data: Path, table: str, column: str, group: str, profile: str) -> None:
    rows = read(shared_data, table)
    answers = days(rows, DAYS)
    assert values(f"food-consumption-score@{profile}", answers) == [float(row["FCS"]) for row in rows]
    assert values(f"{group}@{profile}", answers) == [row[column].lower() for row in rows]


@pytest.mark.parametrize("profile", ["wfp-2025", "impact-2025"])
def test_reduced_coping(shared_data: Path, profile: str) -> None:
    rows = read(shared_data, "rcsi")
    answers = days(rows, COPING_DAYS)
    assert values(f"reduced-coping-strategies-index@{profile}", answers) == [int(row["rCSI"]) for row in rows]
    groups = [REDUCED_PHASES[row["rCSI_IPC"]] for row in rows]
    assert values(f"reduced-coping-strategies-group@{profile}", answers) == groups


def test_reduced_coping_with_a_fourth_phase(shared_data: Path) -> None:
    rows = read(shared_data, "rcsi")
    groups = [REDUCED_PHASES[row["rCSI_IPC_HighValues"]] for row in rows]
    assert values("reduced-coping-strategies-group-four@wfp-2025", days(rows, COPING_DAYS)) == groups


def test_livelihood_coping_for_food(shared_data: Path) -> None:
    rows = read(shared_data, "lcs_fs")
    answers = strategies(rows, "Lcs", "livelihood_coping_food")
    worst = values("livelihood-coping-food@wfp-2025", answers)
    assert worst == [BEHAVIOUR[row["Max_coping_behaviourFS"]] for row in rows]
    assert worst == [LIVELIHOOD_PHASES[row["Max_coping_behaviourFS_IPC"]] for row in rows]
    # The one unknown answer of the table, a 999, stands beside an emergency, so IMPACT's stricter rule agrees.
    assert values("livelihood-coping-food@impact-2025", answers) == worst
    for grade, points in POINTS.items():
        theirs = [int(row[f"{grade.capitalize()}_coping_FS"]) // points for row in rows]
        assert values(f"livelihood-coping-food-{grade}@wfp-2025", answers) == theirs, grade


def test_livelihood_coping_for_essential_needs(shared_data: Path) -> None:
    rows = read(shared_data, "lcs_en")
    answers = strategies(rows, "LcsEN", "livelihood_coping_needs")
    for given, row in zip(answers, rows, strict=True):
        given["livelihood_coping_needs_reasons"] = [
            reason for number, reason in REASONS.items() if row[f"LhCSIEnAccess.{number}"] == "1"
        ]
    worst = values("livelihood-coping-needs@wfp-2025", answers)
    assert worst == [BEHAVIOUR[row["Max_coping_behaviourEN"]] for row in rows]
    for_food = values("livelihood-coping-food-from-needs@wfp-2025", answers)
    assert for_food == [BEHAVIOUR[row["Max_coping_behaviourFS"]] for row in rows]
    assert for_food == [LIVELIHOOD_PHASES[row["Max_coping_behaviourFS_IPC"]] for row in rows]
    for grade, points in POINTS.items():
        theirs = [int(row[f"{grade.capitalize()}_coping_EN"]) // points for row in rows]
        assert values(f"livelihood-coping-needs-{grade}@wfp-2025", answers) == theirs, grade


# impactR4PHU 0.1.0, R/add_fcm_phase.R, written out: a row for each level of reduced coping and, within it, of food
# consumption (acceptable, borderline, poor), a digit for each level of hunger.
MATRIX = (
    ("12233", "12334", "22344"),
    ("22233", "22334", "23345"),
    ("22334", "23344", "33345"),
)
DIGITS = "".join(row for rows in MATRIX for row in rows)
# R/add_fclcm_phase.R: a row for each phase of food consumption, a digit for no coping, stress, crisis, emergency.
LIVELIHOOD_MATRIX = ("1123", "2233", "3334", "4444", "5555")


@pytest.mark.parametrize("by_diversity", [False, True])
def test_every_cell_of_the_food_consumption_matrix(by_diversity: bool) -> None:
    cells = list(itertools.product(range(3), range(3), range(5)))  # coping, consumption, hunger
    assert len(cells) == len(DIGITS)
    answers = [household(eaten, coping, hunger, by_diversity=by_diversity) for coping, eaten, hunger in cells]
    name = "food-consumption-phase-by-diversity" if by_diversity else "food-consumption-phase"
    assert values(f"{name}@impact-2025", answers) == [f"phase-{digit}" for digit in DIGITS]


def test_every_cell_of_the_livelihood_coping_matrix() -> None:
    cells = list(itertools.product(range(3), range(3), range(5)))
    grades = ("none", "stress", "crisis", "emergency")
    answers = [household(eaten, coping, hunger, grade) for coping, eaten, hunger in cells for grade in grades]
    wanted = [f"phase-{made}" for digit in DIGITS for made in LIVELIHOOD_MATRIX[int(digit) - 1]]
    assert values("food-consumption-and-livelihood-phase@impact-2025", answers) == wanted
