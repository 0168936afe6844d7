"""Statistical disclosure control: what of a release must be hidden, and proof that it cannot be had by subtraction."""

from saphan.analyse.disclosure.model import WHOLE, Bounds, Cell, Protection, Ratio, Reason, Standing, Sum
from saphan.analyse.disclosure.search import protect

__all__ = ["WHOLE", "Bounds", "Cell", "Protection", "Ratio", "Reason", "Standing", "Sum", "protect"]
