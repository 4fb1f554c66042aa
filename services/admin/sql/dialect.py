from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

# Of these all functions only compute. Whatever else a release of ClickHouse brings is refused until it is
# listed here: functions that read files, ask other machines, call models or tell about the server.
CATEGORIES: Final = (
    *("Arithmetic", "Arrays", "Bit", "Bitmap", "Comparison", "Conditional", "Dates and Times", "Distance"),
    *("Encoding", "Financial", "Hash", "JSON", "Logical", "Map", "Mathematical", "Null", "Random Number"),
    *(
        "Rounding",
        "String",
        "String Replacement",
        "String Search",
        "String Splitting",
        "Time Window",
        "Tuple",
    ),
    *("Type Conversion", "URL", "UUID"),
)
OTHERS: Final = (
    *("bar", "byteSize", "countDigits", "finalizeAggregation", "formatReadableDecimalSize", "identity"),
    *("formatReadableQuantity", "formatReadableSize", "formatReadableTimeDelta", "ignore", "materialize"),
    *("neighbor", "rowNumberInAllBlocks", "rowNumberInBlock", "runningDifference", "toTypeName", "transform"),
    *("initializeAggregation", "minSampleSizeContinuous", "minSampleSizeConversion", "isConstant"),
    *("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "nth_value", "lag", "lead"),
    *("lagInFrame", "leadInFrame", "first_value", "last_value", "grouping"),
)
NEVER: Final = frozenset({"chdb", "file", "sleep", "sleepEachRow", "serverTimezone"})
# Views that want parameters are called as functions.
PARAMETERISED: Final = ("v_active_users", "v_jobs_between")
TABLE_FUNCTIONS: Final = frozenset({"numbers", "generateSeries", "generate_series", "values", *PARAMETERISED})
# x -> x + 1 is a function to the parser, and to nobody else.
FORMS: Final = frozenset({"lambda"})
COMBINATORS: Final = (
    *("SimpleState", "Resample", "OrDefault", "Distinct", "ForEach", "ArgMin", "ArgMax", "OrNull", "Array"),
    *("Merge", "State", "If", "Map"),
)
FUNCTIONS: Final = """
SELECT name, is_aggregate, case_insensitive
FROM system.functions
WHERE is_aggregate
    OR hasAny(splitByString(', ', categories), {categories:Array(String)})
    OR name IN {others:Array(String)}
    OR alias_to IN (
        SELECT name FROM system.functions
        WHERE is_aggregate OR hasAny(splitByString(', ', categories), {categories:Array(String)})
    )
"""


@dataclass(frozen=True)
class Dialect:
    """The functions that analysts may use."""

    plain: frozenset[str]
    aggregate: frozenset[str]
    in_any_case: frozenset[str]
    """Those of both whose case does not matter, in lower case."""

    def allows(self, name: str) -> bool:
        """Whether a function of that name only computes."""
        return self._knows(name) or self._knows_aggregate(name)

    def _knows(self, name: str) -> bool:
        return (
            name in FORMS or name in self.plain or name in self.aggregate or name.lower() in self.in_any_case
        )

    def _knows_aggregate(self, name: str) -> bool:
        # sumIf, quantileMergeState: a name and what is done with it.
        for ending in COMBINATORS:
            if name.endswith(ending) and len(name) > len(ending):
                base = name.removesuffix(ending)
                if base in self.aggregate or base.lower() in self.in_any_case or self._knows_aggregate(base):
                    return True
        return False


def dialect(rows: Iterable[tuple[Any, ...]]) -> Dialect:
    """Take together what FUNCTIONS returned."""
    known = [row for row in rows if row[0] not in NEVER]
    return Dialect(
        plain=frozenset(name for name, is_aggregate, _ in known if not is_aggregate),
        aggregate=frozenset(name for name, is_aggregate, _ in known if is_aggregate),
        in_any_case=frozenset(name.lower() for name, _, in_any_case in known if in_any_case),
    )
