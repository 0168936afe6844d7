"""Collection designs: who is asked where and when, read from rounds.toml, assessments.toml and mobility.toml."""

from saphan.collect.rounds.assessment_reading import find_assessments, load_assessments
from saphan.collect.rounds.assessments import Area, HouseholdAssessment
from saphan.collect.rounds.drawing import draw
from saphan.collect.rounds.mobility import MobilityExercise, MobilityRound
from saphan.collect.rounds.mobility_reading import find_mobility, load_exercise, load_mobility
from saphan.collect.rounds.model import (
    Busy,
    Cordon,
    Draw,
    FieldWeek,
    Panel,
    Round,
    Screening,
    Shift,
    WithinGroup,
)
from saphan.collect.rounds.reading import find, load
from saphan.collect.rounds.series import ALL, daily, known_series

__all__ = [
    "ALL",
    "Area",
    "Busy",
    "Cordon",
    "Draw",
    "FieldWeek",
    "HouseholdAssessment",
    "MobilityExercise",
    "MobilityRound",
    "Panel",
    "Round",
    "Screening",
    "Shift",
    "WithinGroup",
    "daily",
    "draw",
    "find",
    "find_assessments",
    "find_mobility",
    "known_series",
    "load",
    "load_assessments",
    "load_exercise",
    "load_mobility",
]
