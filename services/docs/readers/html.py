import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.docs.readers.base import Format, OpenDocument
from services.docs.readers.blocks import Block
from services.docs.readers.encodings import decoded
from services.docs.readers.leaves import TextDocument

# What nobody sees on the page.
HIDDEN: Final = ("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "head")
BLOCKS: Final = frozenset(
    (
        *("p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "blockquote", "pre"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "caption", "hr", "body"),
        *("figure", "figcaption", "address", "form", "fieldset"),
    )
)
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
SPACES: Final = re.compile(r"[^\S\n]+")
CHARSET: Final = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)


class HtmlReader:
    """Web pages: what is to be read on them."""

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # none has one
        content = file.read_bytes()
        tree = LexborHTMLParser(_text(content))
        title = tree.css_first("title")
        found = title.text(strip=True) if title else ""
        return TextDocument(Format.HTML, html_blocks(tree), title=found)


def html_blocks(tree: LexborHTMLParser) -> Iterator[Block]:
    """Yield the paragraphs, headings, list items and rows of a page, in order."""
    tree.strip_tags(list(HIDDEN))
    if tree.body is None:
        return
    said: list[str] = []
    for piece in _walk(tree.body):
        if isinstance(piece, str):
            said.append(piece)
            continue
        if text := _tidy(said):
            yield Block(text)
        said = []
        if piece.text:
            yield piece
    if text := _tidy(said):
        yield Block(text)


def _walk(root: LexborNode) -> Iterator[str | Block]:
    """The texts of a tree and, where blocks begin and end, Blocks. Trees may be deep: no recursion."""
    waiting: list[LexborNode | str | Block] = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, LexborNode):
            yield node
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield node.text_content or ""
        elif tag in HEADINGS:
            yield Block(_tidy([node.text(deep=True, separator=" ")]), level=HEADINGS[tag])
        elif tag == "tr":
            cells = [_tidy([cell.text(deep=True, separator=" ")]) for cell in node.css("td, th")]
            yield Block(" | ".join(cells))
        elif tag == "br":
            yield "\n"
        else:
            is_block = tag in BLOCKS
            inner: list[LexborNode | str | Block] = [*node.iter(include_text=True)]
            if tag == "li":
                inner.insert(0, "• ")
            if is_block:
                inner = [Block(""), *inner, Block("")]
            waiting.extend(reversed(inner))


def _tidy(texts: list[str]) -> str:
    lines = (SPACES.sub(" ", line).strip() for line in "".join(texts).split("\n"))
    return "\n".join(line for line in lines if line)


def _text(content: bytes) -> str:
    declared = CHARSET.search(content[:2048])
    if declared is not None:
        try:
            return content.decode(declared[1].decode(), errors="replace")
        except LookupError:
            return decoded(content)
    return decoded(content)
