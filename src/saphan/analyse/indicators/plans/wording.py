"""What a number of a plan is of, in words: its denominator, and the key that IMPACT's tools give it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from saphan.analyse.indicators.needs.model import Subject
from saphan.analyse.indicators.plans.model import Analysis, Finding, PlanLine

_PEOPLE = {Subject.HOUSEHOLD: "households", Subject.PERSON: "members of households"}
_NONE = "NA"


def denominator(line: PlanLine, subject: Subject, titles: Mapping[str, str]) -> str:
    """Of whom a number speaks; `titles` are those of questions and indicators, the name standing for one without."""
    title = titles.get(line.of, line.of)
    match line.analysis:
        case Analysis.TOTAL:
            told = f"all {_PEOPLE[subject]}; who has no value for “{title}” adds nothing"
        case Analysis.RATIO:
            other = titles.get(line.over or "", line.over)
            told = f"{_PEOPLE[subject]} with a value for both “{title}” and “{other}”"
        case _:
            told = f"{_PEOPLE[subject]} with a value for “{title}”"
    among = " and ".join(f"“{titles.get(name, name)}” is {' or '.join(answers)}" for name, answers in line.among)
    return f"{told}, among those for whom {among}" if among else told


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
