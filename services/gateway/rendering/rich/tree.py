import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyromark

OPTIONS: Final = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)
MAX_DEPTH: Final = 60
"""Deeper than any answer; what is below would only be a way to exhaust the stack."""
_CODE: Final = re.compile(
    r"^(?P<fence>`{3,8}+|~{3,8}+).*?^(?P=fence)[ \t]*$"
    r"|(?<!`)(?P<ticks>`{1,4})(?!`).{1,1000}?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
# Models write \( x \) and \[ x \] as often as dollars. The bounds keep an odd text from taking long.
_TEX: Final = re.compile(
    r"\\\$|\\\((?P<round>.{1,500}?)\\\)|\\\[(?P<square>.{1,2000}?)\\\]|(?P<display>\$\$.{1,2000}?\$\$)"
    r"|\$(?=\S)(?P<inline>[^$\n]{0,300}?\S)\$(?!\d)|\$",
    re.DOTALL,
)
_FORMULA: Final = re.compile(r".*[\\^_=].*|[^\W\d_]'?|[\w().]+(\s*[-+*/<>]\s*[\w().]+)+", re.DOTALL)
"""What between two dollars is mathematics and not a price: a TeX sign, one letter, or terms and operators."""


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
    for event in pyromark.events(_with_dollars(markdown), options=OPTIONS):
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


def _with_dollars(markdown: str) -> str:
    """The text with formulas between dollars, and every other dollar escaped. Code is left as it is."""
    pieces, position = [], 0
    for code in _CODE.finditer(markdown):
        pieces += [_TEX.sub(_dollars, markdown[position : code.start()]), code[0]]
        position = code.end()
    return "".join((*pieces, _TEX.sub(_dollars, markdown[position:])))


def _dollars(match: re.Match[str]) -> str:
    if match["round"]:
        return f"${match['round'].strip()}$"
    if match["square"]:
        return f"$${match['square'].strip()}$$"
    if match["display"] or match[0] == r"\$":
        return match[0]
    inline = match["inline"]
    if inline and _FORMULA.fullmatch(inline):
        return match[0]
    return rf"\${_TEX.sub(_dollars, match[0][1:])}"
