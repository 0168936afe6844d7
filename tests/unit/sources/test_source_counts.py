"""Plain CSVs of counts: columns mapped, mistakes named by row and column, ids that stay when a file is corrected."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saphan.collect import forms as form_reading
from saphan.collect import sources
from saphan.collect.forms.model import Form, Submission
from saphan.core.problem import Finding, Problem
from saphan.mission.model import Mission

RECEIVED = datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
MAPPING = """
timezone = "{timezone}"
{more}
[columns]
point = "sensor"
date = "date"
hour = "hour"
count = "count"
[points]
"A" = "BIR"
"NA" = "BOU"
"""


@pytest.fixture
def mapped(tmp_path: Path, city: Mission, city_forms: Mapping[str, Form]):
    """Read a CSV (text or bytes) through the mapping above."""

    def read(
        content: str | bytes, name: str = "c.csv", timezone: str = "Australia/Melbourne", more: str = ""
    ) -> tuple[list[Submission], list[Finding]]:
        (tmp_path / "m.toml").write_text(MAPPING.format(timezone=timezone, more=more))
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        found: list[Finding] = []
        mapping = sources.load_mapping(tmp_path / "m.toml", city, city_forms)
        source = sources.open(tmp_path / name, received=RECEIVED, report=found.append, mapping=mapping)
        return list(source), found

    return read


def _answers(submission: Submission, forms: Mapping[str, Form]) -> dict[str, object]:
    form = forms["hourly_count"]
    reading = form_reading.Reader([form]).read(submission.xml)
    return dict(zip(form.root.columns, reading.tables[0].values[0], strict=True))


def test_each_row_becomes_a_submission_that_the_form_reads(mapped, city_forms: Mapping[str, Form]) -> None:
    submissions, found = mapped("sensor,date,hour,count\nA,2015-05-01,7,12\nNA,2015-05-01,23,0\n")
    assert found == []
    first, second = (_answers(s, city_forms) for s in submissions)
    assert (first["point"], first["observed_date"], first["observed_hour"], first["total"]) == (
        "BIR",
        "2015-05-01",
        7,
        12,
    )
    assert (second["point"], second["total"]) == ("BOU", 0)  # NA is a name here, and a zero is a count
    assert {s.source for s in submissions} == {"counts:m:c.csv"}


def test_na_in_the_count_is_an_hour_that_nobody_observed(mapped, city_forms: Mapping[str, Form]) -> None:
    submissions, found = mapped("sensor,date,hour,count\nA,2015-05-01,7,NA\n")
    assert found == []
    assert _answers(submissions[0], city_forms)["total"] is None


def test_a_corrected_file_changes_only_what_was_corrected(mapped) -> None:
    old, _ = mapped("sensor,date,hour,count\nA,2015-05-01,7,12\nA,2015-05-01,8,13\n")
    new, _ = mapped("hour,sensor,count,date\n8,A,99,2015-05-01\n7,A,12,2015-05-01\n", name="corrected.csv")
    ids = [{s.xml.split(b"<instanceID>")[1][:41]: s.xml for s in several} for several in (old, new)]
    assert ids[0].keys() == ids[1].keys()
    changed = [key for key in ids[0] if ids[0][key] != ids[1][key]]
    assert len(changed) == 1 and b">99<" in ids[1][changed[0]]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("B,2015-05-01,7,12", "sensor", "[points]"),
        ("A,2015-13-01,7,12", "date", "2023-05-31"),
        ("A,2015-05-01,24,12", "hour", "0 to 23"),
        ("A,2015-05-01,7,-1", "count", "0 or more"),
        ("A,2015-05-01,7,1.5", "count", "0 or more"),
        ("A,2015-05-01,7", "count", None),
        ("A,2015-10-04,2,5", "hour", "put forward"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(mapped, row: str, column: str, expected: str | None) -> None:
    submissions, found = mapped(f"sensor,date,hour,count\n{row}\nA,2015-05-02,7,12\n")
    if expected is None:  # a short row has an empty count: not observed
        assert len(submissions) == 2
        return
    assert len(submissions) == 1
    assert (found[0].code, found[0].at.file, found[0].at.row, found[0].at.column) == ("csv.value", "c.csv", 2, column)
    assert expected in found[0].what


def test_the_same_hour_twice_is_reported_with_both_rows(mapped) -> None:
    submissions, found = mapped("sensor,date,hour,count\nA,2015-05-01,7,12\nA,2015-05-01,07,13\n")
    assert len(submissions) == 1
    assert found[0].code == "source.twice" and found[0].at.row == 3 and "row 2" in found[0].what


def test_hours_of_another_clock_are_moved_to_the_missions(mapped, city_forms: Mapping[str, Form]) -> None:
    rows = "sensor,date,hour,count\nA,2015-01-01,23,5\nA,2015-04-04,15,6\nA,2015-04-04,16,7\n"
    submissions, found = mapped(rows, timezone="UTC")
    answers = [_answers(s, city_forms) for s in submissions]
    assert found == []
    assert [(a["observed_date"], a["observed_hour"], a["total"]) for a in answers] == [
        ("2015-01-02", 10, 5),
        ("2015-04-05", 2, 6),  # the clocks go back at three: two hours of one name, kept apart
        ("2015-04-05", 2, 7),
    ]
    assert len({s.xml.split(b"<instanceID>")[1][:41] for s in submissions}) == 3


def test_gzip_other_encodings_and_other_separators(mapped, city_forms: Mapping[str, Form]) -> None:
    text = "sensor;date;hour;count\r\nA;01.05.2015;7:00;12.0\r\n"
    more = 'delimiter = ";"\ndate_format = "%d.%m.%Y"\nencoding = "utf-16"'
    submissions, found = mapped(gzip.compress(text.encode("utf-16")), name="c.csv.gz", more=more)
    assert found == [] and _answers(submissions[0], city_forms)["total"] == 12
    submissions, found = mapped(b"\xef\xbb\xbfsensor,date,hour,count\nA,2015-05-01,7,12\n")
    assert found == [] and len(submissions) == 1


def test_rows_in_another_encoding_are_named_and_left_out(mapped) -> None:
    submissions, found = mapped(
        b"sensor,date,hour,count\nA,2015-05-01,7,12\n\xe0\xb8,2015-05-01,8,1\nA,2015-05-01,9,2\n"
    )
    assert len(submissions) == 2
    assert found[0].code == "source.encoding" and found[0].at.row == 3 and "0xE0" in found[0].what


def test_a_file_cut_short_is_read_to_the_cut_and_said_so(mapped) -> None:
    rows = "sensor,date,hour,count\n" + "".join(
        f"A,2015-{month:02d}-{day:02d},{hour},{day * hour % 97}\n"
        for month in range(1, 13)
        for day in range(1, 29)
        for hour in range(4, 24)
    )
    packed = gzip.compress(rows.encode())
    submissions, found = mapped(packed[: len(packed) // 2], name="c.csv.gz")
    assert 0 < len(submissions) < 12 * 28 * 20
    assert found[-1].code == "file.broken" and "breaks off" in found[-1].what


def test_a_missing_column_stops_before_anything_is_read(mapped) -> None:
    with pytest.raises(Problem) as caught:
        mapped("sensor,day,hour\nA,2015-05-01,7\n")
    assert [(f.code, f.at.row) for f in caught.value.findings] == [("csv.column", 1)] * 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"BIR"', '"BIS"', "no monitoring point 'BIS'"),
        ("Australia/Melbourne", "Melbourne", "not an IANA time zone"),
        ('hour = "hour"', "", "required field `hour`"),
        ("[columns]", "[columns]\ndirection = 'way'", "no question with the concept direction"),
        ("[columns]", "encoding = 'utf-9'\n[columns]", "no encoding"),
        ("[columns]", "[colums]", "'colums'"),
    ],
)
def test_a_mapping_that_does_not_fit_says_why(
    tmp_path: Path, city: Mission, city_forms: Mapping[str, Form], old: str, new: str, said: str
) -> None:
    text = MAPPING.format(timezone="Australia/Melbourne", more="")
    assert old in text
    (tmp_path / "m.toml").write_text(text.replace(old, new))
    with pytest.raises(Problem, match=said):
        sources.load_mapping(tmp_path / "m.toml", city, city_forms)


def test_a_mapping_needs_an_hourly_count_form_and_a_csv_a_mapping(
    tmp_path: Path, city: Mission, city_forms: Mapping[str, Form]
) -> None:
    (tmp_path / "m.toml").write_text(MAPPING.format(timezone="Australia/Melbourne", more=""))
    others = {name: replace(form, concept="counter") for name, form in city_forms.items()}
    with pytest.raises(Problem, match="no form for hourly counts"):
        sources.load_mapping(tmp_path / "m.toml", city, others)
    (tmp_path / "c.csv").write_text("a,b\n")
    with pytest.raises(Problem, match="mapping"):
        sources.open(tmp_path / "c.csv", received=RECEIVED, report=lambda _: None)


def test_the_real_counts_come_in_whole(shared_data: Path, city: Mission, city_forms: Mapping[str, Form]) -> None:
    found: list[Finding] = []
    mapping = sources.load_mapping(city.folder / "imports" / "pedestrians.toml", city, city_forms)
    path = shared_data / "melbourne-pedestrians" / "hourly.csv.gz"
    source = sources.open(path, received=RECEIVED, report=found.append, mapping=mapping)
    with gzip.open(path, "rt") as file:
        truth = sum(int(line.rsplit(",", 1)[1]) for line in list(file)[1:])
    totals = [int(s.xml.split(b"<total>")[1].split(b"<")[0]) for s in source]
    assert (len(totals), sum(totals), found) == (66_037, truth, [])
