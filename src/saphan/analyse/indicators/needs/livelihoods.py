"""Livelihoods: what households live on and what they owe, gathered with what they spend and how migrants work."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.frames.expression import answer, bands, cases
from saphan.analyse.indicators.needs.expenditure import EXPENDITURE
from saphan.analyse.indicators.needs.migrant_work import MIGRANT_WORK
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.collect.forms.vocabulary.livelihoods import DEBT_REASON

STABLE, UNSTABLE, OTHER, EMERGENCY, NONE = "stable", "unstable", "other", "emergency", "none"
_SOURCES = {
    STABLE: ("salaried", "own-business", "own-production"),
    UNSTABLE: ("casual", "social-benefits", "rent", "remittances"),
    OTHER: ("other",),
    EMERGENCY: ("assistance", "friends-and-family", "donation"),
    NONE: ("none",),
}
MAIN_INCOME_SOURCE = Indicator(
    id="main-income-source",
    # The groups are IMPACT's; it finds the main source by the amounts told for eleven, we ask for it.
    profile=Profile.SAPHAN,
    title="How sure the main source of income is",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=cases(*((answer("main_income_source").one_of(*of), name) for name, of in _SOURCES.items()), otherwise=None),
    classes=tuple(_SOURCES),
    recall="1 month",
    source="Groups of IMPACT Initiatives, humind 2025.1.4: add_income_source_rank",
    examples=(
        *(Example(answers={"main_income_source": one}, gives=name) for name, of in _SOURCES.items() for one in of),
        Example(answers={"main_income_source": "dont-know"}, gives=None),
        Example(answers={"main_income_source": "refused"}, gives=None),
        Example(gives=None),
    ),
)

_DEBT, _INCOME, _REASON = answer("debt_outstanding"), answer("household_income_month"), answer("debt_reason")
_DEBT_SOURCE = "WFP VAM Resource Centre, debt module (RAMResourcesScripts, Analysis/Debt-analysis)"
_MONTHS = cases((_DEBT.equals(0), 0.0), otherwise=_DEBT / _INCOME)


def _owes(debt: int | None, income: int | None = 100) -> Mapping[str, Cell]:
    return {"debt_outstanding": debt, "household_income_month": income}


DEBT_IN_MONTHS_OF_INCOME = Indicator(
    id="debt-in-months-of-income",
    profile=Profile.SAPHAN,  # WFP shows debt by its mean and median, without a ratio
    title="Debt in months of household income",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=_MONTHS,
    recall="debt now, income of 1 month",
    source=_DEBT_SOURCE,
    examples=(
        Example(answers=_owes(250), gives=2.5),
        Example(answers=_owes(0), gives=0.0),
        Example(answers=_owes(0, None), gives=0.0),
        Example(answers=_owes(250, 0), gives=None),
        Example(answers=_owes(250, None), gives=None),
        Example(answers=_owes(None), gives=None),
    ),
)
NO_DEBT, ONE_MONTH, THREE_MONTHS, SIX_MONTHS, LONGER = (
    "none",
    "up-to-1-month",
    "up-to-3-months",
    "up-to-6-months",
    "over-6-months",
)
DEBT_CLASS = Indicator(
    id="debt-class",
    profile=Profile.SAPHAN,  # the field has no classes of debt, so none of them is called in need
    title="Debt in months of household income, in classes",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=cases(
        (_DEBT.equals(0), NO_DEBT),
        ((_DEBT > 0) & _INCOME.equals(0), LONGER),  # out of no income no debt is repaid
        otherwise=bands(_MONTHS, (1.0, ONE_MONTH), (3.0, THREE_MONTHS), (6.0, SIX_MONTHS), above=LONGER),
    ),
    classes=(NO_DEBT, ONE_MONTH, THREE_MONTHS, SIX_MONTHS, LONGER),
    recall="debt now, income of 1 month",
    source=_DEBT_SOURCE,
    examples=(
        Example(answers=_owes(0), gives=NO_DEBT),
        Example(answers=_owes(0, 0), gives=NO_DEBT),
        Example(answers=_owes(1), gives=ONE_MONTH),
        Example(answers=_owes(100), gives=ONE_MONTH),
        Example(answers=_owes(101), gives=THREE_MONTHS),
        Example(answers=_owes(300), gives=THREE_MONTHS),
        Example(answers=_owes(301), gives=SIX_MONTHS),
        Example(answers=_owes(600), gives=SIX_MONTHS),
        Example(answers=_owes(601), gives=LONGER),
        Example(answers=_owes(1, 0), gives=LONGER),
        Example(answers=_owes(100, None), gives=None),
        Example(answers=_owes(None), gives=None),
    ),
)
DEBT_REPAYMENT = Indicator(
    id="debt-repayment-months",
    profile=Profile.WFP_2025,
    title="Months that a household in debt needs to repay it",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=answer("debt_repayment_months"),
    source=_DEBT_SOURCE,
    examples=(
        Example(answers={"debt_repayment_months": 18}, gives=18.0),
        Example(gives=None),
    ),
)
DEBT_FOR_MIGRATION = Indicator(
    id="debt-for-migration",
    profile=Profile.WFP_2025,
    title="Household in debt mainly to pay for migration, of those in debt",
    subject=Subject.HOUSEHOLD,
    kind=Kind.YES_NO,
    value=cases((_REASON.equals("migration"), 1), (_REASON.one_of(*DEBT_REASON), 0), otherwise=None),
    source=_DEBT_SOURCE,
    examples=(
        Example(answers={"debt_reason": "migration"}, gives=1),
        *(Example(answers={"debt_reason": one}, gives=0) for one in DEBT_REASON if one != "migration"),
        Example(answers={"debt_reason": "dont-know"}, gives=None),
        Example(gives=None),
    ),
)
DEBT_FOR_RECRUITMENT = Indicator(
    id="debt-for-recruitment",
    profile=Profile.SAPHAN,
    title="Household in debt mainly for recruitment fees or related costs",
    subject=Subject.HOUSEHOLD,
    kind=Kind.YES_NO,
    value=cases(
        (_DEBT.equals(0), 0),
        # Travel is a related cost in the ILO's definition, and WFP's module has one code for it.
        (_REASON.one_of("recruitment", "migration"), 1),
        (_REASON.one_of(*DEBT_REASON), 0),
        otherwise=None,
    ),
    source=f"{_DEBT_SOURCE}; ILO 2019, Definition of recruitment fees and related costs",
    examples=(
        Example(answers={"debt_outstanding": 500, "debt_reason": "recruitment"}, gives=1),
        Example(answers={"debt_outstanding": 500, "debt_reason": "migration"}, gives=1),
        Example(answers={"debt_outstanding": 500, "debt_reason": "health"}, gives=0),
        Example(answers={"debt_reason": "recruitment"}, gives=1),  # who does not tell how much still tells why
        Example(answers={"debt_outstanding": 0}, gives=0),
        Example(answers={"debt_outstanding": 500, "debt_reason": "refused"}, gives=None),
        Example(answers={"debt_outstanding": 500}, gives=None),
        Example(gives=None),
    ),
)

LIVELIHOODS = (
    *EXPENDITURE,
    MAIN_INCOME_SOURCE,
    DEBT_IN_MONTHS_OF_INCOME,
    DEBT_CLASS,
    DEBT_REPAYMENT,
    DEBT_FOR_MIGRATION,
    DEBT_FOR_RECRUITMENT,
    *MIGRANT_WORK,
)
