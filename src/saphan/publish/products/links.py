"""Where the page of a figure lies, and what a link to it says of the print it stands under.

The fragment carries the print: key, form, bound, language, and a running number, so that a number broken over two
lines is read back as one and a number taken out leaves a gap.
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from saphan.core.problem import Problem
from saphan.publish.figures.hedge import parse
from saphan.publish.figures.wording import Printed

FOLDER = "figures"


def page(name: str, language: str, first: str) -> str:
    """The page of a figure from the products' folder; the first language has the plain name."""
    return f"{FOLDER}/{quote(name, safe='/=.')}/{index(language, first)}"


def index(language: str, first: str) -> str:
    """The file name of a folder's page in a language."""
    return "index.html" if language == first else f"index.{language}.html"


def fragment(printed: Printed, number: int) -> str:
    """The part of a link after `#`."""
    facts = {"key": printed.key, "n": str(number), "as": str(printed.hedge.form), "lang": printed.language}
    if printed.hedge.bound is not None:
        facts["bound"] = f"{printed.hedge.bound:.10g}"
    return urlencode(facts)


def read(address: str, text: str) -> tuple[int, Printed] | None:
    """The print that a link stands under and its running number, or None if the link leads to no figure."""
    parts = urlsplit(address)
    facts = {key: values[0] for key, values in parse_qs(parts.fragment).items()}
    _, _, path = parts.path.rpartition(f"{FOLDER}/")
    if not (path and {"key", "n", "as", "lang"} <= facts.keys() and facts["n"].isdigit()):
        return None
    try:
        hedge = parse(" ".join([facts["as"], *([facts["bound"]] if "bound" in facts else [])]))
    except Problem:
        return None
    return int(facts["n"]), Printed(
        figure=unquote(path.rpartition("/")[0]),
        key=facts["key"],
        hedge=hedge,
        language=facts["lang"],
        text=text,
    )
