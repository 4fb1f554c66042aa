from enum import StrEnum


class Environment(StrEnum):
    """Where a process runs. What is dangerous in production is refused there."""

    LOCAL = "local"
    TEST = "test"
    PRODUCTION = "production"
