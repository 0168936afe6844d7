"""Plans on every engine: the numbers of rows in memory, the same bits on any threads, clear words for bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.calibration import Residual, rake
from saphan.estimate.survey.design import Lonely, SamplingBasis
from saphan.estimate.survey.linear import mean as mean_of
from saphan.estimate.survey.linear import ratio as ratio_of
from saphan.estimate.survey.linear import total as total_of
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.plan import mean, ratio, share, total
from saphan.estimate.survey.proportions import proportion
from saphan.estimate.survey.quantiles import quantiles
from saphan.estimate.survey.survey import Survey

ROWS = 4000
On = Callable[[pa.Table], Engine]


def people(*, lonely: bool = False) -> pa.Table:
    """Two stages in 6 strata, values with gaps, answers with a don't know."""
    rng = np.random.default_rng(7)
    unit = rng.integers(0, 30, ROWS)
    stratum = unit % 6
    if lonely:
        stratum = np.where(unit == 29, 6, stratum)
    household = rng.integers(0, 8, ROWS)
    size = np.round(np.exp(rng.normal(2 + 0.2 * (unit % 5), 0.7)), 2)
    return pa.table(
        {
            "stratum": stratum,
            "unit": unit,
            "household": unit * 100 + household,
            "units": np.full(ROWS, 40),
            "households": np.full(ROWS, 50),
            "weight": rng.uniform(1, 9, ROWS),
            "size": pa.array(size, mask=rng.uniform(size=ROWS) < 0.1),
            "rooms": rng.integers(1, 5, ROWS),
            "answer": pa.array(rng.choice(["yes", "no", "dont-know"], ROWS), mask=rng.uniform(size=ROWS) < 0.2),
            "place": pa.array(rng.choice(["north", "south", "east"], ROWS), mask=rng.uniform(size=ROWS) < 0.05),
            "sex": rng.integers(0, 2, ROWS),
        }
    )


DESIGNS = {
    "one stage": {"strata": "stratum", "clusters": "unit"},
    "one stage of a known population": {"strata": "stratum", "clusters": "unit", "population": "units"},
    "two stages": {
        "strata": ("stratum", None),
        "clusters": ("unit", "household"),
        "population": ("units", "households"),
    },
    "rows in strata": {"strata": "stratum"},
    "rows": {},
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_plan_gives_what_rows_in_memory_give(on: On, name: str) -> None:
    survey = Survey(on(people()), weight="weight", **DESIGNS[name])
    sample, data = survey.rows("size", "rooms", "answer", "place", "sex")
    quantities = (mean("size"), total("size"), ratio("size", "rooms"), share("answer", aside=("dont-know",)))
    told = np.array([one is not None and one != "dont-know" for one in data["answer"]])
    yes = np.where(told, (data["answer"] == "yes").astype(float), np.nan)
    lines = list(survey.estimate(*quantities, by=("place", ("place", "sex"))))
    assert len(lines) == (1 + 4 + 8) * 5
    estimators = {
        "mean size": (mean_of, data["size"]),
        "total size": (total_of, data["size"]),
        "ratio size/rooms": (ratio_of, data["size"], data["rooms"]),
        "share answer=yes": (mean_of, yes),
        "share answer=no": (mean_of, 1 - yes),
    }
    for line in lines:
        domain = np.ones(ROWS, dtype=bool)
        for key, value in line.domain.items():
            domain &= np.array([one is value if value is None else one == value for one in data[key]])
        estimator, *values = estimators[line.name]
        expected = estimator(sample, *values, domain=domain)
        assert line.value == pytest.approx(expected.value[0], rel=1e-12)
        assert line.standard_error == pytest.approx(expected.standard_error[0], rel=1e-10)
        assert line.n == expected.n[0]
        assert line.degrees == expected.degrees[0]


@pytest.mark.parametrize("lonely", [Lonely.CERTAINTY, Lonely.REMOVE, Lonely.ADJUST, Lonely.AVERAGE])
def test_lonely_units_mean_the_same_on_an_engine(on: On, lonely: Lonely) -> None:
    survey = Survey(on(people(lonely=True)), weight="weight", strata="stratum", clusters="unit", lonely=lonely)
    sample, data = survey.rows("size", "place")
    for line in survey.estimate(mean("size"), by="place"):
        place = line.domain.get("place")
        domain = np.array([one == place for one in data["place"]]) if line.domain else np.ones(ROWS, dtype=bool)
        assert line.standard_error == pytest.approx(
            mean_of(sample, data["size"], domain=domain).standard_error[0], rel=1e-10
        )


def test_a_lonely_unit_is_a_choice(on: On) -> None:
    survey = Survey(on(people(lonely=True)), weight="weight", strata="stratum", clusters="unit")
    with pytest.raises(ValueError, match="choose what that means"):
        list(survey.estimate(mean("size")))


def test_the_same_bits_on_any_number_of_threads(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = 300_000
    table = pa.table(
        {"unit": rng.integers(0, 50, rows), "weight": rng.uniform(1, 99, rows), "size": np.exp(rng.normal(3, 2, rows))}
    )
    pq.write_table(table, tmp_path / "survey.parquet", row_group_size=10_000)
    shuffled = table.take(pa.array(rng.permutation(rows)))
    found = set()
    for data in (
        DuckDB({"survey": tmp_path / "survey.parquet"}, threads=1),
        DuckDB({"survey": tmp_path / "survey.parquet"}, threads=4),
        DuckDB({"survey": shuffled}, threads=2),
    ):
        lines = list(Survey(data, weight="weight", clusters="unit").estimate(mean("size"), total("size")))
        found.add(tuple((line.value, line.standard_error) for line in lines))
    assert len(found) == 1


def test_differences_between_domains_know_their_covariance(on: On) -> None:
    survey = Survey(on(people()), weight="weight", strata="stratum", clusters="unit")
    sample, data = survey.rows("size", "place")
    found = survey.estimate(mean("size"), by="place").difference(mean("size"), {"place": "north"}, {"place": "south"})
    influence = np.zeros((ROWS, 2))
    for column, place in enumerate(("north", "south")):
        domain = np.array([one == place for one in data["place"]]) & np.isfinite(data["size"])
        whole = sample.weight[domain].sum()
        centre = sample.weight[domain] @ data["size"][domain] / whole
        influence[domain, column] = (data["size"][domain] - centre) / whole
    assert found.standard_error[0] == pytest.approx(
        np.sqrt(np.array([1, -1]) @ sample.covariance(influence) @ np.array([1, -1])), rel=1e-9
    )


def test_a_sample_of_convenience_is_indicative(on: On) -> None:
    survey = Survey(on(people()), weight="weight", clusters="unit", basis=SamplingBasis.CONVENIENCE)
    (line,) = survey.estimate(mean("size"))
    assert (line.method, line.standard_error, line.low, line.high) == ("indicative (convenience)", None, None, None)


def test_a_domain_without_answers_has_no_value(on: On) -> None:
    table = people().set_column(6, "size", pa.array([None] * ROWS, pa.float64()))
    (line,) = Survey(on(table), weight="weight", clusters="unit").estimate(mean("size"))
    assert np.isnan(line.value)
    assert (line.n, line.standard_error) == (0, None)


def test_decimals_are_numbers() -> None:
    table = people()
    place = table.schema.get_field_index("size")
    exact = table.set_column(place, "size", table.column(place).cast(pa.decimal128(12, 2)))
    asked = {"weight": "weight", "strata": "stratum", "clusters": "unit"}
    (line,), (other,) = (Survey(one, **asked).estimate(mean("size")) for one in (table, exact))
    assert other.value == pytest.approx(line.value, rel=1e-12)
    assert Survey(exact, **asked).quantiles("size").column("value").to_pylist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": np.where(np.arange(ROWS) == 3, -1.0, 1.0)}, "missing or negative"),
        ({"weight": pa.array([None] + [1.0] * (ROWS - 1))}, "missing or negative"),
        ({"size": np.where(np.arange(ROWS) == 3, np.inf, 1.0)}, "NaN or infinity"),
        ({"size": np.array(["much"] * ROWS)}, "holds text"),
        ({"units": np.arange(ROWS) + 40}, "population"),
        ({"units": np.full(ROWS, 3)}, "holds 3 units"),
        ({"unit": pa.array([None] + [1] * (ROWS - 1))}, "sampling units lack their"),
    ],
)
def test_bad_input_is_refused_in_words(on: On, change: dict[str, object], message: str) -> None:
    table = people()
    for name, values in change.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
    with pytest.raises(ValueError, match=message):
        list(
            Survey(on(table), weight="weight", strata="stratum", clusters="unit", population="units").estimate(
                mean("size")
            )
        )


def test_a_column_that_is_not_there_is_named(on: On) -> None:
    with pytest.raises(ValueError, match="no column age; it has stratum"):
        Survey(on(people()), weight="weight").estimate(mean("age"))
    with pytest.raises(ValueError, match="no rows"):
        Survey(on(people().slice(0, 0)), weight="weight").estimate(mean("size"))


@pytest.mark.parametrize("residual", list(Residual))
@pytest.mark.parametrize("name", DESIGNS)
def test_a_raked_plan_gives_what_raked_rows_give(on: On, name: str, residual: Residual) -> None:
    table = people()
    table = table.set_column(9, "place", pa.array([one or "nowhere" for one in table.column("place").to_pylist()]))
    survey = Survey(on(table), weight="weight", **DESIGNS[name])
    sample, data = survey.rows("size", "rooms", "place", "sex")
    margins = {
        "place": {"north": 7000.0, "south": 6500.0, "east": 6000.0, "nowhere": 500.0},
        "sex": {0: 9000.0, 1: 11000.0},
    }
    of = [
        Margin(
            name=column, of=data[column].astype(str), classes=classes, total=np.array(list(margins[column].values()))
        )
        for column, classes in (("place", ("north", "south", "east", "nowhere")), ("sex", ("0.0", "1.0")))
    ]
    raked = rake(sample, of, residual=residual).sample
    found = survey.estimate(
        mean("size"), ratio("size", "rooms"), total("size"), by="sex", margins=margins, residual=residual
    )
    for line in found:
        domain = data["sex"] == line.domain["sex"] if line.domain else np.ones(ROWS, dtype=bool)
        estimator, *values = {
            "mean size": (mean_of, data["size"]),
            "ratio size/rooms": (ratio_of, data["size"], data["rooms"]),
            "total size": (total_of, data["size"]),
        }[line.name]
        expected = estimator(raked, *values, domain=domain)
        assert line.value == pytest.approx(expected.value[0], rel=1e-10)
        assert line.standard_error == pytest.approx(expected.standard_error[0], rel=1e-9)


def test_margins_that_cannot_be_met_are_refused(on: On) -> None:
    survey = Survey(on(people()), weight="weight", clusters="unit")
    for margins, message in (
        ({"sex": {0: 1.0}}, "no total"),
        ({"sex": {0: 1.0, 1: 2.0, 2: 3.0}}, "nobody in the sample"),
        ({"sex": {0: 1.0, 1: 2.0}, "rooms": {1: 1.0, 2: 1.0, 3: 1.0, 4: 9.0}}, "contradict"),
    ):
        with pytest.raises(ValueError, match=message):
            survey.estimate(mean("size"), margins=margins)


def test_quantiles_by_domain_are_those_of_the_domain(on: On) -> None:
    survey = Survey(on(people()), weight="weight", strata="stratum", clusters="unit")
    sample, data = survey.rows("size", "rooms", "place")
    rows = survey.quantiles(("size", "rooms"), (0.5, 0.9), by="place").to_pylist()
    assert len(rows) == 2 * 2 * (1 + 3)  # the whole and three places: who told none is in the whole only
    for row in rows:
        domain = np.array([row["place"] is None or str(one) == row["place"] for one in data["place"]])
        expected = quantiles(sample, data[row["column"]], (row["probability"],), domain=domain)
        for key in ("value", "low", "high", "standard_error"):
            assert row[key] == pytest.approx(float(getattr(expected, key)[0]), rel=1e-12), (row, key)
        assert (row["n"], row["degrees"]) == (expected.n, expected.degrees)


def test_replicated_units_are_replicated_estimates(on: On) -> None:
    survey = Survey(on(people()), weight="weight", strata="stratum", clusters="unit")
    sample, data = survey.rows("size", "place")
    found = survey.estimate(mean("size"), by="place")
    grouping = found.groupings[1]
    factor = np.random.default_rng(3).integers(0, 3, (5, sample.units.count)).astype(float)
    for place, (label,) in enumerate(grouping.sums.domains):
        answer = grouping.replicated(factor, place)
        for replicate in range(5):
            weight = sample.weight * factor[replicate, sample.unit]
            inside = np.array([one == label for one in data["place"]]) & np.isfinite(data["size"])
            value = weight[inside] @ data["size"][inside] / weight[inside].sum()
            assert answer[replicate, 0] == pytest.approx(value, rel=1e-12)


def test_shares_have_the_intervals_of_proportions_and_their_verdict(on: On) -> None:
    survey = Survey(on(people()), weight="weight", strata="stratum", clusters="unit")
    sample, data = survey.rows("answer", "place")
    told = np.array([one is not None for one in data["answer"]])
    for line in survey.estimate(share("answer"), by="place"):
        place = line.domain.get("place")
        domain = np.array([one == place for one in data["place"]]) if line.domain else np.ones(ROWS, dtype=bool)
        values = np.where(told, (data["answer"] == line.answer).astype(float), np.nan)
        expected = proportion(sample, values, domain=domain)
        assert (line.low, line.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
        assert line.reliability == expected.reliability


def test_a_share_of_too_few_has_no_interval(on: On) -> None:
    table = people().slice(0, 20)
    line = next(iter(Survey(on(table), weight="weight").estimate(share("answer"))))
    assert (line.low, line.high) == (None, None)
    assert line.reliability is not None
    assert "fewer than 30" in line.reliability.reasons[0]


def test_options_may_be_text_and_typing_errors_are_refused() -> None:
    asked = {"weight": "weight", "strata": "stratum", "clusters": "unit"}
    by_text, by_member = (
        [line.standard_error for line in Survey(people(lonely=True), **asked, lonely=lonely).estimate(mean("size"))]
        for lonely in ("average", Lonely.AVERAGE)
    )
    assert by_text == by_member
    with pytest.raises(ValueError, match="'ajust' is none of fail, certainty"):
        Survey(people(), **asked, lonely="ajust")
    with pytest.raises(ValueError, match=r"give 0\.95"):
        Survey(people(), **asked).estimate(mean("size"), level=95)
    with pytest.raises(ValueError, match="say what to estimate"):
        Survey(people(), **asked).estimate("size")
    with pytest.raises(ValueError, match="no table"):
        Survey({"size": [1]}, weight="size")
