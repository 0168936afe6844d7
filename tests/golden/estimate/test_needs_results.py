"""The 147 rows of a published needs analysis (IMPACT analysistools 0.0.0.903, by srvyr and R survey) to 1e-9.

Its limits take Student's t with the degrees of freedom of the whole design, also within a domain; ours, the domain's.
So the standard error is compared, by the limits that it gives with theirs; limits of medians, which are answers, are
those of Woodruff on the plain scale.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import saphan.estimate as se
from saphan.estimate.survey.quantiles import QuantileInterval

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "needs"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no reference tables in {FOLDER}")
NUMBERS = ("income_v1_salaried_work", "expenditure_debt")
SEVERAL = "edu_learning_conditions_reasons_v1"


def rows(name: str) -> list[dict[str, str]]:
    """A table of the reference."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def survey() -> se.Survey:
    """The data set, every row with weight 1; answers of a select_multiple as columns of 0 and 1."""
    data = rows("analysistools_dataset.csv")
    columns: dict[str, object] = {"weight": np.ones(len(data))}
    for name in data[0]:
        texts = [row[name] for row in data]
        if name in NUMBERS:
            columns[name] = [float(text) if text not in ("", "NA") else None for text in texts]
        elif name.startswith(SEVERAL) and name != SEVERAL:
            told = [text not in ("", "NA") for text in texts]
            columns[name] = [
                float(text in ("1", "TRUE")) if one else None for text, one in zip(texts, told, strict=True)
            ]
        elif name in ("admin1", "wash_drinkingwatersource"):
            columns[name] = [text if text not in ("", "NA") else None for text in texts]
    return se.Survey(pa.table(columns), weight="weight")


@pytest.fixture(scope="module")
def found() -> Mapping[tuple[str, str, str], tuple[float, float, int]]:
    """Values, standard errors and n by kind, answer and domain."""
    of = survey()
    reasons = [name for name in of.names if name.startswith(f"{SEVERAL}") and name != SEVERAL]
    quantities = [se.share("admin1"), se.share("wash_drinkingwatersource"), se.ratio(*NUMBERS)]
    quantities += [se.mean(name) for name in (*NUMBERS, *reasons)]
    answers = {}
    for line in of.estimate(*quantities, by="admin1"):
        domain = str(line.domain.get("admin1") or "")
        answer = f"{line.quantity.column}={line.answer}" if line.answer is not None else line.quantity.column
        answers[str(line.quantity.kind), answer, domain] = (line.value, line.standard_error or 0.0, line.n)
    return answers


@pytest.mark.parametrize("kind", ["prop_select_one", "prop_select_multiple", "mean", "ratio"])
def test_linear_estimates(kind: str, found: Mapping[tuple[str, str, str], tuple[float, float, int]]) -> None:
    reach = stats.t.ppf(0.975, 99)
    wanted = [row for row in rows("analysistools_with_ratio_results_table.csv") if row["analysis_type"] == kind]
    assert len(wanted) == {"prop_select_one": 67, "prop_select_multiple": 60, "mean": 8, "ratio": 4}[kind]
    for row in wanted:
        name, answer = row["analysis_var"], row["analysis_var_value"]
        key = {
            "prop_select_one": ("share", f"{name}={answer}"),
            "prop_select_multiple": ("mean", f"{name}/{answer}"),
            "mean": ("mean", name),
            "ratio": ("ratio", NUMBERS[0]),
        }[kind]
        value, error, n = found[(*key, row["group_var_value"])]
        assert value == pytest.approx(float(row["stat"]), rel=1e-9), row["analysis_key"]
        assert value - reach * error == pytest.approx(float(row["stat_low"]), rel=1e-9, abs=1e-12), row["analysis_key"]
        assert value + reach * error == pytest.approx(float(row["stat_upp"]), rel=1e-9), row["analysis_key"]
        assert n == int(row["n_total"])


def test_medians() -> None:
    table = survey().quantiles(NUMBERS, (0.5,), by="admin1", interval=QuantileInterval.MEAN).to_pylist()
    ours = {(row["column"], row["admin1"] or ""): row for row in table}
    wanted = [row for row in rows("analysistools_with_ratio_results_table.csv") if row["analysis_type"] == "median"]
    assert len(wanted) == 8
    for row in wanted:
        one = ours[row["analysis_var"], row["group_var_value"]]
        for key, theirs in (("value", "stat"), ("low", "stat_low"), ("high", "stat_upp")):
            assert one[key] == pytest.approx(float(row[theirs]), rel=1e-9), (row["analysis_key"], key)
