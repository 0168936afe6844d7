"""`saphan doctor`: every kind of fault is found in a register made to have it, and a sound one is left alone."""

from __future__ import annotations

import shutil
import sqlite3
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from saphan.pipeline import examining_machine
from tests.cli.conftest import Shell


@pytest.fixture
def copy(built: Shell, tmp_path: Path) -> Shell:
    """The built mission once more, to break."""
    for name in ("demo", "var"):
        shutil.copytree(built.at / name, tmp_path / name)
    copied = Shell(at=tmp_path)
    # A server that was stopped leaves SQLite's log beside the register, and who opens it next folds that in.
    with closing(register(copied)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copied


def register(shell: Shell) -> sqlite3.Connection:
    return sqlite3.connect(shell.at / "var" / "demo" / "register.sqlite")


def wrong(shell: Shell, **environment: str) -> list[dict[str, str]]:
    answer = shell.saphan("doctor", "demo", "--json", **environment)
    found = [each for each in answer.json if not each["well"]]
    assert answer.status == (1 if found else 0)
    assert all(each["remedy"] for each in found)
    return found


def the_one(found: list[dict[str, str]]) -> dict[str, str]:
    assert len(found) == 1, found
    return found[0]


def test_a_sound_mission_is_found_well_and_not_touched(copy: Shell) -> None:
    before = {
        path: path.stat().st_mtime_ns for path in copy.at.rglob("*") if path.is_file() and "cache" not in path.parts
    }
    answer = copy.saphan("doctor", "demo")
    assert answer.status == 0, answer.out
    for words in ("Python 3", "SQLite 3", "disk", "keys", "register answers", "audit chain holds", "products are of"):
        assert words in answer.out
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_without_a_mission_only_the_machine_is_looked_at(shell: Shell) -> None:
    answer = shell.saphan("doctor")
    assert answer.status == 0
    assert "Python" in answer.out
    assert "register" not in answer.out
    assert list(shell.at.iterdir()) == []


def test_a_new_mission_has_no_register_and_gets_none(shell: Shell) -> None:
    shell.saphan("new", "demo")
    answer = shell.saphan("doctor", "demo")
    assert answer.status == 0
    assert "No register yet" in answer.out
    assert not (shell.at / "var").exists()


def test_keys_that_others_can_read(copy: Shell) -> None:
    key = copy.at / "var" / "demo" / "keys" / "mission.key"
    key.chmod(0o640)
    found = the_one(wrong(copy))
    assert "mode 0640" in found["what"]
    assert f"chmod 600 {key}" in found["remedy"]


def test_keys_that_are_gone(copy: Shell) -> None:
    (copy.at / "var" / "demo" / "keys" / "mission.key").unlink()
    assert "the keys that open them is gone" in the_one(wrong(copy))["what"]


def test_keys_from_the_environment(copy: Shell) -> None:
    key = copy.at / "var" / "demo" / "keys" / "mission.key"
    text = key.read_text("ascii")
    key.unlink()
    assert wrong(copy, SAPHAN_KEYS=text) == []
    assert "SAPHAN_KEYS" in the_one(wrong(copy, SAPHAN_KEYS="nonsense"))["what"]


def test_a_register_that_is_no_database(copy: Shell) -> None:
    (copy.at / "var" / "demo" / "register.sqlite").write_bytes(
        b"not a database, but long enough to be read as one" * 40
    )
    for beside in (copy.at / "var" / "demo").glob("register.sqlite-*"):
        beside.unlink()
    found = the_one(wrong(copy))
    assert "does not answer" in found["what"]
    assert "backup" in found["remedy"]


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgresql://nobody@127.0.0.1:1/nowhere", "does not answer (PostgreSQL"),
        ("mysql://somewhere/else", "cannot be kept with mysql"),
    ],
)
def test_a_database_that_cannot_be_reached(copy: Shell, url: str, what: str) -> None:
    assert what in the_one(wrong(copy, DATABASE_URL=url))["what"]


def test_tables_of_an_older_version(copy: Shell) -> None:
    with register(copy) as database:
        database.execute("delete from django_migrations where app = 'intake'")
    assert "migrations behind" in the_one(wrong(copy))["what"]


def test_an_audit_line_changed_past_the_program(copy: Shell) -> None:
    with register(copy) as database:
        database.execute("update accounts_auditline set actor = 'somebody' where sequence = 2")
    assert "line 2 is altered" in the_one(wrong(copy))["what"]


def test_submissions_kept_too_long(copy: Shell) -> None:
    with register(copy) as database:
        database.execute("update intake_submission set received = '2001-01-01 00:00:00' where id <= 3")
    assert the_one(wrong(copy))["what"] == "Submissions kept longer than the 1,826 days agreed: 3"


def test_a_snapshot_that_holds_what_was_erased(copy: Shell) -> None:
    from pyarrow import parquet

    erasing = textwrap.dedent(
        """
        from datetime import UTC, datetime
        from pathlib import Path
        from saphan.pipeline.registering import open_register
        from saphan.pipeline.workspace import open_workspace
        opened = open_register(open_workspace(Path("demo")), at=datetime.now(UTC))
        from saphan.register.intake import actions
        from saphan.register.intake.tables import Submission
        instance = Submission.objects.filter(form__form="point_log").first().instance
        print(actions.erase(instance, why="asked to", vault=opened.vault, by=opened.by, at=opened.at))
        """
    )
    assert copy.python(erasing).out == "1\n"
    found = wrong(copy)
    named = next(each for each in found if "erased" in each["what"])
    assert {each["what"].split()[1] for each in found} == {"that", "products"}
    folder = next((copy.at / "var" / "demo" / "frames").glob("*/manifest.json")).parent
    assert f"{folder} (1)" in named["what"]
    assert copy.saphan("build", "demo").status == 0
    after = the_one(wrong(copy))
    assert f"{folder} (1)" in after["what"]
    assert parquet.read_metadata(folder / "data" / "point-log.parquet").num_rows > 0
    shutil.rmtree(folder)
    assert wrong(copy) == []


@pytest.mark.parametrize("what", ["a product altered", "the folder changed"])
def test_products_that_are_no_longer_of_what_they_were_made_from(copy: Shell, what: str) -> None:
    changed = "var/demo/products/factsheet.en.html" if what == "a product altered" else "demo/checks.toml"
    with (copy.at / changed).open("a", encoding="utf-8") as file:
        file.write("\n# \n")
    assert "products are older" in the_one(wrong(copy))["what"]


def test_a_package_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "halfwheel.py").write_text("raise ImportError('wrong machine')", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(examining_machine, "COMPILED", ("numpy", "halfwheel"))
    assert examining_machine.broken() == {"halfwheel": "wrong machine"}
    assert [each.what for each in examining_machine.machine(tmp_path) if not each.well] == [
        "Does not load: halfwheel (wrong machine)"
    ]
