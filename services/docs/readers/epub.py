import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from services.docs.readers.archive import ArchiveLimits, open_archive, read_entry
from services.docs.readers.base import Format, OpenDocument, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.html import html_blocks
from services.docs.readers.leaves import TextDocument
from services.docs.readers.xml import parsed

CONTAINER: Final = "META-INF/container.xml"
ROOTFILE: Final = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
OPF: Final = "{http://www.idpf.org/2007/opf}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
ENCRYPTION: Final = "META-INF/rights.xml"


class EpubReader:
    """Electronic books: their chapters in the order of the spine. https://www.w3.org/TR/epub-33/"""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # none has one
        with open_archive(file, self._limits) as archive:
            try:
                if ENCRYPTION in archive.namelist():
                    raise Unreadable(Problem.PASSWORD_NEEDED)
                name = self._package_name(archive)
                package = parsed(read_entry(archive, name, self._limits))
                return TextDocument(
                    Format.EPUB,
                    self._chapters(archive, package, posixpath.dirname(name)),
                    title=package.findtext(f".//{DC}title") or "",
                    author=package.findtext(f".//{DC}creator") or "",
                )
            except (KeyError, etree.LxmlError) as error:
                raise Unreadable(Problem.BROKEN) from error

    def _package_name(self, archive: zipfile.ZipFile) -> str:
        container = parsed(read_entry(archive, CONTAINER, self._limits))
        root = container.find(f".//{ROOTFILE}")
        if root is None:
            raise Unreadable(Problem.BROKEN)
        return root.get("full-path") or ""

    def _chapters(self, archive: zipfile.ZipFile, package: etree._Element, folder: str) -> Iterator[Block]:
        names = {item.get("id"): item.get("href") or "" for item in package.iter(f"{OPF}item")}
        for reference in package.iter(f"{OPF}itemref"):
            href = names.get(reference.get("idref"))
            if not href:
                continue
            name = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
            if name not in archive.NameToInfo:
                continue
            page = read_entry(archive, name, self._limits).decode("utf-8", errors="replace")
            yield from html_blocks(LexborHTMLParser(page))
