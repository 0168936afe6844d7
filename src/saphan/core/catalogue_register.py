"""The part of the catalogue of problems that is the register's: who may do what, what is taken in, and its keys."""

from __future__ import annotations

from saphan.core.kind import Kind, catalogue

REGISTER: dict[str, Kind] = catalogue(
    (
        "web.absent",
        404,
        "There is nothing at this address.",
        "Check the address, and the number of the project: a mission is project 1.",
    ),
    ("web.method", 405, "This address does not take {method}.", "See docs/reference/api.md for what it takes."),
    ("web.body", 400, "The body of the request cannot be read: {detail}.", "Send it as docs/reference/api.md says."),
    (
        "web.failed",
        500,
        "The server failed at this, which is a fault of its own ({kind} in {place}).",
        "Nothing that was acknowledged is lost. Try again; if it happens again, tell who keeps the server.",
    ),
    (
        "web.header",
        400,
        "The header X-OpenRosa-Version is missing.",
        "Phones send it by themselves; a program must send X-OpenRosa-Version: 1.0.",
    ),
    (
        "web.part",
        400,
        "The request has no part named xml_submission_file.",
        "Send the submission's XML as a file under that name, in multipart/form-data.",
    ),
    ("web.size", 413, "The request is larger than {limit:,} bytes.", "Send the files in several requests."),
    (
        "access.denied",
        403,
        "{actor} has no leave to {permission}.",
        "Ask somebody who manages users for a role that may.",
    ),
    ("access.unknown", 403, "There is no active user {user!r}.", "Check the name, or ask for the user to be added."),
    ("access.role", 400, "There is no role {role!r}.", "The roles are: {known}."),
    ("access.exists", 409, "There is a user {user!r} already.", "Choose another name."),
    ("access.name", 400, "{name!r} cannot be a name here.", "Give {allowed}."),
    ("access.password", 400, "The password is too short.", "Give one of {shortest} characters or more."),
    (
        "access.credentials",
        401,
        "Name and password, or the token, are not known here.",
        "Check them; a session's token ends after a day, and a phone's when it is revoked.",
    ),
    (
        "access.no-right",
        403,
        "What was given as token or name has no right to this.",
        "Make the phone a new app user with `saphan app-user add`, or ask for a role that may.",
    ),
    (
        "access.app-user",
        404,
        "There is no app user {name!r} in use.",
        "`saphan app-user list` names them; one that was revoked stays so.",
    ),
    (
        "access.session",
        404,
        "There is no session with this token.",
        "It may have ended already; nothing is to be done.",
    ),
    (
        "intake.conflict",
        409,
        "Another submission with this id is known, with other content.",
        "Nothing was changed. Send a correction as an edit, with an id of its own and this one as deprecatedID.",
    ),
    (
        "intake.edited",
        409,
        "The submission that this one edits has been edited already.",
        "Nothing was changed. Make the edit again, starting from the current version.",
    ),
    (
        "intake.edits-unknown",
        404,
        "The submission that this one edits is not here.",
        "Send that one first, then the edit again.",
    ),
    (
        "intake.practice",
        409,
        "A submission that was sent in practice and one that was not cannot be versions of each other.",
        "Nothing was changed. Edit it on a phone whose app user practises as the first one did.",
    ),
    (
        "intake.circular",
        400,
        "The submission says that it edits itself or one of its own edits.",
        "Give the edit a new instanceID, and as deprecatedID that of the version it starts from.",
    ),
    (
        "intake.id",
        400,
        "The submission's id is longer than {longest} characters.",
        "An instanceID is a UUID; see what made this one.",
    ),
    ("intake.erased", 410, "The submission with this id was erased.", "It is not taken again; nothing can be done."),
    (
        "intake.attachment",
        409,
        "Another file named {name!r} came with this submission before.",
        "The first one was kept. Send a changed file with an edit of the submission.",
    ),
    (
        "intake.encrypted",
        409,
        "The submission has not been decrypted yet.",
        "Give `saphan decrypt` the private key of its form.",
    ),
    ("intake.unknown", 404, "There is no submission with this id.", "Check the id."),
    (
        "intake.place",
        400,
        "{place!r} is not a place of an answer in the form {form}.",
        "Write a question's column, or for a repeat its table, the row from 1 and the column: table[1].column.",
    ),
    (
        "intake.stale",
        409,
        "The old value given is not what stands there now.",
        "Look at the answer again; somebody may have corrected it first.",
    ),
    (
        "intake.value",
        400,
        "The new value does not fit the question {column}, of type {type}.",
        "Give a value of the question's type, or one of its choices.",
    ),
    (
        "intake.altered",
        500,
        "The {kind} kept under this id does not open: it was altered, or belongs to another submission.",
        "Restore the register from a backup, and see the audit chain for what happened.",
    ),
    (
        "key.missing",
        500,
        "The key {key} that wrapped this submission is not in the mission's keyring.",
        "Give the keyring that the register was written with; without it nothing can be read.",
    ),
    (
        "key.unreadable",
        400,
        "This is not a keyring of this program.",
        "Restore the key file from its backup. A new one would not open what is stored.",
    ),
    (
        "key.lost",
        409,
        "The register holds submissions, and the file with the keys that open them is gone.",
        "Put the file back from its backup; without it no answer can be read.",
    ),
    (
        "access.server",
        400,
        "{server!r} is not the address of a server.",
        "Give what a phone's browser would open: https:// and the server's name, without a path to a page.",
    ),
)
