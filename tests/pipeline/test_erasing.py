"""Erasing a submission: gone from the register and from every snapshot that held it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.core.problem import Problem
from saphan.pipeline.building import build
from saphan.pipeline.erasing import erase
from saphan.pipeline.receiving import receive
from saphan.pipeline.registering import open_register
from saphan.pipeline.simulating import simulate_round
from saphan.pipeline.starting import new
from saphan.pipeline.workspace import open_workspace
from saphan.register.intake.tables import Submission

AT = datetime(2026, 1, 1, tzinfo=UTC)


def quiet(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def test_what_is_erased_is_in_no_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "missions" / "small"
    new(folder)
    workspace = open_workspace(folder)
    assert missions.open(folder).simulated
    made = simulate_round(workspace, seed=3, step=quiet)
    opened = open_register(workspace, at=AT)
    receive(workspace, opened, made.archive, mapping=None, workers=0, step=quiet)
    before = build(workspace, opened, quiet)
    instance = Submission.objects.order_by("id").values_list("instance", flat=True)[0]
    erased = erase(workspace, opened, instance, why="consent withdrawn")
    assert erased.versions == 1
    assert [path.name for path in erased.snapshots] == [before.frame]
    assert not (workspace.frames / before.frame).exists()
    after = build(workspace, opened, quiet)
    assert after.frame != before.frame


def test_what_was_never_received_cannot_be_erased(tmp_path: Path) -> None:
    folder = tmp_path / "missions" / "small"
    new(folder)
    workspace = open_workspace(folder)
    with pytest.raises(Problem, match="uuid:nobody"):
        erase(workspace, open_register(workspace, at=AT), "uuid:nobody", why="mistake")
