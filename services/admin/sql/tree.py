import json
from collections.abc import Iterator
from typing import Any, Final

from services.admin.sql.dialect import TABLE_FUNCTIONS, Dialect
from services.admin.sql.refusals import NotAllowed

Node = dict[str, Any]

# What a question may be made of. Another kind of node is refused, known or not.
KINDS: Final = frozenset(
    {
        *("SelectWithUnionQuery", "SelectIntersectExceptQuery", "SelectQuery", "Subquery", "WithElement"),
        *("ExpressionList", "Literal", "Identifier", "Function", "QueryParameter", "DataType"),
        *("TablesInSelectQuery", "TablesInSelectQueryElement", "TableExpression", "TableIdentifier"),
        *("TableJoin", "ArrayJoin", "WindowDefinition", "WindowListElement", "OrderByElement", "Interpolate"),
        *(
            "InterpolateElement",
            "Asterisk",
            "QualifiedAsterisk",
            "ColumnsRegexpMatcher",
            "ColumnsListMatcher",
        ),
        *("ColumnsTransformerList", "ColumnsExceptTransformer", "ColumnsReplaceTransformer"),
        *("ColumnsReplaceTransformer::Replacement", "SampleRatio"),
    }
)
PARTS: Final = {
    "settings": "SETTINGS",
    "out_file": "INTO OUTFILE",
    "format_ast": "FORMAT",
    "compression": "COMPRESSION",
}
FOREIGN: Final = frozenset({"system", "information_schema"})
PARAMETERS: Final = {"from": "DateTime", "until": "DateTime"}


def check(tree: Node, *, dialect: Dialect, database: str, tables: frozenset[str]) -> None:
    """Let a question pass that only reads `tables` and computes.

    `tree` is what the engine's own parser made of it. Raises NotAllowed.
    """
    if tree.get("type") not in ("SelectWithUnionQuery", "SelectIntersectExceptQuery"):
        raise NotAllowed("Only SELECT is for analysts.")
    nodes = list(_nodes(tree))
    known = tables | {node.get("name", "") for node in nodes if node["type"] == "WithElement"}
    for node in nodes:
        if node["type"] not in KINDS:
            raise NotAllowed(f"{node['type']} is not for analysts.")
        for part, name in PARTS.items():
            if node.get(part):
                raise NotAllowed(f"{name} is not for analysts.")
        _check_names(node, database, known)
    tables_made = [id(node["table_function"]) for node in nodes if "table_function" in node]
    for node in nodes:
        if node["type"] == "Function":
            name = node.get("name", "")
            is_table = id(node) in tables_made
            if not (name in TABLE_FUNCTIONS if is_table else dialect.allows(name)):
                raise NotAllowed(f"The function {name} is not for analysts.")


def parsed(text: str) -> Node:
    """Read what parseQueryToJSON returned. Raises NotAllowed for a question that is nested too deeply."""
    try:
        tree: Node = json.loads(text)
    except RecursionError as error:
        raise NotAllowed("The question is nested too deeply.") from error
    return tree


def _nodes(tree: Node) -> Iterator[Node]:
    """Every node of a tree, without recursion: what is nested deeply must not end the process."""
    waiting: list[Any] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if "type" in value:
                yield value
            waiting += [each for key, each in value.items() if not _is_data(value, key)]


def _is_data(node: Node, key: str) -> bool:
    return key == "value" and node.get("type") == "Literal"


def _check_names(node: Node, database: str, known: frozenset[str] | set[str]) -> None:
    parts = node.get("name_parts") or [node.get("name", "")]
    if node["type"] in ("Identifier", "TableIdentifier") and str(parts[0]).lower() in FOREIGN:
        raise NotAllowed(f"{parts[0]} is not for analysts.")
    if node["type"] == "TableIdentifier":
        is_own = len(parts) == 1 or (len(parts) == 2 and parts[0] == database)
        if not is_own or parts[-1] not in known:
            raise NotAllowed(f"There is no table {'.'.join(parts)} for analysts.")
    if node["type"] == "QueryParameter" and PARAMETERS.get(node.get("name", "")) != node.get("param_type"):
        raise NotAllowed("The only parameters are {from:DateTime} and {until:DateTime}.")
