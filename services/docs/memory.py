import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """What was made lately: at most so much of it, and nothing twice at a time."""

    def __init__(self, max_weight: int, weigh: Callable[[V], int]) -> None:
        self._max_weight = max_weight
        self._weigh = weigh
        self._kept: OrderedDict[K, V] = OrderedDict()
        self.weight = 0
        self._under_way: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """Return what is kept, or make it. What is begun ends, also when its caller has gone."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._make(key, make))
            task.add_done_callback(_heard)
        return await asyncio.shield(task)

    def forget(self, key: K) -> None:
        """Make it anew when it is next asked for."""
        if key in self._kept:
            self.weight -= self._weigh(self._kept.pop(key))

    async def _make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        try:
            made = await make()
        finally:
            del self._under_way[key]
        self._keep(key, made)
        return made

    def _keep(self, key: K, value: V) -> None:
        self._kept[key] = value
        self.weight += self._weigh(value)
        while self.weight > self._max_weight:
            _oldest, gone = self._kept.popitem(last=False)
            self.weight -= self._weigh(gone)


def _heard(task: asyncio.Task[V]) -> None:
    if not task.cancelled():
        task.exception()  # perhaps nobody is left to hear of it
