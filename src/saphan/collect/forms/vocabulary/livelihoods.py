"""Livelihoods, debt and recruitment: amounts in one currency, the mission's.

Spending is asked item by item; the form adds the items up to the totals here, 0 where there was none, so that a mission
chooses its items. What the mission fixes (a basket, a minimum wage) is a column too, worked out in the form: a decimal
question with a calculation, which may differ by place and day.
"""

from saphan.collect.forms.vocabulary import Row

_AMOUNT = ("decimal", "integer")
_ONE = ("select_one",)
_SILENCE = ("dont-know", "refused")

DEBT_REASON = (  # WFP debt module, HHBorrowWhy: 10100 to 50100 and 999
    "food",
    "non-food-items",
    "rent",
    "education",
    "health",
    "durable-goods",
    "ceremonies",
    "housing",
    "migration",
    "agriculture",
    "business",
    "other-debt",
    "recruitment",  # ours: a fee or related cost other than travel, which WFP has under other reasons
    "other",
)
INCOME_SOURCE = (  # IMPACT, cm_income_source
    "salaried",
    "casual",
    "own-business",
    "own-production",
    "social-benefits",
    "rent",
    "remittances",
    "assistance",
    "friends-and-family",
    "donation",
    "other",
    "none",
)
RECRUITMENT_COST = (  # ILO 2019: fees, the seven kinds of related costs, and illegitimate costs
    "recruitment-fee",
    "medical",
    "insurance",
    "tests",
    "training",
    "equipment",
    "travel-and-lodging",
    "administrative",
    "illegitimate",
)

LIVELIHOODS: tuple[Row, ...] = (
    ("food_bought_7_days", _AMOUNT, "paid for food in the last 7 days, in cash or on credit"),
    ("food_given_7_days", _AMOUNT, "value of food eaten in the last 7 days that was aid or a gift"),
    ("food_grown_7_days", _AMOUNT, "value of food eaten in the last 7 days that the household produced"),
    ("other_bought_month", _AMOUNT, "paid in the last month for what is bought often: hygiene, transport, fuel, phone"),
    ("other_given_month", _AMOUNT, "value of the same in the last month that was aid or a gift"),
    ("other_bought_6_months", _AMOUNT, "paid in the last 6 months for what is bought rarely: health, school, rent"),
    ("other_given_6_months", _AMOUNT, "value of the same in the last 6 months that was aid or a gift"),
    ("cash_assistance_3_months", _AMOUNT, "cash from humanitarian agencies, in the last 3 months"),
    ("cash_assistance_consumed_percent", _AMOUNT, "how much of that cash was spent on consumption, in per cent"),
    ("minimum_expenditure_basket", _AMOUNT, "what essential needs cost a person a month here"),
    ("survival_minimum_expenditure_basket", _AMOUNT, "what survival costs a person a month here"),
    ("household_income_month", _AMOUNT, "income of the household from all sources, in the last month"),
    ("main_income_source", _ONE, "the source of most of that income", (*INCOME_SOURCE, *_SILENCE)),
    ("debt_outstanding", _AMOUNT, "what the household owes in all, to anybody; 0 where it has no debt"),
    ("debt_reason", _ONE, "main reason for the debt, of those in debt", (*DEBT_REASON, *_SILENCE)),
    ("debt_repayment_months", ("integer",), "months that the household will need to repay it, of those in debt"),
    (
        "recruitment_costs",
        ("select_multiple",),
        "what the worker or the family paid for to get the first job abroad, whoever took it and whenever",
        (*RECRUITMENT_COST, "none", *_SILENCE),
    ),
    (
        "recruitment_cost",
        _AMOUNT,
        "all that worker and family paid to get the first job abroad and to reach it",
    ),
    ("first_job_wage_month", _AMOUNT, "what that job paid in its last month: net, recovered recruitment costs added"),
    ("wage_month", _AMOUNT, "what the worker was paid in the last month, by the main employer"),
    ("minimum_wage_month", _AMOUNT, "what the law sets for that work at least: same month, place and time worked"),
)
