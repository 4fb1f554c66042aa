import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.samples import is_russian

# How Quartet gives pages of documents to a model: as materials whose titles begin with a mark.
PAGE: Final = re.compile(
    r'<material id=(?P<id>[0-9a-f]+) title="(?P<mark>\[(?:\d+:)?\d+\])[^\n]*>'
    r"\n(?P<text>.*)\n</material id=(?P=id)>",
    re.DOTALL,
)
MARK: Final = re.compile(r"\[(?:\d+:)?\d+\]")
# How it asks for questions that somebody may have about a document.
QUESTIONS_WANTED: Final = re.compile(r"write (?:the )?three questions", re.IGNORECASE)
SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
QUOTED_PAGES: Final = 2
QUOTED_CHARACTERS: Final = 120
RUSSIAN: Final = ("О чём этот документ?", "Что в нём самое важное?", "Какие в нём сроки и суммы?")
ENGLISH: Final = ("What is this document about?", "What matters most in it?", "Which sums are in it?")


def wants_questions(question: Question) -> bool:
    """Whether questions to a document are wanted, three lines and nothing else."""
    return bool(QUESTIONS_WANTED.search(question.instructions)) and bool(_pages(question))


def questions(question: Question) -> str:
    """Return three questions that nearly any document answers."""
    text = "".join(text for _mark, text in _pages(question))
    return "\n".join(RUSSIAN if is_russian(text) else ENGLISH)


def quotations(question: Question) -> Sequence[str]:
    """Quote pages that came along, each with its mark; none where the question has marks of its own."""
    if MARK.search(question.text):
        return ()
    return [f"«{_beginning(text)}» {mark}" for mark, text in _pages(question)[:QUOTED_PAGES]]


def _pages(question: Question) -> list[tuple[str, str]]:
    materials = question.asked[-1].materials if question.asked else []
    return list(_read(materials))


def _read(materials: Sequence[str]) -> Iterator[tuple[str, str]]:
    for material in materials:
        if page := PAGE.fullmatch(material):
            yield page["mark"], page["text"]


def _beginning(text: str) -> str:
    sentences = (sentence.strip() for sentence in SENTENCE_END.split(text))
    sentence = max(sentences, key=lambda sentence: min(len(sentence), QUOTED_CHARACTERS), default="")
    return sentence if len(sentence) <= QUOTED_CHARACTERS else sentence[:QUOTED_CHARACTERS] + "…"
