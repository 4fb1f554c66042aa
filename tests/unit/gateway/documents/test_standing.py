from services.gateway.buttons import keyboard
from services.gateway.documents.keyboard import key_row, rows_under
from services.gateway.documents.menu import list_page
from services.gateway.documents.standing import About, about, locked_turn, may_be_about_anything
from services.gateway.updates import STOP_PREFIX
from services.gateway.wording import Language
from tests.unit.gateway.documents.papers import (
    ANSWER_SUFFIX,
    BOT_ID,
    CHAT_ID,
    DOCUMENT_ID,
    OTHER_ID,
    WORDING,
    a_document,
    a_message,
    our_message,
    some_sources,
)

ANSWER_ID = f"{BOT_ID}.{CHAT_ID}.{ANSWER_SUFFIX}"


def test_a_reply_to_an_answer_is_about_its_documents() -> None:
    for is_private in (True, False):
        above, below = rows_under(some_sources(), ANSWER_SUFFIX, Language.RU, WORDING, is_private=is_private)
        found = about(our_message(keyboard(*above, *below)), BOT_ID)
        assert found is not None
        assert set(found.document_ids) == {DOCUMENT_ID, OTHER_ID}
        assert found.answer_id == ANSWER_ID


def test_a_reply_to_the_list_is_about_what_is_marked_there() -> None:
    documents = [a_document(), a_document(document_id=OTHER_ID)]
    page = list_page(documents, {OTHER_ID}, 1, Language.RU, WORDING, is_private=False)
    assert about(our_message(page.keyboard), BOT_ID) == About((OTHER_ID,))
    nothing = list_page(documents, (), 1, Language.RU, WORDING, is_private=False)
    assert about(our_message(nothing.keyboard), BOT_ID) is None


def test_only_our_own_messages_say_what_they_are_about() -> None:
    above, below = rows_under(some_sources(), ANSWER_SUFFIX, Language.RU, WORDING, is_private=True)
    buttons = keyboard(*above, *below)
    assert about(a_message(text="Ответ", reply_markup=buttons), BOT_ID) is None
    assert about(our_message(keyboard([("?", "again:7.1")])), BOT_ID) is None
    assert about(our_message(None), BOT_ID) is None


def test_a_part_of_an_answer_and_one_that_grows_may_be_about_anything() -> None:
    assert may_be_about_anything(our_message(None), BOT_ID)
    assert may_be_about_anything(our_message(keyboard([("⏹", f"{STOP_PREFIX}1.2")])), BOT_ID)
    assert not may_be_about_anything(our_message(keyboard([("?", "again:7.1")])), BOT_ID)
    assert not may_be_about_anything(a_message(text="hi"), BOT_ID)


def test_a_reply_to_the_request_for_a_password_finds_the_turn_that_wants_it() -> None:
    asked = our_message(keyboard(key_row(DOCUMENT_ID, ANSWER_SUFFIX, Language.RU, WORDING)))
    assert locked_turn(asked, BOT_ID) == ANSWER_ID
    assert locked_turn(our_message(None), BOT_ID) == ""
    assert locked_turn(None, BOT_ID) == ""
