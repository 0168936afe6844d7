"""Instance XML as an element tree, hardened: what phones never write is refused before it is read.

The size is checked first; a DOCTYPE is refused, so there are no entities to expand; nothing is fetched; lxml's own
limits on depth and text length stay on (`huge_tree` off).
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from saphan.core.problem import At, problem

DEFAULT_LIMIT = 2_000_000  # bytes; a survey has some 3,000, and photographs travel beside the XML

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def make_parser() -> etree.XMLParser:
    """A parser for instances; comments and processing instructions carry no answers and are left out."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def parse(xml: bytes, parser: etree.XMLParser, *, limit: int, at: At | None = None) -> etree._Element:
    """The root element of an instance.

    Raises the problems `submission.size`, `submission.doctype` and `submission.xml` (empty, cut short, not XML, in a
    wrong encoding). UTF-8 is what phones write; UTF-16 with its mark, and what the XML declares, are read too.
    """
    if len(xml) > limit:
        raise problem("submission.size", at, size=len(xml), limit=limit)
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        xml = _from_utf16(xml, at)
    if b"<!DOCTYPE" in xml:
        raise problem("submission.doctype", at)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # The parser's message may quote an answer: only its place is passed on.
        raise problem("submission.xml", at, detail=_place(error, xml)) from None
    if declares_doctype(root):  # declared in an encoding in which the bytes do not show it
        raise problem("submission.doctype", at)
    return root


def texts(xml: bytes, *, limit: int = DEFAULT_LIMIT) -> frozenset[str]:
    """Every text that stands in an element of an instance: among them the names of the files it goes with.

    Raises what `parse` raises.
    """
    root = parse(xml, make_parser(), limit=limit)
    return frozenset((element.text or "").strip() for element in root.iter())


def declares_doctype(root: etree._Element) -> bool:
    """Whether the document of an element has a DOCTYPE."""
    return root.getroottree().docinfo.internalDTD is not None


def _from_utf16(xml: bytes, at: At | None) -> bytes:
    try:
        return _DECLARATION.sub("", xml.decode("utf-16")).encode()
    except UnicodeDecodeError:
        raise problem("submission.xml", at, detail="it is not the UTF-16 that it says it is.") from None


def _place(error: Exception, xml: bytes) -> str:
    if not xml.strip():
        return "it is empty."
    line, column = getattr(error, "position", None) or (0, 0)
    return f"it breaks off or goes wrong at line {line}, column {column}." if line else "it cannot be read."
