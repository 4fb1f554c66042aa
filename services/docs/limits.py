from dataclasses import dataclass, field

from services.docs.readers.archive import ArchiveLimits


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much one file may take of the process that reads it, and how much may come of it."""

    wall_seconds: float = 900.0
    silent_seconds: float = 60.0
    """Without a page."""
    cpu_seconds: int = 600
    memory_bytes: int = 2 * 1024**3
    pages: int = 3000
    text_characters: int = 20_000_000
    message_bytes: int = 32_000_000
    """One page, or one picture of a page."""
    side_pixels: int = 1600
    """Of the picture of a page."""
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)
