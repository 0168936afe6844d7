"""GeoJSON (RFC 7946): one feature for each place that was recorded, as ODK Central names it."""

from __future__ import annotations

import json
import math
from typing import BinaryIO

from saphan.collect.forms.model import Datatype, Form
from saphan.register.intake.model import Record


class Writer:
    """A feature collection, written feature by feature; `closed` holds the paths of questions not to be told."""

    def __init__(self, file: BinaryIO, forms: dict[str, Form], closed: tuple[str, ...], *, versions: bool) -> None:
        self._file = file
        self._versions = versions
        self._places = {
            version: [
                [
                    (place, question.path)
                    for place, question in enumerate(table.questions)
                    if question.datatype is Datatype.NUMBERS and question.path not in closed
                ]
                for table in form.tables
            ]
            for version, form in forms.items()
        }
        self.features = 0
        file.write(b'{"type":"FeatureCollection","features":[')

    def write(self, record: Record) -> None:
        """Add the places of one submission, those of its repeats too."""
        for rows, places in zip(record.reading.tables, self._places[record.reading.version], strict=True):
            for place, path in places:
                for values in rows.values:
                    value = values[place]
                    if isinstance(value, list):
                        self._feature(record, path, [float(part) for part in value])

    def close(self) -> None:
        """End the collection."""
        self._file.write(b"\n]}\n")

    def _feature(self, record: Record, path: str, numbers: list[float]) -> None:
        latitude, longitude, altitude, accuracy = (*numbers, math.nan, math.nan)[:4]
        known = [longitude, latitude] + ([] if math.isnan(altitude) else [altitude])
        properties: dict[str, object] = {"fieldpath": f"/{path}"}
        if not math.isnan(accuracy):
            properties["accuracy"] = accuracy
        feature = {
            "type": "Feature",
            "id": record.instance if self._versions else record.first,
            "geometry": {"type": "Point", "coordinates": known},
            "properties": properties,
        }
        self._file.write((b",\n" if self.features else b"\n") + json.dumps(feature, separators=(",", ":")).encode())
        self.features += 1
