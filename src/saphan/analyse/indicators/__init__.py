"""What numbers mean: from a snapshot and the round's design to estimates with their parents."""

from saphan.analyse.indicators.compute import compute, of_cordon
from saphan.analyse.indicators.model import Result, Results, Total

__all__ = ["Result", "Results", "Total", "compute", "of_cordon"]
