from services.sandbox.telegram.events import EventHub
from services.sandbox.telegram.wire import Json


def everything(_: Json) -> bool:
    return True


async def test_a_reader_gets_what_it_wants_in_order() -> None:
    hub = EventHub()
    with hub.subscribe(lambda event: event["chat_id"] == 1) as subscription:
        for number in range(3):
            hub.publish("message", number % 2, number=number)
        hub.publish("message", 1, number=9)
        assert [(await subscription.next() or {})["number"] for _ in range(2)] == [1, 9]


async def test_a_reader_too_slow_is_told_to_look_again_and_the_stream_ends() -> None:
    hub = EventHub()
    with hub.subscribe(everything) as slow:
        for number in range(5000):
            hub.publish("message", 1, number=number)
        assert await slow.next() == {"type": "resync"}
        assert await slow.next() is None


async def test_closing_ends_even_a_full_stream() -> None:
    hub = EventHub()
    with hub.subscribe(everything) as subscription:
        for _ in range(2000):
            hub.publish("message", 1)
        hub.close()
        events = [await subscription.next() for _ in range(2000)]
        assert events[-1] is None
