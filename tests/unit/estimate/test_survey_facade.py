"""What a survey is asked beyond a plan's plain sums: of whom, without weights, with replicates; on every engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from saphan.estimate.engines import Engine
from saphan.estimate.survey.linear import mean as mean_of
from saphan.estimate.survey.linear import total as total_of
from saphan.estimate.survey.plan import count, mean, ratio, share, total
from saphan.estimate.survey.proportions import proportion
from saphan.estimate.survey.resampling import bootstrap, jackknife
from saphan.estimate.survey.survey import Survey

ROWS = 2000
On = Callable[[pa.Table], Engine]
DESIGN = {"weight": "weight", "strata": "stratum", "clusters": "unit"}
ANSWERED, NOT_ASKED, DONT_KNOW, REFUSED = 0, 2, 3, 4


def people() -> pa.Table:
    """Whoever works is asked what she earns; some do not know, some refuse."""
    rng = np.random.default_rng(11)
    unit = rng.integers(0, 24, ROWS)
    works = rng.uniform(size=ROWS) < 0.6
    state = np.where(works, rng.choice([ANSWERED, DONT_KNOW, REFUSED], ROWS, p=[0.8, 0.15, 0.05]), NOT_ASKED)
    earned = np.round(rng.lognormal(9, 0.5, ROWS))
    return pa.table(
        {
            "stratum": unit % 4,
            "unit": unit,
            "weight": rng.uniform(1, 9, ROWS),
            "works": pa.array(np.where(works, "yes", "no")),
            "earned": pa.array(earned, mask=state != ANSWERED),
            "earned.state": pa.array(state, pa.uint8()),
            "sex": pa.array(rng.choice(["f", "m"], ROWS)),
            "units": np.full(ROWS, 10),
            "people": np.where(unit % 4 == 0, 9000, 7000),
            "nights": rng.integers(0, 9, ROWS),
        }
    )


def test_denominators_follow_what_was_asked(on: On) -> None:
    table = people()
    survey = Survey(on(table), **DESIGN)
    asked = {"earned.state": (ANSWERED, DONT_KNOW, REFUSED)}
    workers, refused, every = survey.estimate(
        count(among=asked), share("earned.state", answers=(REFUSED,), among=asked), share("earned.state", answers=(4,))
    )
    state, weight = np.asarray(table["earned.state"]), np.asarray(table["weight"])
    assert workers.value == pytest.approx(weight[state != NOT_ASKED].sum(), rel=1e-12)
    assert workers.n == (state != NOT_ASKED).sum()
    assert refused.value == pytest.approx(weight[state == REFUSED].sum() / weight[state != NOT_ASKED].sum(), rel=1e-12)
    assert every.value < refused.value
    assert refused.name == "share earned.state=4 among earned.state=0|3|4"


def test_among_is_a_domain_that_keeps_the_design(on: On) -> None:
    survey = Survey(on(people()), **DESIGN)
    sample, data = survey.rows("earned", "sex", "nights")
    women = data["sex"] == "f"
    found = list(
        survey.estimate(
            mean("earned", among={"sex": "f"}),
            total("nights", among={"sex": "f"}),
            share("works", answers=["yes"], among={"sex": ["f"]}),
            ratio("earned", "nights", among={"sex": "f"}),
        )
    )
    works = (survey.rows("works")[1]["works"] == "yes").astype(float)
    for line, expected in zip(
        found,
        (
            mean_of(sample, data["earned"], domain=women),
            total_of(sample, data["nights"], domain=women),
            mean_of(sample, works, domain=women),
        ),
        strict=False,
    ):
        assert line.value == pytest.approx(expected.value[0], rel=1e-12)
        assert line.standard_error == pytest.approx(expected.standard_error[0], rel=1e-11)
        assert (line.degrees, line.n) == (expected.degrees[0], expected.n[0])
    same = proportion(sample, works, domain=women)
    assert (found[2].low, found[2].high) == pytest.approx((same.low, same.high), rel=1e-9)


@pytest.mark.parametrize(
    "design",
    [
        {"strata": "stratum", "population": "people"},
        {"strata": "stratum", "clusters": "unit", "population": "units"},
        {"clusters": ("unit", "nights"), "population": ("many", "units")},
    ],
    ids=["elements", "clusters", "two stages"],
)
def test_populations_stand_in_for_weights(on: On, design: dict[str, str]) -> None:
    table = people().append_column("many", pa.array(np.full(ROWS, 90)))
    survey = Survey(on(table), **design)
    sample, data = survey.rows("earned", "sex")
    for line in survey.estimate(mean("earned"), total("earned"), count(), share("sex", answers=["f"])):
        values = {
            "mean": lambda: mean_of(sample, data["earned"]),
            "total": lambda: total_of(sample, data["earned"]),
            "count": lambda: total_of(sample, np.ones(ROWS)),
            "share": lambda: mean_of(sample, (data["sex"] == "f").astype(float)),
        }[line.quantity.kind.value]()
        assert line.value == pytest.approx(values.value[0], rel=1e-12)
        assert line.standard_error == pytest.approx(values.standard_error[0], rel=1e-10, abs=1e-9)
    told = proportion(sample, (data["sex"] == "f").astype(float))
    assert (line.low, line.high) == pytest.approx((told.low, told.high), rel=1e-9)


def test_without_weights_every_stage_needs_its_population() -> None:
    with pytest.raises(ValueError, match="weights, or one of the population of each stage"):
        Survey(people())
    with pytest.raises(ValueError, match="weights, or one of the population of each stage"):
        Survey(people(), clusters=("unit", "nights"), population="units")
    with pytest.raises(ValueError, match="clusters of each stage"):
        Survey(people(), weight="weight", clusters="unit", strata=("stratum", "sex"))
    with pytest.raises(ValueError, match="raking starts from weights"):
        Survey(people(), population="people", strata="stratum").estimate(count(), margins={"sex": {"f": 1, "m": 1}})


def test_rows_of_weight_zero_stand_for_nobody(on: On) -> None:
    table = people()
    answered = np.asarray(table["weight"]) * (np.arange(ROWS) % 3 > 0)
    place = table.schema.get_field_index("weight")
    survey = Survey(on(table.set_column(place, "weight", pa.array(answered))), **DESIGN)
    sample, data = survey.rows("earned")
    (line,) = survey.estimate(mean("earned"))
    expected = mean_of(sample, data["earned"])
    assert (line.n, line.degrees) == (expected.n[0], expected.degrees[0])
    assert line.standard_error == pytest.approx(expected.standard_error[0], rel=1e-11)
    with pytest.raises(ValueError, match="nothing but 0"):
        Survey(on(table.set_column(place, "weight", pa.array(np.zeros(ROWS)))), **DESIGN).estimate(count())


def test_errors_of_replicates_are_those_of_weighted_rows(on: On) -> None:
    survey = Survey(on(people()), **DESIGN, population="units")
    sample, data = survey.rows("earned", "nights", "sex")
    women = data["sex"] == "f"
    for make in (jackknife, lambda one: bootstrap(one, 50, np.random.default_rng(5))):
        made = make(sample)
        found = survey.estimate(mean("earned"), total("nights"), by="sex", replicates=make)
        lines = {(line.domain.get("sex"), line.name): line for line in found}
        for (sex, name), expected in {
            (None, "mean earned"): made.mean(data["earned"]),
            ("f", "mean earned"): made.mean(data["earned"], domain=women),
            ("f", "total nights"): made.total(data["nights"], domain=women),
        }.items():
            assert lines[sex, name].value == pytest.approx(expected.value[0], rel=1e-12)
            assert lines[sex, name].standard_error == pytest.approx(expected.standard_error[0], rel=1e-10)
            assert lines[sex, name].method == made.id
        gap = found.difference(mean("earned"), {"sex": "f"}, {"sex": "m"})
        both = made.mean(data["earned"], by=data["sex"].astype(str)).difference("f", "m")
        assert gap.standard_error == pytest.approx(both.standard_error, rel=1e-10)


def test_replicates_are_made_by_a_function_and_not_of_raked_weights() -> None:
    survey = Survey(people(), **DESIGN)
    with pytest.raises(ValueError, match="raked again"):
        survey.estimate(count(), margins={"sex": {"f": 1.0, "m": 1.0}}, replicates=jackknife)
    with pytest.raises(ValueError, match="function of a sample"):
        survey.estimate(count(), replicates=lambda sample: sample)  # type: ignore[arg-type,return-value]


def test_truth_is_shared_and_not_averaged(on: On) -> None:
    table = people().append_column("paid", pa.array(np.arange(ROWS) % 5 == 0))
    survey = Survey(on(table), **DESIGN)
    with pytest.raises(ValueError, match="ask for its shares"):
        survey.estimate(mean("paid"))
    assert [line.answer for line in survey.estimate(share("paid"))] == [False, True]


def test_a_domain_may_be_called_as_a_column_of_results_is() -> None:
    table = people().rename_columns([name if name != "sex" else "value" for name in people().column_names])
    found = Survey(table, **DESIGN).estimate(count(), by="value").table()
    assert found.column("by value").to_pylist() == [None, "f", "m"]
    assert found.column("value").to_pylist()[0] == pytest.approx(sum(table.column("weight").to_pylist()))


def test_columns_of_the_design_are_domains_too(on: On) -> None:
    survey = Survey(on(people()), **DESIGN)
    groupings = ["sex", "stratum", ("sex", "stratum"), "unit"]
    together = list(survey.estimate(mean("nights"), by=groupings))
    apart = [line for by in groupings for line in list(survey.estimate(mean("nights"), by=[by]))[1:]]
    assert len(together) == 1 + 2 + 4 + 8 + 24
    (whole,) = survey.estimate(mean("nights"))
    for line, expected in zip(together, [whole, *apart], strict=True):
        assert line.domain == expected.domain
        assert (line.value, line.n, line.degrees) == (expected.value, expected.n, expected.degrees)
