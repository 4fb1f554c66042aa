import os
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from services.docs.embedder import MAX_TEXTS
from services.docs.finding import Index
from services.docs.fusion import fused
from services.docs.meaning import MAX_FOUND
from services.docs.passages import passages_of
from services.docs.readers.base import Page
from services.docs.vectors import Vectors
from services.docs.words import Words
from services.text.providers.embedding import EmbeddingProvider, Purpose
from services.text.providers.openai.connection import connect
from services.text.providers.openai.settings import OpenAISettings
from tests.load.figures import Figures, milliseconds, percentile, rounded
from tests.load.progress import tell
from tests.support.openai import openai_stand_in

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


@dataclass
class Tally:
    """The rank of each question's page, from zero; None where it was not found. And how long that took."""

    by_words: list[int | None] = field(default_factory=list)
    with_meaning: list[int | None] = field(default_factory=list)
    find_seconds: list[float | None] = field(default_factory=list)
    index_seconds: list[float | None] = field(default_factory=list)


async def retrieval(_directory: Path) -> Figures:
    """How often the page with the answer is among the first five that are found, and how fast.

    Each document has 400 pages that speak of the same things in other words, and 30 facts in Russian and in
    English, which are asked for in other forms of their words. Their names and words stand on most pages.
    With OPENAI_API_KEY the vectors are OpenAI's. Without, they are those of the sandbox, which count stems:
    then the figure shows that merging does no harm, not what meaning adds.
    """
    chance, words, tally = random.Random(20261123), Words(), Tally()
    async with _embedding() as (source, embedding):
        for number in range(DOCUMENTS):
            tell(f"document {number + 1} of {DOCUMENTS}")
            facts = list(_facts(chance))
            await _search(list(_pages(chance, facts)), facts, words, embedding, tally)
    return {
        "documents": DOCUMENTS,
        "pages_each": PAGES,
        "questions": len(tally.by_words),
        "embeddings": source,
        **{f"recall_at_{depth}": rounded(_recall(tally.by_words, depth)) for depth in DEPTHS},
        **{
            f"recall_at_{depth}_with_embeddings": rounded(_recall(tally.with_meaning, depth))
            for depth in DEPTHS
        },
        "find_ms_p50": milliseconds(percentile(tally.find_seconds, 50)),
        "find_ms_p99": milliseconds(percentile(tally.find_seconds, 99)),
        "index_s_p50": rounded(percentile(tally.index_seconds, 50)),
    }


@asynccontextmanager
async def _embedding() -> AsyncIterator[tuple[str, EmbeddingProvider]]:
    """What embeds: OpenAI where there is a key, else its stand-in."""
    async with AsyncExitStack() as stack:
        settings = OpenAISettings(openai_api_key=SecretStr(os.environ.get("OPENAI_API_KEY", "")))
        source = "openai"
        if not os.environ.get("OPENAI_API_KEY"):
            vendor = await stack.enter_async_context(openai_stand_in())
            settings, source = OpenAISettings(openai_base_url=vendor.base_url), "sandbox"
        provider = await stack.enter_async_context(aclosing(connect(settings, max_streams=4)))
        if provider.embedding is None:
            raise ValueError("there is no model to embed with")
        yield f"{source} {provider.embedding.model}", provider.embedding


async def _search(
    pages: list[Page], facts: Sequence[Fact], words: Words, embedding: EmbeddingProvider, tally: Tally
) -> None:
    began = time.perf_counter()
    index = Index(list(passages_of(pages)), words)
    tally.index_seconds.append(time.perf_counter() - began)
    rows = await _embedded(embedding, [passage.text for passage in index.passages], Purpose.PASSAGE)
    vectors = Vectors.of("", index.passages, rows)
    questions = await _embedded(embedding, [fact.question for fact in facts], Purpose.QUESTION)
    for fact, question in zip(facts, questions, strict=True):
        began = time.perf_counter()
        found = [each.number for each in index.find(fact.question)]
        tally.find_seconds.append(time.perf_counter() - began)
        merged = fused(found, vectors.nearest(question, most=MAX_FOUND))
        tally.by_words.append(_rank(fact, index, found))
        tally.with_meaning.append(_rank(fact, index, [number for number, _score in merged]))


async def _embedded(
    embedding: EmbeddingProvider, texts: Sequence[str], purpose: Purpose
) -> list[Sequence[float]]:
    rows: list[Sequence[float]] = []
    for begin in range(0, len(texts), MAX_TEXTS):
        rows += (await embedding.embed(texts[begin : begin + MAX_TEXTS], purpose)).vectors
    return rows


def _rank(fact: Fact, index: Index, found: Sequence[int]) -> int | None:
    numbers = list(dict.fromkeys(index.passages[number].page_number for number in found))
    return numbers.index(fact.page_number) if fact.page_number in numbers else None


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
