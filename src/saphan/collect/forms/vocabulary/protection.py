"""Protection, documentation, access to services and accountability."""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_MANY = ("select_multiple",)
_NOT_SAID = ("dont-know", "refused")
_YES_NO = ("yes", "no", *_NOT_SAID)
_MOVEMENT = (
    "no-safety-concerns",
    "unsafe-without-changes",
    "women-girls-avoid-places",
    "men-boys-avoid-places",
    "women-girls-avoid-night",
    "men-boys-avoid-night",
    "children-avoid-school",
    "different-routes",
    "avoid-markets",
    "avoid-public-offices",
    "avoid-fields",
    "other",
    *_NOT_SAID,
)
_ACTIVITIES = ("work", "livelihood", "safety", "farming", "water", "free-choices", "other", "none", *_NOT_SAID)
_SOCIAL = (
    "visiting-family",
    "visiting-friends",
    "community-events",
    "joining-groups",
    "child-recreation",
    "decision-making",
    "other",
    "none",
    *_NOT_SAID,
)
_SERVICES = ("health-care", "schools", "public-services", "other", "none", *_NOT_SAID)
_JUSTICE = (
    "identity-documents",
    "legal-counselling",
    "property-documents",
    "public-services",
    "other",
    "none",
    *_NOT_SAID,
)
_DOCUMENTS = (
    "passport",
    "national-identity-card",
    "certificate-of-identity",
    "birth-certificate",
    "border-pass",
    "visa",
    "work-permit",
    "residence-card",
    "migrant-identity-card",
    "asylum-document",
    "other",
    "none",
    *_NOT_SAID,
)
_SERVICE = (
    "health-care",
    "schooling",
    "registration",
    "legal-aid",
    "psychosocial-support",
    "labour-protection",
    "shelter",
    "financial-services",
    "other",
)
_BARRIER = (
    "cost",
    "distance",
    "documents",
    "language",
    "information",
    "discrimination",
    "fear-of-authorities",
    "not-offered",
    "turned-away",
    "other",
    "none",
    *_NOT_SAID,
)
_SATISFACTION = ("very-satisfied", "satisfied", "dissatisfied", "very-dissatisfied", *_NOT_SAID)
_RECEIVED = ("past-30-days", "1-3-months", "4-6-months", "7-12-months", *_NOT_SAID)

PROTECTION: tuple[Row, ...] = (
    # the protection needs of the household
    ("safety_changes", _MANY, "what the household changed in its movements because it felt unsafe", _MOVEMENT),
    ("activities_affected", _MANY, "activities that threats kept members of the household from", _ACTIVITIES),
    ("social_life_affected", _MANY, "social life that threats kept members of the household from", _SOCIAL),
    ("services_hindered", _MANY, "services that members of the household had difficulty getting", _SERVICES),
    ("justice_hindered", _MANY, "justice and documents that members had difficulty getting", _JUSTICE),
    # documentation, of each member
    ("documents_held", _MANY, "documents that the person holds", _DOCUMENTS),
    ("stay_document_valid", _ONE, "whether the document that lets the person stay is valid today", _YES_NO),
    # access to services
    ("services_needed", _MANY, "services the household needed in the last 3 months", (*_SERVICE, "none", *_NOT_SAID)),
    ("services_asked_for", _MANY, "of the services needed, those asked for", (*_SERVICE, "none", *_NOT_SAID)),
    ("services_obtained", _MANY, "of the services needed, those obtained", (*_SERVICE, "none", *_NOT_SAID)),
    ("service_barriers", _MANY, "what stood in the way of services that were not obtained", _BARRIER),
    # accountability to affected people
    ("assistance_received", _ONE, "whether the household received assistance in the last 12 months", _YES_NO),
    ("assistance_last_received", _ONE, "when assistance was last received", _RECEIVED),
    ("assistance_satisfaction", _ONE, "satisfaction with the assistance received", _SATISFACTION),
    ("consulted_on_assistance", _ONE, "whether anybody asked the household what assistance it needs", _YES_NO),
    ("knows_how_to_complain", _ONE, "whether the household knows how to complain about assistance", _YES_NO),
)
