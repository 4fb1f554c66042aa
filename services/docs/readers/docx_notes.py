from collections.abc import Iterator
from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from services.docs.readers.docx_text import PARAGRAPH, text_of

KINDS: Final = {
    qn("w:footnoteReference"): (RELATIONSHIP_TYPE.FOOTNOTES, qn("w:footnote")),
    qn("w:endnoteReference"): (RELATIONSHIP_TYPE.ENDNOTES, qn("w:endnote")),
}


class Notes:
    """Footnotes and endnotes, which python-docx does not read."""

    def __init__(self, part: Any) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        for reference, (relationship, tag) in KINDS.items():
            for found in part.rels.values():
                if found.reltype == relationship and not found.is_external:
                    self._read(reference, found.target_part.blob, tag)

    def of(self, paragraph: Any) -> Iterator[str]:
        """The notes that a `w:p` refers to, each with its mark."""
        for reference in paragraph.iter(*KINDS):
            note_id = reference.get(qn("w:id")) or ""
            text = self._texts.get((reference.tag, note_id))
            if text:
                yield f"[{note_id}] {text}"

    def _read(self, reference: str, content: bytes, tag: str) -> None:
        for note in parse_xml(content).iter(tag):
            text = " ".join(" ".join(text_of(each) for each in note.iter(PARAGRAPH)).split())
            self._texts[reference, note.get(qn("w:id")) or ""] = text
