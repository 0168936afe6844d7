"""Engines to run one suite on: DuckDB in this process, Spark as a cluster of two executors on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyspark
import pytest
from pyspark.sql import SparkSession

from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.engines.spark import Spark, local_session


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Two executors in processes of their own, so that sums cross a network as on a real cluster."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs a Java runtime")
    session = local_session("local-cluster[2,1,1024]")
    made = Path(pyspark.__file__).parent / "work" / session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def on(request: pytest.FixtureRequest) -> Callable[[pa.Table], Engine]:
    """An engine that knows a table as `survey`."""
    if request.param == "duckdb":
        return lambda table: DuckDB({"survey": table})
    session = request.getfixturevalue("spark")
    return lambda table: Spark({"survey": table}, session=session)
