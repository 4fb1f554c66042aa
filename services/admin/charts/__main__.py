import sys
from typing import BinaryIO

from services.admin.charts import frames
from services.admin.charts.drawing import draw
from services.admin.charts.sketch import Order


def work(orders: BinaryIO, drawings: BinaryIO) -> None:
    """Draw what is ordered, one after the other, until nobody orders any more."""
    while head := orders.read(frames.LENGTH.size):
        _, length = frames.LENGTH.unpack(head)
        content = orders.read(length)
        try:
            answer = frames.framed(frames.OK, draw(Order.from_json(content)))
        except Exception as error:  # noqa: BLE001 - the edge of this process; the press tells what it was
            answer = frames.framed(frames.FAILED, f"{type(error).__name__}: {error}".encode())
        drawings.write(answer)
        drawings.flush()


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
