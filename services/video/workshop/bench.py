import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, Final

MAX_OPEN_FILES: Final = 64

Work = Callable[[dict[str, Any]], dict[str, Any]]


def work(do: Work) -> None:
    """Be a process of the workshop: do what was ordered within its limits, answer on standard output."""
    order = json.loads(sys.argv[1])
    _stand_back()
    for kind, limit in (
        (resource.RLIMIT_AS, order["memory_bytes"]),
        (resource.RLIMIT_CPU, order["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, order["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
    ):
        # The hard limit of processor time kills without saying why.
        resource.setrlimit(kind, (limit, limit + (kind == resource.RLIMIT_CPU)))
    Thread(target=_end_with_parent, daemon=True).start()
    answer = do(order["wish"])
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _stand_back() -> None:
    """Let the service go first, and where memory runs out let this process be the one that ends."""
    os.nice(5)
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        return  # where /proc is not as usual the limits still hold


def _end_with_parent() -> None:
    # Nothing is ever sent: what is read is that the other end is gone.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
