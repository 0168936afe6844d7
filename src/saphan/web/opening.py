"""A mission's register, opened for as long as a server runs."""

from __future__ import annotations

from saphan.collect import checks, forms
from saphan.pipeline.registering import open_register, publish_forms
from saphan.pipeline.sending import Gate
from saphan.pipeline.workspace import Workspace
from saphan.web.doors import now


def gate(workspace: Workspace, keys: str | None) -> Gate:
    """What takes submissions, with the forms of the mission's folder published; Problem if the folder has faults."""
    opened = open_register(workspace, at=now(), keys=keys)
    publish_forms(workspace, opened)
    schemas = forms.load(workspace.mission, cache=workspace.cache / "forms")
    return Gate(opened.vault, checks.context(workspace.mission, schemas.values()))
