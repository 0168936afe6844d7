"""Water, sanitation and hygiene."""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_NO_ANSWER = ("dont-know", "refused")
_YES_NO = ("yes", "no", *_NO_ANSWER)

# The classes of the Joint Monitoring Programme (WHO and UNICEF, core questions for household surveys, 2018 update).
ON_PREMISES_SOURCE = ("piped-dwelling", "piped-compound")
IMPROVED_SOURCE = (
    *ON_PREMISES_SOURCE,
    "piped-neighbour",
    "public-tap",
    "borehole",
    "protected-well",
    "protected-spring",
    "rainwater",
    "tanker-truck",
    "cart-with-tank",
    "kiosk",
    "bottled-water",
    "sachet-water",
)
UNIMPROVED_SOURCE = ("unprotected-well", "unprotected-spring")
IMPROVED_TOILET = (
    "flush-to-sewer",
    "flush-to-septic-tank",
    "flush-to-pit",
    "flush-to-unknown-place",
    "pit-latrine-with-slab",
    "twin-pit-latrine-with-slab",
    "ventilated-pit-latrine",
    "composting-toilet",
    "container",
)
UNIMPROVED_TOILET = (
    "flush-to-open-drain",
    "flush-to-elsewhere",
    "pit-latrine-without-slab",
    "bucket",
    "hanging-toilet",
    "plastic-bag",
)
HANDWASHING_PLACE = ("fixed-in-dwelling", "fixed-in-yard", "mobile")
SOAP, NO_SOAP = ("soap", "detergent"), ("ash-mud-sand",)
_SOAP_TYPE = (*SOAP, *NO_SOAP, "other", *_NO_ANSWER)
_SEEN = ("available", "not-available")

WATER: tuple[Row, ...] = (
    ("settlement", _ONE, "kind of place in which the household lives", ("camp", "urban", "rural")),
    (
        "drinking_water_source",
        _ONE,
        "main source of drinking water",
        (*IMPROVED_SOURCE, *UNIMPROVED_SOURCE, "surface-water", "other", *_NO_ANSWER),
    ),
    (
        "drinking_water_reach",
        _ONE,
        "whether the water is on the premises, or whether the minutes to fetch it are known",
        ("on-premises", "minutes", *_NO_ANSWER),
    ),
    ("drinking_water_minutes", ("integer",), "minutes to go, queue, take water and come back"),
    (
        "drinking_water_minutes_band",
        _ONE,
        "how long it takes about, where the minutes are not known; 30 to 60 holds 30 itself",
        ("under-30", "30-to-60", "over-60", *_NO_ANSWER),
    ),
    (
        "drinking_water_when_needed",
        _ONE,
        "whether there was enough drinking water whenever it was needed in the last month",
        _YES_NO,
    ),
    (
        "drinking_water_contamination",
        _ONE,
        "what a test of the source found: E. coli in 100 ml, or arsenic or fluoride above the standard",
        ("found", "not-found", *_NO_ANSWER),
    ),
    (
        "drinking_water_not_enough",
        _ONE,
        "how often in the last 4 weeks there was not as much water to drink as the household would have liked",
        ("never", "rarely", "sometimes", "often", "always", *_NO_ANSWER),
    ),
    (
        "sanitation_facility",
        _ONE,
        "the kind of toilet that the household usually uses",
        (*IMPROVED_TOILET, *UNIMPROVED_TOILET, "none", "other", *_NO_ANSWER),
    ),
    ("sanitation_shared", _ONE, "whether other households use the toilet", _YES_NO),
    (
        "sanitation_people",
        ("integer", "decimal", "calculate"),
        "people who use a shared toilet, the household's own included",
    ),
    (
        "sanitation_disposal",
        _ONE,
        "what becomes of the excreta: kept safely in place, treated elsewhere, or neither",
        ("safe-in-place", "treated-elsewhere", "neither", *_NO_ANSWER),
    ),
    (
        "handwashing_place",
        _ONE,
        "the place to wash hands that the household showed; not asked by telephone",
        (*HANDWASHING_PLACE, "none", "no-permission", "other"),
    ),
    ("handwashing_water", _ONE, "whether there was water at the place that was seen", _SEEN),
    ("handwashing_soap", _ONE, "whether there was soap at the place that was seen", _SEEN),
    ("handwashing_soap_type", _ONE, "what was seen to serve as soap", _SOAP_TYPE),
    (
        "handwashing_place_reported",
        _ONE,
        "the place to wash hands as told, where it could not be seen",
        (*HANDWASHING_PLACE, "none", "other", *_NO_ANSWER),
    ),
    ("handwashing_water_reported", _ONE, "whether there is water at the place that was told of", _YES_NO),
    ("handwashing_soap_reported", _ONE, "whether there is soap at the place that was told of", _YES_NO),
    ("handwashing_soap_type_reported", _ONE, "what is told to serve as soap", _SOAP_TYPE),
)
