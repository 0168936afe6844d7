"""On what grounds errors and tests stand: the draw itself, or a model that the user states in its place.

Probability samples and censuses carry design-based errors. Other samples describe whom they reached: their values are
indicative, whatever is stated. Only a test or a regression may rest on a model instead, and then it says which
(American Association for Public Opinion Research 2013, report of the task force on non-probability sampling).
"""

from __future__ import annotations

from dataclasses import dataclass

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.options import option

INDICATIVE = "indicative"
DESCRIBE = "print its values as indicative, with how respondents were chosen"
MODEL_OR_WORDS = (
    "compare its values in words, as indicative, or state the model under which its draw counts as random (model=...)"
)


class NotByChanceError(ValueError):
    """An error, interval or test was asked for that a sample not drawn by chance cannot carry."""


def need_chance(basis: SamplingBasis, what: str, instead: str = DESCRIBE) -> None:
    """NotByChanceError, which says what to do `instead`, where the draw itself does not carry `what`."""
    if not basis.by_chance:
        raise NotByChanceError(f"a {basis} sample carries no {what}: {instead}")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """How respondents came in, and the model under which a draw that was not by chance is treated as if it were.

    `model` is in the user's own words, such as "quota cells taken as strata, respondents as drawn at random within
    them"; empty where none is stated. ValueError for a blank one, or one beside a draw that needs none.
    """

    basis: SamplingBasis = SamplingBasis.PROBABILITY
    model: str = ""

    def __post_init__(self) -> None:
        basis = option(SamplingBasis, self.basis)
        object.__setattr__(self, "basis", basis)  # its text may have been given
        if not self.model:
            return
        if not self.model.strip():
            raise ValueError("the model is blank: say in words how the draw counts as random, or leave it out")
        if basis.by_chance:
            raise ValueError(f"a {basis} sample needs no model, its draw carries its errors: leave out {self.model!r}")

    @property
    def stand(self) -> bool:
        """True where errors and tests rest on the draw or on a model."""
        return self.basis.by_chance or bool(self.model)

    def need(self, what: str, instead: str = MODEL_OR_WORDS) -> None:
        """NotByChanceError where neither the draw nor a model carries `what`."""
        if not self.stand:
            need_chance(self.basis, what, instead)

    def stated(self, method: str) -> str:
        """The id of a method as it is printed: with the model that it rests on, `indicative` where on nothing."""
        if not self.stand:
            return f"{INDICATIVE} ({self.basis})"
        return f"{method} under the model: {self.model.strip()}" if self.model else method
