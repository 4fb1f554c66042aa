import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from services.docs.jail import frames
from services.docs.jail.confinement import Unconfined, confine, limit_resources, stand_back
from services.docs.jail.escapes import escapes
from services.docs.jail.work import Job, do


def main() -> None:
    """Get ready, take one job from standard input, answer on standard output, and end."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    Image.init()  # what it would read in later, one plugin after the other, from files it will not see then
    stand_back()
    frames.write_json(target, {"ready": True})
    line = source.readline()
    if not line:
        return
    order: dict[str, Any] = json.loads(line)
    job = Job(**order["job"]) if order["job"] else None
    limit_resources(memory_bytes=order["memory_bytes"], cpu_seconds=order["cpu_seconds"])
    try:
        confine([Path(job.file)] if job else [])
    except Unconfined as error:
        frames.write_json(target, {"unconfined": str(error)})
        return
    if job is None:
        frames.write_json(target, {"escapes": escapes()})
    else:
        do(job, target)


if __name__ == "__main__":
    main()
