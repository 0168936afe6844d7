"""XLSForm to schema."""

from __future__ import annotations

import xlsforms
from saphan.collect import forms
from saphan.collect.forms.model import Datatype, State
from saphan.mission.model import Dissemination

FORM = xlsforms.form(
    """
| survey |
| | type | name | label::English (en) | label::ไทย (th) | concept | dissemination | relevant | calculation |
| | start | started | | | started_at | | | |
| | audit | audit | | | | | | |
| | note | hello | Hello | สวัสดี | | | | |
| | begin_group | who | Who | ใคร | | confidential | | |
| | select_one sex | sex | Sex | เพศ | sex | public | | |
| | integer | age | Age ${sex} | อายุ | age | | | |
| | select_one land | land | Land | ประเทศ | | | | |
| | text | land_which | Which | ไหน | | | ${land} = 'other' | |
| | select_multiple land | seen | Seen | เห็น | | | | |
| | text | seen_which | Which | ไหน | | | selected(${seen}, 'other') | |
| | text | land_why | Why | ทำไม | | | ${land} = 'mmr' | |
| | end_group | | | | | | | |
| | begin_repeat | seen_group | Group | กลุ่ม | group | | | |
| | integer | men | Men | ชาย | men | | | |
| | calculate | total | | | total | | | ${men} + 1 |
| | calculate | double | | | | | | ${men} * 2 |
| | begin_repeat | inner | Inner | ใน | | | | |
| | decimal | age | Age | อายุ | | | | |
| | end_repeat | | | | | | | |
| | end_repeat | | | | | | | |
| | begin_group | more | More | เพิ่ม | | | | |
| | integer | age | Age | อายุ | | | | |
| | end_group | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::ไทย (th) | state |
| | sex | male | Male | ชาย | |
| | sex | female | Female | หญิง | |
| | land | mmr | Myanmar | เมียนมา | |
| | land | other | Other | อื่น | |
| | land | dont-know | Do not know | ไม่ทราบ | |
| | land | silent | No answer | ไม่ตอบ | refused |
| settings |
| | form_id | version | form_title | concept | default_language |
| | trial | 7 | A trial | counter | ไทย (th) |
""",
    "en",
    "th",
)


def question(path: str) -> object:
    return next(each for table in FORM.tables for each in table.questions if each.path == path)


def test_a_form_has_its_identity_and_its_kind() -> None:
    assert (FORM.id, FORM.version, FORM.concept) == ("trial", "7", "counter")
    assert FORM.languages == ("th", "en")  # the form's default comes first
    assert FORM.title.to("en") == "A trial"


def test_repeats_are_tables_under_their_parents() -> None:
    assert [(table.name, table.path, table.parent, table.concept) for table in FORM.tables] == [
        ("trial", "", None, "counter"),
        ("seen_group", "seen_group", "trial", "group"),
        ("seen_group.inner", "seen_group/inner", "seen_group", None),
    ]


def test_a_column_is_the_question_s_name_unless_two_share_it() -> None:
    assert " ".join(FORM.root.columns) == (
        "started hello sex who_age land land_which seen seen_which land_why more_age audit"
    )
    assert FORM.tables[2].columns == ("age",)


def test_types_and_kinds_of_values() -> None:
    assert [(each.column, each.type, each.datatype.value) for each in FORM.root.questions] == [
        ("started", "start", "text"),
        ("hello", "note", "text"),
        ("sex", "select_one", "text"),
        ("who_age", "integer", "integer"),
        ("land", "select_one", "text"),
        ("land_which", "text", "text"),
        ("seen", "select_multiple", "texts"),
        ("seen_which", "text", "text"),
        ("land_why", "text", "text"),
        ("more_age", "integer", "integer"),
        ("audit", "audit", "text"),
    ]


def test_a_calculation_is_a_number_where_its_concept_says_so() -> None:
    assert question("seen_group/total").datatype is Datatype.INTEGER  # type: ignore[attr-defined]
    assert question("seen_group/double").datatype is Datatype.TEXT  # type: ignore[attr-defined]


def test_labels_are_in_every_language_and_show_where_an_answer_stands() -> None:
    assert dict(question("who/age").label) == {"en": "Age ${sex}", "th": "อายุ"}  # type: ignore[attr-defined]
    assert dict(FORM.choices["sex"][0].label) == {"en": "Male", "th": "ชาย"}


def test_other_specify_is_known_by_what_it_hangs_on() -> None:
    assert question("who/land").other == "land_which"  # type: ignore[attr-defined]
    assert question("who/seen").other == "seen_which"  # type: ignore[attr-defined]
    assert question("who/sex").other is None  # type: ignore[attr-defined]


def test_choices_that_are_no_answer_say_so_by_name_or_by_state() -> None:
    states = {choice.name: choice.state for choice in FORM.choices["land"]}
    assert states["dont-know"] is State.DONT_KNOW
    assert states["silent"] is State.REFUSED
    assert states["other"] is State.ANSWERED


def test_a_dissemination_class_holds_for_what_lies_in_a_group() -> None:
    classes = {each.path: each.dissemination for table in FORM.tables for each in table.questions}
    assert classes["who/age"] is Dissemination.CONFIDENTIAL
    assert classes["who/sex"] is Dissemination.PUBLIC
    assert classes["seen_group/men"] is Dissemination.RESTRICTED


def test_a_form_survives_being_kept() -> None:
    assert forms.decode_form(forms.encode_form(FORM)) == FORM


def test_the_key_changes_with_a_meaning_as_with_a_word() -> None:
    plain = "| survey |\n| | type | name | label | concept |\n| | integer | a | A | {} |"
    keys = {xlsforms.form(plain.format(concept)).key for concept in ("men", "women", "")}
    assert len(keys) == 3
