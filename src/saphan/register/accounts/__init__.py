"""Who may do what, and what was done: users, roles, scope, and the audit chain."""

from saphan.register import boot

boot.ready()
