import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey

from services.gateway.delivery.outcomes import Outcome, describe, message_id_of, outcome_of

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
        (TelegramAPIError(METHOD, "Too Many Requests"), Outcome.NOT_SENT),
        (TelegramForbiddenError(METHOD, "Forbidden: bot was blocked by the user"), Outcome.REFUSED),
        (a_bad_request("chat not found"), Outcome.REFUSED),
        (a_bad_request("message is not modified: specified new…"), Outcome.NOT_MODIFIED),
        (a_bad_request("message to edit not found"), Outcome.TARGET_GONE),
        (a_bad_request("can't parse entities"), Outcome.BAD_FORMAT),
        (a_bad_request("there is no text in the message to edit"), Outcome.TARGET_GONE),
        (a_bad_request("PHOTO_INVALID_DIMENSIONS"), Outcome.BAD_PHOTO),
        (a_bad_request("IMAGE_PROCESS_FAILED"), Outcome.BAD_PHOTO),
        (a_bad_request("file of size 11534336 bytes is too big for a photo"), Outcome.BAD_PHOTO),
        (TelegramEntityTooLarge(METHOD, "Request Entity Too Large"), Outcome.BAD_PHOTO),
        (a_bad_request("not enough rights to send photos to the chat"), Outcome.NO_PICTURES),
        (a_bad_request("not enough rights to send text messages to the chat"), Outcome.REFUSED),
    ],
)
def test_a_failed_call_tells_what_became_of_its_message(error: AiogramError, expected: Outcome) -> None:
    assert outcome_of(error) is expected


def test_an_answer_with_fields_left_out_still_says_that_the_message_was_sent() -> None:
    incomplete = {"ok": True, "result": {"message_id": 7}}
    assert message_id_of(ClientDecodeError("Failed to deserialize", ValueError(), incomplete)) == 7
    refused = {"ok": False, "description": "no"}
    assert message_id_of(ClientDecodeError("Failed to deserialize", ValueError(), refused)) is None
    assert message_id_of(ClientDecodeError("Failed to decode", ValueError(), "<html>")) is None


def test_the_words_of_users_are_not_described() -> None:
    error = ClientDecodeError("Failed to deserialize", ValueError(), {"result": {"text": "a secret"}})
    assert "a secret" not in describe(error)
