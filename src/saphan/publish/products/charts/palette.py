"""The colours of products, one for each ink: few, told apart by colour-blind readers, and dark enough to read.

Text inks keep a contrast of at least 4.5 : 1 on white (WCAG 2.2, 1.4.3); bars, lines and discs at least 3 : 1 (1.4.11).
In and out are a blue and an orange, which every common colour blindness keeps apart, and differ in lightness in grey.
"""

from __future__ import annotations

from collections.abc import Mapping

from saphan.publish.products.charts.marks import Ink

COLOURS: Mapping[Ink, str] = {
    Ink.TEXT: "#1c2b39",
    Ink.MUTED: "#566573",
    Ink.GRID: "#e1e6eb",
    Ink.AXIS: "#aab4bd",
    Ink.FIRST: "#0b5394",
    Ink.FIRST_BAND: "#0b539433",
    Ink.SECOND: "#b8560f",
    Ink.SECOND_BAND: "#b8560f33",
    Ink.LEFT: "#7d5a94",
    Ink.RIGHT: "#3b7d6e",
    Ink.WHISKER: "#1c2b39",
    Ink.PLACE: "#4a5966",
    Ink.LAND: "#e9edf0",
    Ink.LAND_IN_FOCUS: "#cfdde9",
    Ink.LAND_BEYOND: "#f4f2ec",
    Ink.SHORE: "#a9b5bf",
    Ink.SEA: "#ffffff",
    Ink.DISC: "#0b5394",
    Ink.FLOW_1: "#0b5394",
    Ink.FLOW_2: "#b8560f",
    Ink.FLOW_3: "#3b7d6e",
    Ink.FLOW_4: "#7d5a94",
    Ink.FLOW_5: "#6b7784",
}

SEE_THROUGH = 0.5  # opacity of discs and ribbons
