import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.load.exchange import Exchange
from tests.support.processes import RealProcess

Figures = dict[str, Any]
"""What a scenario measured, as JSON."""


def percentile(values: Iterable[float | None], percent: float) -> float | None:
    """The nearest rank among the values that there are; None where there is none."""
    known = sorted(value for value in values if value is not None)
    return known[max(0, math.ceil(len(known) * percent / 100) - 1)] if known else None


def rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def answer_figures(exchanges: Sequence[Exchange], calls: Sequence[Mapping[str, Any]]) -> Figures:
    """What users saw, and what it took of the Bot API."""
    first = [exchange.first_text_seconds for exchange in exchanges]
    final = [exchange.final_text_seconds for exchange in exchanges]
    return {
        "users": len({exchange.user_id for exchange in exchanges}),
        "answers": len(exchanges),
        "first_text_p50_s": rounded(percentile(first, 50)),
        "first_text_p99_s": rounded(percentile(first, 99)),
        "final_text_p50_s": rounded(percentile(final, 50)),
        "final_text_p95_s": rounded(percentile(final, 95)),
        "api_calls_per_answer": rounded(len(calls) / len(exchanges), 2),
        "api_calls_throttled": sum(call["status"] == 429 for call in calls),
        "answers_whole": sum(exchange.times_shown > 0 for exchange in exchanges),
        "answers_doubled": sum(exchange.times_shown > 1 for exchange in exchanges),
    }


class Meters:
    """What answers cost from now on: processor time and memory, for processes that live until it is read."""

    def __init__(self, processes: Mapping[str, RealProcess]) -> None:
        self._processes = dict(processes)
        self._began = {name: process.cpu_seconds() for name, process in processes.items()}

    def figures(self, answer_count: int) -> Figures:
        """Quartet's services together, then each process, the stand-ins too: all share the machine."""
        cpu = {
            name: (process.cpu_seconds() - self._began[name]) / answer_count
            for name, process in self._processes.items()
        }
        services = (seconds for name, seconds in cpu.items() if name == "text" or name.startswith("gateway"))
        return {
            "cpu_s_per_answer": rounded(sum(services), 4),
            "cpu_s_per_answer_nats": rounded(cpu["nats"], 4),
            "cpu_s_per_answer_by_process": {name: rounded(seconds, 4) for name, seconds in cpu.items()},
            "rss_mb": {name: rounded(process.rss_mb(), 1) for name, process in self._processes.items()},
        }
