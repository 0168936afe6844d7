"""Our typed rows against what a real ODK Central answered for the same form and submissions (OData)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saphan.collect import forms
from saphan.collect.forms.model import Datatype, Form, Question, Value


@pytest.fixture(scope="module")
def exchanges(shared_data: Path) -> Path:
    return shared_data / "central-exchanges"


@pytest.fixture(scope="module")
def form(exchanges: Path) -> Form:
    return forms.from_xlsx(exchanges / "form.xlsx")


@pytest.fixture(scope="module")
def answered(exchanges: Path) -> dict[str, Any]:
    recorded = json.loads((exchanges / "central_golden.json").read_text(encoding="utf-8"))
    return {each["name"]: each for each in recorded}


def test_every_field_that_central_lists_is_one_of_ours(form: Form, answered: dict[str, Any]) -> None:
    fields = json.loads(answered["fields"]["body"])
    theirs = {each["path"].strip("/") for each in fields if each["type"] not in {"structure", "repeat"}}
    ours = {question.path for table in form.tables for question in table.questions}
    assert theirs == ours | {"meta/instanceID"}


def test_our_values_are_central_s(form: Form, answered: dict[str, Any], exchanges: Path) -> None:
    reader = forms.Reader([form])
    by_instance = {}
    for path in exchanges.glob("submission_*.xml"):
        reading = reader.read(path.read_bytes())
        by_instance[reading.instance] = reading
    rows = json.loads(answered["odata"]["body"])["value"]
    repeats = json.loads(answered["odata repeat"]["body"])["value"]
    compared = 0
    for row in rows:
        # Central names an edited submission by its first id, and gives the answers of its last version.
        reading = by_instance[row["meta"]["instanceID"]]
        assert not reading.faults
        for question, value in zip(form.root.questions, reading.tables[0].values[0], strict=True):
            assert _as_odata(question, value) == _at(row, question.path), question.path
            compared += 1
        members = [each for each in repeats if each["__Submissions-id"] == row["__id"]]
        assert len(members) == len(reading.tables[1].values)
        for member, values in zip(members, reading.tables[1].values, strict=True):
            for question, value in zip(form.tables[1].questions, values, strict=True):
                assert _as_odata(question, value) == member[question.column]
                compared += 1
    assert compared > 400


def test_an_edit_names_the_submission_it_replaces(form: Form, exchanges: Path) -> None:
    first = forms.read(form, (exchanges / "submission_0.xml").read_bytes())
    edit = forms.read(form, (exchanges / "submission_0_edit.xml").read_bytes())
    assert edit.deprecates == first.instance


def _at(row: dict[str, Any], path: str) -> Any:
    found: Any = row
    for part in path.split("/"):
        found = found[part]
    return found


def _as_odata(question: Question, value: Value) -> Any:
    """Our value as Central writes it: lists as text, places as GeoJSON."""
    if isinstance(value, list) and question.datatype is Datatype.TEXTS:
        return " ".join(map(str, value))
    if isinstance(value, list):
        latitude, longitude, altitude, accuracy = value
        return {
            "type": "Point",
            "coordinates": [longitude, latitude, altitude],
            "properties": {"accuracy": accuracy},
        }
    return value
