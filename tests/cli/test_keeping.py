"""Backing up, restoring and looking at the audit chain, as their users give the commands."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def mission(built: Shell, tmp_path: Path) -> Shell:
    """A copy of the built mission that may be spoilt."""
    shutil.copytree(built.at, tmp_path / "here")
    return Shell(at=tmp_path / "here")


def test_from_one_machine_to_another_and_the_same_figures_again(mission: Shell) -> None:
    made = mission.saphan("backup", "demo", "kept", "--with-keys", "--json", SAPHAN_PASSPHRASE="correct horse")
    assert made.status == 0, made.err
    assert not any("keys" in path.name for path in mission.at.glob("kept/*.saphan"))
    elsewhere = Shell(at=mission.at.parent / "there")
    elsewhere.at.mkdir()
    shutil.move(mission.at / "kept", elsewhere.at / "kept")

    refused = elsewhere.saphan("restore", "kept", "demo")
    assert refused.status == 1
    assert "needs the mission's keys" in refused.err
    answer = elsewhere.saphan("restore", "kept", "demo", "--json", SAPHAN_PASSPHRASE="correct horse")
    assert answer.status == 0, answer.err
    assert answer.json["opened"] == answer.json["submissions"] == made.json["submissions"] > 1000
    assert answer.json["head"] == made.json["head"]
    head = f"{made.json['head']['sequence']}:{made.json['head']['hash']}"
    assert elsewhere.saphan("audit", "verify", "demo", "--head", head).status == 0

    assert elsewhere.saphan("build", "demo").status == 0
    there, here = (shell.at / "var" / "demo" / "products" / "register.json" for shell in (elsewhere, mission))
    assert there.read_bytes() == here.read_bytes()
    assert elsewhere.saphan("restore", "kept", "demo", SAPHAN_PASSPHRASE="correct horse").status == 1


def test_a_backup_with_keys_asks_for_a_passphrase(mission: Shell) -> None:
    answer = mission.saphan("backup", "demo", "kept", "--with-keys")
    assert answer.status == 1
    assert "only under a passphrase" in answer.err
    assert not (mission.at / "kept").exists()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE accounts_auditline SET actor = 'nobody' WHERE sequence = 2", "line 2 is altered"),
        ("DELETE FROM accounts_auditline WHERE sequence = 1", "line 1 is missing"),
        (
            "UPDATE accounts_auditline SET sequence = CASE sequence WHEN 1 THEN -2 ELSE -1 END"
            " WHERE sequence IN (1, 2);"
            "UPDATE accounts_auditline SET sequence = -sequence WHERE sequence < 0",
            "line 1 is altered",
        ),
    ],
    ids=["edit", "deletion", "reordering"],
)
def test_what_was_done_to_the_chain_is_found(mission: Shell, damage: str, reason: str) -> None:
    assert mission.saphan("audit", "verify", "demo").status == 0
    _spoil(mission, damage)
    answer = mission.saphan("audit", "verify", "demo")
    assert answer.status == 1
    assert reason in answer.err


def test_a_cut_end_with_a_false_head_is_found_against_a_kept_one(mission: Shell) -> None:
    kept = mission.saphan("audit", "head", "demo").out.strip()
    last = int(kept.split(":")[0])
    _spoil(
        mission,
        "PRAGMA foreign_keys = OFF;"
        f"DELETE FROM accounts_auditline WHERE sequence = {last};"
        f"UPDATE accounts_audithead SET sequence = {last - 1},"
        f" hash = (SELECT hash FROM accounts_auditline WHERE sequence = {last - 1})",
    )
    assert mission.saphan("audit", "verify", "demo").status == 0
    answer = mission.saphan("audit", "verify", "demo", "--head", kept)
    assert answer.status == 1
    assert f"line {last} is cut off" in answer.err


def test_what_is_no_head_says_so(mission: Shell) -> None:
    answer = mission.saphan("audit", "verify", "demo", "--head", "12")
    assert answer.status == 1
    assert "not the end of an audit chain" in answer.err


def _spoil(mission: Shell, statements: str) -> None:
    with sqlite3.connect(mission.at / "var" / "demo" / "register.sqlite") as database:
        database.executescript(statements)
    database.close()
