"""Studies: a question, a population, what is to be estimated how precisely, and the design that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.collect.rounds.assessments import Area, Asked, HouseholdAssessment
from saphan.core.period import Period
from saphan.core.text import Text
from saphan.estimate.sampling import Method, Rule
from saphan.estimate.survey.design import Lonely

# A stratum where only one cluster could be reached is centred on the mean of all, which errs on the wide side.
LONELY = Lonely.ADJUST
STRATUM = "stratum"  # what an estimate is `by` when every stratum of the design must be known for itself


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One estimate that the study is to give, and how precise it must be.

    `of` is an indicator or a concept. What is expected of it is a `share` from 0 to 1, or a `mean` with the `deviation`
    of single answers. Either its interval is to reach `half_width` to each side, or a `difference` is to be found with
    a chance of `power`: between the two groups of `by`, or from this round to one like it where `by` is None. By
    `stratum` it holds in each; by another column `smallest` is the share of its smallest group.
    """

    of: str
    share: float | None = None
    mean: float | None = None
    deviation: float | None = None
    half_width: float | None = None
    difference: float | None = None
    power: float = 0.8
    level: float = 0.95
    by: str | None = None
    smallest: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A row of the frame: what the first stage draws, with the units of the population that it holds."""

    cluster: str
    stratum: str
    place: str  # P-code
    households: int
    measure: float


@dataclass(frozen=True, kw_only=True)
class Design:
    """How the sample is drawn: clusters of a frame within strata, then `interviews` in each cluster.

    With one stage a row of the frame is itself who is asked. `clusters` by stratum are given, or derived from what is
    wanted and shared out by `allocation`. `correlation` is that of two answers within a cluster, `response` the share
    of those approached who complete.
    """

    stages: int
    method: Method
    measure: str
    allocation: Rule
    clusters: Mapping[str, int] | None
    interviews: int
    correlation: float
    response: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class Study:
    """One study, as `studies/<id>.toml` says it; `form`, `plan` and `sample` name files of the mission folder."""

    id: str
    title: Text
    question: Text
    population: Text  # in words: who is meant
    authors: tuple[str, ...]
    period: Period
    frame: str
    units: tuple[Unit, ...]
    design: Design
    estimates: tuple[Wanted, ...]
    form: str
    plan: str
    strata: Mapping[str, Text]  # what each is called; none if that is not said

    @property
    def file(self) -> str:
        """Where it is written down."""
        return f"studies/{self.id}.toml"

    @property
    def sample(self) -> str:
        """Where its drawn clusters stand, as those of an assessment do."""
        return f"samples/{self.id}.csv"

    @property
    def drawn(self) -> str:
        """Where the record of the draw stands, by which anybody draws it again."""
        return f"studies/{self.id}.draw.json"

    def fielded(self, areas: tuple[Area, ...]) -> HouseholdAssessment:
        """The study as what is asked in the clusters that were drawn for it."""
        return HouseholdAssessment(
            id=self.id,
            title=self.title,
            form=self.form,
            period=self.period,
            areas=areas,
            sample=self.sample,
            plan=self.plan,
            lonely=LONELY,
            asked=Asked.RESPONDENT,
        )
