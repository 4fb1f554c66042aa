from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from services.docs.readers.archive import ArchiveLimits, open_archive, read_entry
from services.docs.readers.base import Format, OpenDocument, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.leaves import TextDocument
from services.docs.readers.xml import parsed

OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
NOTE: Final = f"{TEXT}note-body"
MAX_SPACES: Final = 100
SIGNS: Final = {NOTE: " [", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}soft-page-break": "\f"}
SKIPPED: Final = frozenset({f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}note-citation"})
PARAGRAPHS: Final = frozenset({f"{TEXT}p", f"{TEXT}h"})


class OdtReader:
    """OpenDocument texts. https://docs.oasis-open.org/office/OpenDocument/v1.3/"""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # see formats.py
        with open_archive(file, self._limits) as archive:
            try:
                manifest = read_entry(archive, "META-INF/manifest.xml", self._limits)
                if b"encryption-data" in manifest:
                    raise Unreadable(Problem.PASSWORD_NEEDED)
                body = parsed(read_entry(archive, "content.xml", self._limits)).find(f".//{OFFICE}text")
                facts = parsed(read_entry(archive, "meta.xml", self._limits))
            except (KeyError, etree.LxmlError) as error:
                raise Unreadable(Problem.BROKEN) from error
        if body is None:
            raise Unreadable(Problem.BROKEN)
        title, author = (facts.findtext(f".//{DC}{name}") or "" for name in ("title", "creator"))
        return TextDocument(Format.ODT, _blocks(body), title=title, author=author)


def _blocks(root: etree._Element) -> Iterator[Block]:
    """Paragraphs and rows in order, without recursion: lists and sections may be nested deeply."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag in PARAGRAPHS:
            level = int(element.get(f"{TEXT}outline-level") or 1) if element.tag == f"{TEXT}h" else 0
            mark = "• " if level == 0 and _is_item(element) else ""
            for number, piece in enumerate(_text(element).split("\f")):
                yield Block(piece if number else mark + piece, level=level, begins_page=number > 0)
        elif element.tag == f"{TABLE}table-row":
            cells = (" ".join(_text(cell).split()) for cell in element.iter(f"{TABLE}table-cell"))
            yield Block(" | ".join(cells))
        elif element.tag == f"{TEXT}soft-page-break":
            yield Block("", begins_page=True)
        elif element.tag not in SKIPPED:
            waiting.extend(reversed(element))


def _is_item(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == f"{TEXT}list-item" and parent[0] is element


def _text(element: etree._Element) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            pieces.append("]" if node.tag == NOTE else "")
            pieces.append(node.tail or "" if node is not element else "")
            continue
        if node.tag in SKIPPED:
            walk.skip_subtree()
            continue
        if node.tag == f"{TEXT}s":
            pieces.append(" " * min(int(node.get(f"{TEXT}c") or 1), MAX_SPACES))
        elif node.tag in PARAGRAPHS and node is not element:
            pieces.append(" ")
        pieces.append(SIGNS.get(str(node.tag), node.text or ""))
    return "".join(pieces)
