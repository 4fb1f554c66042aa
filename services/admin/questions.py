import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from services.admin.clickhouse import Answer, Database
from services.chassis.errors import ResourceNotFound, StartupError

FOLDER: Final = "services.admin.clickhouse.questions"
HEADER: Final = re.compile(r"-- (?P<key>title|answers|parameters): (?P<value>.+)")


@dataclass(frozen=True)
class Question:
    """What an analyst wants to know, as SQL with {from:DateTime} and {until:DateTime}."""

    question_id: str
    title: str
    answers: str
    parameters: tuple[str, ...]
    sql: str


class Questions:
    """All questions of this release."""

    def __init__(self, database: Database, questions: Mapping[str, Question]) -> None:
        self._database = database
        self._questions = questions

    def all(self) -> list[Question]:
        return list(self._questions.values())

    async def ask(self, question_id: str, begin: datetime, until: datetime) -> Answer:
        """Ask about a span of time. Raises ResourceNotFound, and what the database raises."""
        question = self._questions.get(question_id)
        if question is None:
            raise ResourceNotFound(metadata={"resource": "question"})
        return await self._database.query(question.sql, span(begin, until))


def span(begin: datetime, until: datetime) -> dict[str, Any]:
    """The parameters that every question has."""
    return {"from": _text(begin), "until": _text(until)}


def shipped() -> dict[str, Question]:
    """Read the questions of this release, in order. Raises StartupError."""
    return {question.question_id: question for question in sorted(_read(), key=lambda each: each.question_id)}


def _read() -> Iterator[Question]:
    for file in resources.files(FOLDER).iterdir():
        if not file.name.endswith(".sql"):
            continue
        text = file.read_text("utf-8")
        header = {match["key"]: match["value"].strip() for match in HEADER.finditer(text)}
        if header.keys() != {"title", "answers", "parameters"}:
            raise StartupError(f"The question {file.name} lacks its title, answers or parameters.")
        parameters = tuple(name.strip() for name in header["parameters"].split(","))
        sql = "\n".join(line for line in text.splitlines() if not HEADER.fullmatch(line)).strip()
        yield Question(file.name.removesuffix(".sql"), header["title"], header["answers"], parameters, sql)


def _text(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
