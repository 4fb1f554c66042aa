from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from services.docs.readers.base import Overview, Page, Problem, Unreadable


class Statement(BaseModel):
    """One message of the process that reads a file. Like the file it is not trusted, only checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    ready: bool = False
    done: bool = False
    overview: Overview | None = None
    page: Page | None = None
    problem: Problem | None = None
    limit: int | None = None
    error: str = ""
    """The class of what a library raised, for the log."""
    unconfined: str = ""
    escapes: tuple[str, ...] | None = None

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Raises Unreadable where it is none."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise Unreadable(Problem.BROKEN) from error
