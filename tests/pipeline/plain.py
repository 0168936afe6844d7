"""A small mission of plain hourly counts at two points, imported and built as a user would."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.xlsforms import xlsx

from saphan.pipeline.building import build
from saphan.pipeline.figuring import figures
from saphan.pipeline.receiving import receive
from saphan.pipeline.registering import open_register
from saphan.pipeline.starting import new
from saphan.pipeline.workspace import open_workspace
from saphan.publish.figures.model import Register

AT = datetime(2026, 1, 1, tzinfo=UTC)
POINTS = {"FOR-01": range(6, 20), "MIL-01": range(24)}  # and the hours in which each is open
FORM = """
| survey | | | | | |
| | type | name | label::English (en) | concept | dissemination |
| | select_one point | point | Counter | point | public |
| | date | day | Date | observed_date | public |
| | integer | hour | Hour of the day | observed_hour | public |
| | select_one way | way | Direction | direction | public |
| | integer | total | Travellers counted | total | public |
| choices | | | | | |
| | list_name | name | label::English (en) | | |
| | point | FOR-01 | Fordham bridge | | |
| | point | MIL-01 | Millbridge | | |
| | way | in | In | | |
| | way | out | Out | | |
| | way | transit | Along the border | | |
| settings | | | | | |
| | form_title | form_id | version | default_language | concept |
| | Hourly count | hourly_count | 1 | English (en) | hourly-count |
"""
MAPPING = """
timezone = "UTC"
[columns]
point = "point"
date = "date"
hour = "hour"
count = "count"
direction = "way"
[points]
FOR-01 = "FOR-01"
MIL-01 = "MIL-01"
"""
ROUND = """
[[round]]
id = "{id}"
period = "{period}"
draw = "{draw}"
[round.cordon]
id = "{cordon}"
known_points = {known}
name = {{ en = "Points of {cordon}" }}
inward = {{ en = "into Avenland" }}
[round.forms]
hourly-count = "hourly_count"
[[round.shift]]
id = "day"
hours = [0, 24]
"""
WEEKS = (date(2024, 1, 17), date(2024, 2, 13), date(2024, 3, 4))  # one drawn in each month
Row = tuple[str, date, int, str, int | str]  # point, day, hour, direction, count


def round_of(
    *,
    name: str = "2024",
    period: str = "2024-01-01..2024-03-31",
    draw: str = "random-week",
    cordon: str = "aven",
    known: int = 5,
    points: Iterable[str] = tuple(POINTS),
    weeks: Iterable[date] = WEEKS,
    official: Mapping[str, str] | None = None,
) -> str:
    """One round of rounds.toml; `official` names the file of official counts of a point."""
    text = ROUND.format(id=name, period=period, draw=draw, cordon=cordon, known=known)
    text += "".join(f'[[round.panel]]\npoint = "{point}"\n' for point in points)
    text += "".join(f'[[round.week]]\nid = "{first:%Y-%m}"\nfirst = {first}\n' for first in weeks)
    return text + "".join(f'[round.known_series]\n{point} = "{file}"\n' for point, file in (official or {}).items())


def days_of(weeks: Iterable[date] = WEEKS) -> list[date]:
    """The days of the drawn weeks."""
    return [first + timedelta(days=day) for first in weeks for day in range(7)]


def plain_mission(folder: Path, *rounds: str) -> Path:
    """A mission folder that fields plain hourly counts by direction and nothing else."""
    new(folder)
    for name in ("forms/counter.xlsx", "forms/point_log.xlsx", "products/factsheet.toml", "world.toml"):
        (folder / name).unlink()
    (folder / "forms" / "hourly_count.xlsx").write_bytes(xlsx(FORM))
    (folder / "imports").mkdir()
    (folder / "imports" / "counts.toml").write_text(MAPPING, "utf-8")
    (folder / "rounds.toml").write_text("".join(rounds or [round_of()]), "utf-8")
    return folder


def built(folder: Path, rows: Iterable[Row]) -> Register:
    """Import the rows as a CSV, build, and give every figure, hidden ones too."""
    path = folder.parent / "counts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["point", "date", "hour", "way", "count"])
        writer.writerows(rows)
    workspace = open_workspace(folder)
    opened = open_register(workspace, at=AT)
    mapping = folder / "imports" / "counts.toml"
    received = receive(workspace, opened, path, mapping=mapping, workers=0, step=quiet)
    assert not received.unread
    assert not received.receipt.refused
    build(workspace, opened, quiet)
    return figures(workspace.figures)


def quiet(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""
