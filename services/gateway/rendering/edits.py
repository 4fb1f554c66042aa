from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyromark
from telegramify_markdown.converter import STANDARD_OPTIONS

Event = tuple[Any, int, int]
"""What the parser read, and from where in the text."""


class Edit(NamedTuple):
    """A replacement in a text."""

    begin: int
    end: int
    text: str


def events_of(text: str) -> list[Event]:
    """What a Markdown text consists of, as the converter to entities reads it."""
    at = places_of_bytes(text)
    return [
        (payload, at[place["start"]], at[place["end"]])
        for payload, place in pyromark.events_with_range(text, options=STANDARD_OPTIONS)
    ]


def places_of_bytes(text: str) -> Sequence[int]:
    """Where the character of each byte in UTF-8 stands, and the end: a parser counts bytes."""
    if text.isascii():
        return range(len(text) + 1)
    return [*(place for place, sign in enumerate(text) for _ in sign.encode()), len(text)]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all replacements made; they do not overlap."""
    pieces, done = [], 0
    for edit in sorted(edits):
        pieces += [text[done : edit.begin], edit.text]
        done = edit.end
    return "".join((*pieces, text[done:]))
