"""Users and app users: what is kept of their secrets, when these open something, and the line each act leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from saphan.core.problem import Problem
from saphan.register.accounts import actions, queries
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.roles import GRANTED, Device
from saphan.register.accounts.tables import AppUser, AuditLine, Session

from .samples import AT, BY

PASSWORD = "long enough to keep"


def test_a_token_is_told_once_and_only_its_hash_is_kept(database_url: str) -> None:
    token = actions.add_app_user("Phone 7", practice=True, by=BY, at=AT)
    assert len(token) == 64
    assert token not in str(list(AppUser.objects.values())) + str(list(AuditLine.objects.values()))
    phone = queries.device(token)
    assert (phone.name, phone.practice, phone.permissions) == ("app user Phone 7", True, Device.permissions)
    actions.revoke_app_user("Phone 7", by=BY, at=AT + timedelta(days=1))
    with pytest.raises(Problem, match="no right"):
        queries.device(token)
    (shown,) = queries.app_users()
    assert (shown.name, shown.added, shown.revoked, shown.by) == ("Phone 7", AT, AT + timedelta(days=1), BY.name)
    with pytest.raises(Problem, match="in use"):
        actions.revoke_app_user("Phone 7", by=BY, at=AT)
    with pytest.raises(Problem, match="already"):
        actions.add_app_user("Phone 7", by=BY, at=AT)
    assert queries.verify_audit() is None


def test_a_session_opens_what_its_user_may_until_it_ends(database_url: str) -> None:
    actions.add_user("naw", roles=("enumerator",), password=PASSWORD, by=BY, at=AT)
    opened = actions.open_session("naw", PASSWORD, at=AT)
    assert opened.until == AT + timedelta(hours=24)
    assert opened.token not in str(list(Session.objects.values())) + repr(opened)
    assert queries.session(opened.token, at=AT).permissions == GRANTED["enumerator"].permissions
    with pytest.raises(Problem, match="not known"):
        queries.session(opened.token, at=opened.until)
    actions.close_session(opened.token, by=queries.actor("naw"), at=AT)
    with pytest.raises(Problem, match="not known"):
        queries.session(opened.token, at=AT)


def test_nobody_ends_the_session_of_another(database_url: str) -> None:
    for name in ("naw", "paw"):
        actions.add_user(name, roles=("enumerator",), password=PASSWORD, by=BY, at=AT)
    opened = actions.open_session("naw", PASSWORD, at=AT)
    with pytest.raises(Problem, match="no session"):
        actions.close_session(opened.token, by=queries.actor("paw"), at=AT)
    assert queries.session(opened.token, at=AT).name == "naw"


def test_a_revoked_user_is_out_with_all_sessions(database_url: str) -> None:
    actions.add_user("naw", roles=("enumerator",), password=PASSWORD, by=BY, at=AT)
    opened = actions.open_session("naw", PASSWORD, at=AT)
    actions.revoke_user("naw", by=BY, at=AT)
    for way in (lambda: queries.session(opened.token, at=AT), lambda: queries.login("naw", PASSWORD)):
        with pytest.raises(Problem, match="not known"):
            way()
    (shown,) = (user for user in queries.users() if user.name == "naw")
    assert (shown.roles, shown.active) == (("enumerator",), False)


@pytest.mark.parametrize(("name", "password"), [("naw", "wrong"), ("nobody", PASSWORD), ("cli", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(database_url: str, name: str, password: str) -> None:
    actions.add_user("naw", roles=("enumerator",), password=PASSWORD, by=BY, at=AT)
    actions.unattended("cli", at=AT)
    with pytest.raises(Problem, match=r"^Name and password, or the token, are not known here\."):
        queries.login(name, password)


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        (lambda: actions.add_user("app user 7", roles=(), by=BY, at=AT), "cannot be a name"),
        (lambda: actions.add_user("naw", roles=(), password="short", by=BY, at=AT), "too short"),
        (lambda: actions.add_app_user("two\nlines", by=BY, at=AT), "cannot be a name"),
        (lambda: actions.add_app_user(" ", by=BY, at=AT), "cannot be a name"),
        (lambda: actions.revoke_user("nobody", by=BY, at=AT), "no active user"),
        (lambda: queries.device("short"), "not known here"),
    ],
)
def test_what_cannot_be_is_said(database_url: str, verb: Callable[[], object], says: str) -> None:
    with pytest.raises(Problem, match=says):
        verb()


@pytest.mark.parametrize(
    ("verb", "permission"),
    [
        (lambda by: actions.add_app_user("Phone 8", by=by, at=AT), Permission.MANAGE_APP_USERS),
        (lambda by: actions.revoke_app_user("Phone 7", by=by, at=AT), Permission.MANAGE_APP_USERS),
        (lambda by: actions.add_user("paw", roles=(), by=by, at=AT), Permission.MANAGE_USERS),
        (lambda by: actions.revoke_user("naw", by=by, at=AT), Permission.MANAGE_USERS),
    ],
    ids=["add app user", "revoke app user", "add user", "revoke user"],
)
def test_each_act_needs_its_leave_and_leaves_one_line(
    database_url: str, verb: Callable[[Actor], object], permission: Permission
) -> None:
    actions.add_user("naw", roles=(), by=BY, at=AT)
    actions.add_app_user("Phone 7", by=BY, at=AT)
    lines = AuditLine.objects.count()
    with pytest.raises(Problem, match=f"no leave to {permission.value}"):
        verb(Actor(name="somebody", permissions=frozenset(Permission) - {permission}))
    assert AuditLine.objects.count() == lines
    verb(Actor(name="somebody", permissions=frozenset({permission})))
    assert AuditLine.objects.count() == lines + 1
