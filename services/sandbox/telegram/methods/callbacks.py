from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.utf16 import utf16_length

_MAX_TEXT: Final = 200


def answer_callback_query(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery (the first answer is what the user sees)"""
    callback = sandbox.callbacks.find_fresh(params.text("callback_query_id"))
    if callback is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if utf16_length(text) > _MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    if callback.answered:
        return True
    callback.answered = True
    callback.text, callback.url = text, params.text("url")
    callback.show_alert = params.flag("show_alert")
    sandbox.events.publish(
        "callback_answer", callback.chat_id, user_id=callback.user_id, **callback.to_json()
    )
    return True


METHODS: Final[Mapping[str, Handler]] = {"answerCallbackQuery": answer_callback_query}
