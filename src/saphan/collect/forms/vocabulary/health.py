"""Health, disability and mental health."""

from saphan.collect.forms.vocabulary import Row

HEALTH: tuple[Row, ...] = ()
