"""Reads of published forms and of registered studies."""

from __future__ import annotations

from saphan.collect.forms import decode_form
from saphan.collect.forms.model import Form
from saphan.register.fieldwork.model import Registration
from saphan.register.fieldwork.tables import FormVersion, StudyRegistration


def forms() -> dict[tuple[str, str], Form]:
    """Every published form version, by (form id, version), oldest publication first."""
    rows = FormVersion.objects.order_by("id").only("form", "version", "schema")
    return {(row.form, row.version): decode_form(bytes(row.schema)) for row in rows}


def keys() -> dict[tuple[str, str], int]:
    """The primary key of every published form version, by (form id, version)."""
    return {(form, version): key for key, form, version in FormVersion.objects.values_list("id", "form", "version")}


def registrations(study: str) -> tuple[Registration, ...]:
    """Every registration of a study, the first first; each supersedes the one before it."""
    rows = StudyRegistration.objects.filter(study=study).select_related("line").order_by("line__sequence")
    return tuple(
        Registration(
            digest=row.digest,
            protocol=row.protocol,
            at=row.line.at,
            by=row.line.actor,
            sequence=row.line.sequence or 0,
        )
        for row in rows
    )
