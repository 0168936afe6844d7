"""A quick version of the benchmark: intervals that do not cover, or are far too wide, fail here.

Bounds are loose, for few draws: `python -m benchmarks.flow_intervals` prints the tables in full.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.designs import BLOCK_WEEK, RANDOM_WEEK, SCATTERED_DAYS, Drawn
from benchmarks.measures import measure
from benchmarks.real import COMPLETE, years
from benchmarks.trials import RealTrial, WorldTrial, hidden, invented, real


def test_intervals_cover_in_invented_worlds() -> None:
    rows = invented(WorldTrial(worlds=range(100, 140), drawn=RANDOM_WEEK, draws=1))
    for name, drawn in rows.items():
        found = measure(name, np.array(drawn))
        assert found.coverage >= 85, name
        assert found.half_width < 3.2, name
        assert found.bias_share < 0.5, name
    total = measure("", np.array(rows["sum of points, year"]))
    assert total.rmse < 3.0


@pytest.mark.parametrize("drawn", [RANDOM_WEEK, BLOCK_WEEK, SCATTERED_DAYS], ids=lambda one: one.words)
def test_intervals_cover_in_a_real_year(shared_data: Path, drawn: Drawn) -> None:
    data = shared_data / "melbourne-pedestrians" / "hourly.csv.gz"
    for year in years((COMPLETE[1], COMPLETE[4]), data=data):
        found = measure(year.name, np.array(real(RealTrial(year=year, drawn=drawn, draws=40, seed=1))[year.name]))
        assert found.rmse < found.peer_rmse, year.name
        assert found.coverage >= 84, year.name
        assert found.half_width < 3.2, year.name
        assert found.bias_share < 0.55, year.name


def test_hidden_refusal_biases_and_the_sensitivity_table_undoes_it() -> None:
    rows = hidden(WorldTrial(worlds=range(200, 212), drawn=RANDOM_WEEK, draws=1))
    as_estimated, right = (measure(name, np.array(rows[name])) for name in ("as estimated", "at the true ratio"))
    assert as_estimated.bias < -15
    assert abs(right.bias) < 8
    assert right.coverage >= 75
