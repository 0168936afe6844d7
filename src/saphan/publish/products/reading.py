"""Reading a product back: its register, and every figure as it stands on the page, from the file alone."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import pypdfium2
from lxml import etree, html
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from saphan.core.problem import At, problem
from saphan.publish.figures.hedge import Form
from saphan.publish.figures.hedge import parse as parse_hedge
from saphan.publish.figures.wording import Printed
from saphan.publish.formats import FIGURES
from saphan.publish.products import links, workbook
from saphan.publish.products.build import REGISTER
from saphan.publish.products.model import Found, Reading


def read_pdf(path: Path) -> Reading:
    """The register attached to a PDF and the text inside each link to a figure, in reading order.

    Problem `product.unreadable` if it is no PDF or carries no register.
    """
    at = At(file=str(path))
    data = path.read_bytes()
    try:
        document = PdfReader(io.BytesIO(data))
        attached = document.attachments
        if REGISTER not in attached:
            raise problem("product.unreadable", at, detail=f"it carries no {REGISTER}.")
        parts = list(_pdf_parts(document, data))
        register = attached[REGISTER][0]
        dataset = attached[FIGURES][0] if FIGURES in attached else None
    except (PyPdfError, pypdfium2.PdfiumError) as error:
        raise problem("product.unreadable", at, detail=str(error)) from error
    return _reading(register, dataset, parts)


def read_html(path: Path) -> Reading:
    """The register beside a page and the text of each of its links to a figure; Problem `product.unreadable`."""
    at = At(file=str(path))
    try:
        page = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError as error:
        raise problem("product.unreadable", at, detail=f"it is no page: {error}.") from error
    named = page.find('.//link[@type="application/json"]')
    if named is None:
        raise problem("product.unreadable", at, detail="it names no register.")
    register = (path.parent / named.get("href", "")).resolve()
    if not register.is_file():
        raise problem("product.unreadable", at, detail=f"{register.name} does not lie beside it.")
    return _reading(register.read_bytes(), None, _html_parts(page))


def read_xlsx(path: Path) -> Reading:
    """The register beside a workbook and every number of its list; Problem `product.unreadable` if it is none of ours.

    A number that stands in the tables themselves, or is another than its own print says, is a fault.
    """
    at = At(file=str(path))
    register = path.parent / REGISTER
    if not register.is_file():
        raise problem("product.unreadable", at, detail=f"{REGISTER} does not lie beside it.")
    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=False)
        listed, tables = book[workbook.NUMBERS], book[workbook.TABLES]
    except (KeyError, ValueError, OSError, BadZipFile, InvalidFileException) as error:
        raise problem("product.unreadable", at, detail=f"it is no workbook of a product: {error}.") from error
    found: list[Found] = []
    faults: list[str] = []
    for number, cells in enumerate(listed.iter_rows(min_row=2, values_only=True), start=2):
        row = dict(zip(workbook.HEADER, cells, strict=False))
        name, _, key = str(row["figure"]).rpartition("@")
        for hedge, text, numbers in (
            (str(Form.VALUE), row["printed"], (row["value"],)),
            (row["interval as"], row["interval printed"], (row["low"], row["high"])),
            (str(Form.RESPONDENTS), row["respondents printed"], (row["n"],)),
        ):
            if not text:
                continue
            where = f"{workbook.NUMBERS}, row {number}"
            printed = Printed(
                text=str(text), figure=name, key=key, hedge=parse_hedge(str(hedge), at), language=str(row["language"])
            )
            found.append(Found(printed=printed, where=where))
            if hedge != Form.SAID and not _same_numbers(str(text), numbers):
                faults.append(f"{where}: {text!r} stands beside {numbers}")
    for row_of in tables.iter_rows():
        faults += [
            f"{workbook.TABLES}, {cell.coordinate}: a number that refers to no figure"
            for cell in row_of
            if isinstance(cell.value, int | float)
        ]
    return Reading(register=register.read_bytes(), dataset=None, found=tuple(found), faults=tuple(faults))


def _same_numbers(text: str, numbers: Iterable[object]) -> bool:
    """Whether the numbers printed in a text are those that stand beside it, per cent for shares."""
    printed = [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]
    beside = [float(one) for one in numbers if isinstance(one, int | float)]
    for factor in (1.0, 100.0):
        shown = [one * factor for one in beside]
        if len(shown) == len(printed) and all(
            math.isclose(a, abs(b), rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(printed, shown, strict=True)
        ):
            return True
    return False


def _reading(register: bytes, dataset: bytes | None, parts: Iterable[tuple[str, str, str]]) -> Reading:
    """Put together what stands under the links (address, text, where); a print may come in parts, one a line."""
    found: dict[int, Found] = {}
    faults: list[str] = []
    for address, text, where in parts:
        read = links.read(address, text)
        if read is None:
            if f"{links.FOLDER}/" in address and "#" in address:
                faults.append(f"{where}: the link {address} leads to no figure")
            continue
        number, printed = read
        known = found.get(number)
        if known is None:
            found[number] = Found(printed=printed, where=where)
        elif replace(known.printed, text="") == replace(printed, text=""):
            found[number] = replace(known, printed=replace(printed, text=f"{known.printed.text} {text}"))
        else:
            faults.append(f"{where}: two figures bear the number {number} of print")
    missing = sorted(set(range(1, max(found, default=0) + 1)) - found.keys())
    faults.extend(f"the print number {number} was taken out" for number in missing)
    return Reading(
        register=register, dataset=dataset, found=tuple(found[number] for number in sorted(found)), faults=tuple(faults)
    )


def _pdf_parts(document: PdfReader, data: bytes) -> Iterator[tuple[str, str, str]]:
    """Address, text and page of each link, line by line."""
    drawn = pypdfium2.PdfDocument(data)
    try:
        for index, page in enumerate(document.pages):
            letters = _letters(drawn[index].get_textpage())
            for annotation in page.annotations or ():
                link = annotation.get_object()
                action = link.get("/A")
                address = action.get_object().get("/URI") if action is not None else None
                if address is None:
                    continue
                corners = [float(number) for number in link.get("/QuadPoints") or link["/Rect"]]
                size = 8 if "/QuadPoints" in link else 4
                lines = (corners[start : start + size] for start in range(0, len(corners), size))
                text = "".join(_inside(line, letters) for line in lines)
                yield str(address), text, f"page {index + 1}"
    finally:
        drawn.close()


def _letters(page: pypdfium2.PdfTextPage) -> list[tuple[float, float, str]]:
    """The middle of each letter drawn on a page, in the order they are drawn."""
    found = []
    for index in range(page.count_chars()):
        left, bottom, right, top = page.get_charbox(index)
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(page, index))
        if (right > left or top > bottom) and letter.isprintable():
            found.append(((left + right) / 2, (bottom + top) / 2, letter))
    return found


def _inside(corners: list[float], letters: list[tuple[float, float, str]]) -> str:
    """The letters whose middle lies inside a rectangle or quadrilateral."""
    across, upright = corners[::2], corners[1::2]
    left, right, bottom, top = min(across), max(across), min(upright), max(upright)
    return "".join(letter for x, y, letter in letters if left <= x <= right and bottom <= y <= top)


def _html_parts(page: html.HtmlElement) -> Iterator[tuple[str, str, str]]:
    for link in page.iter("a"):
        if link.get("data-figure") is not None:
            block = next((one.get("id") for one in link.iterancestors("section") if one.get("id")), None)
            yield link.get("href", ""), str(link.text_content()), block or "page"
