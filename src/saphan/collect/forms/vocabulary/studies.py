"""Thematic studies: what migrants think of how they live and are treated, and what they can do with digital tools."""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_SEVERAL = ("select_multiple",)
_SILENCE = ("dont-know", "refused")
_YES_NO = ("yes", "no", *_SILENCE)
_TRUST = ("not-at-all", "a-little", "somewhat", "a-lot", *_SILENCE)
_TASK = ("right", "wrong", "not-tried")

PERCEPTION: tuple[Row, ...] = (
    ("years_here", ("integer",), "completed years lived in the place of the interview"),
    (
        "feels_safe",
        _ONE,
        "how safe the respondent feels walking alone after dark near home",
        ("very-safe", "safe", "unsafe", "very-unsafe", *_SILENCE),
    ),
    # SDG 16.b.1 and 10.3.1: in the last 12 months, on a ground that law forbids; here, for being a migrant
    ("treated_unfairly", _ONE, "last 12 months: discriminated against or harassed for being a migrant", _YES_NO),
    ("treated_unfairly_where", _SEVERAL, "where the respondent was discriminated against or harassed"),
    ("trusts_neighbours", _ONE, "how far the respondent trusts the neighbours", _TRUST),
    ("trusts_health_staff", _ONE, "how far the respondent trusts the staff of clinics and hospitals", _TRUST),
    ("trusts_authorities", _ONE, "how far the respondent trusts the local authorities", _TRUST),
    ("trusts_employers", _ONE, "how far the respondent trusts employers", _TRUST),
    (
        "talks_with_locals",
        _ONE,
        "how often the respondent talks with people of the place, beyond greetings and work",
        ("every-day", "every-week", "every-month", "less", "never", *_SILENCE),
    ),
    ("knows_where_to_complain", _ONE, "whether the respondent knows where to complain about ill-treatment", _YES_NO),
    (
        "life_than_a_year_ago",
        _ONE,
        "how life is compared with 12 months ago",
        ("better", "same", "worse", *_SILENCE),
    ),
    ("wants_to_stay", _ONE, "whether the respondent wants to live here in 12 months", _YES_NO),
    ("information_sources", _SEVERAL, "from where the respondent learns what matters to migrants"),
)

# The activities are those of SDG 4.4.1 (ITU, Manual for Measuring ICT Access and Use, HH15): done in the last 3 months.
DIGITAL: tuple[Row, ...] = (
    ("phone_used", _ONE, "the phone that the respondent uses", ("none", "basic", "smartphone", *_SILENCE)),
    (
        "internet_last_used",
        _ONE,
        "when the respondent last used the internet",
        ("last-3-months", "longer-ago", "never", *_SILENCE),
    ),
    ("did_send_file", _ONE, "last 3 months: sent a message with an attached file", _YES_NO),
    ("did_copy_text", _ONE, "last 3 months: copied and pasted text or pictures", _YES_NO),
    ("did_install", _ONE, "last 3 months: found, downloaded and installed an app", _YES_NO),
    ("did_change_privacy", _ONE, "last 3 months: changed privacy settings of a device, account or app", _YES_NO),
    ("did_check_information", _ONE, "last 3 months: checked whether something found online was true", _YES_NO),
    ("did_pay", _ONE, "last 3 months: paid or sent money with a phone or computer", _YES_NO),
    ("did_fill_in_form", _ONE, "last 3 months: filled in a form of an authority or employer online", _YES_NO),
    # shown on a card, and answered
    ("task_password", _ONE, "told the safest of four passwords", _TASK),
    ("task_swindle", _ONE, "told a swindler's message from an employer's", _TASK),
    ("digital_training", _ONE, "whether the respondent was ever taught to use a phone or computer", _YES_NO),
    ("digital_obstacles", _SEVERAL, "what keeps the respondent from doing more with a phone or computer"),
)

STUDIES: tuple[Row, ...] = (*PERCEPTION, *DIGITAL)
