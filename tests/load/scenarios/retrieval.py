import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.docs.finding import Index
from services.docs.passages import passages_of
from services.docs.readers.base import Page
from services.docs.words import Words
from tests.load.figures import Figures, milliseconds, percentile, rounded
from tests.load.progress import tell

DOCUMENTS: Final = 10
PAGES: Final = 400
FACTS: Final = 30
SENTENCES: Final = 12
DEPTHS: Final = (1, 5)

SUBJECTS: Final = ("Договор", "Отчёт", "Проект", "Склад", "Филиал", "Завод", "Клиент", "Маршрут", "Бюджет")
VERBS: Final = ("описывает", "учитывает", "содержит", "предполагает", "требует", "исключает", "дополняет")
OBJECTS: Final = ("порядок работ", "сроки поставки", "список оборудования", "условия хранения", "план")
NOISE: Final = (
    "гарантия на насос",
    "охрана склада",
    "неустойка по договору",
    "совещание по проекту",
    "delivery",
)
# A fact, and a question for it in other forms of its words, or partly in other words.
RUSSIAN: Final = (
    (
        "Неустойка за просрочку поставки по договору с фирмой «{name}» составляет {value} процента в день.",
        "какую неустойку заплатит {name}, если просрочит поставки",
    ),
    (
        "Ответственным за охрану склада «{name}» назначен инженер {value}.",
        "кто отвечает за складскую охрану {name}",
    ),
    (
        "Гарантийный срок на насосы марки {name} равен {value} месяцам.",
        "сколько месяцев действует гарантия на насос {name}",
    ),
    ("Совещание по проекту {name} перенесено на {value} июня.", "когда пройдёт совещание о проекте {name}"),
)
ENGLISH: Final = (
    (
        "The warranty for pumps of the brand {name} lasts {value} months.",
        "how long is the {name} pump under warranty",
    ),
    (
        "Deliveries to the {name} warehouse are paid within {value} days.",
        "when must a delivery to {name} be paid",
    ),
)
NAMES: Final = (
    "Вектор",
    "Сириус",
    "Альтаир",
    "Нева",
    "Полюс",
    "Орион",
    "Каскад",
    "Меридиан",
    "Aurora",
    "Falcon",
)


@dataclass(frozen=True)
class Fact:
    """A sentence on a page, and a question that it answers."""

    page_number: int
    sentence: str
    question: str


async def retrieval(_directory: Path) -> Figures:
    """How often the page with the answer is among the first five that are found, and how fast.

    Each document has 400 pages that speak of the same things in other words, and 30 facts in Russian and in
    English, which are asked for in other forms of their words. Their names and words stand on most pages.
    """
    chance, words = random.Random(20261123), Words()
    ranks: list[int | None] = []
    seconds: list[float | None] = []
    building: list[float | None] = []
    for number in range(DOCUMENTS):
        tell(f"document {number + 1} of {DOCUMENTS}")
        facts = list(_facts(chance))
        pages = list(_pages(chance, facts))
        began = time.perf_counter()
        index = Index(list(passages_of(pages)), words)
        building.append(time.perf_counter() - began)
        for fact in facts:
            began = time.perf_counter()
            found = index.find(fact.question, most=50)
            seconds.append(time.perf_counter() - began)
            numbers = list(dict.fromkeys(each.passage.page_number for each in found))
            ranks.append(numbers.index(fact.page_number) if fact.page_number in numbers else None)
    return {
        "documents": DOCUMENTS,
        "pages_each": PAGES,
        "questions": len(ranks),
        **{f"recall_at_{depth}": rounded(_recall(ranks, depth)) for depth in DEPTHS},
        "find_ms_p50": milliseconds(percentile(seconds, 50)),
        "find_ms_p99": milliseconds(percentile(seconds, 99)),
        "index_s_p50": rounded(percentile(building, 50)),
    }


def _recall(ranks: list[int | None], depth: int) -> float:
    return sum(rank is not None and rank < depth for rank in ranks) / len(ranks)


def _facts(chance: random.Random) -> Iterator[Fact]:
    """Facts that share their names and their words, but no two of them both."""
    kinds = [(*template, name) for template in (*RUSSIAN, *ENGLISH) for name in NAMES]
    numbers = chance.sample(range(1, PAGES + 1), FACTS)
    for number, (template, question, name) in zip(numbers, chance.sample(kinds, FACTS), strict=True):
        yield Fact(
            number, template.format(name=name, value=chance.randrange(2, 28)), question.format(name=name)
        )


def _pages(chance: random.Random, facts: list[Fact]) -> Iterator[Page]:
    by_page = {fact.page_number: fact.sentence for fact in facts}
    for number in range(1, PAGES + 1):
        sentences = [_sentence(chance) for _ in range(SENTENCES)]
        if number in by_page:
            sentences.insert(chance.randrange(SENTENCES), by_page[number])
        paragraphs = (sentences[start : start + 4] for start in range(0, len(sentences), 4))
        yield Page(number, "\n\n".join(map(" ".join, paragraphs)))


def _sentence(chance: random.Random) -> str:
    """Of the same world as the facts: their names and their words stand everywhere."""
    said = (
        f"{chance.choice(SUBJECTS)} «{chance.choice(NAMES)}» {chance.choice(VERBS)} {chance.choice(OBJECTS)}"
    )
    return f"{said}, {chance.choice(NOISE)}: раздел {chance.randrange(1, 100)}."
