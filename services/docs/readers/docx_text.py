from collections.abc import Iterator
from typing import Any, Final

from docx.oxml.ns import qn

TEXT: Final = frozenset({qn("w:t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"})
# What was deleted with changes tracked, and the older of two forms of the same drawing.
SKIPPED: Final = frozenset(
    {
        *(qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:pPr"), qn("w:rPr")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
BREAK: Final = qn("w:br")
SIGNS: Final = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:lastRenderedPageBreak"): "\f",
}
NOTES: Final = frozenset({qn("w:footnoteReference"), qn("w:endnoteReference")})
BOX: Final = qn("w:txbxContent")
PARAGRAPH: Final = qn("w:p")


def text_of(paragraph: Any) -> str:
    """The words of a `w:p`, with links, insertions, boxes and marks of notes; a form feed ends a page."""
    return "".join(_pieces(paragraph))


def begins_page(element: Any) -> bool:
    """Whether a paragraph, or a table's first one, asks for a new page."""
    first = element if element.tag == PARAGRAPH else next(element.iter(PARAGRAPH), None)
    if first is None:
        return False
    wish = first.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}")
    return wish is not None and wish.get(qn("w:val"), "true") not in ("0", "false", "off")


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in TEXT:
            yield child.text or ""
        elif tag == BREAK:
            yield "\f" if child.get(qn("w:type")) == "page" else "\n"
        elif tag in SIGNS:
            yield SIGNS[tag]
        elif tag in NOTES:
            yield f"[{child.get(qn('w:id'))}]"
        elif tag == BOX:
            for paragraph in child.iter(PARAGRAPH):
                yield f"\n{text_of(paragraph)}"
        elif tag not in SKIPPED:
            yield from _pieces(child)
