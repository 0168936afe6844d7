"""Roles: each a class that lists what its holders may do, and says whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.register.accounts.model import Permission


class Role:
    """What somebody does in the mission; `name` is what a grant and the command line call it."""

    name: str
    permissions: frozenset[Permission]


class Enumerator(Role):
    """Interviews people with a phone or a program, and sends what was said."""

    name = "enumerator"
    permissions = frozenset({Permission.OPEN_SESSIONS, Permission.READ_FORMS, Permission.RECEIVE})


class Analyst(Role):
    """Computes from answers under pseudonyms."""

    name = "analyst"
    permissions = frozenset(
        {
            Permission.OPEN_SESSIONS,
            Permission.READ_FORMS,
            Permission.READ_ANSWERS,
            Permission.EXPORT,
            Permission.REGISTER_STUDIES,
        }
    )


class DataManager(Role):
    """Runs a round: publishes forms, looks at what comes in, corrects and reviews it, hands phones out."""

    name = "data manager"
    permissions = frozenset(
        {
            Permission.OPEN_SESSIONS,
            Permission.READ_FORMS,
            Permission.PUBLISH_FORMS,
            Permission.MANAGE_APP_USERS,
            Permission.REGISTER_STUDIES,
            Permission.RECEIVE,
            Permission.READ_ANSWERS,
            Permission.EXPORT,
            Permission.EXPORT_CONFIDENTIAL,
            Permission.READ_ORIGINALS,
            Permission.DECRYPT,
            Permission.CORRECT,
            Permission.REVIEW,
        }
    )


class DataProtectionOfficer(Role):
    """Erases, changes keys, restores, and takes phones out of use; reads no answer."""

    name = "data protection officer"
    permissions = frozenset(
        {
            Permission.OPEN_SESSIONS,
            Permission.ERASE,
            Permission.CHANGE_KEYS,
            Permission.RESTORE,
            Permission.MANAGE_APP_USERS,
        }
    )


class Operator(Role):
    """Keeps the system running, and may do everything."""

    name = "operator"
    permissions = frozenset(Permission)


class Device(Role):
    """A phone with a token: fetches forms and sends submissions; granted to app users alone."""

    name = "app user"
    permissions = frozenset({Permission.READ_FORMS, Permission.RECEIVE})


GRANTED: Mapping[str, type[Role]] = {
    role.name: role for role in (Enumerator, Analyst, DataManager, DataProtectionOfficer, Operator)
}
