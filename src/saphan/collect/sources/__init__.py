"""Readers of what other systems hand over: folders and zips of submission XML, and plain CSVs of counts.

`open` gives the submissions one by one. What cannot be read is reported by name and left out; the rest goes on.
"""

from saphan.collect.sources.counts import Mapping, load_mapping
from saphan.collect.sources.opening import Source, open  # noqa: A004 - the verb; read as `sources.open(path)`

__all__ = ["Mapping", "Source", "load_mapping", "open"]
