"""Livelihoods, debt and recruitment."""

from saphan.collect.forms.vocabulary import Row

LIVELIHOODS: tuple[Row, ...] = ()
