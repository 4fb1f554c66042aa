from typing import Any, Final

from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.inline_queries import InlineResult
from services.sandbox.telegram.link_preview import read_link_preview
from services.sandbox.telegram.markup import read_markup
from services.sandbox.telegram.media.content import read_media
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.messages import text_content
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.rich.input import read_rich_message
from services.sandbox.telegram.rich.media import with_files
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import MAX_TEXT_UTF16, finish_text, read_text
from services.sandbox.telegram.wire import Json

MAX_RESULTS: Final = 50
_MAX_ID_BYTES: Final = 64
_SHOWN: Final = ("type", "title", "description", "url", "thumbnail_url")
_FILES: Final = {
    "photo": ("photo_file_id", MediaKind.PHOTO),
    "gif": ("gif_file_id", MediaKind.ANIMATION),
    "mpeg4_gif": ("mpeg4_file_id", MediaKind.ANIMATION),
    "sticker": ("sticker_file_id", MediaKind.STICKER),
    "document": ("document_file_id", MediaKind.DOCUMENT),
    "video": ("video_file_id", MediaKind.VIDEO),
    "voice": ("voice_file_id", MediaKind.VOICE),
    "audio": ("audio_file_id", MediaKind.AUDIO),
}


async def read_inline_results(sandbox: Sandbox, params: Params) -> dict[str, InlineResult]:
    """The `results` of an answer by their ids: articles, and files sent before.

    Raises ApiError: https://core.telegram.org/bots/api#inlinequeryresult
    """
    values = params.json("results", "inline query results") or []
    if not isinstance(values, list):
        raise bad_request("Expected an Array of InlineQueryResult")
    if len(values) > MAX_RESULTS:
        raise bad_request("Too many inline query results specified")
    results: dict[str, InlineResult] = {}
    for value in values:
        result = await _result(sandbox, value)
        if result.id in results:
            raise bad_request("RESULT_ID_DUPLICATE")
        results[result.id] = result
    return results


async def _result(sandbox: Sandbox, value: Any) -> InlineResult:
    fields = Params(_object(value))
    for name in ("type", "id"):
        if name not in fields.values:
            raise _unreadable(f'Can\'t find field "{name}"')
    result_id = fields.text("id")
    if not result_id:
        raise bad_request("RESULT_ID_EMPTY")
    if len(result_id.encode()) > _MAX_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    markup = read_markup(fields)
    if markup.keyboard is not None:
        raise _unreadable("inline keyboard expected")
    try:
        content = await _content(sandbox, fields)
    except ApiError as error:
        raise _within_result(error) from error
    shown = {name: fields.values[name] for name in _SHOWN if fields.has(name)}
    return InlineResult(result_id, shown, content, markup.inline or None)


async def _content(sandbox: Sandbox, fields: Params) -> Json:
    type_ = fields.text("type").lower()
    if type_ != "article" and type_ not in _FILES:
        raise bad_request(f'type "{type_}" is unsupported for the inline query result')
    if type_ == "article" and not fields.text("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    given = fields.object("input_message_content", "input message content")
    if given is not None:
        return await _message_content(sandbox, Params(given))
    if type_ == "article":
        raise bad_request('Can\'t find field "input_message_content"')
    name, kind = _FILES[type_]
    if not fields.has(name) and fields.has(name.replace("_file_id", "_url")):
        raise bad_request("failed to get HTTP URL content")
    return await read_media(sandbox, Params({}), fields, name, kind)


async def _message_content(sandbox: Sandbox, fields: Params) -> Json:
    if fields.has("rich_message"):
        rich_message = read_rich_message(fields)
        return {"rich_message": await with_files(sandbox, Params({}), rich_message)}
    if "message_text" not in fields.values:
        raise bad_request('Can\'t find field "message_text"')
    raw = read_text(
        fields.text("message_text"),
        fields.text("parse_mode"),
        fields.json("entities", "message entities"),
        sandbox.find_user_json,
    )
    if not raw.units:
        raise bad_request("message text is empty")
    if len(raw.units) > MAX_TEXT_UTF16:
        raise bad_request("MESSAGE_TOO_LONG")
    return text_content(finish_text(raw)) | read_link_preview(fields)


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise _unreadable("expected an Object")
    return value


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"Can't parse InlineQueryResult: {reason}")


def _within_result(error: ApiError) -> ApiError:
    """A refusal of the Bot API server tells where it was; one of Telegram's own constants stands alone."""
    reason = error.description.removeprefix("Bad Request: ")
    return error if error.code != 400 or reason.isupper() else _unreadable(reason)
