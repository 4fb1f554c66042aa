import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from services.chassis import errors
from services.providers.base import Capabilities
from services.providers.breaker import State
from services.providers.patience import Patience
from services.providers.vendor import Health
from services.providers.vendors import Answering
from services.sandbox.vendor.faults import FaultKind
from services.text.providers.base import Image
from services.text.vendors import LanguageVendors
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.ports import free_port
from tests.support.vendors import LATER_SECONDS, Clock, Noted, ask, two_vendors

FIRST = Answering("first", "gpt-6-luna")
SECOND = Answering("second", "gpt-6.1-terra", failed_over=True)
IMPATIENT = Patience(max_retries=0, budget_seconds=0.0, failover_seconds=0.1)
# Left sooner, a vendor on a busy machine would never have been asked.
RATHER_IMPATIENT = Patience(max_retries=0, budget_seconds=0.0, failover_seconds=1.0)
ASKING_AGAIN = Patience(max_retries=2, budget_seconds=8.0, failover_seconds=5.0)
MANY = 200


@pytest.fixture
async def first() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def second() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
async def vendors(
    first: OpenAIStandIn, second: OpenAIStandIn, noted: Noted, clock: Clock
) -> AsyncIterator[LanguageVendors]:
    async with two_vendors([first.base_url, second.base_url], noted, clock) as vendors:
        yield vendors


async def test_the_preferred_vendor_answers(vendors: LanguageVendors, second: OpenAIStandIn) -> None:
    outcome = await ask(vendors)
    assert outcome.asked == [FIRST]
    assert outcome.completed is not None
    assert await second.calls() == []


async def test_a_model_is_asked_at_its_own_vendor(vendors: LanguageVendors, first: OpenAIStandIn) -> None:
    outcome = await ask(vendors, "gpt-6.1-terra")
    assert outcome.asked == [Answering("second", "gpt-6.1-terra")]
    assert await first.calls() == []


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RATE_LIMIT,
        FaultKind.OUT_OF_FUNDS,
        FaultKind.OVERLOADED,
        FaultKind.SERVER_ERROR,
        FaultKind.UNSUPPORTED_COUNTRY,
        FaultKind.INVALID_KEY,
        FaultKind.FAILED_EVENT,
    ],
)
async def test_the_next_vendors_default_answers_where_a_vendor_is_at_fault(
    vendors: LanguageVendors, first: OpenAIStandIn, noted: Noted, kind: FaultKind
) -> None:
    await first.fail(kind, after_tokens=0)
    outcome = await ask(vendors, "gpt-6.2-sol")
    assert outcome.asked == [Answering("first", "gpt-6.2-sol"), SECOND]
    assert outcome.completed is not None
    assert [provider for provider, _reason in noted.failovers] == ["first"]


@pytest.mark.parametrize("kind", [FaultKind.MODERATION, FaultKind.CONTEXT_TOO_LONG])
async def test_a_question_that_is_refused_goes_to_nobody_else(
    vendors: LanguageVendors, first: OpenAIStandIn, second: OpenAIStandIn, kind: FaultKind
) -> None:
    await first.fail(kind)
    outcome = await ask(vendors)
    assert isinstance(outcome.error, errors.ContentRejected | errors.ContextTooLong)
    assert await second.calls() == []
    assert vendors.all[0].health("gpt-6-luna") is Health.AVAILABLE


async def test_a_silent_vendor_is_left_in_time(
    first: OpenAIStandIn, second: OpenAIStandIn, noted: Noted, clock: Clock
) -> None:
    await first.fail(FaultKind.HANG, after_tokens=0)
    urls = [first.base_url, second.base_url]
    async with two_vendors(urls, noted, clock, patience=RATHER_IMPATIENT) as vendors:
        outcome = await ask(vendors)
    assert outcome.asked == [FIRST, SECOND]
    [call] = await first.until_ended()
    assert call.tokens_sent == 0


async def test_the_last_vendor_may_be_slow(first: OpenAIStandIn, noted: Noted, clock: Clock) -> None:
    await first.pace(first_token_ms=200)
    models = {"first": ("gpt-6-luna",)}
    async with two_vendors([first.base_url], noted, clock, patience=IMPATIENT, models=models) as vendors:
        outcome = await ask(vendors)
    assert outcome.completed is not None


async def test_a_retired_model_is_replaced_by_its_vendors_default(
    vendors: LanguageVendors, first: OpenAIStandIn, noted: Noted
) -> None:
    await first.fail(FaultKind.MODEL_NOT_FOUND)
    outcome = await ask(vendors, "gpt-6.2-sol")
    assert outcome.by == Answering("first", "gpt-6-luna", failed_over=True)
    [(provider, model, change, standby)] = noted.changes
    assert (provider, model, change.state, standby) == ("first", "gpt-6.2-sol", State.OPEN, "first")
    await first.forget_calls()
    outcome = await ask(vendors, "gpt-6.2-sol")
    assert outcome.asked == [Answering("first", "gpt-6-luna", failed_over=True)], "it is not asked for again"
    assert vendors.all[0].health("gpt-6.2-sol") is Health.UNAVAILABLE
    assert vendors.all[0].health("gpt-6-luna") is Health.AVAILABLE


async def test_when_all_fail_the_failure_that_may_pass_is_told(
    vendors: LanguageVendors, first: OpenAIStandIn, second: OpenAIStandIn
) -> None:
    await first.fail(FaultKind.INVALID_KEY)
    await second.fail(FaultKind.RATE_LIMIT, retry_after=7)
    outcome = await ask(vendors)
    assert isinstance(outcome.error, errors.ProviderRateLimited)
    assert outcome.error.retry_after_seconds == 7


async def test_when_all_fail_for_good_the_preferred_vendors_failure_is_told(
    vendors: LanguageVendors, first: OpenAIStandIn, second: OpenAIStandIn
) -> None:
    await first.fail(FaultKind.OUT_OF_FUNDS)
    await second.fail(FaultKind.INVALID_KEY, times=2)
    assert isinstance((await ask(vendors)).error, errors.ProviderOutOfFunds)
    await first.forget_calls()
    assert isinstance((await ask(vendors)).error, errors.ProviderOutOfFunds)
    assert await first.calls() == [], "its breaker remembers"


async def test_vendors_are_asked_again_only_when_none_is_left(
    first: OpenAIStandIn, second: OpenAIStandIn, noted: Noted, clock: Clock
) -> None:
    await first.fail(FaultKind.OVERLOADED)
    await second.fail(FaultKind.OVERLOADED)
    urls = [first.base_url, second.base_url]
    async with two_vendors(urls, noted, clock, patience=ASKING_AGAIN) as vendors:
        outcome = await ask(vendors)
    assert outcome.asked == [FIRST, SECOND, FIRST]
    assert len(noted.retries) == 1


async def test_a_pause_longer_than_the_budget_is_not_waited_for(
    first: OpenAIStandIn, noted: Noted, clock: Clock
) -> None:
    await first.fail(FaultKind.RATE_LIMIT, retry_after=60)
    models = {"first": ("gpt-6-luna",)}
    async with two_vendors([first.base_url], noted, clock, patience=ASKING_AGAIN, models=models) as vendors:
        outcome = await ask(vendors)
    assert isinstance(outcome.error, errors.ProviderRateLimited)
    assert outcome.error.retry_after_seconds == 60
    assert len(await first.calls()) == 1


async def test_a_vendor_that_dies_amid_many_answers_is_left_by_all_new_ones_until_it_recovers(
    second: OpenAIStandIn, noted: Noted, clock: Clock
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        urls = [f"http://127.0.0.1:{port}/v1", second.base_url]
        vendors = await stack.enter_async_context(two_vendors(urls, noted, clock))
        async with openai_stand_in(port=port) as first:
            await first.pace(tokens_per_second=20, tokens=400)
            running = [asyncio.create_task(ask(vendors)) for _ in range(MANY)]
            await first.until_active(MANY)
        cut_off = await asyncio.gather(*running)
        begun = [outcome for outcome in cut_off if outcome.by == FIRST]
        assert {type(outcome.error) for outcome in begun} == {errors.ProviderInterrupted}
        assert all(outcome.completed for outcome in cut_off if outcome.by == SECOND)
        assert vendors.all[0].health("gpt-6-luna") is Health.UNAVAILABLE

        after = await asyncio.gather(*(ask(vendors) for _ in range(MANY)))
        assert all(outcome.asked == [SECOND] and outcome.completed for outcome in after)
        assert [change.state for _, _, change, _ in noted.changes] == [State.OPEN]

        clock.now += LATER_SECONDS
        first = await stack.enter_async_context(openai_stand_in(port=port))
        await first.pace(first_token_ms=300)
        trial = asyncio.create_task(ask(vendors))
        await first.until_active()
        meanwhile = await ask(vendors)
        assert meanwhile.asked == [SECOND], "one question at a time finds out"
        assert (await trial).asked == [FIRST]
        assert (await ask(vendors)).asked == [FIRST]
    states = [change.state for _, _, change, _ in noted.changes]
    assert states == [State.OPEN, State.HALF_OPEN, State.CLOSED]


async def test_a_trial_that_fails_costs_the_user_nothing(
    vendors: LanguageVendors, first: OpenAIStandIn, noted: Noted, clock: Clock
) -> None:
    await first.fail(FaultKind.OUT_OF_FUNDS, times=2)
    await ask(vendors)
    clock.now += LATER_SECONDS
    outcome = await ask(vendors)
    assert outcome.asked == [FIRST, SECOND]
    assert outcome.completed is not None
    assert (await ask(vendors)).asked == [SECOND]
    assert noted.changes[-1][2].troubled_seconds == LATER_SECONDS


async def test_a_trial_that_is_cancelled_makes_room_for_the_next(
    vendors: LanguageVendors, first: OpenAIStandIn, clock: Clock
) -> None:
    await first.fail(FaultKind.OUT_OF_FUNDS)
    await ask(vendors)
    clock.now += LATER_SECONDS
    await first.pace(first_token_ms=5000)
    trial = asyncio.create_task(ask(vendors))
    await first.until_active()
    trial.cancel()
    await asyncio.wait({trial})
    await first.pace()
    assert (await ask(vendors)).asked == [FIRST]


async def test_a_picture_goes_to_a_vendor_that_can_look_at_it(
    vendors: LanguageVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    png = (Image("image/png", b"\x89PNG"),)
    monkeypatch.setattr(vendors.all[0].provider, "capabilities", Capabilities())
    assert "image/png" in vendors.capabilities.image_mime_types
    assert (await ask(vendors, images=png)).asked == [SECOND]
    assert (await ask(vendors)).asked == [FIRST]
    monkeypatch.setattr(vendors.all[1].provider, "capabilities", Capabilities())
    assert isinstance((await ask(vendors, images=png)).error, errors.InvalidRequest)


async def test_a_key_that_is_refused_once_does_not_close_the_vendor_to_all(
    vendors: LanguageVendors, first: OpenAIStandIn, noted: Noted
) -> None:
    await first.fail(FaultKind.INVALID_KEY, times=4)
    assert (await ask(vendors)).asked == [FIRST, SECOND]
    assert noted.changes == []
    await ask(vendors)
    await ask(vendors)
    assert (await ask(vendors)).asked == [SECOND], "three in a row are no accident"
    assert isinstance(noted.changes[0][2].error, errors.ProviderMisconfigured)
