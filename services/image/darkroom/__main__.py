import resource
import sys
from contextlib import suppress
from typing import Any, BinaryIO, Final

from services.image.darkroom import frames
from services.image.darkroom.developing import develop
from services.image.darkroom.forms import Form, Problem, UnusablePicture

# 50 megapixels of WebP with transparency, decoded and blended.
MAX_MEMORY_BYTES: Final = 3 * 1024**3 // 2
MAX_CPU_SECONDS_PER_PICTURE: Final = 20


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Develop one picture after the other, until there are no more."""
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    _write(target, {}, b"")  # ready
    while len(prefix := source.read(frames.LENGTH.size)) == frames.LENGTH.size:
        head_bytes, content_bytes = frames.lengths(prefix)
        wish = frames.head(source.read(head_bytes))
        head, content = _answer(wish, source.read(content_bytes))
        _write(target, head, content)


def _write(target: BinaryIO, head: dict[str, Any], content: bytes) -> None:
    target.write(frames.opening(head, len(content)) + content)
    target.flush()


def _answer(wish: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = round(used.ru_utime + used.ru_stime) + MAX_CPU_SECONDS_PER_PICTURE
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    try:
        developed = develop(content, Form(wish["form"]), wish["max_pixels"])
    except UnusablePicture as error:
        return {"problem": error.problem, "limit": error.limit}, b""
    except Exception:  # noqa: BLE001 - the edge: what Pillow raises on a broken file has no end
        return {"problem": Problem.BROKEN, "limit": None}, b""
    head = {
        "mime_type": developed.mime_type,
        "source_mime_type": developed.source_mime_type,
        "size": [developed.source_width_pixels, developed.source_height_pixels],
    }
    return head, developed.content


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(sys.stdin.buffer, sys.stdout.buffer)
