"""How many there are: what informants say of sites, reconciled, added up, and given errors where sites were counted."""

from saphan.estimate.stock.model import (
    PRESENCE,
    Area,
    Assessed,
    Count,
    Coverage,
    Grade,
    Interval,
    Measure,
    Obtained,
    Reconciled,
    Report,
    Site,
    Stock,
    Subject,
)
from saphan.estimate.stock.panel import Change, Outlier, changes, outliers
from saphan.estimate.stock.parts import apportioned
from saphan.estimate.stock.reconcile import reconcile
from saphan.estimate.stock.subset import Subset, draw_subset
from saphan.estimate.stock.totals import stocks

__all__ = [
    "PRESENCE",
    "Area",
    "Assessed",
    "Change",
    "Count",
    "Coverage",
    "Grade",
    "Interval",
    "Measure",
    "Obtained",
    "Outlier",
    "Reconciled",
    "Report",
    "Site",
    "Stock",
    "Subject",
    "Subset",
    "apportioned",
    "changes",
    "draw_subset",
    "outliers",
    "reconcile",
    "stocks",
]
