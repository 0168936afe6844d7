"""Education: asked of members of school age only, so that who is not asked is not of school age.

Which ages those are, and whether they are taken at the start of the school year, differs between countries and is the
form's: the `relevant` of these questions says it.
"""

from saphan.collect.forms.vocabulary import Row

_ONE = ("select_one",)
_YES_NO = ("yes", "no", "dont-know", "refused")
# Why a child does not attend, of which some are failures of protection (IMPACT, edu_barrier).
PROTECTION_BARRIER = (
    "unsafe-at-school",
    "unsafe-on-the-way",
    "work-at-home",
    "work-outside",
    "armed-group",
    "marriage",
    "ban",
    "no-documents",
    "discrimination",
)
OTHER_BARRIER = (
    "pregnancy",
    "cost",
    "too-young",
    "graduated",
    "no-interest",
    "no-priority",
    "health",
    "no-school-near",
    "curriculum",
    "no-classrooms",
    "no-water-or-toilets",
    "school-closed",
    "no-teacher",
    "language",
    "displaced",
    "other",
)

EDUCATION: tuple[Row, ...] = (
    ("attends_school", _ONE, "attended school or early childhood education at any time this school year", _YES_NO),
    (
        "education_barrier",
        _ONE,
        "main reason why a child of school age does not attend",
        (*PROTECTION_BARRIER, *OTHER_BARRIER, "dont-know", "refused"),
    ),
    ("school_disrupted_by_attack", _ONE, "this school year: the school was attacked, or armed groups in it", _YES_NO),
    ("school_disrupted_by_hazard", _ONE, "this school year: flood, storm, drought, fire, earthquake", _YES_NO),
    ("school_disrupted_by_displacement", _ONE, "this school year: displaced people sheltered in the school", _YES_NO),
    ("school_disrupted_by_teacher_absence", _ONE, "this school year: teachers were absent or on strike", _YES_NO),
)
