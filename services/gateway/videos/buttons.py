from dataclasses import dataclass
from enum import StrEnum

from services.gateway.buttons import VIDEO_PREFIX


class Verb(StrEnum):
    """What a button about a video asks for."""

    CANCEL = "cancel"
    """That it is not made any more."""
    AGAIN = "again"
    """Another video of the same."""
    LONGER = "longer"
    """The same, longer."""
    FORMAT = "format"
    """The formats to choose from; with a value, the same in that format."""
    SHUT = "shut"
    """The buttons of the video, instead of a choice."""
    FILE = "file"
    """The video as a file, bit by bit."""
    GOOD = "good"
    BAD = "bad"
    """Says what the video was worth."""
    OPEN = "open"
    """What is known of it, out of the list."""
    SHOW = "show"
    """The video once more."""
    DROP = "drop"
    """That it is forgotten."""
    LIST = "list"
    """The list; the value is the page."""
    CLOSE = "close"
    """The end of the list."""
    SET = "set"
    """A choice for the next video; the value is what is chosen, as the card says."""


NO_JOB = "-"


@dataclass(frozen=True)
class VideoPress:
    """A button about a video: all that is needed to obey it, whatever has been restarted."""

    verb: Verb
    job_id: str = NO_JOB
    value: str = ""

    @property
    def data(self) -> str:
        """The callback data, of at most 64 bytes: `vid:<verb>:<job>[:<value>]`."""
        value = f":{self.value}" if self.value else ""
        return f"{VIDEO_PREFIX}{self.verb}:{self.job_id}{value}"


def parse_video_press(data: str) -> VideoPress | None:
    """What a button's data means, if it is one of these."""
    if not data.startswith(VIDEO_PREFIX):
        return None
    verb, _, rest = data.removeprefix(VIDEO_PREFIX).partition(":")
    job_id, _, value = rest.partition(":")
    if verb not in Verb.__members__.values() or not job_id:
        return None
    return VideoPress(Verb(verb), job_id, value)
