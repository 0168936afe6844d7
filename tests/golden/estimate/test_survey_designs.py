"""Designs of pairs, two stages and lonely units against R `survey` 4.1.1; data invented, numbers by R beside them.

`designs/r-survey-4.1.1.json` holds coef and SE of svymean, svytotal and svyby; totals with lonely.psu = "adjust" are
left out, since R changed them after 4.1.1 (the centre is now the mean of all primary units, which is ours).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.csv
import pytest

import saphan.estimate as se
from saphan.estimate.survey import linear

DESIGNS = Path(__file__).parent / "designs"
CASES: dict[str, dict[str, list[float]]] = json.loads((DESIGNS / "r-survey-4.1.1.json").read_text())
COLUMNS: dict[str, dict[str, Any]] = {
    "pairs": {"strata": "stratum", "clusters": "psu"},
    "two-stages": {"strata": ("stratum", None), "clusters": ("psu", "ssu"), "population": ("N1", "N2")},
    "lonely": {"strata": "stratum", "clusters": "psu"},
}


@pytest.mark.parametrize("name", CASES)
def test_a_plan_agrees(name: str) -> None:
    design, lonely, asked = name.split(" | ")
    data = pyarrow.csv.read_csv(DESIGNS / f"{design}.csv")
    survey = se.Survey(data, weight="w", lonely=se.Lonely(lonely), **COLUMNS[design])
    kind, _, by = asked.partition(" by ")
    column = "b" if (design, asked) == ("pairs", "total by g") else "y"
    quantity = {"mean": se.mean, "total": se.total}[kind](column)
    lines = [line for line in survey.estimate(quantity, by=by or ()) if bool(line.domain) == bool(by)]
    assert [line.value for line in lines] == pytest.approx(CASES[name]["est"], rel=1e-9)
    assert [line.standard_error for line in lines] == pytest.approx(CASES[name]["se"], rel=1e-9)
    sample, rows = survey.rows(column, "g")
    estimator = {"mean": linear.mean, "total": linear.total}[kind]
    for line in lines:
        domain = rows["g"] == line.domain["g"] if by else None
        found = estimator(sample, rows[column], domain=domain)
        assert line.standard_error == pytest.approx(found.standard_error[0], rel=1e-10)
