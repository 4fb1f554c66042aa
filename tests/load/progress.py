import os
import sys
from collections.abc import Iterable

from tests.load.exchange import Exchange

BUSY_LOAD = 1.0


def tell(text: str) -> None:
    """One line for whoever waits. It goes to stderr: stdout is for the figures."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def warn_if_busy() -> None:
    """Figures of a machine that does other work are worse than the truth."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > BUSY_LOAD:
        tell(f"The load average is {load:.1f} on {cores} cores: something else is running.")


def tell_of_missing(exchanges: Iterable[Exchange]) -> None:
    """Shows what stands in the chats whose answer is not whole."""
    for exchange in exchanges:
        if not exchange.times_shown:
            tell(f"Chat {exchange.chat_id}: expected {exchange.expected!r}, got {exchange.messages}")
