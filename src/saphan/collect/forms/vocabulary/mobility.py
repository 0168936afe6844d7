"""Mobility tracking: what is said and seen of a site, and what a count of it found."""

from saphan.collect.forms.vocabulary import Row

_NUMBER = ("integer",)
_ONE = ("select_one",)
_CODE = (*_ONE, "text")
OBSERVATION = "observation"  # of `source_role`: the enumerator looked, and nobody was asked
NOBODY = "nobody"
NOBODY_ASKED = frozenset({OBSERVATION, NOBODY})  # there is nobody who could have agreed
SITE_ACCESS = ("entered", "seen-from-outside", "not-reached")
COUNT_OUTCOME = ("counted", "refused", "not-reached")

MOBILITY: tuple[Row, ...] = (
    ("district", _ONE, "admin 2 of the site, by P-code"),
    ("site", _CODE, "the site, by its id in places/sites.csv"),
    # what informants say and enumerators see
    ("site_access", _ONE, "whether the enumerator could enter the site on this visit", SITE_ACCESS),
    (
        "source_role",
        _ONE,
        "who the numbers come from: an informant who was asked, the enumerator's own eyes, or nobody who knew",
        ("key-informant", OBSERVATION, NOBODY),
    ),
    ("informant", _CODE, "the informant, by a code that stays the same from round to round; never a name"),
    ("informant_role", _ONE, "what the informant is to the site"),
    ("presence", _ONE, "whether people of concern are present at the site", ("yes", "no", "dont-know")),
    ("persons_present", _NUMBER, "people of concern present at the site, or at all sites that the number covers"),
    ("households_present", _NUMBER, "their households"),
    (
        "obtained",
        _ONE,
        "how the number was obtained",
        ("register", "list", "aid", "estimate", OBSERVATION),
    ),
    ("number_from", _CODE, "whom or what the number was taken from, by a code or the office's name; never a person's"),
    ("covers_other_sites", ("select_multiple",), "the other sites whose people are in the number"),
    ("arrivals_since_last_round", _NUMBER, "of those present, how many came since the last round"),
    ("nationality_present", ("repeat",), "one nationality of those present"),
    ("persons_of_nationality", _NUMBER, "people of the nationality"),
    # counts of drawn sites
    ("count_outcome", _ONE, "what came of the count of a drawn site", COUNT_OUTCOME),
    ("persons_counted", _NUMBER, "people of concern counted or listed at the site"),
)
