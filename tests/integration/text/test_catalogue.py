from collections.abc import AsyncIterator

import pytest
import structlog

from services.chassis.errors import ModelNotFound
from services.providers.vendor import Health
from services.sandbox.vendor.faults import FaultKind
from services.text.catalogue import Catalogue
from services.text.vendors import LanguageVendors
from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.vendors import LATER_SECONDS, Clock, Noted, ask, two_vendors

MODELS = {"first": ("gpt-6-luna", "gpt-5-mini", "gpt-0"), "second": ("gpt-6.1-terra",)}


@pytest.fixture
async def first() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def vendors(first: OpenAIStandIn, clock: Clock) -> AsyncIterator[LanguageVendors]:
    # Nobody listens at the second vendor's address.
    urls = [first.base_url, "http://127.0.0.1:9/v1"]
    async with two_vendors(urls, Noted(), clock, models=MODELS) as vendors:
        yield vendors


async def test_lists_all_vendors_models_that_are_offered_and_a_silent_vendors_all(
    vendors: LanguageVendors,
) -> None:
    listed = await Catalogue(vendors.all).list()
    assert [(model.provider, model.model_id) for model in listed] == [
        ("first", "gpt-6-luna"),
        ("first", "gpt-5-mini"),
        ("second", "gpt-6.1-terra"),
    ]
    assert [model.shutdown_date for model in listed] == ["", "2026-12-11", ""]


async def test_the_operator_is_warned_of_models_that_are_unknown_or_ending(vendors: LanguageVendors) -> None:
    with structlog.testing.capture_logs() as lines:
        await Catalogue(vendors.all).check()
    warned = {(line["event"], line.get("model")) for line in lines}
    assert {("model_not_offered", "gpt-0"), ("model_shuts_down", "gpt-5-mini")} <= warned


async def test_tells_which_models_answer_now(
    vendors: LanguageVendors, first: OpenAIStandIn, clock: Clock
) -> None:
    catalogue = Catalogue(vendors.all)
    await first.fail(FaultKind.OUT_OF_FUNDS)
    await ask(vendors)

    async def health() -> Health:
        return (await catalogue.list())[0].health

    assert await health() is Health.UNAVAILABLE
    clock.now += LATER_SECONDS
    assert await health() is Health.DEGRADED
    await ask(vendors)
    assert await health() is Health.AVAILABLE


async def test_a_new_model_is_for_the_focus_group_alone_and_what_they_get_by_default(
    vendors: LanguageVendors,
) -> None:
    catalogue = Catalogue(vendors.all, ["gpt-5-mini"])
    listed = [model.model_id for model in await catalogue.list(is_in_focus_group=True)]
    assert listed == ["gpt-5-mini", "gpt-6-luna", "gpt-6.1-terra"]
    assert "gpt-5-mini" not in [model.model_id for model in await catalogue.list()]
    assert catalogue.choose("", is_in_focus_group=True) == "gpt-5-mini"
    assert catalogue.choose("gpt-6-luna", is_in_focus_group=True) == "gpt-6-luna"
    assert catalogue.choose("") == "gpt-6-luna"
    # Whoever has left the group is answered as everybody is.
    assert catalogue.choose("gpt-5-mini") == "gpt-6-luna"


async def test_a_model_that_nobody_lists_cannot_be_chosen(vendors: LanguageVendors) -> None:
    catalogue = Catalogue(vendors.all)
    assert catalogue.choose("gpt-6.1-terra") == "gpt-6.1-terra"
    assert catalogue.choose("") == "gpt-6-luna"
    with pytest.raises(ModelNotFound):
        catalogue.choose("gpt-7")
