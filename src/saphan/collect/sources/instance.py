"""Writes rows of answers as XForm instance XML, in the shape that a form's own primary instance has.

A form is compiled once into text patterns, one for each table; writing a submission then only fills them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from saphan.collect.forms.model import Form, Table

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
_TEMPLATE = "{http://openrosa.org/javarosa}template"
_INSTANCE_ID = "instanceID"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """The pattern of one table's row: `slots` are column numbers, names of tables inside it, or `instanceID`."""

    pattern: str
    slots: tuple[int | str, ...]

    def row(self, values: Sequence[str], inside: Mapping[str, str] | None = None) -> str:
        """One row as XML: `values` by column, already escaped; `inside` the rows of each table in it, joined."""
        inside = inside or {}
        return self.pattern % tuple(
            values[slot] if isinstance(slot, int) else inside.get(slot, "") for slot in self.slots
        )


class Template:
    """The instance of one form version, ready to be filled."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._tables = {table.path: table for table in form.tables}
        self.segments: dict[str, Segment] = {}
        model = etree.fromstring(form.xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        primary = next(model.iter("{*}instance"))[0]
        prefixes = {prefix: uri for prefix, uri in primary.nsmap.items() if prefix}
        used = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in sorted(prefixes.items()))
        name = etree.QName(primary).localname
        self._compile(primary, form.root, "")
        root = self.segments[form.root.name]
        opening = f"<{name}{used} id={quoteattr(form.id)} version={quoteattr(form.version)}>".replace("%", "%%")
        self._root = Segment(pattern=f"{DECLARATION}{opening}{root.pattern}</{name}>", slots=root.slots)

    def instance(self, identifier: str, values: Sequence[str], inside: Mapping[str, str] | None = None) -> bytes:
        """A whole submission under an instance id; `values` are those of the form's own table, escaped.

        `inside` holds, by name of the table, the rows of the repeats directly in the form, written by `Segment.row`.
        """
        return self._root.row(values, {**(inside or {}), _INSTANCE_ID: escape(identifier)}).encode()

    def _compile(self, element: etree._Element, table: Table, path: str) -> None:
        columns = {question.path: index for index, question in enumerate(table.questions)}
        parts: list[str] = []
        slots: list[int | str] = []

        def visit(parent: etree._Element, above: str) -> None:
            seen: set[str] = set()
            for child in parent.iterchildren("*"):
                here = f"{above}/{etree.QName(child).localname}".lstrip("/")
                inner = self._tables.get(here)
                if inner is not None:
                    if here not in seen:  # the model holds a repeat twice: its template and its first row
                        self._compile(child, inner, here)
                        parts.append("%s")
                        slots.append(inner.name)
                    seen.add(here)
                    continue
                tag = f"{child.prefix}:{etree.QName(child).localname}" if child.prefix else etree.QName(child).localname
                extra = "".join(
                    f" {name!s}={quoteattr(str(value))}" for name, value in child.attrib.items() if name != _TEMPLATE
                )
                parts.append(f"<{tag}{extra}>".replace("%", "%%"))
                if here in columns or here.endswith(f"meta/{_INSTANCE_ID}"):
                    parts.append("%s")
                    slots.append(columns.get(here, _INSTANCE_ID))
                elif len(child):
                    visit(child, here)
                else:
                    parts.append(escape(child.text or "").replace("%", "%%"))
                parts.append(f"</{tag}>")

        visit(element, path)
        pattern = "".join(parts)
        if path:
            name = etree.QName(element).localname
            pattern = f"<{name}>{pattern}</{name}>"
        self.segments[table.name] = Segment(pattern=pattern, slots=tuple(slots))
