"""Products: what is made for readers, from figures alone, and how it is read back and held against them.

`build` makes a PDF, a page and a workbook in each language and a page for each figure; `read_pdf`, `read_html` and
`read_xlsx` take a product apart again; `disagreements` says where it does not say what the figures say; `find` what is
wrong with templates.
"""

from saphan.publish.figures.agreement import Disagreement, Fault
from saphan.publish.products.agreement import Judge, disagreements
from saphan.publish.products.build import REGISTER, build, waiting
from saphan.publish.products.checking import find
from saphan.publish.products.model import Found, Product, Reading
from saphan.publish.products.reading import read_html, read_pdf, read_xlsx

__all__ = [
    "REGISTER",
    "Disagreement",
    "Fault",
    "Found",
    "Judge",
    "Product",
    "Reading",
    "build",
    "disagreements",
    "find",
    "read_html",
    "read_pdf",
    "read_xlsx",
    "waiting",
]
