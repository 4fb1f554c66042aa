import time
from collections import OrderedDict, deque
from typing import Final

WINDOW_SECONDS: Final = 600.0
MOST_OF_ONE: Final = 10
MOST_OF_ALL: Final = 200
MOST_ADDRESSES: Final = 10_000


class Guesses:
    """Counts failed entries, of each address and of all, and says who has to wait.

    What is to be guessed has 256 bits; this keeps those who try from costing anything.
    """

    def __init__(self) -> None:
        self._of_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._of_all: deque[float] = deque(maxlen=MOST_OF_ALL)

    def must_wait(self, address: str) -> bool:
        since = time.monotonic() - WINDOW_SECONDS
        own = self._of_address.get(address, ())
        return (
            sum(at > since for at in own) >= MOST_OF_ONE
            or sum(at > since for at in self._of_all) >= MOST_OF_ALL
        )

    def failed(self, address: str) -> None:
        now = time.monotonic()
        self._of_address.setdefault(address, deque(maxlen=MOST_OF_ONE)).append(now)
        self._of_address.move_to_end(address)
        if len(self._of_address) > MOST_ADDRESSES:
            self._of_address.popitem(last=False)
        self._of_all.append(now)
