"""From XLSX to form: pyxform makes the XForm, this reads both, and says what is wrong in the field's words.

The only module that imports pyxform and openpyxl, which take half a second: a form that has not changed is loaded
without it (see `loading`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert as xlsform_to_xform

from saphan.collect.forms import meanings, schema, sheets, xform
from saphan.collect.forms.model import Form
from saphan.core.problem import At, Finding, Problem, finding

_ROW = re.compile(r"^\[row : (\d+)\]\s*")
_SHEET = re.compile(r"^On the '(\w+)' sheet, the '([^']+)' value (?:'[^']*' )?is (?:invalid|problematic)\.\s*")
_UNKNOWN_TYPE = re.compile(r"^Unknown question type '([^']*)'")

# pyxform adds a handler to its logger when imported; what it has to say comes back as findings.
logging.getLogger("pyxform").setLevel(logging.ERROR)


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What came of one file: the form unless it could not be had, and everything found wrong."""

    form: Form | None
    findings: tuple[Finding, ...]


def convert(data: bytes, file: str, languages: tuple[str, ...]) -> Conversion:
    """Convert an XLSForm, and check its meanings for a mission in these languages, all in one pass."""
    try:
        workbook = sheets.read(data, file)
    except Problem as broken:
        return Conversion(form=None, findings=tuple(broken.findings))
    if "survey" not in workbook:
        return Conversion(form=None, findings=(finding("form.sheet", At(file=file), sheet="survey"),))
    found = list(meanings.find(workbook, file, languages))
    try:
        text = xlsform_to_xform(data, file_type=".xlsx").xform
        parsed = xform.parse(text, language=languages[0] if languages else "und", at=At(file=file))
    except PyXFormError as error:
        return Conversion(form=None, findings=(_finding(error, workbook, file), *found))
    except Problem as unreadable:
        return Conversion(form=None, findings=(*unreadable.findings, *found))
    return Conversion(form=schema.build(parsed, text, meanings.read(workbook)), findings=tuple(found))


def _finding(error: PyXFormError, workbook: Mapping[str, sheets.Sheet], file: str) -> Finding:
    """pyxform's message as a finding at its cell; it writes the place into the words."""
    message = str(error)
    row = column = None
    sheet: str | None = None
    if found := _ROW.match(message):
        row, sheet = int(found[1]), "survey"
        message = message[found.end() :]
    if found := _SHEET.match(message):
        sheet, column = found[1], found[2]
        message = message[found.end() :]
    elif found := _UNKNOWN_TYPE.match(message):
        sheet, column = "survey", "type"
        row = next((each.number for each in workbook["survey"].rows if each.get("type") == found[1]), None)
    return finding("form.convert", At(file=file, sheet=sheet, row=row, column=column), detail=message.strip())
