from services.sandbox.telegram.captions import caption_content
from services.sandbox.telegram.control.speaking import typed_text
from services.sandbox.telegram.control.submission import Attachment
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.media.files import Measures
from services.sandbox.telegram.media.intake import take_in
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.media.objects import media_content
from services.sandbox.telegram.media.voice_notes import as_voice_note
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.uploads import Upload
from services.sandbox.telegram.wire import Json


async def take_attachment(sandbox: Sandbox, attachment: Attachment) -> Json:
    """What a message with a user's file says; raises ControlError or ApiError where it cannot be sent so."""
    kind, fields = attachment.kind, Params(attachment.fields)
    caption: Json = {}
    if kind.has_caption and fields.has("caption"):
        text = typed_text(sandbox, fields.text("caption"), fields.values.get("caption_entities"))
        caption = caption_content(text)
    upload = await _recorded(attachment.upload) if kind is MediaKind.VOICE else attachment.upload
    file = await take_in(sandbox.files, kind, upload, Measures(duration_seconds=fields.integer("duration")))
    if file.kind is not kind:
        raise ControlError(f"this file cannot be sent as {kind}")
    content = media_content(file) | caption
    if kind.can_be_covered and fields.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


async def _recorded(upload: Upload) -> Upload:
    try:
        return await as_voice_note(upload)
    except ValueError as error:
        raise ControlError(str(error)) from error
