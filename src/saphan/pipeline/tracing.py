"""Why: the chain from a printed figure down to the form versions and the number of submissions it was made from."""

from __future__ import annotations

from dataclasses import dataclass

from saphan.analyse.frames.model import FormCounts, FormVersion, Manifest
from saphan.core import nearest
from saphan.core.problem import problem
from saphan.publish.figures.model import Figure, Register


@dataclass(frozen=True, kw_only=True)
class Link:
    """One figure of a chain and those it was made from; one that stood in the chain before is not opened again."""

    figure: Figure
    parents: tuple[Link, ...]
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A figure, all it was made from, and the snapshot and forms below them."""

    link: Link
    frame: str
    forms: tuple[FormVersion, ...]
    counts: tuple[FormCounts, ...]
    packages: dict[str, str]


def why(register: Register, manifest: Manifest, reference: str) -> Chain:
    """The chain of a figure given as `name` or `name@key`; Problem if there is none, or its key is another by now."""
    name, _, key = reference.partition("@")
    if name not in register.figures:
        raise problem("figure.unknown", name=name, nearest=nearest.remedy(name, register.figures, what="figures"))
    figure = register.figures[name]
    if key and not figure.key.startswith(key):
        raise problem("figure.replaced", name=name, key=key, now=figure.key[:8])
    return Chain(
        link=_link(register, figure, set()),
        frame=register.frame,
        forms=manifest.forms,
        counts=manifest.counts,
        packages=dict(manifest.packages),
    )


def _link(register: Register, figure: Figure, seen: set[str]) -> Link:
    if figure.name in seen:
        return Link(figure=figure, parents=(), repeated=True)
    seen.add(figure.name)
    parents = (register.figures[name] for name in figure.parents if name in register.figures)
    return Link(figure=figure, parents=tuple(_link(register, parent, seen) for parent in parents))
