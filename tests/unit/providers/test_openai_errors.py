import httpx2
import openai
import pytest

from services.chassis import errors
from services.providers.openai.errors import StreamFailed, is_unknown_route, translate


def answered(status: int, **error: str) -> openai.APIStatusError:
    """Return what the SDK raises for such an answer of the vendor."""
    request = httpx2.Request("POST", "http://vendor/v1/responses")
    response = httpx2.Response(status, request=request, json={"error": error})
    return openai.APIStatusError(error.get("message", ""), response=response, body=error)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"code": "context_length_exceeded"}, errors.ContextTooLong),
        (400, {"code": "content_filter"}, errors.ContentRejected),
        (400, {"code": "billing_hard_limit_reached"}, errors.ProviderOutOfFunds),
        (400, {"code": "model_not_found"}, errors.ModelNotFound),
        (400, {"code": "invalid_image_format"}, errors.InvalidRequest),
        (400, {"code": "image_content_policy_violation"}, errors.ContentRejected),
        (400, {"code": "unsupported_parameter"}, errors.ProviderMisconfigured),
        (401, {}, errors.ProviderMisconfigured),
        (402, {}, errors.ProviderOutOfFunds),
        (403, {}, errors.ProviderMisconfigured),
        (403, {"code": "unsupported_country_region_territory"}, errors.ProviderUnsupportedCountry),
        (404, {"message": "model 'x' not found"}, errors.ModelNotFound),
        (404, {"message": "no such page"}, errors.ProviderMisconfigured),
        (408, {}, errors.ProviderUnavailable),
        (409, {}, errors.ProviderUnavailable),
        (413, {}, errors.ContextTooLong),
        (429, {}, errors.ProviderRateLimited),
        (429, {"type": "insufficient_quota"}, errors.ProviderOutOfFunds),
        (429, {"code": "rate_limit_exceeded", "type": "requests"}, errors.ProviderRateLimited),
        (500, {}, errors.ProviderUnavailable),
        (503, {"code": "slow_down"}, errors.ProviderRateLimited),
        (529, {}, errors.ProviderUnavailable),
    ],
)
def test_an_answer_with_an_error_is_told_by_its_code_then_by_its_status(
    status: int, error: dict[str, str], expected: type[errors.QuartetError]
) -> None:
    translated = translate(answered(status, **error), model="m", is_begun=False)
    assert type(translated) is expected


def test_what_the_vendor_says_in_words_is_not_repeated() -> None:
    secret = answered(401, message="Incorrect API key provided: sk-12345", code="invalid_api_key")
    assert "sk-12345" not in str(translate(secret, model="m", is_begun=False))


def test_after_the_first_delta_only_a_rejection_keeps_its_name() -> None:
    failures = [TimeoutError(), StreamFailed("server_error"), StreamFailed("insufficient_quota")]
    for failure in failures:
        assert type(translate(failure, model="m", is_begun=True)) is errors.ProviderInterrupted
    rejected = translate(StreamFailed("content_filter"), model="m", is_begun=True)
    assert type(rejected) is errors.ContentRejected


@pytest.mark.parametrize(
    ("status", "error", "is_unknown"),
    [
        (404, {}, True),
        (405, {}, True),
        (501, {}, True),
        (404, {"code": "model_not_found"}, False),
        (404, {"param": "model"}, False),
        (400, {}, False),
    ],
)
def test_a_missing_api_is_told_from_a_missing_model(
    status: int, error: dict[str, str], is_unknown: bool
) -> None:
    assert is_unknown_route(answered(status, **error)) is is_unknown
