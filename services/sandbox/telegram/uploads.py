from typing import NamedTuple

from services.sandbox.telegram.wire import Json


class Upload(NamedTuple):
    """A file as it came in a request."""

    data: bytes
    name: str
    content_type: str = ""

    def to_json(self) -> Json:
        """What the journal keeps of it."""
        return {"file_name": self.name, "file_size": len(self.data)}
