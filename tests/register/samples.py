"""A small survey with a repeat and consent, and submissions of it, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from saphan.collect.checks import Issue
from saphan.collect.forms.model import (
    Attachment,
    Choice,
    Datatype,
    Form,
    Question,
    Reading,
    Rows,
    State,
    Submission,
    Table,
    Value,
)
from saphan.core.text import Text
from saphan.register.accounts.model import Actor, Permission
from saphan.register.intake import sealing
from saphan.register.intake.model import Sealed, Vault

AT = datetime(2023, 3, 1, 9, 30, tzinfo=UTC)
BY = Actor(name="tester", permissions=frozenset(Permission))
SECRET = "Naw Paw Eh of Mae Pa"  # an answer that must be found nowhere in the open


_DATATYPES = {
    "integer": Datatype.INTEGER,
    "decimal": Datatype.DECIMAL,
    "select_multiple": Datatype.TEXTS,
    "geopoint": Datatype.NUMBERS,
}


def _question(
    column: str, type_: str, concept: str | None = None, choices: str | None = None, within: str = ""
) -> Question:
    return Question(
        path=f"{within}{column}",
        column=column,
        type=type_,
        label=Text({"en": column}),
        hint=Text({}),
        concept=concept,
        choices=choices,
        datatype=_DATATYPES.get(type_, Datatype.TEXT),
    )


def _choices(*names: str) -> tuple[Choice, ...]:
    states = {"dont-know": State.DONT_KNOW, "refused": State.REFUSED}
    return tuple(Choice(name=name, label=Text({"en": name}), state=states.get(name, State.ANSWERED)) for name in names)


SURVEY = Form(
    id="survey",
    version="1",
    concept="flow-survey",
    title=Text({"en": "Survey"}),
    languages=("en",),
    tables=(
        Table(
            name="survey",
            path="",
            parent=None,
            concept=None,
            questions=(
                _question("consent", "select_one", "consent", "yes_no"),
                _question("name", "text"),
                _question("age", "integer", "age"),
                _question("needs", "select_multiple", "needs", "need"),
                _question("arrived", "date"),
                _question("place", "geopoint", "location"),
                _question("stay", "select_one", "intended_stay", "stay"),
            ),
        ),
        Table(
            name="member",
            path="member",
            parent="survey",
            concept=None,
            questions=(
                _question("member_age", "integer", within="member/"),
                _question("member_weight", "decimal", within="member/"),
            ),
        ),
    ),
    choices={
        "yes_no": _choices("yes", "no"),
        "need": _choices("food", "water", "shelter"),
        "stay": _choices("under-3-months", "3-12-months", "dont-know", "refused"),
    },
    xform="<h:html/>",
    key="0" * 64,
)


def reading(instance: str, *, consent: str = "yes", age: int = 30, deprecates: str | None = None) -> Reading:
    """What one interview says."""
    values: list[Value] = [consent, SECRET, age, ["food", "water"], "2023-02-28", [16.7, 98.5, 0.0, 5.0], "dont-know"]
    return Reading(
        form="survey",
        version="1",
        instance=instance,
        deprecates=deprecates,
        tables=(
            Rows(table="survey", values=[values], states=[[0, 0, 0, 0, 0, 0, int(State.DONT_KNOW)]], parent=[0]),
            Rows(table="member", values=[[4, 14.5], [61, None]], states=[[0, 0], [0, 1]], parent=[0, 0]),
        ),
        consented=consent == "yes",
    )


def submission(
    instance: str, *, age: int = 30, extra: str = "", attachments: Sequence[Attachment] = (), minute: int = 0
) -> Submission:
    """The same interview as it was sent; `extra` makes the bytes differ."""
    xml = f"<data id='survey' version='1'><name>{SECRET}</name><age>{age}</age>{extra}<id>{instance}</id></data>"
    return Submission(
        xml=xml.encode(),
        source="test",
        received=AT + timedelta(minutes=minute),
        submitter="phone 7",
        attachments=attachments,
    )


def sealed(
    instance: str,
    vault: Vault,
    *,
    consent: str = "yes",
    age: int = 30,
    deprecates: str | None = None,
    extra: str = "",
    attachments: Sequence[Attachment] = (),
    issues: Sequence[Issue] = (),
) -> Sealed:
    """The interview as import hands it to intake."""
    return sealing.Sealer(vault.keyring)(
        submission(instance, age=age, extra=extra, attachments=attachments),
        reading(instance, consent=consent, age=age, deprecates=deprecates),
        issues,
    )
