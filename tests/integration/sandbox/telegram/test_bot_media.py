import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputRichBlockDocument,
    InputRichBlockParagraph,
    InputRichBlockPhoto,
    InputRichBlockSlideshow,
    InputRichBlockUnion,
    InputRichMessage,
    Message,
    RichBlockDocument,
    RichBlockPhoto,
    RichBlockSlideshow,
)

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.media import mp3, mp4, ogg, png, wav
from tests.support.telegram import SandboxTelegram

TOKEN = TelegramSandboxSettings().sandbox_bot_token


def upload(data: bytes, name: str = "picture.png") -> BufferedInputFile:
    return BufferedInputFile(data, name)


async def test_every_kind_of_file_is_sent_by_upload_and_again_by_its_id(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    first = await bot.send_photo(
        user, upload(png()), caption="<b>bold</b>", parse_mode="HTML", has_spoiler=True
    )
    again = await bot.send_photo(user, first.photo[-1].file_id if first.photo else "")
    voice = await bot.send_voice(user, upload(ogg(), "v.ogg"), caption="heard")
    note = await bot.send_video_note(user, upload(mp4(200, 200), "n.mp4"))
    video = await bot.send_video(user, upload(mp4(), "v.mp4"), thumbnail=upload(png(90, 60)))
    audio = await bot.send_audio(user, upload(mp3(), "a.mp3"), title="Song")
    document = await bot.send_document(user, upload(b"# answer", "answer.md"))
    animation = await bot.send_animation(user, upload(mp4(50, 50), "g.mp4"))
    sticker = await bot.send_sticker(user, upload(png(512, 512), "s.webp"))
    assert first.photo
    assert again.photo
    assert first.has_media_spoiler
    assert first.caption_entities
    assert first.caption_entities[0].type == "bold"
    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    assert voice.voice
    assert voice.caption == "heard"
    assert note.video_note
    assert note.video_note.length == 200
    assert video.video
    assert video.video.thumbnail
    assert video.video.thumbnail.width == 90
    assert audio.audio
    assert audio.audio.title == "Song"
    assert document.document
    assert document.document.file_name == "answer.md"
    assert animation.animation
    assert animation.document
    assert sticker.sticker
    assert await telegram.download(document.document.file_id) == b"# answer"


async def test_what_does_not_fit_its_kind_becomes_the_nearest(bot: Bot, user: int) -> None:
    assert (await bot.send_voice(user, upload(wav(), "v.wav"))).audio
    assert (await bot.send_video_note(user, upload(mp4(320, 180), "n.mp4"))).video
    assert (await bot.send_video(user, upload(b"not a film", "v.mp4"))).document


async def test_an_album_of_the_bot_is_one_group_and_can_be_forwarded(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    sent = await bot.send_media_group(
        user,
        [
            InputMediaPhoto(media=upload(png()), caption="three"),
            InputMediaVideo(media=upload(mp4(), "v.mp4")),
        ],
    )
    assert [message.caption for message in sent] == ["three", None]
    assert len({message.media_group_id for message in sent}) == 1
    ids = [message.message_id for message in sent]
    copied = await bot.copy_messages(user, user, ids, remove_caption=True)
    await bot.forward_messages(user, user, ids)
    shown = (await telegram.view(user))["messages"][-6:]
    assert len({message["media_group_id"] for message in shown}) == 3
    assert [message["message_id"] for message in shown[2:4]] == [copy.message_id for copy in copied]
    assert [message.get("caption") for message in shown] == ["three", None, None, None, "three", None]
    assert [bool(message.get("forward_origin")) for message in shown] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([], 'parameter "media" is required|there are no messages to send'),
        ([InputMediaPhoto(media=upload(png(9, 9)))] * 11, "too many messages to send as an album"),
        (
            [InputMediaPhoto(media=upload(png(9, 9))), InputMediaDocument(media=upload(b"x", "x.txt"))],
            "document can't be mixed with other media types",
        ),
        (
            [InputMediaPhoto(media=upload(png(9, 9))), InputMediaPhoto(media=upload(b"broken"))],
            'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
        ),
    ],
)
async def test_an_album_that_telegram_would_refuse_is_refused(
    bot: Bot, user: int, media: list[InputMediaPhoto | InputMediaDocument], reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_media_group(user, list(media))


async def test_media_and_captions_are_edited_in_place(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    sent = await bot.send_photo(user, upload(png(10, 10)), caption="first")
    better = InputMediaPhoto(media=upload(png(20, 20)), caption="second")
    edited = await bot.edit_message_media(better, chat_id=user, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.photo
    assert edited.photo[-1].width == 20
    assert edited.caption == "second"
    same = InputMediaPhoto(media=edited.photo[-1].file_id, caption="second")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_media(same, chat_id=user, message_id=sent.message_id)
    renamed = await bot.edit_message_caption(chat_id=user, message_id=sent.message_id, caption="third")
    assert isinstance(renamed, Message)
    assert renamed.photo
    assert renamed.caption == "third"
    film = InputMediaAnimation(media=upload(mp4(40, 40), "x.mp4"))
    moving = await bot.edit_message_media(film, chat_id=user, message_id=sent.message_id)
    assert isinstance(moving, Message)
    assert moving.animation
    assert not moving.photo
    assert not moving.caption
    text = await bot.send_message(user, "drawing")
    drawn = await bot.edit_message_media(better, chat_id=user, message_id=text.message_id)
    assert isinstance(drawn, Message)
    assert drawn.photo
    assert drawn.text is None


async def test_edits_that_cannot_be_are_refused(bot: Bot, user: int) -> None:
    photo = await bot.send_photo(user, upload(png(10, 10)))
    text = await bot.send_message(user, "text")
    voice = await bot.send_voice(user, upload(ogg(), "v.ogg"))
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("x", chat_id=user, message_id=photo.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=user, message_id=text.message_id, caption="x")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_media(
            InputMediaAudio(media=upload(mp3(), "a.mp3")), chat_id=user, message_id=voice.message_id
        )


async def test_a_copy_takes_another_caption(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    sent = await bot.send_document(user, upload(b"x", "x.txt"), caption="old")
    copied = await bot.copy_message(user, user, sent.message_id, caption="new")
    shown = (await telegram.view(user))["messages"][-1]
    assert (shown["message_id"], shown["caption"]) == (copied.message_id, "new")
    assert shown["document"]["file_name"] == "x.txt"


async def test_a_rich_message_carries_uploaded_files(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    pages = [InputRichBlockPhoto(photo=InputMediaPhoto(media=upload(png(n, 50)))) for n in (60, 70)]
    blocks: list[InputRichBlockUnion] = [
        InputRichBlockParagraph(text="Two pages"),
        InputRichBlockSlideshow(blocks=list(pages)),
        InputRichBlockDocument(document=InputMediaDocument(media=upload(b"x", "x.txt"))),
    ]
    sent = await bot.send_rich_message(user, InputRichMessage(blocks=blocks))
    assert sent.rich_message
    slideshow, document = sent.rich_message.blocks[1:]
    assert isinstance(slideshow, RichBlockSlideshow)
    assert isinstance(document, RichBlockDocument)
    shown = [block.photo[-1].width for block in slideshow.blocks if isinstance(block, RichBlockPhoto)]
    assert shown == [60, 70]
    assert await telegram.download(document.document.file_id) == b"x"
