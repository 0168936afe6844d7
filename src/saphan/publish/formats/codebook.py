"""The codebook of a form: each question with its meaning, choices, when it is asked and what uses it.

CSV and XLSX have a row for each question and each of its choices; the page has a row for each question.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import xlsxwriter

from saphan.collect.forms.concepts import CONCEPTS
from saphan.collect.forms.model import Form, Question, Table
from saphan.collect.forms.spoken import spoken
from saphan.core.text import Text
from saphan.publish.formats import csv
from saphan.publish.formats.xlsx import EPOCH

_SILENT = frozenset({"note", "start", "end", "deviceid", "today"})
WIDTHS = {"table": 18, "question": 24, "concept": 24, "meaning": 40, "asked when": 40, "used by": 40}


def write(form: Form, uses: Mapping[str, Sequence[str]], *, title: Text) -> Mapping[str, bytes]:
    """The codebook by file name; `uses` says by concept (or column) what reads it. Equal forms give equal bytes."""
    header = _header(form)
    rows = list(_rows(form, uses))
    return {
        "codebook.csv": csv.write(header, rows).encode(),
        "codebook.xlsx": _workbook(header, rows, title.to(form.languages[0])),
        "codebook.html": _page(form, uses, title).encode(),
    }


def _header(form: Form) -> list[str]:
    labels = [f"label:{language}" for language in form.languages]
    choices = [f"choice label:{language}" for language in form.languages]
    fixed = ("concept", "meaning", "class", "required", "asked when", "used by")
    return ["table", "question", "type", *labels, *fixed, "choice", "state", *choices]


def _asked(form: Form) -> Iterator[tuple[Table, Question]]:
    for table in form.tables:
        for question in table.questions:
            if question.type not in _SILENT and question.path.split("/")[0] != "meta":
                yield table, question


def _rows(form: Form, uses: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    for table, question in _asked(form):
        own = [
            table.name,
            question.column,
            question.type,
            *(question.label.get(language, "") for language in form.languages),
            question.concept or "",
            _meaning(question),
            question.dissemination.value,
            "yes" if question.required else "",
            spoken(form, question, form.languages[0]),
            "; ".join(uses.get(question.concept or question.column, ())),
        ]
        choices = form.choices.get(question.choices or "", ())
        for choice in choices:
            labels = [choice.label.get(language, "") for language in form.languages]
            yield [*own, choice.name, choice.state.name.lower().replace("_", "-"), *labels]
        if not choices:
            yield [*own, "", "", *("" for _ in form.languages)]


def _meaning(question: Question) -> str:
    return CONCEPTS[question.concept].meaning if question.concept in CONCEPTS else ""


def _workbook(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": EPOCH.replace(tzinfo=None), "title": title})
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet("codebook")
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
    for column, name in enumerate(header):
        page.set_column(column, column, WIDTHS.get(name, 30 if "label" in name else 14), wrapped)
        page.write_string(0, column, name, bold)
        for line, row in enumerate(rows, start=1):
            if row[column]:
                page.write_string(line, column, row[column])
    book.close()
    return buffer.getvalue()


def _page(form: Form, uses: Mapping[str, Sequence[str]], title: Text) -> str:
    first = form.languages[0]
    heads = "".join(
        f'<th scope="col">{escape(one)}</th>'
        for one in ("question", *form.languages, "choices", "asked when", "used by")
    )
    lines = []
    for _, question in _asked(form):
        named = f"<code>{escape(question.column)}</code>"
        if question.concept:
            named += f"<br><small>{escape(question.concept)}: {escape(_meaning(question))}</small>"
        cells = [named, *(_words(question.label.get(language, ""), language) for language in form.languages)]
        choices = form.choices.get(question.choices or "", ())
        listed = "".join(
            f"<li><code>{escape(one.name)}</code> "
            + " / ".join(_words(one.label.get(language, ""), language) for language in form.languages)
            + "</li>"
            for one in choices
        )
        cells.append(f"<ul>{listed}</ul>" if listed else escape(question.type))
        cells.append(escape(spoken(form, question, first)))
        cells.append("<br>".join(escape(one) for one in uses.get(question.concept or question.column, ())))
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    name = escape(title.to(first))
    return (
        f'<!doctype html>\n<html lang="{escape(first)}">\n<head><meta charset="utf-8"><title>{name}: codebook</title>\n'
        "<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
        "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}ul{margin:0;padding-left:1em}"
        f"</style></head>\n<body>\n<h1>{name}: codebook</h1>\n"
        f"<p>Form {escape(form.id)}, version {escape(form.version)}, key {escape(form.key)}.</p>\n"
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"
        + "\n".join(lines)
        + "\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _words(text: str, language: str) -> str:
    return f'<span lang="{escape(language)}">{escape(text)}</span>' if text else ""
