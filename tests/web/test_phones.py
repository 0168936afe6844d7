"""What becomes of what phones send: the decision table, files one by one, practice, and what is never taken."""

from __future__ import annotations

import re
import socket
import uuid
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from saphan.core.problem import Problem
from saphan.register.accounts import actions as accounts
from saphan.register.accounts import queries as access
from saphan.register.intake import actions as intake
from saphan.register.intake import queries
from saphan.register.intake.tables import Submission
from tests import xlsforms
from tests.register.conftest import _in_database, _run, postgres
from tests.web.lines import AT, PASSWORD, VERSION, Line, multipart, on_line

__all__ = ["postgres"]

SECRET = "Naw Paw Eh of Mae Pa"
FORM = xlsforms.form(
    """
    | survey |
    | | type | name | label |
    | | text | who | Who |
    | | image | photo | Photo |
    | | image | house | House |
    """
)
PHOTO, HOUSE = b"\xff\xd8 a face" * 1000, b"\xff\xd8 a house" * 300_000


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A mission on line, on each database."""
    at = tmp_path_factory.mktemp("line")
    if request.param == "sqlite":
        with on_line(at, form=FORM) as started:
            yield started
        return
    server, name = request.getfixturevalue("postgres"), f"saphan_test_{uuid.uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name}")
    with on_line(at, form=FORM, database_url=_in_database(server, name)) as started:
        yield started
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def sent(instance: str, *, who: str = SECRET, files: str = "", edits: str = "") -> bytes:
    """One interview; `files` are elements that name files, `edits` the id of the version it replaces."""
    replaced = f"<deprecatedID>{edits}</deprecatedID>" if edits else ""
    return (
        f'<data id="trial" version="1"><who>{who}</who>{files}'
        f"<meta><instanceID>{instance}</instanceID>{replaced}</meta></data>"
    ).encode()


@pytest.fixture
def instance() -> str:
    """An id of its own."""
    return f"uuid:{uuid.uuid4()}"


def test_the_form_comes_as_it_was_published(line: Line) -> None:
    listed = line.send("GET", f"{line.phone}/formList", b"", VERSION).text
    url = re.search(r"<downloadUrl>(http://127[^<]*/trial\.xml)</downloadUrl>", listed)
    assert url
    answer = line.send("GET", "/" + url[1].split("/", 3)[3], b"", VERSION)
    assert (answer.status, answer.text) == (200, FORM.xform)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


def test_files_come_one_by_one_and_again_after_a_lost_link(line: Line, instance: str) -> None:
    xml = sent(instance, files="<photo>a.jpg</photo><house>b.jpg</house>")
    body, kind = multipart(xml, {"a.jpg": PHOTO, "b.jpg": HOUSE}, {})
    with socket.create_connection(("127.0.0.1", line.port)) as cut:
        head = (
            f"POST {line.phone}/submission HTTP/1.1\r\nHost: localhost\r\nX-OpenRosa-Version: 1.0\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        cut.sendall(head.encode() + body[: len(body) // 2])
    assert not queries.known(instance)  # half a request is none
    assert line.post(xml, {"a.jpg": PHOTO}, **{"*isIncomplete*": "yes"}).status == 201
    assert line.post(xml, {"a.jpg": PHOTO}, **{"*isIncomplete*": "yes"}).status == 201
    assert line.post(xml, {"b.jpg": HOUSE, "c.jpg": b"named nowhere"}).status == 201
    vault = line.opened.vault
    assert queries.original(instance, vault) == xml
    assert queries.attachment(instance, "a.jpg", vault) == PHOTO
    assert queries.attachment(instance, "b.jpg", vault) == HOUSE
    with pytest.raises(Problem, match="missing"):
        queries.attachment(instance, "c.jpg", vault)
    kept = [path.read_bytes() for path in vault.attachments.iterdir()]
    assert kept
    assert not [content for content in kept if b"a face" in content or b"a house" in content]


def test_another_file_under_a_known_name_is_refused(line: Line, instance: str) -> None:
    xml = sent(instance, files="<photo>a.jpg</photo>")
    assert line.post(xml, {"a.jpg": PHOTO}).status == 201
    answer = line.post(xml, {"a.jpg": b"another"})
    assert answer.status == 409
    assert "came with this submission before" in answer.text
    assert queries.attachment(instance, "a.jpg", line.opened.vault) == PHOTO


def test_edits_make_a_line_of_versions(line: Line, instance: str) -> None:
    edit = f"uuid:{uuid.uuid4()}"
    unknown = line.post(sent(edit, edits=instance))
    assert (unknown.status, "is not here" in unknown.text) == (404, True)
    assert line.post(sent(instance, files="<photo>a.jpg</photo>"), {"a.jpg": PHOTO}).status == 201
    edited = sent(edit, edits=instance, files="<photo>a.jpg</photo><house>b.jpg</house>")
    assert line.post(edited).status == 201
    assert line.post(edited, {"b.jpg": HOUSE}).status == 201  # the second post of an edit
    assert queries.attachment(edit, "a.jpg", line.opened.vault) == PHOTO  # carried over
    stale = line.post(sent(f"uuid:{uuid.uuid4()}", edits=instance))
    assert stale.status == 409
    assert instance in stale.text


def test_without_an_id_one_is_made_from_the_bytes(line: Line) -> None:
    xml = sent("x", who=uuid.uuid4().hex).replace(b"<instanceID>x</instanceID>", b"")
    before = Submission.objects.count()
    assert [line.post(xml).status for _ in range(2)] == [201, 201]
    assert Submission.objects.count() == before + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<data", 400),
        (b"<data/>", 400),
        (b'<!DOCTYPE d [<!ENTITY e "x">]><data id="trial" version="1"><who>&e;</who></data>', 400),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><data id="trial" version="1"/>', 400),
        (sent("uuid:large", who="x" * 2_000_001), 413),
        (sent(f"uuid:{'9' * 300}"), 400),
        (b'<data xmlns="http://opendatakit.org/submissions" encrypted="yes" id="trial" version="1"/>', 400),
    ],
    ids=["empty", "torn", "no form", "entities", "external", "large", "long id", "encrypted"],
)
def test_what_is_never_taken(line: Line, body: bytes, status: int) -> None:
    before = Submission.objects.count()
    answer = line.post(body)
    assert (answer.status, answer.headers["x-openrosa-version"]) == (status, "1.0")
    assert "<OpenRosaResponse" in answer.text
    assert Submission.objects.count() == before


def test_a_torn_body_is_told_so(line: Line) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=" + "x" * 300, **VERSION}
    assert line.send("POST", f"{line.phone}/submission", b"nothing of the kind", headers).status == 400


def test_an_erased_submission_is_not_taken_again(line: Line, instance: str) -> None:
    assert line.post(sent(instance)).status == 201
    intake.erase(instance, why="asked", vault=line.opened.vault, by=line.opened.by, at=AT)
    assert line.post(sent(instance)).status == 410


def test_practice_enters_no_frame_and_edits_nothing_that_does(line: Line, instance: str) -> None:
    vault = line.opened.vault
    token = accounts.add_app_user(f"trainee {instance}", practice=True, by=line.opened.by, at=AT)
    trainee = Line(workspace=line.workspace, opened=line.opened, port=line.port, token=token)
    assert line.post(sent(instance)).status == 201
    before = len(list(queries.answers("trial", vault))), queries.counts("trial")
    practised = f"uuid:{uuid.uuid4()}"
    assert trainee.post(sent(practised)).status == 201
    assert trainee.post(sent(f"uuid:{uuid.uuid4()}", edits=instance)).status == 409
    assert line.post(sent(f"uuid:{uuid.uuid4()}", edits=practised)).status == 409
    after = len(list(queries.answers("trial", vault))), queries.counts("trial")
    assert after[0] == before[0]
    assert (after[1].stored, after[1].current) == (before[1].stored, before[1].current)
    assert after[1].practice == before[1].practice + 1
    assert queries.original(practised, vault) == sent(practised)


def test_a_revoked_phone_is_shut_out_at_once(line: Line, instance: str) -> None:
    name = f"lost {instance}"
    token = accounts.add_app_user(name, by=line.opened.by, at=AT)
    lost = Line(workspace=line.workspace, opened=line.opened, port=line.port, token=token)
    assert lost.post(sent(instance)).status == 201
    accounts.revoke_app_user(name, by=line.opened.by, at=AT)
    assert lost.post(sent(f"uuid:{uuid.uuid4()}")).status == 403
    assert lost.send("GET", f"{lost.phone}/formList", b"", VERSION).status == 403
    assert line.post(sent(f"uuid:{uuid.uuid4()}")).status == 201


def test_many_phones_at_once_lose_nothing_and_double_nothing(line: Line) -> None:
    names = [f"uuid:{uuid.uuid4()}" for _ in range(60)]
    before = Submission.objects.count()
    with ThreadPoolExecutor(8) as phones:  # each twice, as after an answer that was lost
        files = {"a.jpg": PHOTO}
        statuses = list(
            phones.map(lambda name: line.post(sent(name, files="<photo>a.jpg</photo>"), files).status, names * 2)
        )
    assert statuses == [201] * 120
    assert Submission.objects.count() == before + 60
    assert access.verify_audit() is None


def test_programs_use_a_password_or_a_session(line: Line, instance: str) -> None:
    name = instance.removeprefix("uuid:")
    accounts.add_user(name, roles=("enumerator",), password=PASSWORD, by=line.opened.by, at=AT)
    basic = {"Authorization": "Basic " + b64encode(f"{name}:{PASSWORD}".encode()).decode()}
    wrong = {"Authorization": "Basic " + b64encode(f"{name}:something else".encode()).decode()}
    body, kind = multipart(sent(instance), {}, {})
    as_phone = {"Content-Type": kind, **VERSION}
    assert line.send("POST", "/v1/projects/1/submission", body, as_phone | basic).status == 201
    refused = line.send("POST", "/v1/projects/1/submission", body, as_phone | wrong)
    assert (refused.status, refused.headers["www-authenticate"][:5]) == (401, "Basic")
    login = f'{{"email": "{name}", "password": "{PASSWORD}"}}'.encode()
    opened = line.ask("POST", "/v1/sessions", login)
    assert opened.status == 200
    token = re.search(r'"token":"([^"]{64})"', opened.text)
    assert token
    bearer = {"Authorization": f"Bearer {token[1]}"}
    assert name in line.send("GET", "/v1/users/current", b"", bearer).text
    assert line.send("DELETE", "/v1/sessions/current", b"", bearer).status == 200
    assert line.send("GET", "/v1/users/current", b"", bearer).status == 401
    assert line.ask("POST", "/v1/sessions", login.replace(b"long", b"wrong")).status == 401
    accounts.revoke_user(name, by=line.opened.by, at=AT)
    assert line.send("POST", "/v1/projects/1/submission", body, as_phone | basic).status == 401


def test_neither_answers_nor_tokens_stand_in_the_log(line: Line) -> None:
    line.send("GET", f"{line.phone}/nothing", b"", VERSION)
    said = (line.workspace.mission.folder.resolve().parent / "log").read_text("utf-8")
    assert line.token not in said
    assert SECRET not in said
