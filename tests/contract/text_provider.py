import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import NamedTuple

import pytest

from services.chassis import errors
from services.sandbox.vendor import tokens
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.text.conversation import Finish
from services.text.providers.base import Completed, Delta, Image, Message, Role, TextProvider, TextRequest
from tests.support.stand_ins import VendorStandIn


class Refusal(NamedTuple):
    """A fault of the vendor, under the code that it may give, and the error that it is to become."""

    kind: FaultKind
    code: str | None
    error: type[errors.QuartetError]


def request(model: str, text: str = "Hello", *, max_output_tokens: int = 4096) -> TextRequest:
    return TextRequest(
        model=model,
        instructions="Be kind.",
        messages=(Message(Role.USER, (text,)),),
        max_output_tokens=max_output_tokens,
        caller_key="caller",
        cache_key="conversation",
    )


async def listen(answer: AsyncIterator[Delta | Completed]) -> tuple[str, Completed]:
    *deltas, completed = [piece async for piece in answer]
    assert isinstance(completed, Completed)
    return "".join(piece.text for piece in deltas if isinstance(piece, Delta)), completed


async def _hear(answer: AsyncIterator[Delta | Completed], heard: list[Delta | Completed]) -> None:
    async for piece in answer:
        heard.append(piece)  # noqa: PERF401 - what came before an error counts


class TextProviderSuite:
    """What every provider of text must do.

    Subclasses give the fixtures `vendor`, a stand-in wherever it runs, and `provider`, which speaks to it and
    waits 1.5 s for the first token and for the next one; and what is the vendor's own, as data.
    """

    model: str
    refusals: Sequence[Refusal]
    # Faults that the vendor reports inside the stream, by their code.
    failures_inside: Sequence[tuple[str, type[errors.QuartetError]]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "refusal" in metafunc.fixturenames:
            names = ["-".join(filter(None, refusal[:2])) for refusal in self.refusals]
            metafunc.parametrize("refusal", self.refusals, ids=names)
        if "failure_inside" in metafunc.fixturenames:
            codes = [code for code, _error in self.failures_inside]
            metafunc.parametrize("failure_inside", self.failures_inside, ids=codes)

    async def test_an_answer_streams_and_ends_with_the_vendors_counts(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        text, completed = await listen(provider.stream(request(self.model, "think about it")))
        [call] = await vendor.until_ended()
        assert text.startswith("🧪 Sandbox:")
        assert "think about it" in text
        assert completed.finish is Finish.STOP
        usage = completed.usage
        assert (usage.provider, usage.model, usage.estimated) == (provider.name, self.model, False)
        assert usage.output_tokens == call.tokens_sent + usage.reasoning_tokens
        assert usage.reasoning_tokens > 0
        assert usage.input_tokens > 0
        assert call.outcome is Outcome.COMPLETED

    async def test_deltas_arrive_while_the_vendor_still_speaks(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG, after_tokens=3)
        async with aclosing(provider.stream(request(self.model))) as answer:
            first = await anext(answer)
            assert await vendor.active_streams() == 1
        assert isinstance(first, Delta)

    async def test_cached_input_is_counted_apart(self, provider: TextProvider, vendor: VendorStandIn) -> None:
        long_ago = Message(Role.USER, ("word " * 2000,))
        answered = Message(Role.ASSISTANT, ("yes",))
        asked = request(self.model)
        asked = TextRequest(
            asked.model, asked.instructions, (long_ago, answered, *asked.messages), 4096, "caller", "key"
        )
        _text, completed = await listen(provider.stream(asked))
        assert 1024 <= completed.usage.cached_input_tokens < completed.usage.input_tokens

    async def test_an_answer_that_reaches_its_longest_length_says_so(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        text, completed = await listen(provider.stream(request(self.model, "long 500", max_output_tokens=16)))
        assert completed.finish is Finish.LENGTH
        assert completed.usage.output_tokens == 16
        assert text

    async def test_parts_and_pictures_reach_the_vendor(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        picture = Image("image/png", b"\x89PNG")
        said = Message(Role.USER, ("<material id=1>\nwords\n</material>", "what is it?"), (picture,))
        text, _completed = await listen(
            provider.stream(TextRequest(self.model, "Be kind.", (said,), 4096, "caller", "key"))
        )
        assert "> what is it?" in text
        assert "A text came along with the question: 33 characters." in text
        assert "Pictures came along with the question: 1." in text

    async def test_a_refusal_has_its_own_error(
        self, provider: TextProvider, vendor: VendorStandIn, refusal: Refusal
    ) -> None:
        await vendor.fail(refusal.kind, code=refusal.code)
        with pytest.raises(refusal.error) as raised:
            await listen(provider.stream(request(self.model)))
        assert raised.value.metadata["provider"] == provider.name
        assert raised.value.metadata["model"] == self.model
        assert not any(word in str(raised.value) for word in ("sk-", "Please", "please"))

    async def test_a_pause_that_the_vendor_asks_for_is_passed_on(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.RATE_LIMIT, retry_after=17)
        with pytest.raises(errors.ProviderRateLimited) as raised:
            await listen(provider.stream(request(self.model)))
        assert raised.value.retry_after_seconds == 17

    async def test_a_model_that_does_not_exist_is_named(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        with pytest.raises(errors.ModelNotFound) as raised:
            await listen(provider.stream(request("gpt-0")))
        assert raised.value.metadata["model"] == "gpt-0"

    @pytest.mark.parametrize("kind", [FaultKind.FAILED_EVENT, FaultKind.ERROR_EVENT])
    async def test_a_failure_inside_the_stream_before_any_text_has_its_own_error(
        self,
        provider: TextProvider,
        vendor: VendorStandIn,
        kind: FaultKind,
        failure_inside: tuple[str, type[errors.QuartetError]],
    ) -> None:
        code, error = failure_inside
        await vendor.fail(kind, code=code)
        with pytest.raises(error):
            await listen(provider.stream(request(self.model)))

    @pytest.mark.parametrize(
        "kind", [FaultKind.FAILED_EVENT, FaultKind.ERROR_EVENT, FaultKind.CUT_MID_STREAM, FaultKind.HANG]
    )
    async def test_a_failure_after_the_first_delta_is_an_interruption(
        self, provider: TextProvider, vendor: VendorStandIn, kind: FaultKind
    ) -> None:
        await vendor.fail(kind, after_tokens=5)
        heard: list[Delta | Completed] = []
        with pytest.raises(errors.ProviderInterrupted):
            await _hear(provider.stream(request(self.model)), heard)
        said = "".join(piece.text for piece in heard if isinstance(piece, Delta))
        assert len(tokens.split(said)) == 5

    async def test_a_connection_cut_before_any_text_is_an_outage(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.CUT_MID_STREAM)
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(self.model)))

    async def test_moderation_in_the_middle_of_an_answer_is_a_rejection(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.INCOMPLETE, after_tokens=5, code="content_filter")
        with pytest.raises(errors.ContentRejected):
            await listen(provider.stream(request(self.model)))

    async def test_a_silent_vendor_is_given_up(self, provider: TextProvider, vendor: VendorStandIn) -> None:
        await vendor.fail(FaultKind.HANG)
        with pytest.raises(errors.ProviderUnavailable):
            await listen(provider.stream(request(self.model)))
        [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    @pytest.mark.parametrize("tokens_before", [None, 3])
    async def test_cancelling_closes_the_vendors_connection_at_once(
        self, provider: TextProvider, vendor: VendorStandIn, tokens_before: int | None
    ) -> None:
        await vendor.fail(FaultKind.HANG, after_tokens=tokens_before)
        heard = asyncio.Event()

        async def hear() -> None:
            async with aclosing(provider.stream(request(self.model))) as answer:
                async for _piece in answer:
                    heard.set()

        task = asyncio.create_task(hear())
        if tokens_before:
            await heard.wait()
        else:
            await vendor.until_active()
        task.cancel()
        async with asyncio.timeout(0.5):
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_a_provider_still_works_after_a_cancelled_answer(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.pace(tokens_per_second=50)
        async with aclosing(provider.stream(request(self.model))) as answer:
            await anext(answer)
        await vendor.pace()
        text, _completed = await listen(provider.stream(request(self.model)))
        assert text

    async def test_closing_an_answer_closes_the_vendors_connection_at_once(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        await vendor.fail(FaultKind.HANG, after_tokens=3)
        async with aclosing(provider.stream(request(self.model))) as answer:
            await anext(answer)
        async with asyncio.timeout(0.5):
            [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE

    async def test_a_listener_who_is_slow_loses_nothing(
        self, provider: TextProvider, vendor: VendorStandIn
    ) -> None:
        heard = ""
        async with aclosing(provider.stream(request(self.model))) as answer:
            async for piece in answer:
                if not heard:
                    await vendor.until_ended()
                heard += piece.text if isinstance(piece, Delta) else ""
        whole, _completed = await listen(provider.stream(request(self.model)))
        assert heard == whole

    async def test_the_offered_models_are_listed(self, provider: TextProvider, vendor: VendorStandIn) -> None:
        assert self.model in {model.model_id for model in await provider.models()}
