"""Flow totals from partly observed time, with intervals that cover."""

from saphan.estimate.flow.expansion import expansion
from saphan.estimate.flow.fit import VERSION, FlowFit, fit
from saphan.estimate.flow.hours import effort, hour_profile
from saphan.estimate.flow.model import Basis, Design, Estimate, FlowSample, Settings
from saphan.estimate.flow.product import product

__all__ = [
    "VERSION",
    "Basis",
    "Design",
    "Estimate",
    "FlowFit",
    "FlowSample",
    "Settings",
    "effort",
    "expansion",
    "fit",
    "hour_profile",
    "product",
]
