"""Fixtures that every kind of test may use."""

from __future__ import annotations

import os

# Before NumPy is imported: small matrices and several test processes want one thread each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is not a fault of the code, so no example is held to a deadline; the same examples every time.
settings.register_profile("saphan", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("saphan")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the project; the test is skipped, with this reason, where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the reference data in ../shared/data, which is not part of the project")
    return folder


@pytest.fixture(scope="session")
def thailand() -> Path:
    """The seed mission's folder."""
    return ROOT / "missions" / "thailand-2023"
