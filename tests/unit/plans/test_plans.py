"""A plan from its sheet to its numbers: what the survey library gives for the same columns made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.consumption import FOOD_GROUPS
from saphan.analyse.indicators.needs.model import Subject
from saphan.analyse.indicators.plans import storing
from saphan.analyse.indicators.plans.model import Analysis, PlanLine
from saphan.analyse.indicators.plans.reading import read
from saphan.analyse.indicators.plans.running import Assessment, run
from saphan.core.problem import Finding
from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.linear import mean as mean_of
from saphan.estimate.survey.plan import Columns
from saphan.estimate.survey.proportions import proportion
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.tables import compare_groups, independence

EngineOf = Callable[[Mapping[str, pa.Table]], Engine]
HOUSEHOLDS, PEOPLE = 600, 1500
DESIGN = Columns(weight="weight", strata=("stratum",), clusters=("cluster",))
GROUP = "food-consumption-group@wfp-2025"


def tables() -> dict[str, pa.Table]:
    """Households with what they ate, their members, and the sample."""
    rng = np.random.default_rng(4)
    submission = [f"s{place:04}" for place in range(HOUSEHOLDS)]
    cluster = rng.integers(0, 30, HOUSEHOLDS)
    of = rng.integers(0, HOUSEHOLDS, PEOPLE)
    needs = [
        None if draw < 0.1 else [one for one in ("food", "work", "papers") if rng.uniform() < 0.4]
        for draw in rng.uniform(size=HOUSEHOLDS)
    ]
    return {
        "household-assessment": pa.table(
            {"submission": submission, "household_size": rng.integers(1, 9, HOUSEHOLDS)}
            | {name: rng.integers(0, 8, HOUSEHOLDS) for name in FOOD_GROUPS}
            | {"province": pa.array(rng.choice(["p1", "p2", "p3"], HOUSEHOLDS)), "needs": pa.array(needs)}
        ),
        "household-assessment.member": pa.table(
            {
                "submission": [submission[one] for one in of],
                "sex": pa.array(rng.choice(["female", "male"], PEOPLE)),
                "age": rng.integers(0, 80, PEOPLE),
            }
        ),
        "sample": pa.table(
            {
                "submission": submission[::-1],
                "stratum": pa.array([f"h{one % 3}" for one in cluster[::-1]]),
                "cluster": cluster[::-1],
                "weight": rng.uniform(1, 4, HOUSEHOLDS)[::-1],
            }
        ),
    }


def assessed(engine_of: EngineOf, design: Columns = DESIGN) -> Assessment:
    frames = tables()
    return Assessment(
        engine=engine_of(frames),
        households="household-assessment",
        members="household-assessment.member",
        sample="sample",
        design=design,
        columns_of={name: table.column_names for name, table in frames.items()},
        choices={"needs": ("food", "work", "papers")},
    )


def joined() -> dict[str, np.ndarray]:
    """The columns of households with those of the sample, in the order of submissions."""
    frames = tables()
    households = frames["household-assessment"]  # in the order of submissions
    both = households.drop_columns("needs").join(frames["sample"], "submission").sort_by("submission")
    found = {name: both.column(name).to_numpy(zero_copy_only=False) for name in both.column_names}
    return found | {"needs": np.array([*households.column("needs").to_pylist(), None], dtype=object)[:-1]}


PLAN = (
    PlanLine(row=2, of=GROUP, analysis=Analysis.SHARE, by=(("province",),), test=True),
    PlanLine(row=3, of="household_size", analysis=Analysis.MEAN, by=(("province",), ("province", GROUP)), test=True),
    PlanLine(row=4, of="needs", analysis=Analysis.SHARE),
    PlanLine(row=5, of="household_size", analysis=Analysis.MEDIAN, among=(("province", ("p1", "p2")),)),
    PlanLine(row=6, of="age", analysis=Analysis.MEAN, by=(("sex",), ("province",))),
    PlanLine(row=7, of="food_days_oil", over="household_size", analysis=Analysis.RATIO, level=0.9),
    PlanLine(row=8, of="household_size", analysis=Analysis.TOTAL, among=(("province", ("p3",)),)),
)


def test_every_line_has_the_numbers_of_its_columns(engine_of: EngineOf, tmp_path: Path) -> None:
    found = run(assessed(engine_of), PLAN, NEEDS, tmp_path)
    data = joined()
    drawn = sample(data["weight"].astype(float), strata=data["stratum"], clusters=data["cluster"])
    score = sum(data[name].astype(float) * weight for name, weight in FOOD_GROUPS.items())
    poor = (score <= 21).astype(float)
    of_group = {(one.answer, one.group.get("province")): one for one in found if one.line.row == 2}
    assert len(of_group) == 3 * 4
    for province in (None, "p1", "p2", "p3"):
        domain = np.ones(HOUSEHOLDS, dtype=bool) if province is None else data["province"] == province
        told = proportion(drawn, poor, domain=domain)
        one = of_group["poor", province]
        assert one.value == pytest.approx(told.value)
        assert one.n == domain.sum()
        assert bool(one.note) == (one.low is None)
        if one.low is not None:
            assert (one.low, one.high) == pytest.approx((told.low, told.high))
    classes = np.where(score <= 21, "poor", np.where(score <= 35, "borderline", "acceptable"))
    test = independence(drawn, classes, data["province"])
    assert of_group["poor", "p1"].p_value == pytest.approx(test.p_value)
    assert of_group["poor", None].p_value is None
    sizes = [one for one in found if one.line.row == 3]
    assert {tuple(one.group) for one in sizes} == {(), ("province",), ("province", GROUP)}
    tests = compare_groups(drawn, data["household_size"].astype(float), data["province"])
    assert [one.p_value for one in sizes if tuple(one.group) == ("province",)] == pytest.approx([tests.p_value] * 3)
    chosen = {one.answer: one for one in found if one.line.row == 4}
    asked = np.array([one is not None for one in data["needs"]])
    work = np.array([np.nan if one is None else float("work" in one) for one in data["needs"]])
    assert chosen["work"].value == pytest.approx(mean_of(drawn, work).value[0])
    assert {one.n for one in chosen.values()} == {asked.sum()}
    (oil,) = (one for one in found if one.line.row == 7)
    assert oil.value == pytest.approx(
        data["weight"] @ data["food_days_oil"] / (data["weight"] @ data["household_size"])
    )
    (median,) = (one for one in found if one.line.row == 5)
    assert median.n == np.isin(data["province"], ["p1", "p2"]).sum()
    (total,) = (one for one in found if one.line.row == 8)
    assert total.value == pytest.approx((data["weight"] * data["household_size"])[data["province"] == "p3"].sum())


def test_persons_are_asked_about_in_their_own_rows(engine_of: EngineOf, tmp_path: Path) -> None:
    found = run(assessed(engine_of), PLAN[4:5], NEEDS, tmp_path)
    assert {tuple(one.group) for one in found} == {(), ("sex",), ("province",)}
    (whole,) = (one for one in found if not one.group)
    frames = tables()
    people = frames["household-assessment.member"].join(frames["sample"], "submission")
    weight, age = (people.column(name).to_numpy() for name in ("weight", "age"))
    assert whole.value == pytest.approx(weight @ age / weight.sum())
    assert whole.n == PEOPLE
    assert whole.degrees == 30 - 3


def test_what_is_made_slice_by_slice_has_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(assessed(DuckDB), PLAN, NEEDS, tmp_path)
    asked: list[str] = []
    batches = DuckDB.batches
    monkeypatch.setattr(DuckDB, "batches", lambda self, sql: asked.append(sql) or batches(self, sql))
    monkeypatch.setattr(storing, "SLICE", dict.fromkeys(Subject, HOUSEHOLDS // 5))
    assert run(assessed(DuckDB), PLAN, NEEDS, tmp_path) == whole
    assert sum(storing.MEMBERS_HERE in sql for sql in asked) == 5 + 13  # of 600 households, and of 1,500 persons


def test_a_sample_not_drawn_by_chance_is_indicative_and_carries_no_test(tmp_path: Path) -> None:
    quota = Columns(weight="weight", strata=("stratum",), clusters=("cluster",), basis=SamplingBasis.QUOTA)
    found = run(assessed(DuckDB, quota), PLAN[6:], NEEDS, tmp_path)
    assert [(one.low, one.standard_error, one.method) for one in found] == [(None, None, "indicative (quota)")]
    with pytest.raises(NotByChanceError, match="carries no test"):
        run(assessed(DuckDB, quota), PLAN[:1], NEEDS, tmp_path)


COLUMNS = {"household_size": True, "province": False, "sex": False, "needs": False}


def reading(*rows: Mapping[str, str]) -> tuple[tuple[PlanLine, ...], list[Finding]]:
    found: list[Finding] = []
    return read("plan.csv", list(enumerate(rows, start=2)), NEEDS, COLUMNS, found), found


def test_a_sheet_is_read_in_our_words_and_in_those_of_impact() -> None:
    lines, found = reading(
        {"indicator": GROUP, "by": "province; province x sex", "among": "sex=female|other", "test": "yes"},
        {"analysis_type": "mean", "analysis_var": "household_size", "group_var": "province, sex", "level": "0.9"},
        {"analysis_type": "prop_select_multiple", "analysis_var": "needs", "group_var": "NA"},
        {
            "analysis_type": "ratio",
            "analysis_var_numerator": "household_size",
            "analysis_var_denominator": "household_size",
        },
    )
    assert not found
    assert lines == (
        PlanLine(
            row=2,
            of=GROUP,
            analysis=Analysis.SHARE,
            by=(("province",), ("province", "sex")),
            among=(("sex", ("female", "other")),),
            test=True,
        ),
        PlanLine(row=3, of="household_size", analysis=Analysis.MEAN, by=(("province", "sex"),), level=0.9),
        PlanLine(row=4, of="needs", analysis=Analysis.SHARE),
        PlanLine(row=5, of="household_size", over="household_size", analysis=Analysis.RATIO),
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"indicator": "food-consumption-grup@wfp-2025"}, "no indicator or question called"),
        ({"indicator": ""}, "is not the name of an indicator"),
        ({"indicator": "household_size", "analysis": "average"}, "is not one of share, mean"),
        ({"indicator": "province", "analysis": "mean"}, "is not share"),
        ({"indicator": "household_size", "analysis": "ratio"}, "is not the denominator"),
        ({"indicator": "household_size", "by": "provinces"}, "no indicator or question called 'provinces'"),
        ({"indicator": "household_size", "among": "sex female"}, "is not conditions such as"),
        ({"indicator": "household_size", "analysis": "median", "by": "province x sex"}, "groupings of one column each"),
        ({"indicator": "household_size", "level": "95"}, "is not a number between 0 and 1"),
    ],
)
def test_a_cell_that_cannot_be_read_is_found_where_it_stands(row: Mapping[str, str], says: str) -> None:
    lines, found = reading(row)
    assert not lines
    assert [says in str(one) for one in found] == [True]
    assert "plan.csv, row 2" in str(found[0])


def test_an_empty_plan_says_what_to_do() -> None:
    lines, found = reading()
    assert not lines
    assert ["has no lines" in str(one) for one in found] == [True]


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        (
            "education-disruption-severity@impact-2025",
            "school_disrupted_by_attack",
        ),  # of members
        ("shelter-severity@impact-2025", "shelter_type"),  # of the household itself
    ],
)
def test_an_indicator_whose_questions_no_form_asks_is_refused_by_their_names(
    tmp_path: Path, engine_of: EngineOf, name: str, lost: str
) -> None:
    line = PlanLine(row=2, of=name, analysis=Analysis.SHARE)
    with pytest.raises(ValueError, match=lost):
        run(assessed(engine_of), [line], NEEDS, tmp_path)
