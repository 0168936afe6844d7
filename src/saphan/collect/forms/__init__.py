"""Forms: XLSForm to schema, instance XML to typed rows, and the concepts that give questions their meaning."""

from saphan.collect.forms.concepts import CONCEPTS, Concept, FormConcept
from saphan.collect.forms.encoding import decode, encode
from saphan.collect.forms.instances import DEFAULT_LIMIT, texts
from saphan.collect.forms.loading import decode as decode_form
from saphan.collect.forms.loading import encode as encode_form
from saphan.collect.forms.loading import find, from_xlsx, load
from saphan.collect.forms.reading import Reader, read
from saphan.collect.forms.validating import validate

__all__ = [
    "CONCEPTS",
    "DEFAULT_LIMIT",
    "Concept",
    "FormConcept",
    "Reader",
    "decode",
    "decode_form",
    "encode",
    "encode_form",
    "find",
    "from_xlsx",
    "load",
    "read",
    "texts",
    "validate",
]
