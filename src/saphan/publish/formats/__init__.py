"""Figures in the formats others read: one file each."""

from saphan.publish.formats.dataset import FIGURES, Dataset, dataset, decode_dataset, disagreements, read_dataset

__all__ = ["FIGURES", "Dataset", "dataset", "decode_dataset", "disagreements", "read_dataset"]
