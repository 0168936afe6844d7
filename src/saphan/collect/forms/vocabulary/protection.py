"""Protection, documentation, access to services and accountability."""

from saphan.collect.forms.vocabulary import Row

PROTECTION: tuple[Row, ...] = ()
