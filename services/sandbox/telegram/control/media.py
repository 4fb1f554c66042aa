from typing import Final

from aiohttp import web

from services.sandbox.telegram.albums import check_album, new_album_id
from services.sandbox.telegram.control.attachments import take_attachment
from services.sandbox.telegram.control.request import SANDBOX, answer
from services.sandbox.telegram.control.speaking import deliver, find_speaker
from services.sandbox.telegram.control.submission import read_submission
from services.sandbox.telegram.control.threads import choose_place


async def send_album(request: web.Request) -> web.Response:
    """A user sends several files at once; the bot gets an update for each."""
    sandbox, submission = request.app[SANDBOX], await read_submission(request)
    user, chat = find_speaker(sandbox, submission.body)
    check_album([attachment.kind for attachment in submission.attachments])
    contents = [await take_attachment(sandbox, attachment) for attachment in submission.attachments]
    place = choose_place(sandbox, user, chat, submission.body, contents[0])
    marks = {"media_group_id": new_album_id()} if len(contents) > 1 else {}
    return answer(deliver(sandbox, user, chat, [(content | marks, place) for content in contents]))


ROUTES: Final = (web.post("/control/albums", send_album),)
