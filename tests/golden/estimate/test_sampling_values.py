"""Sizes, allocations and joint probabilities that others publish; the call and its version stand beside each."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from saphan.estimate.sampling import (
    Method,
    Rule,
    Stage,
    Strata,
    Terms,
    allocate,
    brewer,
    draw,
    joint_inclusion,
    margin_of_mean,
    margin_of_strata,
    of_shares,
    size_for_mean,
    size_for_proportion,
    variance,
)
from saphan.estimate.sampling.model import VERSION

Z = 1.959963984540054


def test_sizes_equal_practools() -> None:
    # PracTools 1.5, vignette on single-stage samples:
    # ceiling(nPropMoe(moe.sw=1, e=seq(0.01,0.08,0.01), alpha=0.05, pU=0.5))
    sizes = size_for_proportion(0.5, np.arange(1, 9) / 100).complete
    assert sizes.tolist() == [9604, 2401, 1068, 601, 385, 267, 196, 151]
    # nCont(CV0 = 0.05, CVpop = 2, N = 500), and ceiling(nCont(CV0 = seq(0.01, 0.21, 0.02), CVpop = 2))
    assert size_for_mean(2.0, Z * 0.05, Terms(population=500)).exact == pytest.approx(381, abs=0.5)
    sizes = size_for_mean(2.0, Z * np.arange(0.01, 0.22, 0.02)).complete
    assert sizes.tolist() == [40000, 4445, 1600, 817, 494, 331, 237, 178, 139, 111, 91]


def test_sizes_for_a_difference_equal_practools() -> None:
    # The formula of PracTools as of November 2025, nProp2sam(px=0.5, py=0.55, pxy=0.45, g=0.5, r=1, alt="two.sided"):
    # n1 = (px qx + r py qy - 2 g r (pxy - px py)) / (px - py)^2 (z + z)^2
    covariance = 0.45 - 0.5 * 0.55
    n = (0.25 + 0.2475 - covariance) / 0.05**2 * (Z + 0.8416212335729143) ** 2
    correlation = covariance / math.sqrt(0.25 * 0.2475)
    assert of_shares(0.5, 0.55, overlap=0.5, correlation=correlation).size(0.05).exact[0] == pytest.approx(n)


def test_allocations_equal_practools() -> None:
    # PracTools 1.5, the same vignette: strAlloc(n.tot = 100, Nh = Nh, Sh = Sh, alloc = "neyman")
    strata = Strata(
        name=list("123456"),
        population=[215, 65, 252, 50, 149, 144],
        deviation=[26787207, 10645109, 6909676, 11085034, 9817762, 44553355],
        cost=[1400, 200, 300, 600, 450, 1000],
    )
    neyman = allocate(100, strata, Rule.NEYMAN)
    assert (
        np.abs(np.array(list(neyman.values())) - [34.641683, 4.161947, 10.473487, 3.333804, 8.79897, 38.590108]).max()
        < 1
    )
    assert margin_of_strata(strata, neyman) / Z == pytest.approx(1727173, rel=1e-3)  # there of sizes not rounded
    # strAlloc(Nh = Nh, Sh = Sh, cost = 100000, ch = ch, alloc = "totcost"): nh / n, here of 10,000 not to round them
    many = Strata(
        name=strata.name, population=np.array(strata.population) * 100, deviation=strata.deviation, cost=strata.cost
    )
    optimal = np.array(list(allocate(10000, many, Rule.OPTIMAL).values())) / 10000
    assert optimal == pytest.approx([0.2574608, 0.0818385, 0.1681538, 0.0378478, 0.1153458, 0.3393533], abs=1e-4)


def test_joint_probabilities_equal_tille() -> None:
    # Tille 2006, Sampling Algorithms, example 10, p. 86
    probability = np.array([0.07, 0.17, 0.41, 0.61, 0.83, 0.91])
    wanted = [
        [0.07, 0.0049, 0.0130, 0.0215, 0.0447, 0.0559],
        [0.0049, 0.17, 0.0324, 0.0537, 0.1113, 0.1377],
        [0.0130, 0.0324, 0.41, 0.1407, 0.2888, 0.3452],
        [0.0215, 0.0537, 0.1407, 0.61, 0.4691, 0.5351],
        [0.0447, 0.1113, 0.2888, 0.4691, 0.83, 0.7461],
        [0.0559, 0.1377, 0.3452, 0.5351, 0.7461, 0.91],
    ]
    assert np.abs(joint_inclusion(probability, np.arange(6)) - wanted).max() < 0.5e-4 + 1e-12


def test_standard_errors_equal_r(shared_data: Path) -> None:
    # survey 4.5: svymean(~api00, svydesign(id = ~1, data = apisrs, fpc = ~fpc)) and, by stratum, of apistrat
    cases = json.loads((shared_data / "r-survey" / "cases.json").read_text("utf-8"))
    simple = _rows(shared_data, "apisrs")
    score = np.array([float(row["api00"]) for row in simple])
    margin = margin_of_mean(score.std(ddof=1), score.size, Terms(population=6194))
    assert margin / Z == pytest.approx(cases["dsrs.mean.api00"]["se"], rel=1e-9)
    equal = np.full(score.size, score.size / 6194)
    assert math.sqrt(variance(score, equal, brewer(equal))) / 6194 == pytest.approx(cases["dsrs.mean.api00"]["se"])
    stratified = _rows(shared_data, "apistrat")
    by = {kind: [float(row["api00"]) for row in stratified if row["stype"] == kind] for kind in "EHM"}
    strata = Strata(name=list("EHM"), population=[4421, 755, 1018], deviation=[np.std(by[k], ddof=1) for k in "EHM"])
    margin = margin_of_strata(strata, {kind: len(by[kind]) for kind in "EHM"})
    # The weights of apistrat come in single precision.
    assert margin / Z == pytest.approx(cases["dstrat.mean.api00"]["se"], rel=1e-7)


def test_base_weights_equal_those_of_the_californian_schools(shared_data: Path) -> None:
    kinds = ["E"] * 4421 + ["H"] * 755 + ["M"] * 1018
    frame = pa.table({"school": range(6194), "stype": kinds})
    sample = draw(frame, Stage(unit="school", stratum=("stype",), size={"E": 100, "H": 50, "M": 50}), seed=2000)
    found = dict(zip(sample.units["stype"].to_pylist(), sample.units["weight"].to_pylist(), strict=True))
    published = {row["stype"]: float(row["pw"]) for row in _rows(shared_data, "apistrat")}
    assert found == pytest.approx(published, rel=1e-6)


DRAWN: dict[str, dict[Method, str]] = {
    "draw/1": {
        Method.SIMPLE: "A26 A10 A24 A32 A29 A22 A37",
        Method.SYSTEMATIC: "A10 A15 A38 A03 A11 A39 A24",
        Method.PPS_SYSTEMATIC: "A10 A34 A07 A12 A11 A24 A31",
        Method.PPS: "A02 A10 A24 A26 A29 A34 A31",
    },
}


def test_draws_move_only_with_the_version() -> None:
    """Whom a seed draws must be whom it drew when the report is audited years later."""
    frame = pa.table({"area": [f"A{i:02}" for i in range(40)], "households": [20 + 37 * i % 90 for i in range(40)]})
    for method in Method:
        measure = "households" if method in (Method.PPS, Method.PPS_SYSTEMATIC) else None
        stage = Stage(unit="area", size=5, method=method, measure=measure, replacements=2)
        found = " ".join(draw(frame, stage, seed=20241205).units["area"].to_pylist())
        assert found == DRAWN[VERSION][method], method


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "r-survey" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
