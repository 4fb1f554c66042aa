import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey

from services.gateway.delivery.outcomes import Outcome, outcome_of

METHOD = SendMessage(chat_id=1, text="x")


def a_network_error(cause: Exception) -> TelegramNetworkError:
    error = TelegramNetworkError(METHOD, "network")
    error.__cause__ = cause
    return error


def a_bad_request(description: str) -> TelegramBadRequest:
    return TelegramBadRequest(METHOD, f"Bad Request: {description}")


NO_CONNECTION = ClientConnectorError(
    ConnectionKey("localhost", 1, False, True, None, None, None), OSError(111, "refused")
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (a_network_error(NO_CONNECTION), Outcome.NOT_SENT),
        (a_network_error(ServerDisconnectedError()), Outcome.UNKNOWN),
        (a_network_error(TimeoutError()), Outcome.UNKNOWN),
        (ClientDecodeError("Failed to decode", ValueError(), "<html>"), Outcome.UNKNOWN),
        (TelegramServerError(METHOD, "Internal Server Error"), Outcome.NOT_SENT),
        (TelegramForbiddenError(METHOD, "Forbidden: bot was blocked by the user"), Outcome.REFUSED),
        (a_bad_request("chat not found"), Outcome.REFUSED),
        (a_bad_request("message is not modified: specified new…"), Outcome.NOT_MODIFIED),
        (a_bad_request("message to edit not found"), Outcome.TARGET_GONE),
        (a_bad_request("can't parse entities"), Outcome.BAD_FORMAT),
    ],
)
def test_a_failed_call_tells_what_became_of_its_message(error: AiogramError, expected: Outcome) -> None:
    assert outcome_of(error) is expected
