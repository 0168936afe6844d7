"""A made-up release like a year of flow monitoring: one total parted by direction, month, district, point and mode."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from saphan.core.text import Text
from saphan.core.unit import Unit
from saphan.mission.model import AdminArea, Disclosure, Dissemination, Mission, MonitoringPoint, Places, PointType
from saphan.publish.figures import WHOLE, Figure, Kind, Sum
from saphan.publish.figures.model import name_of

DISTRICTS = {
    "TH6304": {"TAK-05": 9_000, "TAK-06": 4_000},
    "TH6306": {"TAK-01": 420_000, "TAK-02": 130_000, "TAK-03": 60_000, "TAK-04": 45_000},
    "TH8501": {"RAN-01": 90_000, "RAN-02": 60_000},
}
OFFICIAL = {"TAK-01", "TAK-02", "RAN-01"}
AREAS = (
    AdminArea(pcode="TH63", level=1, name=Text({"en": "Tak", "th": "ตาก"}), parent=None),
    AdminArea(pcode="TH85", level=1, name=Text({"en": "Ranong", "th": "ระนอง"}), parent=None),
    *(
        AdminArea(pcode=pcode, level=2, name=Text({"en": f"District {pcode}"}), parent=pcode[:4], border=True)
        for pcode in DISTRICTS
    ),
)
COUNTED = 0.23  # the share of the year's movements that is counted


def make_figure(
    value: float,
    *,
    indicator: str = "flow.movements",
    period: str = "2023",
    unit: Unit = Unit.MOVEMENT,
    kind: Kind = Kind.ESTIMATE,
    half: float | None = None,
    rests_on: int | None = None,
    base: int | None = None,
    parents: tuple[str, ...] = (),
    query: str = "select 1",
    **cell: str,
) -> Figure:
    reach = (value * 0.06 if half is None else half) if kind is Kind.ESTIMATE else None
    return Figure(
        name=name_of(indicator, cell, period),
        indicator=indicator,
        cell=cell,
        period=period,
        unit=unit,
        kind=kind,
        value=value,
        low=None if reach is None else max(0.0, value - reach),
        high=None if reach is None else value + reach,
        standard_error=None if reach is None else reach / 1.96,
        degrees_of_freedom=None if reach is None else 40.0,
        rests_on=round(value * COUNTED) if rests_on is None else rests_on,
        base=base,
        clusters=120,
        effective_coverage=COUNTED,
        method="flow.predictor/1",
        basis="count" if kind is Kind.COUNT else "design",
        definition=Text({"en": "Movements across the border", "th": "การเดินทางข้ามแดน"}),
        parents=parents,
        query=query,
    )


def make_mission() -> Mission:
    points = {
        point: MonitoringPoint(
            id=point,
            name=Text({"en": point}),
            type=PointType.OFFICIAL_BORDER if point in OFFICIAL else PointType.UNOFFICIAL_BORDER,
            pcode=district,
            latitude=16.7,
            longitude=98.5,
            hours=(6, 18),
            dissemination=Dissemination.PUBLIC if point in OFFICIAL else Dissemination.RESTRICTED,
        )
        for district, members in DISTRICTS.items()
        for point in members
    }
    return Mission(
        folder=Path("missions/example"),
        id="example-2023",
        name=Text({"en": "Example"}),
        languages=("en", "th", "my"),
        timezone="Asia/Bangkok",
        country="TH",
        currency="THB",
        simulated=True,
        disclosure=Disclosure(threshold=10),
        holidays=(),
        contact=Text({"en": "data@example.org"}),
        licence="CC-BY-4.0",
        retention_days=1,
        places=Places(version="v01", areas={area.pcode: area for area in AREAS}, points=points),
        words={},
    )


def make_year(seed: int = 5) -> tuple[list[Figure], list[Sum]]:
    """About 150 figures with crossing sums, exact before rounding, some resting on very few."""
    random = np.random.default_rng(seed)
    figures: list[Figure] = []
    sums: list[Sum] = []

    def add(value: float, **cell: str) -> str:
        period = cell.pop("period", "2023")
        relative = min(1.0, 0.02 + 2.0 / max(1.0, value) ** 0.4)
        figures.append(make_figure(value, period=period, half=value * relative, parents=("flow.counted/2023",), **cell))
        return figures[-1].name

    totals = {}
    for direction, factor in (("in", 1.0), ("out", 0.93)):
        districts, value = [], 0.0
        for district, points in DISTRICTS.items():
            names, inside = [], 0.0
            for point, size in points.items():
                here = size * factor * float(random.uniform(0.9, 1.1))
                names.append(add(here, direction=direction, point=point))
                inside += here
            districts.append(add(inside, direction=direction, district=district))
            sums.append(Sum(total=districts[-1], parts=tuple(names)))
            value += inside
        totals[direction] = add(value, direction=direction)
        sums.append(Sum(total=totals[direction], parts=tuple(districts)))
        for shares, key in (
            (random.dirichlet(np.full(12, 60.0)), "month"),
            (random.dirichlet([20, 9, 1, 0.3, 0.0002]), "mode"),
            (random.dirichlet([10, 9, 2, 2]), "who"),
        ):
            shares = shares / shares.sum()
            parts = [
                add(value * float(share), direction=direction, period=f"2023-{number + 1:02}")
                if key == "month"
                else add(value * float(share), direction=direction, **{key: f"{key}-{number}"})
                for number, share in enumerate(shares)
            ]
            sums.append(Sum(total=totals[direction], parts=tuple(parts)))
    whole = sum(figure.value for figure in figures if figure.name in totals.values())
    sums.append(Sum(total=add(whole), parts=tuple(totals.values())))
    answers = {"work": 2100, "family": 900, "trade": 1400, "study": 250, "other": 4}
    base = sum(answers.values())
    shares = []
    for answer, count in answers.items():
        share = count / base
        figures.append(
            make_figure(
                share,
                indicator="survey.share",
                unit=Unit.SHARE,
                half=2.2 * (share * (1 - share) / base) ** 0.5,
                rests_on=count,
                base=base,
                question="main_reason",
                answer=answer,
            )
        )
        shares.append(figures[-1].name)
    sums.append(Sum(total=WHOLE, parts=tuple(shares)))
    return figures, sums
