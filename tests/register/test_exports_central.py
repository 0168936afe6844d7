"""Our export in Central's dialect against the CSV zip that a real ODK Central made of the same submissions."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

from saphan.collect import forms
from saphan.collect.forms.model import Attachment, Submission
from saphan.pipeline.exporting import export
from saphan.pipeline.exports.model import Options
from saphan.pipeline.registering import Opened
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake import sealing
from saphan.register.intake.model import Standing, Vault

from .samples import AT, BY

# What this register does not hold, or not as text: the number of the user and the device that a request named, and the
# zeros at the end of a coordinate, which the typed answers do not have.
OTHERWISE = {"SubmitterID", "DeviceID", "site-gps-Latitude", "site-gps-Longitude"}
STANDINGS = {"approved": Standing.APPROVED, "rejected": Standing.REJECTED, "hasIssues": Standing.REOPENED}


def test_the_bytes_are_central_s_where_we_hold_the_same(vault: Vault, shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "central-exchanges"
    recorded = json.loads((folder / "central_golden.json").read_text("utf-8"))
    theirs = next(each for each in recorded if each["name"] == "csv.zip")["files"]
    rows = list(csv.DictReader(io.StringIO(theirs["fms_trial.csv"])))
    form = forms.from_xlsx(folder / "form.xlsx")
    fieldwork.publish(form, by=BY, at=AT)
    reader, seal = forms.Reader([form]), sealing.Sealer(vault.keyring)
    received = {row["KEY"]: row for row in rows}
    sent = {}
    for path in sorted(folder.glob("submission_*.xml")):
        reading = reader.read(path.read_bytes())
        sent[reading.instance] = (path.read_bytes(), reading)
    for row in reversed(rows):
        line = [row["KEY"]] if row["KEY"] == row["meta-instanceID"] else [row["KEY"], row["meta-instanceID"]]
        for instance in line:
            xml, reading = sent[instance]
            files = int(row["AttachmentsPresent"]) if instance == row["KEY"] else 0
            submission = Submission(
                xml=xml,
                source="central",
                received=datetime.fromisoformat(row["SubmissionDate"]),
                submitter=row["SubmitterName"],
                attachments=[Attachment(name=f"file {n}", content=b"x") for n in range(files)],
            )
            intake.receive([seal(submission, reading)], vault=vault, by=BY, at=AT)
        if row["ReviewState"] in STANDINGS:
            intake.review(row["KEY"], STANDINGS[row["ReviewState"]], why="", by=BY, at=AT)
    assert len(received) == 6
    export(Opened(vault=vault, by=BY, at=AT), "fms_trial", tmp_path / "out.zip", Options())
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        ours = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(ours) == ["fms_trial.csv", "fms_trial-member.csv"]
    assert ours["fms_trial.csv"].split("\n")[0].split(",") == theirs["fms_trial.csv"].split("\n")[0].split(",")
    assert ours["fms_trial-member.csv"] == theirs["fms_trial-member.csv"]
    assert _without(ours["fms_trial.csv"]) == _without(theirs["fms_trial.csv"])
    mine = list(csv.DictReader(io.StringIO(ours["fms_trial.csv"])))
    for name in ("site-gps-Latitude", "site-gps-Longitude"):
        assert [float(row[name]) for row in mine] == [float(row[name]) for row in rows]


def _without(text: str) -> list[str]:
    """The lines, with the cells emptied that may be otherwise; no cell of this form has a comma within."""
    lines = [line.split(",") for line in text.split("\n")]
    places = [place for place, name in enumerate(lines[0]) if name in OTHERWISE]
    for line in lines[1:-1]:
        for place in places:
            line[place] = ""
    return [",".join(line) for line in lines]
