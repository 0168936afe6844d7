"""Engines to run one suite on: DuckDB in this process, Spark as a cluster of two executors on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from saphan.estimate.engines import Engine


@pytest.fixture
def on(engine_of: Callable[[Mapping[str, pa.Table]], Engine]) -> Callable[[pa.Table], Engine]:
    """An engine that knows a table as `survey`."""
    return lambda table: engine_of({"survey": table})
