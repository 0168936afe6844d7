"""The data and the numbers of R `survey` 4.5 that estimates are held to; tests skip where they are absent."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saphan.estimate.survey.sample import Sample, sample

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "r-survey"
needs_cases = pytest.mark.skipif(not (FOLDER / "cases.json").exists(), reason=f"no reference cases in {FOLDER}")


@lru_cache
def cases() -> dict[str, Any]:
    """The named results: design.quantity.variant."""
    found: dict[str, Any] = json.loads((FOLDER / "cases.json").read_text())
    return found


@lru_cache
def table(name: str) -> dict[str, np.ndarray]:
    """A data file by column: numbers with NaN where empty, or text."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found: dict[str, np.ndarray] = {}
    for column in rows[0]:
        texts = [row[column] for row in rows]
        try:
            found[column] = np.array([float(text) if text else np.nan for text in texts])
        except ValueError:
            found[column] = np.array(texts)
    return found


def design(name: str) -> tuple[Sample, dict[str, np.ndarray]]:
    """A design of the cases by its name, and its data: dsrs, dstrat, dclus1, mu284, scd."""
    match name:
        case "dsrs":
            data = table("apisrs")
            return sample(None, population=data["fpc"]), data
        case "dstrat":
            data = table("apistrat")
            return sample(data["pw"], strata=data["stype"], population=data["fpc"]), data
        case "dclus1":
            data = table("apiclus1")
            return sample(data["pw"], clusters=data["dnum"], population=data["fpc"]), data
        case "mu284":
            data = table("mu284")
            return sample(None, clusters=[data["id1"], data["id2"]], population=[data["n1"], data["n2"]]), data
    raise ValueError(f"there is no design {name}")
