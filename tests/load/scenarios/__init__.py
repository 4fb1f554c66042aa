"""Load scenarios: each measures one question about a fresh stack, in bounded time and on loopback only."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from tests.load.figures import Figures
from tests.load.scenarios.failover import failover
from tests.load.scenarios.text_added_latency import text_added_latency
from tests.load.scenarios.text_burst import text_burst
from tests.load.scenarios.text_single import text_single

Scenario = Callable[[Path], Awaitable[Figures]]
"""Gets a directory for its stack; its docstring says what it measures."""

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "text-single": text_single,
    "text-burst": text_burst,
    "text-added-latency": text_added_latency,
    "failover": failover,
}
