"""The part as a Django app."""

from saphan.register.boot.parts import Part


class Intake(Part):
    """Submissions as sent, and what was done to them."""

    default = True
    name = "saphan.register.intake"
    label = "intake"
