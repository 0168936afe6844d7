"""Reads of published forms."""

from __future__ import annotations

from saphan.collect.forms import decode_form
from saphan.collect.forms.model import Form
from saphan.register.fieldwork.tables import FormVersion


def forms() -> dict[tuple[str, str], Form]:
    """Every published form version, by (form id, version), oldest publication first."""
    rows = FormVersion.objects.order_by("id").only("form", "version", "schema")
    return {(row.form, row.version): decode_form(bytes(row.schema)) for row in rows}


def keys() -> dict[tuple[str, str], int]:
    """The primary key of every published form version, by (form id, version)."""
    return {(form, version): key for key, form, version in FormVersion.objects.values_list("id", "form", "version")}
