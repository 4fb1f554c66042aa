import mimetypes
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.identifiers import Counter
from services.sandbox.telegram.media.identifiers import FileKey, file_id_of, read_file_id, unique_id_of
from services.sandbox.telegram.media.kinds import MediaKind

_MAX_SUFFIX: Final = 16
UNAVAILABLE: Final = "wrong file_id or the file is temporarily unavailable"


@dataclass(frozen=True, slots=True)
class Measures:
    """What a look into a file tells of it; 0 and "" where it tells nothing."""

    width: int = 0
    height: int = 0
    duration_seconds: int = 0
    title: str = ""
    performer: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file somebody has sent."""

    number: int
    kind: MediaKind
    data: bytes = field(repr=False)
    name: str
    mime_type: str
    measures: Measures
    thumbnail: "StoredFile | None" = None

    def id(self, size: int = 0) -> str:
        return file_id_of(FileKey(self.kind, self.number, size))

    def unique_id(self, size: int = 0) -> str:
        return unique_id_of(FileKey(self.kind, self.number, size))

    @property
    def path(self) -> str:
        """The `file_path` of getFile."""
        return f"{self.kind.folder}/file_{self.number}{_suffix(self)}"


class FileStore:
    """The files sent last, as many as fit; an older one is gone like a file Telegram no longer finds."""

    def __init__(self, counter: Counter, max_bytes: int) -> None:
        self._counter = counter
        self._max_bytes = max_bytes
        self._files: OrderedDict[int, StoredFile] = OrderedDict()
        self._bytes = 0

    def add(
        self,
        kind: MediaKind,
        data: bytes,
        name: str,
        mime_type: str,
        measures: Measures,
        thumbnail: StoredFile | None = None,
    ) -> StoredFile:
        file = StoredFile(self._counter.next(), kind, data, name, mime_type, measures, thumbnail)
        self._files[file.number] = file
        self._bytes += len(data)
        while self._bytes > self._max_bytes and len(self._files) > 1:
            _, oldest = self._files.popitem(last=False)
            self._bytes -= len(oldest.data)
        return file

    def find(self, file_id: str) -> StoredFile:
        """The file of a file_id; raises ApiError in tdlib's words."""
        key = read_file_id(file_id)
        file = self._files.get(key.number)
        if file is None or file.kind is not key.kind:
            raise bad_request(UNAVAILABLE)
        self._files.move_to_end(key.number)
        return file

    def find_path(self, path: str) -> StoredFile | None:
        number = PurePosixPath(path).stem.removeprefix("file_")
        file = self._files.get(int(number)) if number.isdecimal() else None
        return file if file is not None and file.path == path else None

    def clear(self) -> None:
        self._files.clear()
        self._bytes = 0


def _suffix(file: StoredFile) -> str:
    if file.kind is MediaKind.VOICE and file.mime_type == "audio/ogg":
        return ".oga"
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= _MAX_SUFFIX:
        return suffix
    return mimetypes.guess_extension(file.mime_type) or ""
