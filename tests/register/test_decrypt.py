"""Submissions that phones encrypted: kept as sent, decrypted into the same rows as any, erased like any."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from saphan.core.problem import Problem
from saphan.pipeline.decrypting import Decrypted, decrypt
from saphan.pipeline.receiving import receive
from saphan.pipeline.registering import Opened, open_register
from saphan.pipeline.starting import new
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register.accounts import queries as accounts
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import actions, queries
from saphan.register.intake.tables import Answers, Attachment, Submission
from saphan.register.intake.tables import Decrypted as DecryptedRow

from .samples import AT, BY

INSTANCE = "uuid:9974d75b-3338-44fe-a179-0134676b1b69"


def quiet(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""


@pytest.fixture
def vector(shared_data: Path) -> Path:
    return shared_data / "central-exchanges"


@pytest.fixture
def workspace(database_url: str, tmp_path: Path, vector: Path) -> Workspace:
    folder = tmp_path / "missions" / "small"
    new(folder)
    book = openpyxl.load_workbook(vector / "fms_trial.xlsx")
    settings = book["settings"]
    settings.cell(1, settings.max_column + 1, "concept")
    settings.cell(2, settings.max_column, "study")
    book.save(folder / "forms" / "fms_trial.xlsx")
    return open_workspace(folder, database_url)


def opened(workspace: Workspace) -> Opened:
    return open_register(workspace, at=AT)


def sent(vector: Path, path: Path, *, without: tuple[str, ...] = (), cut: str = "") -> Path:
    """A zip of the encrypted submission as a phone's folder holds it."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in (vector / "encrypted").iterdir():
            if file.is_file() and file.name.endswith((".xml", ".enc")) and file.name not in without:
                content = file.read_bytes()
                archive.writestr(f"instance/{file.name}", content[:-5] if file.name == cut else content)
    return path


def taken(workspace: Workspace, path: Path) -> int:
    receipt = receive(workspace, opened(workspace), path, mapping=None, workers=0, step=quiet).receipt
    assert receipt.refused == ()
    return receipt.stored


def opened_with(workspace: Workspace, key: Path) -> Decrypted:
    return decrypt(workspace, opened(workspace), key, passphrase=None, step=quiet)


def test_what_was_sent_stays_and_what_was_inside_becomes_readable(
    workspace: Workspace, vector: Path, tmp_path: Path
) -> None:
    assert taken(workspace, sent(vector, tmp_path / "a.zip")) == 1
    vault = opened(workspace).vault
    assert list(queries.answers("fms_trial", vault)) == []
    assert queries.counts("fms_trial").encrypted == 1
    with pytest.raises(Problem, match="not been decrypted"):
        actions.correct(INSTANCE, "start", old=None, new="x", why="y", vault=vault, by=BY, at=AT)

    assert opened_with(workspace, vector / "encrypted" / "private.pem") == Decrypted(decrypted=1, waiting=())
    plain = {path.name: path.read_bytes() for path in (vector / "encrypted" / "plain").iterdir()}
    assert queries.decrypted(INSTANCE, vault) == plain["submission.xml"]
    for name in ("p.jpg", "audit.csv"):
        assert queries.attachment(INSTANCE, name, vault) == plain[name]
        sealed = (vector / "encrypted" / f"{name}.enc").read_bytes()
        assert queries.attachment(INSTANCE, f"{name}.enc", vault) == sealed
    assert queries.original(INSTANCE, vault) == (vector / "encrypted" / "submission.xml").read_bytes()
    found = queries.one(INSTANCE)
    form = fieldwork.forms()[found.form.form, found.form.version]
    said = dict(zip(form.root.columns, queries.reading(found, form, vault).tables[0].values[0], strict=True))
    assert said["start"] == "2026-11-05T09:38:00.371+07:00"
    assert found.consented is False  # the form binds no question to consent, so it goes no further than the register
    assert list(queries.answers("fms_trial", vault)) == []
    assert queries.counts("fms_trial").encrypted == 0

    assert opened_with(workspace, vector / "encrypted" / "private.pem").decrypted == 0
    assert taken(workspace, sent(vector, tmp_path / "a.zip")) == 0
    assert accounts.verify_audit() is None


def test_another_key_and_a_missing_file_lose_nothing(workspace: Workspace, vector: Path, tmp_path: Path) -> None:
    taken(workspace, sent(vector, tmp_path / "a.zip", without=("p.jpg.enc",)))
    answer = opened_with(workspace, vector / "encrypted" / "private.pem")
    assert (answer.decrypted, [one.code for one in answer.waiting]) == (0, ["encrypted.missing"])
    assert taken(workspace, sent(vector, tmp_path / "b.zip")) == 0  # the file that was missing, with what is known

    other = tmp_path / "other.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    answer = opened_with(workspace, other)
    assert (answer.decrypted, [one.code for one in answer.waiting]) == (0, ["encrypted.key"])
    assert opened_with(workspace, vector / "encrypted" / "private.pem").decrypted == 1


def test_a_cut_file_waits(workspace: Workspace, vector: Path, tmp_path: Path) -> None:
    taken(workspace, sent(vector, tmp_path / "a.zip", cut="audit.csv.enc"))
    answer = opened_with(workspace, vector / "encrypted" / "private.pem")
    assert [one.code for one in answer.waiting] == ["encrypted.damaged"]
    assert queries.undecrypted() == [INSTANCE]


def test_erasing_takes_what_was_decrypted_too(workspace: Workspace, vector: Path, tmp_path: Path) -> None:
    taken(workspace, sent(vector, tmp_path / "a.zip"))
    opened_with(workspace, vector / "encrypted" / "private.pem")
    vault = opened(workspace).vault
    actions.erase(INSTANCE, why="withdrawn", vault=vault, by=BY, at=AT)
    assert not DecryptedRow.objects.exists()
    assert not Answers.objects.exists()
    assert not Attachment.objects.exists()
    assert list(vault.attachments.iterdir()) == []
    assert Submission.objects.get().wrapped_key is None
    assert queries.undecrypted() == []
