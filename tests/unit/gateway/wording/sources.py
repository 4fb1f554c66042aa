import ast
from collections.abc import Iterator
from pathlib import Path

from fluent.syntax import FluentParser, visitor
from fluent.syntax import ast as ftl

import services.gateway
from services.gateway.wording import Language

GATEWAY = Path(services.gateway.__file__).parent


def catalogue(language: Language) -> dict[str, ftl.Message]:
    """The messages of a language; fails on what Fluent cannot read."""
    text = (GATEWAY / "wording" / f"{language}.ftl").read_text("utf-8")
    entries = FluentParser().parse(text).body
    assert not [entry for entry in entries if isinstance(entry, ftl.Junk)]
    messages = [entry for entry in entries if isinstance(entry, ftl.Message)]
    named = {message.id.name: message for message in messages}
    assert len(named) == len(messages), "a key stands twice"
    return named


def arguments_of(message: ftl.Message) -> set[str]:
    """The names that a message takes."""
    found = _Variables()
    found.visit(message)
    return found.names


class _Variables(visitor.Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def generic_visit(self, node: ftl.BaseNode) -> None:
        if isinstance(node, ftl.VariableReference):
            self.names.add(node.id.name)
        super().generic_visit(node)


def said_in_code() -> tuple[set[str], set[str]]:
    """The keys that the gateway's code says: whole ones, and the beginnings of those it composes."""
    keys: set[str] = set()
    beginnings: set[str] = set()
    for path in GATEWAY.rglob("*.py"):
        for argument in _first_arguments(ast.parse(path.read_text("utf-8"))):
            for node in ast.walk(argument):
                if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                    beginnings.add(str(node.values[0].value))
            keys |= set(_literals(argument))
    return keys, beginnings


def _first_arguments(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("say", "Waiting"):
                yield node.args[0]


def _literals(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body)
            yield from _literals(orelse)
