"""Reads of published forms."""

from __future__ import annotations

import msgspec

from saphan.collect.forms.model import Form
from saphan.register.fieldwork.tables import FormVersion


def forms() -> dict[tuple[str, str], Form]:
    """Every published form version, by (form id, version), oldest publication first."""
    rows = FormVersion.objects.order_by("id").only("form", "version", "schema")
    return {(row.form, row.version): msgspec.msgpack.decode(row.schema, type=Form) for row in rows}


def keys() -> dict[tuple[str, str], int]:
    """The primary key of every published form version, by (form id, version)."""
    return {(form, version): key for key, form, version in FormVersion.objects.values_list("id", "form", "version")}
