import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.msg import Msg

from services.admin.usage.rows import Row, row_of
from services.chassis.events import MalformedEvent, decode, registry
from services.chassis.usage import KINDS


@dataclass(frozen=True)
class Letter:
    """A message, and the row that it becomes."""

    msg: Msg
    row: Row
    published_at: datetime


@dataclass(frozen=True)
class Batch:
    """Letters for one table, written at once."""

    table: str
    letters: tuple[Letter, ...]

    @property
    def columns(self) -> list[str]:
        return list(self.letters[0].row.columns)

    @property
    def rows(self) -> list[list[Any]]:
        return [list(letter.row.columns.values()) for letter in self.letters]

    @property
    def token(self) -> str:
        """The same for the same events in the same order: ClickHouse takes it once."""
        ids = (f"{each.row.columns['event_id']}.{each.row.columns['version']}" for each in self.letters)
        return hashlib.sha256("\n".join((self.table, *ids)).encode()).hexdigest()

    def halves(self) -> tuple["Batch", "Batch"]:
        middle = len(self.letters) // 2
        return Batch(self.table, self.letters[:middle]), Batch(self.table, self.letters[middle:])


@dataclass(frozen=True)
class Sorted:
    """Messages by the table they go to, and those that cannot be read, with the reason."""

    batches: tuple[Batch, ...]
    malformed: tuple[tuple[Msg, str], ...]


def sort(messages: Iterable[Msg], now: datetime) -> Sorted:
    """Read messages and write them as rows."""
    by_table: dict[str, list[Letter]] = defaultdict(list)
    malformed = []
    known = registry(*KINDS)
    for msg in messages:
        try:
            event = decode(msg, known)
            row = row_of(event, now)
        except MalformedEvent as error:
            malformed.append((msg, str(error)))
        else:
            by_table[row.table].append(Letter(msg, row, event.time))
    batches = tuple(Batch(table, tuple(letters)) for table, letters in by_table.items())
    return Sorted(batches, tuple(malformed))


def oldest(batches: Sequence[Batch]) -> datetime | None:
    """When the oldest event was published; None where there is none."""
    return min((letter.published_at for batch in batches for letter in batch.letters), default=None)
