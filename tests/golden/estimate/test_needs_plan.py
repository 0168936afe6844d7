"""The list of analyses of a published needs analysis, read as a plan and run: its 147 numbers, to 1e-9.

IMPACT analysistools 0.0.0.903, by srvyr and R survey. Every row of its list can be said in a plan. What a plan does not
have are the columns `numerator_NA_to_0` and `filter_denominator_0`: a ratio here leaves out who lacks either amount,
which gives the same numbers where nobody does. Of medians the values agree; their limits, which are on the scale of
the mean there and of Beta here, stand in `test_needs_results`, as does why errors and not limits are compared.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from scipy import stats

from saphan.analyse.indicators.plans.model import Finding as Number
from saphan.analyse.indicators.plans.reading import read
from saphan.analyse.indicators.plans.running import Assessment, run
from saphan.analyse.indicators.plans.wording import analysis_key
from saphan.core.problem import Finding
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.plan import Columns

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "needs"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no reference tables in {FOLDER}")
NUMBERS = ("income_v1_salaried_work", "expenditure_debt")
SEVERAL = "edu_learning_conditions_reasons_v1"
COLUMNS = {"admin1": False, "wash_drinkingwatersource": False, SEVERAL: False} | dict.fromkeys(NUMBERS, True)


def rows(name: str) -> list[dict[str, str]]:
    """A table of the reference."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def assessed() -> Assessment:
    """The data set as the frames of an assessment in which every household has the same weight."""
    data = rows("analysistools_dataset.csv")
    told = {name: [None if row[name] in ("", "NA") else row[name] for row in data] for name in COLUMNS}
    households = {"submission": [row["uuid"] for row in data]} | {
        name: [None if text is None else float(text) for text in texts]
        if name in NUMBERS
        else [None if text is None else text.split() for text in texts]
        if name == SEVERAL
        else texts
        for name, texts in told.items()
    }
    frames = {
        "household": pa.table(households),
        "sample": pa.table({"submission": households["submission"], "weight": [1.0] * len(data)}),
    }
    prefix = f"{SEVERAL}/"
    return Assessment(
        engine=DuckDB(frames),
        households="household",
        sample="sample",
        design=Columns(weight="weight"),
        columns_of={name: table.column_names for name, table in frames.items()},
        choices={SEVERAL: tuple(name.removeprefix(prefix) for name in data[0] if name.startswith(prefix))},
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Number]:
    """Our numbers by the key that the reference has for them."""
    wrong: list[Finding] = []
    lines = read("loa.csv", list(enumerate(rows("analysistools_loa.csv"), start=2)), {}, COLUMNS, wrong)
    assert not wrong
    numbers = run(assessed(), lines, {}, tmp_path_factory.mktemp("plan"))
    # A line by groups also has the whole, which another line of the list asks for: the same number.
    return {analysis_key(one, {SEVERAL}): one for one in numbers}


@pytest.mark.parametrize(
    ("kind", "many"),
    [("prop_select_one", 67), ("prop_select_multiple", 60), ("mean", 8), ("ratio", 4), ("median", 8)],
)
def test_the_plan_has_every_number_of_the_list(kind: str, many: int, found: Mapping[str, Number]) -> None:
    reach = float(stats.t.ppf(0.975, 99))
    wanted = [row for row in rows("analysistools_with_ratio_results_table.csv") if row["analysis_type"] == kind]
    assert len(wanted) == many
    for row in wanted:
        one = found[row["analysis_key"]]
        assert one.value == pytest.approx(float(row["stat"]), rel=1e-9, abs=1e-12), row["analysis_key"]
        assert one.n == int(row["n_total"])
        if kind != "median":
            error = one.standard_error or 0.0
            limits = (one.value - reach * error, one.value + reach * error)
            assert limits == pytest.approx((float(row["stat_low"]), float(row["stat_upp"])), rel=1e-9, abs=1e-12)
