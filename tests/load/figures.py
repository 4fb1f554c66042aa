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
        "users": len({exchange.chat_id for exchange in exchanges}),
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


class CpuMeter:
    """The processor time that processes take from now on. They must live until it is read."""

    def __init__(self, processes: Iterable[RealProcess]) -> None:
        self._began = [(process, process.cpu_seconds()) for process in processes]

    def seconds(self) -> float:
        return sum(process.cpu_seconds() - began for process, began in self._began)


class Meters:
    """The cost of answers: Quartet's services together, the store beside them."""

    def __init__(self, processes: Mapping[str, RealProcess]) -> None:
        self._processes = processes
        services = [name for name in processes if name == "text" or name.startswith("gateway")]
        self._services = CpuMeter(processes[name] for name in services)
        self._nats = CpuMeter([processes["nats"]])

    def figures(self, answer_count: int) -> Figures:
        return {
            "cpu_s_per_answer": rounded(self._services.seconds() / answer_count, 4),
            "cpu_s_per_answer_nats": rounded(self._nats.seconds() / answer_count, 4),
            "rss_mb": {name: rounded(process.rss_mb(), 1) for name, process in self._processes.items()},
        }
