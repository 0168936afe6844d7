"""Tests of the groups of a plan's line against each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from saphan.analyse.indicators.plans.asking import Asked
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.survey import Survey
from saphan.estimate.survey.tables import Test, compare_groups, independence


def tested(survey: Survey, one: Asked) -> Mapping[tuple[str, ...], Test]:
    """The test of each grouping of one column, where the line asks for tests and the groups carry one.

    Classes and answers are tested for independence, numbers for equal means. NotByChanceError where the sample was not
    drawn by chance and states no model.
    """
    if not one.line.test:
        return {}
    found: dict[tuple[str, ...], Test] = {}
    for by in one.line.by:
        if len(by) > 1:
            continue
        among = [name for name, _ in one.line.among]
        sample, data = survey.rows(one.line.of, *by, *among)
        inside = np.ones(sample.size, dtype=bool)
        for name, told in one.line.among:
            inside &= np.isin(data[name].astype(str), told)
        of, group = data[one.line.of], data[by[0]]
        try:
            if one.labelled:
                found[by] = independence(sample, of, group, domain=inside)
            else:
                found[by] = compare_groups(sample, of, group, domain=inside)
        except ValueError as error:
            if isinstance(error, NotByChanceError):
                raise
            # One group only, or too few units: there is nothing to test, and the estimates stand.
            continue
    return found
