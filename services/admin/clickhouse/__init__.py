"""ClickHouse in two homes, embedded and on a server, through one client."""

from services.admin.clickhouse.database import Answer, Database, open_database
from services.admin.clickhouse.homes import EmbeddedHome, Home, ServerHome
from services.admin.clickhouse.refusals import RowsRefused, StatementRefused

__all__ = [
    "Answer",
    "Database",
    "EmbeddedHome",
    "Home",
    "RowsRefused",
    "ServerHome",
    "StatementRefused",
    "open_database",
]
