"""Water, sanitation and hygiene."""

from saphan.collect.forms.vocabulary import Row

WATER: tuple[Row, ...] = ()
