"""Checks: data-quality rules over submissions; they raise issues for review and never refuse."""

from saphan.collect.checks.across import Across
from saphan.collect.checks.model import CATALOGUE, Check, Context, Issue, Settings, Severity
from saphan.collect.checks.settings import context, find, load
from saphan.collect.checks.single import Checker, locate

__all__ = [
    "CATALOGUE",
    "Across",
    "Check",
    "Checker",
    "Context",
    "Issue",
    "Settings",
    "Severity",
    "context",
    "find",
    "load",
    "locate",
]
