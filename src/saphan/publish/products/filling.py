"""What a template asks for, taken from a register: figures by name, families, and sentences with their numbers in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from saphan.core import nearest
from saphan.core.problem import At, problem
from saphan.core.unit import Unit
from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.hedge import parse as parse_hedge
from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.figures.wording import Printed, number, printed
from saphan.publish.figures.wording import say as say_number
from saphan.publish.products import family, sentence
from saphan.publish.products.charts.data import Datum
from saphan.publish.products.citations import Citation
from saphan.publish.products.sheet import Runs
from saphan.publish.products.template import Words
from saphan.publish.products.words import Namer, find, say

_INTERVAL = Hedge(form=Form.INTERVAL)
_RANGE = Hedge(form=Form.RANGE)
_RESPONDENTS = Hedge(form=Form.RESPONDENTS)
_SAID = Hedge(form=Form.SAID)


@dataclass(frozen=True, kw_only=True)
class Members:
    """The public figures of a family, and whether it has others: withheld to protect people, or too imprecise."""

    figures: tuple[Figure, ...]
    withheld: bool
    imprecise: bool


@dataclass(frozen=True, kw_only=True)
class Filler:
    """Fills a template, the file `file`, from a register, in one language; every miss is a Problem that says where."""

    file: str
    register: Register
    namer: Namer
    citations: Mapping[str, Citation]

    @property
    def language(self) -> str:
        """The language it writes."""
        return self.namer.language

    def at(self, key: str) -> At:
        """The place of a key of the template."""
        return At(file=self.file, column=key)

    def figure(self, name: str, key: str) -> Figure:
        """A public figure by its name, keys in any order; Problem if there is none or it is withheld."""
        (found,) = self.members(name, key).figures or (None,)
        if found is None:
            raise problem("template.withheld", self.at(key), name=name)
        return found

    def members(self, pattern: str, key: str) -> Members:
        """A family of figures, in the register's order; Problem if the register has none of it, public or not."""
        found = family.members(pattern, self.register)
        if not found:
            name = family.parse(pattern).full
            remedy = nearest.remedy(name, self.register.figures, what="figures")
            raise problem("template.figure", self.at(key), name=name, nearest=remedy)
        public = tuple(figure for figure in found if figure.release is Release.PUBLIC)
        kinds = {figure.release for figure in found}
        return Members(
            figures=public,
            withheld=bool(kinds - {Release.PUBLIC, Release.UNRELIABLE}),
            imprecise=Release.UNRELIABLE in kinds,
        )

    def varied(self, pattern: str, key: str) -> str:
        """The one key whose values differ within a family; Problem unless exactly one holds a star."""
        varied = family.parse(pattern).varied
        if len(varied) != 1:
            raise problem("template.family", self.at(key), name=pattern)
        return varied[0]

    def label(self, figure: Figure, key: str) -> str:
        """What a figure of a family is called: the name of its code under the varied key."""
        return self.namer(key, figure.cell[key], figure.cell.get("question", ""))

    def question(self, figure: Figure) -> str:
        """What was asked, or else what the indicator of a figure is called."""
        asked = figure.cell.get("question", "")
        if asked:
            return self.namer("question", asked)
        return find(f"indicator-{figure.indicator}", self.language) or figure.indicator

    def respondents(self, figure: Figure) -> Printed:
        """How many answered."""
        return printed(figure, self.language, _RESPONDENTS)

    def said(self, figure: Figure) -> Printed | None:
        """The range of what informants said, or None where a number does not rest on that."""
        return printed(figure, self.language, _SAID) if figure.said is not None else None

    def value(self, figure: Figure) -> Printed:
        """A figure bare, for charts and tables, where its interval stands beside it."""
        return printed(figure, self.language)

    def interval(self, figure: Figure) -> Printed | None:
        """Its interval in words, or None if it has none."""
        return printed(figure, self.language, _INTERVAL) if figure.low is not None and figure.high is not None else None

    def range(self, figure: Figure) -> Printed | None:
        """Its interval in figures, or None if it has none."""
        return printed(figure, self.language, _RANGE) if figure.low is not None and figure.high is not None else None

    def datum(self, figure: Figure, label: str) -> Datum:
        """A figure as a chart shows it."""
        low, high = (figure.value if bound is None else bound for bound in (figure.low, figure.high))
        return Datum(
            label=label,
            value=figure.value,
            low=low,
            high=high,
            printed=self.value(figure),
            interval=self.interval(figure) or self.said(figure),
            respondents=self.respondents(figure) if figure.denominator is not None else None,
        )

    def axis(self, unit: Unit) -> Callable[[float], str]:
        """How numbers along an axis are written: they belong to the scale, not to a figure."""
        if unit is Unit.SHARE:
            return lambda value: say_number("share-bare", self.language, number=number(value * 100, 0, self.language))
        return lambda value: number(value, 0, self.language)

    def words(self, words: Words, key: str) -> str:
        """A text that may hold literals but no figures, since they would not be links there: a heading, a label."""
        runs = self.runs(words, key)
        for run in runs:
            if not isinstance(run, str):
                raise problem("template.words", self.at(f"{key}.{self.language}"), text=run.text)
        return "".join(run for run in runs if isinstance(run, str))

    def runs(self, words: Words, key: str) -> Runs:
        """A sentence with its placeholders filled."""
        key = f"{key}.{self.language}"
        return tuple(
            part.text if isinstance(part, sentence.Said) else self._fill(part, key)
            for part in sentence.parse(words[self.language], self.at(key))
        )

    def _fill(self, place: sentence.Placeholder, key: str) -> str | Printed | Citation:
        if place.how == "cite":
            if place.what not in self.citations:
                remedy = nearest.remedy(place.what, self.citations, what="citations")
                raise problem("template.citation", self.at(key), id=place.what, nearest=remedy)
            return self.citations[place.what]
        if place.how == "name":
            return self.namer("", place.what)
        if place.how == "basis":
            return say(f"basis-{self.figure(place.what, key).basis}", self.language)
        if place.how in ("largest", "label-of-largest"):
            varied = self.varied(place.what, key)
            public = self.members(place.what, key).figures
            if not public:
                raise problem("template.withheld", self.at(key), name=place.what)
            figure = max(public, key=lambda one: (one.value, one.name))
            if place.how == "label-of-largest":
                return self.label(figure, varied)
            hedge = parse_hedge(place.argument, self.at(key))
        else:
            figure = self.figure(place.what, key)
            hedge = parse_hedge(f"{place.how} {place.argument}", self.at(key))
        return printed(figure, self.language, hedge, self.at(key), prose=True)
