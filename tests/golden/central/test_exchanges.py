"""What a real ODK Central answered to phones, answered alike: status, headers, body up to addresses and hashes.

Not alike on purpose: Central packs 100 MB into one request, so that a lost link costs all photographs; we say 2 MB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import Answer
from tests.web.lines import VERSION, Line, on_line

from saphan.collect import forms
from saphan.register.intake import queries

PHOTO = {"p0.jpg": b"\xff\xd8 a photograph"}
AUDIT = {"audit.csv": b"event,node,start,end\n"}


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> dict[str, Any]:
    """The exchanges by name."""
    given = json.loads((shared_data / "central-exchanges" / "central_golden.json").read_text("utf-8"))
    return {each["name"]: each for each in given}


@pytest.fixture(scope="module")
def sent(shared_data: Path) -> dict[str, bytes]:
    """What was sent, by file name."""
    return {path.stem: path.read_bytes() for path in (shared_data / "central-exchanges").glob("submission*.xml")}


@pytest.fixture(scope="module")
def line(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A server that knows the form of the exchanges."""
    form = forms.from_xlsx(shared_data / "central-exchanges" / "form.xlsx")
    with on_line(tmp_path_factory.mktemp("central"), form=form) as started:
        yield started


def new(number: int) -> Callable[[Line, dict[str, bytes]], Answer]:
    return lambda line, sent: line.post(sent[f"submission_{number}"])


def get(path: str) -> Callable[[Line, dict[str, bytes]], Answer]:
    return lambda line, _: line.send("GET", path.replace("PHONE", line.phone), b"", VERSION)


def changed(sent: dict[str, bytes], old: bytes, new: bytes) -> bytes:
    assert old in sent["submission_0"]
    return sent["submission_0"].replace(old, new)


# In the order in which they were recorded: each builds upon those before it.
EXCHANGES: dict[str, Callable[[Line, dict[str, bytes]], Answer]] = {
    "formList": get("PHONE/formList?formID=fms_trial"),
    "formList without version header": lambda line, _: line.ask("GET", f"{line.phone}/formList"),
    "HEAD submission": lambda line, _: line.send("HEAD", f"{line.phone}/submission", b"", VERSION),
    "manifest empty": get("PHONE/forms/fms_trial/manifest"),
    "bad token": get("/v1/key/bad/projects/1/formList"),
    "well-formed unknown token": get(f"/v1/key/{'a' * 64}/projects/1/formList"),
    **{f"new {number}": new(number) for number in range(6)},
    "attachments in a second POST": lambda line, sent: line.post(
        sent["submission_0"], PHOTO, **{"*isIncomplete*": "yes"}
    ),
    "attachments in a third POST": lambda line, sent: line.post(sent["submission_0"], AUDIT),
    "identical resubmission": lambda line, sent: line.post(sent["submission_0"]),
    "conflict: same id other xml": lambda line, sent: line.post(changed(sent, b"<intro/>", b"<intro>x</intro>")),
    "edit": lambda line, sent: line.post(sent["submission_0_edit"]),
    "edit again of the deprecated": lambda line, sent: line.post(
        sent["submission_0_edit"].replace(b"uuid:fb8ac7f1", b"uuid:00000000")
    ),
    "unknown form": lambda line, sent: line.post(changed(sent, b'id="fms_trial"', b'id="nobody_knows"')),
    "unknown version": lambda line, sent: line.post(changed(sent, b'version="2026112301"', b'version="zzz"')),
    "not xml": lambda line, _: line.post(b"this is not XML"),
    "missing part": lambda line, _: line.post(None, PHOTO),
}


def alike(text: str) -> str:
    """A body without what differs from server to server: addresses with tokens, the hash of another pyxform's XForm."""
    text = re.sub(r"http://127\.0\.0\.1:\d+/v1/key/[A-Za-z0-9!$]+/projects/\d+", "SERVER", text)
    return re.sub(r"md5:[0-9a-f]{32}", "md5:HASH", text)


@pytest.fixture(scope="module")
def answers(line: Line, sent: dict[str, bytes]) -> dict[str, Answer]:
    """Our answers to all, asked in order."""
    return {name: ask(line, sent) for name, ask in EXCHANGES.items()}


@pytest.mark.parametrize("name", EXCHANGES)
def test_a_phone_is_answered_as_central_answers(
    recorded: dict[str, Any], answers: dict[str, Answer], name: str
) -> None:
    theirs, ours = recorded[name], answers[name]
    assert ours.status == theirs["status"]
    assert alike(ours.text) == alike(theirs["body"])
    for header, value in theirs["headers"].items():
        if header == "ETag":  # of their bytes; and none where nobody may keep the answer
            continue
        limit = header == "X-OpenRosa-Accept-Content-Length"
        assert ours.headers[header.lower()] == ("2000000" if limit else value), header


def test_what_was_acknowledged_is_kept_byte_for_byte(
    answers: dict[str, Answer], line: Line, sent: dict[str, bytes]
) -> None:
    vault = line.opened.vault
    for number in range(6):
        instance = re.search(rb"<instanceID>(.*?)</instanceID>", sent[f"submission_{number}"])
        assert instance
        assert queries.original(instance[1].decode(), vault) == sent[f"submission_{number}"]
    first, edit = "uuid:f38b2ffc-80a4-4f5a-91c9-bc701e7ea419", "uuid:fb8ac7f1-02ea-4918-84d9-2cd989f95cc2"
    for name, content in {**PHOTO, **AUDIT}.items():
        assert queries.attachment(first, name, vault) == content
        assert queries.attachment(edit, name, vault) == content  # carried over
    assert len(list(queries.answers("fms_trial", vault))) == 6
