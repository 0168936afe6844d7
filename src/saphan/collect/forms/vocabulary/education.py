"""Education."""

from saphan.collect.forms.vocabulary import Row

EDUCATION: tuple[Row, ...] = ()
