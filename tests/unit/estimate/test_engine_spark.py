"""Spark does what DuckDB does: the same bits, sums beyond 64 bits, no value passed over in silence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.survey_data import BINARY, CONTINUOUS, write_survey
from pyspark.sql import SparkSession
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.engines.spark import Spark
from saphan.estimate.engines.whole import joined, parts, rounded
from saphan.estimate.survey.plan import mean, share, total
from saphan.estimate.survey.survey import Results, Survey

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "move-to-spark.md"
COLUMNS = [*(f"b{place + 1}" for place in range(BINARY)), *(f"x{place + 1}" for place in range(CONTINUOUS))]


def sums(engine: Engine, values: str) -> pa.ChunkedArray:
    """The exact sums of a column by `g`, as a plan asks for them."""
    whole = exp.cast(exp.column(values, quoted=True), "bigint")
    query = exp.select("g", exp.Sum(this=whole).as_("s")).from_("survey").group_by("g")
    return engine.sums(query.sql(dialect=engine.dialect)).sort_by("g").column("s")


def numbers(results: Results) -> np.ndarray:
    return np.array([[one.value, one.standard_error, one.low, one.high, one.degrees, one.n] for one in results])


def test_sums_beyond_64_bits_are_exact_and_round_alike(spark: SparkSession) -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(2000), 20)
    shift = 2.0 ** rng.integers(0, 10, 2000)[group]  # sums of either sign, on both sides of 2^64
    values = np.floor(rng.uniform(-1, 1, group.size) * 2**62 / shift) + 2.0**61 * (group % 2)
    table = pa.table({"g": group, "v": values, "missing": pa.array([None] * group.size, pa.float64())})
    on_spark = sums(Spark({"survey": table}, session=spark), "v")
    on_duckdb = sums(DuckDB({"survey": table}), "v")
    exact = [sum(int(one) for one in values[group == place]) for place in range(2000)]
    assert max(abs(one) for one in exact) > 2**64
    assert [int(one) for one in on_spark.to_pylist()] == exact
    assert [int(one) for one in on_duckdb.to_pylist()] == exact
    assert np.allclose(rounded(*joined(*parts(on_spark))), np.array(exact, dtype=float), rtol=2**-52, atol=0)
    assert sums(Spark({"survey": table}, session=spark), "missing").null_count == 2000


@pytest.mark.slow
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2.0**64])
def test_what_is_no_whole_number_is_refused_in_words(spark: SparkSession, value: float) -> None:
    table = pa.table({"g": [1, 1, 2], "v": [1.0, value, 1.0]})
    with pytest.raises(ValueError, match="a value cannot be used"):
        sums(Spark({"survey": table}, session=spark), "v")


@pytest.mark.slow
def test_decimals_of_a_warehouse_are_numbers(spark: SparkSession) -> None:
    rng = np.random.default_rng(5)
    table = pa.table({"weight": np.round(rng.uniform(1, 9, 500), 3), "money": np.round(rng.normal(0, 100, 500), 2)})
    decimals = table.cast(pa.schema([("weight", pa.decimal128(10, 3)), ("money", pa.decimal128(12, 2))]))
    found = [
        numbers(Survey(Spark({"survey": one}, session=spark), weight="weight").estimate(mean("money"), total("money")))
        for one in (table, decimals)
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@pytest.mark.slow
def test_engines_of_one_session_keep_their_tables_apart(spark: SparkSession) -> None:
    first, second = (
        Spark({"survey": pa.table({"v": [value], "word": ["{a}"]})}, session=spark) for value in (1.0, 2.0)
    )
    assert [one.run('SELECT v, "{b}" AS b FROM survey').to_pylist() for one in (first, second)] == [
        [{"v": 1.0, "b": "{b}"}],
        [{"v": 2.0, "b": "{b}"}],
    ]


@pytest.mark.slow
def test_a_session_that_hides_overflow_is_refused(spark: SparkSession) -> None:
    lax = spark.newSession()
    lax.conf.set("spark.sql.ansi.enabled", "false")
    with pytest.raises(ValueError, match=re.escape("spark.sql.ansi.enabled = false")):
        Spark({}, session=lax)


@pytest.mark.slow
def test_two_thousand_estimates_have_the_bits_of_duckdb(spark: SparkSession, tmp_path: Path) -> None:
    path = write_survey(tmp_path / "survey.parquet", 200_000)
    quantities = [kind(column) for column in COLUMNS for kind in (mean, total)]
    engines = (
        DuckDB({"survey": path}),
        Spark({"survey": path}, session=spark),
        Spark({"survey": spark.read.parquet(str(path)).repartition(7)}, session=spark),
    )
    found = [
        numbers(
            Survey(engine, weight="weight", strata="stratum", clusters="unit", population="units_in_stratum").estimate(
                *quantities, by="domain"
            )
        )
        for engine in engines
    ]
    assert found[0].shape == (2_000 + 40, 6)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


@pytest.mark.slow
def test_shares_in_several_groupings_have_the_bits_of_duckdb(spark: SparkSession, tmp_path: Path) -> None:
    path = write_survey(tmp_path / "survey.parquet", 50_000)
    found = [
        numbers(
            Survey(engine, weight="weight", strata="stratum", clusters="unit").estimate(
                share("level"), share("sex"), mean("s1"), total("s2"), by=("sex", ("age", "sex"), "nationality")
            )
        )
        for engine in (DuckDB({"survey": path}), Spark({"survey": path}, session=spark))
    ]
    assert np.array_equal(*found, equal_nan=True)


@pytest.mark.slow
def test_the_page_on_moving_to_spark_does_what_it_says(spark: SparkSession, tmp_path: Path) -> None:
    write_survey(tmp_path / "survey.parquet", 5_000)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    told: dict[str, object] = {}
    exec(code.replace("survey.parquet", str(tmp_path / "survey.parquet")), told)
    assert told["table"].num_rows == 51 * 2  # type: ignore[attr-defined]
    assert told["table"] == told["same"]


@pytest.mark.slow
def test_unsigned_numbers_are_numbers(spark: SparkSession) -> None:
    table = pa.table({"state": pa.array([0, 4, None], pa.uint8()), "code": pa.array([2**32 - 1, 0, 1], pa.uint32())})
    rows = Spark({"survey": table}, session=spark).run("SELECT * FROM survey").to_pylist()
    assert rows == table.to_pylist()
