import time
from typing import Final

from aiohttp import web

from services.sandbox.telegram.captions import caption_content
from services.sandbox.telegram.content import CAPTION_FIELDS, has_media
from services.sandbox.telegram.control.attachments import take_attachment
from services.sandbox.telegram.control.forwarding import is_message, read_forwarded, read_origin
from services.sandbox.telegram.control.request import SANDBOX, answer, read_body
from services.sandbox.telegram.control.speaking import (
    deliver,
    find_speaker,
    typed_parts,
    typed_text,
)
from services.sandbox.telegram.control.submission import Submission, read_submission
from services.sandbox.telegram.control.threads import choose_place
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.members import signature
from services.sandbox.telegram.messages import replace_message, text_content
from services.sandbox.telegram.people import User
from services.sandbox.telegram.privacy import bot_sees
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


async def send(request: web.Request) -> web.Response:
    """A user sends a text, a file or a forward; the answer tells whether the bot was told (`update_id`)."""
    sandbox, submission = request.app[SANDBOX], await read_submission(request)
    user, chat = find_speaker(sandbox, submission.body)
    contents = await _contents(sandbox, user, submission)
    place = choose_place(sandbox, user, chat, submission.body, contents[0])
    rest = place._replace(reply_to=None, quote=None)
    said = [(content, rest if number else place) for number, content in enumerate(contents)]
    return answer(deliver(sandbox, user, chat, said))


async def edit(request: web.Request) -> web.Response:
    """A user changes the text or the caption of an own message."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat = find_speaker(sandbox, body)
    message = chat.messages.get(body.integer("message_id"))
    if message is None or message["from"]["id"] != signature(chat, user.to_json())["from"]["id"]:
        raise ControlError("the user has no such message in this chat", 404)
    if "via_bot" in message:
        raise ControlError("what was sent through a bot can be changed by the bot alone", 403)
    text = typed_text(sandbox, body.text("text"), body.values.get("entities"))
    content = caption_content(text) if has_media(message) else text_content(text)
    former = ("text", "entities", *CAPTION_FIELDS)
    kept = {name: value for name, value in message.items() if name not in former}
    edited = replace_message(sandbox, chat, kept | {"edit_date": int(time.time()), **content})
    update_id = None
    if bot_sees(sandbox, chat, edited):
        update_id = sandbox.updates.add("edited_message", edited, chat.id)
    return answer({"message": edited, "update_id": update_id})


async def _contents(sandbox: Sandbox, user: User, submission: Submission) -> list[Json]:
    body, attachments = submission
    source = body.values.get("forward_from")
    if source is not None and not isinstance(source, dict):
        raise ControlError("forward_from must be an object")
    if source is not None and is_message(source):
        return read_forwarded(sandbox, user, source)
    if len(attachments) > 1:
        raise ControlError("several files are sent as an album: POST albums")
    if attachments:
        contents = [await take_attachment(sandbox, attachments[0])]
    else:
        parts = typed_parts(sandbox, body.text("text"), body.values.get("entities"))
        contents = [text_content(part) for part in parts]
    if source is None:
        return contents
    origin = read_origin(sandbox, source)
    return [{"forward_origin": origin, **content} for content in contents]


ROUTES: Final = (
    web.post("/control/messages", send),
    web.post("/control/edits", edit),
)
