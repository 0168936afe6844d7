"""Statistics of surveys, flows and hidden populations: arrays and tables in, estimates out; a library of its own.

    import saphan.estimate as se

    schools = se.Survey(table, weight="pw", strata="stype", population="fpc")
    schools.estimate(se.mean("api00"), se.share("awards"), by="stype").table()

Names are fetched when first used, so that a part that needs one of them does not load the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saphan.estimate.survey.calibration import Residual
    from saphan.estimate.survey.design import Lonely, SamplingBasis
    from saphan.estimate.survey.plan import count, mean, ratio, share, total
    from saphan.estimate.survey.survey import Line, Results, Survey

__all__ = [
    "Line",
    "Lonely",
    "Residual",
    "Results",
    "SamplingBasis",
    "Survey",
    "count",
    "mean",
    "ratio",
    "share",
    "total",
]

_HOME = {
    "Residual": "calibration",
    "Lonely": "design",
    "SamplingBasis": "design",
    **dict.fromkeys(("count", "mean", "ratio", "share", "total"), "plan"),
    **dict.fromkeys(("Line", "Results", "Survey"), "survey"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"saphan.estimate.survey.{_HOME[name]}"), name)
