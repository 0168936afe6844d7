"""From the findings of an assessment's plan to results: what a figure is made of, in the words of every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from saphan.analyse.indicators.model import Judged, Result, Results
from saphan.analyse.indicators.needs import wording as needs_wording
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.model import Kind, Subject
from saphan.analyse.indicators.plans.model import LEVEL, Analysis, Finding, PlanLine, Standing
from saphan.analyse.indicators.plans.weighting import Weighed
from saphan.analyse.indicators.plans.wording import denominator
from saphan.analyse.indicators.wording import define, languages, say
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.naming import name_of
from saphan.core.text import Text
from saphan.core.unit import Unit

ASSESSMENT, QUESTION, ANSWER, STRATUM, OVER = "assessment", "question", "answer", "stratum", "over"
INTERVIEWS, ASKED, AREAS, AREAS_DRAWN = "needs.interviews", "needs.asked", "needs.areas", "needs.areas_drawn"
MISSING = "missing"  # the group of those whose group is not known
INDICATIVE = "indicative"  # the basis of numbers of a sample that was not drawn by chance
_JUDGED = {
    Standing.SHOW: Judged.SHOWN,
    Standing.REVIEW: Judged.SHOWN,
    Standing.SUPPRESS: Judged.UNRELIABLE,
    Standing.PROTECTED: Judged.TOO_FEW,
}
Labels = Mapping[tuple[str, str], Text]  # ("answer:occupancy", "rented") -> words


def code_of(name: str, form: Form) -> str:
    """What a figure calls an indicator or a question: safe beside a key, and one form's question never another's."""
    return name.replace("@", ".") if name in NEEDS else f"{form.id}.{name}"


def titles(form: Form) -> dict[str, Text]:
    """What questions are called, by concept or column, and every indicator by name."""
    asked = {
        question.concept or question.column: question.label
        for table in form.tables
        for question in table.questions
        if any(question.label.values())
    }
    return asked | {name: needs_wording.titled(one) for name, one in NEEDS.items()}


def labels(form: Form) -> dict[tuple[str, str], Text]:
    """What the codes of an assessment's figures are called: questions, indicators, answers, classes."""
    found: dict[tuple[str, str], Text] = {}
    for name, title in titles(form).items():
        found[QUESTION, code_of(name, form)] = title
    for table in form.tables:
        for question in table.questions:
            name = question.concept or question.column
            for choice in form.choices.get(question.choices or "", ()):
                found[f"{ANSWER}:{code_of(name, form)}", choice.name] = choice.label
    for name, one in NEEDS.items():
        for code in (*one.classes, "yes", "no"):
            called = needs_wording.called(code)
            if called is not None:
                found[f"{ANSWER}:{code_of(name, form)}", code] = called
    return found


@dataclass(frozen=True, kw_only=True)
class Told:
    """An assessment whose plan was run: its `findings` as disclosed, the weighted sample, and the form that asked."""

    assessment: HouseholdAssessment
    form: Form
    weighed: Weighed
    findings: Sequence[Finding]


def results(told: Told) -> Results:
    """Every finding that has a value, and how many were drawn, reached and interviewed; the latter are its parents.

    What is protected or too imprecise comes along without being shown. Intervals are of 95 per cent: give findings of
    that level.
    """
    assessment = told.assessment
    fieldwork = tuple(_fieldwork(told))
    named = titles(told.form)
    words = labels(told.form)
    parents = (name_of(INTERVIEWS, {ASSESSMENT: assessment.id}, assessment.period.label),)
    made: dict[str, Result] = {}
    for one in told.findings:
        if one.value is None or one.line.level != LEVEL:
            continue
        found = replace(_result(told, one, named, words), parents=parents)
        made.setdefault(found.name, found)  # two lines may ask the same of the same groups
    notes = tuple(f"{assessment.title.to('en')}: {note}" for note in told.weighed.notes)
    return Results(results=(*fieldwork, *made.values()), notes=notes)


def cell_of(told: Told, line: PlanLine, answer: str | None, group: Mapping[str, str | None]) -> dict[str, str]:
    """The cell of a finding: what was asked and answered, in which group, among whom."""
    cell = {ASSESSMENT: told.assessment.id, QUESTION: code_of(line.of, told.form)}
    if line.over is not None:
        cell[OVER] = code_of(line.over, told.form)
    if answer is not None:
        cell[ANSWER] = answer
    cell |= {name: "+".join(answers) for name, answers in line.among}
    return cell | {name: label if label is not None else MISSING for name, label in group.items()}


def indicator_of(line: PlanLine) -> str:
    """The indicator of a line's figures."""
    return f"needs.{line.analysis}"


def _result(told: Told, one: Finding, named: Mapping[str, Text], words: Labels) -> Result:
    line, assessment = one.line, told.assessment
    return Result(
        indicator=indicator_of(line),
        cell=cell_of(told, line, one.answer, one.group),
        period=assessment.period.label,
        unit=_unit(line, one.subject),
        value=one.value or 0.0,
        low=one.low,
        high=one.high,
        standard_error=one.standard_error if one.low is not None else None,
        degrees_of_freedom=one.degrees if one.low is not None else None,
        rests_on=one.n or 0,
        base=one.n,
        method=one.method,
        basis="design" if assessment.basis.by_chance else INDICATIVE,
        definition=_definition(line),
        query=f"{line.analysis} of {line.of}" + (f" over {line.over}" if line.over else "") + f", {assessment.plan}",
        denominator=Text(
            {
                language: denominator(
                    line,
                    one.subject,
                    {name: text.to(language) for name, text in named.items()},
                    _conditions(line, told.form, words, language),
                    language=language,
                )
                for language in languages()
            }
        ),
        judged=_JUDGED[one.standing],
    )


def _conditions(line: PlanLine, form: Form, words: Labels, language: str) -> dict[tuple[str, str], str]:
    """What the answers of a line's conditions are called."""
    return {
        (name, code): words[place, code].to(language)
        for name, codes in line.among
        for code in codes
        if ((place := f"{ANSWER}:{code_of(name, form)}"), code) in words
    }


def _unit(line: PlanLine, subject: Subject) -> Unit:
    """A share where it is one, also a ratio of a part to its whole; how many there are, or a number."""
    indicator = NEEDS.get(line.of)
    part = indicator is not None and line.over is not None and indicator.part_of == line.over
    if line.analysis is Analysis.SHARE or part:
        return Unit.SHARE
    if line.analysis is Analysis.TOTAL and indicator is not None and indicator.kind is Kind.YES_NO:
        return Unit.HOUSEHOLD if subject is Subject.HOUSEHOLD else Unit.PERSON
    return Unit.NUMBER


def _definition(line: PlanLine) -> Text:
    """What kind of number it is; and of an indicator what it is, over which period, after whom."""
    general = define(indicator_of(line))
    indicator = NEEDS.get(line.of)
    if indicator is None:
        return general
    title, recall = needs_wording.titled(indicator), needs_wording.recalled(indicator)
    return Text(
        {
            language: " ".join(
                [
                    general.to(language),
                    f"{title.to(language)}.",
                    *([] if recall is None else [say("recall", language, period=recall.to(language))]),
                    say("source", language, source=indicator.source),
                ]
            )
            for language in languages()
        }
    )


def _fieldwork(told: Told) -> Iterator[Result]:
    """How many areas and households were drawn, and how many of them interviewed: in all, and in each stratum."""
    assessment, strata = told.assessment, told.weighed.strata
    for name, unit, number, parent in (
        (AREAS_DRAWN, Unit.AREA, "drawn", None),
        (AREAS, Unit.AREA, "reached", AREAS_DRAWN),
        (ASKED, Unit.HOUSEHOLD, "asked", None),
        (INTERVIEWS, Unit.INTERVIEW, "made", ASKED),
    ):
        by_stratum = {one.stratum: int(getattr(one, number)) for one in strata}
        cells: Iterable[tuple[dict[str, str], int]] = [
            ({}, sum(by_stratum.values())),
            *(({STRATUM: stratum}, value) for stratum, value in by_stratum.items()),
        ]
        for own, value in cells:
            cell = {ASSESSMENT: assessment.id, **own}
            yield Result(
                indicator=name,
                cell=cell,
                period=assessment.period.label,
                unit=unit,
                value=float(value),
                rests_on=value,
                method="count/1",
                basis="count",
                definition=define(name),
                parents=() if parent is None else (name_of(parent, cell, assessment.period.label),),
                query=assessment.sample,
                judged=Judged.SHOWN,
            )
