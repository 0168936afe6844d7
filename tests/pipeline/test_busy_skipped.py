"""Travellers who pass during an interview, counted but never selected: those selected in a crowd stand for more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.pipeline.plain import AT, POINTS, WEEKS, Row, built, days_of, plain_mission, quiet, round_of
from tests.xlsforms import sent, xlsx

from saphan.pipeline.checking import check
from saphan.pipeline.receiving import receive
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import open_workspace

SCREENING = """[round.screening]
interval = 10
minimum_age = 15
within_group = "any-adult"
busy = "{busy}"
shifts = ["day"]
{hours}
"""
SCREENER = """
| survey | | | | |
| | type | name | label::English (en) | concept | dissemination |
| | end | ended_at | | ended_at | |
| | text | slip | Slip | screening | restricted |
| | select_one point | point | Point | point | public |
| | date | day | Date | observed_date | public |
| | select_one way | way | Direction | direction | public |
| | select_one outcome | outcome | Outcome | outcome | public |
| | select_one sex | sex | Sex | observed_sex | public |
| | select_one band | band | Age | observed_age_band | public |
| | integer | size | Group | group_size | public |
| | integer | adults | Of age | eligible_in_group | public |
| choices | | | | | |
| | list_name | name | label::English (en) | | |
| | point | FOR-01 | Fordham bridge | | |
| | way | in | In | | |
| | outcome | interviewed | Interviewed | | |
| | sex | male | Man | | |
| | band | 18-29 | Adult | | |
| settings | | | | | |
| | form_title | form_id | version | default_language | concept |
| | Screener | screener | 1 | English (en) | screener |
"""
SURVEY = """
| survey | | | | |
| | type | name | label::English (en) | concept | dissemination |
| | end | ended_at | | ended_at | |
| | text | slip | Slip | screening | restricted |
| | select_one point | point | Point | point | public |
| | date | day | Date | observed_date | public |
| | select_one yes | agreed | May we ask? | consent | public |
| | select_one sex | sex | Sex | sex | public |
| | select_one reason | reason | Main reason | main_reason | public |
| choices | | | | | |
| | list_name | name | label::English (en) | | |
| | point | FOR-01 | Fordham bridge | | |
| | yes | yes | Yes | | |
| | sex | male | Man | | |
| | reason | work | Work | | |
| | reason | family | Family | | |
| settings | | | | | |
| | form_title | form_id | version | default_language | concept |
| | Survey | flow_survey | 1 | English (en) | flow-survey |
"""
CROWD, QUIET = 200, 20  # travellers an hour in the first week, and in the others
EACH = 8  # interviews in each of the first two weeks: as many as the interviewer could hold


def surveyed(folder: Path, busy: str, hours: str = "") -> Path:
    text = round_of(points=["FOR-01"]).replace(
        "[[round.shift]]", SCREENING.format(busy=busy, hours=hours) + "[[round.shift]]"
    )
    text = text.replace("[round.forms]\n", '[round.forms]\nscreener = "screener"\nflow-survey = "flow_survey"\n')
    plain_mission(folder, text)
    for name, form in (("screener", SCREENER), ("flow_survey", SURVEY)):
        (folder / "forms" / f"{name}.xlsx").write_bytes(xlsx(form))
    return folder


def interviews() -> Iterator[bytes]:
    """In the crowd everybody travels for work, in the quiet week for family; in the third week nobody is asked."""
    for first, reason in zip(WEEKS[:2], ("work", "family"), strict=True):
        for number in range(EACH):
            place = f"<slip>{first}-{number}</slip><point>FOR-01</point><day>{first}</day>"
            ended = f"<ended_at>{first}T10:{number:02}:00.000Z</ended_at>"
            seen = "<way>in</way><outcome>interviewed</outcome><sex>male</sex><band>18-29</band><size>1</size>"
            yield sent(f"{ended}{place}{seen}<adults>1</adults>", form="screener", instance=f"uuid:s-{first}-{number}")
            told = f"<agreed>yes</agreed><sex>male</sex><reason>{reason}</reason>"
            yield sent(f"{ended}{place}{told}", form="flow_survey", instance=f"uuid:i-{first}-{number}")


def counts() -> list[Row]:
    crowd = set(days_of(WEEKS[:1]))
    return [
        ("FOR-01", day, hour, way, CROWD if day in crowd else QUIET)
        for day in days_of()
        for hour in POINTS["FOR-01"]
        for way in ("in", "out")
    ]


def share_for_work(root: Path, busy: str) -> tuple[float, list[str]]:
    folder = surveyed(root / "missions" / "plain", busy)
    assert check(folder)[1] == []
    archive = root / "sent"
    archive.mkdir()
    for number, xml in enumerate(interviews()):
        (archive / f"{number}.xml").write_bytes(xml)
    workspace = open_workspace(folder)
    received = receive(workspace, open_register(workspace, at=AT), archive, mapping=None, workers=0, step=quiet)
    assert received.receipt.stored == 4 * EACH
    made = built(folder, counts())
    figure = made.figures["survey.share/answer=work/question=main_reason/2024-01-01..2024-03-31"]
    return figure.value, [fact for name, fact in made.facts.items() if name.startswith("note")]


def test_those_selected_in_a_crowd_stand_for_those_passed_over(tmp_path: Path) -> None:
    (tmp_path / "skipped").mkdir()
    (tmp_path / "counted").mkdir()
    skipped, notes = share_for_work(tmp_path / "skipped", "skipped")
    counted, none = share_for_work(tmp_path / "counted", "counted")
    # As many interviews in both weeks, all else alike: only the travellers counted tell the weeks apart.
    odds = skipped / (1 - skipped) / (counted / (1 - counted))
    assert odds == pytest.approx(CROWD / QUIET, rel=1e-3)
    (said,) = [note for note in notes if "Nobody was selected" in note]
    assert "1 of 3 weeks" in said
    assert f"{QUIET * 7 * len(POINTS['FOR-01']):,} movements" in said
    assert not [note for note in none if "selected" in note]


def test_hours_of_interviews_outside_their_shifts_are_found(tmp_path: Path) -> None:
    folder = surveyed(tmp_path / "missions" / "plain", "skipped", "hours = [6, 20]")
    assert check(folder)[1] == []
    path = folder / "rounds.toml"
    path.write_text(path.read_text("utf-8").replace("hours = [0, 24]", "hours = [20, 24]"), "utf-8")
    (found,) = check(folder)[1]
    assert found.at is not None
    assert "nobody is selected" in found.what
    assert found.at.row == path.read_text("utf-8").splitlines().index("hours = [6, 20]") + 1


def test_a_screening_without_its_forms_is_found(tmp_path: Path) -> None:
    folder = surveyed(tmp_path / "missions" / "plain", "skipped")
    path = folder / "rounds.toml"
    path.write_text(path.read_text("utf-8").replace('screener = "screener"\n', ""), "utf-8")
    (found,) = check(folder)[1]
    assert "names no screener form" in found.what


def test_interviews_need_the_direction_of_plain_counts(tmp_path: Path) -> None:
    folder = surveyed(tmp_path / "missions" / "plain", "counted")
    form = folder / "forms" / "hourly_count.xlsx"
    book = load_workbook(form)
    book["survey"]["D5"] = None
    book.save(form)
    (found,) = check(folder)[1]
    assert found.code == "form.lacks"
    assert "direction" in found.what
