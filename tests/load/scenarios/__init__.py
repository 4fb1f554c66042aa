"""Load scenarios: each measures one question about a fresh stack, in bounded time and on loopback only."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from tests.load.figures import Figures
from tests.load.scenarios.analytics import analytics, analytics_kills
from tests.load.scenarios.broadcast import broadcast
from tests.load.scenarios.documents import documents
from tests.load.scenarios.failover import failover
from tests.load.scenarios.groups import groups
from tests.load.scenarios.pictures import pictures
from tests.load.scenarios.retrieval import retrieval
from tests.load.scenarios.rolling import rolling
from tests.load.scenarios.text_burst import text_burst, text_burst_kill
from tests.load.scenarios.text_simultaneous import text_simultaneous
from tests.load.scenarios.text_single import text_single
from tests.load.scenarios.text_throughput import text_throughput
from tests.load.scenarios.vendor_death import vendor_death
from tests.load.scenarios.videos import videos

Scenario = Callable[[Path], Awaitable[Figures]]
"""Gets a directory for its stack; its docstring says what it measures."""

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "text-single": text_single,
    "text-burst": text_burst,
    "text-burst-kill": text_burst_kill,
    "rolling": rolling,
    "text-simultaneous": text_simultaneous,
    "text-throughput": text_throughput,
    "groups": groups,
    "vendor-death": vendor_death,
    "failover": failover,
    "broadcast": broadcast,
    "pictures": pictures,
    "documents": documents,
    "retrieval": retrieval,
    "videos": videos,
    "analytics": analytics,
    "analytics-kills": analytics_kills,
}
