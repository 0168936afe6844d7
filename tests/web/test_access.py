"""Every address, for every role: who gets through stands here, and an address that does not stand here fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from django.http import HttpRequest, HttpResponse

from saphan.register.accounts import actions
from saphan.register.accounts.roles import GRANTED, Device
from saphan.web import online
from saphan.web.leave import DefaultDeny
from tests.web.lines import AT, PASSWORD, VERSION, Line, on_line

EVERYBODY = frozenset({"nobody", Device.name, *GRANTED})
PHONES = frozenset({Device.name})  # whose token stands in the address
FORMS = frozenset({"enumerator", "analyst", "data manager", "operator"})
SENDING = frozenset({"enumerator", "data manager", "operator"})
USERS = frozenset(GRANTED)

KEY, PROJECT = "v1/key/<str:token>/projects/<int:project>", "v1/projects/<int:project>"
MATRIX: Mapping[tuple[str, str], frozenset[str]] = {
    (f"{KEY}/formList", "GET"): PHONES,
    (f"{KEY}/submission", "HEAD"): PHONES,
    (f"{KEY}/submission", "POST"): PHONES,
    (f"{KEY}/forms/<str:form>/manifest", "GET"): PHONES,
    (f"{KEY}/forms/<str:form>.xml", "GET"): PHONES,
    (f"{PROJECT}/formList", "GET"): FORMS,
    (f"{PROJECT}/submission", "HEAD"): SENDING,
    (f"{PROJECT}/submission", "POST"): SENDING,
    (f"{PROJECT}/forms/<str:form>/manifest", "GET"): FORMS,
    (f"{PROJECT}/forms/<str:form>.xml", "GET"): FORMS,
    ("v1/sessions", "POST"): EVERYBODY,
    ("v1/sessions/<str:session>", "DELETE"): USERS,
    ("v1/users/current", "GET"): USERS,
    **{
        (nowhere, method): EVERYBODY
        for nowhere in ("v1/", "v1/<path:anything>")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    },
    **{
        (page, method): EVERYBODY
        for page in ("", "favicon.ico", "healthz", "readyz", "<path:path>")
        for method in ("GET", "HEAD")
    },
}
FILLED = {
    "<int:project>": "1",
    "<str:form>": "counter",
    "<str:session>": "a" * 64,
    "<path:anything>": "nowhere",
    "<path:path>": "nowhere.html",
}


def test_the_matrix_holds_every_address_and_no_other() -> None:
    table = {
        (str(pattern.pattern), method)
        for pattern in online.urlpatterns
        for method in pattern.callback.leave  # an address without one fails here
    }
    assert table == MATRIX.keys()


def test_what_says_nothing_of_its_leave_is_not_reached() -> None:
    def forgotten(request: HttpRequest) -> HttpResponse:
        raise AssertionError("reached")

    refused = DefaultDeny(forgotten).process_view(HttpRequest(), forgotten)
    assert refused is not None
    assert refused.status_code == 403


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A mission on line."""
    with on_line(tmp_path_factory.mktemp("access")) as started:
        yield started


@pytest.fixture(scope="module")
def tokens(line: Line) -> dict[str, str]:
    """A session of a user of each role."""
    found = {}
    for role in GRANTED:
        name = role.replace(" ", "-")
        actions.add_user(name, roles=(role,), password=PASSWORD, by=line.opened.by, at=AT)
        answer = line.ask("POST", "/v1/sessions", f'{{"email": "{name}", "password": "{PASSWORD}"}}'.encode())
        found[role] = answer.text.split('"token":"')[1][:64]
    return found


@pytest.mark.parametrize(("address", "method"), MATRIX, ids=lambda part: part or "home")
def test_each_role_gets_through_where_it_may_and_nowhere_else(
    line: Line, tokens: dict[str, str], address: str, method: str
) -> None:
    path = f"/{address}"
    for name, value in FILLED.items():
        path = path.replace(name, value)
    through = set()
    for role in EVERYBODY:
        headers = dict(VERSION)
        if role in tokens:
            headers["Authorization"] = f"Bearer {tokens[role]}"
        elif role == Device.name:  # a phone's token opens no door but its own
            headers["Authorization"] = f"Bearer {line.token}"
        own = path.replace("<str:token>", line.token if role == Device.name else tokens.get(role, "b" * 64))
        answer = line.send(method, own, b"", headers)
        assert answer.status < 500 or (path.strip("/"), answer.status) == ("readyz", 503)  # nothing is built yet
        # The form for a session asks for a password, which is another thing than leave to ask.
        if answer.status not in (401, 403):
            through.add(role)
    assert through == MATRIX[address, method]


@pytest.mark.parametrize("project", [0, 2, 99])
def test_there_is_one_project(line: Line, tokens: dict[str, str], project: int) -> None:
    assert line.send("GET", f"/v1/key/{line.token}/projects/{project}/formList", b"", VERSION).status == 404
    headers = {**VERSION, "Authorization": f"Bearer {tokens['operator']}"}
    assert line.send("GET", f"/v1/projects/{project}/formList", b"", headers).status == 404


def test_no_other_method_is_taken(line: Line) -> None:
    assert line.send("DELETE", f"{line.phone}/submission", b"", VERSION).status == 405
    assert line.send("PUT", "/v1/sessions", b"", {}).status == 405
