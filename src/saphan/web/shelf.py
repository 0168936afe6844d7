"""The products on a shelf: what lies in the folder that is served, and which of its files a path may reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from lxml import etree, html

# What products are made of; a file of any other kind is not served, whatever lies in the folder.
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DATASET = "dataset"
FIGURES = "figures"
REGISTER = "register.json"
INDEX = "index.html"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a product in one language; `pdf` is the same in print, if it was made."""

    path: str
    language: str
    title: str
    summary: str
    pdf: str | None = None


@dataclass(frozen=True, kw_only=True)
class Release:
    """What the register says of the whole: whose figures, from which snapshot, and whether they are invented."""

    mission: str
    frame: str
    simulated: bool


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A folder of products as it is at the moment; a build may put another in its place at any time."""

    root: Path

    def find(self, path: str) -> Path | None:
        """The file that a path from the root leads to, or None: outside the folder, hidden, of another kind, absent.

        A path that ends with `/` leads to the index there.
        """
        parts = (f"{path}{INDEX}" if path.endswith("/") else path).split("/")
        if any(not part or part.startswith(".") or set(part) & {"\\", "\0"} for part in parts):
            return None
        try:
            found = self.root.joinpath(*parts).resolve(strict=True)
            inside = found.is_relative_to(self.root.resolve()) and found.is_file()
        except (OSError, ValueError):
            return None
        return found if inside and found.suffix in TYPES else None

    @property
    def release(self) -> Release | None:
        """What the register of the served figures says, or None if nothing was built."""
        try:
            return msgspec.json.decode((self.root / REGISTER).read_bytes(), type=Release)
        except (OSError, msgspec.MsgspecError):
            return None

    @property
    def products(self) -> tuple[tuple[Page, ...], ...]:
        """The products, each in its languages, the mission's first language first."""
        found: dict[str, list[Page]] = {}
        for path in sorted(self.root.glob("*.html")):
            if self.find(path.name) is None:
                continue
            name = path.name.split(".")[0]
            found.setdefault(name, []).append(_page(path, self.root))
        first = next((page.language for page in self.indexes if page.path.endswith(f"/{INDEX}")), "")
        return tuple(
            tuple(sorted(pages, key=lambda page: (page.language != first, page.language))) for pages in found.values()
        )

    @property
    def indexes(self) -> tuple[Page, ...]:
        """The lists of all figures, one in each language."""
        return tuple(_page(path, self.root) for path in sorted((self.root / FIGURES).glob("index*.html")))

    @property
    def dataset(self) -> tuple[tuple[str, int], ...]:
        """The dataset's files, by path, with their sizes in bytes."""
        return tuple(
            (path.relative_to(self.root).as_posix(), path.stat().st_size)
            for path in sorted((self.root / DATASET).glob("*"))
            if self.find(path.relative_to(self.root).as_posix())
        )

    def figures(self) -> Iterator[str]:
        """The names of the figures that have a page."""
        folder = self.root / FIGURES
        for path in folder.rglob(INDEX):
            if path.parent != folder:
                yield path.parent.relative_to(folder).as_posix()


def _page(path: Path, root: Path) -> Page:
    """What a page says of itself in its head; a page that says nothing goes by its file name."""
    try:
        head = html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    except (OSError, etree.ParserError):
        head = html.Element("html")
    pdf = path.with_suffix(".pdf")
    return Page(
        path=path.relative_to(root).as_posix(),
        language=head.get("lang") or "",
        title=(head.findtext("head/title") or path.stem).strip(),
        summary=next(iter(head.xpath("head/meta[@name='description']/@content")), ""),
        pdf=pdf.relative_to(root).as_posix() if pdf.is_file() else None,
    )
