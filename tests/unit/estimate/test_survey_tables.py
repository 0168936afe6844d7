"""What tests of tables and of two groups refuse, and what they leave out."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.tables import TableStatistic, compare_means, compare_ranks, independence

ROWS = np.tile([0, 0, 1, 1], 5)
COLUMNS = np.tile([0, 1, 0, 1, 1], 4)
VALUES = np.arange(20.0)


def test_a_table_needs_two_labels() -> None:
    with pytest.raises(ValueError, match="columns have 1 label in this domain"):
        independence(sample(np.ones(20)), ROWS, np.ones(20))


def test_a_table_needs_degrees_of_freedom() -> None:
    with pytest.raises(ValueError, match="no degrees of freedom"):
        independence(sample(np.ones(20), clusters=np.zeros(20)), ROWS, COLUMNS)


def test_wald_needs_more_units_than_cells() -> None:
    labels = np.arange(20) % 4
    with pytest.raises(ValueError, match="take the statistic F"):
        independence(
            sample(np.ones(20), clusters=np.arange(20) // 7),
            labels,
            (np.arange(20) // 2) % 4,
            statistic=TableStatistic.WALD,
        )


def test_rows_without_a_label_are_left_out() -> None:
    with_gaps = np.where(np.arange(20) < 3, np.nan, ROWS)
    drawn = sample(np.ones(20))
    found = independence(drawn, with_gaps, COLUMNS)
    assert found.n == 17
    assert found.p_value == independence(drawn, ROWS, COLUMNS, domain=np.arange(20) >= 3).p_value


@pytest.mark.parametrize("compare", [compare_means, compare_ranks])
def test_two_groups(compare: type) -> None:
    drawn = sample(np.ones(20))
    with pytest.raises(ValueError, match="nobody in it"):
        compare(drawn, VALUES, np.ones(20))
    with pytest.raises(ValueError, match="NaN for neither"):
        compare(drawn, VALUES, np.tile([1.0, 2.0], 10))
    with pytest.raises(ValueError, match="for 20 rows"):
        compare(drawn, VALUES[:5], ROWS)
    with pytest.raises(ValueError, match="without sampling error"):
        compare(drawn, ROWS.astype(float), ROWS)
    with pytest.raises(ValueError, match="too few degrees of freedom"):
        compare(sample(np.ones(20), clusters=np.arange(20) // 10), VALUES, ROWS)


def test_not_by_chance() -> None:
    quota = sample(np.ones(20), basis=SamplingBasis.QUOTA)
    for test in (independence, compare_means, compare_ranks):
        with pytest.raises(NotByChanceError, match="quota sample carries no test"):
            test(quota, VALUES, ROWS)
