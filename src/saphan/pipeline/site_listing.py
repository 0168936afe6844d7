"""The numbers of every site, for those who go there: internal, since no product ever names a site."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from saphan import mission as missions
from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.stocks import Assessment, assess, outlying, read
from saphan.collect import rounds
from saphan.mission.model import Mission

HEADER = (
    "exercise", "round", "period", "province", "district", "site", "name", "access", "reported", "low", "high", "grade",
    "reasons", "informants", "sources", "counted", "look_again",
)  # fmt: skip


def encode(snapshot: Snapshot) -> bytes | None:
    """A row for each site and round of every exercise, as CSV; None where the mission has no exercise.

    `reported` is the number reconciled from the reports, with its range, grade and the reasons of the grade; `counted`
    that of a count; `look_again` says in words how the number stands out against the round before.
    """
    mission = missions.open(snapshot.mission)
    exercises = rounds.load_mobility(mission)
    if not exercises:
        return None
    answers = read(snapshot)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for exercise in exercises:
        before: Assessment | None = None
        for one in assess(answers, mission, exercise):
            for row in _rows(mission, one, before):
                writer.writerow([exercise.id, *row])
            before = one
    return text.getvalue().encode()


def _rows(mission: Mission, one: Assessment, before: Assessment | None) -> Iterator[list[object]]:
    language = mission.languages[0]
    numbers = {each.site: each for each in one.present.reconciled}
    counted = {each.site: each.value for each in one.present.counts}
    flagged = {each.site: each.words for each in (outlying(before, one) if before else ())}
    for site in one.said.sites:
        number = numbers.get(site.id)
        told = (
            [
                *(f"{each:.0f}" for each in (number.value, number.low, number.high)),
                number.grade.value,
                "; ".join(number.reasons),
                number.informants,
                number.sources,
            ]
            if number is not None
            else [""] * 7
        )
        yield [
            one.said.fielded.number,
            one.said.fielded.period.label,
            site.province,
            site.district,
            site.id,
            mission.places.sites[site.id].name.to(language),
            one.said.access.get(site.id, "not visited"),
            *told,
            f"{counted[site.id]:.0f}" if site.id in counted else "",
            flagged.get(site.id, ""),
        ]
