"""Shelter and non-food items."""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_NO_ANSWER = ("dont-know", "refused")
_ABLE = ("without-issues", "with-issues", "cannot")

SHELTER_ISSUES = (
    "lack-of-privacy",
    "lack-of-space",
    "too-hot-or-cold",
    "poor-ventilation",
    "pests",
    "no-natural-light",
    "leaks",
    "cannot-be-locked",
    "lack-of-lighting",
    "hard-to-move-in",
    "no-place-for-laundry",
)

SHELTER: tuple[Row, ...] = (
    (
        "shelter_type",
        _ONE,
        "where the household sleeps",
        ("none", "collective-centre", "individual", "other", *_NO_ANSWER),
    ),
    (
        "shelter_type_individual",
        _ONE,
        "the kind of shelter, where it is neither none nor a collective centre",
        ("house", "apartment", "tent", "makeshift", "unfinished-building", "other", *_NO_ANSWER),
    ),
    (
        "shelter_issues",
        ("select_multiple",),
        "what is wrong with the shelter",
        (*SHELTER_ISSUES, "none", "other", *_NO_ANSWER),
    ),
    ("able_to_cook", _ONE, "whether the household can cook where it lives", (*_ABLE, "no-need", *_NO_ANSWER)),
    ("able_to_sleep", _ONE, "whether the household can sleep where it lives", (*_ABLE, *_NO_ANSWER)),
    ("able_to_store", _ONE, "whether the household can store food and water", (*_ABLE, *_NO_ANSWER)),
    ("lighting_source", _ONE, "main source of light; `none` where there is none, else as the form names them"),
    (
        "occupancy",
        _ONE,
        "on what terms the household lives where it does",
        ("ownership", "rented", "hosted-free", "no-agreement", "other", *_NO_ANSWER),
    ),
    ("eviction_risk", _ONE, "whether the household fears to be evicted", ("yes", "no", *_NO_ANSWER)),
)
