from pathlib import Path
from typing import Any

from services.video.frames.recoding import Problem, UnusablePicture, recode
from services.video.workshop.bench import work


def _do(wish: dict[str, Any]) -> dict[str, Any]:
    try:
        recode(Path(wish["source"]), Path(wish["target"]))
    except UnusablePicture as error:
        return {"problem": error.problem, "limit": error.limit}
    except Exception:  # noqa: BLE001 - the edge: what Pillow raises on a broken file has no end
        return {"problem": Problem.BROKEN}
    return {}


if __name__ == "__main__":
    work(_do)
