"""What a number counts. A movement is not a person: the unit travels with every estimate and is printed with it."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """The units that figures are in.

    `SHARE` is a proportion of another unit, from 0 to 1; `CHANGE` how many persons more there are than before, below
    zero where they are fewer; `NUMBER` an average or a median of what was asked of each, in the unit that its
    definition names (a score, months, people of a household).
    """

    MOVEMENT = "movement"
    PERSON = "person"
    CHANGE = "change"
    GROUP = "group"
    INTERVIEW = "interview"
    OBSERVATION_HOUR = "observation-hour"
    DAY = "day"
    POINT = "point"
    SITE = "site"
    AREA = "area"
    HOUSEHOLD = "household"
    NUMBER = "number"
    SHARE = "share"
