"""The public figures as one tidy table: a row for each figure, codes in the cells, names in the dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import polib

from saphan.core import period as periods
from saphan.core.text import Text
from saphan.core.unit import Unit
from saphan.mission.model import AdminArea, Mission
from saphan.publish.figures.model import Figure, Kind, Register, Release
from saphan.publish.figures.register import public
from saphan.publish.figures.rounding import limits

HIDDEN = "*"  # stands for the value of a figure that exists and is protected
PROTECTED = "protected"
ROUTE = ("origin", "destination")  # places of the journey; any other place in a cell is where the row speaks of
ORDER = ("cordon", "direction", "point", "mode", "who", "nationality", "state", "question", "answer", *ROUTE)
Labels = Mapping[tuple[str, str], Text]  # ("mode", "boat"), ("answer:main_reason", "work") -> words
Row = Mapping[str, str]  # column -> text; empty where there is nothing to say
_WORDS = Path(__file__).parent / "words"
_FALLBACK = "en"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its Frictionless type and HXL tag; its meaning stands in `words/<language>.po`."""

    name: str
    type: str
    hxl: str

    def meaning(self, language: str) -> str:
        """What the column holds; a part of the cell that this house does not know of is described by its name."""
        return say(f"column-{self.name}", language) if known(f"column-{self.name}") else self.name


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns, and a row for each figure in the order of the register."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


_BEFORE = (("figure", "string", "#meta+figure"), ("key", "string", "#meta+key"), ("indicator", "string", "#indicator"))
_PLACE = (
    ("adm1_pcode", "string", "#adm1+code+v_pcode"),
    ("adm1_name", "string", "#adm1+name"),
    ("adm2_pcode", "string", "#adm2+code+v_pcode"),
    ("adm2_name", "string", "#adm2+name"),
    ("pcode_version", "string", "#meta+adm+version"),
)
_AFTER = (
    ("period_start", "date", "#date+start"),
    ("period_end", "date", "#date+end"),
    ("unit", "string", "#indicator+unit"),
    ("value", "number", "#indicator+value+num"),
    ("low", "number", "#indicator+value+min"),
    ("high", "number", "#indicator+value+max"),
    ("said_low", "number", "#indicator+value+said+min"),
    ("said_high", "number", "#indicator+value+said+max"),
    ("grade", "string", "#meta+reliability"),
    ("rounded_to", "number", "#meta+rounding"),
    ("rests_on", "integer", "#meta+count+observed"),
    ("clusters", "integer", "#meta+count+clusters"),
    ("effective_coverage", "number", "#meta+coverage"),
    ("kind", "string", "#meta+kind"),
    ("method", "string", "#meta+method"),
    ("basis", "string", "#meta+basis"),
    ("status", "string", "#status+obs"),
    ("suppressed", "string", "#status+conf"),
    ("simulated", "boolean", "#meta+simulated"),
    ("snapshot", "string", "#meta+snapshot"),
)
_HXL = {
    "cordon": "#loc+fmp+line+code",
    "direction": "#population+flow+type",
    "point": "#loc+fmp+code",
    "mode": "#transport+mode",
    "who": "#population+group",
    "nationality": "#population+nationality+code",
    "question": "#respondee+question",
    "answer": "#respondee+answer",
    "state": "#meta+sites+state",
    "origin": "#adm1+origin+code",
    "destination": "#adm1+destination+code",
}


def tabulate(register: Register, mission: Mission) -> Table:
    """The tidy table of what a register may show outside.

    A protected figure has a row with `*` for its value where that gives nothing away (see `_nameable`). Such a row has
    no key: a hash of few possible contents gives the content away. Every figure that nobody signed is provisional (P).
    """
    shown = public(register, mission)
    nameable = _nameable(register, shown, mission)
    wanted = [
        shown.figures.get(figure.name, figure)
        for figure in register
        if figure.name in shown.figures or figure.name in nameable
    ]
    codes_of: dict[str, set[str]] = {}
    for figure in wanted:
        for key, code in figure.cell.items():
            codes_of.setdefault(key, set()).add(code)
    # A part of the cell whose codes are all areas is the place that the row speaks of.
    keys = {key for key, found in codes_of.items() if key in ROUTE or not found <= mission.places.areas.keys()}
    ordered = [key for key in ORDER if key in keys] + sorted(keys - set(ORDER))
    cells = tuple((key, "string", _HXL.get(key, f"#meta+{key}")) for key in ordered)
    columns = tuple(Column(name=name, type=type_, hxl=hxl) for name, type_, hxl in (*_BEFORE, *cells, *_PLACE, *_AFTER))
    return Table(columns=columns, rows=tuple(_row(figure, ordered, register, mission) for figure in wanted))


def codes(table: Table, labels: Labels, mission: Mission) -> list[tuple[str, str, str, Text]]:
    """Every code in the table with its names: column, the question it answers (or nothing), code, names."""
    parts = [column.name for column in table.columns if column.name in ORDER and column.name != "question"]
    found: dict[tuple[str, str, str], Text] = {}
    for row in table.rows:
        for name in parts:
            code = row[name]
            question = row.get("question", "") if name == "answer" else ""
            if code:
                found.setdefault((name, question, code), _label(name, question, code, labels, mission))
    return [(*place, words) for place, words in sorted(found.items())]


def known(message: str) -> bool:
    """Whether there are words for a message."""
    return message in _read(_FALLBACK)


def say(message: str, language: str, **facts: object) -> str:
    """The words for a message in a language, or in English; KeyError if there are none."""
    return (_read(language).get(message) or _read(_FALLBACK)[message]).format(**facts)


@cache
def _read(language: str) -> Mapping[str, str]:
    path = _WORDS / f"{language}.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr} if path.is_file() else {}


def _nameable(register: Register, shown: Register, mission: Mission) -> set[str]:
    """The protected figures whose existence tells nothing about anybody.

    Each of its codes must be known without it: from a public figure, or as a place of the mission. And every
    combination of such codes must have a figure, whether anybody was met or not: where only combinations that occurred
    have one, the row itself would say that somebody was met.
    """
    known = {(key, code) for figure in shown for key, code in figure.cell.items()}
    known |= {("point", point.id) for point in mission.places.points.values() if point.official}
    areas = mission.places.areas
    families: dict[tuple[str, str, str, frozenset[str]], list[Figure]] = {}
    for figure in register:
        if all(item in known or (item[0] not in ROUTE and item[1] in areas) for item in figure.cell.items()):
            family = (figure.indicator, figure.period, figure.cell.get("question", ""), frozenset(figure.cell))
            families.setdefault(family, []).append(figure)
    found: set[str] = set()
    for (*_, keys), members in families.items():
        combinations = math.prod(len({figure.cell[key] for figure in members}) for key in keys)
        if len(members) == combinations:
            found |= {one.name for one in members if one.release in (Release.TOO_FEW, Release.RECOVERABLE)}
    return found


def _label(name: str, question: str, code: str, labels: Labels, mission: Mission) -> Text:
    found = labels.get((f"{name}:{question}", code)) or labels.get((name, code))
    if found is not None:
        return found
    places = mission.places
    if code in places.areas:
        return places.areas[code].name
    return places.points[code].name if code in places.points else Text({_FALLBACK: code})


def _area(figure: Figure, level: int, mission: Mission) -> AdminArea | None:
    """The area of a level that a figure speaks of: that of a place in its cell, or of its point."""
    places = mission.places
    codes = [code for key, code in figure.cell.items() if key not in ROUTE and code in places.areas]
    point = places.points.get(figure.cell.get("point", ""))
    codes += [point.pcode] if point is not None else []
    return next((area for code in codes if (area := places.ancestor(code, level)) is not None), None)


def _row(figure: Figure, keys: Sequence[str], register: Register, mission: Mission) -> Row:
    period = periods.parse(figure.period)
    areas = {f"adm{level}": _area(figure, level, mission) for level in (1, 2)}
    hidden = figure.release is not Release.PUBLIC
    row = {
        "figure": figure.name,
        "indicator": figure.indicator,
        **{key: figure.cell.get(key, "") for key in keys},
        **{f"{level}_pcode": area.pcode if area else "" for level, area in areas.items()},
        **{f"{level}_name": area.name.to(_FALLBACK) if area else "" for level, area in areas.items()},
        "pcode_version": mission.places.version if any(areas.values()) else "",
        "period_start": period.start.isoformat(),
        "period_end": (period.end - timedelta(days=1)).isoformat(),
        "unit": figure.unit.value,
        "kind": figure.kind.value,
        "status": "P",
        "simulated": "true" if register.simulated else "false",
        "snapshot": register.frame,
    }
    if hidden:
        return row | {"key": "", "value": HIDDEN, "suppressed": PROTECTED} | dict.fromkeys(_OF_PUBLIC, "")
    interval = limits(figure)
    low, high = interval if interval and figure.kind is Kind.ESTIMATE else (None, None)
    return row | {
        "key": figure.key[:8],
        "value": _number(figure, figure.rounded),
        "low": _number(figure, low),
        "high": _number(figure, high),
        "said_low": "" if figure.said is None else _number(figure, figure.said[0]),
        "said_high": "" if figure.said is None else _number(figure, figure.said[1]),
        "grade": figure.grade,
        "rounded_to": _number(figure, 10.0**figure.places / (100 if figure.unit is Unit.SHARE else 1)),
        "rests_on": str(figure.rests_on),
        "clusters": str(figure.clusters),
        "effective_coverage": "" if figure.effective_coverage is None else f"{figure.effective_coverage:.2g}",
        "method": figure.method,
        "basis": figure.basis,
        "suppressed": "",
    }


_OF_PUBLIC = (
    "low",
    "high",
    "said_low",
    "said_high",
    "grade",
    "rounded_to",
    "rests_on",
    "clusters",
    "effective_coverage",
    "method",
    "basis",
)


def _number(figure: Figure, number: float | None) -> str:
    """Digits to the figure's place, neither more nor fewer; no thousands separator, a point for decimals."""
    if number is None:
        return ""
    return f"{number:.{max(0, -figure.places + (2 if figure.unit is Unit.SHARE else 0))}f}"
