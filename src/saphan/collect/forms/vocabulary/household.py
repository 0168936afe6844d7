"""The household of an assessment: where it was drawn, what it is asked, and who is in it."""

from saphan.collect.forms.vocabulary import Row

_NUMBER = ("integer",)
_ONE = ("select_one",)
SEX = ("male", "female", "other")
_RELATION = ("head", "partner", "child", "grandchild", "parent", "sibling", "other-relative", "not-related")

HOUSEHOLD: tuple[Row, ...] = (
    ("province", _ONE, "admin 1 where the household lives, by P-code"),
    ("cluster", (*_ONE, "text"), "the drawn area that the household lives in, by its id in the sample"),
    ("household_number", _NUMBER, "number of the household among those drawn in its area, from 1"),
    ("instrument", (*_ONE, "calculate"), "which set of questions it is asked, where each is for a random part of all"),
    ("population_group", _ONE, "which of the groups that the assessment compares the household belongs to"),
    ("head_sex", _ONE, "sex of the head of the household", SEX),
    ("head_age", _NUMBER, "age of the head of the household in completed years"),
    ("household_size", (*_NUMBER, "calculate"), "people in the household, the respondent included"),
    ("member", ("repeat",), "one member of the household"),
    ("relation_to_head", _ONE, "what the member is to the head of the household", _RELATION),
)
