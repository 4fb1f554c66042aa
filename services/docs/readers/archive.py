import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.docs.readers.base import Problem, Unreadable

ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
MARKUP: Final = (".xml", ".rels", ".html", ".xhtml", ".htm", ".ncx", ".opf", ".css")
LEAST_SUSPECT_BYTES: Final = 1_000_000
"""What unpacks to less is harmless, however well it was packed."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much may be in a zip file."""

    entries: int = 10_000
    total_bytes: int = 400_000_000
    entry_bytes: int = 64_000_000
    """Of an entry that is text or XML; pictures and sounds are never unpacked."""
    ratio: int = 200


def open_archive(file: Path, limits: ArchiveLimits) -> zipfile.ZipFile:
    """Open a zip file after a look at what it claims to hold. Raises Unreadable.

    The claims are kept to by `read_entry`: an entry that unpacks to more ends there.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(Problem.BROKEN) from error
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise Unreadable(Problem.ARCHIVE_BOMB, limits.entries)
    if sum(entry.file_size for entry in entries) > limits.total_bytes:
        raise Unreadable(Problem.ARCHIVE_BOMB)
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unreadable(Problem.PASSWORD_NEEDED)
        packed = max(1, entry.compress_size)
        is_suspect = entry.file_size > LEAST_SUSPECT_BYTES and entry.file_size > packed * limits.ratio
        if is_suspect or (_is_markup(entry) and entry.file_size > limits.entry_bytes):
            raise Unreadable(Problem.ARCHIVE_BOMB)
    return archive


def read_entry(archive: zipfile.ZipFile, name: str, limits: ArchiveLimits) -> bytes:
    """Unpack one entry, and never more than is allowed. Raises Unreadable, or KeyError for none."""
    try:
        with archive.open(name) as stream:
            content = stream.read(limits.entry_bytes + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(Problem.BROKEN) from error
    if len(content) > limits.entry_bytes:
        raise Unreadable(Problem.ARCHIVE_BOMB)
    return content


def _is_markup(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith(MARKUP)
