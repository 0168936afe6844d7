"""What an XLSForm says beside the XForm: concepts, dissemination, states; and each mistake in it, at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from saphan.collect.forms.concepts import CONCEPTS, FormConcept
from saphan.collect.forms.schema import STATES, Meaning
from saphan.collect.forms.sheets import Row, Sheet
from saphan.collect.forms.xform import language_code
from saphan.core import nearest
from saphan.core.problem import At, Finding, finding
from saphan.mission.model import Dissemination

_EMPTY = Sheet(name="", columns=(), rows=())
_LIST_TYPES = ("select_one", "select_multiple", "rank")
_BEGIN = {"begin group": "group", "begin repeat": "repeat", "begin loop": "group"}
_END = ("end group", "end repeat", "end loop")
_ALIASES = {"select one": "select_one", "select multiple": "select_multiple", "int": "integer", "string": "text"}
_TRANSLATED = ("label", "hint", "constraint_message", "required_message")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One row of the survey sheet, read: its place in the instance, its base type and its list."""

    row: Row
    path: str
    type: str
    choices: str | None


def read(sheets: Mapping[str, Sheet]) -> Meaning:
    """The meanings bound in an XLSForm; mistakes in them are passed over here, and found by `find`."""
    known = {each.value for each in Dissemination}
    classes: dict[str, Dissemination] = {}
    concepts: dict[str, str] = {}
    for asked in _asked(sheets.get("survey", _EMPTY)):
        written = asked.row.get("dissemination")
        # A class given to a group or repeat holds for what lies in it.
        inherited = classes.get(asked.path.rpartition("/")[0])
        if written in known or inherited is not None:
            classes[asked.path] = Dissemination(written) if written in known else inherited or Dissemination.RESTRICTED
        if asked.row.get("concept") in CONCEPTS:
            concepts[asked.path] = asked.row.get("concept")
    form = next((row.get("concept") for row in sheets.get("settings", _EMPTY).rows), "")
    return Meaning(form=form or None, concepts=concepts, dissemination=classes)


def find(sheets: Mapping[str, Sheet], file: str, languages: tuple[str, ...]) -> tuple[Finding, ...]:
    """Every mistake in the meanings and the languages of an XLSForm; `languages` are those it must be written in."""
    return (
        *_form_mistakes(sheets, file),
        *_concept_mistakes(sheets, file),
        *_language_mistakes(sheets, file, languages),
        *_value_mistakes(sheets, file),
    )


def _asked(survey: Sheet) -> Iterator[_Asked]:
    above: list[str] = []
    for row in survey.rows:
        words = row.get("type").split()
        pair = " ".join(words[:2]).lower().replace("_", " ") if words else ""
        opening = " ".join(words).lower().replace("_", " ")
        if opening in _BEGIN:
            above.append(row.get("name"))
            yield _Asked(row=row, path="/".join(above), type=_BEGIN[opening], choices=None)
        elif opening in _END:
            above = above[:-1]
        elif words:
            base, listed = (_ALIASES[pair], words[2:]) if pair in _ALIASES else (words[0], words[1:])
            base = _ALIASES.get(base, base).removesuffix("_from_file").removesuffix("_external")
            takes_list = base in _LIST_TYPES
            yield _Asked(
                row=row,
                path="/".join([*above, row.get("name") or base]),
                type=base,
                choices=listed[0] if takes_list and listed else None,
            )


def _form_mistakes(sheets: Mapping[str, Sheet], file: str) -> Iterator[Finding]:
    settings = sheets.get("settings", _EMPTY)
    row = settings.rows[0] if settings.rows else None
    concept = row.get("concept") if row else ""
    at = At(file=file, sheet="settings", row=row.number if row else None, column="concept")
    known = [each.value for each in FormConcept]
    if not concept:
        yield finding("form.no-concept", at, known=", ".join(known))
    elif concept not in known:
        yield finding("form.concept", at, name=concept, nearest=nearest.remedy(concept, known, what="form concepts"))


def _concept_mistakes(sheets: Mapping[str, Sheet], file: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for asked in _asked(sheets.get("survey", _EMPTY)):
        name = asked.row.get("concept")
        if not name:
            continue
        at = At(file=file, sheet="survey", row=asked.row.number, column="concept")
        concept = CONCEPTS.get(name)
        if concept is None:
            yield finding("form.concept", at, name=name, nearest=nearest.remedy(name, CONCEPTS, what="concepts"))
            continue
        if name in first:
            yield finding("form.concept-twice", at, name=name, row=first[name])
        first.setdefault(name, asked.row.number)
        if asked.type not in concept.types:
            yield finding("form.concept-type", at, name=name, type=asked.type, types=" or ".join(concept.types))
        elif concept.codes and asked.choices:
            yield from _code_mistakes(sheets, file, asked.choices, name, concept.codes)


def _code_mistakes(
    sheets: Mapping[str, Sheet], file: str, choices: str, concept: str, codes: tuple[str, ...]
) -> Iterator[Finding]:
    for row in sheets.get("choices", _EMPTY).rows:
        if _list_name(row) == choices and row.get("name") not in codes:
            at = At(file=file, sheet="choices", row=row.number, column="name")
            yield finding("form.code", at, choice=row.get("name"), concept=concept, codes=", ".join(codes))


def _language_mistakes(sheets: Mapping[str, Sheet], file: str, languages: tuple[str, ...]) -> Iterator[Finding]:
    for name in ("survey", "choices"):
        sheet = sheets.get(name, _EMPTY)
        by_code = {_code(column): column for column in sheet.columns if column.lower().split(":")[0].strip() == "label"}
        if not by_code or (len(languages) == 1 and "" in by_code):
            continue  # pyxform says so of a missing label column; a plain `label` is in the mission's one language
        for code in languages:
            if code not in by_code:
                yield finding(
                    "form.language", At(file=file, sheet=name, row=1), language=code, column=f"label::... ({code})"
                )
        yield from _missing_words(sheet, name, file, languages)


def _missing_words(sheet: Sheet, name: str, file: str, languages: tuple[str, ...]) -> Iterator[Finding]:
    for word in _TRANSLATED:
        columns = {_code(column): column for column in sheet.columns if column.lower().split(":")[0].strip() == word}
        declared = [columns[code] for code in languages if code in columns]
        for row in sheet.rows:
            written = [column for column in declared if row.get(column)]
            for column in declared if written else ():
                if not row.get(column):
                    at = At(file=file, sheet=name, row=row.number, column=column)
                    yield finding("form.words", at, name=row.get("name"), other=written[0])


def _code(column: str) -> str:
    """The language a translated column is in; empty for a plain one."""
    _, colons, language = column.partition(":")
    return language_code(language.lstrip(":")) if colons else ""


def _value_mistakes(sheets: Mapping[str, Sheet], file: str) -> Iterator[Finding]:
    for name, column, known in (
        ("survey", "dissemination", [each.value for each in Dissemination]),
        ("choices", "state", list(STATES)),
    ):
        for row in sheets.get(name, _EMPTY).rows:
            value = row.get(column)
            if value and value not in known:
                at = At(file=file, sheet=name, row=row.number, column=column)
                yield finding("form.value", at, value=value, known=", ".join(known))


def _list_name(row: Row) -> str:
    return row.get("list_name") or row.get("list name")
