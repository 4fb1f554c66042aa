import json
import os
import resource
import sys
from typing import Final

from services.text.sound.ffmpeg import code
from services.text.sound.purposes import Purpose

MAX_MEMORY_BYTES: Final = 1024**3
MAX_CPU_SECONDS: Final = 55


def main(purpose: Purpose) -> int:
    """Read a recording from standard input; write a line about it in JSON, and what it was made into."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        coded = code(sys.stdin.buffer.read(), purpose)
    except (ValueError, MemoryError):
        return os.EX_DATAERR
    head = json.dumps({"mime_type": coded.mime_type, "seconds": coded.seconds})
    sys.stdout.buffer.write(head.encode() + b"\n" + coded.content)
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main(Purpose(sys.argv[1])))
