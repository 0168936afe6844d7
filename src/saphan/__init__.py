"""Saphan: the operating data system of a migration mission.

The order of the packages is the order of the stages through which an interview becomes a published figure; see
`docs/explanation/the-house.md`.
"""

__version__ = "0.1.0"
