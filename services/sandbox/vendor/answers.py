import re
from itertools import cycle, islice
from typing import Final

from services.sandbox.vendor import improving, paging, samples, tokens
from services.sandbox.vendor.questions import Question

LONG: Final = re.compile(r"(?:длинн\w*|long)\D{0,12}(\d{1,5})?", re.IGNORECASE)
REMEMBER: Final = re.compile(
    r"что я (?:спрос|писал|говорил)|помнишь|what did i|do you remember", re.IGNORECASE
)
TABLE: Final = re.compile(r"таблиц|\btable\b", re.IGNORECASE)
CODE: Final = re.compile(r"\bкод|\bcode\b", re.IGNORECASE)
FORMATTING: Final = re.compile(r"формат|markdown|маркдаун|formatting", re.IGNORECASE)
THINK: Final = re.compile(r"подумай|think", re.IGNORECASE)
USUAL_WORDS: Final = 400
MOST_WORDS: Final = 20_000
QUOTED_CHARACTERS: Final = 300
REASONING_TOKENS: Final = 64


def compose(question: Question) -> str:
    """Answer in the question's language, visibly as a sandbox; certain words show what answers look like."""
    text = question.text
    if improving.is_wanted(question):
        return improving.improve(question)
    if paging.wants_questions(question):
        return paging.questions(question)
    language = samples.RUSSIAN if samples.is_russian(text) else samples.ENGLISH
    return f"{language.mark} {_body(question, language)}"


def to_length(answer: str, token_count: int) -> list[str]:
    """Repeat or cut the answer to exactly so many tokens."""
    return list(islice(cycle(tokens.split(answer + " ")), token_count))


def reasoning_tokens(question: Question) -> int:
    """Count the hidden tokens, which only a request to think costs."""
    return REASONING_TOKENS if THINK.search(question.text) else 0


def _body(question: Question, language: samples.Language) -> str:
    text = question.text
    if REMEMBER.search(text):
        return _memory(question, language)
    if TABLE.search(text):
        return language.table
    if CODE.search(text):
        return language.code
    if FORMATTING.search(text):
        return language.formatting
    if long := LONG.search(text):
        return _words(min(int(long[1] or USUAL_WORDS), MOST_WORDS), language)
    return _echo(question, language)


def _memory(question: Question, language: samples.Language) -> str:
    former = [message.said for message in question.asked[:-1] if message.parts]
    if not former:
        return language.nothing_before
    return language.before.format(count=len(former), quote=_quote(former[-1]))


def _words(count: int, language: samples.Language) -> str:
    sentences = cycle(language.prose)
    words: list[str] = []
    while len(words) < count:
        words.extend(next(sentences).split(" "))
    paragraphs = [" ".join(words[start : min(start + 60, count)]) for start in range(0, count, 60)]
    return "\n\n".join(paragraphs)


def _echo(question: Question, language: samples.Language) -> str:
    asked = question.asked[-1]
    lines = [language.echo.format(quote=_quote(question.text))]
    if asked.materials:
        material = sum(map(len, asked.materials))
        lines.append(language.material.format(characters=material))
        lines += paging.quotations(question)
    if asked.image_count:
        lines.append(language.images.format(count=asked.image_count))
    earlier_count = sum(message.image_count for message in question.asked[:-1])
    if earlier_count:
        lines.append(language.earlier_images.format(count=earlier_count))
    lines.append(language.hint)
    return "\n\n".join(lines)


def _quote(text: str) -> str:
    short = text if len(text) <= QUOTED_CHARACTERS else text[:QUOTED_CHARACTERS] + "…"
    return "\n".join(f"> {line}" for line in short.splitlines() or [""])
