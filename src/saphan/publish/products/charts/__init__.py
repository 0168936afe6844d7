"""Charts: geometry in plain Python, drawn by two writers, SVG for pages and typst primitives for PDF."""
