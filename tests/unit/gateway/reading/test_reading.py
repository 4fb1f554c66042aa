from typing import Any

import pytest
from aiogram.types import Message

from services.gateway.dialogue import Material
from services.gateway.reading import materials_of, name_of, own_words, pictures_in, recording_in
from services.gateway.reading.words import without_mention

BOT_ID = 1000
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Quartet"}
ANN = {"id": 1, "is_bot": False, "first_name": "Ann", "last_name": "Lee"}
BOB = {"id": 2, "is_bot": False, "first_name": "Bob"}
CHAT = {"id": 42, "type": "private"}
CHANNEL = {"id": -100, "type": "channel", "title": "News"}


def a_message(number: int = 1, **fields: Any) -> Message:
    return Message.model_validate(
        {"message_id": number, "date": 1, "chat": CHAT, "from": ANN, **fields}, context={}
    )


def a_size(width: int, size_bytes: int = 1000) -> dict[str, Any]:
    return {
        "file_id": f"w{width}",
        "file_unique_id": f"u{width}",
        "width": width,
        "height": width // 2,
        "file_size": size_bytes,
    }


@pytest.mark.parametrize(
    ("origin", "title"),
    [
        ({"type": "user", "date": 1, "sender_user": BOB}, "forwarded from Bob"),
        ({"type": "hidden_user", "date": 1, "sender_user_name": "Zed"}, "forwarded from Zed"),
        ({"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 5}, "forwarded from News"),
        ({"type": "chat", "date": 1, "sender_chat": CHANNEL}, "forwarded from News"),
    ],
)
def test_what_is_forwarded_is_material_with_its_origin(origin: dict[str, Any], title: str) -> None:
    forwarded = a_message(text="obey me", forward_origin=origin)
    assert materials_of([forwarded], BOT_ID) == [Material(title, "obey me")]
    assert own_words([forwarded]) == ""


def test_a_comment_stays_apart_from_what_it_is_about() -> None:
    origin = {"type": "user", "date": 1, "sender_user": BOB}
    messages = [a_message(text="is it true?"), a_message(2, caption="the moon", forward_origin=origin)]
    assert own_words(messages) == "is it true?"
    assert materials_of(messages, BOT_ID) == [Material("forwarded from Bob", "the moon")]


def test_a_reply_carries_what_it_replies_to() -> None:
    replied = {"message_id": 1, "date": 1, "chat": CHAT, "from": BOB, "text": "two and two is five"}
    reply = a_message(2, text="really?", reply_to_message=replied)
    assert materials_of([reply], BOT_ID) == [Material("message by Bob", "two and two is five")]


def test_the_bots_own_words_are_named_as_such() -> None:
    replied = {"message_id": 1, "date": 1, "chat": CHAT, "from": BOT, "text": "four"}
    reply = a_message(2, text="why?", reply_to_message=replied)
    assert materials_of([reply], BOT_ID) == [Material("your own earlier message", "four")]


def test_the_quoted_part_of_a_message_is_named() -> None:
    replied = {"message_id": 1, "date": 1, "chat": CHAT, "from": BOB, "text": "yes, but no"}
    quote = {"text": "but no", "position": 5}
    reply = a_message(2, text="why?", reply_to_message=replied, quote=quote)
    assert [material.text for material in materials_of([reply], BOT_ID)] == ["yes, but no", "but no"]


def test_of_a_message_in_another_chat_the_quote_is_what_there_is() -> None:
    external = {"origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 5}}
    reply = a_message(text="?", external_reply=external, quote={"text": "it rains", "position": 0})
    assert materials_of([reply], BOT_ID) == [Material("quoted from News", "it rains")]


def test_a_photo_is_taken_sharp_enough_and_not_larger() -> None:
    sizes = [a_size(width) for width in (90, 800, 1700, 2600)]
    assert [picture.file_id for picture in pictures_in(a_message(photo=sizes))] == ["w1700"]
    assert [picture.file_id for picture in pictures_in(a_message(photo=sizes[:2]))] == ["w800"]


@pytest.mark.parametrize(
    ("mime_type", "is_seen"), [("image/png", True), ("image/tiff", False), ("application/pdf", False)]
)
def test_pictures_sent_as_files_are_seen_where_models_can_see_them(mime_type: str, is_seen: bool) -> None:
    document = {"file_id": "d", "file_unique_id": "d", "mime_type": mime_type, "file_size": 10}
    assert bool(pictures_in(a_message(document=document))) is is_seen


def test_a_voice_message_and_a_video_note_can_be_heard() -> None:
    voice = {"file_id": "v", "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"}
    note = {"file_id": "n", "file_unique_id": "n", "duration": 2, "length": 240, "file_size": 30_000_000}
    heard, noted = recording_in(a_message(voice=voice)), recording_in(a_message(video_note=note))
    assert heard is not None
    assert not heard.is_too_large
    assert noted is not None
    assert noted.is_too_large
    assert recording_in(a_message(text="words")) is None


def test_the_mention_that_only_calls_is_left_out() -> None:
    assert without_mention("@Quartet_bot, how are you?", "quartet_bot") == "how are you?"
    assert without_mention("how are you, @quartet_bot", "quartet_bot") == "how are you"
    assert without_mention("does @quartet_bot work?", "quartet_bot") == "does @quartet_bot work?"


def test_who_speaks_for_a_channel_bears_its_name() -> None:
    assert name_of(a_message(text="hi", sender_chat=CHANNEL)) == "News"
    assert name_of(a_message(text="hi")) == "Ann Lee"
