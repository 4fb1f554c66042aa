import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept(folder: Path, name: str) -> str:
    """Return a secret of this machine's own: made once, and kept where only its user can read it."""
    file = folder / "secrets" / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as made:
            made.write(secrets.token_hex(32))
    return file.read_text().strip()
