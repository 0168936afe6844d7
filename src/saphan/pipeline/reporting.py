"""Report: what a reader has to know beside the numbers of a plan, whether of an assessment or of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS, SECTORS
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.plans.model import Finding, Standing
from saphan.analyse.indicators.plans.weighting import Weighed
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import Asked, HouseholdAssessment
from saphan.core import digest
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.pipeline.labelling import labels
from saphan.publish.formats.results import Study
from saphan.publish.formats.table import Labels

LANGUAGE = "en"  # of the workbook: what explains the numbers is written in it
SIMULATED = "All answers are simulated: nobody was asked."
_BASIS = {
    True: "Intervals and tests follow from how {area}s and {who}s were drawn.",
    False: "The sample was not drawn by chance: values are indicative, without errors, intervals or tests.",
}


def report(
    mission: Mission,
    fielded: HouseholdAssessment,
    form: Form,
    snapshot: Snapshot,
    weighed: Weighed,
    told: Sequence[Finding],
    plan: Path,
    *,
    head: tuple[str, ...],
    standing: str = "",
    strata: Mapping[str, Text] | None = None,
) -> Study:
    """What is told beside findings that were disclosed: `head` first, then the sample, what is shown, definitions.

    `standing` is what the results may be called, where that has to be said, and `strata` what each stratum is called.
    """
    asked = {
        question.concept or question.column: question.label.to(LANGUAGE)
        for table in form.tables
        for question in table.questions
        if question.label.to(LANGUAGE)
    }
    several = frozenset(
        question.concept or question.column
        for table in form.tables
        for question in table.questions
        if question.type == "select_multiple"
    )
    about = (
        head,
        _sampled(fielded, weighed, strata or {}),
        ("What has to be known of the sample", *(weighed.notes or ("Nothing was left out.",))),
        _shown(mission, fielded, told),
        *([definitions] if len(definitions := _definitions(told)) > 1 else []),
        (
            "Where the numbers come from",
            f"Snapshot {snapshot.key}",
            f"Plan {plan.name}, SHA-256 {digest.of_file(plan)}",
        ),
    )
    return Study(
        title=fielded.title.to(LANGUAGE),
        about=about,
        basis=fielded.basis.value,
        snapshot=snapshot.key,
        titles=asked | {name: one.title for name, one in NEEDS.items()},
        several=several,
        sectors={one.name: sector for sector, every in SECTORS.items() for one in every},
        asked=fielded.asked,
        simulated=mission.simulated,
        marks=(*((f"Results: {standing}.",) if standing else ()), *((SIMULATED,) if mission.simulated else ())),
        standing=standing,
    )


def words(mission: Mission, form: Form, strata: Mapping[str, Text] | None = None) -> Labels:
    """The words of answers, and of the areas and strata that groups may be made of."""
    named = {(f"admin{area.level}", pcode): area.name for pcode, area in mission.places.areas.items()}
    provinces = {("province", pcode): area.name for pcode, area in mission.places.areas.items() if area.level == 1}
    return (
        named | provinces | {("stratum", name): text for name, text in (strata or {}).items()} | labels([form], (), ())
    )


def _sampled(fielded: HouseholdAssessment, weighed: Weighed, called: Mapping[str, Text]) -> tuple[str, ...]:
    who, area = fielded.asked, fielded.asked.area
    asked, made = (sum(getattr(one, name) for one in weighed.strata) for name in ("asked", "made"))
    strata = (
        f"Stratum {called[one.stratum].to(LANGUAGE) if one.stratum in called else one.stratum}: {one.reached:,} of "
        f"{one.drawn:,} {area}s reached; {one.made:,} of {one.asked:,} interviews made; it stands "
        f"for {one.represents:,.0f} {who if who is Asked.HOUSEHOLD else 'person'}s."
        for one in weighed.strata
    )
    stages = (
        f"{area.capitalize()}s and {who}s were drawn without replacement, and variances allow for how many there are "
        "of each."
        if weighed.design.populations
        else f"Variances are those between the {area}s of a stratum, taken as drawn with replacement."
    )
    return (
        "The sample",
        f"Sampling basis: {fielded.basis}. {_BASIS[fielded.basis.by_chance].format(area=area, who=who)}",
        f"{area.capitalize()}s were drawn within strata, {who}s within {area}s. A {who}'s weight is one over the "
        f"chance of its {area}, times those listed there, over those interviewed there.",
        stages,
        f"{weighed.n:,} {who}s are analysed; {made:,} of {asked:,} interviews were made. The weights alone widen "
        f"variances {weighed.effect:.2f} times (Kish).",
        *strata,
    )


def _shown(mission: Mission, fielded: HouseholdAssessment, told: Sequence[Finding]) -> tuple[str, ...]:
    protected, suppressed, review = (
        sum(one.standing is standing for one in told)
        for standing in (Standing.PROTECTED, Standing.SUPPRESS, Standing.REVIEW)
    )
    return (
        "What is shown",
        "n is the number of respondents that a number rests on: those in its denominator. It differs between "
        "indicators, since not everybody is asked every question.",
        "A missing answer is never taken for no: who left a question empty or was not asked is in no denominator. Of a "
        "question, “does not know” and “does not want to say” are answers of their own where the form offers them.",
        f"Nothing is shown on fewer than {mission.disclosure.threshold} respondents, nor what would tell it by "
        f"subtraction: {protected:,} numbers.",
        "Shares with too few respondents or too wide an interval are not shown in the tables (presentation standard of "
        f"the National Center for Health Statistics, 2017): {suppressed:,} numbers. A statistician should look at "
        f"{review:,} others first. The results sheet has both with their standing.",
        "Intervals hold at 95 per cent unless the plan says otherwise. They allow for the sample, not for answers that "
        "are wrong, nor for who is on no list.",
        f"A total of a question that only a part of the {fielded.asked}s is asked is a total of that part.",
        "Groups differ: p is the chance of differences as large as these where there are none, by the test that the "
        "results sheet names, of all answers to a question together. Many groups compared bring some small p by chance "
        "alone: tests are not corrected for their number.",
    )


def _definitions(told: Sequence[Finding]) -> tuple[str, ...]:
    used = dict.fromkeys(one.line.of for one in told if one.line.of in NEEDS)
    return ("Definitions", *map(_definition, (NEEDS[name] for name in used)))


def _definition(one: Indicator) -> str:
    recall = f" Recall: {one.recall}." if one.recall else ""
    return f"{one.name}: {one.title}.{recall} Source: {one.source}"
