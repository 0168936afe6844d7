"""Reads an OCHA COD-AB download, says what in it does not nest or match a mission's areas, and writes it if asked.

COD-AB (common operational datasets, administrative boundaries) come as GeoJSON, GeoPackage or shapefile, a layer a
level, with either set of columns: `ADM1_EN`, `ADM1_TH`, `ADM1_PCODE`, or `adm1_name`, `adm1_name1`, `adm1_pcode` with
the languages in `lang`, `lang1`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from shapely.geometry.base import BaseGeometry

from saphan.core.problem import At, Finding, Problem, finding
from saphan.core.text import Text
from saphan.mission.model import AdminArea, Places

# Outlines of two levels that come from one topology agree to the last digit; simplified copies differ along borders.
SHARE_OUTSIDE = 0.02

_COLUMN = re.compile(r"adm(?P<level>\d)_(?:(?P<pcode>pcode)|name(?P<number>\d?)|(?P<language>[a-z]{2}))", re.IGNORECASE)
_BOUNDARIES = (".geojson", ".gpkg", ".shp")
_WGS84 = ("EPSG:4326", "OGC:CRS84")


@dataclass(frozen=True, kw_only=True)
class AreaImport:
    """What a download holds: areas and outlines by P-code, and everything found wrong in it."""

    areas: Mapping[str, AdminArea]
    outlines: Mapping[str, BaseGeometry]
    findings: tuple[Finding, ...]

    @property
    def levels(self) -> Mapping[int, int]:
        """How many areas there are of each level."""
        return dict(sorted(Counter(area.level for area in self.areas.values()).items()))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way in which a download differs from a mission's present areas: missing, extra, renamed or moved."""

    kind: str
    pcode: str
    present: str = ""
    imported: str = ""

    def __str__(self) -> str:
        differs = f": {self.present} is {self.imported}" if self.present and self.imported else ""
        return f"{self.pcode} is {self.kind}{differs or (': ' + (self.present or self.imported))}"


def read_areas(paths: Iterable[Path]) -> AreaImport:
    """The areas of one or more files, or folders of files, of one download: all layers and levels together.

    Whatever is wrong is a finding: a file that cannot be opened, no P-codes, an unknown coordinate system, P-codes that
    stand twice, do not nest by their digits, or whose outline lies outside that of the area above.
    """
    gathered = _Gathered()
    for path in (file for given in paths for file in _files(given)):
        before = len(gathered.found)
        layers = list(_layers(path, gathered.found))
        for layer in layers:
            gathered.take(layer)
        if not layers and len(gathered.found) == before:
            gathered.found.append(finding("place.no-codes", At(file=path.name)))
    gathered.check()
    return AreaImport(areas=gathered.areas, outlines=gathered.outlines, findings=tuple(gathered.found))


def compare(imported: AreaImport, present: Places) -> tuple[Change, ...]:
    """How a download differs from a mission's areas, in the countries and levels that the download covers."""
    countries = {_country(pcode) for pcode in imported.areas}
    levels = imported.levels.keys()
    changes = []
    for pcode, area in sorted(present.areas.items()):
        if _country(pcode) in countries and area.level in levels and pcode not in imported.areas:
            changes.append(Change(kind="missing", pcode=pcode, present=area.name.to("en")))
    for pcode, area in sorted(imported.areas.items()):
        known = present.areas.get(pcode)
        if known is None:
            changes.append(Change(kind="extra", pcode=pcode, imported=area.name.to("en")))
            continue
        changes += [
            Change(kind="renamed", pcode=pcode, present=f"{known.name[language]} ({language})", imported=name)
            for language, name in area.name.items()
            if known.name.get(language, name) != name and name != pcode
        ]
        if area.parent != known.parent:
            changes.append(Change(kind="moved", pcode=pcode, present=known.parent or "", imported=area.parent or ""))
    return tuple(changes)


def write_areas(
    imported: AreaImport, folder: Path, *, present: Places | None = None, simplify: float = 0.0
) -> tuple[Path, Path]:
    """Write areas.csv and outlines.geojson into `folder`, each whole or not at all; Problem if the import has findings.

    From `present` come what a download does not know: other countries' areas and outlines, border marks, and names in
    further languages. `simplify` is in degrees; neighbours keep fitting each other.
    """
    if imported.findings:
        raise Problem(imported.findings)
    areas = _merged(imported, present)
    outlines: dict[str, Mapping[str, Any]] = {}
    if present is not None:
        countries = {_country(pcode) for pcode in imported.areas}
        outlines |= {pcode: shape for pcode, shape in present.outlines.items() if _country(pcode) not in countries}
    for level in imported.levels:
        codes = [pcode for pcode in imported.outlines if areas[pcode].level == level]
        shapes = np.array([imported.outlines[pcode] for pcode in codes])
        if simplify and len(shapes):
            shapes = shapely.coverage_simplify(shapes, simplify)
        outlines |= {
            pcode: json.loads(shapely.to_geojson(shape))
            for pcode, shape in zip(codes, shapely.set_precision(shapes, 1e-5), strict=True)
            if not shape.is_empty
        }
    folder.mkdir(parents=True, exist_ok=True)
    csv_path, outline_path = folder / "areas.csv", folder / "outlines.geojson"
    _replace(csv_path, _as_csv(areas))
    _replace(outline_path, _as_geojson(outlines))
    return csv_path, outline_path


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """One layer: its level, its columns by lower-case name, and its shapes (None where it has none)."""

    file: str
    level: int
    columns: Mapping[str, Sequence[object]]
    shapes: Sequence[BaseGeometry | None]

    def cell(self, column: str, row: int) -> str:
        """A cell as text; empty where the column or the value is missing."""
        values = self.columns.get(column)
        value = None if values is None else values[row]
        return "" if value is None or value != value else str(value).strip()  # NaN is not itself

    def name(self, level: int, row: int) -> dict[str, str]:
        """The names of the area of `level` in a row, by language."""
        names = {}
        for column in self.columns:
            part = _COLUMN.fullmatch(column)
            if part is None or part["pcode"] or int(part["level"]) != level or not self.cell(column, row):
                continue
            written = self.cell(f"lang{part['number'] or ''}", row)
            language = part["language"] or written or ("" if part["number"] else "en")
            if language:
                names[language.lower()] = self.cell(column, row)
        return names


def _files(path: Path) -> list[Path]:
    """The files of an unpacked download; a file is its own."""
    if not path.is_dir() or path.suffix == ".gdb":  # a geodatabase is a folder that is read as one file
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix.lower() in _BOUNDARIES) or [path]


def _layers(path: Path, found: list[Finding]) -> Iterator[_Layer]:
    try:
        for name, _ in pyogrio.list_layers(path):
            meta, _, wkb, values = raw.read(path, layer=name)
            columns = {str(field).lower(): column for field, column in zip(meta["fields"], values, strict=True)}
            matched = [part for part in map(_COLUMN.fullmatch, columns) if part and part["pcode"]]
            if not matched:
                continue
            if wkb is not None and meta["crs"] not in (None, *_WGS84):
                detail = f"its coordinates are in {meta['crs']}, not longitude and latitude (EPSG:4326)."
                found.append(finding("file.broken", At(file=path.name), detail=detail))
                continue
            rows = len(values[0])
            shapes = [None] * rows if wkb is None else list(shapely.from_wkb(wkb))
            level = max(int(part["level"]) for part in matched)
            yield _Layer(file=path.name, level=level, columns=columns, shapes=shapes)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.errors.ShapelyError) as error:
        found.append(finding("file.broken", At(file=path.name), detail=f"{str(error).replace(str(path), path.name)}."))


@dataclass(kw_only=True)
class _Gathered:
    """What the layers gave until now."""

    areas: dict[str, AdminArea] = field(default_factory=dict)
    outlines: dict[str, BaseGeometry] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    own: set[str] = field(default_factory=set)  # areas read from a layer of their own level
    origin: dict[str, At] = field(default_factory=dict)

    def take(self, layer: _Layer) -> None:
        """Add the areas of a layer's own level, and those above that its columns name."""
        for row, shape in enumerate(layer.shapes):
            at = At(file=layer.file, row=row + 1)
            parent = self._above(layer, row, at)
            pcode = layer.cell(f"adm{layer.level}_pcode", row)
            if not pcode:
                expected = "a P-code"
                self.found.append(
                    finding("csv.value", At(file=layer.file, row=row + 1, column="pcode"), value="", expected=expected)
                )
            elif pcode in self.own:
                self.found.append(finding("place.duplicate", at, pcode=pcode))
            else:
                self.own.add(pcode)
                self._add(pcode, layer.level, parent, layer.name(layer.level, row), at)
                self._add_outline(pcode, shape, at)

    def _above(self, layer: _Layer, row: int, at: At) -> str | None:
        parent: str | None = None
        for level in range(layer.level):
            pcode = layer.cell(f"adm{level}_pcode", row)
            if not pcode and level == 0:
                # A layer without its country's column still says the country in its P-codes.
                pcode = _country(layer.cell(f"adm{layer.level}_pcode", row))
            if not pcode:
                continue
            if pcode not in self.areas:
                self._add(pcode, level, parent, layer.name(level, row), at)
            parent = pcode
        return parent

    def _add(self, pcode: str, level: int, parent: str | None, names: Mapping[str, str], at: At) -> None:
        known = self.areas.get(pcode)
        merged = {**(known.name.words if known else {}), **names} or {"en": pcode}
        if len(merged) > 1 and merged.get("en") == pcode:
            del merged["en"]
        self.areas[pcode] = AdminArea(pcode=pcode, level=level, parent=parent, name=Text(merged))
        self.origin.setdefault(pcode, at)

    def _add_outline(self, pcode: str, shape: BaseGeometry | None, at: At) -> None:
        if shape is None or shape.is_empty:
            return
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            detail = f"the outline of {pcode} is a {shape.geom_type}, not a polygon."
            self.found.append(finding("file.broken", at, detail=detail))
            return
        self.outlines[pcode] = shape if shape.is_valid else _polygons(shapely.make_valid(shape))

    def check(self) -> None:
        """Add findings for areas that do not nest by their digits or by their outlines."""
        for pcode, area in self.areas.items():
            if area.parent and not pcode.startswith(area.parent):
                self.found.append(finding("place.nesting", self.origin[pcode], pcode=pcode, parent=area.parent))
                continue
            inner, outer = self.outlines.get(pcode), self.outlines.get(area.parent or "")
            if inner is None or outer is None or not inner.area:
                continue
            outside = 1 - shapely.intersection(inner, outer).area / inner.area
            if outside > SHARE_OUTSIDE:
                share = f"{outside:.0%}"
                facts = {"share": share, "pcode": pcode, "parent": str(area.parent)}
                self.found.append(finding("place.shape", self.origin[pcode], **facts))


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a repaired shape, without the lines and points that repair may leave."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


def _country(pcode: str) -> str:
    """The country of a P-code: its two first letters (ISO 3166-1), which are a P-code of level 0."""
    return pcode[:2]


def _merged(imported: AreaImport, present: Places | None) -> dict[str, AdminArea]:
    known = present.areas if present is not None else {}
    countries = {_country(pcode) for pcode in imported.areas}
    areas = {pcode: area for pcode, area in known.items() if _country(pcode) not in countries}
    for pcode, area in imported.areas.items():
        before = known.get(pcode)
        names = {**(before.name.words if before else {}), **area.name.words}
        if before and area.name.words == {"en": pcode}:  # only the code was known of it
            names = dict(before.name.words)
        areas[pcode] = replace(area, name=Text(names), border=before.border if before else False)
    return areas


def _as_csv(areas: Mapping[str, AdminArea]) -> str:
    languages = list(dict.fromkeys(language for area in areas.values() for language in area.name))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["pcode", "level", "parent", "border", *(f"name:{language}" for language in languages)])
    for pcode, area in sorted(areas.items()):
        names = [area.name.get(language, "") for language in languages]
        writer.writerow([pcode, area.level, area.parent or "", "yes" if area.border else "no", *names])
    return text.getvalue()


def _as_geojson(outlines: Mapping[str, Mapping[str, Any]]) -> str:
    features = (
        json.dumps({"type": "Feature", "properties": {"pcode": pcode}, "geometry": shape}, separators=(",", ":"))
        for pcode, shape in sorted(outlines.items())
    )
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
