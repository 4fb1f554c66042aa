import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from pathlib import Path
from typing import Final

from services.sandbox.vendor import pictures
from services.sandbox.vendor.film_tasks import Task
from services.sandbox.vendor.filming import Film, shoot

KEPT_FILMS: Final = 32
GARBAGE: Final = b"This is not a video. " * 1000


class Films:
    """Makes the films of tasks when somebody comes for them, behind addresses that expire."""

    def __init__(self, folder: Path, *, mark: str) -> None:
        self._mark = mark
        folder.mkdir(parents=True, exist_ok=True)
        self._secret = _secret(folder / "secret")
        self._films: OrderedDict[str, bytes] = OrderedDict()
        self._camera = asyncio.Lock()

    def address(self, base: str, task: Task, expires_at: float) -> str:
        """Return where the film of a task is, until then."""
        name, expiry = f"{task.task_id}.mp4", str(int(expires_at))
        return f"{base}/files/{name}?_expires={expiry}&_sig={self._signature(name, expiry)}"

    def admits(self, name: str, expiry: str, signature: str, now: float) -> bool:
        """Whether an address is one of ours, and still works."""
        is_ours = hmac.compare_digest(signature.encode(), self._signature(name, expiry).encode())
        return is_ours and expiry.isdecimal() and int(expiry) > now

    async def of(self, task: Task) -> bytes:
        """Return the film of a task; it is the same each time."""
        if task.order.is_garbage:
            return GARBAGE
        async with self._camera:
            film = self._films.get(task.task_id)
            if film is None:
                film = await asyncio.to_thread(_shot, task, self._mark)
                self._films[task.task_id] = film
                if len(self._films) > KEPT_FILMS:
                    self._films.popitem(last=False)
            return film

    def _signature(self, name: str, expiry: str) -> str:
        return hmac.new(self._secret, f"{name}:{expiry}".encode(), hashlib.sha256).hexdigest()


def _shot(task: Task, mark: str) -> bytes:
    order = task.order
    width, _, height = order.ratio.partition(":")
    first_frame = pictures.read(order.picture) if order.picture else None
    words = order.prompt or "…"
    film = Film(words, int(width), int(height), order.duration, task.task_id.encode(), first_frame, mark)
    return shoot(film)


def _secret(path: Path) -> bytes:
    # Addresses given out work on after a restart.
    if not path.exists():
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()
