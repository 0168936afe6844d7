"""Answers leave for officers: the current ones, of consent, of the classes one may see, each export told."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from saphan.collect.forms.model import Choice, Datatype, Form, Question, Reading, Rows, Submission
from saphan.core.problem import Problem
from saphan.core.text import Text
from saphan.mission.model import Dissemination
from saphan.pipeline.exporting import Exported, export
from saphan.pipeline.exports.choices import Dialect, Format
from saphan.pipeline.exports.model import Options
from saphan.pipeline.registering import Opened
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.tables import AuditLine
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake import sealing
from saphan.register.intake.model import Standing, Vault

from .samples import AT, BY, SECRET, SURVEY, sealed

LATER = AT + timedelta(days=10)


def taken(vault: Vault, *instances: str, **more: str) -> None:
    intake.receive([sealed(each, vault, **more) for each in instances], vault=vault, by=BY, at=AT)  # type: ignore[arg-type]


def made(vault: Vault, target: Path, by: Actor = BY, **options: object) -> Exported:
    return export(Opened(vault=vault, by=by, at=LATER), "survey", target, Options(**options))  # type: ignore[arg-type]


def tables(path: Path, delimiter: str = ",") -> Mapping[str, list[dict[str, str]]]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""), delimiter=delimiter))
            for name in archive.namelist()
        }


def test_the_current_answers_and_the_repeats_leave(vault: Vault, tmp_path: Path) -> None:
    taken(vault, "uuid:1", "uuid:2")
    taken(vault, "uuid:3", consent="no")
    intake.receive([sealed("uuid:2b", vault, deprecates="uuid:2", age=44)], vault=vault, by=BY, at=AT)
    intake.correct("uuid:1", "age", old=30, new=31, why="asked again", vault=vault, by=BY, at=AT)
    intake.review("uuid:1", Standing.APPROVED, why="seen", by=BY, at=AT)
    done = made(vault, tmp_path / "out.zip")
    assert (done.submissions, done.rows) == (2, {"survey": 2, "survey-member": 4})
    read = tables(tmp_path / "out.zip")
    told = {row["KEY"]: row for row in read["survey.csv"]}
    assert {key: (row["age"], row["ReviewState"], row["Edits"]) for key, row in told.items()} == {
        "uuid:1": ("31", "approved", "0"),
        "uuid:2": ("44", "edited", "1"),
    }
    assert told["uuid:2"]["meta-instanceID"] == "uuid:2b"
    keys = [(row["PARENT_KEY"], row["KEY"]) for row in read["survey-member.csv"] if row["PARENT_KEY"] == "uuid:1"]
    assert keys == [("uuid:1", "uuid:1/member[1]"), ("uuid:1", "uuid:1/member[2]")]


def test_earlier_versions_and_the_quarantined_only_when_asked_for(vault: Vault, tmp_path: Path) -> None:
    taken(vault, "uuid:2")
    taken(vault, "uuid:3", consent="no")
    intake.receive([sealed("uuid:2b", vault, deprecates="uuid:2")], vault=vault, by=BY, at=AT)
    made(vault, tmp_path / "out.zip", all_versions=True)
    assert {row["KEY"] for row in tables(tmp_path / "out.zip")["survey.csv"]} == {"uuid:2", "uuid:2b"}
    made(vault, tmp_path / "out.zip", quarantined=True)
    assert {row["KEY"] for row in tables(tmp_path / "out.zip")["survey.csv"]} == {"uuid:2", "uuid:3"}


def test_only_what_was_touched_since_a_day(vault: Vault, tmp_path: Path) -> None:
    taken(vault, "uuid:1", "uuid:2", "uuid:3", "uuid:4")
    intake.correct("uuid:1", "age", old=30, new=31, why="asked again", vault=vault, by=BY, at=LATER)
    intake.review("uuid:2", Standing.REJECTED, why="seen", by=BY, at=LATER)
    intake.receive([sealed("uuid:3b", vault, deprecates="uuid:3")], vault=vault, by=BY, at=LATER)
    made(vault, tmp_path / "out.zip", since=LATER - timedelta(days=1))
    assert {row["KEY"] for row in tables(tmp_path / "out.zip")["survey.csv"]} == {"uuid:1", "uuid:2", "uuid:3"}


def test_every_export_is_told_before_it_is_there(vault: Vault, tmp_path: Path) -> None:
    taken(vault, "uuid:1")
    done = made(vault, tmp_path / "out.zip")
    line = AuditLine.objects.latest("sequence")
    facts = json.loads(line.facts)
    assert (line.verb, line.subject, line.actor, line.changes) == ("intake.export", "survey", BY.name, 0)
    assert (facts["submissions"], facts["sha256"], facts["format"]) == (1, done.sha256, "csv")
    assert SECRET not in line.facts
    assert oct((tmp_path / "out.zip").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(
    ("without", "options"),
    [
        (Permission.EXPORT, {}),
        (Permission.EXPORT_CONFIDENTIAL, {"confidential": True}),
        (Permission.EXPORT_CONFIDENTIAL, {"quarantined": True}),
    ],
)
def test_nothing_leaves_without_leave(
    vault: Vault, tmp_path: Path, without: Permission, options: dict[str, bool]
) -> None:
    taken(vault, "uuid:1")
    lines = AuditLine.objects.count()
    by = Actor(name="somebody", permissions=frozenset(Permission) - {without})
    with pytest.raises(Problem, match=f"no leave to {without.value}"):
        made(vault, tmp_path / "out.zip", by=by, **options)
    assert AuditLine.objects.count() == lines
    assert not [*tmp_path.glob("*out.zip*")]


def test_an_export_that_fails_leaves_nothing_and_keeps_what_was_there(vault: Vault, tmp_path: Path) -> None:
    taken(vault, "uuid:1")
    (tmp_path / "out.zip").write_bytes(b"before")
    other = Vault(keyring=sealing.new_keyring(), attachments=vault.attachments)
    with pytest.raises(Problem):
        made(other, tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == b"before"
    assert not [*tmp_path.glob(".*")]


def _second() -> Form:
    """The survey's next version: a question moved and gone, new ones, a number become a decimal, a choice more."""
    consent, name, age, needs, _, place, stay = SURVEY.root.questions
    new = replace(
        age,
        path="phone",
        column="phone",
        type="text",
        datatype=Datatype.TEXT,
        concept=None,
        label=Text({"en": "Phone"}),
    )
    secret = replace(new, path="camp", column="camp", dissemination=Dissemination.CONFIDENTIAL)
    hidden = replace(new, path="tribe", column="tribe", dissemination=Dissemination.SECRET)
    root = replace(SURVEY.root, questions=(consent, name, new, secret, hidden, age, needs, place, stay))
    need = (*SURVEY.choices["need"], Choice(name="NA", label=Text({"en": "Namibia"})))
    return replace(
        SURVEY, version="2", key="1" * 64, tables=(root, SURVEY.tables[1]), choices={**SURVEY.choices, "need": need}
    )


def _of_second(vault: Vault) -> None:
    form = _second()
    fieldwork.publish(form, by=BY, at=AT)
    values = ["yes", "=1+1", "+66 81 234 5678", "Mae Pa", "Pwo", 3, ["NA"], None, "refused"]
    reading = Reading(
        form="survey", version="2", instance="uuid:new", deprecates=None, consented=True,
        tables=(Rows(table="survey", values=[values], states=[[0] * 7 + [2, 4]], parent=[0]),
                Rows(table="member", values=[], states=[], parent=[])),
    )  # fmt: skip
    sent = Submission(xml=b"<new/>", source="test", received=AT, submitter=None)
    intake.receive([sealing.Sealer(vault.keyring)(sent, reading)], vault=vault, by=BY, at=AT)


@pytest.fixture
def both(vault: Vault) -> Vault:
    """A register with a submission of each of two versions of the form."""
    taken(vault, "uuid:old")
    _of_second(vault)
    return vault


def test_columns_of_all_versions_stand_in_order(both: Vault, tmp_path: Path) -> None:
    done = made(both, tmp_path / "out.zip", split=True)
    read = tables(tmp_path / "out.zip")
    names = list(read["survey.csv"][0])
    assert names[1 : names.index("meta-instanceID")] == [
        "consent", "name", "phone", "age", "needs", "needs/food", "needs/water", "needs/shelter", "needs/NA",
        "arrived", "place-Latitude", "place-Longitude", "place-Altitude", "place-Accuracy", "stay",
    ]  # fmt: skip
    rows = {row["KEY"]: row for row in read["survey.csv"]}
    new, old = rows["uuid:new"], rows["uuid:old"]
    assert (new["name"], new["phone"], new["needs"], new["arrived"]) == ("'=1+1", "+66 81 234 5678", "NA", "")
    assert [new[f"needs/{each}"] for each in ("food", "water", "shelter", "NA")] == ["0", "0", "0", "1"]
    assert (old["phone"], old["arrived"], old["place-Latitude"]) == ("", "2023-02-28", "16.7")
    assert done.left_out == ("camp", "tribe")


def test_confidential_answers_leave_with_leave_and_secret_ones_never(both: Vault, tmp_path: Path) -> None:
    done = made(both, tmp_path / "out.zip", confidential=True)
    row = next(row for row in tables(tmp_path / "out.zip")["survey.csv"] if row["KEY"] == "uuid:new")
    assert row["camp"] == "Mae Pa"
    assert "tribe" not in row
    assert done.left_out == ("tribe",)
    assert json.loads(AuditLine.objects.latest("sequence").facts)["confidential"] is True


def test_kobo_s_names(both: Vault, tmp_path: Path) -> None:
    made(both, tmp_path / "out.zip", dialect=Dialect.KOBO, split=True, labels="en")
    read = tables(tmp_path / "out.zip", delimiter=";")
    assert list(read) == ["survey.csv", "member.csv"]
    old, new = read["survey.csv"]
    assert (old["place"], old["_place_latitude"], old["_place_precision"]) == ("16.7 98.5 0.0 5.0", "16.7", "5.0")
    assert (new["_uuid"], new["_index"], new["__version__"], new["needs"]) == ("new", "2", "2", "Namibia")
    member = read["member.csv"][1]
    assert (member["member/member_age"], member["_index"], member["_parent_index"]) == ("61", "2", "1")
    assert (member["_parent_table_name"], member["_submission__uuid"]) == ("survey", "old")


@pytest.mark.parametrize("format_", Format)
def test_equal_answers_give_equal_bytes_in_every_format(both: Vault, tmp_path: Path, format_: Format) -> None:
    for name in ("one", "two"):
        made(both, tmp_path / name, format=format_)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("format_", Format)
def test_a_form_without_submissions_is_a_file_with_names_alone(vault: Vault, tmp_path: Path, format_: Format) -> None:
    done = made(vault, tmp_path / "out", format=format_)
    assert done.submissions == 0
    if format_ is Format.CSV:
        with zipfile.ZipFile(tmp_path / "out") as archive:
            assert archive.read("survey-member.csv") == b"member_age,member_weight,PARENT_KEY,KEY\n"


def test_places_as_geojson(both: Vault, tmp_path: Path) -> None:
    done = made(both, tmp_path / "places.geojson", format=Format.GEOJSON)
    (feature,) = json.loads((tmp_path / "places.geojson").read_text("utf-8"))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [98.5, 16.7, 0.0]}
    assert (feature["id"], feature["properties"]["fieldpath"], done.rows) == ("uuid:old", "/place", {"features": 1})


def test_statistics_know_why_there_is_no_answer(both: Vault, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    made(both, tmp_path / "out.zip", format=Format.DTA)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extract("survey.dta", tmp_path)
    read, meta = pyreadstat.read_dta(str(tmp_path / "survey.dta"), user_missing=True, output_format="dict")
    assert list(read["stay"]) == ["c", "b"]  # refused; don't know
    assert list(read["place_Latitude"]) == ["a", 16.7]  # not asked
    assert meta.variable_value_labels["stay"]["c"] == "refused"


def test_a_list_of_thousands_of_choices(vault: Vault, tmp_path: Path) -> None:
    village = tuple(Choice(name=f"v{n}", label=Text({"en": f"Village {n}"})) for n in range(8000))
    asked = Question(
        path="near", column="near", type="select_multiple", label=Text({}), hint=Text({}), choices="village",
        datatype=SURVEY.root.questions[3].datatype,
    )  # fmt: skip
    root = replace(SURVEY.root, questions=(*SURVEY.root.questions, asked))
    form = replace(
        SURVEY,
        version="3",
        key="3" * 64,
        tables=(root, SURVEY.tables[1]),
        choices={**SURVEY.choices, "village": village},
    )
    fieldwork.publish(form, by=BY, at=AT)
    taken(vault, "uuid:1")
    made(vault, tmp_path / "out.zip", split=True)
    (row,) = tables(tmp_path / "out.zip")["survey.csv"]
    assert row["near/v7999"] == ""  # the version that was answered does not ask it: not 0


@pytest.mark.parametrize(
    ("form", "options", "said"),
    [
        ("surwey", {}, "Perhaps survey|survey"),
        ("survey", {"labels": "th"}, "no language 'th'"),
        ("survey", {"format": Format.SAV, "mark": True}, "takes no such mark"),
    ],
)
def test_what_cannot_be_exported_is_said(
    vault: Vault, tmp_path: Path, form: str, options: dict[str, object], said: str
) -> None:
    opened = Opened(vault=vault, by=BY, at=datetime(2023, 4, 1, tzinfo=UTC))
    with pytest.raises(Problem, match=said):
        export(opened, form, tmp_path / "out.zip", Options(**options))  # type: ignore[arg-type]
