"""Backups: whole while others write, refused when cut or altered, restored on either database, silent on the erased."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, connections

from saphan.collect.forms.model import Attachment
from saphan.core.problem import Problem
from saphan.pipeline import archiving, restoring
from saphan.pipeline.backing_up import BackedUp, backup
from saphan.pipeline.registering import Opened, open_register
from saphan.pipeline.restoring import Restored
from saphan.pipeline.starting import new
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register.accounts import queries as accounts
from saphan.register.boot import copying
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import actions, keyfile, queries, sealing
from saphan.register.intake.model import Keyring, Standing, Vault
from saphan.register.intake.tables import Attachment as AttachmentRow

from .samples import AT, BY, SECRET, SURVEY, sealed, submission

PHOTO = Attachment(name="p.jpg", content=b"a photograph of somebody" * 400)


def quiet(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""


@pytest.fixture
def workspace(database_url: str, tmp_path: Path) -> Workspace:
    folder = tmp_path / "missions" / "small"
    new(folder)
    return open_workspace(folder, database_url)


@pytest.fixture
def opened(workspace: Workspace) -> Opened:
    found = open_register(workspace, at=AT)
    fieldwork.publish(SURVEY, by=BY, at=AT)
    take(found.vault, range(5))
    actions.correct("uuid:1", "age", old=30, new=31, why="typed wrong", vault=found.vault, by=BY, at=AT)
    actions.review("uuid:2", Standing.APPROVED, why="looked at", by=BY, at=AT)
    return found


def take(vault: Vault, numbers: range) -> None:
    photo = lambda number: replace(PHOTO, content=PHOTO.content + str(number).encode())  # noqa: E731
    batch = [sealed(f"uuid:{number}", vault, attachments=[photo(number)]) for number in numbers]
    assert actions.receive(batch, vault=vault, by=BY, at=AT).refused == ()


def erase(vault: Vault, instance: str) -> None:
    actions.erase(instance, why="withdrawn", vault=vault, by=BY, at=AT)


def backed_up(workspace: Workspace, opened: Opened, target: Path, minute: int = 0) -> BackedUp:
    later = replace(opened, at=AT.replace(minute=minute))
    return backup(workspace, later, target, passphrase=None, step=quiet)


def restored(target: Path, folder: Path, keyring: Keyring, url: str | None = None) -> Restored:
    connections.close_all()
    return restoring.restore(target, folder, keyring=keyring, database_url=url, at=AT, step=quiet)


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the register, but what a restore itself adds."""
    found = {}
    for table in copying.tables():
        rows = [
            tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in copying.rows(table)
        ]
        found[table.label] = [row for row in rows if "intake.restore" not in row]
    found.pop("accounts.AuditHead")
    return found


def test_what_is_restored_on_another_machine_and_database_is_the_same(
    workspace: Workspace, opened: Opened, tmp_path: Path
) -> None:
    erase(opened.vault, "uuid:3")
    before, head, state = contents(), accounts.head(), queries.counts("survey")
    made = backed_up(workspace, opened, tmp_path / "backups")
    assert (made.submissions, made.erased, made.attachments, made.head) == (5, 1, 4, head)

    elsewhere = tmp_path / "other" / "missions" / "small"
    answer = restored(tmp_path / "backups", elsewhere, opened.vault.keyring)
    assert connection.vendor == "sqlite"
    assert (answer.opened, answer.erased, answer.erased_since, answer.altered, answer.fault) == (4, 1, 0, (), None)
    assert contents() == before
    assert queries.counts("survey") == state
    vault = open_register(open_workspace(elsewhere), at=AT).vault
    assert vault.keyring == opened.vault.keyring
    assert queries.original("uuid:4", vault) == submission("uuid:4").xml
    assert queries.attachment("uuid:4", "p.jpg", vault) == PHOTO.content + b"4"
    assert (elsewhere / "mission.toml").read_bytes() == (workspace.mission.folder / "mission.toml").read_bytes()
    take(vault, range(10, 12))  # ids go on where they were
    assert accounts.verify_audit(head) is None


def test_a_backup_of_sqlite_restores_on_postgresql(
    tmp_path: Path, postgres: str, empty_postgres: Callable[[], str]
) -> None:
    folder = tmp_path / "missions" / "small"
    new(folder)
    workspace = open_workspace(folder)
    opened = open_register(workspace, at=AT)
    fieldwork.publish(SURVEY, by=BY, at=AT)
    take(opened.vault, range(3))
    before = contents()
    backed_up(workspace, opened, tmp_path / "backups")
    url = empty_postgres()
    elsewhere = tmp_path / "other" / "missions" / "small"
    answer = restored(tmp_path / "backups", elsewhere, opened.vault.keyring, url)
    assert connection.vendor == "postgresql"
    assert (answer.opened, answer.altered, answer.fault) == (3, (), None)
    assert contents() == before
    take(open_register(open_workspace(elsewhere, url), at=AT).vault, range(10, 12))
    connections.close_all()


def test_submissions_may_arrive_while_it_is_written(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    stop, done = threading.Event(), []

    def go_on() -> None:
        number = 100
        while not stop.is_set():
            take(opened.vault, range(number, number + 1))
            done.append(number)
            number += 1
        connections.close_all()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        while not done:
            stop.wait(0.01)
        made = [backed_up(workspace, opened, tmp_path / "backups", minute) for minute in range(5)]
    finally:
        stop.set()
        writer.join()
    assert made[-1].submissions > made[0].submissions >= 5
    answer = restored(tmp_path / "backups", tmp_path / "other" / "missions" / "small", opened.vault.keyring)
    assert (answer.opened, answer.altered, answer.fault) == (made[-1].submissions, (), None)
    assert AttachmentRow.objects.count() == answer.attachments == made[-1].submissions


def test_what_was_erased_later_is_in_no_older_backup(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    first = backed_up(workspace, opened, tmp_path / "backups")
    erase(opened.vault, "uuid:2")
    second = backed_up(workspace, opened, tmp_path / "backups", 1)
    elsewhere = tmp_path / "other" / "missions" / "small"
    answer = restored(first.archive, elsewhere, opened.vault.keyring)
    assert (answer.opened, answer.erased, answer.erased_since) == (4, 0, 1)
    with pytest.raises(Problem, match="erased"):
        queries.original("uuid:2", open_register(open_workspace(elsewhere), at=AT).vault)
    assert queries.counts("survey").erased == 1
    assert second.erased == 1


def test_nothing_that_the_keys_of_today_open_is_left_of_the_erased(
    workspace: Workspace, opened: Opened, tmp_path: Path
) -> None:
    """Somebody holds every file of the backups, old archives too, and the mission's keys."""
    target = tmp_path / "backups"
    backed_up(workspace, opened, target)
    erase(opened.vault, "uuid:2")
    backed_up(workspace, opened, target, 1)
    table = archiving.read_table(target, opened.vault.keyring)
    assert table is not None
    assert set(table.submissions) == {"uuid:0", "uuid:1", "uuid:3", "uuid:4"}
    for path in target.glob("*.saphan"):
        archive = archiving.Archive(path, opened.vault.keyring)
        of = next(of for of in archive.manifest.tables if of.label == "intake.Submission")
        at = of.fields.index("wrapped_key")
        assert {row[at] for row in archive.rows(of)} == {None}
    everything = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything


def test_older_archives_open_after_a_change_of_keys_and_the_destruction_of_the_former(
    workspace: Workspace, opened: Opened, tmp_path: Path
) -> None:
    first = backed_up(workspace, opened, tmp_path / "backups")
    turned = sealing.turned(opened.vault.keyring)
    actions.rewrap(vault=replace(opened.vault, keyring=turned), by=BY, at=AT)
    alone = replace(turned, former=())
    backed_up(workspace, replace(opened, vault=replace(opened.vault, keyring=alone)), tmp_path / "backups", 1)
    answer = restored(first.archive, tmp_path / "other" / "missions" / "small", alone)
    assert (answer.opened, answer.altered) == (5, ())


def test_a_cut_or_altered_backup_is_refused_before_anything_is_written(
    workspace: Workspace, opened: Opened, tmp_path: Path
) -> None:
    target, elsewhere = tmp_path / "backups", tmp_path / "other"
    made = backed_up(workspace, opened, target)
    files = [made.archive, target / archiving.TABLE, next((target / archiving.ATTACHMENTS).iterdir())]
    for path in files:
        whole = path.read_bytes()
        cuts = {0, 1, len(whole) // 3, len(whole) - 1}
        flips = {5, len(whole) // 2, len(whole) - 40, len(whole) - 1}
        for content in [
            *(whole[:cut] for cut in sorted(cuts)),
            *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in sorted(flips)),
        ]:
            path.write_bytes(content)
            try:
                restored(target, elsewhere / "missions" / "small", opened.vault.keyring)
            except Problem as error:
                assert error.findings[0].code in ("backup.damaged", "backup.keys"), error
                assert not elsewhere.exists()
            else:
                raise AssertionError(f"{path.name} was taken")
        path.write_bytes(whole)
    assert restored(target, elsewhere / "missions" / "small", opened.vault.keyring).opened == 5


def test_another_missions_keys_open_nothing(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    backed_up(workspace, opened, tmp_path / "backups")
    with pytest.raises(Problem, match="not those of the mission"):
        restored(tmp_path / "backups", tmp_path / "other" / "small", sealing.new_keyring())
    assert not (tmp_path / "other").exists()


def test_a_member_added_to_the_archive_is_refused(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    made = backed_up(workspace, opened, tmp_path / "backups")
    with zipfile.ZipFile(made.archive, "a") as archive:
        archive.writestr("mission/indicators/more.py", "print()")
    with pytest.raises(Problem, match="altered"):
        restored(tmp_path / "backups", tmp_path / "other" / "small", opened.vault.keyring)


def test_an_older_register_never_replaces_the_keys_of_a_newer(
    workspace: Workspace, opened: Opened, tmp_path: Path
) -> None:
    """A machine restored from last week's archive, and its timer, would else destroy the keys of this week."""
    target, elsewhere = tmp_path / "backups", tmp_path / "other" / "missions" / "small"
    first = backed_up(workspace, opened, target)
    take(opened.vault, range(20, 22))
    backed_up(workspace, opened, target, 1)
    restored(first.archive, elsewhere, opened.vault.keyring)
    older = open_workspace(elsewhere)
    with pytest.raises(Problem, match="does not hold"):
        backed_up(older, open_register(older, at=AT), target, 2)


def test_a_register_is_never_restored_over(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    made = backed_up(workspace, opened, tmp_path / "backups")
    take(opened.vault, range(20, 22))
    with pytest.raises(Problem, match="register here already"):
        restored(made.archive, workspace.mission.folder, opened.vault.keyring, workspace.database_url)


def test_a_restore_that_was_stopped_completes(
    workspace: Workspace, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(workspace, opened, tmp_path / "backups")
    elsewhere = tmp_path / "other" / "missions" / "small"
    with monkeypatch.context() as stopped:
        stopped.setattr(archiving, "is_attachment", _dies(archiving.is_attachment, after=7))
        with pytest.raises(KeyboardInterrupt):
            restored(tmp_path / "backups", elsewhere, opened.vault.keyring)
    assert restored(tmp_path / "backups", elsewhere, opened.vault.keyring).opened == 5


def test_keys_go_along_only_under_a_passphrase(workspace: Workspace, opened: Opened, tmp_path: Path) -> None:
    target = tmp_path / "backups"
    backup(workspace, opened, target, passphrase="correct horse", step=quiet)
    found = restoring.keys_of(target, text=None, file=None, passphrase="correct horse")
    assert found == opened.vault.keyring
    with pytest.raises(Problem, match="does not open the keys"):
        restoring.keys_of(target, text=None, file=None, passphrase="another")
    with pytest.raises(Problem, match="needs the mission's keys"):
        restoring.keys_of(target, text=None, file=None, passphrase=None)
    path = tmp_path / "elsewhere.key"
    keyfile.replace(path, found)
    secret = path.read_text("ascii").split(":")[2].encode()
    assert secret not in (target / archiving.KEYS).read_bytes()


def _dies(function: Callable[[Path], bool], *, after: int) -> Callable[[Path], bool]:
    calls = 0

    def until(path: Path) -> bool:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return function(path)

    return until
