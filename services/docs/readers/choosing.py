from collections.abc import Callable
from functools import partial

from services.docs.readers.archive import ArchiveLimits
from services.docs.readers.base import Format, Reader
from services.docs.readers.docx import DocxReader
from services.docs.readers.epub import EpubReader
from services.docs.readers.html import HtmlReader
from services.docs.readers.image import ImageReader
from services.docs.readers.odt import OdtReader
from services.docs.readers.pdf import PdfReader
from services.docs.readers.pptx import PptxReader
from services.docs.readers.rtf import RtfReader
from services.docs.readers.text import TextReader
from services.docs.readers.xlsx import XlsxReader


def reader_for(format_: Format, limits: ArchiveLimits) -> Reader:
    """Return who reads a format."""
    readers: dict[Format, Callable[[], Reader]] = {
        Format.PDF: PdfReader,
        Format.DOCX: partial(DocxReader, limits),
        Format.XLSX: partial(XlsxReader, limits),
        Format.PPTX: partial(PptxReader, limits),
        Format.ODT: partial(OdtReader, limits),
        Format.EPUB: partial(EpubReader, limits),
        Format.HTML: HtmlReader,
        Format.RTF: RtfReader,
        Format.IMAGE: ImageReader,
        **{each: partial(TextReader, each) for each in (Format.TXT, Format.MD, Format.CSV)},
    }
    return readers[format_]()
