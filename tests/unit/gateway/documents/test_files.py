from typing import Any

import pytest

from services.gateway.documents.files import brought_by
from tests.unit.gateway.documents.papers import BOT_ID, CHAT_ID, a_message

FILE = {"file_id": "f1", "file_unique_id": "u1", "file_name": "rent.pdf", "mime_type": "application/pdf"}
PICTURE = {**FILE, "file_id": "f2", "file_name": "page.png", "mime_type": "image/png"}
PHOTO = [{"file_id": "p1", "file_unique_id": "u2", "width": 2000, "height": 1000, "file_size": 9}]


def test_a_document_is_named_by_the_message_that_brings_it() -> None:
    brought = brought_by([a_message(document=FILE, caption="Что тут?")], BOT_ID)
    (file,) = brought.files
    assert file.document_id == f"{BOT_ID}.{CHAT_ID}.5.1700000000"
    assert (file.file_id, file.filename, brought.is_reply) == ("f1", "rent.pdf", False)


def test_a_reply_to_a_file_asks_about_it_unless_the_file_is_ours() -> None:
    theirs = a_message(message_id=4, document=FILE)
    brought = brought_by([a_message(text="Что тут?", reply_to_message=theirs)], BOT_ID)
    assert brought.is_reply
    assert brought.files[0].document_id.endswith(".4.1700000000")
    ours = {"id": BOT_ID, "is_bot": True, "first_name": "Quartet"}
    answer = a_message(message_id=4, document=FILE, **{"from": ours})
    assert not brought_by([a_message(text="Что тут?", reply_to_message=answer)], BOT_ID).files


@pytest.mark.parametrize(
    "caption", ["прочитай", "Пожалуйста, распознай текст", "OCR", "Please read this page", "scan the text"]
)
def test_a_picture_whose_text_is_asked_for_is_a_document(caption: str) -> None:
    assert brought_by([a_message(photo=PHOTO, caption=caption)], BOT_ID).files[0].filename == "photo.jpg"
    replied = a_message(message_id=4, photo=PHOTO)
    assert brought_by([a_message(text=caption, reply_to_message=replied)], BOT_ID).is_reply


@pytest.mark.parametrize("caption", ["", "Что на фото?", "reading is fun", "прочитал ли он это?"])
def test_any_other_picture_stays_a_picture(caption: str) -> None:
    assert not brought_by([a_message(photo=PHOTO, caption=caption)], BOT_ID).files
    assert not brought_by([a_message(document=PICTURE, caption=caption)], BOT_ID).files


def test_pictures_sent_beside_documents_are_read_with_them() -> None:
    album = [a_message(document=FILE), a_message(message_id=6, document=PICTURE)]
    assert [file.file_id for file in brought_by(album, BOT_ID).files] == ["f1", "f2"]


def test_an_animation_is_no_document() -> None:
    animation: dict[str, Any] = {
        "file_id": "f3",
        "file_unique_id": "u3",
        "width": 1,
        "height": 1,
        "duration": 1,
    }
    moving = a_message(document={**FILE, "mime_type": "video/mp4"}, animation=animation)
    assert not brought_by([moving], BOT_ID).files
