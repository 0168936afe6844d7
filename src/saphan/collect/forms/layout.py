"""Where each answer of a form goes: its leaves in tables, the form's own first, then its repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.collect.forms.xform import Node, XForm

# Read apart: they say which submission it is, and are no answers.
IDENTITY = ("instanceID", "deprecatedID")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One table's part of the tree: its node (the root or a repeat), the block it lies in, and its leaves in order."""

    node: Node
    parent: int  # the index of the block above; the root's own is -1
    depth: int  # 0 for the root, 1 for a repeat in it, ...
    leaves: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The blocks of a form, parents before children, and where each leaf stands: (block, column)."""

    blocks: tuple[Block, ...]
    places: Mapping[Node, tuple[int, int]]

    def block_of(self, node: Node) -> int:
        """The index of the block whose rows hold this node; a repeat's own node belongs to its own block."""
        above = node.ancestors
        return max(index for index, block in enumerate(self.blocks) if block.node in above)

    def chain(self, index: int) -> tuple[int, ...]:
        """The blocks from the root down to this one."""
        parent = self.blocks[index].parent
        return (*(self.chain(parent) if parent >= 0 else ()), index)


def lay_out(xform: XForm) -> Layout:
    """The layout of a parsed form."""
    nodes: list[Node] = [xform.root]
    parents, depths = [-1], [0]
    leaves: list[list[Node]] = [[]]

    def visit(node: Node, block: int) -> None:
        for child in node.children.values():
            if child.repeat:
                nodes.append(child)
                parents.append(block)
                depths.append(depths[block] + 1)
                leaves.append([])
                visit(child, len(nodes) - 1)
            elif child.children:
                visit(child, block)
            elif not is_identity(child):
                leaves[block].append(child)

    visit(xform.root, 0)
    # A nested repeat was numbered as it was met, so a parent always stands before its children.
    blocks = tuple(
        Block(node=node, parent=parent, depth=depth, leaves=tuple(found))
        for node, parent, depth, found in zip(nodes, parents, depths, leaves, strict=True)
    )
    places = {leaf: (index, column) for index, block in enumerate(blocks) for column, leaf in enumerate(block.leaves)}
    return Layout(blocks=blocks, places=places)


def is_identity(node: Node) -> bool:
    """Whether a node carries the submission's own id, or that of the one it replaces."""
    return node.name in IDENTITY and node.parent is not None and node.parent.name == "meta"
