"""From a parsed XForm, and the meanings its XLSForm binds, to the form's schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from saphan.collect.forms.concepts import CONCEPTS
from saphan.collect.forms.layout import Block, Layout, lay_out
from saphan.collect.forms.model import Choice, Datatype, Form, Question, State, Table
from saphan.collect.forms.xform import Item, Node, XForm
from saphan.collect.forms.xpath import syntax
from saphan.core import digest
from saphan.core.text import Text
from saphan.mission.model import Dissemination

_PRELOADS = {"timestamp": {"start": "start", "end": "end"}, "date": {"today": "today"}}
_PLAIN_TYPES = {
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "double": "decimal",
    "boolean": "text",
    "string": "text",
    "": "text",
}
_UPLOADS = {"image": "image", "audio": "audio", "video": "video"}
_BY_TYPE = {
    "integer": Datatype.INTEGER,
    "decimal": Datatype.DECIMAL,
    "select_multiple": Datatype.TEXTS,
    "rank": Datatype.TEXTS,
    "geopoint": Datatype.NUMBERS,
}
# Choices that say by their name that they are no answer; a `state` column says it for others.
_STATES_BY_NAME = {"dont-know": State.DONT_KNOW, "refused": State.REFUSED}
STATES = {"answered": State.ANSWERED, **_STATES_BY_NAME}


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an XLSForm says beside the XForm: concepts and dissemination classes by path, and the form's own concept."""

    form: str | None = None
    concepts: Mapping[str, str] = field(default_factory=dict)
    dissemination: Mapping[str, Dissemination] = field(default_factory=dict)


def build(xform: XForm, text: str, meaning: Meaning) -> Form:
    """The schema of a form; `text` is the XForm as phones get it, whose hash is the form's key."""
    layout = lay_out(xform)
    return Form(
        id=xform.id,
        version=xform.version,
        concept=meaning.form,
        title=Text({xform.languages[0]: xform.title}),
        languages=xform.languages,
        tables=tuple(_table(index, layout, xform, meaning) for index in range(len(layout.blocks))),
        choices={name: tuple(_choice(item) for item in items) for name, items in xform.lists.items()},
        xform=text,
        # The meanings are part of what a form version is: a concept moved is another form.
        key=digest.of_value([text, meaning.form, meaning.concepts, meaning.dissemination]),
    )


def table_name(layout: Layout, index: int, form: str) -> str:
    """The name of a table: the form's id, or the repeat's path joined by dots."""
    return layout.blocks[index].node.path.replace("/", ".") if index else form


def base_type(node: Node) -> str:
    """The XLSForm type of a question, from its bind and its control."""
    kind = node.bind.get("type", "").rpartition(":")[2]
    preload = node.bind.get("preload")
    if preload:
        parameter = node.bind.get("preloadParams", "")
        return _PRELOADS.get(preload, {}).get(parameter) or parameter or preload
    match node.control:
        case "select1":
            return "select_one"
        case "select":
            return "select_multiple"
        case "rank":
            return "rank"
        case "trigger":
            return "acknowledge"
        case "upload":
            return _UPLOADS.get(node.mediatype.partition("/")[0], "file")
        case "":
            if kind == "binary":
                return "audit" if node.name == "audit" else "file"
            return "calculate" if node.bind.get("calculate") else "hidden"
        case "input" if node.bind.get("readonly") == "true()" and not node.bind.get("calculate") and kind == "string":
            return "note"
        case _:
            return _PLAIN_TYPES.get(kind, kind)


def _datatype(node: Node, kind: str, concept: str | None) -> Datatype:
    """The kind of values; a calculation counts as a number where its bind or its concept says that it is one."""
    if kind in {"calculate", "hidden"}:
        wants = CONCEPTS[concept].types if concept in CONCEPTS else ()
        bound = _PLAIN_TYPES.get(node.bind.get("type", ""), "text")
        return Datatype.INTEGER if "integer" in wants else _BY_TYPE.get(bound, Datatype.TEXT)
    return _BY_TYPE.get(kind, Datatype.TEXT)


def _table(index: int, layout: Layout, xform: XForm, meaning: Meaning) -> Table:
    block = layout.blocks[index]
    columns = _columns(block)
    return Table(
        name=table_name(layout, index, xform.id),
        path=block.node.path,
        parent=table_name(layout, block.parent, xform.id) if block.parent >= 0 else None,
        concept=meaning.concepts.get(block.node.path) if index else meaning.form,
        questions=tuple(_question(leaf, columns, xform, meaning) for leaf in block.leaves),
    )


def _columns(block: Block) -> Mapping[Node, str]:
    """A name for each leaf: its own, or joined with its groups' where two leaves of the table have the same."""
    count = Counter(leaf.name for leaf in block.leaves)
    depth = len(block.node.ancestors)
    return {
        leaf: leaf.name if count[leaf.name] == 1 else "_".join(node.name for node in leaf.ancestors[depth:])
        for leaf in block.leaves
    }


def _question(node: Node, columns: Mapping[Node, str], xform: XForm, meaning: Meaning) -> Question:
    kind, concept = base_type(node), meaning.concepts.get(node.path)
    return Question(
        path=node.path,
        column=columns[node],
        type=kind,
        label=node.label,
        hint=node.hint,
        concept=concept,
        dissemination=meaning.dissemination.get(node.path, Dissemination.RESTRICTED),
        choices=node.choices,
        other=next((columns[leaf] for leaf in columns if _specifies(leaf, node, xform)), None),
        relevant=_expression(node, "relevant"),
        constraint=_expression(node, "constraint"),
        required=node.bind.get("required", "") == "true()",
        datatype=_datatype(node, kind, concept),
    )


def _expression(node: Node, name: str) -> str | None:
    found = node.bind.get(name, "").strip()
    return found if found not in {"", "true()"} else None


def _specifies(leaf: Node, asked: Node, xform: XForm) -> bool:
    """Whether a text question is asked exactly where `asked` has the answer "other" (by the name of its choice)."""
    if leaf.control != "input" or asked.choices is None or leaf is asked or base_type(leaf) != "text":
        return False
    relevant = leaf.bind.get("relevant", "")
    if "other" not in relevant:
        return False
    try:
        tree = syntax.parse(relevant)
    except syntax.NotXPath:
        return False
    match tree:
        case syntax.Operation(operator="=", left=syntax.Path() as path, right=syntax.Literal(text=code)):
            pass
        case syntax.Call(name="selected", arguments=(syntax.Path() as path, syntax.Literal(text=code))):
            pass
        case _:
            return False
    if not code.startswith("other") or not any(item.name == code for item in xform.lists.get(asked.choices, ())):
        return False
    if path.absolute:
        return "/".join(step.name for step in path.steps[1:]) == asked.path
    return asked.parent is leaf.parent and [step.name for step in path.steps] == ["..", asked.name]


def _choice(item: Item) -> Choice:
    named = item.columns.get("state", "").strip()
    state = STATES.get(named, State.ANSWERED) if named else _STATES_BY_NAME.get(item.name, State.ANSWERED)
    return Choice(name=item.name, label=item.label, state=state)
