"""Fixtures that every kind of test may use."""

from __future__ import annotations

import os

# Before NumPy is imported: small matrices and several test processes want one thread each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from saphan.estimate.engines import Engine

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


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A cluster of two executors in processes of their own, so that sums cross a network as on a real one."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs a Java runtime")
    # Imported here: most tests need no cluster.
    import pyspark

    from saphan.estimate.engines.spark import local_session

    session = local_session("local-cluster[2,1,1024]")
    made = Path(pyspark.__file__).parent / "work" / session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def engine_of(request: pytest.FixtureRequest) -> Callable[[Mapping[str, pa.Table]], Engine]:
    """An engine, each in turn, that knows some tables by name."""
    if request.param == "duckdb":
        from saphan.estimate.engines.duckdb import DuckDB

        return DuckDB
    from saphan.estimate.engines.spark import Spark

    session = request.getfixturevalue("spark")
    return lambda tables: Spark(tables, session=session)
