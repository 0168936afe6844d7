"""How many there are of whom only some are on lists: bounds, two lists, several lists."""

from saphan.estimate.hidden.bounds import chao, chapman, lower_bound
from saphan.estimate.hidden.choice import Choice
from saphan.estimate.hidden.linkage import Missed, missed_links
from saphan.estimate.hidden.model import Doubt, Lists, Population, RefusedError, Warned
from saphan.estimate.hidden.systems import multiple_systems

__all__ = [
    "Choice",
    "Doubt",
    "Lists",
    "Missed",
    "Population",
    "RefusedError",
    "Warned",
    "chao",
    "chapman",
    "lower_bound",
    "missed_links",
    "multiple_systems",
]
