import asyncio

from hypothesis import given
from hypothesis import strategies as st

from services.text.coalescing import Coalescer

FOREVER_SECONDS = 3600.0


async def test_the_first_text_goes_at_once() -> None:
    coalescer = Coalescer(FOREVER_SECONDS)
    coalescer.put("a")
    assert await anext(coalescer.texts()) == "a"


async def test_what_comes_within_the_interval_is_joined_and_flushed_at_the_end() -> None:
    coalescer = Coalescer(FOREVER_SECONDS)
    texts = coalescer.texts()
    coalescer.put("a")
    assert await anext(texts) == "a"
    coalescer.put("b")
    coalescer.put("c")
    waiting = asyncio.ensure_future(anext(texts))
    await asyncio.sleep(0)
    assert not waiting.done()
    coalescer.close()
    assert await waiting == "bc"
    assert [text async for text in texts] == []


async def test_an_interval_later_the_next_text_goes_although_more_will_come() -> None:
    coalescer = Coalescer(0.01)
    texts = coalescer.texts()
    coalescer.put("a")
    await anext(texts)
    coalescer.put("b")
    assert await anext(texts) == "b"


async def test_closing_without_a_text_ends_it() -> None:
    coalescer = Coalescer(FOREVER_SECONDS)
    coalescer.close()
    assert [text async for text in coalescer.texts()] == []


@given(st.lists(st.tuples(st.text(min_size=1), st.booleans()), max_size=30))
def test_nothing_is_lost_and_the_order_is_kept(steps: list[tuple[str, bool]]) -> None:
    async def relay() -> list[str]:
        coalescer = Coalescer(0.0001)

        async def put() -> None:
            for text, pauses in steps:
                coalescer.put(text)
                if pauses:
                    await asyncio.sleep(0)
            coalescer.close()

        putting = asyncio.create_task(put())
        heard = [text async for text in coalescer.texts()]
        await putting
        return heard

    heard = asyncio.run(relay())
    assert "".join(heard) == "".join(text for text, _pauses in steps)
    assert all(heard)
