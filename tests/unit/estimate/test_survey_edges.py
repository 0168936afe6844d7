"""What users give that is at the edge of what a survey takes: small margins, one answer alone, labels of any kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.plan import Quantity, count, mean, ratio, share, total
from saphan.estimate.survey.survey import Survey

ROWS = np.arange(60)
COLUMNS = {
    "weight": np.where(ROWS < 30, 10.0, 5.0),
    "stratum": np.where(ROWS < 30, "a", "b"),
    "group": np.array(["x", "y", "z"])[ROWS % 3],
    "earned": (ROWS * 37 % 101).astype(float),
}


def survey(**columns: object) -> Survey:
    return Survey(pa.table(COLUMNS | columns), weight="weight", strata="stratum")


@pytest.mark.parametrize("residual", list(Residual))
@pytest.mark.parametrize("scale", [1e-200, 1e-3, 1.0])
def test_margins_may_be_shares_and_weights_of_any_size(residual: Residual, scale: float) -> None:
    shares: dict[object, float] = {"x": 0.3, "y": 0.3, "z": 0.4}
    wanted: dict[object, float] = {answer: one * 450.0 for answer, one in shares.items()}
    plain = survey().estimate(mean("earned"), margins={"group": wanted}, residual=residual)
    small = survey(weight=COLUMNS["weight"] * scale)
    other = small.estimate(mean("earned"), margins={"group": shares}, residual=residual)
    for line, same in zip(plain, other, strict=True):
        assert same.value == pytest.approx(line.value, rel=1e-12)
        assert same.standard_error == pytest.approx(line.standard_error, rel=1e-9)


def test_a_missing_answer_may_have_a_margin() -> None:
    group = pa.array([None] * 10 + ["x"] * 50)
    found = survey(group=group).estimate(count(), by="group", margins={"group": {"x": 350.0, None: 90.0}})
    assert [line.value for line in found] == pytest.approx([440.0, 350.0, 90.0], rel=1e-12)


def test_shares_that_margins_hold_have_no_width() -> None:
    group = np.where(ROWS % 2 == 0, "it", "other")
    found = survey(group=group).estimate(share("group"), margins={"group": {"it": 100.0, "other": 350.0}})
    for line in found:
        assert (line.low, line.high) == pytest.approx((line.value, line.value), rel=1e-12)


def test_margins_without_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="margins hold no column"):
        survey().estimate(count(), margins={})


def test_one_answer_alone_is_one_answer_and_not_its_letters() -> None:
    refused = np.where(ROWS % 3 == 0, "refused", COLUMNS["stratum"])
    asked = survey(state=refused)
    alone = asked.estimate(share("state", answers="a", aside="refused"))
    assert [(line.answer, line.n) for line in alone] == [("a", 40)]
    listed = asked.estimate(share("state", answers=["a"], aside=["refused"]))
    assert alone.table() == listed.table()


def test_a_day_alone_is_an_answer() -> None:
    days = pa.array([date(2024, 1, 1 + int(row) % 2) for row in ROWS])
    (line,) = survey(day=days).estimate(mean("earned", among={"day": date(2024, 1, 1)}))
    assert line.n == 30


def test_a_number_of_numpy_alone_is_an_answer() -> None:
    (line,) = survey(code=ROWS % 2).estimate(mean("earned", among={"code": np.int64(1)}))  # type: ignore[dict-item]
    assert line.n == 30


@pytest.mark.parametrize(
    "ask",
    [
        lambda: share("group", answers=[]),
        lambda: share("group", answers=["x"], aside=["x"]),
        lambda: mean("*"),
        lambda: ratio("earned", "*"),
    ],
)
def test_a_quantity_that_could_have_no_line_is_refused(ask: Callable[[], Quantity]) -> None:
    with pytest.raises(ValueError, match=r"no answer of group is left|every row"):
        ask()


def test_a_grouping_named_twice_is_estimated_once() -> None:
    once = survey().estimate(mean("earned"), by="group")
    assert survey().estimate(mean("earned"), by=["group", (), "group"]).table() == once.table()


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (pa.array([date(2024, 1, 1 + int(row) % 2) for row in ROWS]), ["2024-01-01", "2024-01-02"]),
        (1_000_000_000 + ROWS % 2, ["1000000000", "1000000001"]),
        (ROWS % 2 + 0.5, ["0.5", "1.5"]),
    ],
)
def test_domains_of_quantiles_keep_their_labels(labels: object, told: list[str]) -> None:
    found = survey(group=labels).quantiles("earned", [0.5], by="group")
    assert found.column("group").to_pylist() == [None, *told]


def test_a_domain_in_which_all_weights_are_0_has_no_quantile() -> None:
    found = survey(weight=np.where(ROWS % 3 == 0, 0.0, 10.0)).quantiles("earned", [0.5], by="group")
    assert found.column("group").to_pylist() == [None, "y", "z"]


def test_a_table_without_rows_or_with_a_name_twice_is_refused() -> None:
    empty = Survey(pa.table(COLUMNS).slice(0, 0), weight="weight", strata="stratum")
    with pytest.raises(ValueError, match="no rows"):
        empty.rows("earned")
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0]), pa.array([3.0])], names=["weight", "y", "y"])
    with pytest.raises(ValueError, match="several columns named y"):
        Survey(twice, weight="weight")


@pytest.mark.parametrize("unit", [1e-300, 1e308])
def test_numbers_that_cannot_be_added_exactly_are_refused(unit: float) -> None:
    with pytest.raises(ValueError, match="take another unit"):
        survey(earned=np.full(60, unit)).estimate(total("earned"))


@pytest.mark.parametrize("name", ["s", "g", "y"])
def test_nan_in_a_file_is_not_an_answer(tmp_path: Path, name: str) -> None:
    columns = {"w": [1.0] * 4, "s": [1.0, 1.0, 2.0, 2.0], "g": [1.0, 1.0, 2.0, 2.0], "y": [1.0, 2.0, 3.0, 4.0]}
    columns[name] = [float("nan"), *columns[name][1:]]
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    survey = Survey(tmp_path / "a.parquet", weight="w", strata="s")
    with pytest.raises(ValueError, match="NaN"):
        survey.estimate(mean("y"), share("g"), by="g")


def test_without_degrees_of_freedom_there_is_no_interval() -> None:
    table = pa.table(
        {"w": [1.0] * 6, "c": [1, 1, 2, 2, 3, 3], "y": [1.0, 2.0, 3.0, 4.0, 5.0, 7.0], "a": list("xyxyxy")}
    )
    survey = Survey(table, weight="w", clusters="c")
    for line in survey.estimate(mean("y"), by="c"):
        assert (line.low is None) == bool(line.domain)
