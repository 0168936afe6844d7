"""A figure's chain as a tree: from the number down to the snapshot, the forms and the submissions."""

from __future__ import annotations

from rich.markup import escape
from rich.tree import Tree

from saphan.core.unit import Unit
from saphan.pipeline.tracing import Chain, Link
from saphan.publish.figures.model import Figure, Kind, Release


def of(chain: Chain) -> Tree:
    """The chain, ready to print."""
    tree = _link(chain.link, None)
    ground = tree.add(f"[bold]snapshot {chain.frame[:8]}[/bold] {chain.frame}")
    for counts in chain.counts:
        left_out = "".join(f", {number:,} {why}" for why, number in counts.left_out.items())
        form = ground.add(
            f"form [bold]{escape(counts.form)}[/bold]: {counts.received:,} submissions received, "
            f"{counts.frozen:,} used{left_out}"
        )
        for version in chain.forms:
            if version.form == counts.form:
                form.add(f"version {escape(version.version)} (XForm {version.key[:8]}): {version.frozen:,} submissions")
    ground.add("computed with " + ", ".join(f"{name} {number}" for name, number in chain.packages.items()))
    return tree


def _link(link: Link, above: Tree | None) -> Tree:
    figure = link.figure
    said = f"[bold]{escape(figure.name)}[/bold]@{figure.key[:8]}  {_value(figure)}"
    if figure.release is not Release.PUBLIC:
        said += f"  [yellow]not public: {figure.release}[/yellow]"
    node = Tree(said) if above is None else above.add(said)
    if link.repeated:
        node.add("[dim]see above[/dim]")
        return node
    node.add(f"[dim]{escape(figure.definition.to('en'))}[/dim]")
    node.add(f"method {escape(figure.method)}, {figure.basis}-based; rests on {figure.rests_on:,}" + _reach(figure))
    node.add(f"[dim]{escape(figure.query)}[/dim]")
    for parent in link.parents:
        _link(parent, node)
    return node


def _reach(figure: Figure) -> str:
    said = f" in {figure.clusters} primary units" if figure.clusters else ""
    if figure.effective_coverage is not None:
        said += f"; {figure.effective_coverage:.0%} of it was counted"
    extrapolated = ", ".join(f"{kind} {share:.0%}" for kind, share in figure.extrapolated.items() if share > 0.0005)
    return said + (f"; extrapolated: {extrapolated}" if extrapolated else "")


def _value(figure: Figure) -> str:
    def number(value: float) -> str:
        return f"{value:.1%}" if figure.unit is Unit.SHARE else f"{value:,.0f} {figure.unit}s"

    said = number(figure.value)
    if figure.kind is Kind.ESTIMATE and figure.low is not None and figure.high is not None:
        said += f" (95% interval {number(figure.low)} to {number(figure.high)})"
    return said
