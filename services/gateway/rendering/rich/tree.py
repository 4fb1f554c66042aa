from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyromark
from telegramify_markdown.converter import STANDARD_OPTIONS

from services.gateway.rendering.source import readable

MAX_DEPTH: Final = 60
"""Deeper than any answer; what is below would only be a way to exhaust the stack."""


@dataclass
class Node:
    """A part of a Markdown text: what kind of thing it is, its value, and what stands in it."""

    kind: str
    value: Any = None
    children: "list[Node]" = field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.walk()


class TooDeep(Exception):
    """The text is nested deeper than it can be shown."""


def parse(markdown: str) -> Node:
    """The text as a tree. Raises TooDeep."""
    root = Node("Document")
    open_nodes = [root]
    for event in pyromark.events(readable(markdown), options=STANDARD_OPTIONS):
        name, value = _named(event)
        if name == "End":
            open_nodes.pop()
            continue
        node = Node(*_named(value)) if name == "Start" else Node(name, value)
        open_nodes[-1].children.append(node)
        if name == "Start":
            open_nodes.append(node)
            if len(open_nodes) > MAX_DEPTH:
                raise TooDeep
    return root


def _named(event: Any) -> tuple[str, Any]:
    """An event or a tag is a name, or a dictionary of a name and its value."""
    if isinstance(event, str):
        return event, None
    [(name, value)] = event.items()
    return str(name), value
