"""Health, disability and mental health."""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_YES_NO = ("yes", "no", "dont-know", "refused")
_DIFFICULTY = (
    "no-difficulty",
    "some-difficulty",
    "a-lot-of-difficulty",
    "cannot-do-at-all",
    "dont-know",
    "refused",
)
_HOW_MANY_DAYS = (
    "not-at-all",
    "several-days",
    "more-than-half-the-days",
    "nearly-every-day",
    "dont-know",
    "refused",
)
_HOW_MUCH_OF_THE_TIME = (
    "none-of-the-time",
    "a-little-of-the-time",
    "some-of-the-time",
    "most-of-the-time",
    "all-of-the-time",
    "dont-know",
    "refused",
)

HEALTH: tuple[Row, ...] = (
    # of each member
    ("health_care_needed", _ONE, "whether the person needed health care in the last 3 months", _YES_NO),
    ("health_care_obtained", _ONE, "whether the person obtained the health care that was needed", _YES_NO),
    # the Washington Group's short set, of each member of 5 or older, in the Group's own words and order
    ("difficulty_seeing", _ONE, "difficulty seeing, even if wearing glasses", _DIFFICULTY),
    ("difficulty_hearing", _ONE, "difficulty hearing, even if using a hearing aid", _DIFFICULTY),
    ("difficulty_walking", _ONE, "difficulty walking or climbing steps", _DIFFICULTY),
    ("difficulty_remembering", _ONE, "difficulty remembering or concentrating", _DIFFICULTY),
    ("difficulty_self_care", _ONE, "difficulty with self-care, such as washing all over or dressing", _DIFFICULTY),
    ("difficulty_communicating", _ONE, "difficulty communicating in the usual language", _DIFFICULTY),
    # the Patient Health Questionnaire of 4 items, of the respondent
    ("days_nervous", _ONE, "days of the last 14 bothered by feeling nervous, anxious or on edge", _HOW_MANY_DAYS),
    ("days_worrying", _ONE, "days of the last 14: not being able to stop or control worrying", _HOW_MANY_DAYS),
    ("days_without_interest", _ONE, "days of the last 14: little interest or pleasure in doing things", _HOW_MANY_DAYS),
    ("days_feeling_down", _ONE, "days of the last 14: feeling down, depressed or hopeless", _HOW_MANY_DAYS),
    # Kessler's scale of 6 items, of the respondent
    ("time_nervous", _ONE, "how much of the last 30 days felt nervous", _HOW_MUCH_OF_THE_TIME),
    ("time_hopeless", _ONE, "how much of the last 30 days felt hopeless", _HOW_MUCH_OF_THE_TIME),
    ("time_restless", _ONE, "how much of the last 30 days felt restless or fidgety", _HOW_MUCH_OF_THE_TIME),
    ("time_depressed", _ONE, "how much of the last 30 days: nothing could cheer one up", _HOW_MUCH_OF_THE_TIME),
    ("time_effort", _ONE, "how much of the last 30 days felt that everything was an effort", _HOW_MUCH_OF_THE_TIME),
    ("time_worthless", _ONE, "how much of the last 30 days felt worthless", _HOW_MUCH_OF_THE_TIME),
)
