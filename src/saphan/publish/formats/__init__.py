"""Figures in the formats others read: one file each."""

from saphan.publish.formats.dataset import (
    FIGURES,
    NAMES,
    Dataset,
    dataset,
    decode_dataset,
    disagreements,
    read_dataset,
)
from saphan.publish.formats.tracked import Rounds, Tracked

__all__ = [
    "FIGURES",
    "NAMES",
    "Dataset",
    "Rounds",
    "Tracked",
    "dataset",
    "decode_dataset",
    "disagreements",
    "read_dataset",
]
