"""An XForm as a tree of nodes: what its binds, controls, choice lists and translations say of each.

Written for the XForms that pyxform makes and for older ones that ODK and Kobo tools made (inline items, choices in the
body); names are matched without their namespaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from saphan.collect.forms.instances import declares_doctype, make_parser
from saphan.core.problem import At, problem
from saphan.core.text import Text

_LANGUAGE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")
_LIST = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
_ITEXT = re.compile(r"jr:itext\(\s*['\"](.+)['\"]\s*\)")


@dataclass(kw_only=True, eq=False)
class Node:
    """One element of the primary instance; built once by `parse` and not changed after."""

    name: str
    parent: Node | None
    repeat: bool = False
    bind: Mapping[str, str] = field(default_factory=dict)  # attributes by local name; preload and preloadParams too
    control: str = ""  # input, select1, select, upload, range, rank, trigger; empty without one
    mediatype: str = ""
    choices: str | None = None
    label: Text = field(default_factory=lambda: Text({}))
    hint: Text = field(default_factory=lambda: Text({}))
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The place under the instance's root: `group/name`; empty for the root itself."""
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.name}" if above else self.name if self.parent else ""

    @property
    def ancestors(self) -> tuple[Node, ...]:
        """The nodes from the root down to this one, itself included."""
        return (*(self.parent.ancestors if self.parent else ()), self)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        yield self
        for child in self.children.values():
            yield from child.walk()


@dataclass(frozen=True, kw_only=True)
class Item:
    """One option of a list, with the further columns it carries."""

    name: str
    label: Text
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class XForm:
    """A parsed XForm: its identity, languages (as their codes), tree, lists, and secondary instances as elements."""

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    root: Node
    lists: Mapping[str, tuple[Item, ...]]
    instances: Mapping[str, etree._Element]


def language_code(name: str) -> str:
    """The code of a language as XLSForms write it: `ไทย (th)` is `th`; without brackets, the name in lower case."""
    found = _LANGUAGE.search(name)
    return found.group(1) if found else name.strip().lower()


def parse(text: str | bytes, *, language: str = "und", at: At | None = None) -> XForm:
    """The tree of an XForm; `language` names the texts of a form written in one language without saying which.

    Raises the problem `form.xform` if it is not well-formed, declares a DOCTYPE, or has no primary instance.
    """
    data = text.encode() if isinstance(text, str) else text
    try:
        document = etree.fromstring(data, make_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise problem("form.xform", at, detail=str(error)) from error
    if declares_doctype(document):
        raise problem("form.xform", at, detail="it declares a DOCTYPE")
    model = next((child for child in document.iter() if local(child) == "model"), None)
    instances = [child for child in model if local(child) == "instance"] if model is not None else []
    if model is None or not instances or not len(instances[0]):
        raise problem("form.xform", at, detail="it has no primary instance")
    return _Builder(document, model, instances, language).build()


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}


class _Builder:
    """The state of one parse: translations first, then the tree, then what binds and controls say of it."""

    def __init__(
        self, document: etree._Element, model: etree._Element, instances: list[etree._Element], language: str
    ) -> None:
        self.document, self.model, self.instances, self.language = document, model, instances, language
        self.translations: dict[str, dict[str, str]] = {}  # text id -> language -> words
        self.languages: list[str] = []
        self.by_path: dict[str, Node] = {}
        self.lists: dict[str, tuple[Item, ...]] = {}

    def build(self) -> XForm:
        self._read_translations()
        primary = self.instances[0][0]
        root = Node(name=local(primary), parent=None)
        self._read_nodes(primary, root, f"/{root.name}")
        for bind in (child for child in self.model if local(child) == "bind"):
            self._read_bind(bind)
        secondary = {str(child.get("id")): child for child in self.instances[1:] if child.get("id")}
        for name, instance in secondary.items():
            if len(instance):
                self.lists[name] = tuple(self._item(item, "itextId") for item in instance[0])
        body = next((child for child in self.document if local(child) == "body"), None)
        if body is not None:
            self._read_body(body)
        title = next((child.text for child in self.document.iter() if local(child) == "title"), None)
        return XForm(
            id=primary.get("id") or _namespace(primary) or root.name,
            version=primary.get("version")
            or next((value for name, value in _attributes(primary).items() if name == "version"), ""),
            title=(title or "").strip(),
            languages=tuple(self.languages) or (self.language,),
            root=root,
            lists=self.lists,
            instances=secondary,
        )

    def _read_translations(self) -> None:
        for translation in (child for child in self.model.iter() if local(child) == "translation"):
            code = language_code(translation.get("lang") or self.language)
            if translation.get("default"):
                self.languages.insert(0, code)
            else:
                self.languages.append(code)
            for entry in translation:
                # Further values of an entry are pictures, sounds or guidance: only the plain one is words.
                plain = next((value for value in entry if value.get("form") is None), None)
                if plain is not None:
                    self.translations.setdefault(str(entry.get("id")), {})[code] = _words(plain)

    def _read_nodes(self, element: etree._Element, node: Node, path: str) -> None:
        self.by_path[path] = node
        for child in element:
            name = local(child)
            if name not in node.children:  # a repeat stands twice: its template, then its first row
                node.children[name] = Node(name=name, parent=node)
                self._read_nodes(child, node.children[name], f"{path}/{name}")

    def _read_bind(self, bind: etree._Element) -> None:
        node = self._at(bind.get("nodeset"))
        if node is not None:
            node.bind = {**node.bind, **_attributes(bind)}

    def _at(self, reference: str | None) -> Node | None:
        parts = (reference or "").strip().split("/")
        # The prefix of a name is of no account: /data/orx:meta/orx:instanceID.
        return self.by_path.get("/".join(part.rpartition(":")[2] for part in parts))

    def _read_body(self, element: etree._Element, base: str = "") -> None:
        for child in element:
            kind = local(child)
            reference = child.get("ref") or child.get("nodeset") or ""
            if reference and not reference.strip().startswith("/"):
                reference = f"{base}/{reference.strip()}"
            node = self._at(reference)
            if kind == "repeat" and node is not None:
                node.repeat = True
            if kind in {"group", "repeat"}:
                if node is not None and kind == "group":
                    self._label(child, node)
                self._read_body(child, reference or base)
            elif node is not None and kind in {"input", "select1", "select", "upload", "range", "rank", "trigger"}:
                node.control = kind
                node.mediatype = child.get("mediatype") or ""
                self._label(child, node)
                self._choices(child, node)

    def _label(self, control: etree._Element, node: Node) -> None:
        for child in control:
            if local(child) == "label":
                node.label = self._text(child)
            elif local(child) == "hint":
                node.hint = self._text(child)

    def _text(self, element: etree._Element) -> Text:
        found = _ITEXT.match((element.get("ref") or "").strip())
        if found:
            return Text(self.translations.get(found.group(1), {}))
        words = _words(element)
        return Text({self.languages[0] if self.languages else self.language: words} if words else {})

    def _choices(self, control: etree._Element, node: Node) -> None:
        itemset = next((child for child in control if local(child) == "itemset"), None)
        if itemset is not None:
            found = _LIST.search(itemset.get("nodeset") or "")
            node.choices = found.group(1) if found else None
            return
        items = [child for child in control if local(child) == "item"]
        if items:
            # Written inside the question, a list has no name: it takes the question's place.
            node.choices = node.path
            self.lists[node.path] = tuple(self._item(item, "value") for item in items)

    def _item(self, item: etree._Element, key: str) -> Item:
        columns = {local(child): (child.text or "") for child in item}
        label = next((self._text(child) for child in item if local(child) == "label"), Text({}))
        if "itextId" in columns:
            label = Text(self.translations.get(columns["itextId"], {}))
        name = columns.get("name") or columns.get("value") or columns.get(key, "")
        return Item(name=name.strip(), label=label, columns=columns)


def _namespace(element: etree._Element) -> str | None:
    """The namespace of the primary instance: before `id` became usual, it was the form's id."""
    return etree.QName(element).namespace


def _words(element: etree._Element) -> str:
    """The words of a label; a value shown inside it appears as `${name}`, as its author wrote it."""
    parts = [element.text or ""]
    for child in element:
        if local(child) == "output":
            reference = (child.get("value") or child.get("ref") or "").strip()
            parts.append("${" + reference.rpartition("/")[2] + "}")
        parts.append(child.tail or "")
    return "".join(parts).strip()
