"""Freeze: what the register says now, as pseudonymous tables with everything needed to compute again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version

from saphan.analyse.frames import freeze as frames
from saphan.analyse.frames.model import FormCounts, FormVersion, Snapshot
from saphan.analyse.frames.tables import build
from saphan.collect import checks
from saphan.collect.checks import Issue
from saphan.collect.forms.model import Reading
from saphan.pipeline.workspace import Workspace
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import queries as intake
from saphan.register.intake.model import Vault

# What computes a figure: their versions stand in the snapshot, so that another outcome can be explained.
PACKAGES = ("saphan", "numpy", "scipy", "duckdb", "pyarrow")


def freeze(workspace: Workspace, vault: Vault, *, only: str | None = None) -> tuple[Snapshot, list[Issue]]:
    """Freeze every published form's current, consented answers, or those of one form; equal content is kept once.

    Beside it, what the submissions show together that none shows alone: issues for review, by pseudonym.
    """
    schemas = {key: form for key, form in fieldwork.forms().items() if only in (None, form.id)}
    across = checks.Across(schemas.values(), checks.context(workspace.mission, schemas.values()))
    frozen: Counter[tuple[str, str]] = Counter()

    def answers() -> Iterator[tuple[str, Reading]]:
        for form in sorted({form for form, _ in schemas}):
            for pseudonym, _, form_version, reading in intake.answers(form, vault):
                frozen[form, form_version] += 1
                across.add(reading)
                yield pseudonym, reading

    tables = build(schemas.values(), answers())
    snapshot = frames.freeze(
        workspace.frames,
        tables,
        mission=workspace.mission.id,
        folder=workspace.mission.folder,
        simulated=workspace.mission.simulated,
        forms=tuple(
            FormVersion(form=form, version=form_version, key=schema.key, frozen=frozen[form, form_version])
            for (form, form_version), schema in sorted(schemas.items())
        ),
        counts=tuple(_counts(form, frozen) for form in sorted({form for form, _ in schemas})),
        packages={name: version(name) for name in PACKAGES},
    )
    return snapshot, across.issues()


def _counts(form: str, frozen: Counter[tuple[str, str]]) -> FormCounts:
    counts = intake.counts(form)
    used = sum(number for (of, _), number in frozen.items() if of == form)
    left_out = {
        "erased": counts.erased,
        "superseded by an edit": counts.stored - counts.current - counts.erased,
        "without consent": counts.quarantined,
        "not decrypted": counts.encrypted,
    }
    left_out["rejected in review"] = counts.stored - used - sum(left_out.values())
    return FormCounts(
        form=form, received=counts.stored, frozen=used, left_out={why: n for why, n in left_out.items() if n}
    )
