"""What a number of a plan is of, in words: its denominator, and the key that IMPACT's tools give it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from saphan.analyse.indicators.needs.model import Subject
from saphan.analyse.indicators.plans.model import Analysis, Finding, PlanLine
from saphan.analyse.indicators.wording import say
from saphan.collect.rounds.assessments import Asked

_NONE = "NA"
Words = Mapping[tuple[str, str], str]  # ("occupancy", "rented") -> what an answer is called


def people(subject: Subject, asked: Asked = Asked.HOUSEHOLD, language: str = "en") -> str:
    """Who has a value, where `asked` are asked."""
    return say("of member" if subject is Subject.PERSON else f"of {asked}", language)


def denominator(
    line: PlanLine,
    subject: Subject,
    titles: Mapping[str, str],
    answers: Words | None = None,
    asked: Asked = Asked.HOUSEHOLD,
    language: str = "en",
) -> str:
    """Of whom a number speaks, in words.

    `titles` are those of questions and indicators, `answers` what is called what, both in the language; a name or code
    stands for what has none.
    """
    of, title = people(subject, asked, language), titles.get(line.of, line.of)
    match line.analysis:
        case Analysis.TOTAL:
            told = say("every one", language, of=of)
        case Analysis.RATIO:
            told = say("with both values", language, of=of, title=title, other=titles.get(line.over or "", ""))
        case _:
            told = say("with a value", language, of=of)
    if not line.among:
        return told
    called, between, either = answers or {}, say("and", language), say("or", language)
    conditions = between.join(
        say(
            "condition",
            language,
            title=titles.get(name, name),
            answers=either.join(called.get((name, code), code) for code in codes),
        )
        for name, codes in line.among
    )
    return say("among", language, told=told, conditions=conditions)


def analysis_key(one: Finding, several: Collection[str]) -> str:
    """The key of a number as IMPACT's analysistools 0.0.0.9 write it; `several` are questions with several choices.

    `mean @/@ income %/% NA @/@ admin1 %/% admin1a`. What its lists of analyses cannot say, conditions and a level of
    their own, stands at the end.
    """
    line = one.line
    kind = {Analysis.SHARE: "prop_select_multiple" if line.of in several else "prop_select_one"}
    of = f"{line.of} %/% {one.answer or _NONE}"
    if line.over is not None:
        of += f" -/- {line.over} %/% {_NONE}"
    group = " -/- ".join(f"{name} %/% {label or _NONE}" for name, label in one.group.items())
    parts = [kind.get(line.analysis, line.analysis.value), of, group or f"{_NONE} %/% {_NONE}"]
    parts += [f"{name} = {'|'.join(answers)}" for name, answers in line.among]
    return " @/@ ".join(parts)
