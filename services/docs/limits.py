from dataclasses import dataclass, field

from services.docs.readers.archive import ArchiveLimits


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much one file may take of the process that reads it, and how much may come of it."""

    wall_seconds: float = 1700.0
    """Of the longest document; one of few pages has less."""
    page_seconds: float = 8.0
    """What each page adds to `silent_seconds`, which every document has."""
    silent_seconds: float = 60.0
    """Without a page."""
    render_seconds: float = 30.0
    cpu_seconds: int = 1700
    memory_bytes: int = 1024**3
    pages: int = 3000
    text_characters: int = 20_000_000
    message_bytes: int = 32_000_000
    """One page, or one picture of a page."""
    side_pixels: int = 1600
    """Of the picture of a page."""
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)

    def seconds_for(self, page_count: int) -> float:
        """Return how long a document of so many pages may take."""
        return min(self.wall_seconds, self.silent_seconds + self.page_seconds * page_count)
