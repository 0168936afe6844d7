"""The part as a Django app."""

from saphan.register.boot.parts import Part


class Fieldwork(Part):
    """Published form versions."""

    default = True
    name = "saphan.register.fieldwork"
    label = "fieldwork"
