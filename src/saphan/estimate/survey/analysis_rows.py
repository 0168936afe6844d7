"""The rows of an analysis file: every column as text and as numbers, so that a label is written one way everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real

import numpy as np
import pyarrow as pa

from saphan.estimate.survey.calibration import Residual, rake
from saphan.estimate.survey.model import FloatArray, IntArray, Margin
from saphan.estimate.survey.plan import Kind, Quantity
from saphan.estimate.survey.raked import Margins
from saphan.estimate.survey.sample import Sample

EXACT = 2.0**53  # from here on, whole numbers that differ may be the same floating-point number


def told(value: object) -> str | None:
    """A value as it stands in every file: 3 and 3.0 alike as `3`, other numbers in full, None for a missing one."""
    if value is None:
        return None
    if isinstance(value, Real):
        number = float(value)
        if np.isnan(number):
            return None
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """n rows: their `sample`, and `data`, columns (n,) of numbers with NaN or of objects with None for missing."""

    sample: Sample
    data: Mapping[str, np.ndarray]

    def text(self, column: str) -> np.ndarray:
        """(n,) a column as text, None for missing. ValueError where a file could not keep values apart."""
        if column not in self._texts:
            self._texts[column] = self._text(column)
        return self._texts[column]

    @cached_property
    def _texts(self) -> dict[str, np.ndarray]:
        return {}

    def _text(self, column: str) -> np.ndarray:
        values = self.data[column]
        if values.dtype != object:
            if (np.abs(values[np.isfinite(values)]) >= EXACT).any():
                raise ValueError(
                    f"column {column} labels rows with numbers of more than 15 digits, which most software rounds: "
                    "give it as text"
                )
            different, place = np.unique(values, return_inverse=True)
            return np.array([told(one) for one in different], dtype=object)[place]
        found = np.array([told(one) for one in values], dtype=object)
        bad = [one for one in dict.fromkeys(found) if one is not None and (one == "" or "\0" in one)]
        if bad:
            raise ValueError(
                f"column {column} holds {'empty text' if not bad[0] else 'a NUL character'}, which a CSV file cannot "
                "tell from a missing value: make it missing (null), or name the answer"
            )
        return found

    def answer(self, column: str, given: object) -> str | None:
        """An answer that a caller gave, as the column tells it: `"3"` of a column of numbers is 3."""
        if self.data[column].dtype != object and isinstance(given, str):
            try:
                return told(float(given))
            except ValueError:
                return given
        return told(given)

    def terms(self, quantity: Quantity, answer: object) -> tuple[FloatArray, FloatArray | None]:
        """(n,) what an estimate adds up, and what that is divided by; NaN in rows that leave both."""
        above, below = self._terms(quantity, answer)
        counted = np.ones(self.sample.size, dtype=bool)
        for column, answers in quantity.among:
            wanted = {self.answer(column, one) for one in answers}
            counted &= np.array([one in wanted for one in self.text(column)])
        return np.where(counted, above, np.nan), None if below is None else np.where(counted, below, np.nan)

    def _terms(self, quantity: Quantity, answer: object) -> tuple[FloatArray, FloatArray | None]:
        if quantity.kind is Kind.COUNT:
            return np.ones(self.sample.size), None
        if quantity.kind is Kind.SHARE:
            text = self.text(quantity.column)
            aside = {self.answer(quantity.column, one) for one in quantity.aside}
            asked = np.array([one is not None and one not in aside for one in text])
            chosen = text == self.answer(quantity.column, answer)
            return np.where(asked, chosen.astype(float), np.nan), np.where(asked, 1.0, np.nan)
        values = self.data[quantity.column].astype(float)
        if quantity.kind is Kind.TOTAL:
            return values, None
        over = np.ones(values.size) if quantity.over is None else self.data[quantity.over].astype(float)
        return values, np.where(np.isnan(values), np.nan, over)

    def domains(self, columns: Sequence[str], labels: Sequence[tuple[object, ...]]) -> IntArray:
        """(n,) which of the labels of some columns each row has. ValueError where one has none of them."""
        number = {tuple(map(told, label)): place for place, label in enumerate(labels)}
        texts = [self.text(column) for column in columns]
        keys = list(zip(*texts, strict=True)) if texts else [()] * self.sample.size
        lost = next((key for key in keys if key not in number), None)
        if lost is not None:
            raise ValueError(
                f"{', '.join(columns)}: the rows {lost} are in no domain of the estimates: give dates and times as text"
            )
        return np.array([number[key] for key in keys], dtype=np.int64)

    def raked(self, margins: Margins, residual: Residual) -> Sample:
        """The sample with the weights that `Survey.estimate` rakes."""
        made = [
            Margin(
                name=column,
                of=self.text(column),
                classes=tuple(str(self.answer(column, one)) for one in classes),
                total=np.array([float(one) for one in classes.values()]),
            )
            for column, classes in margins.items()
        ]
        return rake(self.sample, made, residual=residual).sample

    def table(self, labels: Sequence[str]) -> tuple[pa.Table, pa.Table]:
        """Every column for CSV, where `labels` are text, and for Parquet, where numbers stay numbers."""
        typed = {
            name: pa.array(self.text(name), pa.string()) if one.dtype == object else pa.array(one, from_pandas=True)
            for name, one in self.data.items()
        }
        plain = {name: pa.array(self.text(name), pa.string()) if name in labels else typed[name] for name in typed}
        return pa.table(plain), pa.table(typed)


def label_columns(quantities: Sequence[Quantity]) -> list[str]:
    """The columns whose answers are told apart, of quantities."""
    shares = [one.column for one in quantities if one.kind is Kind.SHARE]
    return [*shares, *(column for one in quantities for column, _ in one.among)]
