"""Lines of Thai and Burmese whose shaping goes wrong first: stacked letters, reordered vowels, marks above marks.

`python -m tests.golden.products.lines FOLDER` draws them again into `lines.npz`, and as PDFs into the folder: let
somebody who reads the language look at those before the new picture is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pypdfium2
import typst

from saphan.publish.products import typography
from saphan.publish.products.pdf import fonts

GOLDEN = Path(__file__).with_name("lines.npz")
LINES = {
    "my": "မြန်မာနိုင်ငံ ကြွေး တနင်္သာရီ ဆုတ်ဆမ်ရန် ရွှေ့ပြောင်းသွားလာမှု စောင့်ကြည့်ခြင်း ၂၀၂၃ က္ကန္တသ္သ",
    "th": "ที่ น้ำ ปู่ กี่ ผู้ข้ามแดน ระนอง เข้า-ออก ครั้งที่ ญู ฐุ ป้ำ เมื่อวานนี้ ๒๕๖๖ 2566",
    "en": "Tak, Ranong, Kanchanaburi: 1,338,412 movements (95 per cent) fi ffl",
}


def page(language: str) -> bytes:
    """One line, set as products set this language, as a PDF of one small page."""
    setting = typography.of(language)
    families = ", ".join(f'"{family}"' for family in setting.fonts)
    source = (
        f"#set page(width: auto, height: auto, margin: 8pt)\n"
        f'#set text(font: ({families}), lang: "{language}", size: 13pt)\n{LINES[language]}'
    )
    made = typst.Compiler(input=source.encode(), font_paths=fonts()).compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def drawn(language: str) -> np.ndarray:
    """The line as grey levels, two pixels a point."""
    document = pypdfium2.PdfDocument(page(language))
    picture = document[0].render(scale=2, grayscale=True).to_numpy().squeeze().copy()
    document.close()
    return picture


if __name__ == "__main__":
    for tongue in LINES:
        (Path(sys.argv[1]) / f"{tongue}.pdf").write_bytes(page(tongue))
    np.savez_compressed(GOLDEN, **{tongue: drawn(tongue) for tongue in LINES})
