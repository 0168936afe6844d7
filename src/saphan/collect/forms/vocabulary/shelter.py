"""Shelter and non-food items."""

from saphan.collect.forms.vocabulary import Row

SHELTER: tuple[Row, ...] = ()
