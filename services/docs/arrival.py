from dataclasses import dataclass, field

from services.docs.document import MAX_FILENAME_CHARACTERS, plain


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that someone sends."""

    owner: int
    document_id: str
    filename: str
    size_bytes: int
    password: str = field(default="", repr=False)

    @property
    def safe_filename(self) -> str:
        """Its name without folders, on one line."""
        return plain(self.filename.replace("\\", "/").rpartition("/")[2], MAX_FILENAME_CHARACTERS)
