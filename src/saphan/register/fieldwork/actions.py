"""Writes of published forms and of registered studies."""

from __future__ import annotations

from datetime import datetime

from saphan.collect import forms
from saphan.collect.forms.model import Form
from saphan.core import digest
from saphan.core.problem import problem
from saphan.register.accounts.actions import acting
from saphan.register.accounts.model import Actor, Permission
from saphan.register.fieldwork.tables import FormVersion, StudyRegistration


def publish(form: Form, *, source: str = "", by: Actor, at: datetime) -> bool:
    """Publish a form version; False if it is published already. `source` is the hash of the XLSX file it came from.

    Problem "form.published" if the same id and version stand there with other content: analysis uses the version that
    ran, so a version is never replaced.
    """
    schema = forms.encode_form(form)
    content = digest.of_bytes(schema)
    if _published(form, content):
        return False
    with acting("fieldwork.publish", Permission.PUBLISH_FORMS, by=by, at=at) as act:
        FormVersion.objects.create(
            form=form.id,
            version=form.version,
            key=form.key,
            content=content,
            source=source,
            schema=schema,
            line=act.line,
        )
        act.subject, act.changes = f"{form.id} {form.version}", 1
        act.facts = {"key": form.key, "content": content, "source": source}
    return True


def register_study(study: str, *, protocol: str, by: Actor, at: datetime) -> bool:
    """Register what a study will do, given as canonical JSON; False if its latest registration says the same.

    A registration is never changed: another protocol is another row, which says whom it supersedes.
    """
    key = digest.of_bytes(protocol.encode())
    latest = StudyRegistration.objects.filter(study=study).order_by("id").last()
    if latest is not None and latest.digest == key:
        return False
    with acting("fieldwork.register_study", Permission.REGISTER_STUDIES, by=by, at=at) as act:
        StudyRegistration.objects.create(study=study, digest=key, protocol=protocol, supersedes=latest, line=act.line)
        act.subject, act.facts = study, {"digest": key, "supersedes": latest.digest if latest is not None else ""}
    return True


def _published(form: Form, content: str) -> bool:
    known = FormVersion.objects.filter(form=form.id, version=form.version).values_list("content", flat=True).first()
    if known not in (None, content):
        raise problem("form.published", form=form.id, version=form.version)
    return known is not None
