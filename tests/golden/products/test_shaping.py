"""Text in each script is drawn as it was when somebody last looked at it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.products.lines import GOLDEN, LINES, drawn


@pytest.mark.parametrize("language", LINES)
def test_a_line_is_drawn_as_it_was(language: str) -> None:
    with np.load(GOLDEN) as golden:
        wanted = golden[language]
    difference = np.abs(drawn(language).astype(float) - wanted.astype(float))
    assert np.mean(difference > 64) < 0.0002  # one wrong tone mark changes 0.04 per cent of the pixels
    assert np.mean(wanted < 128) > 0.01  # and there is something to see


def test_no_letter_is_missing_from_the_fonts() -> None:
    from saphan.publish.products.charts.type import _advances

    for line in LINES.values():
        assert not [letter for letter in line if ord(letter) not in _advances(False)]
