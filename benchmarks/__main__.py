"""All benchmarks, one after the other, each in a process of its own: `make bench`."""

from __future__ import annotations

import subprocess
import sys
import time

ALL = (
    "factsheet_tables",
    "form_reading",
    "import_speed",
    "exports",
    "persons",
    "hidden_populations",
    "stock_worlds",
    "survey_estimates",
    "needs_plan",
    "survey_coverage",
    "flow_intervals",
)


def main() -> None:
    """Run every benchmark as it runs alone, and say how long each took; stops at the first that fails."""
    for name in ALL:
        print(f"\n=== {name} ===\n", flush=True)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
        print(f"\n({name}: {time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
