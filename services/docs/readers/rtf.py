from pathlib import Path

from striprtf.striprtf import rtf_to_text

from services.docs.readers.base import Format, OpenDocument, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.leaves import TextDocument


class RtfReader:
    """Rich text: its paragraphs."""

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # none has one
        source = file.read_bytes().decode("ascii", errors="ignore")
        try:
            text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
        except (ValueError, LookupError, RecursionError) as error:
            raise Unreadable(Problem.BROKEN) from error
        return TextDocument(Format.RTF, (Block(paragraph) for paragraph in text.split("\n")))
