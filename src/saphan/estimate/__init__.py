"""Statistics of surveys, flows and hidden populations: arrays and tables in, estimates out; a library of its own.

    import saphan.estimate as se

    schools = se.Survey(table, weight="pw", strata="stype", population="fpc")
    schools.estimate(se.mean("api00"), se.share("awards"), by="stype").table()

`count`, `mean`, `ratio`, `share` and `total` name what to estimate from columns; what takes a `Sample` works on arrays
in memory, and its own totals, means and ratios are in `saphan.estimate.survey.linear`. Names are fetched when first
used, so that a part that needs one of them does not load the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saphan.estimate.survey.analysis_file import write_analysis
    from saphan.estimate.survey.calibration import Calibrated, Diagnostics, Residual, calibrate, post_stratify, rake
    from saphan.estimate.survey.design import Lonely, SamplingBasis
    from saphan.estimate.survey.distance import Distance
    from saphan.estimate.survey.estimates import Estimates
    from saphan.estimate.survey.grounds import NotByChanceError
    from saphan.estimate.survey.model import Margin
    from saphan.estimate.survey.plan import count, mean, ratio, share, total
    from saphan.estimate.survey.proportions import (
        PresentationStandard,
        Proportion,
        ProportionInterval,
        Verdict,
        proportion,
    )
    from saphan.estimate.survey.quantiles import (
        QuantileInterval,
        QuantileRule,
        Quantiles,
        quantiles,
        weighted_quantiles,
    )
    from saphan.estimate.survey.regression import Regression, indicators, linear, logistic
    from saphan.estimate.survey.replicates import Replicates
    from saphan.estimate.survey.resampling import Bootstrap, balanced, bootstrap, jackknife
    from saphan.estimate.survey.resampling import Kind as ReplicateKind
    from saphan.estimate.survey.resampling import given as given_replicates
    from saphan.estimate.survey.sample import Sample, sample
    from saphan.estimate.survey.survey import Line, Results, Survey
    from saphan.estimate.survey.tables import (
        Comparison,
        TableStatistic,
        Test,
        Ties,
        compare_groups,
        compare_means,
        compare_ranks,
        independence,
    )
    from saphan.estimate.survey.variances import Reference, Statistic, correlation, covariance, design_effects, variance
    from saphan.estimate.survey.weighting import adjust_response, trim

__all__ = [
    "Bootstrap",
    "Calibrated",
    "Comparison",
    "Diagnostics",
    "Distance",
    "Estimates",
    "Line",
    "Lonely",
    "Margin",
    "NotByChanceError",
    "PresentationStandard",
    "Proportion",
    "ProportionInterval",
    "QuantileInterval",
    "QuantileRule",
    "Quantiles",
    "Reference",
    "Regression",
    "ReplicateKind",
    "Replicates",
    "Residual",
    "Results",
    "Sample",
    "SamplingBasis",
    "Statistic",
    "Survey",
    "TableStatistic",
    "Test",
    "Ties",
    "Verdict",
    "adjust_response",
    "balanced",
    "bootstrap",
    "calibrate",
    "compare_groups",
    "compare_means",
    "compare_ranks",
    "correlation",
    "count",
    "covariance",
    "design_effects",
    "given_replicates",
    "independence",
    "indicators",
    "jackknife",
    "linear",
    "logistic",
    "mean",
    "post_stratify",
    "proportion",
    "quantiles",
    "rake",
    "ratio",
    "sample",
    "share",
    "total",
    "trim",
    "variance",
    "weighted_quantiles",
    "write_analysis",
]

_NAMES = {
    "analysis_file": ("write_analysis",),
    "calibration": ("Calibrated", "Diagnostics", "Residual", "calibrate", "post_stratify", "rake"),
    "design": ("Lonely", "SamplingBasis"),
    "distance": ("Distance",),
    "estimates": ("Estimates",),
    "grounds": ("NotByChanceError",),
    "model": ("Margin",),
    "plan": ("count", "mean", "ratio", "share", "total"),
    "proportions": ("PresentationStandard", "Proportion", "ProportionInterval", "Verdict", "proportion"),
    "quantiles": ("QuantileInterval", "QuantileRule", "Quantiles", "quantiles", "weighted_quantiles"),
    "regression": ("Regression", "indicators", "linear", "logistic"),
    "replicates": ("Replicates",),
    "resampling": ("Bootstrap", "balanced", "bootstrap", "jackknife"),
    "sample": ("Sample", "sample"),
    "survey": ("Line", "Results", "Survey"),
    "tables": (
        "Comparison",
        "TableStatistic",
        "Test",
        "Ties",
        "compare_groups",
        "compare_means",
        "compare_ranks",
        "independence",
    ),
    "variances": ("Reference", "Statistic", "correlation", "covariance", "design_effects", "variance"),
    "weighting": ("adjust_response", "trim"),
}
_HOME = {name: (module, name) for module, names in _NAMES.items() for name in names} | {
    "ReplicateKind": ("resampling", "Kind"),
    "given_replicates": ("resampling", "given"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, own = _HOME[name]
    return getattr(import_module(f"saphan.estimate.survey.{module}"), own)


def __dir__() -> list[str]:
    return sorted(__all__)
