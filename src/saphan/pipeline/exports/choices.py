"""The kinds of files and of names that may be asked for: apart, so that a way in can name them cheaply."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The kinds of files; all but XLSX and GeoJSON are a zip of one file for each table."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    SAV = "sav"
    DTA = "dta"
    GEOJSON = "geojson"


class Dialect(StrEnum):
    """Whose names columns and tables have: ODK Central's CSV zip, or KoboToolbox's exports."""

    CENTRAL = "central"
    KOBO = "kobo"
