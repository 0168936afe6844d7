"""Instance XML to typed rows."""

from __future__ import annotations

import math

import pytest

import xlsforms
from saphan.collect import forms
from saphan.collect.forms.model import State
from saphan.core.problem import Problem
from xlsforms import sent

SURVEY = xlsforms.form("""
| survey |
| | type | name | label | relevant | constraint | required | calculation | concept |
| | start | began | | | | | | |
| | end | finished | | | | | | |
| | select_one yn | consent | Agree? | | | yes | | consent |
| | begin_group | person | Person | ${consent} = 'yes' | | | | |
| | integer | age | Age | | . >= 15 and . <= 110 | yes | | |
| | decimal | weight | Weight | | | | | |
| | date | born | Born | | . <= today() | | | |
| | time | woke | Woke | | | | | |
| | dateTime | left | Left | | | | | |
| | geopoint | place | Place | | | | | |
| | select_one land | land | Land | | | | | |
| | text | land_other | Which | ${land} = 'other' | | | | |
| | select_multiple land | seen | Seen | | count-selected(.) <= 2 | | | |
| | image | photo | Photo | | | | | |
| | text | note | Note | | regex(., '[a-z ]+') | | | |
| | end_group | | | | | | | |
| | begin_repeat | household | Household | ${consent} = 'yes' | | | | |
| | integer | size | Size | | | | | |
| | begin_repeat | member | Member | | | | | |
| | text | name | Name | | | | | |
| | integer | years | Years | | . <= ${age} | ${size} > 1 | | |
| | calculate | child | | | | | if(${years} < 18, 1, 0) | |
| | end_repeat | | | | | | | |
| | end_repeat | | | | | | | |
| | begin_group | end | End | | | | | |
| | text | note | Note | | | | | |
| | integer | many | Many | count(${household}) > 1 | | | | |
| | end_group | | | | | | | |
| choices |
| | list_name | name | label | state |
| | yn | yes | Yes | |
| | yn | no | No | |
| | land | mmr | Myanmar | |
| | land | tha | Thailand | |
| | land | other | Other | |
| | land | dont-know | Do not know | |
| | land | no-answer | No answer | refused |
""")

WHEN = "<began>2023-05-14T10:00:00.000+07:00</began><finished>2023-05-14T10:20:00.000+07:00</finished>"
YES = WHEN + "<consent>yes</consent>"


def read(body: str, **identity: str) -> forms.model.Reading:  # type: ignore[name-defined]
    return forms.read(SURVEY, sent(body, **identity))


def cell(reading: object, column: str, table: int = 0, row: int = 0) -> tuple[object, State]:
    at = SURVEY.tables[table].columns.index(column)
    rows = reading.tables[table]  # type: ignore[attr-defined]
    return rows.values[row][at], State(rows.states[row][at])


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        ("age", "29", 29),
        ("age", " 29 ", 29),
        ("weight", "61.5", 61.5),
        ("weight", "-.5", -0.5),
        ("born", "1993-11-20", "1993-11-20"),
        ("woke", "15:07:00.000+07:00", "15:07:00.000+07:00"),
        ("left", "2023-05-13T22:00:00.123456789Z", "2023-05-13T22:00:00.123456789Z"),
        ("left", "2023-05-13T22:00:00.000+0545", "2023-05-13T22:00:00.000+0545"),
        ("place", "16.75 98.61 234.0 4.51", [16.75, 98.61, 234.0, 4.51]),
        ("land", "mmr", "mmr"),
        ("seen", "mmr  tha", ["mmr", "tha"]),
        ("photo", "p0.jpg", "p0.jpg"),
        ("note", "မရှိပါ", "မရှိပါ"),
    ],
)
def test_a_value_has_its_question_s_type(element: str, text: str, value: object) -> None:
    reading = read(f"{YES}<person><{element}>{text}</{element}></person>")
    column = "person_note" if element == "note" else element
    assert cell(reading, column) == (value, State.ANSWERED)
    assert not any(code == "type" for _, code in reading.faults)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("age", "29.0"),
        ("age", "١٢"),
        ("age", "9" * 30),
        ("age", "2_9"),
        ("weight", "1e999"),
        ("weight", "nan"),
        ("born", "2023-02-30"),
        ("born", "20230201"),
        ("woke", "25:00"),
        ("left", "2023-05-13"),
        ("place", "16.75"),
        ("place", "91 0 0 0"),
    ],
)
def test_what_is_not_of_the_type_is_no_value_but_is_kept(element: str, text: str) -> None:
    reading = read(f"{YES}<person><{element}>{text}</{element}></person>")
    assert cell(reading, element) == (None, State.EMPTY)
    assert (f"person/{element}", "type") in reading.faults
    assert (f"person/{element}", text) in reading.unread


def test_a_place_without_height_has_none() -> None:
    value, _ = cell(read(f"{YES}<person><place>16.75 98.61</place></person>"), "place")
    assert isinstance(value, list)
    assert value[:2] == [16.75, 98.61]
    assert all(math.isnan(part) for part in value[2:])


def test_the_five_states_are_told_apart() -> None:
    reading = read(f"{YES}<person><age>20</age><land>dont-know</land><seen>no-answer</seen><weight/></person>")
    assert cell(reading, "age")[1] is State.ANSWERED
    assert cell(reading, "weight") == (None, State.EMPTY)
    assert cell(reading, "born") == (None, State.EMPTY)  # an element left out is as good as an empty one
    assert cell(reading, "land") == ("dont-know", State.DONT_KNOW)
    assert cell(reading, "seen") == (["no-answer"], State.REFUSED)
    assert cell(reading, "land_other") == (None, State.NOT_ASKED)


def test_a_state_among_other_choices_is_an_answer() -> None:
    assert cell(read(f"{YES}<person><seen>mmr dont-know</seen></person>"), "seen")[1] is State.ANSWERED


def test_relevance_is_inherited_from_groups() -> None:
    reading = read(f"{WHEN}<consent>no</consent>")
    inside = [column for column in SURVEY.root.columns if SURVEY.root.columns.index(column) in range(3, 14)]
    assert {cell(reading, column) for column in inside} == {(None, State.NOT_ASKED)}
    assert reading.faults == ()  # what is not asked is not required


def test_an_answer_where_nothing_is_asked_is_taken_out_and_kept() -> None:
    reading = read(
        f"{WHEN}<consent>no</consent><person><age>20</age><land>other</land><land_other>x</land_other></person>"
    )
    assert cell(reading, "age") == (None, State.NOT_ASKED)
    # With the answer gone that it hangs on, this one is not asked either.
    assert cell(reading, "land_other") == (None, State.NOT_ASKED)
    assert [path for path, code in reading.faults if code == "not-relevant"] == [
        "person/age",
        "person/land",
        "person/land_other",
    ]
    assert reading.unread == (("person/age", "20"), ("person/land", "other"), ("person/land_other", "x"))


def test_a_required_question_left_empty_is_a_fault() -> None:
    assert ("person/age", "required") in read(YES).faults


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("<person><age>14</age></person>", "person/age"),
        ("<person><age>20</age><born>2023-05-15</born></person>", "person/born"),
        ("<person><age>20</age><seen>mmr tha other</seen></person>", "person/seen"),
        ("<person><age>20</age><note>A1</note></person>", "person/note"),
        (
            "<person><age>20</age></person><household><size>1</size><member><years>21</years></member></household>",
            "household[1]/member[1]/years",
        ),
    ],
)
def test_a_constraint_that_does_not_hold_is_a_fault_and_the_value_stays(body: str, path: str) -> None:
    reading = read(YES + body)
    assert reading.faults == ((path, "constraint"),)
    assert reading.unread == ()


def test_today_is_the_day_the_form_was_filled_in() -> None:
    # The phone's evening in Bangkok; the constraint says "not after today".
    assert read(f"{YES}<person><age>20</age><born>2023-05-14</born></person>").faults == ()


def test_without_a_moment_a_condition_on_today_cannot_be_decided() -> None:
    reading = read("<consent>yes</consent><person><age>20</age><born>2023-05-14</born></person>")
    assert reading.faults == (("person/born", "expression"),)


def test_a_name_not_on_the_list_is_kept_with_a_fault() -> None:
    reading = read(f"{YES}<person><age>20</age><land>siam</land><seen>mmr siam</seen></person>")
    assert cell(reading, "land") == ("siam", State.ANSWERED)
    assert cell(reading, "seen") == (["mmr", "siam"], State.ANSWERED)
    assert reading.faults == (("person/land", "choice"), ("person/seen", "choice"))


def test_repeats_in_repeats_keep_their_parents() -> None:
    reading = read(
        f"{YES}<person><age>60</age></person>"
        "<household><size>2</size><member><name>A</name><years>50</years></member>"
        "<member><name>B</name><years>9</years><child>1</child></member></household>"
        "<household><size>0</size></household>"
        "<household><size>1</size><member><name>C</name></member></household>"
    )
    households, members = reading.tables[1], reading.tables[2]
    assert [table.table for table in reading.tables] == ["trial", "household", "household.member"]
    assert households.values == [[2], [0], [1]]
    assert households.parent == [0, 0, 0]
    assert [row[0] for row in members.values] == ["A", "B", "C"]
    assert members.parent == [0, 0, 2]
    assert reading.faults == ()


def test_required_only_under_a_condition() -> None:
    member = "<household><size>{}</size><member><name>C</name></member></household>"
    assert read(f"{YES}<person><age>60</age></person>{member.format(1)}").faults == ()
    faulty = read(f"{YES}<person><age>60</age></person>{member.format(2)}")
    assert faulty.faults == (("household[1]/member[1]/years", "required"),)


def test_a_repeat_without_rows_is_a_table_without_rows() -> None:
    reading = read(YES)
    assert reading.tables[1].values == reading.tables[2].values == []


def test_a_condition_on_the_number_of_rows() -> None:
    many = "<household><size>1</size></household>"
    one = read(f"{YES}<person><age>60</age></person>{many}<end><many>3</many></end>")
    two = read(f"{YES}<person><age>60</age></person>{many * 2}<end><many>3</many></end>")
    assert cell(one, "many") == (None, State.NOT_ASKED)
    assert cell(two, "many") == (3, State.ANSWERED)


def test_two_questions_of_one_name_have_two_columns() -> None:
    reading = read(f"{YES}<person><age>20</age><note>first</note></person><end><note>second</note></end>")
    assert cell(reading, "person_note")[0] == "first"
    assert cell(reading, "end_note")[0] == "second"


def test_an_element_that_the_form_has_not_is_kept() -> None:
    reading = read(f"{YES}<person><age>20</age><extra>1</extra></person><more><a>2</a></more>")
    assert reading.faults == (("person/extra", "unknown"), ("more", "unknown"))
    assert reading.unread == (("person/extra", "1"), ("more", "<more><a>2</a></more>"))


def test_an_element_inside_an_answer_is_kept() -> None:
    reading = read(f"{YES}<person><age>20<b>1</b></age></person>")
    assert cell(reading, "age") == (20, State.ANSWERED)
    assert reading.unread == (("person/age/b", "1"),)


def test_a_question_answered_twice_keeps_the_first_answer_and_the_second_text() -> None:
    reading = read(f"{YES}<person><age>20</age><age>21</age></person>")
    assert cell(reading, "age") == (20, State.ANSWERED)
    assert reading.faults == (("person/age", "repeated"),)
    assert reading.unread == (("person/age", "21"),)


def test_names_are_matched_without_their_namespaces() -> None:
    xml = (
        b'<data xmlns="http://opendatakit.org/forms/x" id="trial" version="1" xmlns:orx="http://openrosa.org/xforms">'
        b"<consent>yes</consent><person><age>20</age></person>"
        b"<orx:meta><orx:instanceID>uuid:7</orx:instanceID><orx:deprecatedID>uuid:6</orx:deprecatedID></orx:meta></data>"
    )
    reading = forms.read(SURVEY, xml)
    assert (reading.instance, reading.deprecates) == ("uuid:7", "uuid:6")
    assert cell(reading, "age") == (20, State.ANSWERED)
    assert reading.faults == ()


def test_comments_and_cdata_are_no_hindrance() -> None:
    reading = read(f"{YES}<person><!-- a --><age>2<!-- b -->0</age><note><![CDATA[a <b]]></note></person>")
    assert cell(reading, "age") == (20, State.ANSWERED)
    assert cell(reading, "person_note")[0] == "a <b"


@pytest.mark.parametrize(("answer", "consented"), [("yes", True), ("no", False), ("", False), ("perhaps", False)])
def test_consent_is_only_a_yes(answer: str, consented: bool) -> None:
    assert read(f"{WHEN}<consent>{answer}</consent>").consented is consented


def test_a_form_that_asks_no_consent_has_none_to_give() -> None:
    plain = xlsforms.form("| survey |\n| | type | name | label |\n| | text | a | A |")
    assert forms.read(plain, sent("<a>1</a>")).consented is None


def test_an_interview_form_without_the_question_has_no_consent() -> None:
    interview = xlsforms.form(
        "| survey |\n| | type | name | label |\n| | text | a | A |\n"
        "| settings |\n| | form_id | version | concept |\n| | trial | 1 | flow-survey |"
    )
    assert forms.read(interview, sent("<a>1</a>")).consented is False


def test_each_version_is_read_by_its_own_schema() -> None:
    old = xlsforms.form("| survey |\n| | type | name | label |\n| | text | a | A |")
    new = xlsforms.form(
        "| survey |\n| | type | name | label |\n| | integer | a | A |\n| | integer | b | B |\n"
        "| settings |\n| | form_id | version |\n| | trial | 2 |"
    )
    reader = forms.Reader([old, new])
    assert reader.read(sent("<a>1</a>", version="1")).tables[0].values[0][0] == "1"
    assert reader.read(sent("<a>1</a><b>2</b>", version="2")).tables[0].values[0][:2] == [1, 2]


@pytest.mark.parametrize(
    ("xml", "code", "words"),
    [
        (sent("", form="trail"), "submission.form", "'trial'"),
        (sent("", version="9"), "submission.version", "here are: 1"),
        (b"<data><a/></data>", "submission.no-form", "attribute id"),
        (b'<data id="trial" version="1"><a/></data>', "submission.no-instance", "instanceID"),
        (
            b'<data xmlns="http://opendatakit.org/submissions" id="trial" version="1" encrypted="yes"/>',
            "submission.encrypted",
            "encrypted",
        ),
    ],
)
def test_what_is_no_instance_of_a_known_form_is_refused(xml: bytes, code: str, words: str) -> None:
    with pytest.raises(Problem) as refused:
        forms.read(SURVEY, xml)
    assert refused.value.findings[0].code == code
    assert words in str(refused.value)


def test_readings_of_the_same_answers_share_nothing_that_can_change() -> None:
    reader = forms.Reader([SURVEY])
    xml = sent(f"{YES}<person><age>20</age><seen>mmr</seen></person>")
    first, second = reader.read(xml), reader.read(xml)
    at = SURVEY.root.columns.index("seen")
    first.tables[0].values[0][at].append("changed")  # type: ignore[union-attr]
    assert second.tables[0].values[0][at] == ["mmr"]
    assert reader.read(xml).tables[0].values[0][at] == ["mmr"]
