"""Forms written as Markdown tables, as pyxform's own tests write them, and submissions of them."""

from __future__ import annotations

import io

from openpyxl import Workbook

from saphan.collect import forms
from saphan.collect.forms.model import Form


def xlsx(markdown: str) -> bytes:
    """An XLSX workbook from Markdown: `| survey |` starts a sheet, `| | cell | cell |` is a row of it."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    sheet = None
    for line in markdown.strip().splitlines():
        cells = [cell.strip() or None for cell in line.strip().strip("|").split("|")]
        if cells[0]:
            sheet = workbook.create_sheet(cells[0])
        elif sheet is not None:
            sheet.append(cells[1:])
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def form(markdown: str, *languages: str, settings: str = "") -> Form:
    """The form of a Markdown table, with the id `trial` and version `1` unless it has its own settings."""
    if "| settings |" not in markdown:
        markdown = f"{markdown.rstrip()}\n| settings |\n| | form_id | version |{settings}\n| | trial | 1 |"
    return forms.from_xlsx(xlsx(markdown), languages=languages)


def sent(
    body: str, *, form: str = "trial", version: str = "1", instance: str = "uuid:1", attributes: str = ""
) -> bytes:
    """Instance XML around the elements in `body`."""
    return (
        f'<?xml version="1.0"?><data id="{form}" version="{version}"{attributes}>{body}'
        f"<meta><instanceID>{instance}</instanceID></meta></data>"
    ).encode()
