"""Releasable numbers and their provenance: rounded, disclosed, hedged, worded and keyed."""

from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.model import WHOLE, Figure, Kind, Register, Release, Sum
from saphan.publish.figures.register import RESTRICTED, Change, compare, decode, encode, key_of, propose, public
from saphan.publish.figures.rounding import Rounded, adds_up, limits, round_figures
from saphan.publish.figures.wording import Printed, printed, with_unit

__all__ = [
    "RESTRICTED",
    "WHOLE",
    "Change",
    "Figure",
    "Form",
    "Hedge",
    "Kind",
    "Printed",
    "Register",
    "Release",
    "Rounded",
    "Sum",
    "adds_up",
    "compare",
    "decode",
    "encode",
    "key_of",
    "limits",
    "printed",
    "propose",
    "public",
    "round_figures",
    "with_unit",
]
