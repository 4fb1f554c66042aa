import asyncio
from collections.abc import Sequence
from math import sqrt

import pytest

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Outcome
from services.text.providers.embedding import DIMENSIONS, EmbeddingProvider, Purpose
from tests.contract.text_provider import Refusal
from tests.support.stand_ins import VendorStandIn

TEXTS = ("Кошка спит на окне.", "Насос гудит в подвале.")


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    lengths = sqrt(sum(value * value for value in one) * sum(value * value for value in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths


class EmbeddingProviderSuite:
    """What every vendor that embeds texts must do.

    Subclasses give the fixtures `vendor`, a stand-in wherever it runs, and `embedding`, which speaks to it
    and waits 1.5 s for an answer; and what is the vendor's own, as data.
    """

    provider: str
    refusals: Sequence[Refusal]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "refusal" in metafunc.fixturenames:
            names = ["-".join(filter(None, refusal[:2])) for refusal in self.refusals]
            metafunc.parametrize("refusal", self.refusals, ids=names)

    async def test_each_text_has_its_vector_and_a_question_is_near_what_answers_it(
        self, embedding: EmbeddingProvider
    ) -> None:
        passages = await embedding.embed(TEXTS, Purpose.PASSAGE)
        question = await embedding.embed(["где спит кошка"], Purpose.QUESTION)
        assert [len(vector) for vector in passages.vectors] == [DIMENSIONS, DIMENSIONS]
        cat, pump = [likeness(question.vectors[0], vector) for vector in passages.vectors]
        assert cat > pump
        usage = passages.usage
        assert (usage.provider, usage.model) == (self.provider, embedding.model)
        assert usage.input_tokens > 0
        assert not usage.estimated

    async def test_refusals_are_errors_of_ours(
        self, embedding: EmbeddingProvider, vendor: VendorStandIn, refusal: Refusal
    ) -> None:
        await vendor.fail(refusal.kind, code=refusal.code)
        with pytest.raises(errors.QuartetError) as caught:
            await embedding.embed(TEXTS, Purpose.PASSAGE)
        assert type(caught.value) is refusal.error
        assert caught.value.metadata["provider"] == self.provider
        assert len(await vendor.calls()) == 1

    @pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.CUT_MID_STREAM])
    async def test_a_vendor_that_is_silent_or_gone_is_unavailable(
        self, embedding: EmbeddingProvider, vendor: VendorStandIn, kind: FaultKind
    ) -> None:
        await vendor.fail(kind)
        with pytest.raises(errors.ProviderUnavailable):
            await embedding.embed(TEXTS, Purpose.PASSAGE)

    async def test_cancelling_hangs_up(self, embedding: EmbeddingProvider, vendor: VendorStandIn) -> None:
        await vendor.fail(FaultKind.HANG)
        embedded = asyncio.create_task(embedding.embed(TEXTS, Purpose.PASSAGE))
        await vendor.until_active()
        embedded.cancel()
        [call] = await vendor.until_ended()
        assert call.outcome is Outcome.CLIENT_GONE
