"""What is done to a submission afterwards: corrected, reviewed, erased, its key wrapped again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from saphan.collect.checks import Issue
from saphan.collect.forms.model import Attachment, State, Value
from saphan.core.problem import Problem
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.tables import AuditLine
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import actions, queries, sealing
from saphan.register.intake.model import Standing, Vault
from saphan.register.intake.tables import Submission

from .samples import AT, BY, SECRET, SURVEY, sealed, submission


def one(vault: Vault) -> dict[str, Value]:
    """The only current submission's own row, by column."""
    ((_, _, _, reading),) = queries.answers("survey", vault)
    return dict(zip(SURVEY.root.columns, reading.tables[0].values[0], strict=True))


def correct(vault: Vault, place: str, old: Value, new: Value, instance: str = "uuid:1") -> None:
    actions.correct(instance, place, old=old, new=new, why="called back", vault=vault, by=BY, at=AT)


@pytest.fixture
def kept(vault: Vault) -> Vault:
    """A register with one submission, with a file and an issue."""
    photo = Attachment(name="photo.jpg", content=SECRET.encode() * 40)
    issue = Issue(instance="uuid:1", check="age.low", severity="warning", table="survey", row=1, column="age")
    actions.receive([sealed("uuid:1", vault, attachments=[photo], issues=[issue])], vault=vault, by=BY, at=AT)
    return vault


def test_a_correction_is_laid_over_what_was_sent(kept: Vault) -> None:
    mark = queries.state()
    correct(kept, "age", 30, 31)
    correct(kept, "age", 31, 32)
    correct(kept, "needs", ["food", "water"], ["shelter"])
    correct(kept, "member[2].member_weight", None, 52.5)
    ((_, sequence, _, reading),) = queries.answers("survey", kept)
    assert one(kept)["age"] == 32
    assert one(kept)["needs"] == ["shelter"]
    assert reading.tables[1].values == [[4, 14.5], [61, 52.5]]
    assert reading.tables[1].states[1][1] == State.ANSWERED
    assert sequence == accounts.head().sequence
    assert queries.state() != mark
    assert queries.original("uuid:1", kept) == submission("uuid:1").xml


def test_blank_and_dont_know_are_corrected_to_their_states(kept: Vault) -> None:
    correct(kept, "age", 30, None)
    correct(kept, "stay", "dont-know", "refused")
    ((_, _, _, reading),) = queries.answers("survey", kept)
    assert reading.tables[0].states[0] == [0, 0, State.EMPTY, 0, 0, 0, State.REFUSED]


@pytest.mark.parametrize(
    ("place", "old", "new", "code"),
    [
        ("age", 29, 31, "intake.stale"),
        ("member[1].member_age", 61, 62, "intake.stale"),
        ("age", 30, "thirty", "intake.value"),
        ("age", 30, True, "intake.value"),
        ("arrived", "2023-02-28", "2023-02-30", "intake.value"),
        ("place", [16.7, 98.5, 0.0, 5.0], [16.7], "intake.value"),
        ("stay", "dont-know", "for ever", "intake.value"),
        ("needs", ["food", "water"], "food", "intake.value"),
        ("needs", ["food", "water"], ["food", "gold"], "intake.value"),
        ("shoe_size", 40, 41, "intake.place"),
        ("member[3].member_age", 1, 2, "intake.place"),
        ("member[0].member_age", 1, 2, "intake.place"),
        ("stranger[1].age", 1, 2, "intake.place"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(kept: Vault, place: str, old: Value, new: Value, code: str) -> None:
    before = accounts.head()
    with pytest.raises(Problem) as refused:
        correct(kept, place, old, new)
    assert refused.value.findings[0].code == code
    assert SECRET not in str(refused.value)
    assert accounts.head() == before


def test_consent_withdrawn_by_correction_keeps_answers_from_the_frame(kept: Vault) -> None:
    correct(kept, "consent", "yes", "no")
    assert list(queries.answers("survey", kept)) == []
    correct(kept, "consent", "no", "yes")
    assert one(kept)["age"] == 30


def test_a_rejected_submission_reaches_no_frame_until_reopened(kept: Vault) -> None:
    for standing, seen in ((Standing.REJECTED, 0), (Standing.REOPENED, 1), (Standing.REJECTED, 0), ("approved", 1)):
        actions.review("uuid:1", Standing(standing), why="the hour was counted twice", by=BY, at=AT)
        assert len(list(queries.answers("survey", kept))) == seen


def test_erased_with_every_version_and_nothing_left_to_open(kept: Vault, database_url: str, tmp_path: Path) -> None:
    actions.receive(
        [sealed("uuid:2", kept, age=31, deprecates="uuid:1"), sealed("uuid:9", kept)], vault=kept, by=BY, at=AT
    )
    correct(kept, "age", 31, 33, instance="uuid:2")
    keys = {row.instance: bytes(row.wrapped_key) for row in Submission.objects.all()}
    files = list(kept.attachments.iterdir())
    assert len(files) == 1
    contents = [bytes(row) for row in Submission.objects.values_list("original__ciphertext", flat=True)]
    everything = database_bytes(database_url)
    assert all(key in everything for key in keys.values())

    assert actions.erase("uuid:2", why="withdrawn by the person", vault=kept, by=BY, at=AT) == 2

    assert not any(path.exists() for path in files)
    assert [pseudonym for pseudonym, *_ in queries.answers("survey", kept)] == [
        sealing.pseudonym(kept.keyring, "uuid:9")
    ]
    for instance in ("uuid:1", "uuid:2"):
        with pytest.raises(Problem, match="erased"):
            queries.original(instance, kept)
        tombstone = Submission.objects.get(instance=instance)
        assert bytes(tombstone.digest) != b""
        assert (tombstone.submitter, tombstone.source) == (None, "")
    with pytest.raises(Problem, match="erased"):
        correct(kept, "age", 31, 33, instance="uuid:2")
    # Not in the file either, in the freed pages and the log of writes.
    everything = database_bytes(database_url)
    for instance, key in keys.items():
        assert (key in everything) == (instance == "uuid:9")
    assert sum(content in everything for content in contents) == 1
    assert accounts.verify_audit() is None


def test_what_was_erased_is_not_taken_again(kept: Vault) -> None:
    actions.erase("uuid:1", why="withdrawn", vault=kept, by=BY, at=AT)
    late = [sealed("uuid:1", kept), sealed("uuid:5", kept, deprecates="uuid:1")]
    receipt = actions.receive(late, vault=kept, by=BY, at=AT)
    assert (receipt.stored, [refused.code for refused in receipt.refused]) == (0, ["intake.erased"] * 2)


def test_nothing_that_was_said_stands_in_the_open(kept: Vault, database_url: str) -> None:
    correct(kept, "name", SECRET, f"{SECRET} of elsewhere")
    everything = database_bytes(database_url) + b"".join(path.read_bytes() for path in kept.attachments.iterdir())
    assert b"uuid:1" in everything
    assert SECRET.encode() not in everything
    assert b"called back" not in everything


def test_answers_moved_to_another_row_do_not_open(kept: Vault) -> None:
    actions.receive([sealed("uuid:2", kept)], vault=kept, by=BY, at=AT)
    first, second = Submission.objects.order_by("id")
    type(first.answers).objects.filter(submission=first).update(ciphertext=bytes(second.answers.ciphertext))
    with pytest.raises(Problem, match="does not open"):
        list(queries.answers("survey", kept))
    Submission.objects.filter(pk=first.pk).update(wrapped_key=bytes(second.wrapped_key))
    with pytest.raises(Problem, match="does not open"):
        list(queries.answers("survey", kept))


def test_keys_are_wrapped_again_and_pseudonyms_stay(kept: Vault) -> None:
    before = {pseudonym for pseudonym, *_ in queries.answers("survey", kept)}
    turned = Vault(keyring=sealing.turned(kept.keyring), attachments=kept.attachments)
    assert {pseudonym for pseudonym, *_ in queries.answers("survey", turned)} == before
    assert actions.rewrap(vault=turned, by=BY, at=AT) == 1
    alone = Vault(
        keyring=type(turned.keyring)(current=turned.keyring.current, pseudonym=turned.keyring.pseudonym),
        attachments=kept.attachments,
    )
    assert queries.original("uuid:1", alone) == submission("uuid:1").xml
    assert queries.attachment("uuid:1", "photo.jpg", alone) == SECRET.encode() * 40
    with pytest.raises(Problem, match="not in the mission's keyring"):
        queries.original("uuid:1", kept)


@pytest.mark.parametrize(
    ("verb", "permission"),
    [
        (lambda vault, by: actions.receive([], vault=vault, by=by, at=AT), Permission.RECEIVE),
        (
            lambda vault, by: actions.correct("uuid:1", "age", old=30, new=31, why="", vault=vault, by=by, at=AT),
            Permission.CORRECT,
        ),
        (lambda vault, by: actions.review("uuid:1", Standing.APPROVED, why="", by=by, at=AT), Permission.REVIEW),
        (lambda vault, by: actions.erase("uuid:1", why="", vault=vault, by=by, at=AT), Permission.ERASE),
        (lambda vault, by: actions.export("survey", {}, confidential=False, by=by, at=AT), Permission.EXPORT),
        (
            lambda vault, by: actions.export("survey", {}, confidential=True, by=by, at=AT),
            Permission.EXPORT_CONFIDENTIAL,
        ),
        (lambda vault, by: actions.rewrap(vault=vault, by=by, at=AT), Permission.CHANGE_KEYS),
        (lambda vault, by: actions.decrypt([], vault=vault, by=by, at=AT), Permission.DECRYPT),
        (lambda vault, by: actions.settle_restored({}, vault=vault, by=by, at=AT), Permission.RESTORE),
    ],
    ids=["receive", "correct", "review", "erase", "export", "export confidential", "rewrap", "decrypt", "restore"],
)
def test_every_act_needs_its_permission_and_leaves_one_line(
    kept: Vault, verb: Callable[[Vault, Actor], object], permission: Permission
) -> None:
    without = Actor(name="somebody", permissions=frozenset(Permission) - {permission})
    lines = AuditLine.objects.count()
    with pytest.raises(Problem, match=f"no leave to {permission.value}"):
        verb(kept, without)
    assert AuditLine.objects.count() == lines
    verb(kept, Actor(name="somebody", permissions=frozenset({permission})))
    assert AuditLine.objects.count() == lines + 1
    assert AuditLine.objects.latest("sequence").actor == "somebody"


def test_a_published_version_is_never_replaced(vault: Vault) -> None:
    assert not fieldwork.publish(SURVEY, by=BY, at=AT)
    with pytest.raises(Problem, match="published already"):
        fieldwork.publish(type(SURVEY)(**(vars(SURVEY) | {"languages": ("en", "th")})), by=BY, at=AT)


def database_bytes(url: str) -> bytes:
    """Everything in the database as it lies: SQLite's files, or every column of PostgreSQL's tables."""
    if url.startswith("sqlite"):
        path = Path(unquote(url.removeprefix("sqlite:///")))
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        return b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for (table,) in tables.fetchall()
            for row in connection.execute(f'SELECT * FROM "{table}"').fetchall()  # type: ignore[call-overload]
            for value in row
        )
