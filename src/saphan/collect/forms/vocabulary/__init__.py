"""What questions of needs assessments can mean, by sector: name, base types, meaning, and codes if fixed."""

Row = tuple[str, tuple[str, ...], str] | tuple[str, tuple[str, ...], str, tuple[str, ...]]
