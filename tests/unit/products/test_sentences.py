"""Sentences of templates: what is refused, and what a placeholder prints."""

from __future__ import annotations

import pytest

from saphan.core.problem import At, Problem
from saphan.mission.model import Mission
from saphan.publish.figures.model import Register
from saphan.publish.figures.wording import Printed
from saphan.publish.products.citations import Citation
from saphan.publish.products.filling import Filler
from saphan.publish.products.sentence import Placeholder, Said, parse
from saphan.publish.products.words import Namer

CITATION = Citation(
    id="census",
    text="69.8 million",
    producer="NSO",
    title="Census",
    date="2020",
    licence="open",
    address="https://x.example",
)


@pytest.fixture
def filler(register: Register, mission: Mission) -> Filler:
    namer = Namer(labels={}, mission=mission, language="en")
    return Filler(file="factsheet.toml", register=register, namer=namer, citations={"census": CITATION})


def said(filler: Filler, text: str) -> str:
    return "".join(run if isinstance(run, str) else run.text for run in filler.runs({"en": text}, "blocks.x.text"))


def test_a_sentence_is_split_into_words_and_placeholders() -> None:
    assert parse("In {literal:2023}, {more-than 1,200,000:a/b=c/2023} came.", At()) == (
        Said(text="In "),
        Said(text="2023"),
        Said(text=", "),
        Placeholder(how="more-than", argument="1,200,000", what="a/b=c/2023"),
        Said(text=" came."),
    )


@pytest.mark.parametrize("text", ["Around 300 came.", "ราว ๓๐๐ คน", "၃၀၀ ခန့်", "{about:a/2023} in 2023"])
def test_a_number_typed_in_any_script_is_naked(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(text, At(file="factsheet.toml", column="blocks.x.text.en"))
    (finding,) = refused.value.findings
    assert finding.code == "template.naked"
    assert "factsheet.toml, column blocks.x.text.en" in str(finding)


@pytest.mark.parametrize("text", ["{about:a/2023", "a/2023} came", "{about}"])
def test_a_brace_left_open_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="brace"):
        parse(text, At())


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{about:flow.movements/direction=in/2023} came", "about 1,340,000 came"),
        ("({interval:flow.movements/direction=in/2023})", "(between 1,290,000 and 1,380,000)"),
        ("{more-than 1,200,000:flow.movements/direction=in/2023}", "more than 1,200,000"),
        ("{value:flow.interviews/2023} interviews", "4,873 interviews"),
        ("{about:survey.share/question=long_term/answer=yes/2023}", "about 16.8 per cent"),
        ("{label-of-largest:survey.share/question=main_reason/answer=*/2023}", "work"),
        ("{largest about:survey.share/question=main_reason/answer=*/2023}", "about 41.2 per cent"),
        ("of {cite:census} people", "of 69.8 million people"),
    ],
)
def test_a_placeholder_prints_its_figure(filler: Filler, text: str, printed: str) -> None:
    assert said(filler, text) == printed


def test_a_printed_figure_keeps_its_name_and_key(filler: Filler, register: Register) -> None:
    (run,) = filler.runs({"en": "{about:survey.share/question=long_term/answer=yes/2023}"}, "x")
    assert isinstance(run, Printed)
    assert run.figure == "survey.share/answer=yes/question=long_term/2023"
    assert register.figures[run.figure].key.startswith(run.key)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{more-than 1,300,000:flow.movements/direction=in/2023}", "hedge.false"),  # its lower limit is 1,296,921
        ("{value:flow.movements/direction=in/2023}", "hedge.false"),  # an estimate may not stand bare in prose
        ("{roughly:flow.movements/direction=in/2023}", "hedge.unknown"),
        ("{about:flow.movement/direction=in/2023}", "template.figure"),
        ("{about:flow.movements/direction=in/mode=plane/2023}", "template.withheld"),
        ("{largest about:flow.movements/direction=in/2023}", "template.family"),
        ("{cite:cenus}", "template.citation"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_place(filler: Filler, text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        said(filler, text)
    (finding,) = refused.value.findings
    assert (finding.code, str(finding.at)) == (code, "factsheet.toml, column blocks.x.text.en")


def test_a_heading_may_hold_no_figure(filler: Filler) -> None:
    with pytest.raises(Problem) as refused:
        filler.words({"en": "All {value:flow.interviews/2023} interviews"}, "blocks.x.heading")
    assert refused.value.findings[0].code == "template.words"
