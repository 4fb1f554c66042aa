from typing import Final

from clickhouse_connect.driver.exceptions import DataError, Error, OperationalError

from services.chassis.errors import ServiceUnavailable

# https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
BUSY_CODES: Final = frozenset(
    {
        *(159, 160, 202, 209, 210, 241, 394),  # too slow, too many, too much memory, the network, killed
        *(164, 242, 243, 252, 425),  # read-only, no space, too many parts
        *(225, 236, 285, 286, 319, 999),  # Keeper and replicas
    }
)
ROW_CODES: Final = frozenset(
    {
        *(6, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117),  # cannot be read or converted
        *(131, 321, 407, 469, 691),  # too large, out of range, against a constraint, no such element
    }
)
WITHOUT_CODE: Final = 0


class StatementRefused(Exception):
    """ClickHouse does not do this: the statement, a right or a table is wrong. `code` is ClickHouse's."""

    def __init__(self, message: str, code: int = WITHOUT_CODE) -> None:
        super().__init__(message)
        self.code = code


class RowsRefused(StatementRefused):
    """ClickHouse will never take these values: at least one of them is wrong."""


def translated(error: Exception) -> Exception:
    """Tell apart what may work later, what is wrong with rows, and what is wrong with a statement."""
    code = error.code if isinstance(error, Error) else None
    text = str(error).strip()
    if code in ROW_CODES or isinstance(error, DataError | ValueError | TypeError):
        return RowsRefused(text, code or WITHOUT_CODE)
    if code in BUSY_CODES or (isinstance(error, OperationalError | OSError) and code is None):
        return ServiceUnavailable(f"ClickHouse does not answer: {type(error).__name__}")
    return StatementRefused(text, code or WITHOUT_CODE)
