import errno
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.video.studio.developing import develop
from services.video.studio.film import Problem, UnusableFilm
from services.video.workshop.bench import work


def _do(wish: dict[str, Any]) -> dict[str, Any]:
    try:
        developed = develop(
            Path(wish["source"]),
            Path(wish["display"]),
            Path(wish["thumbnail"]),
            max_bytes=wish["max_bytes"],
        )
    except UnusableFilm as error:
        return {"problem": error.problem}
    except MemoryError:
        return {"problem": Problem.TOO_MUCH}
    except Exception as error:  # noqa: BLE001 - the edge: what FFmpeg raises on a broken file has no end
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return {"is_disk_full": True}
        is_memory = isinstance(error, OSError) and error.errno == errno.ENOMEM
        return {"problem": Problem.TOO_MUCH if is_memory else Problem.BROKEN, "error": type(error).__name__}
    return {"print": asdict(developed)}


if __name__ == "__main__":
    work(_do)
