from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from services.docs.jail import frames
from services.docs.readers.archive import ArchiveLimits
from services.docs.readers.base import OpenDocument, Problem, Unreadable
from services.docs.readers.choosing import reader_for
from services.docs.readers.formats import format_of


@dataclass(frozen=True)
class Job:
    """What to do with a file: read all of it, or draw a page of it where `page_number` is not zero."""

    file: str
    filename: str
    password: str
    pages: int
    archive: dict[str, int]
    page_number: int = 0
    passage: str = ""
    side_pixels: int = 0


def do(job: Job, target: BinaryIO) -> None:
    """Do the job, and tell how it went."""
    try:
        document = _opened(job)
        if job.page_number:
            frames.write_bytes(target, document.render(job.page_number, job.passage, job.side_pixels))
        else:
            _read(document, target)
    except Unreadable as error:
        frames.write_json(target, {"problem": error.problem, "limit": error.limit})
    except RecursionError:
        frames.write_json(target, {"problem": Problem.TOO_DEEP, "limit": None})
    except MemoryError:
        frames.write_json(target, {"problem": Problem.TOO_MUCH_MEMORY, "limit": None})
    except Exception as error:  # noqa: BLE001 - the edge of the process: a file may break a library anywhere
        broken = {"problem": Problem.BROKEN, "limit": None, "error": type(error).__name__}
        frames.write_json(target, broken)
    else:
        frames.write_json(target, {"done": True})


def _opened(job: Job) -> OpenDocument:
    file = Path(job.file)
    reader = reader_for(format_of(file, job.filename), ArchiveLimits(**job.archive))
    document = reader.open(file, job.password)
    count = document.overview.page_count
    if count > job.pages:
        raise Unreadable(Problem.TOO_MANY_PAGES, job.pages)
    if job.page_number > count:
        raise Unreadable(Problem.BROKEN)
    return document


def _read(document: OpenDocument, target: BinaryIO) -> None:
    frames.write_json(target, {"overview": asdict(document.overview)})
    has_text = False
    for page in document.pages():
        has_text = has_text or bool(page.text.strip())
        frames.write_json(target, {"page": asdict(page)})
    if not has_text:
        raise Unreadable(Problem.EMPTY)
