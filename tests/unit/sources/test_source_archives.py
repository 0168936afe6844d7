"""Folders and zips of submission XML: what is read, what is left out, and that nothing is left out silently."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saphan.collect import sources
from saphan.collect.forms.model import Submission
from saphan.collect.sources import archive
from saphan.core.problem import Finding, Problem

RECEIVED = datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
XML = b"<data id='f'><photo>%s</photo><meta><instanceID>uuid:%d</instanceID></meta></data>"


def _read(path: Path) -> tuple[list[Submission], list[Finding]]:
    found: list[Finding] = []
    return list(sources.open(path, received=RECEIVED, report=found.append)), found


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


LAID_OUT = {
    "instances/a_2023/submission.xml": XML % (b"p.jpg", 1),
    "instances/a_2023/p.jpg": b"\xff\xd8 one",
    "instances/b_2023/submission.xml": XML % (b"p.jpg", 2),
    "instances/b_2023/p.jpg": b"\xff\xd8 two",
    "flat/3.xml": XML % (b"c.jpg", 3),
    "flat/4.xml": XML % (b"", 4),
    "flat/c.jpg": b"\xff\xd8 three",
    "__MACOSX/flat/._3.xml": b"junk",
}


@pytest.mark.parametrize("packed", [False, True])
def test_attachments_go_with_the_xml_that_names_them(tmp_path: Path, packed: bool) -> None:
    if packed:
        path = _zip(tmp_path / "all.zip", LAID_OUT)
    else:
        path = tmp_path / "all"
        for name, content in LAID_OUT.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    submissions, found = _read(path)
    files = {s.xml: [(a.name, a.content) for a in s.attachments] for s in submissions}
    assert files == {
        LAID_OUT["instances/a_2023/submission.xml"]: [("p.jpg", b"\xff\xd8 one")],
        LAID_OUT["instances/b_2023/submission.xml"]: [("p.jpg", b"\xff\xd8 two")],
        LAID_OUT["flat/3.xml"]: [("c.jpg", b"\xff\xd8 three")],
        LAID_OUT["flat/4.xml"]: [],
    }
    assert found == []
    assert {s.received for s in submissions} == {RECEIVED}
    assert {s.source for s in submissions} == {f"archive:{path.name}"}


def test_the_number_of_submissions_is_known_before_reading(tmp_path: Path) -> None:
    source = sources.open(_zip(tmp_path / "a.zip", LAID_OUT), received=RECEIVED, report=lambda _: None)
    assert source.total == 5  # junk is counted only roughly; it is for showing progress


@pytest.mark.parametrize(
    "name", ["../up.xml", "/etc/x.xml", "a/../../b.xml", "a\\..\\b.xml", "C:/x.xml", "bell\x07.xml"]
)
def test_names_that_lead_out_of_the_zip_are_left_out(tmp_path: Path, name: str) -> None:
    submissions, found = _read(_zip(tmp_path / "a.zip", {name: XML % (b"", 1), "ok.xml": XML % (b"", 2)}))
    assert [s.xml for s in submissions] == [XML % (b"", 2)]
    assert [f.code for f in found] == ["source.member"]
    assert found[0].what.isprintable()


def test_an_encrypted_member_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"secret.xml": XML % (b"", 1), "ok.xml": XML % (b"", 2)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of the first member, in both places
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    submissions, found = _read(path)
    assert [s.xml for s in submissions] == [XML % (b"", 2)]
    assert "secret.xml" in found[0].what and "encrypted" in found[0].what


def test_a_damaged_member_is_named_and_never_half_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("bad.xml", XML % (b"", 1))
        file.writestr("ok.xml", XML % (b"", 2))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"uuid:1", b"uuid:9", 1))  # the checksum no longer fits
    submissions, found = _read(path)
    assert [s.xml for s in submissions] == [XML % (b"", 2)]
    assert "bad.xml" in found[0].what


@pytest.mark.parametrize("keep", [10, 200, -30])
def test_a_zip_cut_short_is_refused_whole(tmp_path: Path, keep: int) -> None:
    path = _zip(tmp_path / "a.zip", LAID_OUT)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Problem) as caught:
        _read(path)
    assert caught.value.findings[0].code == "source.unreadable"


def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_BOMB_SIZE", 1_000_000)
    path = _zip(tmp_path / "a.zip", {f"{n}.xml": b"0" * 900_000 for n in range(3)})
    with pytest.raises(Problem, match="made to fill a disk"):
        _read(path)


def test_a_member_that_is_larger_than_it_claims_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "XML_LIMIT", 1000)
    path = _zip(tmp_path / "a.zip", {"big.xml": b"<a>" + b"x" * 5000 + b"</a>", "ok.xml": XML % (b"", 2)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # claim 100 bytes for the first member
        place = data.index(signature) + offset
        data[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    submissions, found = _read(path)
    assert [s.xml for s in submissions] == [XML % (b"", 2)]
    assert "big.xml" in found[0].what


def test_a_zip_may_hold_more_members_than_its_last_record_can_count(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(66_000):
            file.writestr(f"{number}.xml", b"<a/>")
    assert sources.open(path, received=RECEIVED, report=lambda _: None).total == 66_000


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_changed_anywhere_never_changes_what_is_read_in_silence(tmp_path: Path, data: st.DataObject) -> None:
    members = {"a/1.xml": XML % (b"p.jpg", 1), "a/p.jpg": b"\xff\xd8 one", "b/2.xml": XML % (b"", 2)}
    path = _zip(tmp_path / "a.zip", members)
    whole = [(s.xml, s.attachments) for s in _read(path)[0]]
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        submissions, found = _read(path)
    except Problem:
        return
    read = [(s.xml, s.attachments) for s in submissions]
    assert read == whole or found
    assert {xml for xml, _ in read} <= {xml for xml, _ in whole}


def test_one_name_twice_is_read_once_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("a.xml", XML % (b"", 1))
        file.writestr("a.xml", XML % (b"", 2))
    submissions, found = _read(path)
    assert len(submissions) == 1
    assert "twice" in found[0].what


def test_files_that_no_submission_names_are_reported(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.xml": XML % (b"", 1), "notes.docx": b"x", "inner.zip": b"PK"})
    submissions, found = _read(path)
    assert len(submissions) == 1
    assert sorted(f.what.split()[2] for f in found) == ["inner.zip", "notes.docx"]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(XML % (b"", 9))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xml").write_bytes(XML % (b"", 1))
    (folder / "link.xml").symlink_to(secret)
    submissions, found = _read(folder)
    assert [s.xml for s in submissions] == [XML % (b"", 1)]
    assert "link.xml" in found[0].what


def test_what_an_archive_says_of_its_own_files_is_believed(tmp_path: Path) -> None:
    listing = b"file,received,submitter\na.xml,2023-05-06T07:08:09+00:00,somebody\nb.xml,,another\n"
    path = _zip(
        tmp_path / "a.zip",
        {
            "a.xml": XML % (b"", 1),
            "b.xml": XML % (b"", 2),
            "received.csv": listing,
            "manifest.json": b'{"mark": "simulated:here:1"}',
        },
    )
    submissions, found = _read(path)
    assert found == []
    assert submissions[0].received.isoformat() == "2023-05-06T07:08:09+00:00"
    assert (submissions[1].received, submissions[1].submitter) == (RECEIVED, "another")  # when is not known
    assert submissions[0].submitter == "somebody"
    assert submissions[0].source == "simulated:here:1"


@pytest.mark.parametrize(
    "listing", [b"\xff\xfe", b"file,received\na.xml,yesterday\n", b"file,received\na.xml,2023-01-01\n"]
)
def test_a_broken_listing_is_reported_and_the_files_are_read(tmp_path: Path, listing: bytes) -> None:
    path = _zip(tmp_path / "a.zip", {"a.xml": XML % (b"", 1), "received.csv": listing})
    submissions, found = _read(path)
    assert [s.received for s in submissions] == [RECEIVED]
    assert [f.code for f in found] == ["source.member"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF"), ("a.zip", b"PK\x03\x04 cut"), ("a.gz", b"\x1f\x8b"), ("empty", b"")]
)
def test_what_is_none_of_them_is_refused_with_a_reason(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Problem) as caught:
        _read(tmp_path / name)
    assert caught.value.findings[0].code == "source.unreadable"


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Problem, match=r"no \.xml"):
        _read(tmp_path / "empty")
    with pytest.raises(Problem, match="missing"):
        _read(tmp_path / "nowhere")
