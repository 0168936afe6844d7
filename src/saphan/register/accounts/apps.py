"""The part as a Django app."""

from saphan.register.boot.parts import Part


class Accounts(Part):
    """Users, roles, audit."""

    default = True
    name = "saphan.register.accounts"
    label = "accounts"
