"""Who crosses, where from and to, why, and for how long: shares of the interviews, movements of a kind, and persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from saphan.analyse.disclosure import WHOLE, Ratio
from saphan.analyse.frames.query import words
from saphan.analyse.indicators.fieldwork import count
from saphan.analyse.indicators.flows import MOVEMENTS, Flows, from_estimate
from saphan.analyse.indicators.interviews import SCREENED, BoolArray
from saphan.analyse.indicators.model import Result, Results, Total
from saphan.analyse.indicators.weighting import Weighted
from saphan.analyse.indicators.wording import define
from saphan.core.naming import name_of
from saphan.core.unit import Unit
from saphan.estimate.flow import Basis, Estimate, product
from saphan.estimate.survey.persons import persons
from saphan.estimate.survey.proportions import Proportion, Verdict, proportion
from saphan.estimate.survey.weighting import sensitivity

METHOD = "survey-hajek/2 raked"  # moves whenever a share of the same interviews would
SHARE, ROUTES, PERSONS, SENSITIVITY = "survey.share", "survey.movements", "flow.persons", "survey.sensitivity"
RESPONSE_RATIOS = (0.5, 0.8, 1.25)  # how many times as often as others those a share speaks of may have answered
LONG_TERM = {"1-2-years", "2-5-years", "over-5-years"}  # a year or more
COUNTED_KINDS = ("nationality",)  # survey questions whose answers are also given as movements
NEAR = 0.001  # distance from a counted total that need not be told
SMALLEST = 10  # interviews below which a month has no estimate of persons
HALF = 0.5  # weight of an assumption above which an interval rests on a model


def compute(flows: Flows, weighted: Weighted) -> Results:
    """Shares by question, movements by nationality and route, and persons by month."""
    found = Results(results=(), notes=_notes(weighted))
    for question, answers, asked in _questions(weighted):
        found += _shares(flows, weighted, question, answers, asked)
    if {"origin", "destination"} <= weighted.interviews.answers.keys():
        found += _routes(flows, weighted)
    bare = sum(one.low is None and one.indicator != SENSITIVITY for one in found.results)
    if bare:
        found += Results(results=(), notes=(f"{bare} profiles have no interval: too few answers for one.",))
    return found + _persons(flows, weighted)


def fieldwork(flows: Flows, surveyed: Sequence[Weighted]) -> Results:
    """Travellers selected and interviewed, whatever their direction, and the share that answered."""
    period = flows.fielded.period.label
    asked = sum(weighted.interviews.size for weighted in surveyed)
    selected = sum(weighted.selected for weighted in surveyed)
    responded = sum(weighted.responded for weighted in surveyed)
    query = surveyed[0].interviews.query
    answered = count("flow.response", period, Unit.SHARE, responded / max(selected, 1), responded, SCREENED)
    return Results(
        results=(
            count("flow.interviews", period, Unit.INTERVIEW, asked, asked, query),
            count("flow.screened", period, Unit.PERSON, selected, selected, SCREENED),
            replace(answered, parents=(name_of("flow.screened", {}, period),)),
        )
    )


def _notes(weighted: Weighted) -> tuple[str, ...]:
    small = len(weighted.small)
    left_out = weighted.interviews.left_out
    notes = [f"{left_out} interviews not used: no point or no drawn day of the round."] if left_out else []
    notes += [f"{small} classes of point and month have too few interviews to calibrate alone."] if small else []
    if weighted.raked.worst > NEAR:
        notes.append(f"Calibration stopped {weighted.raked.worst:.1%} away from a counted total.")
    return tuple(notes)


def _questions(weighted: Weighted) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.object_]], BoolArray]]:
    for question, answers in weighted.interviews.answers.items():
        if question not in ("origin", "destination"):
            yield question, answers, weighted.interviews.asked[question]
    if "intended_stay" in weighted.interviews.answers:
        stay = weighted.interviews.answers["intended_stay"]
        long_term = np.array(["yes" if answer in LONG_TERM else "no" for answer in stay], dtype=object)
        told = weighted.interviews.asked["intended_stay"] & ~np.isin(stay.astype(str), ["dont-know", "refused"])
        yield "long_term", long_term, told


def _shares(
    flows: Flows,
    weighted: Weighted,
    question: str,
    answers: np.ndarray[tuple[int], np.dtype[np.object_]],
    asked: BoolArray,
) -> Results:
    period = flows.fielded.period.label
    total = flows.fit.total(flows.sampled.weights(direction=weighted.direction))
    of = name_of(MOVEMENTS, {"direction": weighted.direction}, period)
    results: list[Result] = []
    kinds: list[Result] = []
    assumed: list[Result] = []
    ratios: list[Ratio] = []
    for code in sorted({answer for answer in answers[asked] if answer is not None}):
        one = _share(weighted, answers == code, asked)
        chosen = int((answers[asked] == code).sum())
        answered = {**weighted.cell, "question": question, "answer": code}
        results.append(_share_result(flows, weighted, answered, one, chosen, total.basis))
        if (question, code) == ("long_term", "yes"):
            assumed.extend(_sensitivity(results[-1]))
        if question in COUNTED_KINDS:
            cell = {"direction": weighted.direction, question: code}
            kinds.append(
                _part(
                    total,
                    one,
                    MOVEMENTS,
                    cell,
                    period,
                    rests_on=chosen,
                    parents=(of, results[-1].name),
                    query=results[-1].query,
                )
            )
            ratios.append(Ratio(share=results[-1].name, part=kinds[-1].name, total=of))
    totals = [Total(total=WHOLE, parts=tuple(result.name for result in results))] if results else []
    if kinds:
        totals.append(Total(total=of, parts=tuple(result.name for result in kinds)))
    return Results(results=(*results, *kinds, *assumed), totals=tuple(totals), ratios=tuple(ratios))


def _sensitivity(answered: Result) -> Iterator[Result]:
    """What a share would be, had those it speaks of answered less or more often than others, which nobody can see."""
    for ratio, value in sensitivity(answered.value, RESPONSE_RATIOS).items():
        yield replace(
            answered,
            indicator=SENSITIVITY,
            cell={**answered.cell, "ratio": f"{ratio:g}"},
            value=value,
            low=None,
            high=None,
            standard_error=None,
            degrees_of_freedom=None,
            method=f"{answered.method} x assumed response",
            definition=define(SENSITIVITY),
            parents=(answered.name,),
        )


def _share(weighted: Weighted, chosen: BoolArray, asked: BoolArray) -> Proportion:
    """The share of those `asked` (n,) who chose an answer."""
    return proportion(weighted.sample, np.where(asked, chosen.astype(float), np.nan))


def _part(
    total: Estimate,
    one: Proportion,
    indicator: str,
    cell: Mapping[str, str],
    period: str,
    *,
    rests_on: int,
    parents: tuple[str, ...],
    query: str,
) -> Result:
    """The movements that a share of the interviews stands for."""
    evidence = one.evidence
    part = product(total, share=one.value, standard_error=evidence.standard_error, degrees_of_freedom=evidence.degrees)
    part = replace(part, method=f"{total.method} x {METHOD}")
    found = from_estimate(indicator, cell, period, part, rests_on=rests_on, parents=parents, query=query)
    return _fit_to_print(found, one)


def _fit_to_print(found: Result, one: Proportion) -> Result:
    """No interval, and no error from which to make one, for what rests on a share that the presentation standard does
    not show: too few answers, or an interval too wide to say anything.
    """
    if one.reliability.verdict is not Verdict.SUPPRESS:
        return found
    return replace(found, low=None, high=None, standard_error=None, degrees_of_freedom=None)


def _share_result(
    flows: Flows, weighted: Weighted, cell: Mapping[str, str], one: Proportion, chosen: int, counted: str
) -> Result:
    """One share; `counted` is what the interval of the movements rests on that the interviews stand for."""
    period = flows.fielded.period.label
    found = Result(
        indicator=SHARE,
        cell=dict(cell),
        period=period,
        unit=Unit.SHARE,
        value=one.value,
        low=one.low,
        high=one.high,
        standard_error=one.evidence.standard_error,
        degrees_of_freedom=one.evidence.degrees,
        rests_on=chosen,
        base=one.evidence.n,
        clusters=1 if weighted.one_week else int(one.evidence.degrees) + 1,  # weeks are of one stratum
        method=METHOD,
        # Interviews of weeks that nobody drew, or of one, say nothing by chance about the others.
        basis=Basis.MODEL if counted == Basis.MODEL or weighted.one_week else Basis.DESIGN,
        definition=define(SHARE),
        parents=(name_of("flow.interviews", {}, period), name_of("flow.response", {}, period)),
        query=words(weighted.interviews.query),
    )
    return _fit_to_print(found, one)


def _routes(flows: Flows, weighted: Weighted) -> Results:
    """Movements from each origin to each destination, and of each origin and destination alone."""
    interviews, period = weighted.interviews, flows.fielded.period.label
    origin, destination = interviews.answers["origin"], interviews.answers["destination"]
    asked = interviews.asked["origin"] & interviews.asked["destination"]
    total = flows.fit.total(flows.sampled.weights(direction=weighted.direction))
    of = name_of(MOVEMENTS, {"direction": weighted.direction}, period)
    results: list[Result] = []

    def add(cell: Mapping[str, str], chosen: BoolArray) -> str:
        results.append(
            _part(
                total,
                _share(weighted, chosen, asked),
                ROUTES,
                cell,
                period,
                rests_on=int((chosen & asked).sum()),
                parents=(of,),
                query=words(interviews.query),
            )
        )
        return results[-1].name

    totals: list[Total] = []
    by_origin, by_destination = [], []
    pairs: dict[tuple[str, str], str] = {}
    for start in sorted(set(origin[asked])):
        by_origin.append(add({**weighted.cell, "origin": start}, origin == start))
        for end in sorted(set(destination[asked & (origin == start)])):
            pairs[start, end] = add(
                {**weighted.cell, "origin": start, "destination": end}, (origin == start) & (destination == end)
            )
        totals.append(Total(total=by_origin[-1], parts=tuple(name for (a, _), name in pairs.items() if a == start)))
    for end in sorted(set(destination[asked])):
        by_destination.append(add({**weighted.cell, "destination": end}, destination == end))
        totals.append(Total(total=by_destination[-1], parts=tuple(name for (_, b), name in pairs.items() if b == end)))
    totals += [Total(total=of, parts=tuple(by_origin)), Total(total=of, parts=tuple(by_destination))]
    return Results(results=tuple(results), totals=tuple(totals))


def _persons(flows: Flows, weighted: Weighted) -> Results:
    """Different persons in each month: movements of the minimum age times the persons that a movement stands for."""
    interviews, months = weighted.interviews, flows.fielded.period.months()
    told = np.where(interviews.crossings >= 1, interviews.crossings, np.nan)
    found = persons(
        told,
        weighted.weights,
        interviews.month,
        interviews.day,
        days=[month.days for month in months],
        reference_days=flows.fielded.reference_days,
        smallest=SMALLEST,
    )
    assumed = found.assumed > HALF
    results = []
    for index, one in found.by_month.items():
        weights = flows.sampled.weights(direction=weighted.direction, period=months[index])
        weights *= np.repeat(weighted.eligible, len(flows.directions))[:, None, None]
        movements = flows.fit.total(weights)
        people = product(
            movements, share=one.value, standard_error=one.standard_error, degrees_of_freedom=one.degrees_of_freedom
        )
        basis = Basis.MODEL if assumed or movements.basis == Basis.MODEL else Basis.DESIGN
        results.append(
            from_estimate(
                PERSONS,
                {"direction": weighted.direction},
                months[index].label,
                replace(people, method=f"{movements.method} x {one.method}", basis=basis),
                rests_on=one.n,
                unit=Unit.PERSON,
                parents=(name_of(MOVEMENTS, {"direction": weighted.direction}, months[index].label),),
                query=words(interviews.query),
            )
        )
    note = f"Persons: {len(results)} months with interviews say little of how weeks differ, so that is assumed."
    return Results(results=tuple(results), notes=(note,) if results and assumed else ())
