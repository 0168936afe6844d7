"""Every mistake in an XLSForm is found in one pass, at its cell, with what to do about it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

import saphan.mission
import xlsforms
from saphan.collect import forms
from saphan.core.problem import Finding, Problem
from saphan.mission.model import Mission

GOOD = """
| survey |
| | type | name | label::E (en) | label::ไทย (th) | hint::E (en) | hint::ไทย (th) | concept | dissemination | relevant |
| | integer | men | Men | ชาย | | | men | | |
| | select_one way | way | Way | ทาง | | | direction | | |
| | text | why | Why | ทำไม | Say | บอก | | | ${way} = 'in' |
| choices |
| | list_name | name | label::E (en) | label::ไทย (th) | state |
| | way | in | In | เข้า | |
| | way | out | Out | ออก | |
| settings |
| | form_id | version | concept |
| | trial | 1 | counter |
"""


@pytest.fixture
def mission(thailand: Path, tmp_path: Path) -> Mission:
    """The seed mission's settings over a folder of its own, in English and Thai."""
    (tmp_path / "forms").mkdir()
    return dataclasses.replace(saphan.mission.open(thailand), folder=tmp_path, languages=("en", "th"))


def found(mission: Mission, *changes: tuple[str, str]) -> list[Finding]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (mission.folder / "forms" / "trial.xlsx").write_bytes(xlsforms.xlsx(text))
    return list(forms.find(mission)[1])


def test_a_good_form_has_none(mission: Mission) -> None:
    assert found(mission) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "words"),
    [
        ("| men | | |", "| menn | | |", "form.concept", ("survey", 2, "concept"), "Did you mean 'men'?"),
        ("| men | | |", "| consent | | |", "form.concept-type", ("survey", 2, "concept"), "type select_one"),
        ("| | | ${way}", "| men | | ${way}", "form.concept-twice", ("survey", 4, "concept"), "row 2"),
        ("| way | in |", "| way | inward |", "form.code", ("choices", 2, "name"), "in, out, transit"),
        ("| men | | |", "| men | open | |", "form.value", ("survey", 2, "dissemination"), "public, restricted"),
        ("เข้า | |", "เข้า | unsure |", "form.value", ("choices", 2, "state"), "dont-know"),
        ("| 1 | counter |", "| 1 | |", "form.no-concept", ("settings", 2, "concept"), "flow-survey"),
        ("| 1 | counter |", "| 1 | countr |", "form.concept", ("settings", 2, "concept"), "Did you mean 'counter'?"),
        ("| Men | ชาย |", "| Men | |", "form.words", ("survey", 2, "label::ไทย (th)"), "'men'"),
        ("| Say | บอก |", "| Say | |", "form.words", ("survey", 4, "hint::ไทย (th)"), "'why'"),
        ("| integer | men", "| intger | men", "form.convert", ("survey", 2, "type"), "intger"),
        ("${way} = 'in'", "${wy} = 'in'", "form.convert", ("survey", 4, "relevant"), "'wy'"),
        ("select_one way", "select_one ways", "form.convert", ("survey", 3, None), "ways"),
        ("| way | out | Out", "| way | in | Out", "form.convert", ("choices", 3, "name"), "unique"),
        ("| text | why", "| text | wh y", "form.convert", ("survey", 4, "name"), "letter or underscore"),
    ],
)
def test_one_mistake_is_one_finding_at_its_cell(
    mission: Mission, old: str, new: str, code: str, place: tuple[str, int, str | None], words: str
) -> None:
    findings = [each for each in found(mission, (old, new)) if each.code == code]
    assert len(findings) == 1
    at = findings[0].at
    assert at.file == "forms/trial.xlsx"
    assert (at.sheet, at.row, at.column) == place
    assert words in str(findings[0])


def test_a_language_without_labels_is_missed_on_each_sheet(mission: Mission) -> None:
    findings = found(mission, ("label::ไทย (th)", "label::Lao (lo)"), ("hint::ไทย (th)", "hint::Lao (lo)"))
    assert [(each.code, each.at.sheet) for each in findings] == [
        ("form.language", "survey"),
        ("form.language", "choices"),
    ]


def test_several_mistakes_are_found_in_one_pass(mission: Mission) -> None:
    findings = found(
        mission, ("| men | | |", "| menn | open | |"), ("${way} = 'in'", "${wy} = 'in'"), ("| 1 | counter |", "| 1 | |")
    )
    assert {each.code for each in findings} == {"form.concept", "form.value", "form.convert", "form.no-concept"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: b"not a workbook",
        lambda good: good[:3000],
        lambda good: good[:-200],
        lambda good: good.replace(b"xl/workbook.xml", b"xl/workbooc.xml"),
        lambda good: b"PK\x03\x04" + b"\0" * 500,
    ],
)
def test_a_broken_workbook_is_one_finding(mission: Mission, damage: object) -> None:
    (mission.folder / "forms" / "trial.xlsx").write_bytes(damage(xlsforms.xlsx(GOOD)))  # type: ignore[operator]
    _, findings = forms.find(mission)
    assert [each.code for each in findings] == ["form.broken"]
    assert findings[0].at.file == "forms/trial.xlsx"


def test_a_workbook_without_its_sheet(mission: Mission) -> None:
    assert [each.code for each in found(mission, ("| survey |", "| questions |"))] == ["form.sheet"]


def test_two_forms_with_one_id(mission: Mission) -> None:
    (mission.folder / "forms" / "copy.xlsx").write_bytes(xlsforms.xlsx(GOOD))
    findings = found(mission)
    assert [each.code for each in findings] == ["form.twice"]
    assert "forms/copy.xlsx" in str(findings[0])


def test_loading_raises_what_finding_finds(mission: Mission) -> None:
    found(mission, ("| men | | |", "| menn | | |"))
    with pytest.raises(Problem, match="Did you mean 'men'"):
        forms.load(mission)


def test_a_kept_form_is_loaded_without_pyxform(mission: Mission, tmp_path: Path) -> None:
    found(mission)
    cache = tmp_path / "kept"
    first = forms.load(mission, cache=cache)
    assert len(list(cache.iterdir())) == 1
    assert forms.load(mission, cache=cache) == first
    program = (
        "import sys, pickle; from pathlib import Path; from saphan.collect import forms;"
        "mission = pickle.loads(sys.stdin.buffer.read());"
        "loaded = forms.load(mission, cache=Path(sys.argv[1]));"
        "assert list(loaded) == ['trial'];"
        "assert not {'pyxform', 'openpyxl'} & set(sys.modules)"
    )
    import pickle

    subprocess.run([sys.executable, "-c", program, str(cache)], input=pickle.dumps(mission), check=True)


def test_a_changed_or_damaged_kept_form_is_made_anew(mission: Mission, tmp_path: Path) -> None:
    found(mission)
    cache = tmp_path / "kept"
    first = forms.load(mission, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert forms.load(mission, cache=cache) == first
    found(mission, ("| trial | 1 |", "| trial | 2 |"))
    assert forms.load(mission, cache=cache)["trial"].version == "2"


def test_the_seed_mission_s_forms_are_without_fault(thailand: Path) -> None:
    loaded = forms.load(saphan.mission.open(thailand))
    assert {form.concept for form in loaded.values()} >= {"counter", "screener", "flow-survey", "point-log"}


def test_odk_validate_accepts_a_form_and_names_what_it_refuses(mission: Mission) -> None:
    form = xlsforms.form("| survey |\n| | type | name | label | constraint |\n| | integer | a | A | . > 1 |")
    assert forms.validate(form) == ()
    broken = dataclasses.replace(form, xform=form.xform.replace(". &gt; 1", "(. &gt; 1"))
    (refused,) = forms.validate(broken, file="forms/a.xlsx")
    assert refused.code == "form.invalid"
    assert "brackets" in refused.what


def test_odk_validate_that_takes_too_long_is_ended() -> None:
    form = xlsforms.form("| survey |\n| | type | name | label |\n| | text | a | A |")
    (ended,) = forms.validate(form, seconds=0.01)
    assert ended.code == "form.unvalidated"
    assert "0.01 seconds" in ended.what


def test_without_java_the_form_is_said_to_be_untried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    form = xlsforms.form("| survey |\n| | type | name | label |\n| | text | a | A |")
    (untried,) = forms.validate(form)
    assert untried.code == "form.unvalidated"
    assert "Java is not installed" in untried.what
