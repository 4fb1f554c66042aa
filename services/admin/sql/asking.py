from enum import StrEnum
from typing import Any, NamedTuple


class Export(StrEnum):
    """How a whole answer is handed out."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def clickhouse_format(self) -> str:
        return "CSVWithNames" if self is Export.CSV else "Parquet"

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Export.CSV else "application/vnd.apache.parquet"


class Statement(NamedTuple):
    """What an analyst wrote. `parameters` fill {from:DateTime} and {until:DateTime}."""

    sql: str
    parameters: dict[str, str]


class Sheet(NamedTuple):
    """The beginning of an answer."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    seconds: float
