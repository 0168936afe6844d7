"""What a check is, what it says, and the parameters a mission sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import msgspec

from saphan.collect.rounds.model import Round
from saphan.mission.model import MonitoringPoint


class Severity(StrEnum):
    """How much an issue matters to whoever reviews the submission."""

    NOTICE = "notice"  # worth knowing when many come from one place
    WARNING = "warning"  # worth looking at
    SERIOUS = "serious"  # to be looked at before the answers are used


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One thing a check noticed: codes and columns, never an answer.

    `row` counts from 1 within its table, and is 0 where the issue is about the whole submission; then `column` is
    empty, or names the column of the form's own table that shows it.
    """

    instance: str
    check: str
    severity: str
    table: str
    row: int
    column: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One entry of the catalogue: what it means in words, and its severity unless the mission sets another."""

    code: str
    severity: Severity
    meaning: str


def _catalogue(*rows: tuple[str, Severity, str]) -> dict[str, Check]:
    return {code: Check(code=code, severity=severity, meaning=meaning) for code, severity, meaning in rows}


CATALOGUE: dict[str, Check] = _catalogue(
    # what reading found (collect.forms.model.Fault)
    ("type", Severity.SERIOUS, "the answer is not of the question's type"),
    ("choice", Severity.WARNING, "the answer is not one of the list"),
    ("constraint", Severity.WARNING, "the form's own constraint does not hold"),
    ("required", Severity.WARNING, "a required question was left empty"),
    ("not-relevant", Severity.WARNING, "an answer stands where the form asks nothing"),
    ("unknown", Severity.WARNING, "the submission has an element that its form has not"),
    ("repeated", Severity.WARNING, "a question was answered twice"),
    ("expression", Severity.NOTICE, "a condition of the form could not be evaluated"),
    # time
    ("too-short", Severity.WARNING, "filled in faster than it can be asked"),
    ("too-long", Severity.NOTICE, "open for longer than it takes"),
    ("ends-before-start", Severity.WARNING, "closed before it was opened: the phone's clock was changed"),
    ("other-day", Severity.WARNING, "opened on another day, or long after the hour, than it says was observed"),
    ("future", Severity.SERIOUS, "dated after it was received: the phone's clock is wrong"),
    ("off-round", Severity.WARNING, "the day was not to be fielded at this point"),
    ("off-shift", Severity.WARNING, "no shift has this hour on this day"),
    ("point-closed", Severity.WARNING, "the point is not open at this hour"),
    # place
    ("unknown-point", Severity.SERIOUS, "there is no such monitoring point"),
    ("far-from-point", Severity.WARNING, "collected far from the point it names"),
    # answers
    ("old-version", Severity.NOTICE, "filled in on an outdated version of the form"),
    ("under-age", Severity.SERIOUS, "somebody under the minimum age was interviewed"),
    ("no-referral", Severity.SERIOUS, "a child was seen alone and no referral was recorded"),
    ("total-differs", Severity.WARNING, "the total is not the sum of men, women, boys and girls"),
    ("code-as-number", Severity.NOTICE, "the number is one that is used for don't know or no answer"),
    ("same-rows", Severity.NOTICE, "many rows with the same answers throughout"),
    ("same-answers", Severity.NOTICE, "the same answer to every question of a series"),
    ("large-group", Severity.WARNING, "the group is larger than is ever seen"),
    ("large-hour", Severity.WARNING, "the hour's total is larger than is ever counted"),
    # submissions against each other
    ("same-hour", Severity.SERIOUS, "another submission counts the same point, day and hour"),
    ("no-screening", Severity.WARNING, "no screening record carries this interview's code"),
    ("no-interview", Severity.NOTICE, "screened as interviewed, but no interview carries the code"),
    ("same-code", Severity.WARNING, "another submission carries the same screening code"),
    ("unusual-group", Severity.NOTICE, "the group is far from the sizes usual at this point"),
    ("unusual-hour", Severity.NOTICE, "the hour's total is far from what is usual at this point"),
)


Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of checks.toml; the defaults are for flow monitoring at a land border."""

    # minutes between opening and closing the form: the least and the most, by form concept
    duration: dict[str, tuple[float, float]] = msgspec.field(
        default_factory=lambda: {"counter": (0.5, 120.0), "screener": (0.1, 30.0), "flow-survey": (5.0, 120.0)}
    )
    late_hours: Positive = 3.0  # a form may be opened this long after the observed hour began
    far_metres: Positive = 1_000.0
    largest_group: Count = 60
    largest_hour: Count = 5_000
    missing_codes: tuple[int, ...] = (88, 99, 888, 999, 8888, 9999, -88, -99, -888, -999)
    same_rows: Count = 12
    same_answers: Count = 6
    unusual_score: Positive = 5.0  # robust standard deviations on a log scale
    unusual_least: Count = 30  # values a point needs before anything is unusual there
    severity: dict[str, str] = msgspec.field(default_factory=dict)  # check -> another severity, or "off"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What checks compare a submission with; plain data, given to worker processes as it is."""

    settings: Settings = field(default_factory=Settings)
    points: Mapping[str, MonitoringPoint] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)  # form id -> the version in force
