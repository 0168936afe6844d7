"""Migrant work: what workers paid for it, what it pays beside the legal minimum, how long they mean to stay."""

from __future__ import annotations

from saphan.analyse.frames.expression import Holds, Some, answer, cases, constant, worst
from saphan.analyse.indicators.needs.model import Example, Indicator, Kind, Profile, Subject
from saphan.collect.forms.vocabulary.livelihoods import RECRUITMENT_COST

_PAID, _COST, _FIRST_WAGE = "recruitment_costs", answer("recruitment_cost"), answer("first_job_wage_month")
_WAGE, _MINIMUM, _STAY = answer("wage_month"), answer("minimum_wage_month"), answer("intended_stay")

# The principle is that workers bear none of it, and the first thing to know is how many do.
RECRUITMENT_PAID = Indicator(
    id="recruitment-costs-paid",
    profile=Profile.ILO,
    title="Worker who paid recruitment fees, related costs or illegitimate costs",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    value=cases(
        (Some(parts=tuple(Holds(column=_PAID, choice=one) for one in RECRUITMENT_COST)), 1),
        (Holds(column=_PAID, choice="none"), 0),
        otherwise=None,
    ),
    recall="first job abroad",
    source="ILO 2019, General principles for fair recruitment and definition of recruitment fees and related costs",
    examples=(
        *(Example(answers={_PAID: [one]}, gives=1) for one in RECRUITMENT_COST),
        Example(answers={_PAID: ["medical", "travel-and-lodging"]}, gives=1),
        Example(answers={_PAID: ["none"]}, gives=0),
        Example(answers={_PAID: ["dont-know"]}, gives=None),
        Example(answers={_PAID: ["refused"]}, gives=None),
        Example(answers={_PAID: []}, gives=None),
        Example(gives=None),
    ),
)
RECRUITMENT_COST_IN_MONTHS = Indicator(
    id="recruitment-cost-in-months-of-wage",
    profile=Profile.SDG,
    title="Recruitment cost in months of the first job's wage (SDG 10.7.1)",
    subject=Subject.PERSON,
    kind=Kind.NUMBER,
    # The ratio of each worker; the indicator is its mean, its median, or the 4th quintile.
    value=_COST / _FIRST_WAGE,
    recall="first job abroad, its last month for the wage",
    source="SDG metadata 10.7.1 (ILO and World Bank, 2018-11): C_k / E_k of the same worker",
    examples=(
        Example(answers={"recruitment_cost": 27000, "first_job_wage_month": 9000}, gives=3.0),
        Example(answers={"recruitment_cost": 4500, "first_job_wage_month": 9000}, gives=0.5),
        Example(answers={"recruitment_cost": 0, "first_job_wage_month": 9000}, gives=0.0),
        Example(answers={"recruitment_cost": 27000, "first_job_wage_month": 0}, gives=None),
        Example(answers={"recruitment_cost": 27000}, gives=None),
        Example(answers={"first_job_wage_month": 9000}, gives=None),
    ),
)
BELOW_MINIMUM_WAGE = Indicator(
    id="below-minimum-wage",
    profile=Profile.SAPHAN,
    title="Worker paid less than the legal minimum wage",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    value=cases((_WAGE < _MINIMUM, 1), (_WAGE >= _MINIMUM, 0), otherwise=None),
    recall="1 month",
    source="Saphan",
    examples=(
        Example(answers={"wage_month": 8999, "minimum_wage_month": 9000}, gives=1),
        Example(answers={"wage_month": 9000, "minimum_wage_month": 9000}, gives=0),
        Example(answers={"wage_month": 9001, "minimum_wage_month": 9000}, gives=0),
        Example(answers={"wage_month": 0, "minimum_wage_month": 9000}, gives=1),  # a month worked and not paid
        Example(answers={"wage_month": 9000}, gives=None),
        Example(answers={"minimum_wage_month": 9000}, gives=None),
    ),
)
MINIMUM_WAGE_GAP = Indicator(
    id="minimum-wage-gap",
    profile=Profile.SAPHAN,
    title="Share of the legal minimum wage that a worker is not paid",
    subject=Subject.PERSON,
    kind=Kind.NUMBER,
    value=worst(constant(0.0), constant(1.0) - _WAGE / _MINIMUM),
    recall="1 month",
    source="Saphan, after the poverty gap: 0 for who is paid the minimum or more",
    examples=(
        Example(answers={"wage_month": 6750, "minimum_wage_month": 9000}, gives=0.25),
        Example(answers={"wage_month": 0, "minimum_wage_month": 9000}, gives=1.0),
        Example(answers={"wage_month": 9000, "minimum_wage_month": 9000}, gives=0.0),
        Example(answers={"wage_month": 12000, "minimum_wage_month": 9000}, gives=0.0),
        Example(answers={"wage_month": 9000}, gives=None),
        Example(answers={"minimum_wage_month": 9000}, gives=None),
    ),
)
LONG_STAY = Indicator(
    id="intended-stay-over-12-months",
    profile=Profile.SAPHAN,
    title="Means to stay longer than 12 months",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    value=cases(
        (_STAY.one_of("1-2-years", "2-5-years", "over-5-years"), 1),
        (_STAY.one_of("under-3-months", "3-12-months"), 0),
        otherwise=None,
    ),
    source="After UN 1998, Recommendations on statistics of international migration: a long-term migrant, 12 months",
    examples=(
        Example(answers={"intended_stay": "under-3-months"}, gives=0),
        Example(answers={"intended_stay": "3-12-months"}, gives=0),
        Example(answers={"intended_stay": "1-2-years"}, gives=1),
        Example(answers={"intended_stay": "2-5-years"}, gives=1),
        Example(answers={"intended_stay": "over-5-years"}, gives=1),
        Example(answers={"intended_stay": "dont-know"}, gives=None),
        Example(answers={"intended_stay": "refused"}, gives=None),
        Example(gives=None),
    ),
)

MIGRANT_WORK = (RECRUITMENT_PAID, RECRUITMENT_COST_IN_MONTHS, BELOW_MINIMUM_WAGE, MINIMUM_WAGE_GAP, LONG_STAY)
