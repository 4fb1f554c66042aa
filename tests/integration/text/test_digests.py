import pytest
from quartet.text.v1 import text_service_pb2 as pb

from services.chassis.errors import InvalidRequest
from tests.support.text_service import TextCaller


@pytest.mark.parametrize("kind", [pb.DIGEST_KIND_NOTES, pb.DIGEST_KIND_QUESTIONS])
async def test_pages_are_digested_and_what_it_cost_is_told(
    text: TextCaller, kind: pb.DigestKind.ValueType
) -> None:
    digest = await text.digest(kind, "Срок аренды один год.", "Площадь 40 метров.")
    assert digest.text
    assert digest.usage.output_token_count > 0


async def test_nothing_cannot_be_digested(text: TextCaller) -> None:
    with pytest.raises(InvalidRequest):
        await text.digest(pb.DIGEST_KIND_NOTES)
