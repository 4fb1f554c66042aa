from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from services.admin.charts.figures import BETTER_WHEN_LESS, Figure
from services.admin.charts.period import Period
from services.admin.charts.plots import Unit
from services.admin.panel.rendering import moment, money, number, share
from services.admin.panel.wording import Language
from services.admin.questions import Questions

MAX_ROWS: Final = 50
NOTHING: Final = "\u2013"
Say = Callable[..., str]


@dataclass(frozen=True)
class Table:
    """An answer as it stands on a page: every cell is text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_cut: bool = False


async def tables_of(
    questions: Questions, question_ids: Iterable[str], period: Period, say: Say, language: Language
) -> list[Table]:
    """Ask questions about a period that ends now. Raises what the database raises."""
    span = period.until(datetime.now(UTC))
    tables = []
    for question_id in question_ids:
        answer = await questions.ask(question_id, span.begin, span.until)
        title = say(f"question-{question_id.split('_', 1)[1].replace('_', '-')}")
        tables.append(table(title, answer.columns, answer.rows, language))
    return tables


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    language: Language,
    *,
    most: int = MAX_ROWS,
) -> Table:
    """Write what ClickHouse returned, at most so many rows of it."""
    # Lists of quantiles stand in columns of their own, too.
    shown = [place for place in range(len(columns)) if not any(isinstance(row[place], list) for row in rows)]
    cells = [[cell(row[place], language) for place in shown] for row in rows[:most]]
    return Table(title, [columns[place] for place in shown], cells, len(rows) > most)


def cell(value: Any, language: Language) -> str:
    """One value as text."""
    match value:
        case None:
            return NOTHING
        case bool():
            return str(value).lower()
        case int():
            return number(value, language)
        case float() | Decimal():
            amount = float(value)
            text = f"{amount:.4g}" if abs(amount) < 10_000 else f"{amount:,.0f}"
            return text.replace(",", "\u202f").replace(".", ",") if language is Language.RU else text
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return ", ".join(cell(each, language) for each in value)
    return str(value)


def figures_of(figures: Iterable[Figure], say: Say, language: Language) -> list[dict[str, Any]]:
    """Write figures for a page."""
    return [
        {
            "title": say(f"figure-{figure.name.replace('_', '-')}"),
            "value": figure_text(figure.now, figure.unit, say, language),
            "before": figure_text(figure.before, figure.unit, say, language),
            "change": None if figure.change is None else round(figure.change, 2),
            "good": "down" if figure.name in BETTER_WHEN_LESS else "up",
        }
        for figure in figures
    ]


def figure_text(value: float | None, unit: Unit, say: Say, language: Language) -> str:
    """One figure with its unit."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.USD:
            return money(value, language)
        case Unit.PERCENT:
            return share(value, language)
        case Unit.SECONDS:
            text = f"{value:.1f}" if value < 100 else f"{value:.0f}"
            text = text.replace(".", ",") if language is Language.RU else text
            return f"{text}\u202f{say('seconds-short')}"
    return number(value, language)
