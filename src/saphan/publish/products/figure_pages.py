"""A page for every public figure, and an index of them all: what a printed number links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.model import Figure, Register, Sum
from saphan.publish.figures.wording import Printed, number, printed
from saphan.publish.products import links, sums
from saphan.publish.products.pages import Numbering, environment, frame, style
from saphan.publish.products.sheet import Sheet
from saphan.publish.products.words import Namer, find, say

_SAID = Hedge(form=Form.SAID)
_INTERVAL = Hedge(form=Form.INTERVAL)
_NOTE = "note "  # how the names of such facts begin that are remarks on the data
_FEW = 12  # a list of figures longer than this is folded up


@dataclass(frozen=True, kw_only=True)
class Use:
    """A block of a product that prints a figure."""

    sheet: str
    title: str
    block: str
    heading: str


@dataclass(frozen=True, kw_only=True)
class FigurePages:
    """What it takes to write the pages of figures in one language; `register` is its public part."""

    register: Register
    namer: Namer
    sheet: Sheet
    languages: tuple[str, ...]
    uses: Mapping[str, tuple[Use, ...]]  # by figure
    children: Mapping[str, tuple[Figure, ...]]
    broken: tuple[Sum, ...]  # sums whose printed parts do not add up

    @property
    def language(self) -> str:
        """The language of the pages."""
        return self.sheet.language

    def write(self) -> Iterator[tuple[str, str, tuple[Printed, ...]]]:
        """Path below the products' folder, text and prints of each figure's page, and of the index."""
        yield self._index()
        for figure in self.register:
            yield self._page(figure)

    def title(self, figure: Figure) -> str:
        """A figure in the words of the mission: what, where, who, when."""
        return " · ".join([self._indicator(figure), *self._names(figure), figure.period])

    def _indicator(self, figure: Figure) -> str:
        return find(f"indicator-{figure.indicator}", self.language) or figure.indicator

    def _names(self, figure: Figure) -> list[str]:
        question = figure.cell.get("question", "")
        names = [self.namer("question", question)] if question else []
        return names + [self.namer(key, code, question) for key, code in figure.cell.items() if key != "question"]

    def _page(self, figure: Figure) -> tuple[str, str, tuple[Printed, ...]]:
        folder = f"{links.FOLDER}/{figure.name}"
        root = "../" * (folder.count("/") + 1)
        write = Numbering(root=root, first=self.languages[0])
        value = write(printed(figure, self.language))
        interval = self._interval(figure, write)
        language = self.language
        children = self.children.get(figure.name, ())
        relatives = (
            (say("parents", language), [self._relative(parent, write) for parent in figure.parents]),
            (say("children", language), [self._relative(child.name, write) for child in children]),
        )
        text = (
            environment()
            .get_template("figure.html")
            .render(
                **frame(self.sheet, root, self._others()),
                style=style(False),
                links=self._links(root, figure),
                figure=figure,
                title=self.title(figure),
                value=value,
                unit=say(f"unit-{figure.unit}", language),
                interval=interval,
                definition=figure.definition.to(language),
                about=list(self._about(figure)),
                relatives=relatives,
                uses=[
                    {
                        "href": f"{root}{use.sheet}.{language}.html#{use.block}",
                        "name": f"{use.title}: {use.heading}" if use.heading else use.title,
                    }
                    for use in self.uses.get(figure.name, ())
                ],
                rounding=self._rounding([figure.name, *figure.parents, *(child.name for child in children)]),
                exact=list(self._exact(figure)),
                facts=self._facts(),
                notes=f"{root}{self._index_page()}#notes" if self._notes() else "",
                few=_FEW,
                citation=self._citation(figure),
            )
        )
        return f"{folder}/{links.index(language, self.languages[0])}", text, tuple(write.printed)

    def _about(self, figure: Figure) -> Iterator[tuple[str, str]]:
        """The rows of the table of how a figure was made; only those that say something."""
        language = self.language
        yield say("kind", language), say(f"kind-{figure.kind}", language)
        yield say("basis", language), say(f"basis-{figure.basis}", language)
        count = number(figure.rests_on, 0, language)
        if figure.denominator is not None:
            yield say("of-whom", language), f"n = {count}: {figure.denominator.to(language)}"
        else:
            yield say("rests-on", language), say("rests-on-text", language, count=count)
        if figure.said is not None:
            yield say("said", language), printed(figure, language, _SAID).text
        if figure.grade:
            yield say("grade", language), say("grade-meaning", language, grade=figure.grade)
        if figure.effective_coverage is not None:
            share = self._share(figure.effective_coverage)
            yield say("coverage", language), say("coverage-text", language, share=share)
        if figure.extrapolated:
            kinds = (
                f"{self.namer('extrapolated', kind)} {self._share(part)}" for kind, part in figure.extrapolated.items()
            )
            yield say("extrapolated", language), ", ".join(kinds)
        for key, code in figure.cell.items():
            yield self.namer("cell", key), f"{self.namer(key, code, figure.cell.get('question', ''))} ({code})"
        yield say("period", language), figure.period

    def _exact(self, figure: Figure) -> Iterator[tuple[str, str]]:
        """The rows of the table for those who compute it again."""
        language = self.language
        yield say("exact", language), f"{figure.value:.10g}"
        yield say("method", language), figure.method
        if figure.clusters:
            yield say("clusters", language), say("clusters-text", language, count=number(figure.clusters, 0, language))
        yield say("snapshot", language), self.register.frame
        yield say("key", language), figure.key

    def _share(self, share: float) -> str:
        places = 0 if share >= 0.1 else -1
        return f"{number(share * 100, places, self.language)}%"

    def _relative(self, name: str, write: Numbering) -> Mapping[str, object]:
        figure = self.register.figures.get(name)
        if figure is None:
            return {"name": "", "value": ""}
        return {"name": self.title(figure), "value": write(printed(figure, self.language))}

    def _interval(self, figure: Figure, write: Numbering) -> Markup | str:
        return write(printed(figure, self.language, _INTERVAL)) if figure.low is not None else ""

    def _citation(self, figure: Figure) -> str:
        sheet = self.sheet
        return (
            f"{sheet.mission}. {figure.reference}: {printed(figure, self.language).text}. "
            f"{say('snapshot', self.language)} {sheet.frame[:8]}, {sheet.made_on.isoformat()}. {sheet.licence}."
        )

    def _index(self) -> tuple[str, str, tuple[Printed, ...]]:
        write = Numbering(root="../", first=self.languages[0])
        groups: dict[str, list[Figure]] = {}
        for figure in self.register:
            groups.setdefault("-".join([figure.indicator, *sorted(figure.cell.keys() - {"question"})]), []).append(
                figure
            )
        text = (
            environment()
            .get_template("index.html")
            .render(
                **frame(self.sheet, "../", self._others()),
                style=style(False),
                links=self._products("../"),
                groups=[
                    {
                        "id": name,
                        "title": self._family(figures[0]),
                        "definition": figures[0].definition.to(self.language),
                        "unit": say(f"unit-{figures[0].unit}", self.language),
                        "rows": [self._row(figure, write) for figure in figures],
                        "note": self._rounding(figure.name for figure in figures),
                    }
                    for name, figures in groups.items()
                ],
                facts=self._facts(),
                notes=self._notes(),
            )
        )
        return self._index_page(), text, tuple(write.printed)

    def _index_page(self) -> str:
        return f"{links.FOLDER}/{links.index(self.language, self.languages[0])}"

    def _facts(self) -> list[tuple[str, str]]:
        """What came in and with what it was computed; notes stand once, on the page of all figures."""
        facts = (fact for fact in self.register.facts.items() if not fact[0].startswith(_NOTE))
        return sorted(facts, key=lambda fact: _natural(fact[0]))

    def _notes(self) -> list[str]:
        names = sorted((name for name in self.register.facts if name.startswith(_NOTE)), key=_natural)
        return [self.register.facts[name] for name in names]

    def _family(self, figure: Figure) -> str:
        """What a figure is one of: its indicator, by what it is told apart from the others."""
        keys = ", ".join(self.namer("cell", key) for key in figure.cell)
        return " · ".join([self._indicator(figure), *([keys] if keys else [])])

    def _row(self, figure: Figure, write: Numbering) -> Mapping[str, object]:
        return {
            "title": " · ".join(self._names(figure)) or say("all", self.language),
            "period": figure.period,
            "value": write(printed(figure, self.language)),
            "interval": self._interval(figure, write),
        }

    def _rounding(self, shown: Iterable[str]) -> str:
        return say("rounding", self.language) if sums.seen(self.broken, set(shown)) else ""

    def _others(self) -> Sequence[Mapping[str, str]]:
        return [
            {"code": language, "name": say("own-name", language), "href": links.index(language, self.languages[0])}
            for language in self.languages
        ]

    def _links(self, root: str, figure: Figure) -> Sequence[Mapping[str, str]]:
        """To the first product that prints a figure, and to the page of all figures."""
        first = next(iter(self.uses.get(figure.name, ())), None)
        sheet, title = (self.sheet.id, self.sheet.title) if first is None else (first.sheet, first.title)
        return [
            {"href": f"{root}{sheet}.{self.language}.html", "name": title},
            {"href": f"{root}{self._index_page()}", "name": say("all-figures", self.language)},
        ]

    def _products(self, root: str) -> Sequence[Mapping[str, str]]:
        """To every product."""
        found = {use.sheet: use.title for uses in self.uses.values() for use in uses}
        return [{"href": f"{root}{sheet}.{self.language}.html", "name": title} for sheet, title in found.items()]


def _natural(name: str) -> list[tuple[int, str]]:
    """A sorting key by which `note 2` comes before `note 10`."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
