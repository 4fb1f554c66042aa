import re
import zipfile
from pathlib import Path
from typing import Final

from services.docs.readers.base import Format, Problem, Unreadable

HEAD_BYTES: Final = 4096
PICTURES: Final = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*", b"BM"),
    *(b"GIF87a", b"GIF89a"),
)
BY_MIMETYPE: Final = {
    b"application/vnd.oasis.opendocument.text": Format.ODT,
    b"application/epub+zip": Format.EPUB,
}
BY_FOLDER: Final = {"word/": Format.DOCX, "xl/": Format.XLSX, "ppt/": Format.PPTX}
BY_SUFFIX: Final = {
    ".md": Format.MD,
    ".markdown": Format.MD,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".htm": Format.HTML,
    ".html": Format.HTML,
    ".xhtml": Format.HTML,
}
HTML: Final = re.compile(
    rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
# What is no text, though some of it may look like one.
BINARY: Final = (
    b"\x7fELF",
    b"MZ",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"OggS",
    b"ID3",
    b"\x00\x00\x01\x00",
    b"SQLite",
)
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")


def format_of(file: Path, filename: str) -> Format:
    """Tell what a file is: by its content, and by its name only where text may be several things.

    Raises Unreadable.
    """
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise Unreadable(Problem.EMPTY)
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    if head.startswith(PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return Format.IMAGE
    if head.startswith(b"PK"):
        return _in_archive(file)
    if head.startswith(OLE):
        # A DOCX with a password is one of these; so are the files of Word before 2007.
        is_encrypted = ENCRYPTED_OFFICE in file.read_bytes()
        raise Unreadable(Problem.PASSWORD_NEEDED if is_encrypted else Problem.UNKNOWN_FORMAT)
    if head.startswith(BINARY) or _is_binary(head):
        raise Unreadable(Problem.UNKNOWN_FORMAT)
    if HTML.match(head):
        return Format.HTML
    return BY_SUFFIX.get(Path(filename.lower()).suffix, Format.TXT)


def _in_archive(file: Path) -> Format:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as stream:
                    found = BY_MIMETYPE.get(stream.read(100).strip())
                if found:
                    return found
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Unreadable(Problem.BROKEN) from error
    for folder, format_ in BY_FOLDER.items():
        if any(name.startswith(folder) for name in names):
            return format_
    raise Unreadable(Problem.UNKNOWN_FORMAT)


def _is_binary(head: bytes) -> bool:
    """Whether no encoding makes text of it. UTF-16 has a mark, or zeros in every other place."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    is_utf16 = max(head[::2].count(0), head[1::2].count(0)) > len(head) // 4
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b" for byte in head) - zeros
    return (zeros > 0 and not is_utf16) or controls > len(head) // 50
