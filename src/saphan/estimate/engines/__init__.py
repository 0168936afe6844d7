"""Engines filter, join, add and count; the mathematics is NumPy on the small table of sums that comes back."""

from saphan.estimate.engines.model import Engine, Extent, Extents, extents_by_query

__all__ = ["Engine", "Extent", "Extents", "extents_by_query"]
