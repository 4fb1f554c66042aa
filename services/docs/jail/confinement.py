import os
import resource
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import landlock  # type: ignore[import-untyped]  # no stubs

from services.docs.jail.system_calls import allow_only_what_reading_takes
from services.docs.readers.ocr import data_folder

# For one file, the libraries, and the two ends of the conversation.
MAX_OPEN_FILES: Final = 256
# After the first the kernel says that it was the processor time, after the second it does not.
CPU_GRACE_SECONDS: Final = 5
FOLDER: Final = landlock.FSAccess.READ_FILE | landlock.FSAccess.READ_DIR
SYSTEM: Final = (
    *("/usr/lib", "/lib", "/lib64", "/dev/urandom"),
    *("/usr/share/fonts", "/usr/local/share/fonts"),
)


class Unconfined(Exception):
    """The kernel does not do its part; says which."""


def limit_resources(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory, processor time and files from now on; nothing may be written to a disk."""
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + CPU_GRACE_SECONDS),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES, MAX_OPEN_FILES),
    ):
        resource.setrlimit(kind, (soft, hard))


def stand_back() -> None:
    """Let the service go first, and where memory runs out let this process be the one that ends."""
    os.nice(5)
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        return  # where /proc is not as usual the limits still hold


def confine(readable: Iterable[Path]) -> None:
    """Leave the process nothing but to think, to read these files and the libraries, and to answer.

    For good: nothing undoes it. Raises Unconfined.
    """
    # Both bind the thread that asks for them, and those that it starts.
    if len(os.listdir("/proc/self/task")) != 1:
        raise Unconfined("a library has started threads")
    try:
        _see_only([*_libraries(), *readable])
    except (OSError, landlock.LandlockError) as error:
        raise Unconfined("the kernel has no Landlock (Linux 5.13 or newer, in its lsm= list)") from error
    try:
        allow_only_what_reading_takes()
    except (OSError, RuntimeError) as error:
        raise Unconfined("the kernel has no seccomp filters") from error


def _see_only(paths: Iterable[Path]) -> None:
    rules = landlock.Ruleset()
    # The recogniser writes its remarks there, and crashes where it cannot.
    rules.allow("/dev/null", rules=landlock.FSAccess.READ_FILE | landlock.FSAccess.WRITE_FILE)
    for path in paths:
        if path.exists():
            rules.allow(path, rules=FOLDER if path.is_dir() else landlock.FSAccess.READ_FILE)
    rules.apply()


def _libraries() -> list[Path]:
    """Where Python, its packages, the linker's files, fonts and the data of the recogniser stand."""
    folders = {*sysconfig.get_paths().values(), *site.getsitepackages(), sys.prefix, sys.base_prefix}
    # Packages may stand elsewhere. Of this project only the readers: beside it may be an .env with secrets.
    folders |= {str(Path(landlock.__file__).parents[1]), str(Path(__file__).parents[1])}
    recognising = data_folder()
    return [*map(Path, (*sorted(folders), *SYSTEM)), *([recognising] if recognising else [])]
