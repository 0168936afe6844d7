"""What becomes of what phones send: the decision table, files one by one, practice, and what a server never takes."""

from __future__ import annotations

import socket
import sqlite3
import threading
import uuid
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from saphan.collect import forms
from saphan.register.accounts import actions as accounts
from saphan.register.accounts import queries as access
from saphan.register.intake import actions as intake
from saphan.register.intake import queries
from saphan.register.intake.tables import Submission
from tests.register.conftest import _in_database, _run, postgres  # noqa: F401
from tests.register.samples import SECRET
from tests.web.lines import AT, PASSWORD, VERSION, Line, multipart, on_line

from ..xlsforms import workbook
