from typing import Any

import httpx2
import pytest
from google.genai.errors import APIError, ClientError, ServerError

from services.chassis import errors
from services.providers.google.errors import Rejected, StreamFailed, translate


def answered(code: int, status: str = "", message: str = "", *details: dict[str, Any]) -> APIError:
    """Return what the SDK raises for such an answer of the vendor."""
    body = {"error": {"code": code, "status": status, "message": message, "details": list(details)}}
    response = httpx2.Response(code, json=body, headers={"retry-after": "9"})
    return (ServerError if code >= 500 else ClientError)(code, body, response)


@pytest.mark.parametrize(
    ("code", "status", "message", "expected"),
    [
        (400, "INVALID_ARGUMENT", "API key expired. Please renew it.", errors.ProviderMisconfigured),
        (400, "INVALID_ARGUMENT", "Unknown name foo.", errors.ProviderMisconfigured),
        (400, "INVALID_ARGUMENT", "The input token count exceeds the maximum", errors.ContextTooLong),
        (400, "INVALID_ARGUMENT", "Request payload size exceeds the limit", errors.ContextTooLong),
        (400, "INVALID_ARGUMENT", "Unable to process input image.", errors.InvalidRequest),
        (400, "FAILED_PRECONDITION", "User location is not supported", errors.ProviderUnsupportedCountry),
        (400, "FAILED_PRECONDITION", "something else", errors.ProviderMisconfigured),
        (401, "UNAUTHENTICATED", "", errors.ProviderMisconfigured),
        (403, "PERMISSION_DENIED", "", errors.ProviderMisconfigured),
        (404, "NOT_FOUND", "models/x is not found", errors.ModelNotFound),
        (404, "", "no such page about models", errors.ProviderMisconfigured),
        (413, "", "", errors.ContextTooLong),
        (429, "RESOURCE_EXHAUSTED", "check your plan and billing details", errors.ProviderRateLimited),
        (429, "RESOURCE_EXHAUSTED", "metric: free_tier, limit: 0, model: x", errors.ProviderOutOfFunds),
        (429, "RESOURCE_EXHAUSTED", "metric: free_tier, limit: 0.5", errors.ProviderRateLimited),
        (429, "RESOURCE_EXHAUSTED", "exceeded its monthly spending cap", errors.ProviderOutOfFunds),
        (429, "", "", errors.ProviderRateLimited),
        (499, "CANCELLED", "", errors.ProviderUnavailable),
        (500, "INTERNAL", "", errors.ProviderUnavailable),
        (502, "", "<html>", errors.ProviderUnavailable),
        (503, "UNAVAILABLE", "", errors.ProviderUnavailable),
        (504, "DEADLINE_EXCEEDED", "", errors.ProviderUnavailable),
    ],
)
def test_an_answer_with_an_error_is_told_by_its_status_then_by_its_words(
    code: int, status: str, message: str, expected: type[errors.QuartetError]
) -> None:
    translated = translate(answered(code, status, message), model="m", is_begun=False)
    assert type(translated) is expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("API_KEY_INVALID", errors.ProviderMisconfigured),
        ("BILLING_DISABLED", errors.ProviderOutOfFunds),
        ("SOMETHING_NEW", errors.ProviderMisconfigured),
    ],
)
def test_a_reason_counts_more_than_the_status(reason: str, expected: type[errors.QuartetError]) -> None:
    error = answered(403, "PERMISSION_DENIED", "", {"reason": reason})
    assert type(translate(error, model="m", is_begun=False)) is expected


def test_what_the_vendor_says_in_words_is_not_repeated() -> None:
    secret = answered(403, "PERMISSION_DENIED", "Consumer 'api_key:AIza-secret' has been suspended.")
    assert "AIza" not in str(translate(secret, model="m", is_begun=False))


def test_after_the_first_delta_only_a_rejection_keeps_its_name() -> None:
    for failure in (TimeoutError(), StreamFailed("OTHER"), answered(503, "UNAVAILABLE")):
        assert type(translate(failure, model="m", is_begun=True)) is errors.ProviderInterrupted
    assert type(translate(Rejected("SAFETY"), model="m", is_begun=True)) is errors.ContentRejected


@pytest.mark.parametrize("body", [None, "text", {"error": "text"}, {"error": {"details": "x"}}, [1, 2]])
def test_an_answer_of_another_shape_is_an_error_all_the_same(body: object) -> None:
    error = APIError(400, body, httpx2.Response(400))
    assert type(translate(error, model="m", is_begun=False)) is errors.ProviderMisconfigured


def test_the_pause_stands_in_the_details_or_else_in_the_header() -> None:
    pause = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}
    detailed = translate(answered(429, "RESOURCE_EXHAUSTED", "", pause), model="m", is_begun=False)
    assert detailed.retry_after_seconds == 17.5
    assert translate(answered(429), model="m", is_begun=False).retry_after_seconds == 9
