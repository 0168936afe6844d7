"""Sample design: how many to ask, how to share them out, and whom; each draw can be repeated from its record."""

from saphan.estimate.sampling.allocation import Rule, Strata, allocate, allocate_for, margin_of_strata
from saphan.estimate.sampling.difference import Comparison, of_shares
from saphan.estimate.sampling.draw import draw, draw_again, substitute
from saphan.estimate.sampling.model import Method, Record, Role, Sample, Stage, Substitution
from saphan.estimate.sampling.second_order import brewer, sen_yates_grundy, variance, with_replacement
from saphan.estimate.sampling.selection import inclusion, joint_inclusion
from saphan.estimate.sampling.size import (
    Size,
    Terms,
    design_effect,
    margin_of_mean,
    margin_of_proportion,
    margin_of_total,
    size_for_mean,
    size_for_proportion,
    size_for_total,
)

__all__ = [
    "Comparison",
    "Method",
    "Record",
    "Role",
    "Rule",
    "Sample",
    "Size",
    "Stage",
    "Strata",
    "Substitution",
    "Terms",
    "allocate",
    "allocate_for",
    "brewer",
    "design_effect",
    "draw",
    "draw_again",
    "inclusion",
    "joint_inclusion",
    "margin_of_mean",
    "margin_of_proportion",
    "margin_of_strata",
    "margin_of_total",
    "of_shares",
    "sen_yates_grundy",
    "size_for_mean",
    "size_for_proportion",
    "size_for_total",
    "substitute",
    "variance",
    "with_replacement",
]
