import csv
import io
from datetime import UTC, datetime
from typing import Final

from services.admin.charts.period import Period
from services.admin.questions import span
from services.admin.sql import AnalystDesk, Export, Statement

COLUMN: Final = "user_key"


class NoSegment(Exception):
    """What was asked names nobody. `key`: what is wrong, in the wording."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


async def keys_of(analysts: AnalystDesk, sql: str) -> list[int]:
    """Ask for the keys of users, in one column of that name; {from:DateTime} is 30 days ago.

    Raises NoSegment, and what AnalystDesk.export raises.
    """
    reach = Period.MONTH.until(datetime.now(UTC))
    statement = Statement(sql, span(reach.begin, reach.until))
    content = await analysts.export(statement, Export.CSV)
    titles, *rows = csv.reader(io.StringIO(content.decode()))
    if titles != [COLUMN] or not all(row[0].isascii() and row[0].isdigit() for row in rows):
        raise NoSegment("broadcast-sql-columns")
    if not rows:
        # Without keys an audience is everybody.
        raise NoSegment("broadcast-sql-nobody")
    return [int(row[0]) for row in rows]
